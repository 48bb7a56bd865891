// marchland tiles: the ground of each holder through all time as vector tiles.
#include "tools/cli/commands.h"
#include "tools/cli/query.h"
#include "tools/cli/tile_layers.h"
#include "tools/cli/time_columns.h"
#include <marchland/base/error.h>
#include <marchland/io/write_tiles.h>
#include <marchland/tiles/cut_tiles.h>
#include <marchland/tiles/feature_widths.h>
#include <marchland/tiles/tile_cost.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>

namespace marchland::cli {
namespace {

std::vector<std::pair<std::string, std::string>> fields_of(const std::vector<TileProperties>& features) {
  std::map<std::string, std::string> types;
  for (const TileProperties& properties : features) {
    for (const auto& [key, value] : properties) {
      types.try_emplace(key, std::holds_alternative<std::string>(value) ? "String"
                             : std::holds_alternative<bool>(value)      ? "Boolean"
                                                                        : "Number");
    }
  }
  return {types.begin(), types.end()};
}

/// Two digits at least, and none after the point that say nothing.
std::string meters_text(double meters) {
  return meters >= 10  ? fmt::format("{:.0f} m", meters)
         : meters >= 1 ? fmt::format("{:.1f} m", meters)
                       : fmt::format("{:.2f} m", meters);
}

/// Widths of features, by layer: those that tiles of the greatest zoom do not have.
struct Vanished {
  std::size_t features = 0;  ///< of all layers
  std::size_t beyond = 0;    ///< of them, without ground on Web Mercator
  std::vector<FeatureWidth> narrow;

  Vanished(const std::vector<std::vector<FeatureWidth>>& widths, const Tiles& tiles) {
    for (std::size_t l = 0; l < widths.size(); ++l) {
      for (std::size_t f = 0; f < widths[l].size(); ++f) {
        ++features;
        if (tiles.shown[l][f]) continue;
        if (widths[l][f].units > 0.0) {
          narrow.push_back(widths[l][f]);
        } else {
          ++beyond;
        }
      }
    }
  }

  /// Empty if none vanished. `unit`: of a tile at the greatest zoom, in metres.
  [[nodiscard]] std::string text(int max_zoom, double unit) const {
    std::string out;
    if (!narrow.empty()) {
      int zoom = max_zoom + 1;
      std::size_t kept = 0;
      double lost = 0.0;  // the widest of those that no zoom is sure to show
      for (const FeatureWidth& width : narrow) {
        const int needed = zoom_that_shows(width);
        if (needed <= kMaxZoom) {
          zoom = std::max(zoom, needed);
          ++kept;
        } else {
          lost = std::max(lost, width.meters);
        }
      }
      out = fmt::format("{} of {} features vanish below a tile unit, {} at zoom {}", narrow.size(), features,
                        meters_text(unit), max_zoom);
      if (kept > 0)
        out += fmt::format("; --max-zoom {} would keep {}", zoom,
                           kept == narrow.size() ? "them" : fmt::format("{} of them", kept));
      if (kept < narrow.size())
        out += fmt::format("; {} at most {} wide are too narrow for any zoom", narrow.size() - kept,
                           meters_text(lost));
    }
    if (beyond > 0) {
      out += fmt::format("{}beyond {:.4f} degrees of latitude, where Web Mercator ends: {} of {} features",
                         out.empty() ? "" : "; ", kMercatorMaxLat, beyond, features);
    }
    return out;
  }
};

struct TilesCommand {
  QueryOptions query;
  bool is_theme_given = false;
  std::optional<int> min_zoom;
  std::optional<int> max_zoom;
  std::string url;
  std::filesystem::path output;
  bool overwrite = false;

  void run() const {
    check_options();
    const Existing existing = overwrite ? Existing::overwrite : Existing::refuse;
    check_tile_output(output, existing);
    const Session session(query);
    const std::vector<ThemeGround> themes = themes_of_tiles(session);
    std::vector<TileLayer> layers;
    for (const ThemeGround& theme : themes) layers.push_back(theme.layer);
    const auto widths = feature_widths(session.composite(), layers);
    refuse_beyond(widths);
    const TileOptions options = tile_options(session, layers, widths);
    TileSet set;
    set.tiles = cut_tiles(session.composite(), layers, options, [&](const std::vector<GroundPair>& pairs) {
      return lines_of_contact(session, themes, pairs);
    });
    set.min_zoom = options.min_zoom;
    set.max_zoom = options.max_zoom;
    set.url = url;
    set.bounds = bounds_of(session.composite(), layers);
    const double unit = tile_unit_meters(set.max_zoom, middle_latitude(set.bounds));
    const Vanished vanished(widths, set.tiles);
    const std::string lost = vanished.text(set.max_zoom, unit);
    if (set.tiles.runs.empty()) throw InvalidArgument("there is no tile to write: " + lost);
    describe(session, layers, options, set);
    set.provenance.extra.emplace_back(
        "resolution", fmt::format("a tile unit at zoom {} is {} in the middle of the map", set.max_zoom,
                                  meters_text(unit)));
    if (!lost.empty()) set.provenance.extra.emplace_back("vanished", lost);
    const bool is_cut_off =
        set.bounds && (set.bounds->north > kMercatorMaxLat || set.bounds->south < -kMercatorMaxLat);
    const std::string cut_off = fmt::format(
        "ground beyond {:.4f} degrees of latitude is cut off: Web Mercator ends there", kMercatorMaxLat);
    if (is_cut_off) set.provenance.extra.emplace_back("cut_off", cut_off);
    const TileFileSize size = write_tiles(output, set, existing);
    const std::size_t lines = set.tiles.lines.features.size();
    fmt::print(stderr,
               "{}: {} tiles of zooms {} to {}, {} features in {}{}; {:.2f} MB, the largest tile {} kB "
               "({}/{}/{}); a "
               "tile unit at zoom {} is {}\n",
               output.string(), set.tiles.count(), set.min_zoom, set.max_zoom,
               vanished.features - vanished.narrow.size() - vanished.beyond,
               fmt::join(names_of(layers), ", "),
               lines == 0 ? "" : fmt::format(", {} in {}", lines, kLineLayer),
               static_cast<double>(size.bytes) / 1e6, (size.largest_bytes + 999) / 1000, size.largest.zoom,
               size.largest.x, size.largest.y, set.max_zoom, meters_text(unit));
    if (!lost.empty()) fmt::print(stderr, "{}: {}\n", output.string(), lost);
    if (is_cut_off) fmt::print(stderr, "{}: {}\n", output.string(), cut_off);
    if (is_folder() && url.empty()) {
      fmt::print(stderr,
                 "{}: for a map, tiles: [\"{}\"], minzoom: {}, maxzoom: {}; with --url https://... its "
                 "metadata.json serves as the url of a source\n",
                 output.string(), tile_template("https://..."), set.min_zoom, set.max_zoom);
    }
  }

 private:
  [[nodiscard]] bool is_folder() const { return output.extension().empty(); }

  void check_options() const {
    query.refuse_two_layer("tiles");
    if (min_zoom && max_zoom && *min_zoom > *max_zoom) {
      throw InvalidArgument(
          fmt::format("--min-zoom {} is greater than --max-zoom {}; swap them", *min_zoom, *max_zoom));
    }
    if (is_same_file(output, query.atlas))
      throw InvalidArgument(fmt::format("-o {}: is the atlas itself; choose another name", output.string()));
    if (url.empty()) return;
    if (!url.starts_with("https://") && !url.starts_with("http://")) {
      throw InvalidArgument(fmt::format(
          "--url {}: expected where the folder will be served, such as https://example.org/tiles/", url));
    }
    if (!is_folder()) {
      throw InvalidArgument(
          fmt::format("--url {}: is for a folder of tiles (-o without ending); a map asks for an archive by "
                      "its own address, "
                      "pmtiles://https://example.org/{}",
                      url, output.filename().string()));
    }
  }

  [[nodiscard]] std::vector<ThemeGround> themes_of_tiles(const Session& session) const {
    std::vector<ThemeGround> themes;
    for (const Theme each : {Theme::control, Theme::claim, Theme::border, Theme::zone}) {
      if (is_theme_given ? each != session.theme() : !has_statements(session.atlas(), each)) continue;
      ThemeGround theme = theme_ground(session, each);
      if (!theme.layer.features.empty()) themes.push_back(std::move(theme));
    }
    if (themes.empty()) {
      throw InvalidArgument(fmt::format(
          "there is no ground to show{}{}; the atlas has {}; choose with --theme, or leave it out",
          is_theme_given ? " of theme " + query.theme : "",
          session.filters().empty() ? "" : ", of what " + session.filters() + " leaves",
          themes_of(session.atlas())));
    }
    return themes;
  }

  static void refuse_beyond(const std::vector<std::vector<FeatureWidth>>& widths) {
    for (const auto& of_layer : widths) {
      for (const FeatureWidth& width : of_layer) {
        if (width.units > 0.0) return;
      }
    }
    throw InvalidArgument(fmt::format(
        "all ground lies beyond {:.4f} degrees of latitude, where Web Mercator ends, so no tile can show it; "
        "export writes it as it is, and raster --crs in a polar projection",
        kMercatorMaxLat));
  }

  /// The greatest zoom, unless it is given, follows the data.
  [[nodiscard]] TileOptions tile_options(const Session& session, const std::vector<TileLayer>& layers,
                                         const std::vector<std::vector<FeatureWidth>>& widths) const {
    TileOptions options;
    options.max_memory_bytes = build_options(query).max_memory_bytes;
    options.min_zoom = min_zoom.value_or(0);
    if (max_zoom) {
      options.max_zoom = *max_zoom;
      return options;
    }
    // What is narrower than lines are accurate is no feature that anyone can be sure of.
    std::optional<double> sigma;
    for (const Source& source : session.atlas().sources) {
      if (source.sigma) sigma = std::min(sigma.value_or(source.sigma->value()), source.sigma->value());
    }
    constexpr double kNarrow = 10.0;  // metres, where no source says
    const TileCost cost(session.composite(), layers);
    options.max_zoom = std::max(options.min_zoom, natural_max_zoom(cost, widths, sigma.value_or(kNarrow)));
    while (options.max_zoom > options.min_zoom &&
           cost.bytes(options.min_zoom, options.max_zoom) > options.max_memory_bytes)
      --options.max_zoom;
    return options;
  }

  static double middle_latitude(const std::optional<LonLatBox>& bounds) {
    return bounds ? std::clamp((bounds->south + bounds->north) / 2, -kMercatorMaxLat, kMercatorMaxLat) : 0.0;
  }

  static bool has_statements(const Atlas& atlas, Theme theme) {
    return std::any_of(atlas.statements.begin(), atlas.statements.end(),
                       [&](const Statement& s) { return atlas[s.layer].theme == theme; });
  }

  static std::vector<std::string> names_of(const std::vector<TileLayer>& layers) {
    std::vector<std::string> names;
    for (const TileLayer& layer : layers) names.push_back(layer.name);
    return names;
  }

  static std::optional<LonLatBox> bounds_of(const Composite& composite,
                                            const std::vector<TileLayer>& layers) {
    std::vector<bool> shown(composite.plane().face_count(), false);
    for (const TileLayer& layer : layers) {
      for (FaceIndex f = 0; f < shown.size(); ++f) {
        if (!layer.grounds[layer.of_face[f]].empty()) shown[f] = true;
      }
    }
    return box_of_faces(composite.plane(), shown);
  }

  static void describe(const Session& session, const std::vector<TileLayer>& layers,
                       const TileOptions& options, TileSet& set) {
    const Atlas& atlas = session.atlas();
    set.name = atlas.title.empty() ? atlas.id : atlas.title;
    set.provenance = provenance(session, "tiles");
    set.disclaimer = set.provenance.disclaimer;
    set.attribution = set.provenance.attribution;
    for (const auto& source : set.provenance.sources) {
      if (!set.provenance.attribution.empty()) break;
      set.attribution += fmt::format("{}{}{}", set.attribution.empty() ? "" : "; ",
                                     source.title.empty() ? source.id : source.title,
                                     source.licence.empty() ? "" : " (" + source.licence + ")");
    }
    for (const TileLayer& layer : layers) {
      set.layers.push_back({layer.name,
                            fmt::format("{}: ground of a holder from t0 until before t1", set.name),
                            fields_of(layer.features)});
    }
    if (const TileLines& lines = set.tiles.lines; !lines.features.empty()) {
      set.layers.push_back(
          {lines.name,
           fmt::format("{}: lines along which the ground of two holders meets, first on the left "
                       "and second on the right, from t0 until before t1",
                       set.name),
           fields_of(lines.features)});
    }
    set.provenance.extra.emplace_back(
        "time",
        fmt::format("t0 and t1 are days since 1970-01-01T00:00Z, t1 not included; {} and {} stand for "
                    "open ends; from and to are the same as text, missing where open",
                    kOpenFromDay, kOpenToDay));
    set.provenance.extra.emplace_back(
        "generalisation",
        fmt::format(
            "lines rounded to 1/{} of a tile; vertices left out within {} of these units of the line, "
            "at zoom {} within {}; once for both sides",
            kTileExtent, options.tolerance, options.max_zoom, options.tolerance_at_max_zoom));
  }
};

}  // namespace

void add_tiles(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("tiles", "The ground of each holder through all time as vector tiles for web maps");
  const auto state = std::make_shared<TilesCommand>();
  state->query.declare(*command);
  command->get_option("--theme")
      ->description(
          "one layer: control, claim, border or zone (default: one for each theme "
          "that the atlas says anything of)")
      ->default_str("");
  command->add_option("--min-zoom", state->min_zoom, "least zoom (default: 0)")
      ->check(CLI::Range(0, kMaxZoom));
  command
      ->add_option(
          "--max-zoom", state->max_zoom,
          "greatest zoom, which clients enlarge (default: so that half of all lines are eight pixels "
          "long there, and features wider than lines are accurate do not vanish)")
      ->check(CLI::Range(0, kMaxZoom));
  command
      ->add_option("-o,--output", state->output,
                   "what to write: a PMTiles archive, or without ending a folder z/x/y.mvt")
      ->type_name("FILE.pmtiles|DIR")
      ->required();
  command
      ->add_option("--url", state->url,
                   "where a folder will be served: its metadata.json is TileJSON that maps load by url")
      ->type_name("https://...");
  command->add_flag("--overwrite", state->overwrite, "replace what exists");
  command->callback([state, command] {
    state->is_theme_given = command->count("--theme") > 0;
    state->run();
  });
}

}  // namespace marchland::cli
