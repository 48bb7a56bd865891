#include <marchland/io/detail/interval_ends.h>

#include <algorithm>
#include <map>

namespace marchland::detail {
namespace {

struct Dated {
  DateSpan from, to;
};

void compare(const std::string& key, const Dated& earlier, const Dated& later, IntervalEnds& ends) {
  if (later.from.first == earlier.to.last) {
    ++ends.meet_after;
  } else if (later.from.first == earlier.to.first) {
    ++ends.meet_at;
  } else {
    auto& list = later.from.first > earlier.to.last ? ends.gaps : ends.overlaps;
    list.push_back({key, earlier.to, later.from});
  }
}

}  // namespace

IntervalEnds find_interval_ends(const std::vector<DatedRow>& rows) {
  IntervalEnds ends;
  std::map<std::string, std::map<std::pair<Instant, Instant>, Dated>> by_key;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& [key, from, to] = rows[i];
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
  return ends;
}

}  // namespace marchland::detail
