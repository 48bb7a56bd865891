// marchland run: the main job. Tables, layers, rasters, pictures, the map, and an index of what was written.
#include "tools/cli/commands.h"
#include "tools/cli/declared.h"
#include "tools/cli/dwell.h"
#include "tools/cli/figures.h"
#include "tools/cli/layers.h"
#include "tools/cli/map_data.h"
#include "tools/cli/output_names.h"
#include "tools/cli/picture.h"
#include "tools/cli/raster_options.h"
#include "tools/cli/reports.h"
#include "tools/cli/result_index.h"
#include "tools/cli/run_dates.h"
#include "tools/cli/run_index.h"
#include "tools/cli/run_qgis.h"
#include "tools/cli/theme_words.h"
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

struct RunCommand {
  QueryOptions query;
  fs::path output;
  std::vector<std::string> at;
  bool overwrite = false;
  double resolution = 0.0;

  void run() const {
    query.refuse_two_layer("run");
    OutputFolder folder(output, result_folder(), overwrite ? Existing::overwrite : Existing::refuse);
    try {
      write(folder);
    } catch (const Error& error) {
      throw Error(error.code(), folder.in_place(error.what()));
    }
  }

  void write(OutputFolder& folder) const {
    // `check` looks at areas too.
    const Session session(query, Load::with_areas);
    const ThemeWords& words = words_of(session.theme());
    const RunDates chosen = run_dates(session, at);
    const std::vector<NamedDate>& dates = chosen.dates;
    if (!chosen.note.empty()) fmt::print(stderr, "{}\n", chosen.note);
    std::vector<Instant> instants;
    for (const NamedDate& date : dates) instants.push_back(date.at);
    std::vector<ResultFile> written;
    std::string summary;
    std::vector<ResultAnswer> answers;

    std::vector<std::string> names;
    for (const NamedDate& date : dates) names.push_back(date.name);

    const auto write_tables = [&](const std::string& name, const std::string& what, const Report& report,
                                  Json made = {}) {
      folder.write("tables/" + name + ".csv", render(report, {Format::csv, {}, 2}));
      folder.write("tables/" + name + ".json", render(report, {Format::json, {}, 2}));
      written.push_back({"tables/" + name + ".csv", what, made});
      written.push_back({"tables/" + name + ".json", what + ", in full", std::move(made)});
    };
    const auto say = [&](const std::string& title, Report report, const std::string& name,
                         std::vector<ResultLink> links = {}) {
      answers.push_back({title, report, std::move(links), "tables/" + name + ".json"});
      report.notes.clear();
      summary += (summary.empty() ? "" : "\n") + title + "\n" + render(report, {Format::table, {}, 2});
    };

    const Report area = areas_report(session, instants, {session.scope(), false, false});
    write_tables("areas", "areas by party", area, {{"command", "areas"}, {"at", names}});
    std::vector<ResultLink> areas_links{{"These in full", both_of("areas")}};
    if (!session.atlas().regions.empty()) {
      const std::string what = "areas by region and party";
      write_tables("areas-by-region", what, areas_report(session, instants, {session.scope(), true, false}),
                   {{"command", "areas"}, {"at", names}, {"by", "region"}});
      areas_links.push_back({"At the same dates by region and party", both_of("areas-by-region")});
    }
    write_tables("timeline", "areas at every change", timeline_report(session, "change"),
                 {{"command", "timeline"}, {"every", "change"}});
    areas_links.push_back(
        {"Through time, at every date at which any of them changes, with what passed from whom to whom",
         both_of("timeline")});
    say(words.areas, area, "areas", std::move(areas_links));
    for (std::size_t i = 1; i < dates.size(); ++i) {
      const std::string name = "changes-" + dates[i - 1].file + "-" + dates[i].file;
      const Report report = changes_report(session, dates[i - 1].at, dates[i].at);
      write_tables(name, fmt::format("changes between {} and {}", dates[i - 1].name, dates[i].name), report,
                   {{"command", "changes"}, {"from", dates[i - 1].name}, {"to", dates[i].name}});
      say(fmt::format("Changes: {} to {}", dates[i - 1].name, dates[i].name), report, name,
          {{"These in full", both_of(name)}});
    }
    const std::optional<Interval> when = stretch_of_time(session);
    if (when) {
      const Report dwell = dwell_report(session, *when);
      write_tables("dwell", words.how_long, dwell, {{"command", "dwell"}});
      std::vector<ResultLink> links{{"These in full", both_of("dwell")}};
      if (!session.atlas().places.empty()) {
        write_tables("dwell-places", words.places, dwell_places_report(session, *when),
                     {{"command", "dwell"}, {"places", true}});
        links.push_back(
            {fmt::format("The same of places of the gazetteer ({}): first, last, and how often it passed",
                         session.atlas().places.size()),
             both_of("dwell-places")});
      }
      say(fmt::format("{}: {} to {}", words.days, session.date(when->from()), session.date(when->to())),
          dwell, "dwell", std::move(links));
    }

    const std::vector<LineSides> lines = contacts(session, instants);
    Report all_lines;
    for (const LineSides& sides : lines) {
      const Report report = line_report(session, instants, sides);
      const std::string name = line_name(sides);
      write_tables(name, fmt::format("{} between {} and {}", words.line, sides.first_id, sides.second_id),
                   report,
                   {{"command", "line"}, {"between", {sides.first_id, sides.second_id}}, {"at", names}});
      std::vector<std::string> files = both_of(name);
      files.push_back("layers/" + name + ".geojson");
      add_lines(all_lines, report, sides, name, files);
    }
    // Rows of several files: each says which.
    if (!lines.empty()) say(words.lines, std::move(all_lines), line_name(lines.front()));
    if (auto figures = write_figures(session, folder, written, summary))
      answers.push_back(std::move(*figures));
    const CheckReport check = check_report(session);
    folder.write("tables/check.json", render(check.report, {Format::json, {}, 2}));
    written.push_back({"tables/check.json", "findings and certificates", {{"command", "check"}}});
    say("Check", check.report, "check", {{"These in full", {"tables/check.json"}}});

    write_layers(session, dates, lines, folder, written);
    if (!session.atlas().regions.empty()) {
      add_layer(session, folder, written,
                {"layers/regions.geojson", "regions that tables report by", {{"layer", "regions"}}},
                [&](FeatureOutput& out) { add_regions(out, session); });
    }
    if (when) {
      add_layer(session, folder, written, {"layers/dwell.geojson", words.how_long, {{"command", "dwell"}}},
                [&](FeatureOutput& out) { add_dwell(out, session, *when); });
    }
    write_rasters(session, dates, folder, written);
    write_qgis(session, dates.empty() ? std::nullopt : std::optional(dates.back().at), folder, written);
    const Holders holders = session.holders();
    const ResultPictures pictures = write_pictures(session, holders, dates, folder, written);
    write_map(session, folder, written);
    folder.write("SOURCES.txt", sources_text(session.atlas()));
    written.push_back({"SOURCES.txt", "sources and their licences, attribution, disclaimer"});
    folder.write("LICENSES.txt", licences_text(session.atlas()));
    written.push_back({"LICENSES.txt", "each licence once, with the sources under it"});

    Json index = session.head();
    index["title"] = session.atlas().title;
    index["disclaimer"] = session.atlas().disclaimer;
    index["attribution"] = session.atlas().attribution;
    index["dates"] = Json::object();
    for (const NamedDate& date : dates) index["dates"][date.name] = session.date(date.at);
    if (!chosen.note.empty()) index["dates_note"] = chosen.note;
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
    folder.write(kResultPage, result_page(session, holders, index, answers, pictures));
    written.insert(written.begin(), {kResultPage, "what was found, to read: open it in a browser"});
    index["files"] = index_entries(folder.temporary(), written);
    folder.write(kResultIndex, index.dump(2) + "\n");
    folder.commit();
    fmt::print("{}\nresults: {}\n", summary, output.string());
    if (check.has_error) throw ExitWith{3};
  }

  /// A table as it was written.
  static std::vector<std::string> both_of(const std::string& name) {
    return {"tables/" + name + ".csv", "tables/" + name + ".json"};
  }

  static std::string line_name(const LineSides& sides) {
    return name_in_files(fmt::format("line-{}-{}", sides.first_id, sides.second_id));
  }

  /// The dates at which the two have a line, as rows of one table of all lines.
  static void add_lines(Report& all, const Report& report, const LineSides& sides, const std::string& name,
                        const std::vector<std::string>& files) {
    if (all.tables.empty()) {
      all = report;
      Table& table = all.tables.front();
      table.rows = Json::array();
      table.columns.insert(table.columns.begin(), {{"first", "between"}, {"second", "and"}});
      table.columns.push_back({"files", "in full", Column::Kind::files});
    }
    const Json& rows = report.tables.front().rows;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const Json& row = rows[i];
      if (row["parts"] == 0) continue;
      Json named{{"first", sides.first_id},
                 {"second", sides.second_id},
                 {"files", files},
                 {"document", "tables/" + name + ".json"},
                 {"row", i}};
      named.update(row);
      all.tables.front().rows.push_back(std::move(named));
    }
  }

  static ResultPictures write_pictures(const Session& session, const Holders& holders,
                                       const std::vector<NamedDate>& dates, const OutputFolder& folder,
                                       std::vector<ResultFile>& written) {
    ResultPictures pictures;
    for (const NamedDate& date : dates) {
      const std::string at = session.date(date.at);
      const std::string what = fmt::format("{} at {}", words_of(session.theme()).state,
                                           date.name == at ? at : date.name + " (" + at + ")");
      const std::string file = fmt::format("pictures/{}-{}.svg", to_string(session.theme()), date.file);
      ThemePicture picture = theme_picture(session, holders, date.at, what);
      folder.write(file, picture.svg);
      written.push_back({file, what, {{"layer", "picture"}, {"at", date.name}}});
      pictures.pictures.push_back({file, what});
      pictures.shown.merge(picture.shown);
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
    folder.write("map.html", viewer_page(map_data(session, "")));
    written.push_back({"map.html", "the whole history as a map for the browser, without a network"});
  }

  /// The atlas held against published figures, where it names some.
  std::optional<ResultAnswer> write_figures(const Session& session, const OutputFolder& folder,
                                            std::vector<ResultFile>& written, std::string& summary) const {
    const fs::path file = figures_of(query.atlas);
    if (file.empty()) {
      say_where_figures_are(session.atlas());
      return std::nullopt;
    }
    Report report = figures_report(session, read_published_figures(file)).report;
    // A folder is passed on; where the atlas lay is nobody's business.
    for (std::string& note : report.notes) {
      if (note.starts_with(file.string())) note.replace(0, file.string().size(), file.filename().string());
    }
    const std::string what = "published figures beside those of this atlas";
    folder.write("tables/figures.csv", render(report, {Format::csv, {}, 2}));
    folder.write("tables/figures.json", render(report, {Format::json, {}, 2}));
    Report table = report;
    table.notes.clear();
    folder.write("tables/figures.md", render(table, {Format::markdown, {}, 1}));
    written.push_back({"tables/figures.csv", what});
    written.push_back({"tables/figures.json", what + ", in full"});
    written.push_back({"tables/figures.md", what + ", for people"});
    for (Table& rows : table.tables) {
      std::erase_if(rows.columns,
                    [](const Column& column) { return column.key == "reason" || column.key == "source"; });
    }
    summary += "\nPublished figures\n" + render(table, {Format::table, {}, 2});
    return ResultAnswer{
        "Published figures", report, {{"These in full", both_of("figures")}}, "tables/figures.json"};
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

  /// Pairs of parties that make contact at any of the dates, by id.
  static std::vector<LineSides> contacts(const Session& session, const std::vector<Instant>& at) {
    const Holders holders = session.holders();
    std::set<std::pair<std::string, std::string>> pairs;
    for (const Instant instant : at) {
      for (const auto& [a, b] : contact_pairs(session.composite(), holders, instant))
        pairs.insert(std::minmax(holders.id(a), holders.id(b)));
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
    fmt::print(stderr, "{}", folder.in_place(out.text_dates()));
    result.made["rounding_m2"] = square_meters(out.worst_rounding());
    result.layers = result_layers(out.sets());
    if (out.vanished() != 0) result.made["vanished_m2"] = square_meters(out.vanished());
    written.push_back(std::move(result));
  }

  static void write_layers(const Session& session, const std::vector<NamedDate>& dates,
                           const std::vector<LineSides>& lines, const OutputFolder& folder,
                           std::vector<ResultFile>& written) {
    const ThemeWords& words = words_of(session.theme());
    const auto add = [&](const std::string& file, const std::string& what, Json made, const auto& fill) {
      add_layer(session, folder, written, {file, what, std::move(made)}, fill);
    };
    for (std::size_t i = 0; i < dates.size(); ++i) {
      add(fmt::format("layers/{}-{}.geojson", to_string(session.theme()), dates[i].file),
          fmt::format("{} at {}", words.state, dates[i].name),
          {{"command", "export"}, {"at", Json::array({dates[i].name})}},
          [&](FeatureOutput& out) { add_states(out, session, {dates[i].text}); });
      if (i == 0) continue;
      add("layers/changes-" + dates[i - 1].file + "-" + dates[i].file + ".geojson",
          fmt::format("{} between {} and {}", words.changed, dates[i - 1].name, dates[i].name),
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
      add("layers/" + line_name(sides) + ".geojson",
          fmt::format("{} between {} and {} at each date", words.line, sides.first_id, sides.second_id),
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
      const std::string state = fmt::format("rasters/{}-{}.tif", to_string(session.theme()), dates[i].file);
      std::vector<ResultClass> held = write_state_raster(session, dates[i].text, cell, folder.file(state));
      written.push_back({state,
                         fmt::format("{} at {}", words_of(session.theme()).state, dates[i].name),
                         {{"command", "raster"},
                          {"layer", raster_layer_of(session.theme())},
                          {"at", dates[i].name},
                          {"res", cell}},
                         raster_layers(std::move(held))});
      if (i == 0) continue;
      const std::string change = "rasters/change-" + dates[i - 1].file + "-" + dates[i].file + ".tif";
      std::vector<ResultClass> passed =
          write_change_raster(session, dates[i - 1].text, dates[i].text, cell, folder.file(change));
      written.push_back({change,
                         fmt::format("what changed between {} and {}", dates[i - 1].name, dates[i].name),
                         {{"command", "raster"},
                          {"layer", "change"},
                          {"from", dates[i - 1].name},
                          {"to", dates[i].name},
                          {"res", cell}},
                         raster_layers(std::move(passed))});
    }
  }

  /// About two thousand cells over the longer side of the ground, as 1, 2 or 5 in the first digit.
  static double default_cell(const Session& session) {
    const LonLatBox box = box_of_ground(session, ground_of(session, session.holders()));
    const double width = box.east - box.west + (box.west > box.east ? 360.0 : 0.0);
    const double height = box.north - box.south;
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
      ->check(wrong_side_of_cell)
      ->type_name("DEGREES");
  command->add_flag("--overwrite", state->overwrite, "replace the folder of an earlier run");
  command->callback([state] { state->run(); });
}

}  // namespace marchland::cli
