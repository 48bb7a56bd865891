#include <marchland/base/error.h>
#include <marchland/io/detail/feature.h>
#include <marchland/model/atlas.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

namespace marchland::detail {

std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates) {
  const std::string near = nearest_name(name, candidates);
  return near.empty() ? "" : fmt::format("; did you mean '{}'?", near);
}

void fail_no_field(const std::string& name, const std::vector<std::string>& fields) {
  throw InvalidData(fmt::format("there is no field '{}'{}; fields: {}", name, did_you_mean(name, fields),
                                fields.empty() ? "none" : fmt::format("{}", fmt::join(fields, ", "))));
}

std::string number_text(double value) {
  constexpr double kExact = 9007199254740992.0;
  const bool is_whole = std::abs(value) < kExact && std::floor(value) == value;
  return is_whole ? fmt::format("{}", static_cast<std::int64_t>(value)) : fmt::format("{}", value);
}

bool close_ring(Ring& ring) {
  if (ring.empty() || ring.front() == ring.back()) return false;
  // Not a number equals nothing, not even itself; check_feature names it.
  if (!std::isfinite(ring.front().lon) || !std::isfinite(ring.front().lat)) return false;
  ring.push_back(ring.front());
  return true;
}

void check_feature(const VectorFeature& feature) {
  check_readable(feature.area);
  for (const auto& [lon, lat] : feature.points) {
    const bool is_readable =
        std::isfinite(lon) && std::isfinite(lat) && std::abs(lat) <= 90.0 && std::abs(lon) <= 540.0;
    if (is_readable) continue;
    throw InvalidData(fmt::format(
        "the point ({}, {}) is no longitude and latitude in degrees; is the axis order swapped, or "
        "the coordinate system another?",
        lon, lat));
  }
}

}  // namespace marchland::detail
