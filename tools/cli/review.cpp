// marchland review: what publishing a new state of an atlas would change against a composite that was built.
#include "tools/cli/commands.h"
#include "tools/cli/feature_output.h"
#include "tools/cli/query.h"
#include <marchland/analysis/dissolve.h>
#include <marchland/analysis/review.h>
#include <marchland/base/error.h>
#include <marchland/io/read_atlas.h>
#include <marchland/io/write_composite.h>

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>

namespace marchland::cli {
namespace {

/// Rows of a long list that people are shown; programs get all of them.
constexpr std::size_t kShown = 20;

struct ReviewCommand {
  QueryOptions query;
  OutputOptions output;
  std::filesystem::path against;

  void run() const {
    output.check();
    const AreaMethod method = AreaMethod::parse(query.method);
    const Theme theme = parse_theme(query.theme);
    std::optional<tbb::global_control> threads;
    if (query.threads > 0) threads.emplace(tbb::global_control::max_allowed_parallelism, query.threads);
    check_outputs();
    // Both of the time that either has.
    Composite published = read_composite(against, Load::with_areas);
    std::string published_content = stated_content_hash(against);
    const Composite next = load(query.atlas, published.atlas().window);
    const TimeWindow& window = next.atlas().window;
    refuse_part_of_harmonised(published.atlas(), against);
    refuse_part_of_harmonised(next.atlas(), query.atlas);
    if (window.when != published.atlas().window.when) {
      published = build_within(published.atlas(), window, build_options(query));
      published_content = content_hash(published);
    }
    const std::string next_content = content_hash(next);
    Scope scope;
    for (const std::string& id : query.regions) scope.regions.push_back(find_region(next.atlas(), id));

    const auto statements = compare_statements(published.atlas(), next.atlas());
    const auto declarations = compare_declarations(published.atlas(), next.atlas());
    const Review review(published.atlas(), next.atlas(), build_options(query));
    const FaceAreas measured = method.name() == review.composite().areas().method
                                   ? review.composite().areas()
                                   : measure_faces(review.composite(), method);
    const Review::Differences differences = review.differences(measured, theme, scope);
    const Findings appeared = findings_beyond(next.findings(), published.findings());
    const Findings vanished = findings_beyond(published.findings(), next.findings());
    const bool is_different = !statements.empty() || !declarations.empty() ||
                              !differences.revisions.empty() || !appeared.empty() || !vanished.empty() ||
                              published_content != next_content;

    const Atlas& atlas = next.atlas();
    const auto date = [&](Instant at) {
      return Interval::since(at).has_from() && Interval::until(at).has_to()
                 ? Json(format_instant(at, atlas.days))
                 : Json(nullptr);
    };
    const auto published_until = review.published_until();
    const auto kind_of = [&](const Interval& when) { return review.is_new(when) ? "new" : "corrected"; };

    Report report;
    report.head["atlas"] = atlas.id;
    report.head["checksum"] = atlas.checksum;
    report.head["against"] = {{"file", against.string()},
                              {"checksum", published.atlas().checksum},
                              {"content_sha256", published_content}};
    report.head["content_sha256"] = next_content;
    report.head["different"] = is_different;
    report.head["method"] = method.name();
    report.head["grid"] = "1e-7 degree";
    report.head["unit"] = "m2";
    report.head["rule"] = to_string(atlas.rule);
    report.head["theme"] = to_string(theme);
    if (atlas.harmonise.value() > 0) report.head["harmonise_m"] = atlas.harmonise.value();
    if (window.when.has_from()) report.head["since"] = date(window.when.from());
    if (window.when.has_to()) report.head["until"] = date(window.when.to());
    report.head["published_until"] = published_until ? date(*published_until) : Json(nullptr);

    Table figures{"rows",
                  "figures that change",
                  {{"kind", ""},
                   {"from", "from", Column::Kind::date},
                   {"to", "to", Column::Kind::date},
                   {"actor", "actor"},
                   {"before_m2", "before", Column::Kind::area},
                   {"after_m2", "after", Column::Kind::area},
                   {"difference_m2", "difference", Column::Kind::area}},
                  Json::array()};
    for (const FigureChange& f : differences.figures) {
      figures.rows.push_back({{"kind", kind_of(f.when)},
                              {"from", date(f.when.from())},
                              {"to", date(f.when.to())},
                              {"actor", holder_json(f.holder)},
                              {"before_m2", square_meters(f.before)},
                              {"after_m2", square_meters(f.after)},
                              {"difference_m2", square_meters(f.after - f.before)}});
    }
    Table revisions{"revisions",
                    "ground that the two give to different holders",
                    {{"kind", ""},
                     {"from", "from", Column::Kind::date},
                     {"to", "to", Column::Kind::date},
                     {"before", "before"},
                     {"after", "after"},
                     {"area_m2", "area", Column::Kind::area}},
                    Json::array()};
    for (const Revision& r : differences.revisions) {
      revisions.rows.push_back({{"kind", kind_of(r.when)},
                                {"from", date(r.when.from())},
                                {"to", date(r.when.to())},
                                {"before", holder_json(r.before)},
                                {"after", holder_json(r.after)},
                                {"area_m2", square_meters(r.area)}});
    }
    Table places{"places",
                 "places that the two give to different holders",
                 {{"kind", ""},
                  {"from", "from", Column::Kind::date},
                  {"to", "to", Column::Kind::date},
                  {"name", "place"},
                  {"before", "before"},
                  {"after", "after"}},
                 Json::array()};
    for (const PlaceRevision& p : differences.places) {
      const Place& place = atlas.places[p.place];
      places.rows.push_back({{"kind", kind_of(p.when)},
                             {"from", date(p.when.from())},
                             {"to", date(p.when.to())},
                             {"name", place.name},
                             {"before", holder_json(p.before)},
                             {"after", holder_json(p.after)},
                             {"lon", place.lon.value()},
                             {"lat", place.lat.value()}});
    }
    Table changes{
        "statements",
        "statements",
        {{"kind", ""}, {"layer", "layer"}, {"id", "statement"}, {"what", "differs in"}, {"by", "by"}},
        Json::array()};
    std::map<std::string_view, std::size_t> counts;
    for (const StatementChange& s : statements) {
      ++counts[to_string(s.kind)];
      changes.rows.push_back({{"kind", to_string(s.kind)},
                              {"layer", s.layer},
                              {"id", s.id},
                              {"what", Json(s.what)},
                              {"by", holder_json(s.by)}});
    }
    Table findings{"findings",
                   "findings",
                   {{"kind", ""},
                    {"severity", "severity"},
                    {"code", "code"},
                    {"statement", "statement"},
                    {"text", "text"}},
                   Json::array()};
    for (const auto& [list, kind] : {std::pair(&appeared, "appeared"), std::pair(&vanished, "vanished")}) {
      for (const Finding& f : *list) {
        findings.rows.push_back({{"kind", kind},
                                 {"severity", to_string(f.severity)},
                                 {"code", f.code},
                                 {"statement", holder_json(f.statement)},
                                 {"at", holder_json(f.at)},
                                 {"text", f.text}});
      }
    }
    report.head["declarations"] = Json(declarations);
    for (const auto& [kind, count] : counts)
      report.notes.push_back(fmt::format("{} statement(s) {}", count, kind));
    for (const std::string& name : declarations)
      report.notes.push_back(fmt::format("declared otherwise: {}", name));
    report.notes.push_back(fmt::format("{} against {} (content {}), method {}", atlas.id, against.string(),
                                       published_content.substr(0, 12), method.name()));
    if (published_until) {
      report.notes.push_back(fmt::format(
          "published until {}: what differs of that time is a correction, what comes after is new",
          format_instant(*published_until, atlas.days)));
    }
    if (window.when != Interval())
      report.notes.emplace_back("of the window of time only that one of the two was built of");
    if (std::find_if(declarations.begin(), declarations.end(), [](const std::string& name) {
          return name == "study_area" || name == "regions" || name == "places";
        }) != declarations.end()) {
      report.notes.emplace_back(
          "study area, regions and places are those of the new state: figures before are measured inside "
          "them too, and "
          "can differ from those that were published");
    }
    if (!is_different) report.notes.emplace_back("nothing would change");
    report.tables = {std::move(figures), std::move(revisions), std::move(places), std::move(changes),
                     std::move(findings)};
    for (Table& table : report.tables) {
      table.shown_when_empty = false;
      table.shown_rows = kShown;
    }

    Provenance origin = provenance(atlas, method.name());
    origin.extra.emplace_back("command", "review");
    origin.extra.emplace_back("against", published_content);
    if (!output.geometry.empty()) write_polygons(review, differences, theme, scope, origin, kind_of);
    output.write(report, origin);
    if (is_different) throw ExitWith{4};
  }

 private:
  /// Of the time that was published.
  [[nodiscard]] Composite load(const std::filesystem::path& path, const TimeWindow& window) const {
    if (path.extension() == ".gpkg" || is_composite_file(path)) {
      Composite loaded = read_composite(path, Load::with_areas);
      if (!query.as_of.empty() || query.is_public)
        return build_within(known_atlas(query, loaded.atlas()), window, build_options(query));
      if (window.is_all() || loaded.atlas().window.when == window.when) return loaded;
      refuse_part_of_harmonised(loaded.atlas(), path);
      return build_within(loaded.atlas(), window, build_options(query));
    }
    Atlas atlas = known_atlas(query, read_atlas(path));
    if (!window.is_all()) return build_within(atlas, window, build_options(query));
    return build_composite(std::move(atlas), build_options(query));
  }

  /// None may replace what is compared.
  void check_outputs() const {
    for (const std::filesystem::path& written : {output.output, output.geometry}) {
      if (is_same_file(written, against) || is_same_file(written, query.atlas))
        throw InvalidArgument(fmt::format("{}: is what is compared; choose another name", written.string()));
    }
  }

  template <class Kind>
  void write_polygons(const Review& review, const Review::Differences& differences, Theme theme,
                      const Scope& scope, const Provenance& origin, Kind kind_of) const {
    FeatureSet set{"review",
                   "Ground that the two states give to different holders",
                   {{"kind", FeatureField::Type::text},
                    {"before", FeatureField::Type::text},
                    {"after", FeatureField::Type::text},
                    {"theme", FeatureField::Type::text},
                    {"from", FeatureField::Type::instant},
                    {"to", FeatureField::Type::instant},
                    {"area_m2", FeatureField::Type::real}},
                   {}};
    const auto text = [](const std::string& value) {
      return value.empty() ? FieldValue{} : FieldValue{value};
    };
    std::size_t vanished = 0;  // between two positions of seven decimals
    for (const Review::Division& division : review.divisions(differences, theme, scope)) {
      for (Dissolved& piece : dissolve(review.composite(), division.faces)) {
        const Revision& r = differences.revisions[piece.category - 1];
        if (piece.area.empty()) {
          ++vanished;
          continue;
        }
        set.features.push_back(
            {{std::string(kind_of(r.when)), text(r.before), text(r.after), std::string(to_string(theme)),
              r.when.has_from() ? FieldValue{r.when.from()} : FieldValue{},
              r.when.has_to() ? FieldValue{r.when.to()} : FieldValue{}, square_meters(r.area)},
             std::move(piece.area)});
      }
    }
    fmt::print(
        stderr, "{}",
        text_dates_note(output.geometry, write_features(output.geometry, {set}, origin, output.existing())));
    if (vanished > 0) {
      fmt::print(stderr,
                 "{}: {} of the revisions vanished between two positions of 7 decimals and have no polygon\n",
                 output.geometry.string(), vanished);
    }
  }
};

}  // namespace

void add_review(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "review", "What a new state of an atlas would change against a composite; exit 4 if anything");
  const auto state = std::make_shared<ReviewCommand>();
  command
      ->add_option("ATLAS", state->query.atlas,
                   "new state: folder with an atlas.toml, the manifest itself, or a composite (.gpkg)")
      ->required();
  state->query.declare_limits(*command);
  state->query.declare_knowledge(*command);
  command->add_option("--against", state->against, "composite that was published")
      ->required()
      ->type_name("FILE.gpkg");
  command->add_option("--theme", state->query.theme, "control, claim, border or zone")->capture_default_str();
  command->add_option("--region", state->query.regions, "only inside these regions")->delimiter(',');
  command
      ->add_option("--method", state->query.method,
                   "lonlat, geodesic, sphere:R, sphere:R,arcs or crs:DEFINITION, for instance crs:EPSG:6933")
      ->capture_default_str();
  state->output.declare(*command);
  state->output.declare_geometry(*command, "ground that the two give to different holders");
  command->callback([state] { state->run(); });
}

}  // namespace marchland::cli
