#include <marchland/analysis/contact_line.h>
#include <marchland/measure/length.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

namespace marchland {
namespace {

/// The face on the other side of the earth's seam for edges at +-180: by their latitudes.
class SeamPairs {
 public:
  explicit SeamPairs(const Arrangement& plane) : plane_(plane) {
    for (EdgeIndex e = 0; e < plane_.edges().size(); ++e) {
      if (const int s = seam_of(e); s != 0) by_latitudes_[{s, latitudes(e)}] = e;
    }
  }
  /// +1 for an edge at +180, -1 at -180, 0 elsewhere.
  [[nodiscard]] int seam_of(EdgeIndex e) const {
    const GridSegment& s = plane_.line_of(e);
    if (s.dx() != 0) return 0;
    return s.a.x == kGridMaxLon ? 1 : (s.a.x == -kGridMaxLon ? -1 : 0);
  }
  /// Face left and right of u->v, across the seam where there is one.
  [[nodiscard]] std::pair<FaceIndex, FaceIndex> sides(EdgeIndex e) const {
    const FaceIndex left = plane_.face(2 * e);
    const FaceIndex right = plane_.face(2 * e + 1);
    const int s = seam_of(e);
    if (s == 0) return {left, right};
    // Going north at +180 the outside is on the right; its place takes the face east of -180.
    const auto partner = by_latitudes_.find({-s, latitudes(e)});
    if (partner == by_latitudes_.end()) return {left, right};
    if (s > 0) return {left, plane_.face(2 * partner->second + 1)};
    return {plane_.face(2 * partner->second), right};
  }
  /// Whether a pair's edge at -180 repeats the one at +180.
  [[nodiscard]] bool is_repeat(EdgeIndex e) const {
    return seam_of(e) < 0 && by_latitudes_.contains({1, latitudes(e)});
  }

 private:
  [[nodiscard]] std::pair<std::int32_t, std::int32_t> latitudes(EdgeIndex e) const {
    // Sub-edges on the seam end at grid vertices (composite/quantise.h).
    return {plane_.point(plane_.edges()[e].u).y, plane_.point(plane_.edges()[e].v).y};
  }

  const Arrangement& plane_;
  std::map<std::pair<int, std::pair<std::int32_t, std::int32_t>>, EdgeIndex> by_latitudes_;
};

struct Piece {
  NodeIndex from;
  NodeIndex to;
  bool on_border;
};

}  // namespace

ContactLine contact_line(const Composite& composite, const Holders& holders, Instant at,
                         const HolderTest& first, const HolderTest& second, const Scope& scope,
                         const Holders* borders) {
  const Arrangement& plane = composite.plane();
  const TimeIndex epoch = composite.times().epoch_of(at);
  const std::vector<HolderIndex> held = holders.faces_at(epoch);
  const std::vector<bool> inside = faces_in_scope(composite, scope);
  std::vector<HolderIndex> bordering;
  if (borders != nullptr) bordering = borders->faces_at(epoch);
  const SeamPairs seam(plane);

  std::vector<Piece> pieces;
  for (EdgeIndex e = 0; e < plane.edges().size(); ++e) {
    if (seam.is_repeat(e)) continue;
    const auto [left, right] = seam.sides(e);
    if (!inside[left] && !inside[right]) continue;
    const bool forward = first(held[left]) && second(held[right]);
    const bool backward = first(held[right]) && second(held[left]);
    if (!forward && !backward) continue;
    const bool on_border = !bordering.empty() && bordering[left] != bordering[right];
    const Edge& edge = plane.edges()[e];
    pieces.push_back(forward ? Piece{edge.u, edge.v, on_border} : Piece{edge.v, edge.u, on_border});
  }

  // Chains: a node with one piece in and one piece out, both of a kind, is passed through.
  std::unordered_map<NodeIndex, std::vector<std::size_t>> leaving;
  std::unordered_map<NodeIndex, std::vector<std::size_t>> arriving;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    leaving[pieces[i].from].push_back(i);
    arriving[pieces[i].to].push_back(i);
  }
  const auto passes = [&](NodeIndex node) {
    const auto out = leaving.find(node);
    const auto in = arriving.find(node);
    return out != leaving.end() && in != arriving.end() && out->second.size() == 1 &&
           in->second.size() == 1 &&
           pieces[out->second.front()].on_border == pieces[in->second.front()].on_border;
  };
  const auto position = [&](NodeIndex node) {
    const ExactPoint p = plane.point(node);
    return Position{fixed_to_degrees(fixed_x(p)), fixed_to_degrees(fixed_y(p))};
  };
  ContactLine out;
  std::vector<bool> used(pieces.size(), false);
  const auto chain_from = [&](std::size_t start) {
    ContactPart part;
    part.on_border = pieces[start].on_border;
    part.positions.push_back(position(pieces[start].from));
    for (std::size_t i = start;;) {
      used[i] = true;
      part.positions.push_back(position(pieces[i].to));
      part.length += edge_length(part.positions[part.positions.size() - 2], part.positions.back());
      if (!passes(pieces[i].to)) break;
      i = leaving[pieces[i].to].front();
      if (used[i]) break;
    }
    out.length += part.length;
    if (part.on_border) out.on_border += part.length;
    out.parts.push_back(std::move(part));
  };
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (!used[i] && !passes(pieces[i].from)) chain_from(i);
  }
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (!used[i]) chain_from(i);  // closed
  }
  std::sort(out.parts.begin(), out.parts.end(),
            [](const ContactPart& a, const ContactPart& b) { return a.positions < b.positions; });
  return out;
}

}  // namespace marchland
