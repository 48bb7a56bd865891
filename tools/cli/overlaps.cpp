// marchland overlaps: what part of one division of the ground lies in which part of another.
#include "tools/cli/commands.h"
#include "tools/cli/query.h"
#include <marchland/analysis/areas.h>
#include <marchland/base/error.h>

#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace marchland::cli {

namespace {

struct OverlapsCommand {
  QueryOptions query;
  OutputOptions output;
  std::vector<std::string> at;
  std::string with_at;
  std::string rows = "control";
  std::string cols;

  static Division divide(const Session& session, const std::string& by, Instant at) {
    if (by == "region") return divide_by_regions(session.composite());
    return divide_by_holders(session.composite(), session.holders(parse_theme(by)), at);
  }

  /// null where the whole has no area.
  static Json share(AreaUnits part, AreaUnits whole) {
    return whole == 0 ? Json(nullptr) : Json(square_meters(part) / square_meters(whole));
  }
  static Json area_or_null(AreaUnits area) { return area == 0 ? Json(nullptr) : Json(square_meters(area)); }

  [[nodiscard]] Report report(const Session& session, const std::string& date) const {
    const Instant a = session.instant(date);
    const Instant b = with_at.empty() ? a : session.instant(with_at);
    Report report{session.head(), {}, session.notes()};
    report.head["rows_are"] = rows;
    report.head["rows_at"] = session.date(a);
    report.head["cols_are"] = cols;
    report.head["cols_at"] = session.date(b);
    // Both sides may be the same theme at two dates, so the keys name the side.
    Table table{"rows",
                "",
                {{"row", rows},
                 {"col", cols},
                 {"area_m2", "area", Column::Kind::area},
                 {"row_share", "of " + rows, Column::Kind::share},
                 {"row_area_m2", "whole of " + rows, Column::Kind::area, false},
                 {"col_share", "of " + cols, Column::Kind::share},
                 {"col_area_m2", "whole of " + cols, Column::Kind::area, false}},
                Json::array()};
    if (rows == cols) {
      table.columns[3].title = "of row";
      table.columns[5].title = "of column";
    }
    if (at.size() > 1) table.columns.insert(table.columns.begin(), {"at", "at"});
    for (const OverlapRow& row : overlaps(session.composite(), session.areas(), divide(session, rows, a),
                                          divide(session, cols, b), session.scope())) {
      if (!session.wants(row.row, a)) continue;
      Json json;
      if (at.size() > 1) json["at"] = session.date(a);
      json["row"] = holder_json(row.row);
      json["col"] = holder_json(row.col);
      json["area_m2"] = square_meters(row.area);
      json["row_share"] = share(row.area, row.row_area);
      json["row_area_m2"] = area_or_null(row.row_area);
      json["col_share"] = share(row.area, row.col_area);
      json["col_area_m2"] = area_or_null(row.col_area);
      table.rows.push_back(std::move(json));
    }
    if (rows == "region" || cols == "region") {
      report.notes.insert(report.notes.begin(), "regions may overlap: rows and columns need not add up");
    }
    report.notes.insert(report.notes.begin(),
                        "shares are of all that the row, or the column, has within the scope");
    report.tables.push_back(std::move(table));
    return report;
  }

  void run() const {
    for (const std::string& by : {rows, cols}) {
      if (by != "region") static_cast<void>(parse_theme(by));
    }
    if (at.size() > 1 && !with_at.empty())
      throw InvalidArgument("--with-at is a second date for one first; give one date in --at");
    output.check();
    Session session(query);
    static_cast<void>(session.instants(at));
    Report all;
    if (!with_at.empty()) {
      session.arrange({at.front(), with_at});
      all = report(session, at.front());
    } else {
      session.for_each_arranged(at, [&](const std::vector<std::string>& dates) {
        for (const std::string& date : dates) append(all, report(session, date));
      });
      if (at.size() > 1) {
        for (const char* key : {"rows_at", "cols_at"}) all.head.erase(key);
      }
    }
    output.write(all, provenance(session, "overlaps"));
  }
};

}  // namespace

void add_overlaps(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("overlaps", "What part of one division of the ground lies in another");
  const auto state = std::make_shared<OverlapsCommand>();
  state->query.declare(*command);
  command->add_option("--at", state->at, "dates; with --with-at one, that of the rows")
      ->required()
      ->delimiter(',')
      ->type_name("DATE");
  command->add_option("--with-at", state->with_at, "date of the columns, if another")->type_name("DATE");
  command->add_option("--rows", state->rows, "control, claim, border, zone or region")->capture_default_str();
  command->add_option("--cols", state->cols, "control, claim, border, zone or region")->required();
  state->output.declare(*command);
  command->callback([state] { state->run(); });
}

}  // namespace marchland::cli
