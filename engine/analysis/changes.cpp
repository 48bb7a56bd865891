#include <marchland/analysis/changes.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <string>
#include <unordered_map>

namespace marchland {

template <>
std::size_t ListTable<HolderSpan>::hash(std::span<const HolderSpan> list) {
  std::uint64_t h = 0x9e3779b97f4a7c15U + list.size();
  for (const HolderSpan& span : list) {
    const std::uint64_t word = (static_cast<std::uint64_t>(span.since) << 32) | span.holder;
    const Uint128 mixed = static_cast<Uint128>(h ^ word) * 0xd6e8feb86659fd93U;
    h = static_cast<std::uint64_t>(mixed) ^ static_cast<std::uint64_t>(mixed >> 64);
  }
  return static_cast<std::size_t>(h);
}

namespace {

/// Sums by key: in a table while that is small, else by hashing.
class Sums {
 public:
  explicit Sums(std::size_t keys) {
    constexpr std::size_t kLargestTable = 1U << 18U;
    if (keys <= kLargestTable) table_.assign(keys, 0);
  }
  void add(std::size_t key, AreaUnits area) {
    if (table_.empty()) {
      sparse_[key] += area;
    } else {
      table_[key] += area;
    }
  }
  struct Entry {
    std::size_t key;
    AreaUnits sum;
  };
  /// Those that are not 0, by key.
  [[nodiscard]] std::vector<Entry> entries() const {
    std::vector<Entry> out;
    const auto use = [&](std::size_t key, AreaUnits sum) {
      if (sum != 0) out.push_back({key, sum});
    };
    for (std::size_t key = 0; key < table_.size(); ++key) use(key, table_[key]);
    for (const auto& [key, sum] : sparse_) use(key, sum);
    std::sort(out.begin(), out.end(), [](const Entry& a, const Entry& b) { return a.key < b.key; });
    return out;
  }

 private:
  std::vector<AreaUnits> table_;
  std::unordered_map<std::size_t, AreaUnits> sparse_;
};

}  // namespace

ChangeTable::ChangeTable(const Composite& composite, const FaceAreas& measured, const Holders& holders,
                         const Scope& scope)
    : composite_(&composite), holders_(&holders), is_bounded_(marchland::is_bounded(composite, scope)) {
  std::vector<std::string> ids(holders.size());
  for (HolderIndex h = 0; h < ids.size(); ++h) ids[h] = holders.id(h);
  by_rank_.resize(holders.size());
  std::iota(by_rank_.begin(), by_rank_.end(), HolderIndex{0});
  std::sort(by_rank_.begin(), by_rank_.end(), [&](HolderIndex a, HolderIndex b) {
    if ((a == kUnknown) != (b == kUnknown)) return b == kUnknown;
    return ids[a] < ids[b];
  });
  rank_.resize(by_rank_.size());
  for (std::uint32_t i = 0; i < by_rank_.size(); ++i) rank_[by_rank_[i]] = i;

  const std::vector<bool> inside = faces_in_scope(composite, scope);
  std::vector<AreaUnits> by_coverage(composite.coverage_count(holders.group()), 0);
  for (FaceIndex f = 1; f < inside.size(); ++f) {
    if (inside[f]) by_coverage[composite.coverage(f, holders.group())] += measured[f];
  }
  // Ground about which nothing is ever said has an area only where the scope has an edge.
  if (!is_bounded_) by_coverage[0] = 0;
  ListTable<HolderSpan> successions;
  std::vector<AreaUnits> areas{0};  // of the empty list, which the table begins with
  std::vector<bool> occurs(holders.size(), false);
  for (CoverageIndex c = 0; c < by_coverage.size(); ++c) {
    if (by_coverage[c] == 0) continue;
    const std::uint32_t index = successions.intern(holders.timeline(c));
    if (index == areas.size()) areas.push_back(0);
    areas[index] += by_coverage[c];
    for (const HolderSpan& span : holders.timeline(c)) occurs[span.holder] = true;
  }
  areas_.assign(areas.begin() + 1, areas.end());
  for (std::uint32_t i = 1; i < successions.size(); ++i) {
    const auto list = successions[i];
    spans_.insert(spans_.end(), list.begin(), list.end());
    spans_.push_back({times().for_ever(), kUnknown});
    begins_.push_back(static_cast<std::uint32_t>(spans_.size()));
  }
  if (!is_bounded_) occurs[kUnknown] = false;
  for (const HolderIndex h : by_rank_) {
    if (occurs[h]) occurring_.push_back(h);
  }
  index_epochs();
}

void ChangeTable::index_epochs() {
  const std::size_t epochs = times().epoch_count();
  const std::size_t mean = spans_.size() / std::max<std::size_t>(size(), 1);
  constexpr std::size_t kDense = 4;
  const bool is_dense = epochs <= kDense * mean;
  marks_ = is_dense ? epochs : std::max<std::size_t>(mean, 1);
  (is_dense ? holder_at_ : span_at_mark_).resize(marks_ * size());
  for (std::size_t i = 0; i < size(); ++i) {
    std::uint32_t at = begins_[i];
    for (std::size_t mark = 0; mark < marks_; ++mark) {
      while (spans_[at + 1].since <= mark * epochs / marks_) ++at;
      if (is_dense) {
        holder_at_[mark * size() + i] = spans_[at].holder;
      } else {
        span_at_mark_[mark * size() + i] = at;
      }
    }
  }
}

template <class Use>
void ChangeTable::for_each_pair(TimeIndex a, TimeIndex b, Use use) const {
  if (!holder_at_.empty()) {
    const auto at_a = std::span(holder_at_).subspan(a * size(), size());
    const auto at_b = std::span(holder_at_).subspan(b * size(), size());
    for (std::size_t i = 0; i < size(); ++i) use(i, at_a[i], at_b[i]);
    return;
  }
  // The last mark that is not after an epoch.
  const auto marks_of = [&](TimeIndex epoch) {
    const std::size_t mark = ((epoch + 1) * marks_ - 1) / times().epoch_count();
    return std::span(span_at_mark_).subspan(mark * size(), size());
  };
  const auto holder_at = [&](std::uint32_t at, TimeIndex epoch) {
    while (spans_[at + 1].since <= epoch) ++at;
    return spans_[at].holder;
  };
  const auto from_a = marks_of(a);
  const auto from_b = marks_of(b);
  for (std::size_t i = 0; i < size(); ++i) use(i, holder_at(from_a[i], a), holder_at(from_b[i], b));
}

std::vector<Transition> ChangeTable::transitions(Instant a, Instant b) const {
  Sums matrix(rank_.size() * rank_.size());
  for_each_pair(times().epoch_of(a), times().epoch_of(b),
                [&](std::size_t i, HolderIndex from, HolderIndex to) {
                  matrix.add(rank_[from] * rank_.size() + rank_[to], areas_[i]);
                });
  std::vector<Transition> out;
  for (const auto& [key, area] : matrix.entries()) {
    const Transition t{by_rank_[key / rank_.size()], by_rank_[key % rank_.size()], area};
    if (is_bounded_ || t.from != kUnknown || t.to != kUnknown) out.push_back(t);
  }
  return out;
}

Changes ChangeTable::changes(Instant a, Instant b) const {
  Changes out;
  out.transitions = transitions(a, b);
  std::vector<ChangeRow> rows(rank_.size());
  std::vector<bool> occurs(rows.size(), false);
  for (const Transition& t : out.transitions) {
    occurs[t.from] = occurs[t.to] = true;
    if (t.from == t.to) {
      rows[t.from].held += t.area;
    } else {
      rows[t.from].lost += t.area;
      rows[t.to].gained += t.area;
    }
  }
  std::vector<AreaUnits> net(rank_.size(), 0);  // area(B) - area(A), counted without the matrix
  for_each_pair(times().epoch_of(a), times().epoch_of(b),
                [&](std::size_t i, HolderIndex from, HolderIndex to) {
                  net[to] += areas_[i];
                  net[from] -= areas_[i];
                });
  for (const HolderIndex h : by_rank_) {
    if (!occurs[h]) continue;
    rows[h].holder = h;
    out.rows.push_back(rows[h]);
    const AreaUnits difference = rows[h].gained - rows[h].lost - net[h];
    out.residual += difference < 0 ? -difference : difference;
  }
  return out;
}

Timeline ChangeTable::timeline(const std::vector<Instant>& dates) const {
  if (dates.empty()) return {};
  std::vector<TimeIndex> epochs;
  epochs.reserve(dates.size());
  for (const Instant date : dates) epochs.push_back(times().epoch_of(date));
  // The first date whose epoch is not before one; of "for ever" there is none.
  std::vector<std::size_t> date_from(times().epoch_count() + 1);
  for (TimeIndex t = 0; t < date_from.size(); ++t) {
    date_from[t] =
        static_cast<std::size_t>(std::lower_bound(epochs.begin(), epochs.end(), t) - epochs.begin());
  }

  // Each span adds its area at the first date it reaches and takes it away at the next span's.
  const std::size_t holders = rank_.size();
  std::vector<AreaUnits> steps(dates.size() * holders, 0);  // by date and rank
  std::vector<bool> occurs(holders, false);
  Sums passed(dates.size() * holders * holders);  // by date, then ranks
  for (std::size_t i = 0; i < size(); ++i) {
    const auto list = succession(i);
    std::size_t rank = 0;
    for (std::size_t s = 0; s < list.size();) {
      const std::size_t date = date_from[list[s].since];
      if (date >= dates.size()) break;
      // What held between two dates only leaves no trace in the series.
      while (s + 1 < list.size() && list[s + 1].since <= epochs[date]) ++s;
      const std::size_t next = rank_[list[s].holder];
      if (date == 0 || next != rank) {
        steps[date * holders + next] += areas_[i];
        occurs[next] = true;
        if (date > 0) {
          steps[date * holders + rank] -= areas_[i];
          passed.add((date * holders + rank) * holders + next, areas_[i]);
        }
      }
      rank = next;
      ++s;
    }
  }

  Timeline out;
  if (!is_bounded_) occurs[rank_[kUnknown]] = false;
  std::vector<AreaUnits> now(holders, 0);
  for (std::size_t d = 0; d < dates.size(); ++d) {
    for (std::size_t rank = 0; rank < holders; ++rank) {
      if (!occurs[rank]) continue;
      now[rank] += steps[d * holders + rank];
      out.points.push_back({dates[d], by_rank_[rank], now[rank]});
    }
  }
  for (const auto& [key, area] : passed.entries()) {
    out.transitions.push_back(
        {dates[key / holders / holders], by_rank_[key / holders % holders], by_rank_[key % holders], area});
  }
  return out;
}

std::vector<Instant> ChangeTable::dates(Step step) const {
  using namespace std::chrono;
  const Atlas& atlas = composite_->atlas();
  const auto extent = atlas.extent();
  if (!extent) return {};
  const Interval& within = atlas.window.when;
  if (step == Step::change) {
    std::vector<bool> turns(times().epoch_count(), false);
    for (std::size_t i = 0; i < size(); ++i) {
      for (const HolderSpan& span : succession(i)) turns[span.since] = true;
    }
    std::vector<Instant> out{extent->from()};
    for (TimeIndex t = 1; t < turns.size(); ++t) {
      const Instant instant = times()[t];
      if (turns[t] && instant > extent->from() && within.contains(instant)) out.push_back(instant);
    }
    return out;
  }
  std::set<Instant> dates{extent->from()};
  const DayConvention& days_of = atlas.days;
  const auto shift = days_of.utc_offset - days_of.day_starts;
  const auto instant_of = [&](sys_days day) { return sys_seconds(day) - shift; };
  const year_month_day first(floor<days>(extent->from() + shift));
  for (sys_days day = sys_days(first);;) {
    const year_month_day date(day);
    if (step == Step::month) day = sys_days(date.year() / date.month() / 1);
    if (step == Step::year) day = sys_days(date.year() / January / 1);
    const Instant instant = instant_of(day);
    if (instant > extent->to()) break;
    if (instant >= extent->from() && within.contains(instant)) dates.insert(instant);
    const year_month_day here(day);
    if (step == Step::day) day += std::chrono::days(1);
    if (step == Step::month) day = sys_days((here.year() / here.month() + months(1)) / 1);
    if (step == Step::year) day = sys_days((here.year() + years(1)) / January / 1);
  }
  return {dates.begin(), dates.end()};
}

std::vector<PlaceChange> places_between(const Composite& composite, const Holders& holders, Instant a,
                                        Instant b, const Scope& scope) {
  std::vector<PlaceChange> out;
  const auto& places = composite.atlas().places;
  if (places.empty()) return out;
  const TimeIndex epoch_a = composite.times().epoch_of(a);
  const TimeIndex epoch_b = composite.times().epoch_of(b);
  const std::vector<FaceIndex> faces = faces_of_places(composite);
  const std::vector<bool> inside = faces_in_scope(composite, scope);
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (!inside[faces[i]]) continue;
    const CoverageIndex coverage = composite.coverage(faces[i], holders.group());
    out.push_back({i, holders.at(coverage, epoch_a), holders.at(coverage, epoch_b)});
  }
  return out;
}

Changes changes(const Composite& composite, const FaceAreas& measured, const Holders& holders, Instant a,
                Instant b, const Scope& scope) {
  Changes out = ChangeTable(composite, measured, holders, scope).changes(a, b);
  out.places = places_between(composite, holders, a, b, scope);
  std::erase_if(out.places, [](const PlaceChange& place) { return place.from == place.to; });
  return out;
}

Timeline timeline(const Composite& composite, const FaceAreas& measured, const Holders& holders,
                  const std::vector<Instant>& dates, const Scope& scope) {
  return ChangeTable(composite, measured, holders, scope).timeline(dates);
}

std::vector<Instant> series_dates(const Composite& composite, const Holders& holders, Step step,
                                  const Scope& scope) {
  return ChangeTable(composite, composite.areas(), holders, scope).dates(step);
}

}  // namespace marchland
