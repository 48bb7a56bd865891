#include <marchland/base/error.h>
#include <marchland/base/mix_hash.h>
#include <marchland/composite/harmonise.h>
#include <marchland/composite/quantise.h>

#include <fmt/format.h>
#include <tbb/blocked_range.h>
#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <map>
#include <numbers>
#include <numeric>
#include <span>
#include <tuple>
#include <utility>

namespace marchland {
namespace {

constexpr std::uint32_t kNone = 0xffffffffU;
constexpr std::int64_t kHalfTurn = kGridMaxLon;
constexpr std::int64_t kFullTurn = 2 * kHalfTurn;
/// Edges as long as this are not touched: beyond 180 degrees they would turn round the earth, and either end
/// may move by half a degree of longitude (1000 m near a pole).
constexpr std::int64_t kLongStep = std::int64_t{178} * kGridUnitsPerDegree;
/// Beyond this latitude longitudes are compared as on its parallel: otherwise all of them would be one at the
/// pole, and a move of no metres could be one of 180 degrees on the plane.
constexpr std::int64_t kMostLatitude = std::int64_t{89} * kGridUnitsPerDegree;
/// a^2/b of WGS84, the radius of curvature at the poles, greatest of all.
constexpr double kGreatestRadius = 6399593.625758493;
constexpr double kMetersPerUnit = kGreatestRadius * (std::numbers::pi / 180.0 / kGridUnitsPerDegree);

/// The short way from longitude a to b.
std::int64_t step_between(std::int64_t a, std::int64_t b) noexcept {
  std::int64_t step = b - a;
  if (step > kHalfTurn) step -= kFullTurn;
  if (step < -kHalfTurn) step += kFullTurn;
  return step;
}

/// Of a longitude within two turns, the same in [-180, 180) degrees.
std::int32_t into_box(std::int64_t x) noexcept {
  while (x >= kHalfTurn) x -= kFullTurn;
  while (x < -kHalfTurn) x += kFullTurn;
  return static_cast<std::int32_t>(x);
}

double cosine(std::int64_t latitude) noexcept {
  const std::int64_t y = std::min(std::abs(latitude), kMostLatitude);
  return sin_of_mean_latitude((kGridMaxLat - y) << (kFixedBits + 1));
}

double length(double dx, double dy, std::int64_t latitude) noexcept {
  const double c = cosine(latitude);
  return std::sqrt(dy * dy + c * c * (dx * dx)) * kMetersPerUnit;
}

/// A segment as seen from a point: its ends relative to it, on the turn of longitude that lies nearest.
struct RelativeSegment {
  RelativeSegment(GridPoint p, const GridSegment& s) noexcept
      : dx(step_between(s.a.x, s.b.x)), dy(s.dy()), ay(std::int64_t{s.a.y} - p.y) {
    const std::int64_t west = std::min<std::int64_t>(0, dx);
    const std::int64_t east = std::max<std::int64_t>(0, dx);
    std::int64_t best = -1;
    for (const std::int64_t turn : {std::int64_t{0}, -kFullTurn, kFullTurn}) {
      const std::int64_t x = std::int64_t{s.a.x} - p.x + turn;
      const std::int64_t gap = std::max({x + west, -(x + east), std::int64_t{0}});
      if (best >= 0 && gap >= best) continue;
      best = gap;
      ax = x;
    }
  }
  std::int64_t dx, dy;  ///< from a to b
  std::int64_t ax = 0, ay;
  /// Where along it (a is 0, b is 1) the point is nearest by the scale of a latitude; beyond its ends too.
  [[nodiscard]] double place(std::int64_t latitude) const noexcept {
    const double c = cosine(latitude);
    const double c2 = c * c;
    const auto [x, y, vx, vy] = std::tuple(static_cast<double>(ax), static_cast<double>(ay),
                                           static_cast<double>(dx), static_cast<double>(dy));
    const double square = c2 * (vx * vx) + vy * vy;
    return square == 0.0 ? 0.0 : -(c2 * (x * vx) + y * vy) / square;
  }
};

/// Numbers different keys from 0 in the order they come.
class KeyTable {
 public:
  KeyTable() : buckets_(1024, kNone) {}
  [[nodiscard]] std::uint32_t find(std::uint64_t key) const {
    const std::size_t mask = buckets_.size() - 1;
    for (std::size_t at = hash(key) & mask; buckets_[at] != kNone; at = (at + 1) & mask) {
      if (keys_[buckets_[at]] == key) return buckets_[at];
    }
    return kNone;
  }
  /// Its number; equal to the size before if it is new.
  std::uint32_t add(std::uint64_t key) {
    const std::size_t mask = buckets_.size() - 1;
    std::size_t at = hash(key) & mask;
    for (; buckets_[at] != kNone; at = (at + 1) & mask) {
      if (keys_[buckets_[at]] == key) return buckets_[at];
    }
    const auto index = static_cast<std::uint32_t>(keys_.size());
    buckets_[at] = index;
    keys_.push_back(key);
    if (keys_.size() * 2 > buckets_.size()) grow();
    return index;
  }
  [[nodiscard]] std::size_t size() const noexcept { return keys_.size(); }

 private:
  /// Keys are pairs of numbers that grow together, or of coordinates: MixHash alone would make rows of them.
  static std::size_t hash(std::uint64_t key) noexcept {
    return MixHash()(MixHash()(key) * 0xd6e8feb86659fd93U);
  }
  void grow() {
    std::vector<std::uint32_t> larger(buckets_.size() * 2, kNone);
    const std::size_t mask = larger.size() - 1;
    for (std::uint32_t index = 0; index < keys_.size(); ++index) {
      std::size_t at = hash(keys_[index]) & mask;
      while (larger[at] != kNone) at = (at + 1) & mask;
      larger[at] = index;
    }
    buckets_ = std::move(larger);
  }
  std::vector<std::uint32_t> buckets_;  ///< open addressing, at most half in use
  std::vector<std::uint64_t> keys_;
};

std::uint64_t pair_key(std::uint32_t a, std::uint32_t b) noexcept {
  return static_cast<std::uint64_t>(a) << 32 | b;
}

/// Points to be found near a place or a segment: lists of square cells. Longitudes in [-180, 180).
class NearbyPoints {
 public:
  explicit NearbyPoints(double epsilon) {
    reach_y_ = static_cast<std::int64_t>(std::ceil(epsilon / kMetersPerUnit)) + 1;
    while ((std::int64_t{1} << bits_) < reach_y_) ++bits_;
    for (std::size_t degree = 0; degree < reach_x_.size(); ++degree) {
      const double c = cosine(static_cast<std::int64_t>(degree + 1) * kGridUnitsPerDegree);
      reach_x_[degree] = static_cast<std::int64_t>(std::ceil(epsilon / (kMetersPerUnit * c))) + 1;
    }
  }

  void add(GridPoint p, std::uint32_t index) {
    const std::uint32_t cell = cells_.add(key(column(p.x), row(p.y)));
    if (cell == first_.size()) first_.push_back(kNone);
    points_.push_back({p, index, first_[cell]});
    first_[cell] = static_cast<std::uint32_t>(points_.size() - 1);
  }

  /// Calls use(point, index) for all within epsilon of the segment (which may be a point) and some others.
  /// Ends have longitudes in [-180, 180); it runs the short way.
  template <class Use>
  void for_each_near(const GridSegment& s, Use use) const {
    if (points_.empty()) return;
    const std::int64_t dx = step_between(s.a.x, s.b.x);
    const auto [south, north] = std::minmax(s.a.y, s.b.y);
    const std::int64_t most = std::max(std::abs(std::int64_t{south}), std::abs(std::int64_t{north}));
    const std::int64_t reach_x =
        reach_x_[static_cast<std::size_t>(std::min(most + reach_y_, kMostLatitude) / kGridUnitsPerDegree)];
    for (const std::int64_t turn : {std::int64_t{0}, -kFullTurn, kFullTurn}) {
      const std::int64_t x0 = s.a.x + turn;
      const std::int64_t west = std::max(x0 + std::min<std::int64_t>(0, dx) - reach_x, -kHalfTurn);
      const std::int64_t east = std::min(x0 + std::max<std::int64_t>(0, dx) + reach_x, kHalfTurn - 1);
      if (west > east) continue;
      for (std::int64_t c = column(west); c <= column(east); ++c) {
        // The part of the segment that is within reach of the column.
        std::int64_t low = south;
        std::int64_t high = north;
        if (dx != 0) {
          const std::int64_t left = (c << bits_) - kHalfTurn - reach_x;
          const std::int64_t right = left + (std::int64_t{1} << bits_) + 2 * reach_x;
          const auto y_at = [&](std::int64_t x) {
            const double t = std::clamp(static_cast<double>(x - x0) / static_cast<double>(dx), 0.0, 1.0);
            return static_cast<double>(s.a.y) + t * static_cast<double>(s.dy());
          };
          const auto [y0, y1] = std::minmax({y_at(left), y_at(right)});
          low = static_cast<std::int64_t>(std::floor(y0)) - 1;
          high = static_cast<std::int64_t>(std::ceil(y1)) + 1;
        }
        const std::int64_t last = row(std::min<std::int64_t>(high + reach_y_, kGridMaxLat));
        for (std::int64_t r = row(std::max<std::int64_t>(low - reach_y_, -kGridMaxLat)); r <= last; ++r) {
          const std::uint32_t cell = cells_.find(key(c, r));
          if (cell == kNone) continue;
          for (std::uint32_t i = first_[cell]; i != kNone; i = points_[i].next)
            use(points_[i].at, points_[i].index);
        }
      }
    }
  }

 private:
  struct Point {
    GridPoint at;
    std::uint32_t index;
    std::uint32_t next;
  };
  [[nodiscard]] std::int64_t column(std::int64_t x) const noexcept { return (x + kHalfTurn) >> bits_; }
  [[nodiscard]] std::int64_t row(std::int64_t y) const noexcept { return (y + kGridMaxLat) >> bits_; }
  static std::uint64_t key(std::int64_t column, std::int64_t row) noexcept {
    return pair_key(static_cast<std::uint32_t>(column), static_cast<std::uint32_t>(row));
  }

  std::int64_t reach_y_ = 0;
  std::array<std::int64_t, 90> reach_x_{};  ///< between two whole degrees of latitude
  /// Cells of at least 65 536 units (730 m): detailed lines have some tens of vertices in one, and an edge of
  /// a degree passes 153 of them.
  int bits_ = 16;
  KeyTable cells_;
  std::vector<std::uint32_t> first_;  ///< by cell
  std::vector<Point> points_;
};

/// A place where some line has a vertex, as it was given.
struct Vertex {
  GridPoint at;
  std::uint32_t target = kNone;   ///< the vertex it takes, itself perhaps; kNone: not asked yet
  bool is_placed = false;         ///< of an earlier line, harmonised
  bool is_noted = false;          ///< as dropped
  std::uint32_t kept_in = kNone;  ///< last group that has it elsewhere than in a run to be dropped
};

/// What becomes of a step from one vertex of a ring to the next. The same whichever way it is taken.
struct Step {
  static constexpr std::uint8_t kMoves = 1;       ///< something differs from what was given
  static constexpr std::uint8_t kOtherCount = 2;  ///< not exactly one vertex comes of it
  static constexpr std::uint8_t kSilent = 4;      ///< none: its first vertex is dropped
  std::uint32_t from = kNone;                     ///< targets of its ends; kNone: not decided yet
  std::uint32_t to = kNone;
  std::uint32_t inserted = 0;  ///< where they begin
  std::uint16_t inserted_count = 0;
  std::uint8_t flags = 0;
};
struct StepSums {
  AreaUnits area = 0;            ///< of what it becomes minus what it was
  std::int64_t twice_given = 0;  ///< on the plane, with the origin
  std::int64_t twice_now = 0;
};
struct StepEnds {
  std::uint32_t a = 0;  ///< vertices; a is the smaller, by place
  std::uint32_t b = 0;
  std::uint32_t plain = 0;  ///< the step as it is where nothing is dropped
};

/// Number of a step, whether it is taken from b to a, and whether it belongs to a dropped run.
using Id = std::uint32_t;
constexpr Id kDropped = 0x80000000U;
constexpr std::uint32_t step_of(Id id) noexcept {
  return (id & ~kDropped) >> 1U;
}
constexpr bool is_backward(Id id) noexcept {
  return (id & 1U) != 0;
}
/// Where a position is repeated: no step at all.
constexpr Id kNoStep = 0;
/// With so many that are new, rings are rewritten: memory follows the state of a date, and there are rings
/// enough for all cores.
constexpr std::size_t kMostIds = std::size_t{1} << 17U;

struct WorkRing {
  enum class Writing : std::uint8_t {
    inner,    ///< away from the antimeridian
    written,  ///< longitudes go on as they were written
    boxed,    ///< longitudes in [-180, 180)
    left_out,
  };
  const SharedRing* ring = nullptr;  ///< as it was given
  std::uint32_t statement = 0, polygon = 0, number = 0;
  Ring positions;       ///< of `ring`; empty as soon as no later ring is compared with it
  std::size_t ids = 0;  ///< where its steps begin, so long too
  /// The ring whose steps it has but for some edits; kNone: all are its own.
  std::uint32_t before = kNone;
  std::size_t edits_begin = 0, edits_end = 0;
  Writing writing = Writing::inner;
  [[nodiscard]] std::size_t step_count() const { return ring->size() - 1; }
};

/// A step that a ring has beside those of the ring before, or lacks.
struct Edit {
  std::size_t id = 0;  ///< which of all ids
  int times = 1;       ///< or -1
};

/// Sums over the steps of a ring, as it runs.
struct RingTotals {
  Int128 twice_given = 0;
  Int128 twice_now = 0;
  AreaUnits area = 0;
  std::int64_t moved = 0, inserted = 0, dropped = 0;
  std::int64_t changed = 0;   ///< steps
  std::int64_t reshaped = 0;  ///< steps of which not exactly one vertex comes
};

struct RingResult {
  AreaUnits area = 0;  ///< its growth
  bool has_collapsed = false;
  Position place;   ///< its first vertex, as given
  SharedRing ring;  ///< as it is now; empty: as given
};

/// Twice the area on the plane and the area on the ellipsoid, positive counter-clockwise.
struct RingSize {
  Int128 twice = 0;
  AreaUnits area = 0;
  [[nodiscard]] AreaUnits absolute() const { return twice < 0 ? -area : twice > 0 ? area : AreaUnits{0}; }
};

class Harmoniser {
 public:
  explicit Harmoniser(Atlas& atlas)
      : atlas_(atlas), epsilon_(atlas.harmonise.value()), placed_(epsilon_), edge_area_(EdgeArea::wgs84()) {
    ledger_.epsilon = atlas.harmonise;
    steps_.emplace_back().flags = Step::kSilent | Step::kOtherCount;
    sums_.emplace_back();
    ends_.emplace_back();
  }

  HarmoniseLedger run() {
    atlas_.check_declarations();
    sort_statements();
    for (std::size_t begin = 0; begin < order_.size();) {
      std::size_t end = begin + 1;
      while (end < order_.size() && group_key(order_[end]) == group_key(order_[begin])) ++end;
      harmonise_group(std::span(order_).subspan(begin, end - begin));
      ++group_;
      begin = end;
      // What was decided of a step stays decided, so its rings need not wait for later ones.
      if (ids_.size() - kept_ids_ >= kMostIds) {
        rewrite_rings();
        forget_ids();
      }
    }
    rewrite_rings();
    sum_up();
    replace_areas();
    return std::move(ledger_);
  }

 private:
  [[nodiscard]] std::pair<Instant, LayerId> group_key(std::uint32_t statement) const {
    const Statement& s = atlas_.statements[statement];
    return {s.validity.from(), s.layer};
  }

  void sort_statements() {
    order_.resize(atlas_.statements.size());
    std::iota(order_.begin(), order_.end(), 0U);
    // Within a layer and date nothing depends on the order but that of the ledger.
    std::sort(order_.begin(), order_.end(), [&](std::uint32_t i, std::uint32_t j) {
      const Statement& a = atlas_.statements[i];
      const Statement& b = atlas_.statements[j];
      if (a.validity.from() != b.validity.from()) return a.validity.from() < b.validity.from();
      if (a.layer != b.layer) {
        const int first = atlas_[atlas_[a.layer].source].priority;
        const int second = atlas_[atlas_[b.layer].source].priority;
        if (first != second) return first > second;
        return atlas_[a.layer].id < atlas_[b.layer].id;
      }
      return a.id < b.id;
    });
    std::size_t rings = 0;
    for (const Statement& s : atlas_.statements) {
      for (const SharedPolygon& polygon : s.area) rings += polygon.size();
    }
    rings_.reserve(rings);
  }

  // ---- what the rings of a layer and date consist of

  void harmonise_group(std::span<const std::uint32_t> statements) {
    hot_.clear();
    std::map<std::pair<LayerId, ActorId>, std::vector<std::uint32_t>> read;
    for (const std::uint32_t s : statements) {
      const Statement& statement = atlas_.statements[s];
      const std::pair key(statement.layer, statement.actor);
      std::vector<std::uint32_t>& mine = read[key];
      const std::vector<std::uint32_t>& before = before_[key];
      for (std::uint32_t p = 0; p < statement.area.size(); ++p) {
        for (std::uint32_t r = 0; r < statement.area[p].size(); ++r) {
          const auto index = static_cast<std::uint32_t>(rings_.size());
          WorkRing ring;
          ring.ring = &statement.area[p][r];
          ring.statement = s;
          ring.polygon = p;
          ring.number = r;
          ring.ids = ids_.size();
          if (ring.ring->size() < 4 || ring.ring->front() != ring.ring->back()) refuse();
          ring.positions = ring.ring->positions();
          rings_.push_back(std::move(ring));
          read_ring(index, ring_before(before, mine.size(), rings_[index].ring->front()),
                    atlas_[statement.layer].rings.is_literal);
          if (rings_[index].writing == WorkRing::Writing::left_out) ++ledger_.rings_left_out;
          mine.push_back(index);
        }
      }
    }
    for (auto& [key, mine] : read) {
      std::vector<std::uint32_t>& before = before_[key];
      for (const std::uint32_t r : before) rings_[r].positions = Ring();
      before = std::move(mine);
    }
    find_targets();
    drop_runs();
    decide_steps();
    place();
  }

  /// Says what cannot be read.
  [[noreturn]] void refuse() const {
    atlas_.check();
    detail::invariant_failed("a ring is readable", __FILE__, __LINE__);
  }

  /// The ring of the statements before that this one probably repeats, or kNone; a matter of cost alone.
  [[nodiscard]] std::uint32_t ring_before(const std::vector<std::uint32_t>& before, std::size_t place,
                                          const Position& front) const {
    const auto begins_alike = [&](std::uint32_t r) { return rings_[r].ring->front() == front; };
    if (place < before.size() && begins_alike(before[place])) return before[place];
    // Rings come and go, and those after them change their places by a few.
    constexpr std::size_t kWindow = 64;
    const std::size_t begin = place < kWindow ? 0 : place - kWindow;
    for (std::size_t i = begin; i < std::min(before.size(), place + kWindow); ++i) {
      if (begins_alike(before[i])) return before[i];
    }
    return place < before.size() ? before[place] : kNone;
  }

  /// Fills the ids of a ring: those of the ring before where both have the same positions.
  void read_ring(std::uint32_t index, std::uint32_t before, bool is_literal) {
    const Ring& ring = rings_[index].positions;
    const std::size_t first_hot = hot_.size();
    const std::size_t count = ring.size() - 1;
    const std::size_t base = ids_.size();
    ids_.resize(base + count);
    const bool has_before = before != kNone && rings_[before].writing != WorkRing::Writing::left_out;
    const Ring* old = has_before ? &rings_[before].positions : nullptr;
    const std::size_t old_ids = has_before ? rings_[before].ids : 0;
    const std::size_t old_count = has_before ? old->size() - 1 : 0;
    Reading reading;
    const std::size_t first_edit = edits_.size();
    std::size_t j = 0;
    std::size_t passed = 0;  // of the steps before, since the first that was found again
    bool has_started = false;
    constexpr std::size_t kWindow = 32;
    std::size_t tries = 0;
    const auto search = [&](const Position& p) {
      // Near by mostly; now and then everywhere, so that long changes do not cost the rest of the ring.
      const std::size_t reach = tries % kWindow == 0 ? old_count : std::min(kWindow, old_count);
      ++tries;
      for (std::size_t k = 0; k < reach; ++k) {
        const std::size_t at = j + k < old_count ? j + k : j + k - old_count;
        if ((*old)[at] != p) continue;
        for (std::size_t s = 0; has_started && s < k; ++s)
          edits_.push_back({old_ids + (j + s < old_count ? j + s : j + s - old_count), -1});
        if (has_started) passed += k;
        has_started = true;
        j = at;
        return true;
      }
      return false;
    };
    std::uint32_t here = kNone;  // vertex at i, where known
    for (std::size_t i = 0; i < count;) {
      if (has_before && search(ring[i])) {
        // As far as both go on alike.
        const std::size_t most = std::min(count - i, old_count - j);
        std::size_t n = 0;
        // By bytes first, which says nothing of -0 and 0.
        constexpr std::size_t kBlock = 32;
        while (n + kBlock <= most &&
               std::memcmp(&ring[i + n + 1], &(*old)[j + n + 1], kBlock * sizeof(Position)) == 0)
          n += kBlock;
        while (n < most && ring[i + n + 1] == (*old)[j + n + 1]) ++n;
        if (n > 0) {
          std::copy_n(ids_.begin() + static_cast<std::ptrdiff_t>(old_ids + j), n,
                      ids_.begin() + static_cast<std::ptrdiff_t>(base + i));
          revive(index, i, n, old_ids + j);
          passed += n;
          // Of an inner ring all steps are; of another only some need be at the antimeridian.
          for (std::size_t k = i; k < i + n && rings_[before].writing != WorkRing::Writing::inner; ++k)
            reading.read(to_grid(ring[k].lon), to_grid(ring[k + 1].lon), is_literal);
          i += n;
          j = j + n < old_count ? j + n : 0;
          tries = 0;
          here = kNone;
          continue;
        }
      }
      const Position& p = ring[i];
      const Position& q = ring[i + 1];
      if (!(is_readable(p) && is_readable(q))) refuse();
      const std::int64_t x0 = to_grid(p.lon);
      const std::int64_t x1 = to_grid(q.lon);
      if (!reading.read(x0, x1, is_literal)) {
        rings_[index].writing = WorkRing::Writing::left_out;
        hot_.resize(first_hot);
        edits_.resize(first_edit);
        ids_.resize(base);
        check_rest(ring);
        return;
      }
      if (here == kNone) here = vertex_at(x0, to_grid(p.lat));
      const std::uint32_t there = vertex_at(x1, to_grid(q.lat));
      ids_[base + i] = id_between(here, there);
      note_if_hot(index, i);
      edits_.push_back({base + i, 1});
      here = there;
      ++i;
    }
    for (std::size_t s = passed; has_started && s < old_count; ++s, j = j + 1 < old_count ? j + 1 : 0)
      edits_.push_back({old_ids + j, -1});
    // Going round more than once, it may have taken a step twice.
    if (has_started && passed <= old_count && edits_.size() - first_edit < count) {
      rings_[index].before = before;
      rings_[index].edits_begin = first_edit;
      rings_[index].edits_end = edits_.size();
    } else {
      edits_.resize(first_edit);
    }
    rings_[index].writing = reading.writing(is_literal);
  }

  static bool is_readable(const Position& p) noexcept {
    return std::abs(p.lat) <= 90.0 && std::abs(p.lon) <= 540.0;
  }
  void check_rest(const Ring& ring) const {
    if (!std::all_of(ring.begin(), ring.end(), is_readable)) refuse();
  }

  /// How the longitudes of a ring run.
  class Reading {
   public:
    /// False if an edge is too long to be touched.
    bool read(std::int64_t x0, std::int64_t x1, bool is_literal) {
      const std::int64_t raw = std::abs(x1 - x0);
      const std::int64_t far = std::max(std::abs(x0), std::abs(x1));
      // A literal ring could be moved out of what can be read.
      if (is_literal) {
        if (raw >= kLongStep || far > 3 * kLongStep) return false;
      } else if (raw == kFullTurn || std::abs(step_between(into_box(x0), into_box(x1))) >= kLongStep) {
        return false;
      }
      is_inner_ = is_inner_ && far <= kLongStep && raw < kLongStep;
      is_plain_ = is_plain_ && far <= kHalfTurn && raw < kLongStep;
      return true;
    }
    [[nodiscard]] WorkRing::Writing writing(bool is_literal) const {
      if (is_inner_) return WorkRing::Writing::inner;
      return is_literal || is_plain_ ? WorkRing::Writing::written : WorkRing::Writing::boxed;
    }

   private:
    bool is_inner_ = true;
    bool is_plain_ = true;
  };

  std::uint32_t vertex_at(std::int64_t x, std::int64_t y) {
    const GridPoint at{into_box(x), static_cast<std::int32_t>(y)};
    const std::uint32_t index =
        vertex_table_.add(pair_key(static_cast<std::uint32_t>(at.x), static_cast<std::uint32_t>(at.y)));
    if (index == vertices_.size()) {
      vertices_.emplace_back().at = at;
      positions_.push_back({grid_to_degrees(at.x), grid_to_degrees(at.y)});
    }
    return index;
  }

  Id id_between(std::uint32_t a, std::uint32_t b) {
    if (a == b) return kNoStep;
    const bool backward = vertices_[b].at < vertices_[a].at;
    if (backward) std::swap(a, b);
    const std::uint32_t index = step_table_.add(pair_key(a, b));
    if (index == plain_steps_.size()) {
      plain_steps_.push_back(static_cast<std::uint32_t>(steps_.size()));
      steps_.emplace_back();
      sums_.emplace_back();
      ends_.push_back({a, b, plain_steps_.back()});
    }
    return plain_steps_[index] << 1U | (backward ? 1U : 0U);
  }

  /// Where vertices were dropped in the ring before, it is decided anew.
  void revive(std::uint32_t ring, std::size_t begin, std::size_t count, std::size_t before) {
    const std::size_t base = rings_[ring].ids + begin;
    Id any = 0;
    for (std::size_t k = 0; k < count; ++k) any |= ids_[base + k];
    if ((any & kDropped) == 0) return;
    for (std::size_t k = 0; k < count; ++k) {
      Id& id = ids_[base + k];
      if ((id & kDropped) == 0) continue;
      id = ends_[step_of(id)].plain << 1U | (id & 1U);
      note_if_hot(ring, begin + k);
      edits_.push_back({before + k, -1});
      edits_.push_back({base + k, 1});
    }
  }

  /// A step of a ring that is not decided yet.
  struct Hot {
    std::uint32_t ring = 0;
    std::uint32_t place = 0;
    std::uint32_t run = kNone;
  };
  void note_if_hot(std::uint32_t ring, std::size_t place) {
    const Id id = ids_[rings_[ring].ids + place];
    if (id != kNoStep && !is_decided(id)) hot_.push_back({ring, static_cast<std::uint32_t>(place), kNone});
  }
  [[nodiscard]] bool is_decided(Id id) const { return steps_[step_of(id)].from != kNone; }
  [[nodiscard]] Id id_of(const Hot& hot) const { return ids_[rings_[hot.ring].ids + hot.place]; }
  [[nodiscard]] std::uint32_t start_of(Id id) const {
    const StepEnds& ends = ends_[step_of(id)];
    return is_backward(id) ? ends.b : ends.a;
  }
  [[nodiscard]] std::uint32_t end_of(Id id) const { return start_of(id ^ 1U); }

  // ---- 1. vertices

  void find_targets() {
    for (const Hot& hot : hot_) {
      const Id id = id_of(hot);
      find_target(start_of(id), hot, hot.place);
      const std::size_t count = rings_[hot.ring].step_count();
      find_target(end_of(id), hot, hot.place + 1 == count ? 0 : hot.place + 1);
    }
  }

  void find_target(std::uint32_t index, const Hot& hot, std::uint32_t place) {
    Vertex& vertex = vertices_[index];
    if (vertex.target != kNone) return;
    vertex.target = index;
    double nearest = epsilon_;
    placed_.for_each_near({vertex.at, vertex.at}, [&](GridPoint at, std::uint32_t other) {
      const double distance = grid_distance(vertex.at, at).value();
      if (distance > nearest) return;
      if (distance == nearest && vertex.target != index && vertices_[vertex.target].at < at) return;
      nearest = distance;
      vertex.target = other;
    });
    if (vertex.target != index)
      note(LedgerEntry::Kind::moved, hot, place, vertex.at, vertices_[vertex.target].at, nearest);
  }

  void note(LedgerEntry::Kind kind, const Hot& hot, std::uint32_t place, GridPoint from, GridPoint to,
            double distance) {
    const WorkRing& ring = rings_[hot.ring];
    ledger_.entries.push_back(
        {kind, ring.statement, ring.polygon, ring.number, place, from, to, Meters(distance)});
  }

  // ---- 2. runs of vertices along an earlier segment

  /// It took no other vertex and belongs to no earlier line.
  [[nodiscard]] bool is_free(std::uint32_t vertex) const {
    return vertices_[vertex].target == vertex && !vertices_[vertex].is_placed;
  }

  struct Run {
    std::vector<std::uint32_t> hot;  ///< its steps
    std::uint32_t from = 0;          ///< the earlier vertices it runs between
    std::uint32_t to = 0;
    bool is_dropped = true;
  };

  void drop_runs() {
    runs_.clear();
    for (std::uint32_t h = 0; h < hot_.size(); ++h) find_run(h);
    if (runs_.empty()) return;
    // A vertex that stays in one place stays everywhere, or rings that met there would part.
    for (const Hot& hot : hot_) {
      if (hot.run == kNone) keep(hot);
    }
    for (bool goes_on = true; goes_on;) {
      goes_on = false;
      for (Run& run : runs_) {
        if (!run.is_dropped) continue;
        run.is_dropped = std::none_of(run.hot.begin() + 1, run.hot.end(), [&](std::uint32_t h) {
          return vertices_[start_of(id_of(hot_[h]))].kept_in == group_;
        });
        if (run.is_dropped) continue;
        for (const std::uint32_t h : run.hot) keep(hot_[h]);
        goes_on = true;
      }
    }
    for (const Run& run : runs_) {
      if (run.is_dropped) drop(run);
    }
  }

  void keep(const Hot& hot) {
    const Id id = id_of(hot);
    vertices_[start_of(id)].kept_in = group_;
    vertices_[end_of(id)].kept_in = group_;
  }

  void find_run(std::uint32_t first) {
    const Id id = id_of(hot_[first]);
    if (is_free(start_of(id)) || !is_free(end_of(id))) return;
    Run run;
    run.from = vertices_[start_of(id)].target;
    // All steps at a free vertex are undecided, so they are neighbours in the list, around the ring.
    const std::uint32_t ring = hot_[first].ring;
    std::uint32_t h = first;
    for (;;) {
      run.hot.push_back(h);
      const std::uint32_t end = end_of(id_of(hot_[h]));
      if (!is_free(end)) {
        run.to = vertices_[end].target;
        break;
      }
      ++h;
      if (h == hot_.size() || hot_[h].ring != ring) {
        while (h > 0 && hot_[h - 1].ring == ring) --h;
      }
      MARCHLAND_ASSERT(h != first && start_of(id_of(hot_[h])) == end);
    }
    if (run.from == run.to || !has_segment(run.from, run.to)) return;
    const GridSegment segment{vertices_[run.from].at, vertices_[run.to].at};
    if (is_long(segment)) return;
    for (std::size_t k = 1; k < run.hot.size(); ++k) {
      const GridPoint at = vertices_[start_of(id_of(hot_[run.hot[k]]))].at;
      if (grid_distance(at, segment).value() > epsilon_) return;
    }
    for (const std::uint32_t k : run.hot) hot_[k].run = static_cast<std::uint32_t>(runs_.size());
    runs_.push_back(std::move(run));
  }

  static bool is_long(const GridSegment& s) { return std::abs(step_between(s.a.x, s.b.x)) >= kLongStep; }

  [[nodiscard]] bool has_segment(std::uint32_t a, std::uint32_t b) const {
    return segments_.find(pair_key(std::min(a, b), std::max(a, b))) != kNone;
  }

  void drop(const Run& run) {
    const GridSegment segment{vertices_[run.from].at, vertices_[run.to].at};
    for (std::size_t k = 0; k < run.hot.size(); ++k) {
      const Hot& hot = hot_[run.hot[k]];
      Id& id = ids_[rings_[hot.ring].ids + hot.place];
      if (k > 0) {
        const std::uint32_t vertex = start_of(id);
        if (!vertices_[vertex].is_noted) {
          vertices_[vertex].is_noted = true;
          const GridPoint at = vertices_[vertex].at;
          note(LedgerEntry::Kind::dropped, hot, hot.place, at, at, grid_distance(at, segment).value());
        }
      }
      id = dropped_step(id, k == 0 ? run.to : kNone);
    }
  }

  /// The step as the first of a run that becomes a segment to `to`, or as a later one that becomes nothing.
  Id dropped_step(Id id, std::uint32_t to) {
    const std::uint32_t plain = ends_[step_of(id)].plain;
    const bool backward = is_backward(id);
    const std::uint32_t index =
        dropped_table_.add(static_cast<std::uint64_t>(plain << 1U | (backward ? 1U : 0U)) << 32 | to);
    if (index == dropped_steps_.size()) {
      const StepEnds ends = ends_[step_of(id)];
      Step step;
      step.from = vertices_[ends.a].target;
      step.to = vertices_[ends.b].target;
      step.flags = Step::kMoves | Step::kOtherCount | (to == kNone ? Step::kSilent : 0);
      const GridSegment given{vertices_[ends.a].at, vertices_[ends.b].at};
      StepSums sums;
      sums.area = -edge_area_(given, given.a, given.b);
      sums.twice_given = twice(given);
      if (to != kNone) {
        const GridSegment now{vertices_[backward ? step.to : step.from].at, vertices_[to].at};
        const int sign = backward ? -1 : 1;
        sums.area += sign * edge_area_(now, now.a, now.b);
        sums.twice_now = sign * twice(now);
      }
      dropped_steps_.push_back(static_cast<std::uint32_t>(steps_.size()));
      steps_.push_back(step);
      sums_.push_back(sums);
      ends_.push_back({ends.a, ends.b, plain});
    }
    return kDropped | dropped_steps_[index] << 1U | (backward ? 1U : 0U);
  }

  // ---- 3. segments

  void decide_steps() {
    decided_.clear();
    for (const Hot& hot : hot_) {
      const Id id = id_of(hot);
      if ((id & kDropped) != 0 || is_decided(id)) continue;
      decide(step_of(id), hot, is_backward(id));
      decided_.push_back(step_of(id));
    }
  }

  void decide(std::uint32_t index, const Hot& hot, bool backward) {
    Step& step = steps_[index];
    const StepEnds ends = ends_[index];
    step.from = vertices_[ends.a].target;
    step.to = vertices_[ends.b].target;
    step.inserted = static_cast<std::uint32_t>(inserted_.size());
    const GridSegment given{vertices_[ends.a].at, vertices_[ends.b].at};
    if (step.from != step.to && !has_segment(step.from, step.to)) {
      const auto place_of = [&](GridPoint p) { return RelativeSegment(p, given).place(p.y); };
      // Most ends stay where they are.
      const double begin = step.from == ends.a ? 0.0 : std::max(0.0, place_of(vertices_[step.from].at));
      const double end = step.to == ends.b ? 1.0 : std::min(1.0, place_of(vertices_[step.to].at));
      found_.clear();
      placed_.for_each_near(given, [&](GridPoint at, std::uint32_t vertex) {
        if (vertex == step.from || vertex == step.to) return;
        const double place = place_of(at);
        if (!(place > begin && place < end)) return;
        const double distance = grid_distance(at, given).value();
        if (distance <= epsilon_) found_.push_back({place, at, vertex, distance});
      });
      std::sort(found_.begin(), found_.end(), [](const Found& a, const Found& b) {
        return std::tuple(a.place, a.at) < std::tuple(b.place, b.at);
      });
      if (found_.size() > 0xffff) {
        throw InvalidData(
            fmt::format("harmonise_m = {}: more than 65535 earlier vertices lie within it of one edge; "
                        "declare a smaller distance",
                        epsilon_));
      }
      for (const Found& found : found_) inserted_.push_back(found.vertex);
      step.inserted_count = static_cast<std::uint16_t>(found_.size());
      if (backward) std::reverse(found_.begin(), found_.end());
      for (const Found& found : found_)
        note(LedgerEntry::Kind::inserted, hot, hot.place, found.at, found.at, found.distance);
    }
    if (step.from != ends.a || step.to != ends.b || step.inserted_count > 0) step.flags |= Step::kMoves;
    if (step.from == step.to || step.inserted_count > 0) step.flags |= Step::kOtherCount;

    StepSums& sums = sums_[index];
    // Rings at the antimeridian are measured as a whole.
    if (std::max(std::abs(std::int64_t{given.a.x}), std::abs(std::int64_t{given.b.x})) > kLongStep) return;
    sums.twice_given = sums.twice_now = twice(given);
    if ((step.flags & Step::kMoves) == 0) return;
    sums.area = -edge_area_(given, given.a, given.b);
    sums.twice_now = 0;
    for_each_piece(step, [&](std::uint32_t a, std::uint32_t b) {
      const GridSegment piece{vertices_[a].at, vertices_[b].at};
      sums.area += edge_area_(piece, piece.a, piece.b);
      sums.twice_now += twice(piece);
    });
  }

  static std::int64_t twice(const GridSegment& s) noexcept {
    return std::int64_t{s.a.x} * s.b.y - std::int64_t{s.b.x} * s.a.y;  // |value| <= 3.3e18 < 2^63
  }

  template <class Use>
  void for_each_piece(const Step& step, Use use) const {
    std::uint32_t here = step.from;
    for (std::uint32_t k = 0; k < step.inserted_count; ++k) {
      use(here, inserted_[step.inserted + k]);
      here = inserted_[step.inserted + k];
    }
    if (here != step.to) use(here, step.to);
  }

  /// What the group made belongs to the earlier lines of the next.
  void place() {
    const auto place_vertex = [&](std::uint32_t index) {
      Vertex& vertex = vertices_[index];
      if (vertex.is_placed) return;
      vertex.is_placed = true;
      placed_.add(vertex.at, index);
    };
    for (const std::uint32_t index : decided_) {
      const Step& step = steps_[index];
      place_vertex(step.from);
      place_vertex(step.to);
      for_each_piece(step, [&](std::uint32_t a, std::uint32_t b) {
        segments_.add(pair_key(std::min(a, b), std::max(a, b)));
      });
    }
  }

  // ---- the rings anew

  /// Of those that are not yet.
  void rewrite_rings() {
    const std::size_t first = results_.size();
    totals_.resize(rings_.size());
    results_.resize(rings_.size());
    const auto for_each = [&](auto use) {
      tbb::parallel_for(tbb::blocked_range<std::size_t>(first, rings_.size(), 16), [&](const auto& block) {
        for (std::size_t r = block.begin(); r != block.end(); ++r) {
          if (rings_[r].writing != WorkRing::Writing::left_out) use(rings_[r], r);
        }
      });
    };
    for_each([&](const WorkRing& work, std::size_t r) {
      if (work.before != kNone) return;
      for (std::size_t i = 0; i < work.step_count(); ++i) add_step(totals_[r], ids_[work.ids + i], 1);
    });
    // Rings before come first.
    for (std::size_t r = first; r < rings_.size(); ++r) {
      const WorkRing& work = rings_[r];
      if (work.before == kNone) continue;
      totals_[r] = totals_[work.before];
      for (std::size_t e = work.edits_begin; e < work.edits_end; ++e)
        add_step(totals_[r], ids_[edits_[e].id], edits_[e].times);
    }
    std::vector<Ring> written(rings_.size() - first);
    for_each([&](const WorkRing& work, std::size_t r) {
      results_[r] = rewrite(work, totals_[r], written[r - first]);
    });
    for (std::size_t r = first; r < rings_.size(); ++r) results_[r].ring = shared_.share(written[r - first]);
    edits_.clear();
  }

  /// All but those of the rings that later ones are compared with.
  void forget_ids() {
    std::vector<Id> kept;
    for (const auto& [key, rings] : before_) {
      for (const std::uint32_t r : rings) {
        WorkRing& ring = rings_[r];
        if (ring.writing == WorkRing::Writing::left_out) continue;
        const auto begin = ids_.begin() + static_cast<std::ptrdiff_t>(ring.ids);
        ring.ids = kept.size();
        kept.insert(kept.end(), begin, begin + static_cast<std::ptrdiff_t>(ring.step_count()));
      }
    }
    ids_ = std::move(kept);
    kept_ids_ = ids_.size();
  }

  /// Those whose rings changed.
  void replace_areas() {
    for (std::size_t r = 0; r < rings_.size();) {
      const std::uint32_t s = rings_[r].statement;
      const std::size_t begin = r;
      while (r < rings_.size() && rings_[r].statement == s) ++r;
      const auto is_new = [](const RingResult& result) { return !result.ring.empty(); };
      const auto results = std::span(results_).subspan(begin, r - begin);
      if (std::none_of(results.begin(), results.end(), is_new)) continue;
      SharedArea& area = atlas_.statements[s].area;
      std::vector<SharedPolygon> polygons(area.begin(), area.end());
      for (std::size_t k = begin; k < r; ++k) {
        if (is_new(results_[k])) polygons[rings_[k].polygon][rings_[k].number] = results_[k].ring;
      }
      area = SharedArea(std::move(polygons));
    }
  }

  void add_step(RingTotals& totals, Id id, int times) const {
    const Step& step = steps_[step_of(id)];
    const StepSums& sums = sums_[step_of(id)];
    const int sign = is_backward(id) ? -times : times;
    totals.twice_given += sign * static_cast<Int128>(sums.twice_given);
    totals.twice_now += sign * static_cast<Int128>(sums.twice_now);
    totals.area += sign * sums.area;
    if (step.flags == 0) return;
    if ((step.flags & Step::kOtherCount) != 0) totals.reshaped += times;
    if ((step.flags & Step::kMoves) == 0) return;
    totals.changed += times;
    if ((step.flags & Step::kSilent) != 0) {
      totals.dropped += times;
      return;
    }
    const std::uint32_t start = start_of(id);
    if (vertices_[start].target != start) totals.moved += times;
    totals.inserted += times * static_cast<std::int64_t>(step.inserted_count);
  }

  /// Leaves `out` empty where nothing changed.
  RingResult rewrite(const WorkRing& work, const RingTotals& totals, Ring& out) const {
    RingResult result;
    result.place = work.ring->front();
    if (totals.changed == 0) return result;
    const auto ids = std::span(ids_).subspan(work.ids, work.step_count());
    RingSize given{totals.twice_given, 0};
    RingSize now{totals.twice_now, totals.area};
    // The growth of a ring adds up over its steps, unless it came to run the other way.
    const bool adds_up =
        work.writing == WorkRing::Writing::inner && sign(totals.twice_given) == sign(totals.twice_now);
    const RingConvention convention = atlas_[atlas_.statements[work.statement].layer].rings;
    if (!adds_up) given = size_of(work.ring->positions(), convention);
    if (totals.reshaped == 0 && work.writing == WorkRing::Writing::inner) {
      out.reserve(ids.size() + 1);
      for (const Id id : ids) {
        const Step& step = steps_[step_of(id)];
        out.push_back(positions_[is_backward(id) ? step.to : step.from]);
      }
      out.push_back(out.front());
    } else {
      write(work, ids, out);
    }
    if (!adds_up) now = size_of(out, convention);
    result.area = now.absolute() - given.absolute();
    result.has_collapsed = given.twice != 0 && now.twice == 0;
    return result;
  }

  [[nodiscard]] RingSize size_of(const Ring& ring, RingConvention convention) const {
    RingSize size;
    for (const ChainLink& link : quantise(ring, convention).links) {
      size.twice += link.multiplicity * cross(link.s.a.x, link.s.a.y, link.s.b.x, link.s.b.y);
      size.area += link.multiplicity * edge_area_(link.s, link.s.a, link.s.b);
    }
    return size;
  }

  void write(const WorkRing& work, std::span<const Id> ids, Ring& out) const {
    const bool as_written = work.writing == WorkRing::Writing::written;
    const Ring given = as_written ? work.ring->positions() : Ring();
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const Step& step = steps_[step_of(ids[i])];
      if ((step.flags & Step::kSilent) != 0) continue;
      const auto write_vertex = [&](std::uint32_t vertex) {
        Position p = positions_[vertex];
        if (as_written) {
          const std::int64_t x = to_grid(given[i].lon);
          p.lon = static_cast<double>(x + step_between(into_box(x), vertices_[vertex].at.x)) /
                  kGridUnitsPerDegree;
        }
        if (out.empty() || out.back() != p) out.push_back(p);
      };
      const bool backward = is_backward(ids[i]);
      write_vertex(backward ? step.to : step.from);
      for (std::uint32_t k = 0; k < step.inserted_count; ++k)
        write_vertex(inserted_[step.inserted + (backward ? step.inserted_count - 1U - k : k)]);
    }
    while (out.size() > 1 && out.back() == out.front()) out.pop_back();
    // What collapsed stays as a ring that can be read.
    while (out.size() < 3) out.push_back(out.front());
    out.push_back(out.front());
  }

  // ---- the ledger

  void sum_up() {
    std::vector<StatementEffect> effects(atlas_.statements.size());
    std::vector<bool> has_changed(effects.size(), false);
    // A ring that is repeated is one finding.
    std::map<std::tuple<LayerId, Position, AreaUnits>, std::vector<std::uint32_t>> collapsed;
    for (std::size_t r = 0; r < rings_.size(); ++r) {
      const RingResult& result = results_[r];
      const WorkRing& work = rings_[r];
      StatementEffect& effect = effects[work.statement];
      effect.area += work.number == 0 ? result.area : -result.area;
      const RingTotals& totals = totals_[r];
      effect.moved += static_cast<std::uint64_t>(totals.moved);
      effect.inserted += static_cast<std::uint64_t>(totals.inserted);
      effect.dropped += static_cast<std::uint64_t>(totals.dropped);
      if (totals.changed > 0) has_changed[work.statement] = true;
      if (result.has_collapsed)
        collapsed[{atlas_.statements[work.statement].layer, result.place, result.area}].push_back(
            static_cast<std::uint32_t>(r));
    }
    std::vector<std::vector<std::uint32_t>> groups;
    for (const auto& [key, rings] : collapsed) groups.push_back(rings);
    std::sort(groups.begin(), groups.end());
    for (const auto& rings : groups) add_collapsed(rings.front(), rings.size());
    for (const std::uint32_t s : order_) {
      if (!has_changed[s]) continue;
      effects[s].statement = s;
      ledger_.statements.push_back(effects[s]);
    }
    std::vector<std::uint32_t> rank(order_.size());
    for (std::uint32_t i = 0; i < order_.size(); ++i) rank[order_[i]] = i;
    std::stable_sort(ledger_.entries.begin(), ledger_.entries.end(),
                     [&](const LedgerEntry& a, const LedgerEntry& b) {
                       return std::tuple(rank[a.statement], a.polygon, a.ring, a.vertex, a.kind) <
                              std::tuple(rank[b.statement], b.polygon, b.ring, b.vertex, b.kind);
                     });
  }

  /// The first of so many.
  void add_collapsed(std::uint32_t ring, std::size_t times) {
    const WorkRing& work = rings_[ring];
    const RingResult& result = results_[ring];
    const Statement& statement = atlas_.statements[work.statement];
    Finding finding;
    finding.code = "ring-collapsed";
    finding.severity = Severity::warning;
    finding.statement = statement.id;
    if (statement.validity.has_from()) finding.at = format_instant(statement.validity.from(), atlas_.days);
    finding.location = GeoLocation{Lon(result.place.lon), Lat(result.place.lat)};
    finding.text = fmt::format(
        "layer '{}': polygon {}, ring {}: harmonising by {} m leaves it no area; the {} m2 it had are in the "
        "ledger{}",
        atlas_[statement.layer].id, work.polygon + 1, work.number + 1, epsilon_,
        -to_square_meters(result.area).value(),
        times > 1 ? fmt::format(" (first of {} rings that repeat it)", times) : "");
    ledger_.findings.push_back(std::move(finding));
  }

  struct Found {
    double place;
    GridPoint at;
    std::uint32_t vertex;
    double distance;
  };

  Atlas& atlas_;
  double epsilon_;
  HarmoniseLedger ledger_;
  std::vector<std::uint32_t> order_;  ///< statements in canonical order
  std::uint32_t group_ = 0;

  std::vector<WorkRing> rings_;
  std::vector<Id> ids_;       ///< of rings that are not rewritten, or that later ones are compared with
  std::size_t kept_ids_ = 0;  ///< of the latter
  std::vector<Edit> edits_;   ///< of rings that are not rewritten
  std::vector<RingTotals> totals_;
  std::vector<RingResult> results_;
  SharedRings shared_;  ///< what is rewritten
  /// The rings of the last date, by layer and actor.
  std::map<std::pair<LayerId, ActorId>, std::vector<std::uint32_t>> before_;

  KeyTable vertex_table_;
  std::vector<Vertex> vertices_;
  std::vector<Position> positions_;  ///< of vertices
  KeyTable step_table_;
  std::vector<std::uint32_t> plain_steps_;
  KeyTable dropped_table_;
  std::vector<std::uint32_t> dropped_steps_;
  std::vector<Step> steps_;
  std::vector<StepSums> sums_;
  std::vector<StepEnds> ends_;
  std::vector<std::uint32_t> inserted_;  ///< vertices
  NearbyPoints placed_;
  KeyTable segments_;  ///< of earlier lines

  // Of one group.
  std::vector<Hot> hot_;
  std::vector<Run> runs_;
  std::vector<std::uint32_t> decided_;
  std::vector<Found> found_;

  EdgeArea edge_area_;
};

}  // namespace

Meters grid_distance(GridPoint p, GridPoint q) noexcept {
  const std::int64_t latitude = std::min(std::abs(std::int64_t{p.y}), std::abs(std::int64_t{q.y}));
  return Meters(length(static_cast<double>(step_between(p.x, q.x)),
                       static_cast<double>(std::int64_t{q.y} - p.y), latitude));
}

Meters grid_distance(GridPoint p, const GridSegment& segment) noexcept {
  const RelativeSegment s(p, segment);
  const double t = std::clamp(s.place(p.y), 0.0, 1.0);
  const double x = static_cast<double>(s.ax) + t * static_cast<double>(s.dx);
  const double y = static_cast<double>(s.ay) + t * static_cast<double>(s.dy);
  const double foot = std::abs(static_cast<double>(p.y) + y);
  const auto latitude = std::min<std::int64_t>(std::abs(std::int64_t{p.y}), std::llround(foot));
  if (t == 0.0 || t == 1.0) return Meters(length(x, y, latitude));
  // The cross product is exact, so that what lies on the segment is at 0 and nothing else.
  const double beside = std::abs(static_cast<double>(cross(s.dx, s.dy, s.ax, s.ay)));
  const auto [dx, dy] = std::pair(static_cast<double>(s.dx), static_cast<double>(s.dy));
  return Meters(cosine(latitude) * (beside / length(dx, dy, latitude)) * (kMetersPerUnit * kMetersPerUnit));
}

std::size_t HarmoniseLedger::count(LedgerEntry::Kind kind) const noexcept {
  return static_cast<std::size_t>(
      std::count_if(entries.begin(), entries.end(), [&](const LedgerEntry& e) { return e.kind == kind; }));
}

Meters HarmoniseLedger::greatest_distance() const noexcept {
  Meters greatest;
  for (const LedgerEntry& e : entries) greatest = std::max(greatest, e.distance);
  return greatest;
}

HarmonisedAtlas harmonise(Atlas atlas) {
  HarmonisedAtlas out{std::move(atlas), {}};
  if (out.atlas.harmonise.value() > 0) out.ledger = Harmoniser(out.atlas).run();
  return out;
}

}  // namespace marchland
