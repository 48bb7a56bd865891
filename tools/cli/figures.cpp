// marchland figures: an atlas held against what others have printed about the same ground.
#include "tools/cli/figures.h"

#include "tools/cli/bands.h"
#include "tools/cli/commands.h"
#include <marchland/analysis/changes.h>
#include <marchland/analysis/groups.h>
#include <marchland/analysis/noise_floor.h>
#include <marchland/analysis/positional_error.h>
#include <marchland/base/error.h>
#include <marchland/io/manifest.h>
#include <marchland/io/read_composite.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string_view>

namespace marchland::cli {

namespace {

/// A name of the table that the atlas does not know is wrong data, not a wrong command.
template <class Look>
auto look_up(const PublishedFigure& figure, const char* column, Look look) {
  try {
    return look();
  } catch (const Error& error) {
    throw InvalidData(fmt::format("{}: {}: {}", figure.place, column, error.what()));
  }
}

bool is_composite(const std::filesystem::path& atlas) {
  return atlas.extension() == ".gpkg" || is_composite_file(atlas);
}

/// A figure of this atlas, in the unit of the published one, and where it lies with 95 % as far as lines go.
struct Answer {
  double value = 0.0;
  std::optional<Band> band;
};

/// Parts of the ground at a date, by the names that holders have then.
struct Divided {
  Instant at;
  std::vector<std::string> names;
};

class Answers {
 public:
  explicit Answers(const Session& session) : session_(session) {}

  [[nodiscard]] Answer answer(const PublishedFigure& figure) {
    const AreaUnits counted = figure.kind == PublishedFigure::Kind::changed ? changed(figure) : area(figure);
    const double area = square_meters(counted);
    const double whole = figure.is_share ? denominator(figure) : 0.0;
    if (figure.is_share && whole <= 0)
      throw InvalidData(fmt::format("{}: of: '{}' is nothing", figure.place, figure.of));
    const double unit = figure.is_share ? whole / 100.0 : 1e6;
    const std::optional<AreaError> error = error_of(figure, area, whole);
    // Where no drawn line bounds what is counted, nothing is known of how sure it is: a region's border is a
    // definition here.
    if (!error || !error->is_known() || error->lines.value() == 0.0) return {area / unit, std::nullopt};
    const double most = figure.is_share && is_of_held(figure) ? whole : std::numeric_limits<double>::max();
    const Band band = band_of(area, *error, 0.0, most);
    return {area / unit, Band{band.low / unit, band.high / unit}};
  }

  /// The question, so that whoever has the answer can ask it again: dates as tables write them.
  [[nodiscard]] Json asked(const PublishedFigure& figure) const {
    const bool is_change = figure.kind == PublishedFigure::Kind::changed;
    Json out{{"kind", is_change ? "changed" : "area"}, {"theme", to_string(figure.theme)}};
    const auto put = [&](const char* key, const std::string& text) {
      if (!text.empty()) out[key] = text;
    };
    const auto put_date = [&](const char* key, const std::string& text) {
      if (!text.empty()) out[key] = session_.date(instant(figure, key, text));
    };
    put("holder", figure.holder);
    put("passed_to", figure.passed_to);
    put_date("at", figure.at);
    put_date("from", figure.from);
    put_date("to", figure.to);
    if (!figure.regions.empty()) out["region"] = figure.regions;
    if (!figure.is_share) return out;
    double km2 = 0.0;
    const std::string& of = figure.of;
    const auto [end, error] = std::from_chars(of.data(), of.data() + of.size(), km2);
    if (error == std::errc{} && end == of.data() + of.size()) {
      out["of"] = km2;
    } else {
      put("of", is_of_held(figure) ? kHeld : of);
    }
    if (is_of_held(figure)) out["of_at"] = session_.date(held_at(figure));
    return out;
  }

 private:
  static bool is_of_held(const PublishedFigure& figure) {
    return figure.of == kHeld || figure.of.starts_with(kHeldAt);
  }

  [[nodiscard]] Scope scope(const PublishedFigure& figure) const {
    Scope scope;
    for (const std::string& id : figure.regions)
      scope.regions.push_back(look_up(figure, "region", [&] { return find_region(session_.atlas(), id); }));
    return scope;
  }
  /// Whether a group is meant; the name is an actor's or a group's.
  [[nodiscard]] bool is_group(const PublishedFigure& figure, const char* column,
                              const std::string& name) const {
    const auto& actors = session_.atlas().actors;
    if (std::any_of(actors.begin(), actors.end(), [&](const Actor& actor) { return actor.id == name; }))
      return false;
    const auto has = [&](const GroupMembership& membership) { return membership.group == name; };
    const auto belongs = [&](const Actor& actor) {
      return std::any_of(actor.groups.begin(), actor.groups.end(), has);
    };
    if (std::any_of(actors.begin(), actors.end(), belongs)) return true;
    return look_up(figure, column,
                   [&] { return static_cast<void>(find_actor(session_.atlas(), name)), false; });
  }
  [[nodiscard]] Instant instant(const PublishedFigure& figure, const char* column,
                                const std::string& text) const {
    return look_up(figure, column, [&] { return session_.instant(text); });
  }
  /// What is asked and what bands of it are made from; one of each theme.
  struct ByTheme {
    ByTheme(const Session& session, Theme theme) : holders(session.holders(theme)) {
      if (session.has_bands(theme)) bands.emplace(session, holders);
    }
    Holders holders;
    std::optional<Bands> bands;
  };
  [[nodiscard]] const ByTheme& of_theme(const PublishedFigure& figure) {
    std::unique_ptr<ByTheme>& known = by_theme_[figure.theme];
    if (!known) known = std::make_unique<ByTheme>(session_, figure.theme);
    return *known;
  }
  [[nodiscard]] Divided divided(const PublishedFigure& figure, Instant at) {
    const bool by_group = is_group(figure, "holder", figure.holder);
    return {at, holder_names(of_theme(figure).holders, session_.atlas(), at, by_group)};
  }

  [[nodiscard]] AreaUnits region_area(const Scope& scope) const {
    const std::vector<bool> inside = faces_in_scope(session_.composite(), scope);
    AreaUnits sum = 0;
    for (std::size_t face = 0; face < inside.size(); ++face) {
      if (inside[face]) sum += session_.areas()[static_cast<FaceIndex>(face)];
    }
    return sum;
  }

  [[nodiscard]] AreaUnits held(const PublishedFigure& figure, Instant at, const Scope& scope) {
    const AreaOptions options{scope, false, is_group(figure, "holder", figure.holder)};
    const Holders& holders = of_theme(figure).holders;
    AreaUnits sum = 0;
    for (const AreaRow& row : areas(session_.composite(), session_.areas(), holders, {at}, options)) {
      if (row.holder == figure.holder) sum += row.area;
    }
    return sum;
  }

  [[nodiscard]] AreaUnits area(const PublishedFigure& figure) {
    if (figure.holder.empty()) return region_area(scope(figure));
    return held(figure, instant(figure, "at", figure.at), scope(figure));
  }

  [[nodiscard]] AreaUnits changed(const PublishedFigure& figure) {
    const bool by_group = is_group(figure, "holder", figure.holder);
    if (!figure.passed_to.empty() && is_group(figure, "passed_to", figure.passed_to) != by_group) {
      throw InvalidData(
          fmt::format("{}: passed_to: '{}' and the holder '{}' must both be actors or both groups",
                      figure.place, figure.passed_to, figure.holder));
    }
    const Divided before = divided(figure, instant(figure, "from", figure.from));
    const Divided after = divided(figure, instant(figure, "to", figure.to));
    const Changes found = changes(session_.composite(), session_.areas(), of_theme(figure).holders, before.at,
                                  after.at, scope(figure));
    AreaUnits sum = 0;
    for (const NamedTransition& passed : by_name(found.transitions, before.names, after.names)) {
      if (passed.from != figure.holder || passed.to == figure.holder) continue;
      if (figure.passed_to.empty() || passed.to == figure.passed_to) sum += passed.area;
    }
    return sum;
  }

  /// The date that a share of what was held is of.
  [[nodiscard]] Instant held_at(const PublishedFigure& figure) const {
    if (figure.of != kHeld) return instant(figure, "of", figure.of.substr(std::string_view(kHeldAt).size()));
    return instant(figure, "of", figure.at.empty() ? figure.from : figure.at);
  }
  /// In square metres.
  [[nodiscard]] double denominator(const PublishedFigure& figure) {
    const std::string& of = figure.of;
    if (is_of_held(figure)) return square_meters(held(figure, held_at(figure), {}));
    double km2 = 0.0;
    const auto [end, error] = std::from_chars(of.data(), of.data() + of.size(), km2);
    if (error == std::errc{} && end == of.data() + of.size()) return km2 * 1e6;
    return square_meters(
        region_area({{look_up(figure, "of", [&] { return find_region(session_.atlas(), of); })}}));
  }

  /// Of what is counted, in square metres; of a share of what was held, with the error of that. Nothing where
  /// no source states the accuracy of lines, or nothing drawn is asked for.
  [[nodiscard]] std::optional<AreaError> error_of(const PublishedFigure& figure, double area, double whole) {
    if (figure.holder.empty() || !of_theme(figure).bands) return std::nullopt;
    const bool is_change = figure.kind == PublishedFigure::Kind::changed;
    const double ratio = is_of_held(figure) ? area / whole : 0.0;
    const bool has_own_scope = !figure.regions.empty();
    const Instant at = instant(figure, is_change ? "from" : "at", is_change ? figure.from : figure.at);
    // Both are measured on the same ground: their errors go together.
    const bool goes_together = is_of_held(figure) && !has_own_scope && (!is_change || held_at(figure) == at);
    AreaError error = is_change       ? change_error(figure, goes_together ? ratio : 0.0)
                      : goes_together ? two_dates(figure, held_at(figure), at, figure.holder,
                                                  {{{0.0, 1.0}, {-ratio, 1.0 - ratio}}})
                                      : one_date(figure, at, scope(figure));
    if (is_of_held(figure) && !goes_together) {
      const AreaError of_whole = one_date(figure, held_at(figure), {});
      error.sd = SquareMeters(std::hypot(error.sd.value(), ratio * of_whole.sd.value()));
      error.excess = SquareMeters(error.excess.value() - ratio * of_whole.excess.value());
      error.without_sigma += of_whole.without_sigma;
    }
    return error;
  }
  [[nodiscard]] AreaError one_date(const PublishedFigure& figure, Instant at, const Scope& scope) {
    const Bands& bands = *of_theme(figure).bands;
    const Divided held = divided(figure, at);
    const DrawnGround ground = bands.ground(at, held.names);
    return bands.within(scope).of(ground, Bands::part_of(held.names, figure.holder));
  }
  [[nodiscard]] AreaError two_dates(const PublishedFigure& figure, Instant first, Instant second,
                                    const std::string& in_second, const OverlapWeights& weights) {
    const Bands& bands = *of_theme(figure).bands;
    const Divided before = divided(figure, first);
    const Divided after = divided(figure, second);
    const DrawnGround ground = bands.ground(first, before.names);
    const DrawnGround later = bands.ground(second, after.names);
    return bands.within(scope(figure))
        .of(ground, Bands::part_of(before.names, figure.holder), later,
            Bands::part_of(after.names, in_second), weights);
  }
  /// `ratio`: of a share of what was held at the first date; else 0.
  [[nodiscard]] AreaError change_error(const PublishedFigure& figure, double ratio) {
    const Instant from = instant(figure, "from", figure.from);
    const Instant to = instant(figure, "to", figure.to);
    const bool to_anyone = figure.passed_to.empty();
    const OverlapWeights weights = to_anyone ? OverlapWeights{{{0.0, 0.0}, {1.0 - ratio, -ratio}}}
                                             : OverlapWeights{{{0.0, 0.0}, {-ratio, 1.0 - ratio}}};
    const AreaError error =
        two_dates(figure, from, to, to_anyone ? figure.holder : figure.passed_to, weights);
    // What drawing the same line anew would yield is in it as well; no more than either side's line yields.
    const Holders& holders = of_theme(figure).holders;
    const std::vector<NoiseFloor> floors =
        noise_floors(session_.composite(), holders, from, to, scope(figure));
    const NoiseFloor lost = floor_of(floors, divided(figure, from).names, figure.holder);
    if (to_anyone) return gross(error, lost);
    const NoiseFloor gained = floor_of(floors, divided(figure, to).names, figure.passed_to);
    return gross(error, gained.area < lost.area ? gained : lost);
  }
  static NoiseFloor floor_of(const std::vector<NoiseFloor>& floors, const std::vector<std::string>& names,
                             const std::string& name) {
    NoiseFloor sum;
    for (HolderIndex h = 0; h < floors.size(); ++h) {
      if (names[h] != name) continue;
      sum.area += floors[h].area;
      sum.without_sigma += floors[h].without_sigma;
    }
    return sum;
  }

  static constexpr const char* kHeld = "held";
  static constexpr const char* kHeldAt = "held@";
  const Session& session_;
  std::map<Theme, std::unique_ptr<ByTheme>> by_theme_;
};

/// Whether a band is too wide to contradict anything: it would agree with any figure from nothing on, or
/// leaves more open than the figure itself says.
bool says_nothing(const Answer& answer) {
  return answer.band && (answer.band->low <= 0.0 || answer.band->high - answer.band->low > answer.value);
}

/// What the table says of a figure and ours: "yes", "within the band", "no test" or "no".
std::string_view agreement(const PublishedFigure& figure, const Answer& answer) {
  const double high = figure.high.value_or(std::numeric_limits<double>::infinity());
  const bool is_inside = figure.low <= answer.value && answer.value <= high;
  const bool is_reached = answer.band && answer.band->low <= high && figure.low <= answer.band->high;
  if (!is_inside && !is_reached) return "no";
  if (says_nothing(answer)) return "no test";
  return is_inside ? "yes" : "within the band";
}

/// Those that are known; for the public, those that are for it.
std::vector<std::string> shown_sources(const Atlas& atlas, const PublishedFigure& figure) {
  std::vector<std::string> shown;
  for (const std::string& id : figure.sources) {
    const bool is_known = std::any_of(atlas.sources.begin(), atlas.sources.end(),
                                      [&](const Source& source) { return source.id == id; });
    if (!is_known && atlas.knowledge.is_public) continue;
    if (!is_known) look_up(figure, "source", [&] { return find_source(atlas, id); });
    shown.push_back(id);
  }
  return shown;
}

bool is_in_window(const Atlas& atlas, const PublishedFigure& figure) {
  if (atlas.window.when == Interval()) return true;
  constexpr std::string_view kAt = "held@";
  const std::string of = figure.of.starts_with(kAt) ? figure.of.substr(kAt.size()) : "";
  for (const std::string* text : {&figure.at, &figure.from, &figure.to, &of}) {
    if (!text->empty() &&
        !atlas.window.when.contains(look_up(figure, "at", [&] { return resolve_date(atlas, *text); })))
      return false;
  }
  return true;
}

struct FiguresCommand {
  QueryOptions query;
  OutputOptions output;
  std::filesystem::path figures;

  void run() const {
    output.check();
    query.refuse_two_layer("figures");
    const auto file = figures.empty() ? figures_of(query.atlas) : figures;
    if (file.empty()) {
      throw InvalidArgument(
          fmt::format("{}: {}; name a file with --figures FILE{}", query.atlas.string(),
                      is_composite(query.atlas) ? "is a composite, and published figures stay in the folder"
                                                : "declares no published figures",
                      is_composite(query.atlas) ? "" : ", or in [atlas] of its manifest figures = \"FILE\""));
    }
    const Session session(query);
    const FiguresReport answer = figures_report(session, read_published_figures(file));
    output.write(answer.report, provenance(session, "figures"));
    if (answer.unexplained > 0) throw ExitWith{4};
  }
};

}  // namespace

std::filesystem::path figures_of(const std::filesystem::path& atlas) {
  if (is_composite(atlas)) return {};
  const Manifest manifest = read_manifest(atlas);
  if (!manifest.figures) return {};
  return manifest.path.parent_path() / *manifest.figures;
}

FiguresReport figures_report(const Session& session, const std::vector<PublishedFigure>& figures) {
  Answers answers(session);
  FiguresReport result{{session.head(), {}, session.notes()}, 0};
  Table table{"rows",
              "",
              {{"title", "figure"},
               {"printed", "published"},
               {"value", "here", Column::Kind::number},
               {"low_value", "95 %", Column::Kind::number_band, true, "low_value", "high_value"},
               {"unit", "unit"},
               {"agrees", "agrees"},
               {"source", "published by"},
               {"reason", "why they differ"}},
              Json::array()};
  bool has_band = false;
  std::vector<std::string> left_out;
  for (const PublishedFigure& figure : figures) {
    const std::vector<std::string> sources = shown_sources(session.atlas(), figure);
    if (sources.empty() && !figure.sources.empty()) continue;  // published by what is not for the public
    if (!is_in_window(session.atlas(), figure)) {
      left_out.push_back(figure.id);
      continue;
    }
    const Answer answer = answers.answer(figure);
    const std::string_view agrees = agreement(figure, answer);
    has_band = has_band || answer.band;
    Json row;
    row["figure"] = figure.id;
    row["title"] = figure.title;
    row["printed"] = figure.printed;
    row["low"] = figure.low;
    row["high"] = figure.high ? Json(*figure.high) : Json(nullptr);
    row["value"] = answer.value;
    row["low_value"] = answer.band ? Json(answer.band->low) : Json(nullptr);
    row["high_value"] = answer.band ? Json(answer.band->high) : Json(nullptr);
    row["unit"] = figure.is_share ? "%" : "km2";
    row["agrees"] = agrees;
    row["source"] = Json(sources);
    row["reason"] = figure.reason;
    row["asked"] = answers.asked(figure);
    table.rows.push_back(std::move(row));
    if (agrees != "no" || !figure.reason.empty()) continue;
    ++result.unexplained;
    result.report.notes.insert(result.report.notes.begin(),
                               fmt::format("{}: '{}' differs from what is published, and no reason is given",
                                           figure.place, figure.id));
  }
  if (!left_out.empty()) {
    result.report.notes.push_back(
        fmt::format("of other dates than --since and --until leave: {}", fmt::join(left_out, ", ")));
  }
  if (has_band) {
    result.report.notes.insert(result.report.notes.begin(), band_note());
  } else {
    std::erase_if(table.columns, [](const Column& column) { return column.key == "low_value"; });
  }
  result.report.tables.push_back(std::move(table));
  return result;
}

void add_figures(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "figures", "The atlas held against published figures, with the reasons for differences");
  const auto state = std::make_shared<FiguresCommand>();
  state->query.declare_statements(*command);
  command
      ->add_option("--method", state->query.method,
                   "lonlat, geodesic, sphere:R, sphere:R,arcs or crs:DEFINITION, for instance crs:EPSG:6933")
      ->capture_default_str();
  command
      ->add_option("--figures", state->figures,
                   "table of published figures (CSV; default: the atlas's own, `figures` in its manifest)")
      ->type_name("FILE");
  state->query.declare_bands(*command);
  state->output.declare(*command);
  command->callback([state] { state->run(); });
}

}  // namespace marchland::cli
