#include <marchland/io/detail/interval_ends.h>

#include <algorithm>
#include <map>

namespace marchland::detail {
namespace {

struct Dated {
  DateSpan from, to;
};

void compare(const std::string& key, const Dated& earlier, const Dated& later, IntervalEnds& ends) {
  // What has not ended is followed by nothing: a further row of its holder adds ground.
  if (earlier.to.last == Instant::max()) return;
  if (later.from.first == earlier.to.last) {
    ++ends.meet_after;
  } else if (later.from.first == earlier.to.first) {
    ++ends.meet_at;
  } else {
    auto& list = later.from.first > earlier.to.last ? ends.gaps : ends.overlaps;
    list.push_back({key, "", earlier.to, later.from});
  }
}

struct OnGround {
  DateSpan from;
  std::string key;
  std::optional<DateSpan> to;
};

/// Those of different holders that follow one another on the same ground.
void compare_on_grounds(const std::vector<DatedRow>& rows, IntervalEnds& ends) {
  std::map<std::size_t, std::vector<OnGround>> by_ground;
  for (const auto& [key, from, to, ground] : rows) {
    // An open beginning is before all others.
    const DateSpan since = from.value_or(DateSpan{Instant::min(), Instant::min()});
    if (ground != DatedRow::kNoGround) by_ground[ground].push_back({since, key, to});
  }
  for (auto& [ground, list] : by_ground) {
    std::stable_sort(list.begin(), list.end(),
                     [](const OnGround& a, const OnGround& b) { return a.from.first < b.from.first; });
    for (std::size_t i = 1; i < list.size(); ++i) {
      const auto& [from, key, to] = list[i - 1];
      const OnGround& later = list[i];
      if (key == later.key || !to || from.first == later.from.first) continue;
      if (later.from.first == to->last) {
        ++ends.ground_after;
      } else if (later.from.first == to->first) {
        ++ends.ground_at;
      } else {
        auto& ill = later.from.first > to->last ? ends.ground_gaps : ends.ground_overlaps;
        ill.push_back({key, later.key, *to, later.from});
      }
    }
  }
}

}  // namespace

IntervalEnds find_interval_ends(const std::vector<DatedRow>& rows) {
  IntervalEnds ends;
  std::map<std::string, std::map<std::pair<Instant, Instant>, Dated>> by_key;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& [key, from, to, ground] = rows[i];
    if (!from || !to) {
      // An open end is followed by nothing; an open beginning follows nothing.
      const Instant first = from ? from->first : Instant::min();
      const Instant last = to ? to->first : Instant::max();
      by_key[key].try_emplace(
          {first, last}, Dated{from.value_or(DateSpan{first, first}), to.value_or(DateSpan{last, last})});
      continue;
    }
    if (to->first < from->first) {
      ends.backward.push_back(i);
      continue;
    }
    if (from->first == to->first) ++ends.one_day;
    by_key[key].try_emplace({from->first, to->first}, Dated{*from, *to});
  }
  for (const auto& [key, intervals] : by_key) {
    for (auto earlier = intervals.begin(), later = intervals.begin(); ++later != intervals.end(); ++earlier)
      compare(key, earlier->second, later->second, ends);
  }
  compare_on_grounds(rows, ends);
  return ends;
}

}  // namespace marchland::detail
