#include "tools/cli/picture.h"

#include "tools/cli/feature_output.h"
#include <marchland/analysis/dissolve.h>
#include <marchland/analysis/scope.h>
#include <marchland/io/markup.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace marchland::cli {
namespace {

constexpr double kSide = 900.0;
constexpr double kDegree = 3.14159265358979323846 / 180.0;

/// Degrees; east is over 180 where the ground lies about the antimeridian.
struct Frame {
  double west = 0.0, south = 0.0, east = 0.0, north = 0.0;
  double narrowing = 1.0;  ///< of a degree of longitude
  double scale = 1.0;      ///< units a degree of latitude

  [[nodiscard]] double width() const { return (east - west) * narrowing * scale; }
  [[nodiscard]] double height() const { return (north - south) * scale; }
};

/// Of all ground that the theme is about, so that pictures of several dates have one frame.
Frame frame_of(const Session& session, const std::vector<bool>& ground) {
  Frame frame;
  if (const auto box = box_of_faces(session.composite().plane(), ground))
    frame = {box->west, box->south, box->east + (box->west > box->east ? 360.0 : 0.0), box->north};
  frame.narrowing = std::max(0.1, std::cos((frame.south + frame.north) / 2 * kDegree));
  const double longer = std::max((frame.east - frame.west) * frame.narrowing, frame.north - frame.south);
  frame.scale = longer > 0 ? kSide / longer : 1.0;
  return frame;
}

/// Rings end at the antimeridian: all of one lies on one side of it, and of the middle of what is free of
/// ground.
double turn_of(const Ring& ring, const Frame& frame) {
  return frame.east > 180.0 && ring.front().lon < (frame.west + frame.east - 360.0) / 2.0 ? 360.0 : 0.0;
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
        const double turn = turn_of(ring, frame);
        for (auto p = ring.begin(); p + 1 != ring.end(); ++p) {
          fmt::format_to(std::back_inserter(path), "{}{:.1f} {:.1f}", p == ring.begin() ? "M" : "L",
                         (p->lon + turn - frame.west) * frame.narrowing * frame.scale,
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
