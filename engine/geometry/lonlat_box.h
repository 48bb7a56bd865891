#pragma once
// The smallest box of longitudes and latitudes about something, which may lie across the antimeridian.
#include <optional>
#include <utility>
#include <vector>

namespace marchland {

/// Degrees, all sides belong to it. Where west > east the box crosses the antimeridian (RFC 7946, 5.2).
struct LonLatBox {
  double west = 0.0;
  double south = 0.0;
  double east = 0.0;
  double north = 0.0;
  friend bool operator==(const LonLatBox&, const LonLatBox&) = default;
};

/// Collects stretches of longitude and latitude, each within +-180 and +-90.
class LonLatBoxBuilder {
 public:
  /// west <= east: what crosses the antimeridian comes as two stretches that end and begin there.
  void add(double west, double east, double south, double north);

  /// Plain minimum and maximum, unless something touches both +180 and -180 and half the globe or more lies
  /// free elsewhere: then the box crosses the antimeridian. Nothing if nothing was added. n log n.
  [[nodiscard]] std::optional<LonLatBox> box() const;

 private:
  std::vector<std::pair<double, double>> longitudes_;
  double south_ = 90.0;
  double north_ = -90.0;
};

}  // namespace marchland
