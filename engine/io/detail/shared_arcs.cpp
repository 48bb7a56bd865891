#include <marchland/io/detail/shared_arcs.h>

#include <algorithm>
#include <utility>

namespace marchland::detail {
namespace {

std::uint64_t key_of(GridPoint p) {
  return static_cast<std::uint64_t>(static_cast<std::uint32_t>(p.x)) << 32U | static_cast<std::uint32_t>(p.y);
}

bool is_closed(const std::vector<GridPoint>& line) {
  return line.front() == line.back();
}

}  // namespace

std::size_t SharedArcs::Hash::operator()(const GridPoint& p) const noexcept {
  return MixHash{}(key_of(p));
}

void SharedArcs::pass(GridPoint before, GridPoint at, GridPoint after) {
  const auto [low, high] = std::minmax(before, after);
  const auto [known, is_new] = passings_.try_emplace(at, Passing{low, high});
  if (!is_new && (known->second.low != low || known->second.high != high)) known->second.is_junction = true;
}

void SharedArcs::add(const std::vector<GridPoint>& line) {
  for (std::size_t i = 1; i + 1 < line.size(); ++i) pass(line[i - 1], line[i], line[i + 1]);
  if (is_closed(line)) {
    pass(line[line.size() - 2], line.front(), line[1]);
  } else {
    passings_[line.front()].is_junction = true;
    passings_[line.back()].is_junction = true;
  }
}

SharedArcs::ArcUse SharedArcs::use_of(std::vector<GridPoint> arc) {
  std::vector<GridPoint> back(arc.rbegin(), arc.rend());
  // Alike in both directions.
  const std::vector<GridPoint>& lesser = std::min(arc, back);
  std::uint64_t hash = lesser.size();
  for (const GridPoint p : lesser) hash = MixHash{}(hash ^ key_of(p));
  std::vector<ArcUse>& candidates = known_[hash];
  for (const ArcUse index : candidates) {
    const std::vector<GridPoint>& known = arcs_[static_cast<std::size_t>(index)];
    if (known == arc) return index;
    if (known == back) return ~index;
  }
  const auto index = static_cast<ArcUse>(arcs_.size());
  candidates.push_back(index);
  arcs_.push_back(std::move(arc));
  return index;
}

std::vector<SharedArcs::ArcUse> SharedArcs::cut(const std::vector<GridPoint>& line) {
  std::vector<GridPoint> from_junction = line;
  if (is_closed(line)) {
    // At a junction, or where there is none at the least vertex: wherever the same ring begins elsewhere.
    from_junction.pop_back();
    auto begin =
        std::find_if(from_junction.begin(), from_junction.end(), [&](GridPoint p) { return is_junction(p); });
    if (begin == from_junction.end()) begin = std::min_element(from_junction.begin(), from_junction.end());
    std::rotate(from_junction.begin(), begin, from_junction.end());
    from_junction.push_back(from_junction.front());
  }
  std::vector<ArcUse> uses;
  std::vector<GridPoint> arc{from_junction.front()};
  for (std::size_t i = 1; i < from_junction.size(); ++i) {
    arc.push_back(from_junction[i]);
    if (i + 1 == from_junction.size() || is_junction(from_junction[i])) {
      uses.push_back(use_of(std::exchange(arc, {from_junction[i]})));
    }
  }
  return uses;
}

}  // namespace marchland::detail
