#include <marchland/derive/combine_areas.h>
#include <marchland/derive/detail/frame.h>

#include <algorithm>

namespace marchland {

MultiPolygon combine_areas(std::span<const NamedArea> areas,
                           const std::function<bool(const std::vector<bool>&)>& keep) {
  std::vector<GridSegment> steps;
  std::vector<detail::RingId> ring_of_step;
  for (std::size_t i = 0; i < areas.size(); ++i)
    detail::add_ring_steps(areas[i].area, i, areas[i].name, steps, ring_of_step);
  std::vector<bool> holds(areas.size());
  const auto is_kept = [&](const detail::Windings& windings) {
    for (std::size_t i = 0; i < areas.size(); ++i) holds[i] = detail::is_in_some_polygon(windings, i);
    return std::find(holds.begin(), holds.end(), true) != holds.end() && keep(holds);
  };
  return detail::to_area(detail::ground_of_rings(detail::node_segments(steps), ring_of_step, is_kept));
}

}  // namespace marchland
