// marchland areas: how large was what each party held at a date.
#include "tools/cli/bands.h"
#include "tools/cli/commands.h"
#include "tools/cli/layers.h"
#include "tools/cli/reports.h"
#include <marchland/analysis/areas.h>
#include <marchland/analysis/date_doubt.h>
#include <marchland/analysis/groups.h>
#include <marchland/base/error.h>

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <limits>
#include <memory>
#include <optional>

namespace marchland::cli {

void add_date_band(Table& table, Report& report) {
  const auto area = std::find_if(table.columns.begin(), table.columns.end(),
                                 [](const Column& column) { return column.key == "area_m2"; });
  const bool has_band = area + 1 != table.columns.end() && (area + 1)->kind == Column::Kind::area_band;
  std::vector<Column> bounds{{"date_low_m2", "least by dates", Column::Kind::area},
                             {"date_high_m2", "most by dates", Column::Kind::area}};
  if (has_band) {
    // As many digits as lines support.
    for (Column& bound : bounds) bound = with_band(bound, BandKeys());
  }
  table.columns.insert(area + (has_band ? 2 : 1), bounds.begin(), bounds.end());
  constexpr const char* kNote =
      "dates of statements are in doubt: least and most that each may have held by the dates that are "
      "possible "
      "(docs/design/time.md); where lines run is not in it";
  if (std::find(report.notes.begin(), report.notes.end(), kNote) == report.notes.end())
    report.notes.insert(report.notes.begin(), kNote);
}

void add_doubt_note(Report& report, const Session& session, const Holders& holders,
                    const std::vector<Instant>& at) {
  if (!session.composite().has_doubt()) return;
  const DoubtfulCoverages doubtful(session.composite(), session.areas(), holders,
                                   faces_in_scope(session.composite(), session.scope()));
  const bool is_in_doubt = at.empty() ? !doubtful.turns().empty()
                                      : std::any_of(at.begin(), at.end(),
                                                    [&](Instant date) { return !doubtful.at(date).empty(); });
  constexpr const char* kNote =
      "dates of statements are in doubt: this goes by the dates that are told, and no band has their doubt "
      "in "
      "it; `areas`, `timeline` and `why` say what the others allow";
  const bool is_said = std::find(report.notes.begin(), report.notes.end(), kNote) != report.notes.end();
  if (is_in_doubt && !is_said) report.notes.insert(report.notes.begin(), kNote);
}

namespace {

constexpr const char* kOuterDates =
    "more dates are in doubt at once than can be tried one by one: least and most by dates may lie further "
    "apart "
    "than the dates allow (date_outer)";

/// Bands of rows that come by date and region.
class AreaBands {
 public:
  AreaBands(const Session& session, const Holders& holders, const AreaOptions& options)
      : session_(&session), holders_(&holders), options_(&options), bands_(session, holders) {}

  void add(Json& json, const AreaRow& row) {
    if (!errors_ || row.at != at_ || row.region != region_) start(row);
    const DrawnGround::Part part = Bands::part_of(names_, row.holder);
    const AreaError error = error_of(*errors_, part);
    const double area = square_meters(row.area);
    const double whole = square_meters(row.denominator);
    const bool is_of_held = row.share_of == "held";
    add_band(json, BandKeys(), area, error, 0.0, is_of_held ? std::numeric_limits<double>::max() : whole);
    if (row.denominator == 0) return;
    AreaError of_share = error;
    if (is_of_held && part < names_.size()) {
      // What it is a share of is in error too, and where its own line is the edge of all, by the same error.
      const double share = area / whole;
      of_share = within_->of(*ground_, part, *held_, 1, {{{0.0, -share}, {0.0, 1.0 - share}}});
    }
    of_share.sd = SquareMeters(of_share.sd.value() / whole);
    of_share.excess = SquareMeters(of_share.excess.value() / whole);
    add_band(json, BandKeys("share_", ""), area / whole, of_share, 0.0, 1.0, is_of_held);
  }

 private:
  void start(const AreaRow& row) {
    at_ = row.at;
    region_ = row.region;
    names_ = holder_names(*holders_, session_->atlas(), at_, options_->by_group);
    ground_.emplace(bands_.ground(at_, names_));
    Scope scope = options_->scope;
    if (region_) scope.regions = {*region_};
    within_.emplace(bands_.within(scope));
    errors_ = within_->of_parts(*ground_, names_.size());
    if (row.share_of != "held") return;
    std::vector<DrawnGround::Part> is_held(holders_->size(), 1);
    is_held[kUnknown] = 0;
    held_.emplace(bands_.lines(), *holders_, ground_->epoch(), std::move(is_held));
  }

  const Session* session_;
  const Holders* holders_;
  const AreaOptions* options_;
  Bands bands_;
  Instant at_;
  std::optional<RegionId> region_;
  std::vector<std::string> names_;
  std::optional<DrawnGround> ground_;
  std::optional<DrawnGround> held_;  ///< all that anybody holds, where shares are of that
  std::optional<AreaErrors> within_;
  std::optional<std::vector<AreaError>> errors_;
};

}  // namespace

Report areas_report(const Session& session, const std::vector<Instant>& at, const AreaOptions& options) {
  const Holders holders = session.holders();
  Report report{session.head(), {}, session.notes()};
  Table table{"rows", "", {{"at", "at"}}, Json::array()};
  if (options.by_region) table.columns.push_back({"region", "region"});
  table.columns.insert(table.columns.end(), {{"theme", "theme"},
                                             {"actor", "actor"},
                                             {"area_m2", "area", Column::Kind::area},
                                             {"share", "share", Column::Kind::share},
                                             {"share_of", "of"},
                                             {"denominator_m2", "of", Column::Kind::area}});
  std::optional<AreaBands> bands;
  if (session.has_bands()) {
    bands.emplace(session, holders, options);
    const auto area = std::find_if(table.columns.begin(), table.columns.end(),
                                   [](const Column& column) { return column.key == "area_m2"; });
    *area = with_band(*area, BandKeys());
    table.columns.insert(area + 1, band_column(BandKeys(), Column::Kind::area_band));
    const auto share = std::find_if(table.columns.begin(), table.columns.end(),
                                    [](const Column& column) { return column.key == "share"; });
    *share = with_band(*share, BandKeys("share_", ""));
    Column share_band = band_column(BandKeys("share_", ""), Column::Kind::share_band);
    share_band.is_for_people = false;
    table.columns.insert(share + 1, std::move(share_band));
    report.notes.insert(report.notes.begin(), band_note());
  }
  bool outside = false;
  bool is_outer = false;
  bool has_band = false;
  for (const AreaRow& row : areas(session.composite(), session.areas(), holders, at, options)) {
    if (!session.wants(row.holder, row.at)) continue;
    Json json;
    json["at"] = session.date(row.at);
    if (row.region) json["region"] = session.atlas()[*row.region].id;
    json["theme"] = to_string(session.theme());
    json["actor"] = holder_json(row.holder);
    if (row.is_contested) json["contested"] = true;
    json["area_m2"] = square_meters(row.area);
    json["share"] =
        row.denominator == 0 ? Json(nullptr) : Json(square_meters(row.area) / square_meters(row.denominator));
    json["share_of"] = row.share_of;
    json["denominator_m2"] = square_meters(row.denominator);
    if (bands) bands->add(json, row);
    if (row.outside_study_area != 0) json["outside_study_area_m2"] = square_meters(row.outside_study_area);
    if (row.date_low) {
      json["date_low_m2"] = square_meters(*row.date_low);
      json["date_high_m2"] = square_meters(*row.date_high);
      if (row.date_is_outer) json["date_outer"] = true;
      is_outer = is_outer || row.date_is_outer;
      has_band = true;
    }
    outside = outside || row.outside_study_area != 0;
    table.rows.push_back(std::move(json));
  }
  if (outside) table.columns.push_back({"outside_study_area_m2", "outside study area", Column::Kind::area});
  if (has_band) add_date_band(table, report);
  if (is_outer) report.notes.insert(report.notes.begin() + 1, kOuterDates);
  report.tables.push_back(std::move(table));
  return report;
}

namespace {

struct AreasCommand {
  QueryOptions query;
  OutputOptions output;
  std::vector<std::string> at;
  Breakdown by;

  void run() const {
    output.check();
    Session session(query, output.geometry.empty() ? Load::answers : Load::with_areas);
    const AreaOptions options{session.scope(), by.by_region, by.by_group};
    static_cast<void>(session.parts(by));  // says so where there are no regions
    std::optional<FeatureOutput> out;
    Report report;
    session.for_each_arranged(at, [&](const std::vector<std::string>& dates) {
      if (!output.geometry.empty() && !out) out.emplace(session, output.geometry, output.existing(), "areas");
      append(report, areas_report(session, session.instants(dates), options));
      if (out && by.by_group) add_group_states(*out, session, dates);
      if (out && !by.by_group) add_states(*out, session, dates);
    });
    if (out) fmt::print(stderr, "{}", out->write());
    output.write(report, provenance(session, "areas"));
  }
};

}  // namespace

void add_areas(CLI::App& app) {
  CLI::App* command = app.add_subcommand("areas", "How large was what each party held at a date");
  const auto state = std::make_shared<AreasCommand>();
  state->query.declare(*command);
  state->query.declare_bands(*command);
  command->add_option("--at", state->at, "dates: ISO 8601, a period of the atlas, latest or previous")
      ->required()
      ->delimiter(',')
      ->type_name("DATE");
  state->by.declare(*command);
  state->output.declare(*command);
  state->output.declare_geometry(*command, "the ground of each holder as polygons");
  command->callback([state] { state->run(); });
}

}  // namespace marchland::cli
