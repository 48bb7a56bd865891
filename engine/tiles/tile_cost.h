#pragma once
// What tiles of a zoom will take, before any is cut: lines are counted as tiles will divide them.
#include <marchland/composite/composite.h>
#include <marchland/tiles/cut_tiles.h>

#include <cstdint>
#include <vector>

namespace marchland {

class TileCost {
 public:
  /// Throws InvalidArgument for layers that do not fit the composite.
  TileCost(const Composite& composite, const std::vector<TileLayer>& layers);

  /// About what cut_tiles will take at its peak, in bytes, beside the composite, with a thread for each zoom.
  [[nodiscard]] std::uint64_t bytes(int min_zoom, int max_zoom) const;
  /// Tiles of a zoom that lines pass through. Those that ground covers cost nothing.
  [[nodiscard]] std::uint64_t tiles(int zoom) const;
  /// Half of all edges that divide features are at least so long, in units of the square; 0 without any.
  [[nodiscard]] double middle_length() const;
  /// The greater side of the box of all of them, likewise.
  [[nodiscard]] double extent() const;

 private:
  struct Line {
    MercatorPosition a;
    MercatorPosition b;
    int chords;  ///< at an error of one unit of the square
  };
  std::vector<Line> lines_;
};

}  // namespace marchland
