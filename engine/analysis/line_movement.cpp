#include <marchland/analysis/line_movement.h>
#include <marchland/base/error.h>
#include <marchland/measure/length.h>

#include <boost/pending/disjoint_sets.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

namespace marchland {
namespace {

constexpr Category kToFirst = 1;
constexpr Category kToSecond = 2;
constexpr double kMostPositions = 5e6;

Meters half(Meters length) {
  return Meters{length.value() / 2};
}

/// Of one date: its edges, chained in three ways.
struct DatedLine {
  std::vector<ContactEdge> edges;  ///< kind: on border
  std::vector<bool> is_unchanged;  ///< by edge
  ContactChains whole;             ///< whatever borders do
  ContactChains fine;              ///< of one kind, and along the same pieces
  struct Along {
    bool on_border;
    bool is_unchanged;
    PieceIndex of_first, of_second;
    friend auto operator<=>(const Along&, const Along&) = default;
  };
  std::vector<Along> along;                    ///< by kind of a fine chain
  std::vector<std::vector<Position>> samples;  ///< by fine chain
};

std::set<std::pair<EdgeIndex, bool>> directed(const std::vector<ContactEdge>& edges) {
  std::set<std::pair<EdgeIndex, bool>> out;
  for (const ContactEdge& edge : edges) out.emplace(edge.edge, edge.is_forward);
  return out;
}

DatedLine line_of(const Arrangement& plane, std::vector<ContactEdge> edges,
                  const std::vector<ContactEdge>& other, const Pieces& pieces, Meters step) {
  DatedLine out;
  out.edges = std::move(edges);
  const auto there = directed(other);
  std::vector<ContactEdge> kinds = out.edges;
  for (ContactEdge& edge : kinds) edge.kind = 0;
  out.whole = chain_edges(plane, kinds);

  std::map<DatedLine::Along, std::uint32_t> kind_of;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const ContactEdge& edge = out.edges[i];
    out.is_unchanged.push_back(there.contains({edge.edge, edge.is_forward}));
    const DatedLine::Along along{edge.kind == 1, out.is_unchanged.back(), pieces.of_face[edge.of_first],
                                 pieces.of_face[edge.of_second]};
    const auto [known, is_new] = kind_of.try_emplace(along, static_cast<std::uint32_t>(out.along.size()));
    if (is_new) out.along.push_back(along);
    kinds[i].kind = known->second;
  }
  out.fine = chain_edges(plane, kinds);

  double positions = 0.0;
  for (const ContactChains::Chain& chain : out.fine.chains)
    positions += chain.length.value() / step.value() + static_cast<double>(chain.positions.size());
  if (positions > kMostPositions) {
    throw InvalidArgument(fmt::format(
        "a step of {} m gives {:.0f} positions along the line; expected at most {:.0f}, so a step "
        "of {:.3g} m or more",
        step.value(), positions, kMostPositions, step.value() * positions / kMostPositions));
  }
  for (const ContactChains::Chain& chain : out.fine.chains)
    out.samples.push_back(densified(chain.positions, step));
  return out;
}

/// Parts of a line with their greatest distance from the line of the other date.
LineAtDate parts_of(const DatedLine& line, const DatedLine& other, bool is_before) {
  LineAtDate out;
  std::vector<Position> there;
  for (const auto& samples : other.samples) there.insert(there.end(), samples.begin(), samples.end());
  for (std::size_t c = 0; c < line.fine.chains.size(); ++c) {
    const ContactChains::Chain& chain = line.fine.chains[c];
    const DatedLine::Along& along = line.along[chain.kind];
    MovedPart part{chain.positions, chain.length, along.on_border, along.is_unchanged, {}};
    if (along.is_unchanged) {
      part.displacement = LineDistance{Meters{0.0}, chain.positions.front(), chain.positions.front()};
      out.unchanged += chain.length;
    }
    out.parts.push_back(std::move(part));
  }
  if (there.empty()) return out;
  // All at once, so that the other line is indexed once.
  std::vector<Position> here;
  std::vector<std::size_t> part_of;
  for (std::size_t c = 0; c < line.samples.size(); ++c) {
    if (out.parts[c].is_unchanged) continue;
    here.insert(here.end(), line.samples[c].begin(), line.samples[c].end());
    part_of.resize(here.size(), c);
  }
  const std::vector<std::size_t> nearest = nearest_positions(here, there);
  for (std::size_t i = 0; i < here.size(); ++i) {
    const Position& found = there[nearest[i]];
    const Meters distance = geodesic_distance(here[i], found);
    auto& greatest = out.parts[part_of[i]].displacement;
    if (greatest && !(greatest->distance < distance)) continue;
    greatest = is_before ? LineDistance{distance, here[i], found} : LineDistance{distance, found, here[i]};
  }
  return out;
}

void measure_line(const Arrangement& plane, const DatedLine& line, LineAtDate& out) {
  const ContactChains by_border = chain_edges(plane, line.edges);
  out.part_count = by_border.chains.size();
  for (const ContactChains::Chain& chain : by_border.chains) {
    out.length += chain.length;
    if (chain.kind == 1) out.on_border += chain.length;
  }
}

void keep_greater(std::optional<LineDistance>& greatest, const std::optional<LineDistance>& other) {
  if (other && (!greatest || greatest->distance < other->distance)) greatest = other;
}

/// Adds to the pieces a line runs along what it says of them.
void add_line(const DatedLine& line, const LineAtDate& parts, std::vector<Stretch>& by_piece,
              Meters Stretch::* length) {
  for (std::size_t c = 0; c < parts.parts.size(); ++c) {
    const DatedLine::Along& along = line.along[line.fine.chains[c].kind];
    for (const PieceIndex piece : {along.of_first, along.of_second}) {
      if (piece == kNoPiece) continue;
      by_piece[piece].is_swept = true;
      by_piece[piece].*length += parts.parts[c].length;
      keep_greater(by_piece[piece].displacement, parts.parts[c].displacement);
    }
  }
}

/// Step at which two lines have few enough positions, evenly spaced.
Meters frechet_step(Meters first, Meters second, Meters step, std::size_t most_pairs) {
  const auto count = [](Meters length, double s) { return std::ceil(length.value() / s) + 1; };
  double wide = step.value();
  while (count(first, wide) * count(second, wide) > static_cast<double>(most_pairs)) wide *= 1.05;
  return Meters{wide};
}

/// The part that makes up nearly all of some: what else there is are scraps, which nobody walks along.
std::optional<std::size_t> main_part(const ContactChains& line, const std::vector<std::size_t>& parts) {
  constexpr double kNearlyAll = 0.9;
  std::optional<std::size_t> longest;
  Meters all;
  for (const std::size_t p : parts) {
    all += line.chains[p].length;
    if (!longest || line.chains[*longest].length < line.chains[p].length) longest = p;
  }
  if (!longest || line.chains[*longest].length.value() < kNearlyAll * all.value()) return std::nullopt;
  return longest;
}

/// Turns two closed chains so that they begin at a corner that both have; false where there is none.
bool begin_together(ContactChains::Chain& a, ContactChains::Chain& b) {
  const std::set<Position> of_b(b.positions.begin(), b.positions.end());
  const auto in_a = std::find_if(a.positions.begin(), a.positions.end(),
                                 [&](const Position& p) { return of_b.contains(p); });
  if (in_a == a.positions.end()) return false;
  const Position common = *in_a;
  for (ContactChains::Chain* chain : {&a, &b}) {
    chain->positions.pop_back();
    std::rotate(chain->positions.begin(), std::find(chain->positions.begin(), chain->positions.end(), common),
                chain->positions.end());
    chain->positions.push_back(common);
  }
  return true;
}

/// Parts of the two dates belong together where they share an edge or run along one piece of swept ground.
std::optional<PartMovement> frechet_of(const DatedLine& before, const DatedLine& after,
                                       std::size_t piece_count, std::optional<PieceIndex> deepest,
                                       const MovementOptions& options) {
  const std::size_t parts_before = before.whole.chains.size();
  const std::size_t parts = parts_before + after.whole.chains.size();
  boost::disjoint_sets_with_storage<> joined(parts + piece_count);
  for (std::size_t i = 0; i < parts + piece_count; ++i) joined.make_set(i);
  std::map<std::pair<EdgeIndex, bool>, std::size_t> part_of_edge;
  const auto join = [&](const DatedLine& line, std::size_t first_part) {
    for (std::size_t i = 0; i < line.edges.size(); ++i) {
      const std::size_t part = first_part + line.whole.of_edge[i];
      const auto [known, is_new] =
          part_of_edge.try_emplace({line.edges[i].edge, line.edges[i].is_forward}, part);
      if (!is_new) joined.union_set(known->second, part);
      const DatedLine::Along& along = line.along[line.fine.chains[line.fine.of_edge[i]].kind];
      for (const PieceIndex piece : {along.of_first, along.of_second}) {
        if (piece != kNoPiece) joined.union_set(part, parts + piece);
      }
    }
  };
  join(before, 0);
  join(after, parts_before);

  struct Family {
    std::vector<std::size_t> before, after;
  };
  std::map<std::size_t, Family> families;
  for (std::size_t p = 0; p < parts; ++p) {
    Family& family = families[joined.find_set(p)];
    if (p < parts_before) {
      family.before.push_back(p);
    } else {
      family.after.push_back(p - parts_before);
    }
  }
  std::optional<PartMovement> out;
  bool has_deepest = !deepest;
  for (const auto& [root, family] : families) {
    const auto main_before = main_part(before.whole, family.before);
    const auto main_after = main_part(after.whole, family.after);
    if (!main_before || !main_after) continue;
    ContactChains::Chain was = before.whole.chains[*main_before];
    ContactChains::Chain is = after.whole.chains[*main_after];
    // A closed line has no beginning to walk from, unless the other passes there too.
    if (was.is_closed() != is.is_closed() || (was.is_closed() && !begin_together(was, is))) continue;
    Meters step = options.step;
    std::vector<Position> walk_was = densified(was.positions, step);
    std::vector<Position> walk_is = densified(is.positions, step);
    if (walk_was.size() > options.most_frechet_pairs / walk_is.size()) {
      step = frechet_step(was.length, is.length, step, options.most_frechet_pairs);
      walk_was = resampled(was.positions, step);
      walk_is = resampled(is.positions, step);
    }
    const LineDistance distance = discrete_frechet(walk_was, walk_is);
    has_deepest = has_deepest || root == joined.find_set(parts + *deepest);
    if (!out) out = PartMovement{distance, step, Meters{0.0}, Meters{0.0}};
    if (out->greatest.distance < distance.distance) out->greatest = distance;
    out->step = std::max(out->step, step);
    out->compared_before += was.length;
    out->compared_after += is.length;
  }
  // Of parts that stayed alone it would say that nothing moved.
  if (!has_deepest) out.reset();
  return out;
}

}  // namespace

LineMovement line_movement(const Composite& composite, const FaceAreas& measured, const Holders& holders,
                           Instant from, Instant to, const HolderTest& first, const HolderTest& second,
                           const MovementOptions& options) {
  if (!(options.step.value() > 0.0) || !std::isfinite(options.step.value())) {
    throw InvalidArgument(
        fmt::format("a step of {} m along the line: expected metres above 0", options.step.value()));
  }
  const Arrangement& plane = composite.plane();
  const std::vector<bool> inside = faces_in_scope(composite, options.scope);
  const std::vector<HolderIndex> had = holders.faces_at(composite.times().epoch_of(from));
  const std::vector<HolderIndex> has = holders.faces_at(composite.times().epoch_of(to));
  std::vector<Category> passed(plane.face_count(), 0);
  for (FaceIndex f = 1; f < passed.size(); ++f) {
    if (!inside[f]) continue;
    if (first(had[f]) && second(has[f])) passed[f] = kToSecond;
    if (second(had[f]) && first(has[f])) passed[f] = kToFirst;
  }
  const Pieces pieces = find_pieces(composite, measured, passed);

  const auto edges_at = [&](Instant at) {
    return contact_edges(composite, holders, at, first, second, options.scope, options.borders);
  };
  const std::vector<ContactEdge> edges_before = edges_at(from);
  const std::vector<ContactEdge> edges_after = edges_at(to);
  const DatedLine before = line_of(plane, edges_before, edges_after, pieces, options.step);
  const DatedLine after = line_of(plane, edges_after, edges_before, pieces, options.step);

  LineMovement out;
  out.before = parts_of(before, after, true);
  out.after = parts_of(after, before, false);
  measure_line(plane, before, out.before);
  measure_line(plane, after, out.after);

  std::vector<Stretch> by_piece(pieces.pieces.size());
  add_line(before, out.before, by_piece, &Stretch::line_before);
  add_line(after, out.after, by_piece, &Stretch::line_after);
  std::vector<FaceIndex> largest;
  std::optional<PieceIndex> deepest;
  for (PieceIndex p = 0; p < by_piece.size(); ++p) {
    Stretch& stretch = by_piece[p];
    stretch.to_first = pieces.pieces[p].category == kToFirst;
    stretch.area = pieces.pieces[p].area;
    (stretch.to_first ? out.to_first : out.to_second) += stretch.area;
    if (!stretch.is_swept) (stretch.to_first ? out.to_first_apart : out.to_second_apart) += stretch.area;
    if (stretch.line_before.value() > 0 && stretch.line_after.value() > 0) {
      stretch.depth = stretch.displacement;
      stretch.advance = Meters{to_square_meters(stretch.area).value() /
                               half(stretch.line_before + stretch.line_after).value()};
      if (stretch.depth && (!out.depth || out.depth->distance < stretch.depth->distance)) deepest = p;
      keep_greater(out.depth, stretch.depth);
    }
    largest.push_back(pieces.pieces[p].largest);
  }
  const auto points = points_inside(plane, largest);
  for (PieceIndex p = 0; p < by_piece.size(); ++p) by_piece[p].in_largest = points[p];
  const std::vector<FaceIndex> faces_of = faces_of_places(composite);
  for (std::size_t i = 0; i < faces_of.size(); ++i) {
    if (const PieceIndex p = pieces.of_face[faces_of[i]]; p != kNoPiece) by_piece[p].places.push_back(i);
  }
  std::vector<PieceIndex> order(by_piece.size());
  std::iota(order.begin(), order.end(), PieceIndex{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](PieceIndex a, PieceIndex b) { return by_piece[a].area > by_piece[b].area; });
  std::vector<Category> rank(by_piece.size());
  for (const PieceIndex p : order) {
    out.stretches.push_back(std::move(by_piece[p]));
    rank[p] = static_cast<Category>(out.stretches.size());
  }
  out.stretch_of_face.assign(passed.size(), 0);
  for (FaceIndex f = 0; f < passed.size(); ++f) {
    if (pieces.of_face[f] != kNoPiece) out.stretch_of_face[f] = rank[pieces.of_face[f]];
  }

  if (before.edges.empty() || after.edges.empty()) return out;
  for (const LineAtDate* line : {&out.before, &out.after}) {
    for (const MovedPart& part : line->parts) keep_greater(out.greatest, part.displacement);
  }
  out.mean_length = half(out.before.length + out.after.length);
  const double swept_to_first = to_square_meters(out.to_first - out.to_first_apart).value();
  const double swept_to_second = to_square_meters(out.to_second - out.to_second_apart).value();
  const double swept = swept_to_first + swept_to_second;
  out.mean_signed = Meters{(swept_to_first - swept_to_second) / out.mean_length->value()};
  out.mean_absolute = Meters{swept / out.mean_length->value()};
  const auto all_unchanged = [](const DatedLine& line) {
    return std::all_of(line.is_unchanged.begin(), line.is_unchanged.end(), [](bool is) { return is; });
  };
  if (!all_unchanged(before) || !all_unchanged(after)) {
    const Meters moved =
        half(out.before.length - out.before.unchanged + out.after.length - out.after.unchanged);
    out.mean_where_moved = Meters{swept / moved.value()};
  }
  out.frechet = frechet_of(before, after, pieces.pieces.size(), deepest, options);
  return out;
}

}  // namespace marchland
