// marchland run: the main job. Tables, layers, rasters, pictures, the map, and an index of what was written.
#include "tools/cli/commands.h"
#include "tools/cli/declared.h"
#include "tools/cli/dwell.h"
#include "tools/cli/figures.h"
#include "tools/cli/layers.h"
#include "tools/cli/map_data.h"
#include "tools/cli/picture.h"
#include "tools/cli/reports.h"
#include "tools/cli/result_index.h"
#include "tools/cli/run_index.h"
#include "tools/cli/run_qgis.h"
#include "tools/cli/viewer_page.h"
#include <marchland/base/error.h>
#include <marchland/io/manifest.h>
#include <marchland/io/output_folder.h>
#include <marchland/io/write_composite.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <system_error>

namespace marchland::cli {
namespace {

namespace fs = std::filesystem;

/// A date of the report, and what files about it are called.
struct NamedDate {
  std::string name;
  std::string text;
  Instant at;
};

/// The periods that are instants; without any, the last two dates of the data.
std::vector<NamedDate> default_dates(const Session& session) {
  std::vector<NamedDate> dates;
  for (const Period& period : session.atlas().periods) {
    if (period.is_instant && session.atlas().window.when.contains(period.when.from()))
      dates.push_back({period.id, period.id, period.when.from()});
  }
  if (dates.empty()) {
    const auto series = series_dates(session.composite(), session.holders(), Step::change);
    for (std::size_t i = series.size() > 2 ? series.size() - 2 : 0; i < series.size(); ++i) {
      dates.push_back({session.date(series[i]), session.date(series[i]), series[i]});
    }
  }
  std::stable_sort(dates.begin(), dates.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  return dates;
}

struct RunCommand {
  QueryOptions query;
  fs::path output;
  std::vector<std::string> at;
  bool overwrite = false;
  double resolution = 0.0;

  void run() const {
    query.refuse_two_layer("run");
    OutputFolder folder(output, kResultIndex, overwrite ? Existing::overwrite : Existing::refuse);
    try {
      write(folder);
    } catch (const Error& error) {
      throw Error(error.code(), folder.in_place(error.what()));
    }
  }

  void write(OutputFolder& folder) const {
    // `check` looks at areas too.
    const Session session(query, Load::with_areas);
    std::vector<NamedDate> dates;
    for (const std::string& text : at) {
      // A date given twice is one.
      if (std::none_of(dates.begin(), dates.end(), [&](const NamedDate& d) { return d.name == text; }))
        dates.push_back({text, text, session.instant(text)});
    }
    if (dates.empty()) dates = default_dates(session);
    std::vector<Instant> instants;
    for (const NamedDate& date : dates) instants.push_back(date.at);
    std::vector<ResultFile> written;
    std::string summary;
    std::vector<ResultAnswer> answers;

    std::vector<std::string> names;
    for (const NamedDate& date : dates) names.push_back(date.name);

    const auto write_tables = [&](const std::string& name, const std::string& what, const Report& report,
                                  Json made = {}) {
      write_file(folder.file("tables/" + name + ".csv"), render(report, {Format::csv, {}, 2}),
                 Existing::refuse);
      write_file(folder.file("tables/" + name + ".json"), render(report, {Format::json, {}, 2}),
                 Existing::refuse);
      written.push_back({"tables/" + name + ".csv", what, made});
      written.push_back({"tables/" + name + ".json", what + ", in full", std::move(made)});
    };
    const auto say = [&](const std::string& title, Report report, const std::string& name) {
      answers.push_back({title, report, "tables/" + name + ".json"});
      report.notes.clear();
      summary += (summary.empty() ? "" : "\n") + title + "\n" + render(report, {Format::table, {}, 2});
    };

    const Report area = areas_report(session, instants, {session.scope(), false, false});
    write_tables("areas", "areas by party", area, {{"command", "areas"}, {"at", names}});
    say("Areas", area, "areas");
    if (!session.atlas().regions.empty()) {
      write_tables("areas-by-region", "areas by region and party",
                   areas_report(session, instants, {session.scope(), true, false}),
                   {{"command", "areas"}, {"at", names}, {"by", "region"}});
    }
    for (std::size_t i = 1; i < dates.size(); ++i) {
      const std::string name = "changes-" + dates[i - 1].name + "-" + dates[i].name;
      const Report report = changes_report(session, dates[i - 1].at, dates[i].at);
      write_tables(name, fmt::format("changes between {} and {}", dates[i - 1].name, dates[i].name), report,
                   {{"command", "changes"}, {"from", dates[i - 1].name}, {"to", dates[i].name}});
      say(fmt::format("Changes: {} to {}", dates[i - 1].name, dates[i].name), report, name);
    }
    write_tables("timeline", "areas at every change", timeline_report(session, "change"),
                 {{"command", "timeline"}, {"every", "change"}});
    const std::optional<Interval> when = stretch_of_time(session);
    if (when) {
      const Report dwell = dwell_report(session, *when);
      write_tables("dwell", "how long each party had how much ground", dwell, {{"command", "dwell"}});
      say(fmt::format("Days under each holder: {} to {}", session.date(when->from()),
                      session.date(when->to())),
          dwell, "dwell");
      if (!session.atlas().places.empty()) {
        write_tables("dwell-places", "how long each party had each place",
                     dwell_places_report(session, *when), {{"command", "dwell"}, {"places", true}});
      }
    }

    const std::vector<LineSides> lines = contacts(session, instants);
    for (const LineSides& sides : lines) {
      const Report report = line_report(session, instants, sides);
      write_tables(fmt::format("line-{}-{}", sides.first_id, sides.second_id),
                   fmt::format("line of contact between {} and {}", sides.first_id, sides.second_id), report,
                   {{"command", "line"}, {"between", {sides.first_id, sides.second_id}}, {"at", names}});
      say(fmt::format("Line of contact between {} and {}", sides.first_id, sides.second_id), report,
          fmt::format("line-{}-{}", sides.first_id, sides.second_id));
    }
    write_figures(session, folder, written, summary);
    const CheckReport check = check_report(session);
    write_file(folder.file("tables/check.json"), render(check.report, {Format::json, {}, 2}),
               Existing::refuse);
    written.push_back({"tables/check.json", "findings and certificates", {{"command", "check"}}});
    say("Check", check.report, "check");

    write_layers(session, dates, lines, folder, written);
    if (!session.atlas().regions.empty()) {
      add_layer(session, folder, written,
                {"layers/regions.geojson", "regions that tables report by", {{"layer", "regions"}}},
                [&](FeatureOutput& out) { add_regions(out, session); });
    }
    if (when) {
      add_layer(session, folder, written,
                {"layers/dwell.geojson", "days under each holder", {{"command", "dwell"}}},
                [&](FeatureOutput& out) { add_dwell(out, session, *when); });
    }
    write_rasters(session, dates, folder, written);
    write_qgis(session, dates.empty() ? std::nullopt : std::optional(dates.back().at), when, folder, written);
    const std::vector<ResultPicture> pictures = write_pictures(session, dates, folder, written);
    write_map(session, folder, written);
    write_file(folder.file("SOURCES.txt"), sources_text(session.atlas()), Existing::refuse);
    written.push_back({"SOURCES.txt", "sources and their licences, attribution, disclaimer"});
    write_file(folder.file("LICENSES.txt"), licences_text(session.atlas()), Existing::refuse);
    written.push_back({"LICENSES.txt", "each licence once, with the sources under it"});

    Json index = session.head();
    index["title"] = session.atlas().title;
    index["disclaimer"] = session.atlas().disclaimer;
    index["attribution"] = session.atlas().attribution;
    index["dates"] = Json::object();
    for (const NamedDate& date : dates) index["dates"][date.name] = session.date(date.at);
    // Dates without a time are days of this convention.
    index["utc_offset_minutes"] = session.atlas().days.utc_offset.count();
    index["day_starts_minutes"] = session.atlas().days.day_starts.count();
    index["options"] = options_json(query);
    index.update(declared_json(session.atlas()));
    index["certificates"] = Json::array();
    for (const Table& table : check.report.tables) {
      if (table.name != "certificates") continue;
      for (const Json& row : table.rows) index["certificates"].push_back(row["name"]);
    }
    index["files"] = index_entries(folder.temporary(), written);
    write_file(folder.file(kResultPage), result_page(session, index, answers, pictures), Existing::refuse);
    written.insert(written.begin(), {kResultPage, "what was found, to read: open it in a browser"});
    index["files"] = index_entries(folder.temporary(), written);
    write_file(folder.file(kResultIndex), index.dump(2) + "\n", Existing::refuse);
    folder.commit();
    fmt::print("{}\nresults: {}\n", summary, output.string());
    if (check.has_error) throw ExitWith{3};
  }

  static std::vector<ResultPicture> write_pictures(const Session& session,
                                                   const std::vector<NamedDate>& dates,
                                                   const OutputFolder& folder,
                                                   std::vector<ResultFile>& written) {
    std::vector<ResultPicture> pictures;
    for (const NamedDate& date : dates) {
      const std::string at = session.date(date.at);
      const std::string what =
          fmt::format("who held what at {}", date.name == at ? at : date.name + " (" + at + ")");
      const std::string file = "pictures/control-" + date.name + ".svg";
      write_file(folder.file(file), control_picture(session, date.at, what), Existing::refuse);
      written.push_back({file, what, {{"layer", "picture"}, {"at", date.name}}});
      pictures.push_back({file, what, at});
    }
    return pictures;
  }

  /// The page of the map, where the program has one and there is ground to show.
  static void write_map(const Session& session, const OutputFolder& folder,
                        std::vector<ResultFile>& written) {
    if (!has_viewer()) {
      fmt::print(stderr, "map.html is left out: this program was built without it (tools/setup viewer)\n");
      return;
    }
    if (!has_ground_to_map(session)) return;
    write_file(folder.file("map.html"), viewer_page(map_data(session, "")), Existing::refuse);
    written.push_back({"map.html", "the whole history as a map for the browser, without a network"});
  }

  /// The atlas held against published figures, where it names some.
  void write_figures(const Session& session, const OutputFolder& folder, std::vector<ResultFile>& written,
                     std::string& summary) const {
    const fs::path file = figures_of(query.atlas);
    if (file.empty()) return say_where_figures_are(session.atlas());
    const Report report = figures_report(session, read_published_figures(file)).report;
    const std::string what = "published figures beside those of this atlas";
    write_file(folder.file("tables/figures.csv"), render(report, {Format::csv, {}, 2}), Existing::refuse);
    write_file(folder.file("tables/figures.json"), render(report, {Format::json, {}, 2}), Existing::refuse);
    Report table = report;
    table.notes.clear();
    write_file(folder.file("tables/figures.md"), render(table, {Format::markdown, {}, 1}), Existing::refuse);
    written.push_back({"tables/figures.csv", what});
    written.push_back({"tables/figures.json", what + ", in full"});
    written.push_back({"tables/figures.md", what + ", for people"});
    for (Table& rows : table.tables) {
      std::erase_if(rows.columns,
                    [](const Column& column) { return column.key == "reason" || column.key == "source"; });
    }
    summary += "\nPublished figures\n" + render(table, {Format::table, {}, 2});
  }

  /// A composite has the manifest of its folder, and not the files beside it.
  void say_where_figures_are(const Atlas& atlas) const {
    if (atlas.manifest.empty()) return;
    const auto declared = parse_manifest(atlas.manifest, query.atlas).figures;
    if (!declared) return;
    fmt::print(
        stderr,
        "{}: published figures ({}) stay in the folder of the atlas and are no part of a composite; run the "
        "folder, or ask `figures --figures FILE`\n",
        query.atlas.string(), *declared);
  }

  /// Pairs of parties that touch at any of the dates, by id, unknown and nobody left out.
  static std::vector<LineSides> contacts(const Session& session, const std::vector<Instant>& at) {
    const Holders holders = session.holders();
    std::set<std::pair<std::string, std::string>> pairs;
    const Arrangement& plane = session.composite().plane();
    for (const Instant instant : at) {
      const auto held = holders.faces_at(session.composite().times().epoch_of(instant));
      for (EdgeIndex e = 0; e < plane.edges().size(); ++e) {
        const HolderIndex a = held[plane.face(2 * e)];
        const HolderIndex b = held[plane.face(2 * e + 1)];
        if (a == b || a == kUnknown || b == kUnknown) continue;
        if (holders.is_contested(a) || holders.is_contested(b)) continue;
        if (holders.actors(a).front() == kNobodyId || holders.actors(b).front() == kNobodyId) continue;
        pairs.insert(std::minmax(holders.id(a), holders.id(b)));
      }
    }
    std::vector<LineSides> lines;
    for (const auto& [a, b] : pairs) lines.emplace_back(session.atlas(), holders, a, b);
    return lines;
  }

  /// What time is counted over; nothing where all statements are of one date, or open at both ends.
  static std::optional<Interval> stretch_of_time(const Session& session) {
    const auto extent = session.atlas().extent();
    if (!extent || extent->is_empty()) return std::nullopt;
    return extent;
  }

  template <class Fill>
  static void add_layer(const Session& session, const OutputFolder& folder, std::vector<ResultFile>& written,
                        ResultFile result, const Fill& fill) {
    FeatureOutput out(session, folder.file(result.file), Existing::refuse, "run");
    fill(out);
    static_cast<void>(out.write());  // the files say it themselves
    result.made["rounding_m2"] = square_meters(out.worst_rounding());
    if (out.vanished() != 0) result.made["vanished_m2"] = square_meters(out.vanished());
    written.push_back(std::move(result));
  }

  static void write_layers(const Session& session, const std::vector<NamedDate>& dates,
                           const std::vector<LineSides>& lines, const OutputFolder& folder,
                           std::vector<ResultFile>& written) {
    const auto add = [&](const std::string& file, const std::string& what, Json made, const auto& fill) {
      add_layer(session, folder, written, {file, what, std::move(made)}, fill);
    };
    for (std::size_t i = 0; i < dates.size(); ++i) {
      add("layers/control-" + dates[i].name + ".geojson", "who held what at " + dates[i].name,
          {{"command", "export"}, {"at", Json::array({dates[i].name})}},
          [&](FeatureOutput& out) { add_states(out, session, {dates[i].text}); });
      if (i == 0) continue;
      add("layers/changes-" + dates[i - 1].name + "-" + dates[i].name + ".geojson",
          fmt::format("ground that changed hands between {} and {}", dates[i - 1].name, dates[i].name),
          {{"command", "export"}, {"from", dates[i - 1].name}, {"to", dates[i].name}},
          [&](FeatureOutput& out) { add_changes(out, session, dates[i - 1].text, dates[i].text); });
    }
    for (const LineSides& sides : lines) {
      std::vector<Instant> instants;
      std::vector<std::string> names;
      for (const NamedDate& date : dates) {
        instants.push_back(date.at);
        names.push_back(date.name);
      }
      add(fmt::format("layers/line-{}-{}.geojson", sides.first_id, sides.second_id),
          fmt::format("line of contact between {} and {} at each date", sides.first_id, sides.second_id),
          {{"command", "line"}, {"between", {sides.first_id, sides.second_id}}, {"at", names}},
          [&](FeatureOutput& out) { add_line(out, session, instants, sides); });
    }
    add("layers/history.gpkg", "every theme through time, a layer each",
        {{"command", "export"}, {"all", true}}, [&](FeatureOutput& out) {
          for (const Theme theme : kThemes) {
            if (session.holders(theme).size() > 1) add_history(out, session, theme);
          }
        });
  }

  void write_rasters(const Session& session, const std::vector<NamedDate>& dates, const OutputFolder& folder,
                     std::vector<ResultFile>& written) const {
    const double cell = resolution > 0 ? resolution : default_cell(session);
    for (std::size_t i = 0; i < dates.size(); ++i) {
      const std::string control = "rasters/control-" + dates[i].name + ".tif";
      write_control_raster(session, dates[i].text, cell, folder.file(control));
      written.push_back(
          {control,
           "who held what at " + dates[i].name,
           {{"command", "raster"}, {"layer", "control"}, {"at", dates[i].name}, {"res", cell}}});
      if (i == 0) continue;
      const std::string change = "rasters/change-" + dates[i - 1].name + "-" + dates[i].name + ".tif";
      write_change_raster(session, dates[i - 1].text, dates[i].text, cell, folder.file(change));
      written.push_back({change,
                         fmt::format("what changed between {} and {}", dates[i - 1].name, dates[i].name),
                         {{"command", "raster"},
                          {"layer", "change"},
                          {"from", dates[i - 1].name},
                          {"to", dates[i].name},
                          {"res", cell}}});
    }
  }

  /// About two thousand cells over the longer side, as 1, 2 or 5 in the first digit.
  static double default_cell(const Session& session) {
    const auto& vertices = session.composite().plane().table().vertices;
    const auto [south, north] = std::minmax_element(vertices.begin(), vertices.end(),
                                                    [](GridPoint a, GridPoint b) { return a.y < b.y; });
    const double width = grid_to_degrees(vertices.back().x) - grid_to_degrees(vertices.front().x);
    const double height = grid_to_degrees(north->y) - grid_to_degrees(south->y);
    const double wanted = std::max(width, height) / 2000.0;
    const double power = std::pow(10.0, std::floor(std::log10(wanted)));
    for (const double digit : {1.0, 2.0, 5.0}) {
      if (digit * power >= wanted) return digit * power;
    }
    return 10.0 * power;
  }
};

}  // namespace

void add_run(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "run", "The main job: tables, layers, rasters, pictures, the map, and an index of them");
  const auto state = std::make_shared<RunCommand>();
  state->query.declare(*command);
  command->add_option("-o,--output", state->output, "folder to write")->required()->type_name("DIR");
  command->add_option("--at", state->at, "dates (default: the periods of the atlas that are instants)")
      ->delimiter(',')
      ->type_name("DATE");
  state->query.declare_bands(*command);
  command
      ->add_option("--res", state->resolution, "cell size of rasters in degrees (default: fits the extent)")
      ->type_name("DEGREES");
  command->add_flag("--overwrite", state->overwrite, "replace the folder of an earlier run");
  command->callback([state] { state->run(); });
}

}  // namespace marchland::cli
