#pragma once
// Which features of a file lie where one is interested: whole features are kept or left out, none is cut.
#include <marchland/geometry/shapes.h>

#include <memory>

namespace marchland {

/// Whether areas share ground or at least a boundary point with a region; in the plane of longitude and
/// latitude as written. Areas whose rings cross are asked about their rings.
class AreaFilter {
 public:
  explicit AreaFilter(const MultiPolygon& region);
  ~AreaFilter();
  AreaFilter(AreaFilter&&) noexcept;
  AreaFilter& operator=(AreaFilter&&) noexcept;
  AreaFilter(const AreaFilter&) = delete;
  AreaFilter& operator=(const AreaFilter&) = delete;

  [[nodiscard]] bool meets(const MultiPolygon& area) const;

 private:
  struct Region;
  std::unique_ptr<const Region> region_;
};

}  // namespace marchland
