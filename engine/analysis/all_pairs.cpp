#include <marchland/analysis/all_pairs.h>

#include <algorithm>

namespace marchland {
namespace {

/// Dates first .. last-1 of the list.
struct Stretch {
  std::size_t first;
  std::size_t last;
};

}  // namespace

AllPairs all_pairs(const ChangeTable& table, const std::vector<Instant>& dates, HolderIndex holder) {
  AllPairs out(dates.size());
  if (dates.empty()) return out;
  const TimeAxis& times = table.times();
  std::vector<TimeIndex> epochs;
  epochs.reserve(dates.size());
  for (const Instant date : dates) epochs.push_back(times.epoch_of(date));
  // The first date whose epoch is not before one; of "for ever" there is none.
  std::vector<std::size_t> date_from(times.epoch_count() + 1);
  for (TimeIndex t = 0; t < date_from.size(); ++t) {
    date_from[t] =
        static_cast<std::size_t>(std::lower_bound(epochs.begin(), epochs.end(), t) - epochs.begin());
  }

  // A cell (i, j), i <= j, is the sum of the corners (i', j') with i' <= i and j' >= j: corners below the
  // diagonal are never read, so they are not written.
  const auto corner = [&](std::size_t i, std::size_t j_end, AreaUnits area) {
    if (i < j_end) out.cells_[out.index(i, j_end - 1)] += area;
  };
  std::vector<Stretch> stretches;
  for (std::size_t s = 0; s < table.size(); ++s) {
    const auto spans = table.succession(s);
    stretches.clear();
    for (std::size_t k = 0; k < spans.size(); ++k) {
      if (spans[k].holder != holder) continue;
      const TimeIndex to = k + 1 < spans.size() ? spans[k + 1].since : times.for_ever();
      const Stretch stretch{date_from[spans[k].since], date_from[to]};
      if (stretch.first < stretch.last) stretches.push_back(stretch);
    }
    const AreaUnits area = table.area(s);
    for (std::size_t a = 0; a < stretches.size(); ++a) {
      for (std::size_t b = a; b < stretches.size(); ++b) {
        const Stretch& row = stretches[a];
        const Stretch& col = stretches[b];
        corner(row.first, col.last, area);
        corner(row.last, col.last, -area);
        corner(row.first, col.first, -area);
        corner(row.last, col.first, area);
      }
    }
  }
  std::vector<AreaUnits> column(dates.size(), 0);
  for (std::size_t i = 0; i < dates.size(); ++i) {
    AreaUnits sum = 0;
    for (std::size_t j = dates.size(); j-- > i;) {
      AreaUnits& cell = out.cells_[out.index(i, j)];
      column[j] += cell;
      sum += column[j];
      cell = sum;
    }
  }
  return out;
}

}  // namespace marchland
