#include <marchland/derive/detail/noding.h>
#include <marchland/derive/detail/outline.h>

#include <algorithm>

namespace marchland::detail {
namespace {

struct CountedStep {
  GridSegment s;
  int count = 0;  ///< above 0
};

/// What is left where steps there and back cancel, by their beginnings.
std::vector<CountedStep> net_steps(std::span<const GridSegment> steps) {
  std::vector<CountedStep> all;
  all.reserve(steps.size());
  for (const GridSegment& s : steps)
    all.push_back({{std::min(s.a, s.b), std::max(s.a, s.b)}, s.a < s.b ? 1 : -1});
  const auto by_segment = [](const CountedStep& p, const CountedStep& q) { return p.s < q.s; };
  std::sort(all.begin(), all.end(), by_segment);
  std::vector<CountedStep> net;
  for (auto first = all.begin(); first != all.end();) {
    int count = 0;
    auto last = first;
    for (; last != all.end() && last->s == first->s; ++last) count += last->count;
    if (count > 0) net.push_back({first->s, count});
    if (count < 0) net.push_back({{first->s.b, first->s.a}, -count});
    first = last;
  }
  std::sort(net.begin(), net.end(), by_segment);
  return net;
}

/// Joins steps to chains.
class Chains {
 public:
  explicit Chains(std::span<const GridSegment> steps)
      : steps_(net_steps(steps)), is_used_(steps_.size(), false) {
    for (const CountedStep& step : steps_) ends_.push_back(step.s.b);
    std::sort(ends_.begin(), ends_.end());
  }

  template <class Add>
  void each(Add add) {
    for (const bool from_nodes : {true, false}) {
      // Steps are sorted by their beginnings, so a chain without nodes begins at its least point.
      for (std::size_t i = 0; i < steps_.size(); ++i) {
        if (!is_used_[i] && (!from_nodes || is_node(steps_[i].s.a))) add(follow(i), steps_[i].count);
      }
    }
  }

 private:
  [[nodiscard]] auto beginning_at(GridPoint p) const {
    return std::equal_range(steps_.begin(), steps_.end(), CountedStep{{p, p}},
                            [](const CountedStep& s, const CountedStep& t) { return s.s.a < t.s.a; });
  }

  [[nodiscard]] bool is_node(GridPoint p) const {
    const auto [first, last] = beginning_at(p);
    const auto [end, after] = std::equal_range(ends_.begin(), ends_.end(), p);
    return last - first != 1 || after - end != 1;
  }

  std::vector<GridPoint> follow(std::size_t i) {
    std::vector<GridPoint> path{steps_[i].s.a};
    while (true) {
      is_used_[i] = true;
      path.push_back(steps_[i].s.b);
      if (path.back() == path.front() || is_node(path.back())) return path;
      i = static_cast<std::size_t>(beginning_at(path.back()).first - steps_.begin());
    }
  }

  std::vector<CountedStep> steps_;
  std::vector<GridPoint> ends_;
  std::vector<bool> is_used_;
};

}  // namespace

Outline::Outline(std::span<const GridSegment> steps) {
  std::vector<GridSegment> segments;
  std::vector<GridPoint> least;
  Chains(steps).each([&](const std::vector<GridPoint>& path, int count) {
    chains_.push_back({points_.size(), points_.size() + path.size() - 1, count});
    for (std::size_t k = 0; k < path.size(); ++k) {
      const std::size_t position = points_.size() + k;
      vertices_.emplace_back(path[k], position);
      if (k + 1 == path.size()) continue;
      segments.push_back({path[k], path[k + 1]});
      position_of_step_.push_back(position);
    }
    points_.insert(points_.end(), path.begin(), path.end());
    least.push_back(*std::min_element(path.begin(), path.end()));
  });
  std::sort(vertices_.begin(), vertices_.end());
  steps_ = SegmentIndex(std::move(segments));
  std::sort(least.begin(), least.end());
  for (const GridPoint p : least) west_of_least_.emplace_back(p, search_west_of(p));
}

std::span<const Outline::Vertex> Outline::find(GridPoint point) const {
  const auto first = std::lower_bound(vertices_.begin(), vertices_.end(), Vertex{point, 0});
  return {first, std::find_if(first, vertices_.end(), [&](const Vertex& v) { return v.first != point; })};
}

bool Outline::is_on_step(GridPoint point) const {
  const std::vector<std::size_t> near = steps_.find({point, point});
  return std::any_of(near.begin(), near.end(),
                     [&](std::size_t i) { return is_on(steps_.segments()[i], point); });
}

std::optional<std::size_t> Outline::west_of(GridPoint point) const {
  const auto known = std::lower_bound(west_of_least_.begin(), west_of_least_.end(), point,
                                      [](const auto& entry, GridPoint p) { return entry.first < p; });
  return known != west_of_least_.end() && known->first == point ? known->second : search_west_of(point);
}

std::optional<std::size_t> Outline::search_west_of(GridPoint point) const {
  const auto step = steps_.west_of(point);
  if (!step) return std::nullopt;
  return position_of_step_[*step];
}

}  // namespace marchland::detail
