#include <marchland/analysis/contact_line.h>
#include <marchland/analysis/edge_geometry.h>
#include <marchland/analysis/seam_pairs.h>
#include <marchland/measure/length.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <unordered_map>

namespace marchland {

bool make_contact(const Holders& holders, HolderIndex a, HolderIndex b) {
  const auto is_party = [&](HolderIndex holder) {
    return holders.actors(holder).size() == 1 && holders.id(holder) != kNobody;
  };
  return a != b && is_party(a) && is_party(b);
}

std::vector<std::pair<HolderIndex, HolderIndex>> contact_pairs(const Composite& composite,
                                                               const Holders& holders, Instant at) {
  const Arrangement& plane = composite.plane();
  const std::vector<HolderIndex> held = holders.faces_at(composite.times().epoch_of(at));
  const SeamPairs seam(plane);
  std::set<std::pair<HolderIndex, HolderIndex>> found;
  for (EdgeIndex e = 0; e < plane.edges().size(); ++e) {
    if (!seam.is_line(e)) continue;
    const auto [left, right] = seam.sides(e);
    if (make_contact(holders, held[left], held[right])) found.insert(std::minmax(held[left], held[right]));
  }
  return {found.begin(), found.end()};
}

std::vector<ContactEdge> contact_edges(const Composite& composite, const Holders& holders, Instant at,
                                       const HolderTest& first, const HolderTest& second, const Scope& scope,
                                       const Holders* borders) {
  const Arrangement& plane = composite.plane();
  const TimeIndex epoch = composite.times().epoch_of(at);
  const std::vector<HolderIndex> held = holders.faces_at(epoch);
  const std::vector<bool> inside = faces_in_scope(composite, scope);
  std::vector<HolderIndex> bordering;
  if (borders != nullptr) bordering = borders->faces_at(epoch);
  const SeamPairs seam(plane);

  std::vector<ContactEdge> edges;
  for (EdgeIndex e = 0; e < plane.edges().size(); ++e) {
    if (!seam.is_line(e)) continue;
    const auto [left, right] = seam.sides(e);
    if (!inside[left] && !inside[right]) continue;
    const bool forward = first(held[left]) && second(held[right]);
    const bool backward = first(held[right]) && second(held[left]);
    if (!forward && !backward) continue;
    const FaceIndex of_first = forward ? left : right;
    const FaceIndex of_second = forward ? right : left;
    const FaceIndex shown = held[of_first] != kUnknown ? of_first : of_second;
    const EdgeIndex drawn = seam.drawn_on(e, shown == left);
    edges.push_back({e, forward, forward ? 2 * drawn : 2 * drawn + 1, of_first, of_second,
                     !bordering.empty() && bordering[left] != bordering[right] ? 1U : 0U});
  }
  return edges;
}

ContactChains chain_edges(const Arrangement& plane, const std::vector<ContactEdge>& edges) {
  const auto from_of = [&](std::size_t i) {
    const Edge& edge = plane.edges()[edges[i].along / 2];
    return edges[i].along % 2 == 0 ? edge.u : edge.v;
  };
  const auto to_of = [&](std::size_t i) {
    const Edge& edge = plane.edges()[edges[i].along / 2];
    return edges[i].along % 2 == 0 ? edge.v : edge.u;
  };
  // A node with one edge in and one edge out, both of a kind, is passed through.
  std::unordered_map<NodeIndex, std::vector<std::size_t>> leaving;
  std::unordered_map<NodeIndex, std::vector<std::size_t>> arriving;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    leaving[from_of(i)].push_back(i);
    arriving[to_of(i)].push_back(i);
  }
  const auto passes = [&](NodeIndex node) {
    const auto out = leaving.find(node);
    const auto in = arriving.find(node);
    return out != leaving.end() && in != arriving.end() && out->second.size() == 1 &&
           in->second.size() == 1 && edges[out->second.front()].kind == edges[in->second.front()].kind;
  };
  // Where the line goes straight on it only meets lines of other dates: no vertex, so that neither positions
  // nor lengths depend on what is said of other dates.
  const auto is_straight = [&](std::size_t arriving_edge, std::size_t leaving_edge) {
    return compare_angle(plane.direction(edges[arriving_edge].along),
                         plane.direction(edges[leaving_edge].along)) == 0;
  };
  std::vector<ContactChains::Chain> chains;
  constexpr auto kNone = static_cast<std::uint32_t>(-1);
  std::vector<std::uint32_t> of_edge(edges.size(), kNone);
  const auto chain_from = [&](std::size_t start) {
    std::vector<std::size_t> along;
    bool is_closed = false;
    for (std::size_t i = start; !is_closed;) {
      of_edge[i] = static_cast<std::uint32_t>(chains.size());
      along.push_back(i);
      if (!passes(to_of(i))) break;
      i = leaving[to_of(i)].front();
      is_closed = of_edge[i] != kNone;
    }
    if (is_closed) {
      // From the least of its corners on.
      const auto least = std::min_element(along.begin(), along.end(), [&](std::size_t a, std::size_t b) {
        return compare_xy(plane.point(from_of(a)), plane.point(from_of(b))) < 0;
      });
      std::rotate(along.begin(), least, along.end());
    }
    ContactChains::Chain chain;
    chain.kind = edges[start].kind;
    chain.positions.push_back(position_of(plane, from_of(along.front())));
    for (std::size_t k = 0; k < along.size(); ++k) {
      if (chain.edges.size() < chain.positions.size())
        chain.edges.push_back(Arrangement::edge_of(edges[along[k]].along));
      if (k + 1 < along.size() && is_straight(along[k], along[k + 1])) continue;
      chain.positions.push_back(position_of(plane, to_of(along[k])));
      chain.length += edge_length(chain.positions[chain.positions.size() - 2], chain.positions.back());
    }
    chains.push_back(std::move(chain));
  };
  for (std::size_t i = 0; i < edges.size(); ++i) {
    if (of_edge[i] == kNone && !passes(from_of(i))) chain_from(i);
  }
  for (std::size_t i = 0; i < edges.size(); ++i) {
    if (of_edge[i] == kNone) chain_from(i);  // closed
  }
  std::vector<std::uint32_t> order(chains.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return chains[a].positions < chains[b].positions; });
  ContactChains out;
  std::vector<std::uint32_t> rank(order.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    rank[order[i]] = i;
    out.chains.push_back(std::move(chains[order[i]]));
  }
  for (const std::uint32_t chain : of_edge) out.of_edge.push_back(rank[chain]);
  return out;
}

ContactLine contact_line(const Composite& composite, const Holders& holders, Instant at,
                         const HolderTest& first, const HolderTest& second, const Scope& scope,
                         const Holders* borders) {
  ContactLine out;
  for (ContactChains::Chain& chain :
       chain_edges(composite.plane(), contact_edges(composite, holders, at, first, second, scope, borders))
           .chains) {
    const bool on_border = chain.kind == 1;
    out.length += chain.length;
    if (on_border) out.on_border += chain.length;
    out.parts.push_back({std::move(chain.positions), chain.length, std::move(chain.edges), on_border});
  }
  return out;
}

}  // namespace marchland
