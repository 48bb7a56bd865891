#include <marchland/geometry/shared_area.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace marchland {
namespace {

/// Stretches have 8 to 128 positions, some 40 in the mean. Of 769 daily maps (36 MB of positions) lengths
/// from 16 to 64 keep 2.8 to 4 MB, lists included; longer ones repeat more of what did not change.
constexpr std::size_t kFewest = 8;
constexpr std::size_t kMost = 128;
constexpr unsigned kCutBits = 5;

std::uint64_t hash_of(const Position& p) noexcept {
  return std::bit_cast<std::uint64_t>(p.lon) * 0x9e3779b97f4a7c15U ^
         std::bit_cast<std::uint64_t>(p.lat) * 0xc2b2ae3d27d4eb4fU;
}

/// High bits of a product depend on all bits of the hash.
bool ends_stretch(std::uint64_t hash) noexcept {
  return (hash * 0xd6e8feb86659fd93U) >> (64U - kCutBits) == 0;
}

std::uint64_t mixed(std::uint64_t sum, std::uint64_t hash) noexcept {
  return std::rotl(sum, 23) * 0x9fb21c651e98df25U + hash;
}

/// Without padding, bytes are the bits of the values.
static_assert(sizeof(Position) == 2 * sizeof(double));
bool same_bits(const Position* a, const Position* b, std::size_t count) noexcept {
  return std::memcmp(a, b, count * sizeof(Position)) == 0;
}

}  // namespace

// ---- a ring

SharedRing::SharedRing(Ring ring) {
  if (ring.empty()) return;
  auto body = std::make_shared<Body>();
  body->ends.push_back(static_cast<std::uint32_t>(ring.size()));
  body->stretches.push_back(std::make_shared<const std::vector<Position>>(std::move(ring)));
  body_ = std::move(body);
}

std::span<const Position> SharedRing::view(std::size_t begin, std::size_t end, Ring& buffer) const {
  const auto& ends = body_->ends;
  auto at = static_cast<std::size_t>(std::upper_bound(ends.begin(), ends.end(), begin) - ends.begin());
  const std::size_t offset = begin - begin_of(at);
  if (end <= ends[at]) return std::span(*body_->stretches[at]).subspan(offset, end - begin);
  buffer.clear();
  buffer.reserve(end - begin);
  for (std::size_t skip = offset; buffer.size() < end - begin; ++at, skip = 0) {
    const std::vector<Position>& from = *body_->stretches[at];
    const std::size_t count = std::min(from.size() - skip, end - begin - buffer.size());
    const auto first = from.begin() + static_cast<std::ptrdiff_t>(skip);
    buffer.insert(buffer.end(), first, first + static_cast<std::ptrdiff_t>(count));
  }
  return buffer;
}

Ring SharedRing::positions() const {
  Ring out;
  out.reserve(size());
  for (const Stretch& stretch : stretches()) out.insert(out.end(), stretch->begin(), stretch->end());
  return out;
}

bool operator==(const SharedRing& a, const SharedRing& b) {
  if (a.is_same(b)) return true;
  if (a.size() != b.size()) return false;
  const auto left = a.stretches();
  const auto right = b.stretches();
  std::size_t i = 0;
  std::size_t j = 0;
  std::size_t in_left = 0;
  std::size_t in_right = 0;
  while (i < left.size()) {
    const std::size_t count = std::min(left[i]->size() - in_left, right[j]->size() - in_right);
    const bool is_one = left[i] == right[j] && in_left == in_right;
    if (!is_one && !std::equal(left[i]->begin() + static_cast<std::ptrdiff_t>(in_left),
                               left[i]->begin() + static_cast<std::ptrdiff_t>(in_left + count),
                               right[j]->begin() + static_cast<std::ptrdiff_t>(in_right)))
      return false;
    in_left += count;
    in_right += count;
    if (in_left == left[i]->size()) ++i, in_left = 0;
    if (in_right == right[j]->size()) ++j, in_right = 0;
  }
  return true;
}

// ---- an area

SharedArea::SharedArea(const MultiPolygon& polygons) {
  polygons_.reserve(polygons.size());
  for (const Polygon& polygon : polygons) {
    SharedPolygon& rings = polygons_.emplace_back();
    rings.reserve(polygon.size());
    for (const Ring& ring : polygon) rings.emplace_back(ring);
  }
}

MultiPolygon SharedArea::polygons() const {
  MultiPolygon out;
  out.reserve(polygons_.size());
  for (const SharedPolygon& rings : polygons_) {
    Polygon& polygon = out.emplace_back();
    polygon.reserve(rings.size());
    for (const SharedRing& ring : rings) polygon.push_back(ring.positions());
  }
  return out;
}

void check_readable(const SharedArea& area) {
  const auto is_readable = [](const SharedRing& ring) {
    if (ring.size() < 4 || ring.front() != ring.back()) return false;
    return std::all_of(ring.stretches().begin(), ring.stretches().end(), [](const auto& stretch) {
      // No branches: comparisons with NaN are false.
      unsigned readable = 1;
      for (const Position& p : *stretch)
        readable &=
            static_cast<unsigned>(std::abs(p.lat) <= 90.0) & static_cast<unsigned>(std::abs(p.lon) <= 540.0);
      return readable != 0;
    });
  };
  for (const SharedPolygon& polygon : area) {
    // Says which, and why.
    if (!std::all_of(polygon.begin(), polygon.end(), is_readable)) return check_readable(area.polygons());
  }
}

// ---- what they are read into

SharedRing SharedRings::share(std::span<const Position> ring) {
  if (ring.empty()) return {};
  found_.clear();
  std::uint64_t sum = 0;
  for (std::size_t begin = 0; begin < ring.size();) {
    Known* known = find_next(ring.subspan(begin));
    if (known == nullptr) {
      const std::size_t most = std::min(kMost, ring.size() - begin);
      std::uint64_t hash = 0;
      std::size_t count = 0;
      bool is_cut = false;
      while (count < most && !is_cut) {
        const std::uint64_t own = hash_of(ring[begin + count]);
        hash = mixed(hash, own);
        ++count;
        is_cut = count == kMost || (count >= kFewest && ends_stretch(own));
      }
      known = find_or_add(ring.subspan(begin, count), hash, is_cut);
    }
    if (!found_.empty()) found_.back()->next = known;
    found_.push_back(known);
    sum = mixed(sum, std::bit_cast<std::uintptr_t>(known));
    begin += known->stretch->size();
  }
  const auto [first, last] = rings_.equal_range(sum);
  for (auto it = first; it != last; ++it) {
    const auto stretches = it->second.stretches();
    if (std::equal(stretches.begin(), stretches.end(), found_.begin(), found_.end(),
                   [](const auto& stretch, const Known* known) { return stretch == known->stretch; }))
      return it->second;
  }
  auto body = std::make_shared<SharedRing::Body>();
  body->stretches.reserve(found_.size());
  body->ends.reserve(found_.size());
  std::size_t end = 0;
  for (const Known* known : found_) {
    end += known->stretch->size();
    body->stretches.push_back(known->stretch);
    body->ends.push_back(static_cast<std::uint32_t>(end));
  }
  return rings_.emplace(sum, SharedRing(std::move(body)))->second;
}

/// Mostly a ring goes on as an earlier one did. Only what would have been cut there is taken without cutting.
SharedRings::Known* SharedRings::find_next(std::span<const Position> rest) {
  if (found_.empty() || found_.back()->next == nullptr) return nullptr;
  Known& next = *found_.back()->next;
  const std::vector<Position>& positions = *next.stretch;
  const bool fits = next.is_cut ? positions.size() <= rest.size() : positions.size() == rest.size();
  return fits && same_bits(positions.data(), rest.data(), positions.size()) ? &next : nullptr;
}

SharedRings::Known* SharedRings::find_or_add(std::span<const Position> positions, std::uint64_t hash,
                                             bool is_cut) {
  const auto [first, last] = stretches_.equal_range(hash);
  for (auto it = first; it != last; ++it) {
    const std::vector<Position>& known = *it->second.stretch;
    if (known.size() == positions.size() && same_bits(known.data(), positions.data(), known.size()))
      return &it->second;
  }
  position_count_ += positions.size();
  Known known;
  known.stretch = std::make_shared<const std::vector<Position>>(positions.begin(), positions.end());
  known.is_cut = is_cut;
  return &stretches_.emplace(hash, std::move(known))->second;
}

SharedArea SharedRings::share(const MultiPolygon& area) {
  std::vector<SharedPolygon> polygons;
  polygons.reserve(area.size());
  for (const Polygon& polygon : area) {
    SharedPolygon& rings = polygons.emplace_back();
    rings.reserve(polygon.size());
    for (const Ring& ring : polygon) rings.push_back(share(std::span(ring)));
  }
  return SharedArea(std::move(polygons));
}

}  // namespace marchland
