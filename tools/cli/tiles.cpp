// marchland tiles: the ground of each holder through all time as vector tiles.
#include "tools/cli/commands.h"
#include "tools/cli/feature_output.h"
#include "tools/cli/feature_tenures.h"
#include "tools/cli/query.h"
#include "tools/cli/time_columns.h"
#include <marchland/base/error.h>
#include <marchland/io/write_tiles.h>
#include <marchland/tiles/cut_tiles.h>
#include <marchland/time/decimal_year.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <tuple>

namespace marchland::cli {
namespace {

/// Days since 1970-01-01T00:00Z: whole ones as an integer.
TileValue epoch_day(Instant instant) {
  const double days = epoch_days(instant);
  const auto whole = static_cast<std::int64_t>(days);
  return static_cast<double>(whole) == days ? TileValue{whole} : TileValue{days};
}

TileProperties properties_of(const Session& session, const Holders& holders, const FeatureTenure& tenure) {
  const Atlas& atlas = session.atlas();
  const auto& [holder, from, to] = tenure;
  const Interval when{session.composite().times()[from], session.composite().times()[to]};
  TileProperties out{{"actor", holders.id(holder)},
                     {"name", name_of(atlas, holders, holder)},
                     {"theme", std::string(to_string(holders.theme()))},
                     {"color", color_of(atlas, holders, holder)},
                     {"contested", holders.is_contested(holder)},
                     {"t0", when.has_from() ? epoch_day(when.from()) : TileValue{kOpenFromDay}},
                     {"t1", when.has_to() ? epoch_day(when.to()) : TileValue{kOpenToDay}}};
  if (when.has_from()) {
    out.emplace_back("from", format_utc(when.from()));
    out.emplace_back("start_decdate", decimal_date_before(when.from()));
  }
  if (when.has_to()) {
    out.emplace_back("to", format_utc(when.to()));
    out.emplace_back("end_decdate", decimal_date_before(when.to()));
  }
  if (!holders.is_contested(holder)) {
    for (const auto& [language, name] : atlas[holders.actors(holder).front()].names)
      out.emplace_back("name:" + language, name);
  }
  return out;
}

/// The layer of one theme.
TileLayer layer_of(const Session& session, Theme theme) {
  const Composite& composite = session.composite();
  const Holders holders = session.holders(theme);
  const std::vector<bool> ground = ground_of(session, holders);
  std::vector<bool> occurs(composite.coverage_count(holders.group()), false);
  for (FaceIndex f = 0; f < ground.size(); ++f) {
    if (ground[f]) occurs[composite.coverage(f, holders.group())] = true;
  }
  // Of holders that the filters leave.
  const auto tenures_of = [&](CoverageIndex coverage) {
    std::vector<FeatureTenure> tenures = feature_tenures(composite, holders, coverage);
    std::erase_if(tenures, [&](const FeatureTenure& tenure) {
      return !session.wants(holders, tenure.holder, composite.times()[tenure.from]);
    });
    return tenures;
  };
  // Numbered by holder, then time: the order in which clients draw.
  const auto order = [&](const FeatureTenure& tenure) {
    return std::tuple(holders.id(tenure.holder), tenure.from, tenure.to);
  };
  std::map<std::tuple<std::string, TimeIndex, TimeIndex>, std::pair<FeatureTenure, std::uint32_t>> numbers;
  for (CoverageIndex c = 0; c < occurs.size(); ++c) {
    if (!occurs[c]) continue;
    for (const FeatureTenure& tenure : tenures_of(c)) numbers.try_emplace(order(tenure), tenure, 0U);
  }
  TileLayer layer;
  layer.name = std::string(to_string(theme));
  for (auto& [key, entry] : numbers) {
    entry.second = static_cast<std::uint32_t>(layer.features.size());
    layer.features.push_back(properties_of(session, holders, entry.first));
  }
  // Coverages of the same tenures are one ground.
  std::map<std::vector<std::uint32_t>, std::uint32_t> grounds{{{}, 0}};
  std::vector<std::uint32_t> of_coverage(occurs.size(), 0);
  for (CoverageIndex c = 0; c < occurs.size(); ++c) {
    if (!occurs[c]) continue;
    std::vector<std::uint32_t> features;
    for (const FeatureTenure& tenure : tenures_of(c)) features.push_back(numbers.at(order(tenure)).second);
    std::sort(features.begin(), features.end());
    const auto [entry, is_new] =
        grounds.try_emplace(features, static_cast<std::uint32_t>(layer.grounds.size()));
    if (is_new) layer.grounds.push_back(std::move(features));
    of_coverage[c] = entry->second;
  }
  layer.of_face.assign(ground.size(), 0);
  for (FaceIndex f = 0; f < ground.size(); ++f) {
    if (ground[f]) layer.of_face[f] = of_coverage[composite.coverage(f, holders.group())];
  }
  return layer;
}

std::vector<std::pair<std::string, std::string>> fields_of(const TileLayer& layer) {
  std::map<std::string, std::string> types;
  for (const TileProperties& properties : layer.features) {
    for (const auto& [key, value] : properties) {
      types.try_emplace(key, std::holds_alternative<std::string>(value) ? "String"
                             : std::holds_alternative<bool>(value)      ? "Boolean"
                                                                        : "Number");
    }
  }
  return {types.begin(), types.end()};
}

struct TilesCommand {
  QueryOptions query;
  bool is_theme_given = false;
  std::optional<int> min_zoom;
  std::optional<int> max_zoom;
  std::filesystem::path output;
  bool overwrite = false;

  void run() const {
    query.refuse_two_layer("tiles");
    if (min_zoom && max_zoom && *min_zoom > *max_zoom) {
      throw InvalidArgument(
          fmt::format("--min-zoom {} is greater than --max-zoom {}; swap them", *min_zoom, *max_zoom));
    }
    const Existing existing = overwrite ? Existing::overwrite : Existing::refuse;
    if (is_same_file(output, query.atlas))
      throw InvalidArgument(fmt::format("-o {}: is the atlas itself; choose another name", output.string()));
    check_tile_output(output, existing);
    const Session session(query);
    std::vector<TileLayer> layers;
    for (const Theme each : {Theme::control, Theme::claim, Theme::border, Theme::zone}) {
      if (is_theme_given ? each != session.theme() : !has_statements(session.atlas(), each)) continue;
      TileLayer layer = layer_of(session, each);
      if (!layer.features.empty()) layers.push_back(std::move(layer));
    }
    if (layers.empty()) {
      throw InvalidArgument(
          fmt::format("there is no ground to show{}{}; the atlas has {}",
                      is_theme_given ? " of theme " + query.theme : "",
                      session.filters().empty() ? "" : ", of what " + session.filters() + " leaves",
                      themes_of(session.atlas())));
    }
    TileOptions options;
    options.max_zoom =
        max_zoom ? *max_zoom : std::max(natural_max_zoom(session.composite(), layers), min_zoom.value_or(0));
    options.min_zoom = min_zoom.value_or(0);
    TileSet set;
    set.tiles = cut_tiles(session.composite(), layers, options);
    set.min_zoom = options.min_zoom;
    set.max_zoom = options.max_zoom;
    set.bounds = bounds_of(session.composite(), layers);
    describe(session, layers, options, set);
    std::size_t features = 0;
    for (const TileLayer& layer : layers) features += layer.features.size();
    const TileFileSize size = write_tiles(output, set, existing);
    fmt::print(
        stderr,
        "{}: {} tiles of zooms {} to {}, {} features in {}; {:.2f} MB, the largest tile {} kB ({}/{}/{})\n",
        output.string(), set.tiles.size(), set.min_zoom, set.max_zoom, features,
        fmt::join(names_of(layers), ", "), static_cast<double>(size.bytes) / 1e6,
        (size.largest_bytes + 999) / 1000, size.largest.zoom, size.largest.x, size.largest.y);
  }

 private:
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
      set.attribution +=
          (set.attribution.empty() ? "" : "; ") + (source.title.empty() ? source.id : source.title);
    }
    for (const TileLayer& layer : layers) {
      set.layers.push_back({layer.name,
                            fmt::format("{}: ground of a holder from t0 until before t1", set.name),
                            fields_of(layer)});
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
      ->add_option("--max-zoom", state->max_zoom,
                   "greatest zoom, which clients enlarge (default: that at which half of all "
                   "lines are eight pixels long)")
      ->check(CLI::Range(0, kMaxZoom));
  command
      ->add_option("-o,--output", state->output,
                   "what to write: a PMTiles archive, or without ending a folder z/x/y.mvt")
      ->type_name("FILE.pmtiles|DIR")
      ->required();
  command->add_flag("--overwrite", state->overwrite, "replace what exists");
  command->callback([state, command] {
    state->is_theme_given = command->count("--theme") > 0;
    state->run();
  });
}

}  // namespace marchland::cli
