// marchland export: the ground of each holder as polygons, at dates, through all time, or as what changed
// hands.
#include "tools/cli/change_features.h"
#include "tools/cli/commands.h"
#include "tools/cli/query.h"
#include "tools/cli/state_features.h"
#include <marchland/base/error.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace marchland::cli {
namespace {

struct ExportCommand {
  QueryOptions query;
  std::vector<std::string> at;
  std::string from;
  std::string to;
  bool all = false;
  bool unknown = false;
  bool held = false;
  std::string format;
  std::filesystem::path output;
  bool overwrite = false;
  bool with_statements = false;
  std::string table;
  bool in_degrees = false;
  FeatureOutputOptions options;

  const CLI::Option* row_group = nullptr;

  [[nodiscard]] Existing existing() const { return overwrite ? Existing::overwrite : Existing::refuse; }
  [[nodiscard]] bool has_row_group() const { return row_group != nullptr && row_group->count() > 0; }

  void run() const {
    const int asked = (at.empty() ? 0 : 1) + (from.empty() && to.empty() ? 0 : 1) + (all ? 1 : 0);
    if (asked != 1 || from.empty() != to.empty())
      throw InvalidArgument("expected one of --at DATE, --from DATE --to DATE, and --all");
    if (held && from.empty())
      throw InvalidArgument("--held: ground that did not change hands is of --from DATE --to DATE only");
    if (unknown && !from.empty())
      throw InvalidArgument(
          "--unknown: ground that nothing is said of is of --at DATE and --all; what changed hands is all "
          "that "
          "--from and --to ask for, and with --held what did not");
    const std::string_view kind = check_format();
    if (has_row_group() && kind != "parquet")
      throw InvalidArgument(
          fmt::format("--row-group: '{}' has no groups of rows; choose -o FILE.parquet", shown_name(output)));
    if (all) query.refuse_two_layer("export --all");
    if (!is_database(output) && is_same_file(output, query.atlas))
      throw InvalidArgument(
          fmt::format("-o {}: is the atlas itself; choose another name", shown_name(output)));
    if (with_statements && kind != "gpkg") {
      throw InvalidArgument(
          fmt::format("--statements: '{}' has no room for a table beside its features; choose -o FILE.gpkg",
                      shown_name(output)));
    }
    FeatureOutput::check(output, existing(), 1,
                         table.empty() ? std::vector<std::string>{} : std::vector{table});
    FeatureOutputOptions chosen = options;
    chosen.file.is_quantised = !in_degrees;
    Session session(query, Load::with_areas);
    std::optional<FeatureOutput> out;
    const auto answer = [&](const ExportCommand& question) {
      if (!out) out.emplace(session, output, existing(), "export", chosen);
      question.add_to(*out, session, session.holders());
    };
    if (at.empty()) {
      if (!all) session.arrange({from, to});
      answer(*this);
    } else {
      session.for_each_arranged(at, [&](const std::vector<std::string>& dates) {
        ExportCommand question = *this;
        question.at = dates;
        answer(question);
      });
    }
    if (with_statements) out->add_statements(session.theme());
    if (!table.empty()) out->rename(table);
    fmt::print(stderr, "{}", out->write());
  }

  /// The format that the output's name asks for, which --format may only confirm.
  [[nodiscard]] std::string_view check_format() const {
    const auto lower_case = [](std::string text) {
      std::transform(text.begin(), text.end(), text.begin(),
                     [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
      return text;
    };
    const std::string asked = lower_case(format);
    if (asked == "postgis" && !is_database(output)) {
      throw InvalidArgument(fmt::format(
          "--format postgis: '{}' is no database; expected -o 'PG:dbname=NAME ...'", shown_name(output)));
    }
    const std::string_view kind = feature_format(output);
    if (!asked.empty() && asked != kind && !lower_case(output.filename().string()).ends_with("." + asked)) {
      const std::vector<std::string_view> known = feature_formats();
      if (std::find(known.begin(), known.end(), asked) == known.end()) {
        throw InvalidArgument(
            fmt::format("--format {}: there is no such format; expected {}", format, fmt::join(known, ", ")));
      }
      throw InvalidArgument(fmt::format("--format {}: '{}' is {} by its name; expected -o FILE.{}", format,
                                        shown_name(output), kind, asked));
    }
    if (!table.empty() && kind != "postgis") {
      throw InvalidArgument(
          fmt::format("--table: '{}' is no database; expected -o PG:...", shown_name(output)));
    }
    const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
    if (!std::all_of(table.begin(), table.end(), is_plain))
      throw InvalidArgument(fmt::format("--table '{}': expected a name of a-z, 0-9 and _", table));
    if (in_degrees && kind != "topojson") {
      throw InvalidArgument(
          fmt::format("--degrees: '{}' is no TopoJSON; expected -o FILE.topojson", shown_name(output)));
    }
    return kind;
  }

  void add_to(FeatureOutput& out, const Session& session, const Holders& holders) const {
    if (!from.empty()) {
      ChangeFeatures{.from = from, .to = to, .held = held}.add_to(out, session, holders);
    } else {
      StateFeatures{.at = at, .unknown = unknown}.add_to(out, session, holders);
    }
  }
};

}  // namespace

void add_export(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "export",
      "The ground of each holder, or what changed hands, as GeoJSON, GeoPackage, GeoParquet, TopoJSON, ...");
  const auto state = std::make_shared<ExportCommand>();
  state->query.declare(*command);
  state->query.declare_bands(*command);
  command->add_option("--at", state->at, "dates: one feature for each holder and date")
      ->delimiter(',')
      ->type_name("DATE");
  command->add_option("--from", state->from, "with --to: one feature for each passing from holder to holder")
      ->type_name("DATE");
  command->add_option("--to", state->to, "the later date")->type_name("DATE");
  command->add_flag(
      "--all", state->all,
      "one feature for each holder and each stretch of time in which its ground stays the same");
  command->add_flag("--unknown", state->unknown,
                    "with --at, --all: ground of the scope that nothing is said of, too");
  command->add_flag("--held", state->held, "with --from, --to: ground that did not change hands, too");
  command->add_option(
      "--format", state->format,
      "geojson, geojsonl, geojsons, topojson, gpkg, fgb, parquet, kml, shz, csv or postgis (default: "
      "the ending)");
  command
      ->add_option("-o,--output", state->output,
                   "file to write; the ending tells the format. 'PG:dbname=NAME host=HOST ...': a table of a "
                   "database with PostGIS")
      ->type_name("FILE")
      ->required();
  command->add_flag("--statements", state->with_statements,
                    "of .gpkg: a table of the theme's statements as well, by the ids that features name");
  command->add_option("--decimals", state->options.decimals, "of a degree, to which coordinates are rounded")
      ->check(CLI::Range(0, 7))
      ->capture_default_str();
  command
      ->add_option(
          "--simplify", state->options.simplify_m,
          "metres: vertices so near to the line go, for both of its sides at once; says what that does "
          "to areas")
      ->type_name("METRES")
      ->check(CLI::Range(0.0, 1.0e6));
  command->add_option("--table", state->table, "of PG: name of the table (default: the theme, or 'changes')")
      ->type_name("NAME");
  state->row_group =
      command
          ->add_option(
              "--row-group", state->options.file.group_rows,
              "of .parquet: rows of a row group at most; readers skip whole groups by place and value")
          ->type_name("ROWS")
          ->check(CLI::Range(1, 10'000'000))
          ->capture_default_str();
  command->add_flag("--degrees", state->in_degrees,
                    "of .topojson: positions in degrees, not as whole steps of a grid");
  command->add_flag("--overwrite", state->overwrite, "replace a file, or a table, that exists");
  command->callback([state] { state->run(); });
}

}  // namespace marchland::cli
