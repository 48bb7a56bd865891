#include "tools/cli/picture.h"

#include "tools/cli/feature_output.h"
#include <marchland/analysis/dissolve.h>
#include <marchland/io/markup.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace marchland::cli {
namespace {

constexpr double kSide = 900.0;
constexpr double kDegree = 3.14159265358979323846 / 180.0;

struct Frame {
  double west = 180.0, south = 90.0, east = -180.0, north = -90.0;
  double narrowing = 1.0;  ///< of a degree of longitude
  double scale = 1.0;      ///< units a degree of latitude

  [[nodiscard]] double width() const { return (east - west) * narrowing * scale; }
  [[nodiscard]] double height() const { return (north - south) * scale; }
};

/// Of all ground that the theme is about, so that pictures of several dates have one frame.
Frame frame_of(const Session& session, const std::vector<bool>& ground) {
  Frame frame;
  const Arrangement& plane = session.composite().plane();
  for (EdgeIndex e = 0; e < plane.edges().size(); ++e) {
    if (!ground[plane.face(2 * e)] && !ground[plane.face(2 * e + 1)]) continue;
    for (const HalfEdgeIndex h : {2 * e, 2 * e + 1}) {
      const ExactPoint p = plane.point(plane.origin(h));
      const double lon = grid_to_degrees(p.x);
      const double lat = grid_to_degrees(p.y);
      frame.west = std::min(frame.west, lon);
      frame.east = std::max(frame.east, lon);
      frame.south = std::min(frame.south, lat);
      frame.north = std::max(frame.north, lat);
    }
  }
  frame.narrowing = std::max(0.1, std::cos((frame.south + frame.north) / 2 * kDegree));
  const double longer = std::max((frame.east - frame.west) * frame.narrowing, frame.north - frame.south);
  frame.scale = longer > 0 ? kSide / longer : 1.0;
  return frame;
}

}  // namespace

ThemePicture theme_picture(const Session& session, const Holders& holders, Instant at,
                           const std::string& name) {
  const std::vector<bool> ground = ground_of(session, holders);
  const Frame frame = frame_of(session, ground);
  const auto held = holders.faces_at(session.composite().times().epoch_of(at));
  std::vector<Category> faces(held.size(), 0);
  for (FaceIndex f = 0; f < faces.size(); ++f) {
    if (ground[f] && (held[f] == kUnknown || session.wants(holders, held[f], at))) faces[f] = held[f] + 1;
  }
  // Half a unit of the picture.
  const int decimals = std::clamp(static_cast<int>(std::ceil(std::log10(2.0 * frame.scale))), 0, 7);
  ThemePicture picture;
  std::string& out = picture.svg;
  out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-4 -4 {:.0f} {:.0f}\" "
      "role=\"img\" data-theme=\"{}\" data-west=\"{}\" data-north=\"{}\" data-units-lon=\"{}\" "
      "data-units-lat=\"{}\">\n<title>{}</title>\n"
      "<defs><pattern id=\"dots\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\">"
      "<circle cx=\"2\" cy=\"2\" r=\"1.4\"/><circle cx=\"6\" cy=\"6\" r=\"1.4\"/></pattern></defs>\n"
      "<g stroke=\"#333333\" stroke-width=\"0.8\" stroke-linejoin=\"round\" fill-rule=\"evenodd\">\n",
      frame.width() + 8, frame.height() + 8, to_string(holders.theme()), frame.west, frame.north,
      frame.narrowing * frame.scale, frame.scale, escape_markup(name));
  for (const Dissolved& piece : dissolve(session.composite(), faces, {decimals})) {
    if (piece.category == 0 || piece.area.empty()) continue;
    const HolderIndex holder = piece.category - 1;
    picture.shown.insert(holder);
    std::string path;
    for (const Polygon& polygon : piece.area) {
      for (const Ring& ring : polygon) {
        for (auto p = ring.begin(); p + 1 != ring.end(); ++p) {
          fmt::format_to(std::back_inserter(path), "{}{:.1f} {:.1f}", p == ring.begin() ? "M" : "L",
                         (p->lon - frame.west) * frame.narrowing * frame.scale,
                         (frame.north - p->lat) * frame.scale);
        }
        path += "Z";
      }
    }
    const std::string id = escape_markup(holders.id(holder));
    out += fmt::format("<path fill=\"{}\" data-actor=\"{}\" d=\"{}\"/>\n",
                       color_of(session.atlas(), holders, holder), id, path);
    if (holders.is_contested(holder))
      out += fmt::format("<path fill=\"url(#dots)\" data-actor=\"{}\" d=\"{}\"/>\n", id, path);
  }
  out += "</g>\n</svg>\n";
  return picture;
}

}  // namespace marchland::cli
