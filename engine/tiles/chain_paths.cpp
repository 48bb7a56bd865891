#include <marchland/tiles/chain_paths.h>

#include <algorithm>

namespace marchland {

std::vector<TilePath> chain_paths(std::vector<std::pair<GridPoint, GridPoint>> edges) {
  std::sort(edges.begin(), edges.end());
  std::vector<GridPoint> arrivals;
  arrivals.reserve(edges.size());
  for (const auto& edge : edges) arrivals.push_back(edge.second);
  std::sort(arrivals.begin(), arrivals.end());
  const auto leaving = [&](GridPoint at) {
    const auto from = std::lower_bound(edges.begin(), edges.end(), at,
                                       [](const auto& edge, GridPoint p) { return edge.first < p; });
    auto to = from;
    while (to != edges.end() && to->first == at) ++to;
    return std::pair(from, to);
  };
  const auto is_passed = [&](GridPoint at) {
    const auto [from, to] = leaving(at);
    const auto arriving = std::equal_range(arrivals.begin(), arrivals.end(), at);
    return to - from == 1 && arriving.second - arriving.first == 1;
  };
  std::vector<bool> is_used(edges.size(), false);
  std::vector<TilePath> paths;
  const auto follow = [&](std::size_t start) {
    TilePath path{edges[start].first};
    for (std::size_t i = start;;) {
      is_used[i] = true;
      path.push_back(edges[i].second);
      if (!is_passed(edges[i].second)) break;
      i = static_cast<std::size_t>(leaving(edges[i].second).first - edges.begin());
      if (is_used[i]) break;
    }
    paths.push_back(std::move(path));
  };
  for (std::size_t i = 0; i < edges.size(); ++i) {
    if (!is_passed(edges[i].first)) follow(i);
  }
  // What is left is closed; the first edge of each leaves its least vertex.
  for (std::size_t i = 0; i < edges.size(); ++i) {
    if (!is_used[i]) follow(i);
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace marchland
