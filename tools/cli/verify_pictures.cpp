// The pictures of a result folder, put back on the earth: each party has its colour, the ground that the
// layer of that date gives it, and no line that the layer has not.
#include "tools/cli/verify_tables.h"
#include <marchland/verify/markup.h>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace marchland::cli {
namespace {

struct Point {
  double x = 0.0, y = 0.0;
};
using Path = std::vector<std::vector<Point>>;

/// "M1.0 2.0L3.0 4.0Z": closed rings of absolute positions, as pictures write them. Nothing for others.
std::optional<Path> path_of(const std::string& text) {
  Path path;
  const char* at = text.data();
  const char* const end = at + text.size();
  bool is_open = false;
  while (at != end) {
    const char command = *at++;
    if (command == 'Z') {
      if (!is_open) return std::nullopt;
      is_open = false;
      continue;
    }
    if (command != 'M' && command != 'L') return std::nullopt;
    if ((command == 'M') == is_open) return std::nullopt;
    Point point;
    for (double* value : {&point.x, &point.y}) {
      if (at != end && *at == ' ') ++at;
      const auto [rest, error] = std::from_chars(at, end, *value);
      if (error != std::errc()) return std::nullopt;
      at = rest;
    }
    if (command == 'M') path.emplace_back();
    is_open = true;
    path.back().push_back(point);
  }
  return is_open ? std::nullopt : std::optional(std::move(path));
}

/// How a picture lies on the earth: west and north edge, units a degree of longitude and of latitude.
struct Frame {
  double west, north, by_lon, by_lat;

  [[nodiscard]] Position position(const Point& p) const {
    return {west + p.x / by_lon, north - p.y / by_lat};
  }
  [[nodiscard]] Point point(const Position& p) const {
    return {(p.lon - west) * by_lon, (north - p.lat) * by_lat};
  }
};

double twice_area(const std::vector<Point>& ring) {
  double sum = 0.0;
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const Point& a = ring[i];
    const Point& b = ring[(i + 1) % ring.size()];
    sum += a.x * b.y - b.x * a.y;
  }
  return sum;
}

double length(const std::vector<Point>& ring) {
  double sum = 0.0;
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const Point& a = ring[i];
    const Point& b = ring[(i + 1) % ring.size()];
    sum += std::hypot(a.x - b.x, a.y - b.y);
  }
  return sum;
}

class PictureChecks {
 public:
  explicit PictureChecks(TablesBack& tables) : tables_(tables) {}

  void run() {
    for (const Json* entry : tables_.folder.entries({{"layer", "picture"}}, ".svg")) {
      const std::string file = (*entry)["file"];
      tables_.known.insert(file);
      tables_.checks.attempt(file, [&] { verify_picture(file, text_of(*entry, "at")); });
    }
  }

 private:
  void verify_picture(const std::string& file, const std::string& date) {
    const MarkupElement svg = parse_xml(tables_.folder.bytes(file));
    std::string title;
    for (const MarkupElement& child : svg.children) {
      if (child.name == "title") title = child.text;
    }
    const std::string at = tables_.date_text(date);
    tables_.checks.text("pictures", file, "date in its title", at,
                        title.find(at) != std::string::npos ? at : title);
    tables_.checks.text("pictures", file, "theme", tables_.folder.theme(), svg.attribute("data-theme"));
    const auto number = [&](const char* key) {
      const std::string text = svg.attribute(key);
      double value = std::nan("");
      std::from_chars(text.data(), text.data() + text.size(), value);
      return value;
    };
    const Frame frame{number("data-west"), number("data-north"), number("data-units-lon"),
                      number("data-units-lat")};
    if (!(frame.by_lon > 0.0 && frame.by_lat > 0.0 && std::isfinite(frame.west) &&
          std::isfinite(frame.north))) {
      tables_.checks.text("pictures", file, "says how it lies on the earth", "yes", "no");
      return;
    }
    const LayerBack* layer = tables_.folder.control_at(date);
    if (layer == nullptr || !is_sound(*layer)) {
      tables_.checks.leave_out(file, "there is no layer of its date that can be read; its date was compared");
      return;
    }
    verify_ground(file, svg, frame, *layer);
  }

  /// By how much a point may be off: lines were rounded together to what half a unit needs, and its figures
  /// to a tenth of a unit.
  static double off(const Frame& frame) {
    const double decimals = std::clamp(std::ceil(std::log10(2.0 * frame.by_lat)), 0.0, 7.0);
    const double step = std::pow(10.0, -decimals);
    return std::hypot(step / 2.0 * frame.by_lon, step / 2.0 * frame.by_lat) + std::hypot(0.05, 0.05) + 1e-6;
  }

  void verify_ground(const std::string& file, const MarkupElement& svg, const Frame& frame,
                     const LayerBack& layer) {
    std::map<std::string, const LayerFeature*> features;
    for (const LayerFeature& feature : layer.features) features[feature.text("actor")] = &feature;
    std::map<std::string, Path> drawn;
    svg.for_each([&](const MarkupElement& element) {
      if (element.name != "path") return;
      const std::string holder = element.attribute("data-actor");
      const std::string what = shown(holder);
      const auto feature = features.find(holder);
      const auto path = path_of(element.attribute("d"));
      if (feature == features.end() || !path) {
        tables_.checks.text("pictures", file, what, path ? "has ground in the layer of its date" : "rings",
                            kNone);
        return;
      }
      // Contested ground is drawn once more, dotted.
      const bool is_dotted = element.attribute("fill").starts_with("url(") && drawn.contains(holder);
      if (is_dotted) {
        const bool is_contested = holder.find('+') != std::string::npos;
        tables_.checks.text("pictures", file, what + " is dotted", is_contested ? "yes" : "no", "yes");
      } else {
        tables_.checks.text("pictures", file, what + ": colour", feature->second->text("color"),
                            element.attribute("fill"));
      }
      verify_lines(file, what, *path, frame, *feature->second);
      drawn[holder] = *path;
    });
    for (const auto& [holder, feature] : features) verify_area(file, holder, *feature, drawn[holder], frame);
  }

  /// Every point lies on the lines of the party's ground. A degree of the plane is worth least units along
  /// the shorter of both.
  void verify_lines(const std::string& file, const std::string& what, const Path& path, const Frame& frame,
                    const LayerFeature& feature) {
    double farthest = 0.0;
    for (const auto& ring : path) {
      // A picture goes on over the antimeridian; each ring ends there.
      double sum = 0.0;
      for (const Point& p : ring) sum += frame.position(p).lon;
      const double turn = sum / static_cast<double>(ring.size()) > 180.0 ? 360.0 : 0.0;
      for (const Point& p : ring) {
        const Position place = frame.position(p);
        farthest = std::max(farthest, feature.planar->distance_to_lines({place.lon - turn, place.lat}));
      }
    }
    tables_.checks.number("pictures", file, what + " lies on the lines of the layer", "degrees", 0.0,
                          farthest, off(frame) / std::min(frame.by_lon, frame.by_lat));
  }

  /// In square units of the picture: what is drawn against the layer, as far as rounding can have swept along
  /// the lines of both.
  void verify_area(const std::string& file, const std::string& holder, const LayerFeature& feature,
                   const Path& path, const Frame& frame) {
    const double distance = off(frame);
    double expected = 0.0;
    double swept = 0.0;
    const auto sweep = [&](const std::vector<Point>& ring) {
      swept += distance * (length(ring) + 4.0 * distance * static_cast<double>(ring.size()));
    };
    for (const Polygon& polygon : feature.area) {
      for (const Ring& ring : polygon) {
        std::vector<Point> points;
        for (const Position& p : ring) points.push_back(frame.point(p));
        const double area = std::abs(twice_area(points)) / 2.0;
        expected += &ring == &polygon.front() ? area : -area;
        sweep(points);
      }
    }
    // Shells run one way, holes the other.
    double found = 0.0;
    for (const auto& ring : path) {
      found += twice_area(ring) / 2.0;
      sweep(ring);
    }
    tables_.checks.number("pictures", file, shown(holder) + ": ground", "square units", expected,
                          std::abs(found), swept);
  }

  TablesBack& tables_;
};

}  // namespace

void verify_pictures(TablesBack& tables) {
  PictureChecks(tables).run();
}

}  // namespace marchland::cli
