#include <marchland/base/error.h>
#include <marchland/geometry/shapes.h>

#include <fmt/format.h>

#include <cmath>

namespace marchland {
namespace {

// Data sets in 0..360 exist, and rings unrolled across the antimeridian reach 540; further out is a mistake.
constexpr double kMaxLongitude = 540.0;

void check_position(const Position& position) {
  const auto [lon, lat] = position;
  if (!std::isfinite(lon) || !std::isfinite(lat)) {
    throw InvalidData(fmt::format("({}, {}) is not a finite number of degrees; mend or remove it", lon, lat));
  }
  if (std::abs(lat) > 90.0) {
    throw InvalidData(
        fmt::format("latitude {} lies beyond 90 degrees; expected (longitude, latitude) in degrees: "
                    "is the axis order swapped, or the coordinate system another?",
                    lat));
  }
  if (std::abs(lon) > kMaxLongitude) {
    throw InvalidData(
        fmt::format("longitude {} lies beyond 540 degrees; expected degrees: is the coordinate system "
                    "another?",
                    lon));
  }
}

void check_ring(const Ring& ring) {
  for (std::size_t i = 0; i < ring.size(); ++i) {
    try {
      check_position(ring[i]);
    } catch (Error& error) {
      error.add_context(fmt::format("position {}", i + 1));
      throw;
    }
  }
  if (ring.size() < 4) {
    throw InvalidData(fmt::format("{} positions, a ring needs 4 (the last repeats the first)", ring.size()));
  }
  if (ring.front() != ring.back()) {
    throw InvalidData(
        fmt::format("not closed: begins at ({}, {}), ends at ({}, {}); repeat the first position at "
                    "the end",
                    ring.front().lon, ring.front().lat, ring.back().lon, ring.back().lat));
  }
}

}  // namespace

void check_readable(const MultiPolygon& area) {
  for (std::size_t p = 0; p < area.size(); ++p) {
    for (std::size_t r = 0; r < area[p].size(); ++r) {
      try {
        check_ring(area[p][r]);
      } catch (Error& error) {
        error.add_context(area.size() == 1 ? fmt::format("ring {}", r + 1)
                                           : fmt::format("polygon {}, ring {}", p + 1, r + 1));
        throw;
      }
    }
  }
}

}  // namespace marchland
