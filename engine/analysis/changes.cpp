#include <marchland/analysis/changes.h>
#include <marchland/base/sorted_by_key.h>
#include <marchland/composite/quantise.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace marchland {
namespace {

/// By id, unknown last.
class ById {
 public:
  explicit ById(const Holders& holders) : rank_(holders.size()) {
    std::vector<HolderIndex> order(holders.size());
    for (HolderIndex h = 0; h < order.size(); ++h) order[h] = h;
    std::sort(order.begin(), order.end(), [&](HolderIndex a, HolderIndex b) {
      if ((a == kUnknown) != (b == kUnknown)) return b == kUnknown;
      return holders.id(a) < holders.id(b);
    });
    for (std::uint32_t i = 0; i < order.size(); ++i) rank_[order[i]] = i;
  }
  bool operator()(HolderIndex a, HolderIndex b) const { return rank_[a] < rank_[b]; }
  bool operator()(const std::pair<HolderIndex, HolderIndex>& a,
                  const std::pair<HolderIndex, HolderIndex>& b) const {
    return std::pair(rank_[a.first], rank_[a.second]) < std::pair(rank_[b.first], rank_[b.second]);
  }

 private:
  std::vector<std::uint32_t> rank_;
};

/// Area in scope by coverage of the theme: what every later step needs of the faces.
std::vector<AreaUnits> area_by_coverage(const Composite& composite, const FaceAreas& measured,
                                        const Holders& holders, const Scope& scope) {
  const std::vector<bool> inside = faces_in_scope(composite, scope);
  std::vector<AreaUnits> area(composite.coverage_count(holders.group()), 0);
  for (FaceIndex f = 1; f < inside.size(); ++f) {
    if (inside[f]) area[composite.coverage(f, holders.group())] += measured[f];
  }
  // Ground about which nothing is ever said has an area only where the scope has an edge.
  if (!is_bounded(composite, scope)) area[0] = 0;
  return area;
}

}  // namespace

Changes changes(const Composite& composite, const FaceAreas& measured, const Holders& holders, Instant a,
                Instant b, const Scope& scope) {
  const ById by_id(holders);
  const std::vector<AreaUnits> area = area_by_coverage(composite, measured, holders, scope);
  const TimeIndex epoch_a = composite.times().epoch_of(a);
  const TimeIndex epoch_b = composite.times().epoch_of(b);
  const bool bounded = is_bounded(composite, scope);

  std::map<std::pair<HolderIndex, HolderIndex>, AreaUnits, ById> matrix(by_id);
  std::map<HolderIndex, ChangeRow, ById> rows(by_id);
  std::map<HolderIndex, AreaUnits, ById> net(by_id);  // area(B) - area(A), counted without the matrix
  for (CoverageIndex c = 0; c < area.size(); ++c) {
    const HolderIndex from = holders.at(c, epoch_a);
    const HolderIndex to = holders.at(c, epoch_b);
    if (from == kUnknown && to == kUnknown && !bounded) continue;
    matrix[{from, to}] += area[c];
    net[to] += area[c];
    net[from] -= area[c];
  }
  Changes out;
  for (const auto& [key, value] : matrix) {
    if (value == 0) continue;
    out.transitions.push_back({key.first, key.second, value});
    ChangeRow& first = rows[key.first];
    first.holder = key.first;
    ChangeRow& second = rows[key.second];
    second.holder = key.second;
    if (key.first == key.second) {
      first.held += value;
    } else {
      first.lost += value;
      second.gained += value;
    }
  }
  for (const auto& [holder, row] : rows) {
    out.rows.push_back(row);
    const AreaUnits difference = row.gained - row.lost - net[holder];
    out.residual += difference < 0 ? -difference : difference;
  }

  const auto& places = composite.atlas().places;
  std::vector<GridPoint> points;
  points.reserve(places.size());
  for (const Place& place : places) {
    points.push_back({static_cast<std::int32_t>(to_grid(place.lon.value())),
                      static_cast<std::int32_t>(to_grid(place.lat.value()))});
  }
  const std::vector<FaceIndex> faces = composite.plane().locate(points);
  const std::vector<bool> inside = faces_in_scope(composite, scope);
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (!inside[faces[i]]) continue;
    const CoverageIndex coverage = composite.coverage(faces[i], holders.group());
    const HolderIndex from = holders.at(coverage, epoch_a);
    const HolderIndex to = holders.at(coverage, epoch_b);
    if (from != to) out.places.push_back({i, from, to});
  }
  return out;
}

Timeline timeline(const Composite& composite, const FaceAreas& measured, const Holders& holders,
                  const std::vector<Instant>& dates, const Scope& scope) {
  if (dates.empty()) return {};
  const ById by_id(holders);
  const std::vector<AreaUnits> area = area_by_coverage(composite, measured, holders, scope);
  std::vector<TimeIndex> epochs;
  epochs.reserve(dates.size());
  for (const Instant date : dates) epochs.push_back(composite.times().epoch_of(date));
  // By epoch: the first date not before it.
  std::vector<std::uint32_t> date_from(composite.times().epoch_count() + 1,
                                       static_cast<std::uint32_t>(dates.size()));
  std::size_t next_epoch = 0;
  for (std::size_t i = 0; i < epochs.size(); ++i) {
    for (; next_epoch <= epochs[i]; ++next_epoch) date_from[next_epoch] = static_cast<std::uint32_t>(i);
  }

  // Each span of a coverage adds its area at the first date it reaches and takes it away at the next span's.
  struct Passed {
    std::uint32_t date;
    HolderIndex from, to;
    AreaUnits area;
  };
  std::vector<AreaUnits> steps(holders.size() * dates.size(), 0);  // by holder and date
  std::vector<bool> occurs(holders.size(), false);
  std::vector<Passed> passed;
  const auto step = [&](HolderIndex holder, std::size_t date) -> AreaUnits& {
    occurs[holder] = true;
    return steps[holder * dates.size() + date];
  };
  for (CoverageIndex c = 0; c < area.size(); ++c) {
    if (area[c] == 0) continue;
    HolderIndex holder = holders.at(c, epochs.front());
    step(holder, 0) += area[c];
    const auto spans = holders.timeline(c);
    for (std::size_t k = 0; k < spans.size(); ++k) {
      const std::uint32_t date = date_from[spans[k].since];
      if (date >= dates.size()) break;
      // What held between two dates only leaves no trace in the series.
      if (k + 1 < spans.size() && spans[k + 1].since <= epochs[date]) continue;
      const HolderIndex next = spans[k].holder;
      if (next == holder) continue;
      step(holder, date) -= area[c];
      step(next, date) += area[c];
      passed.push_back({date, holder, next, area[c]});
      holder = next;
    }
  }

  Timeline out;
  if (!is_bounded(composite, scope)) occurs[kUnknown] = false;
  std::vector<HolderIndex> occurring;
  for (HolderIndex holder = 0; holder < occurs.size(); ++holder) {
    if (occurs[holder]) occurring.push_back(holder);
  }
  std::sort(occurring.begin(), occurring.end(), by_id);
  out.points.reserve(dates.size() * occurring.size());
  std::vector<AreaUnits> now(holders.size(), 0);
  for (std::size_t i = 0; i < dates.size(); ++i) {
    for (const HolderIndex holder : occurring)
      out.points.push_back({dates[i], holder, now[holder] += steps[holder * dates.size() + i]});
  }
  std::vector<std::uint32_t> offsets;
  passed = sorted_by_key(passed, dates.size(), [](const Passed& p) { return p.date; }, offsets);
  for (std::size_t i = 0; i < dates.size(); ++i) {
    const auto begin = passed.begin() + offsets[i];
    const auto end = passed.begin() + offsets[i + 1];
    std::sort(begin, end, [&](const Passed& x, const Passed& y) {
      return by_id(std::pair(x.from, x.to), std::pair(y.from, y.to));
    });
    for (auto it = begin; it != end; ++it) {
      if (it != begin && it->from == std::prev(it)->from && it->to == std::prev(it)->to) {
        out.transitions.back().area += it->area;
      } else {
        out.transitions.push_back({dates[i], it->from, it->to, it->area});
      }
    }
  }
  return out;
}

std::vector<Instant> series_dates(const Composite& composite, const Holders& holders, Step step,
                                  const Scope& scope) {
  using namespace std::chrono;
  const auto extent = composite.atlas().extent();
  if (!extent) return {};
  std::set<Instant> dates{extent->from()};
  if (step == Step::change) {
    const std::vector<AreaUnits> area = area_by_coverage(composite, composite.areas(), holders, scope);
    std::vector<bool> changes_at(composite.times().epoch_count(), false);
    for (CoverageIndex c = 0; c < area.size(); ++c) {
      if (area[c] == 0) continue;
      for (const HolderSpan& span : holders.timeline(c)) changes_at[span.since] = true;
    }
    for (TimeIndex epoch = 1; epoch < changes_at.size(); ++epoch) {
      if (changes_at[epoch]) dates.insert(dates.end(), composite.times()[epoch]);
    }
    return {dates.begin(), dates.end()};
  }
  const DayConvention& days_of = composite.atlas().days;
  const auto shift = days_of.utc_offset - days_of.day_starts;
  const auto instant_of = [&](sys_days day) { return sys_seconds(day) - shift; };
  const year_month_day first(floor<days>(extent->from() + shift));
  for (sys_days day = sys_days(first);;) {
    const year_month_day date(day);
    if (step == Step::month) day = sys_days(date.year() / date.month() / 1);
    if (step == Step::year) day = sys_days(date.year() / January / 1);
    const Instant instant = instant_of(day);
    if (instant > extent->to()) break;
    if (instant >= extent->from()) dates.insert(instant);
    const year_month_day here(day);
    if (step == Step::day) day += std::chrono::days(1);
    if (step == Step::month) day = sys_days((here.year() / here.month() + months(1)) / 1);
    if (step == Step::year) day = sys_days((here.year() + years(1)) / January / 1);
  }
  return {dates.begin(), dates.end()};
}

}  // namespace marchland
