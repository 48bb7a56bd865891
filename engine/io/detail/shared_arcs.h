#pragma once
// Lines that polygons share, each once: geometry becomes sequences of arcs (as TopoJSON and ArcInfo coverages
// have it). Vertices of neighbours are equal, as dissolve makes them, so nothing is matched by distance.
#include <marchland/base/grid.h>
#include <marchland/base/mix_hash.h>

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace marchland::detail {

class SharedArcs {
 public:
  /// i: the arc with that index, along it; ~i: against it.
  using ArcUse = std::int64_t;

  /// First every line there is (closed ones with the first point again at the end): where they part is known
  /// only then.
  void add(const std::vector<GridPoint>& line);
  /// Then each line as its arcs, in order; again any line that was added.
  [[nodiscard]] std::vector<ArcUse> cut(const std::vector<GridPoint>& line);

  /// In the order in which `cut` came upon them, with both ends; of a closed one they are equal.
  [[nodiscard]] const std::vector<std::vector<GridPoint>>& arcs() const noexcept { return arcs_; }

 private:
  struct Passing {
    GridPoint low;
    GridPoint high;
    bool is_junction = false;
  };
  struct Hash {
    std::size_t operator()(const GridPoint& p) const noexcept;
  };
  void pass(GridPoint before, GridPoint at, GridPoint after);
  [[nodiscard]] bool is_junction(GridPoint p) const { return passings_.at(p).is_junction; }
  ArcUse use_of(std::vector<GridPoint> arc);

  std::unordered_map<GridPoint, Passing, Hash> passings_;
  std::vector<std::vector<GridPoint>> arcs_;
  std::unordered_map<std::uint64_t, std::vector<ArcUse>> known_;  ///< indices, by hash
};

}  // namespace marchland::detail
