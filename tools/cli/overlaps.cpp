// marchland overlaps: what part of one division of the ground lies in which part of another.
#include "tools/cli/commands.h"
#include "tools/cli/query.h"
#include <marchland/analysis/areas.h>
#include <marchland/base/error.h>

#include <fmt/format.h>

#include <memory>

namespace marchland::cli {

namespace {

struct OverlapsCommand {
  QueryOptions query;
  OutputOptions output;
  std::string at;
  std::string with_at;
  std::string rows = "control";
  std::string cols;

  static Division divide(const Session& session, const std::string& by, Instant at) {
    if (by == "region") return divide_by_regions(session.composite());
    return divide_by_holders(session.composite(), session.holders(parse_theme(by)), at);
  }

  void run() const {
    for (const std::string& by : {rows, cols}) {
      if (by != "region") static_cast<void>(parse_theme(by));
    }
    output.check();
    Session session(query);
    session.arrange({at, with_at.empty() ? at : with_at});
    const Instant a = session.instant(at);
    const Instant b = with_at.empty() ? a : session.instant(with_at);
    Report report{session.head(), {}, session.notes()};
    report.head["rows_are"] = rows;
    report.head["rows_at"] = session.date(a);
    report.head["cols_are"] = cols;
    report.head["cols_at"] = session.date(b);
    // Both sides may be the same theme at two dates, so the keys name the side.
    Table table{
        "rows", "", {{"row", rows}, {"col", cols}, {"area_m2", "area", Column::Kind::area}}, Json::array()};
    for (const OverlapRow& row : overlaps(session.composite(), session.areas(), divide(session, rows, a),
                                          divide(session, cols, b), session.scope())) {
      if (!session.wants(row.row, a)) continue;
      table.rows.push_back({{"row", holder_json(row.row)},
                            {"col", holder_json(row.col)},
                            {"area_m2", square_meters(row.area)}});
    }
    if (rows == "region" || cols == "region") {
      report.notes.insert(report.notes.begin(), "regions may overlap: rows and columns need not add up");
    }
    report.tables.push_back(std::move(table));
    output.write(report, provenance(session, "overlaps"));
  }
};

}  // namespace

void add_overlaps(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("overlaps", "What part of one division of the ground lies in another");
  const auto state = std::make_shared<OverlapsCommand>();
  state->query.declare(*command);
  command->add_option("--at", state->at, "date of the rows")->required()->type_name("DATE");
  command->add_option("--with-at", state->with_at, "date of the columns, if another")->type_name("DATE");
  command->add_option("--rows", state->rows, "control, claim, border, zone or region")->capture_default_str();
  command->add_option("--cols", state->cols, "control, claim, border, zone or region")->required();
  state->output.declare(*command);
  command->callback([state] { state->run(); });
}

}  // namespace marchland::cli
