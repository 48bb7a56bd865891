#include <marchland/analysis/contact_line.h>
#include <marchland/analysis/edge_geometry.h>
#include <marchland/analysis/seam_pairs.h>
#include <marchland/measure/length.h>

#include <algorithm>
#include <set>
#include <unordered_map>

namespace marchland {
namespace {

struct Piece {
  NodeIndex from;
  NodeIndex to;
  bool on_border;
  HalfEdgeIndex along;
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
    // An edge along a pole is a point of the earth.
    if (seam.is_repeat(e) || (is_on_box(plane.line_of(e)) && seam.seam_of(e) == 0)) continue;
    const auto [left, right] = seam.sides(e);
    if (!inside[left] && !inside[right]) continue;
    const bool forward = first(held[left]) && second(held[right]);
    const bool backward = first(held[right]) && second(held[left]);
    if (!forward && !backward) continue;
    const bool on_border = !bordering.empty() && bordering[left] != bordering[right];
    const FaceIndex of_first = forward ? left : right;
    const FaceIndex shown = held[of_first] != kUnknown ? of_first : (forward ? right : left);
    const EdgeIndex drawn = seam.drawn_on(e, shown == left);
    const Edge& edge = plane.edges()[drawn];
    pieces.push_back(forward ? Piece{edge.u, edge.v, on_border, 2 * drawn}
                             : Piece{edge.v, edge.u, on_border, 2 * drawn + 1});
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
  // Where the line goes straight on it only meets lines of other dates: no vertex, so that neither positions
  // nor lengths depend on what is said of other dates.
  const auto is_straight = [&](std::size_t arriving_piece, std::size_t leaving_piece) {
    return compare_angle(plane.direction(pieces[arriving_piece].along),
                         plane.direction(pieces[leaving_piece].along)) == 0;
  };
  ContactLine out;
  std::vector<bool> used(pieces.size(), false);
  const auto chain_from = [&](std::size_t start) {
    std::vector<std::size_t> chain;
    bool is_closed = false;
    for (std::size_t i = start; !is_closed;) {
      used[i] = true;
      chain.push_back(i);
      if (!passes(pieces[i].to)) break;
      i = leaving[pieces[i].to].front();
      is_closed = used[i];
    }
    if (is_closed) {
      // From the least of its corners on.
      const auto least = std::min_element(chain.begin(), chain.end(), [&](std::size_t a, std::size_t b) {
        return compare_xy(plane.point(pieces[a].from), plane.point(pieces[b].from)) < 0;
      });
      std::rotate(chain.begin(), least, chain.end());
    }
    ContactPart part;
    part.on_border = pieces[start].on_border;
    part.positions.push_back(position_of(plane, pieces[chain.front()].from));
    for (std::size_t k = 0; k < chain.size(); ++k) {
      if (part.edges.size() < part.positions.size())
        part.edges.push_back(Arrangement::edge_of(pieces[chain[k]].along));
      if (k + 1 < chain.size() && is_straight(chain[k], chain[k + 1])) continue;
      part.positions.push_back(position_of(plane, pieces[chain[k]].to));
      part.length += edge_length(part.positions[part.positions.size() - 2], part.positions.back());
    }
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
  for (const ContactPart& part : out.parts) {
    out.length += part.length;
    if (part.on_border) out.on_border += part.length;
  }
  return out;
}

}  // namespace marchland
