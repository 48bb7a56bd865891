// marchland figures: an atlas held against what others have printed about the same ground.
#include "tools/cli/figures.h"

#include "tools/cli/commands.h"
#include <marchland/analysis/changes.h>
#include <marchland/analysis/groups.h>
#include <marchland/base/error.h>
#include <marchland/io/manifest.h>
#include <marchland/io/read_composite.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <memory>

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

class Answers {
 public:
  explicit Answers(const Session& session) : session_(session), holders_(session.holders()) {}

  /// In km2, or in per cent where the figure is a share.
  [[nodiscard]] double value(const PublishedFigure& figure) const {
    const AreaUnits counted = figure.kind == PublishedFigure::Kind::changed ? changed(figure) : area(figure);
    if (!figure.is_share) return square_meters(counted) / 1e6;
    const double whole = denominator(figure);
    if (whole <= 0) throw InvalidData(fmt::format("{}: of: '{}' is nothing", figure.place, figure.of));
    return 100.0 * square_meters(counted) / whole;
  }

 private:
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

  [[nodiscard]] AreaUnits region_area(const Scope& scope) const {
    const std::vector<bool> inside = faces_in_scope(session_.composite(), scope);
    AreaUnits sum = 0;
    for (std::size_t face = 0; face < inside.size(); ++face) {
      if (inside[face]) sum += session_.areas()[static_cast<FaceIndex>(face)];
    }
    return sum;
  }

  [[nodiscard]] AreaUnits held(const PublishedFigure& figure, Instant at, const Scope& scope) const {
    const AreaOptions options{scope, false, is_group(figure, "holder", figure.holder)};
    AreaUnits sum = 0;
    for (const AreaRow& row : areas(session_.composite(), session_.areas(), holders_, {at}, options)) {
      if (row.holder == figure.holder) sum += row.area;
    }
    return sum;
  }

  [[nodiscard]] AreaUnits area(const PublishedFigure& figure) const {
    if (figure.holder.empty()) return region_area(scope(figure));
    return held(figure, instant(figure, "at", figure.at), scope(figure));
  }

  [[nodiscard]] AreaUnits changed(const PublishedFigure& figure) const {
    const Instant from = instant(figure, "from", figure.from);
    const Instant to = instant(figure, "to", figure.to);
    const bool by_group = is_group(figure, "holder", figure.holder);
    if (!figure.passed_to.empty() && is_group(figure, "passed_to", figure.passed_to) != by_group) {
      throw InvalidData(
          fmt::format("{}: passed_to: '{}' and the holder '{}' must both be actors or both groups",
                      figure.place, figure.passed_to, figure.holder));
    }
    const Atlas& atlas = session_.atlas();
    const Changes found = changes(session_.composite(), session_.areas(), holders_, from, to, scope(figure));
    AreaUnits sum = 0;
    for (const NamedTransition& passed :
         by_name(found.transitions, holder_names(holders_, atlas, from, by_group),
                 holder_names(holders_, atlas, to, by_group))) {
      if (passed.from != figure.holder || passed.to == figure.holder) continue;
      if (figure.passed_to.empty() || passed.to == figure.passed_to) sum += passed.area;
    }
    return sum;
  }

  /// In square metres.
  [[nodiscard]] double denominator(const PublishedFigure& figure) const {
    const std::string& of = figure.of;
    if (of == "held")
      return square_meters(
          held(figure, instant(figure, "of", figure.at.empty() ? figure.from : figure.at), {}));
    constexpr std::string_view kHeldAt = "held@";
    if (of.starts_with(kHeldAt))
      return square_meters(held(figure, instant(figure, "of", of.substr(kHeldAt.size())), {}));
    double km2 = 0.0;
    const auto [end, error] = std::from_chars(of.data(), of.data() + of.size(), km2);
    if (error == std::errc{} && end == of.data() + of.size()) return km2 * 1e6;
    return square_meters(
        region_area({{look_up(figure, "of", [&] { return find_region(session_.atlas(), of); })}}));
  }

  const Session& session_;
  Holders holders_;
};

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
          fmt::format("{}: declares no published figures; name a file with --figures FILE, or in "
                      "[atlas] of its manifest figures = \"FILE\"",
                      query.atlas.string()));
    }
    const Session session(query);
    const FiguresReport answer = figures_report(session, read_published_figures(file));
    output.write(answer.report, provenance(session, "figures"));
    if (answer.unexplained > 0) throw ExitWith{4};
  }
};

}  // namespace

std::filesystem::path figures_of(const std::filesystem::path& atlas) {
  if (atlas.extension() == ".gpkg" || is_composite_file(atlas)) return {};
  const Manifest manifest = read_manifest(atlas);
  if (!manifest.figures) return {};
  return manifest.path.parent_path() / *manifest.figures;
}

FiguresReport figures_report(const Session& session, const std::vector<PublishedFigure>& figures) {
  const Answers answers(session);
  FiguresReport result{{session.head(), {}, session.notes()}, 0};
  Table table{"rows",
              "",
              {{"title", "figure"},
               {"printed", "published"},
               {"value", "here", Column::Kind::number},
               {"unit", "unit"},
               {"agrees", "agrees"},
               {"source", "published by"},
               {"reason", "why they differ"}},
              Json::array()};
  for (const PublishedFigure& figure : figures) {
    const double value = answers.value(figure);
    const bool is_inside = figure.low <= value && value <= figure.high;
    Json row;
    row["figure"] = figure.id;
    row["title"] = figure.title;
    row["printed"] = figure.printed;
    row["low"] = figure.low;
    row["high"] = figure.high;
    row["value"] = value;
    row["unit"] = figure.is_share ? "%" : "km2";
    row["agrees"] = is_inside ? "yes" : "no";
    Json sources = Json::array();
    for (const std::string& id : figure.sources) {
      look_up(figure, "source", [&] { return find_source(session.atlas(), id); });
      sources.push_back(id);
    }
    row["source"] = std::move(sources);
    row["reason"] = figure.reason;
    table.rows.push_back(std::move(row));
    if (is_inside || !figure.reason.empty()) continue;
    ++result.unexplained;
    result.report.notes.insert(result.report.notes.begin(),
                               fmt::format("{}: '{}' differs from what is published, and no reason is given",
                                           figure.place, figure.id));
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
  state->output.declare(*command);
  command->callback([state] { state->run(); });
}

}  // namespace marchland::cli
