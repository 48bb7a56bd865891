// marchland overlaps: what part of one division of the ground lies in which part of another.
#include "tools/cli/bands.h"
#include "tools/cli/commands.h"
#include "tools/cli/query.h"
#include "tools/cli/reports.h"
#include <marchland/analysis/areas.h>
#include <marchland/analysis/groups.h>
#include <marchland/base/error.h>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace marchland::cli {

namespace {

/// One side of the matrix: holders of a theme at a date, whose lines have errors, or regions, which are
/// definitions.
struct Side {
  Side(const Session& session, const std::string& by, Instant when) : at(when) {
    if (by == "region") return;
    theme = parse_theme(by);
    holders.emplace(session.holders(*theme));
    names = holder_names(*holders, session.atlas(), at, false);
  }
  Instant at;
  std::optional<Theme> theme;
  std::optional<Holders> holders;
  std::vector<std::string> names;
};

/// Bands of cells of the matrix.
class OverlapBands {
 public:
  /// Nothing where neither side has lines with errors, or not all that have are known to.
  static std::unique_ptr<OverlapBands> find(const Session& session, const Side& rows, const Side& cols) {
    for (const Side* side : {&rows, &cols}) {
      if (side->theme && !session.has_bands(*side->theme)) return nullptr;
    }
    if (!rows.theme && !cols.theme) return nullptr;
    return std::make_unique<OverlapBands>(session, rows, cols);
  }

  OverlapBands(const Session& session, const Side& rows, const Side& cols)
      : session_(&session),
        rows_(&rows),
        cols_(&cols),
        bands_(session, rows.theme ? *rows.holders : *cols.holders) {
    const TimeAxis& times = session.composite().times();
    for (const Side* side : {rows_, cols_}) {
      if (side->theme) grounds_.emplace_back(bands_.lines(), *side->holders, times.epoch_of(side->at));
    }
    if (rows.theme && cols.theme) within_.emplace(bands_.within(session.scope()));
  }

  void add(Json& json, const OverlapRow& row) {
    constexpr double kMost = std::numeric_limits<double>::max();
    AreaError error;
    if (within_) {
      error = within_->of(grounds_[0], Bands::part_of(rows_->names, row.row), grounds_[1],
                          Bands::part_of(cols_->names, row.col), kHeldAtBoth);
    } else {
      const Side& held = rows_->theme ? *rows_ : *cols_;
      const std::string& region = rows_->theme ? row.col : row.row;
      error =
          within_region(region).of(grounds_[0], Bands::part_of(held.names, rows_->theme ? row.row : row.col));
    }
    add_band(json, BandKeys(), square_meters(row.area), error, 0.0, kMost);
  }

 private:
  /// Ground of the scope in the region of that id; of the empty one, in none.
  const AreaErrors& within_region(const std::string& id) {
    const auto known = by_region_.find(id);
    if (known != by_region_.end()) return known->second;
    const Composite& composite = session_->composite();
    std::vector<bool> inside = faces_in_scope(composite, session_->scope());
    const auto& regions = session_->atlas().regions;
    for (std::size_t r = 0; r < regions.size(); ++r) {
      if (!id.empty() && regions[r].id != id) continue;
      const std::vector<bool> in_region = faces_in_region(composite, RegionId(r));
      for (std::size_t f = 0; f < inside.size(); ++f) inside[f] = inside[f] && (in_region[f] != id.empty());
    }
    return by_region_.emplace(id, AreaErrors(bands_.lines(), std::move(inside))).first->second;
  }

  const Session* session_;
  const Side* rows_;
  const Side* cols_;
  Bands bands_;
  std::vector<DrawnGround> grounds_;
  std::optional<AreaErrors> within_;
  std::map<std::string, AreaErrors> by_region_;
};

struct OverlapsCommand {
  QueryOptions query;
  OutputOptions output;
  std::vector<std::string> at;
  std::string with_at;
  std::string rows = "control";
  std::string cols;

  static Division divide(const Session& session, const Side& side) {
    return side.theme ? divide_by_holders(session.composite(), *side.holders, side.at)
                      : divide_by_regions(session.composite());
  }

  /// null where the whole has no area.
  static Json share(AreaUnits part, AreaUnits whole) {
    return whole == 0 ? Json(nullptr) : Json(square_meters(part) / square_meters(whole));
  }
  static Json area_or_null(AreaUnits area) { return area == 0 ? Json(nullptr) : Json(square_meters(area)); }

  [[nodiscard]] Report report(const Session& session, const std::string& date, bool is_of_many) const {
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
    if (is_of_many) table.columns.insert(table.columns.begin(), {"at", "at"});
    const Side of_rows(session, rows, a);
    const Side of_cols(session, cols, b);
    const auto bands = OverlapBands::find(session, of_rows, of_cols);
    if (bands != nullptr) {
      const auto area = std::find_if(table.columns.begin(), table.columns.end(),
                                     [](const Column& column) { return column.key == "area_m2"; });
      *area = with_band(*area, BandKeys());
      table.columns.insert(std::next(area), band_column(BandKeys(), Column::Kind::area_band));
      report.notes.insert(report.notes.begin(), band_note());
    }
    for (const OverlapRow& row : overlaps(session.composite(), session.areas(), divide(session, of_rows),
                                          divide(session, of_cols), session.scope())) {
      if (!session.wants(row.row, a)) continue;
      Json json;
      if (is_of_many) json["at"] = session.date(a);
      json["row"] = holder_json(row.row);
      json["col"] = holder_json(row.col);
      json["area_m2"] = square_meters(row.area);
      if (bands != nullptr) bands->add(json, row);
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
    for (const auto& [side, instant] : {std::pair(rows, a), std::pair(cols, b)}) {
      if (const auto theme = parse_enum<Theme>(side))
        add_doubt_note(report, session, session.holders(*theme), {instant});
    }
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
    const bool is_of_many = session.distinct_dates(at).size() > 1;
    Report all;
    if (!with_at.empty()) {
      session.arrange({at.front(), with_at});
      all = report(session, at.front(), false);
    } else {
      session.for_each_arranged(at, [&](const std::vector<std::string>& dates) {
        for (const std::string& date : dates) append(all, report(session, date, is_of_many));
      });
      if (is_of_many) {
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
  state->query.declare_bands(*command);
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
