#include <marchland/analysis/face_cover.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace marchland {
namespace {

/// Bands of a chain at most, whatever its number of links.
constexpr std::size_t kMostBands = 4096;

int sign_of(std::int64_t value) noexcept {
  return (value > 0) - (value < 0);
}

}  // namespace

ChainIndex::ChainIndex(const QuantisedRing& chain) {
  for (const ChainLink& link : chain.links) {
    // A ray along a parallel meets no other.
    if (link.s.dy() != 0) links_.push_back(link);
  }
  if (links_.empty()) return;
  south_ = std::numeric_limits<std::int32_t>::max();
  north_ = std::numeric_limits<std::int32_t>::min();
  for (const ChainLink& link : links_) {
    south_ = std::min({south_, link.s.a.y, link.s.b.y});
    north_ = std::max({north_, link.s.a.y, link.s.b.y});
  }
  const auto bands = static_cast<std::int64_t>(std::min(links_.size(), kMostBands));
  height_ = (std::int64_t{north_} - south_) / bands + 1;
  const std::size_t count = band_of(north_) + 1;
  first_.assign(count + 1, 0);
  const auto bands_of = [&](const ChainLink& link) {
    const auto [low, high] = std::minmax(link.s.a.y, link.s.b.y);
    return std::pair(band_of(low), band_of(high));
  };
  for (const ChainLink& link : links_) {
    const auto [from, to] = bands_of(link);
    for (std::size_t band = from; band <= to; ++band) ++first_[band + 1];
  }
  for (std::size_t band = 0; band < count; ++band) first_[band + 1] += first_[band];
  in_band_.resize(first_.back());
  std::vector<std::uint32_t> next(first_.begin(), first_.end() - 1);
  for (std::uint32_t i = 0; i < links_.size(); ++i) {
    const auto [from, to] = bands_of(links_[i]);
    for (std::size_t band = from; band <= to; ++band) in_band_[next[band]++] = i;
  }
}

int ChainIndex::winding_left_of(const GridSegment& direction, const ExactPoint& at) const noexcept {
  if (at.y < south_ || at.y > north_) return 0;
  // The place is a little ahead of the origin, and less by far to the left of the half-edge: so no end of a
  // link has its latitude and no link goes through it.
  const int rises = direction.dy() != 0 ? sign_of(direction.dy()) : sign_of(direction.dx());
  const auto is_above = [&](GridPoint end) {
    if (end.y != at.y) return end.y > at.y;
    return at.ry == 0 && rises < 0;
  };
  const auto side_of_place = [&](const GridSegment& link) {
    if (const int at_origin = side(link, at); at_origin != 0) return at_origin;
    if (const int ahead = sign(cross(link.dx(), link.dy(), direction.dx(), direction.dy())); ahead != 0)
      return ahead;
    return sign_of(link.dy()) == sign_of(direction.dy()) ? 1 : -1;
  };
  // A ray to the east.
  int winding = 0;
  const std::size_t band = band_of(at.y);
  for (std::uint32_t k = first_[band]; k < first_[band + 1]; ++k) {
    const ChainLink& link = links_[in_band_[k]];
    const bool from_above = is_above(link.s.a);
    const bool to_above = is_above(link.s.b);
    if (from_above == to_above) continue;
    const int its_side = side_of_place(link.s);
    if (to_above && its_side > 0) winding += link.multiplicity;
    if (from_above && its_side < 0) winding -= link.multiplicity;
  }
  return winding;
}

FaceCover::FaceCover(const Composite& composite, std::function<const Atlas&()> lines)
    : composite_(&composite),
      lines_(std::move(lines)),
      half_edge_of_(composite.plane().face_count(), std::numeric_limits<std::uint32_t>::max()),
      outlines_(composite.atlas().statements.size()) {
  for (HalfEdgeIndex h = 0; h < 2 * composite.plane().edges().size(); ++h)
    half_edge_of_[composite.plane().face(h)] = h;
}

bool FaceCover::has_lines(std::uint32_t statement) const {
  return !lines_().statements[statement].area.empty();
}

const FaceCover::Outline& FaceCover::outline_of(std::uint32_t statement) const {
  std::optional<Outline>& outline = outlines_[statement];
  if (outline) return *outline;
  outline.emplace();
  constexpr auto kLeast = std::numeric_limits<std::int32_t>::min();
  constexpr auto kGreatest = std::numeric_limits<std::int32_t>::max();
  outline->least = {kGreatest, kGreatest};
  outline->greatest = {kLeast, kLeast};
  const Atlas& lines = lines_();
  const Statement& said = lines.statements[statement];
  Ring copied;
  for (const SharedPolygon& polygon : said.area) {
    auto& rings = outline->polygons.emplace_back();
    for (const SharedRing& ring : polygon) {
      const QuantisedRing chain = quantise(ring.view(copied), lines[said.layer].rings);
      for (const ChainLink& link : chain.links) {
        for (const GridPoint p : {link.s.a, link.s.b}) {
          outline->least = {std::min(outline->least.x, p.x), std::min(outline->least.y, p.y)};
          outline->greatest = {std::max(outline->greatest.x, p.x), std::max(outline->greatest.y, p.y)};
        }
      }
      rings.emplace_back(chain);
    }
  }
  return *outline;
}

bool FaceCover::operator()(std::uint32_t statement, FaceIndex face) const {
  const Outline& outline = outline_of(statement);
  const HalfEdgeIndex h = half_edge_of_[face];
  const Arrangement& plane = composite_->plane();
  const ExactPoint at = plane.point(plane.origin(h));
  if (at.x < outline.least.x || at.x > outline.greatest.x || at.y < outline.least.y ||
      at.y > outline.greatest.y)
    return false;
  const GridSegment direction = plane.direction(h);
  return std::any_of(outline.polygons.begin(), outline.polygons.end(), [&](const auto& rings) {
    for (std::size_t r = 0; r < rings.size(); ++r) {
      if ((rings[r].winding_left_of(direction, at) != 0) != (r == 0)) return false;
    }
    return !rings.empty();
  });
}

}  // namespace marchland
