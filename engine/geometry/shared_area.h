#pragma once
// Areas that are kept: rings that cannot be changed, held once however many statements repeat them.
//
// Successive maps repeat nearly all of their lines, but seldom a whole ring of them: somewhere along a front
// something moves every day. So rings are held in stretches of some tens of positions, and equal stretches
// are one. Where a stretch ends is decided by its own last position and by nothing before or after it, so
// that what changed in one place leaves the stretches elsewhere as they were (content-defined chunking:
// Muthitacharoen, Chen and Mazieres, A low-bandwidth network file system, SOSP 2001, section 3.1). What came
// of it for real archives is in docs/benchmarks.md.
#include <marchland/geometry/shapes.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace marchland {

/// Positions of a Ring (shapes.h), in order. A value: copies are alike and cost nothing, for none can change.
/// At most 2^32 - 1 positions.
class SharedRing {
 public:
  /// Never null, never empty. The same address means the same positions; the reverse does not hold.
  using Stretch = std::shared_ptr<const std::vector<Position>>;

  /// Without positions.
  SharedRing() = default;
  /// In one stretch, shared with no other ring; SharedRings shares.
  explicit SharedRing(Ring ring);

  [[nodiscard]] std::size_t size() const noexcept { return body_ ? body_->ends.back() : 0; }
  [[nodiscard]] bool empty() const noexcept { return !body_; }
  /// Precondition of both: not empty.
  [[nodiscard]] const Position& front() const { return body_->stretches.front()->front(); }
  [[nodiscard]] const Position& back() const { return body_->stretches.back()->back(); }
  /// What the ring consists of, one after the other.
  [[nodiscard]] std::span<const Stretch> stretches() const noexcept {
    return body_ ? std::span<const Stretch>(body_->stretches) : std::span<const Stretch>();
  }
  /// The place of the first position of a stretch; of stretches().size(): the size of the ring.
  [[nodiscard]] std::size_t begin_of(std::size_t stretch) const noexcept {
    return stretch == 0 ? 0 : body_->ends[stretch - 1];
  }
  /// Positions [begin, end): where they lie if one stretch has them all, otherwise copied to `buffer`. Valid
  /// as long as the ring and the buffer are. Precondition: begin < end <= size. Cost: log of the stretches,
  /// and the copy.
  [[nodiscard]] std::span<const Position> view(std::size_t begin, std::size_t end, Ring& buffer) const;
  /// All of them; precondition: not empty.
  [[nodiscard]] std::span<const Position> view(Ring& buffer) const { return view(0, size(), buffer); }
  [[nodiscard]] Ring positions() const;

  /// Whether both are copies of one ring: then they are equal. Of rings that one SharedRings gave, it is
  /// whether they are equal bit for bit.
  [[nodiscard]] bool is_same(const SharedRing& other) const noexcept { return body_ == other.body_; }
  /// Equal positions, wherever they are held.
  friend bool operator==(const SharedRing& a, const SharedRing& b);

 private:
  friend class SharedRings;
  struct Body {
    std::vector<Stretch> stretches;   ///< not empty
    std::vector<std::uint32_t> ends;  ///< by stretch: number of positions to its end
  };
  explicit SharedRing(std::shared_ptr<const Body> body) : body_(std::move(body)) {}

  std::shared_ptr<const Body> body_;
};

/// As Polygon: its first ring without the others.
using SharedPolygon = std::vector<SharedRing>;

/// As MultiPolygon: the union of its polygons. Its rings are shared, so a copy costs its lists of rings.
class SharedArea {
 public:
  using const_iterator = std::vector<SharedPolygon>::const_iterator;

  SharedArea() = default;
  explicit SharedArea(std::vector<SharedPolygon> polygons) : polygons_(std::move(polygons)) {}
  /// Implicit, since nothing is lost. Shared with no other area; SharedRings shares.
  SharedArea(const MultiPolygon& polygons);  // NOLINT(google-explicit-constructor)

  /// A copy of all positions.
  [[nodiscard]] MultiPolygon polygons() const;

  [[nodiscard]] bool empty() const noexcept { return polygons_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return polygons_.size(); }
  [[nodiscard]] const_iterator begin() const noexcept { return polygons_.begin(); }
  [[nodiscard]] const_iterator end() const noexcept { return polygons_.end(); }
  [[nodiscard]] const SharedPolygon& operator[](std::size_t i) const { return polygons_[i]; }
  [[nodiscard]] const SharedPolygon& front() const { return polygons_.front(); }

  friend bool operator==(const SharedArea& a, const SharedArea& b) = default;

 private:
  std::vector<SharedPolygon> polygons_;
};

/// As check_readable of its polygons, with the same messages. Cost: one pass, without a copy.
void check_readable(const SharedArea& area);

/// What rings are read into, so that they share what they have in common. Memory: that of their different
/// stretches and of lists of them; the rings remain when this is gone. One thread at a time.
class SharedRings {
 public:
  SharedRings() = default;
  SharedRings(const SharedRings&) = delete;
  SharedRings& operator=(const SharedRings&) = delete;

  /// The ring; bits are kept, -0 too. Cost: a comparison where it goes on as an earlier ring did, a hash
  /// where it does not.
  [[nodiscard]] SharedRing share(std::span<const Position> ring);
  [[nodiscard]] SharedArea share(const MultiPolygon& area);

  /// How many different rings were given, and how many positions all their stretches hold.
  [[nodiscard]] std::size_t ring_count() const noexcept { return rings_.size(); }
  [[nodiscard]] std::size_t position_count() const noexcept { return position_count_; }

 private:
  struct Known {
    SharedRing::Stretch stretch;
    Known* next = nullptr;  ///< what came after it last
    bool is_cut = false;    ///< ended by its own length or last position, not by the end of a ring
  };
  [[nodiscard]] Known* find_next(std::span<const Position> rest);
  [[nodiscard]] Known* find_or_add(std::span<const Position> positions, std::uint64_t hash, bool is_cut);

  std::unordered_multimap<std::uint64_t, Known> stretches_;   ///< by hash of their positions
  std::unordered_multimap<std::uint64_t, SharedRing> rings_;  ///< by hash of their stretches' addresses
  std::size_t position_count_ = 0;
  std::vector<Known*> found_;  ///< of the ring at hand
};

}  // namespace marchland
