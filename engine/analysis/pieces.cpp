#include <marchland/analysis/edge_geometry.h>
#include <marchland/analysis/pieces.h>
#include <marchland/analysis/seam_pairs.h>
#include <marchland/composite/quantise.h>

#include <boost/pending/disjoint_sets.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <unordered_map>

namespace marchland {
namespace {

Meters mean_width_of(AreaUnits area, Meters perimeter) {
  if (area <= 0 || perimeter.value() <= 0.0) return Meters{0.0};
  return Meters{2.0 * to_square_meters(area).value() / perimeter.value()};
}

/// Boundary of one face to the sides of a parallel: where it crosses that, west to east.
struct Slice {
  double lat = 0.0;
  std::vector<double> crossings;
};

GeoLocation on_grid(double lon, double lat) {
  return {Lon{grid_to_degrees(static_cast<std::int32_t>(to_grid(lon)))},
          Lat{grid_to_degrees(static_cast<std::int32_t>(to_grid(lat)))}};
}

}  // namespace

Meters Piece::mean_width() const {
  return mean_width_of(area, perimeter);
}

Pieces find_pieces(const Composite& composite, const FaceAreas& measured,
                   const std::vector<Category>& faces) {
  const Arrangement& plane = composite.plane();
  const SeamPairs seam(plane);
  boost::disjoint_sets_with_storage<> joined(faces.size());
  for (FaceIndex f = 0; f < faces.size(); ++f) joined.make_set(f);
  for (EdgeIndex e = 0; e < plane.edges().size(); ++e) {
    const auto [left, right] = seam.sides(e);
    if (faces[left] == faces[right]) joined.union_set(left, right);
  }

  Pieces out;
  out.of_face.assign(faces.size(), kNoPiece);
  std::vector<PieceIndex> of_root(faces.size(), kNoPiece);
  for (FaceIndex f = 0; f < faces.size(); ++f) {
    if (faces[f] == 0) continue;
    PieceIndex& index = of_root[joined.find_set(f)];
    if (index == kNoPiece) {
      index = static_cast<PieceIndex>(out.pieces.size());
      out.pieces.push_back({.category = faces[f], .perimeter = Meters{0.0}, .largest = f});
    }
    out.of_face[f] = index;
    Piece& piece = out.pieces[index];
    if (f == kUnboundedFace) {
      piece.is_open = true;
      continue;
    }
    piece.area += measured[f];
    if (piece.largest == kUnboundedFace || measured[f] > measured[piece.largest]) piece.largest = f;
  }
  for (EdgeIndex e = 0; e < plane.edges().size(); ++e) {
    if (!seam.is_line(e)) continue;
    const auto [left, right] = seam.sides(e);
    const PieceIndex sides[] = {out.of_face[left], out.of_face[right]};
    if (sides[0] == sides[1]) continue;
    // Without another side the seam is the end of the map.
    if (seam.seam_of(e) != 0 && (left == kUnboundedFace || right == kUnboundedFace)) continue;
    const Meters length = length_of(plane, e);
    for (const PieceIndex side : sides) {
      if (side != kNoPiece) out.pieces[side].perimeter += length;
    }
  }
  return out;
}

std::vector<std::optional<GeoLocation>> points_inside(const Arrangement& plane,
                                                      const std::vector<FaceIndex>& faces) {
  // The parallel through the middle of the face, between the latitudes of two of its nodes so that it passes
  // through none; then the middle of the widest stretch inside.
  std::unordered_map<FaceIndex, std::vector<double>> latitudes;
  for (const FaceIndex face : faces) {
    if (face != kUnboundedFace) latitudes.try_emplace(face);
  }
  const auto for_each_side = [&](const auto& use) {
    for (EdgeIndex e = 0; e < plane.edges().size(); ++e) {
      for (const HalfEdgeIndex h : {2 * e, 2 * e + 1}) {
        if (plane.face(2 * e) != plane.face(2 * e + 1) && latitudes.contains(plane.face(h)))
          use(plane.face(h), e);
      }
    }
  };
  for_each_side([&](FaceIndex face, EdgeIndex e) {
    latitudes[face].push_back(position_of(plane, plane.edges()[e].u).lat);
    latitudes[face].push_back(position_of(plane, plane.edges()[e].v).lat);
  });
  std::unordered_map<FaceIndex, Slice> slices;
  for (auto& [face, lats] : latitudes) {
    std::sort(lats.begin(), lats.end());
    const double middle = (lats.front() + lats.back()) / 2;
    const auto above = std::upper_bound(lats.begin(), lats.end(), middle);
    const double below = above == lats.begin() ? lats.front() : *std::prev(above);
    slices[face].lat = above == lats.end() ? below : (below + *above) / 2;
  }
  for_each_side([&](FaceIndex face, EdgeIndex e) {
    Slice& slice = slices[face];
    const Position u = position_of(plane, plane.edges()[e].u);
    const Position v = position_of(plane, plane.edges()[e].v);
    if ((u.lat < slice.lat) == (v.lat < slice.lat)) return;
    slice.crossings.push_back(u.lon + (v.lon - u.lon) * (slice.lat - u.lat) / (v.lat - u.lat));
  });
  std::vector<std::optional<GeoLocation>> out;
  for (const FaceIndex face : faces) {
    out.emplace_back();
    if (face == kUnboundedFace) continue;
    auto& at = slices[face].crossings;
    std::sort(at.begin(), at.end());
    double widest = -1.0;
    for (std::size_t i = 0; i + 1 < at.size(); i += 2) {
      if (at[i + 1] - at[i] <= widest) continue;
      widest = at[i + 1] - at[i];
      out.back() = on_grid((at[i] + at[i + 1]) / 2, slices[face].lat);
    }
  }
  return out;
}

std::vector<WidthClass> width_distribution(const Composite& composite, const FaceAreas& measured) {
  constexpr std::array kBounds{0.1, 1.0, 10.0, 30.0, 100.0, 1000.0, std::numeric_limits<double>::infinity()};
  const Arrangement& plane = composite.plane();
  std::vector<double> perimeter(plane.face_count(), 0.0);
  for (EdgeIndex e = 0; e < plane.edges().size(); ++e) {
    const FaceIndex left = plane.face(2 * e);
    const FaceIndex right = plane.face(2 * e + 1);
    if (left == right) continue;
    const double length = length_of(plane, e).value();
    perimeter[left] += length;
    perimeter[right] += length;
  }
  std::vector<WidthClass> classes;
  classes.reserve(kBounds.size());
  for (const double bound : kBounds) classes.push_back({.below = Meters{bound}});
  for (FaceIndex f = 1; f < plane.face_count(); ++f) {
    const double width = mean_width_of(measured[f], Meters{perimeter[f]}).value();
    const auto bound = std::upper_bound(kBounds.begin(), kBounds.end() - 1, width);
    WidthClass& found = classes[static_cast<std::size_t>(bound - kBounds.begin())];
    ++found.faces;
    found.area += measured[f];
  }
  return classes;
}

}  // namespace marchland
