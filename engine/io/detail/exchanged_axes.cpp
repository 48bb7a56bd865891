#include <marchland/io/detail/exchanged_axes.h>

#include <fmt/format.h>

namespace marchland::detail {

AxisCount count_in_box(const BoundingBox& box, const std::vector<Position>& positions) {
  const auto holds = [&](double lon, double lat) {
    return lon >= box.west && lon <= box.east && lat >= box.south && lat <= box.north;
  };
  AxisCount count;
  for (const Position& p : positions) {
    ++count.of;
    count.as_written += holds(p.lon, p.lat) ? 1U : 0U;
    count.exchanged += holds(p.lat, p.lon) ? 1U : 0U;
  }
  return count;
}

std::string axis_text(const AxisCount& count, std::string_view what, std::string_view ground) {
  return fmt::format("of {} {} {} lie about {}, and {} would with longitude and latitude exchanged", count.of,
                     what, count.as_written, ground, count.exchanged);
}

}  // namespace marchland::detail
