// marchland zonal: how many people (or whatever a raster counts) live on what each party held, and on what
// passed.
#include "tools/cli/commands.h"
#include "tools/cli/feature_output.h"
#include "tools/cli/raster_options.h"
#include "tools/cli/reports.h"
#include <marchland/analysis/changes.h>
#include <marchland/analysis/groups.h>
#include <marchland/base/error.h>
#include <marchland/io/read_raster.h>
#include <marchland/raster/cell_areas.h>
#include <marchland/raster/ground_parts.h>
#include <marchland/raster/zone_totals.h>

#include <fmt/format.h>
#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <utility>

namespace marchland::cli {
namespace {

/// Square metres of a unit that values are given per.
double square_meters_per(const std::string& unit) {
  return parse_area_unit(unit).square_meters;
}

/// Values per area become counts per cell where there is ground. Answers the area of each such cell, in units
/// of `per`; NaN where it has no value.
std::vector<double> count_cells(const CellCoverage& coverage, ValueRasterFile& raster,
                                const std::string& per) {
  const double unit = square_meters_per(per);
  const std::size_t columns = raster.grid.columns;
  tbb::enumerable_thread_specific<CellAreas> areas_of_thread([&] { return CellAreas(raster.grid); });
  std::vector<double> out(raster.cells.size(), std::numeric_limits<double>::quiet_NaN());
  tbb::parallel_for(std::size_t{0}, raster.grid.rows, [&](std::size_t row) {
    CellAreas& areas = areas_of_thread.local();
    const auto count = [&](std::size_t column) {
      const std::size_t cell = row * columns + column;
      double& value = raster.cells[cell];
      // Several parts may lie in one cell.
      if (std::isnan(value) || !std::isnan(out[cell])) return;
      // Of what is hardly on the earth nothing can be held.
      out[cell] = areas(row, column).value_or(SquareMeters(0.0)).value() / unit;
      value *= out[cell];
    };
    for (const CellShare& cell : coverage.shares(row)) count(cell.column);
    for (const CellRun& run : coverage.runs(row)) {
      for (std::size_t column = run.begin; column < run.end; ++column) count(column);
    }
  });
  return out;
}

/// What a raster counts on some ground, and what its mean is over: shares of cells, or area.
struct Count {
  ZoneTotal total;
  double weight = 0.0;
  Count& operator+=(const Count& other) noexcept {
    total += other.total;
    weight += other.weight;
    return *this;
  }
};

struct ZonalCommand {
  QueryOptions query;
  OutputOptions output;
  Breakdown by;
  std::filesystem::path raster;
  RasterSelection selection;
  std::string per;
  std::string title;
  std::string year;
  std::vector<std::string> at;
  std::string every;
  std::string from;
  std::string to;

  void run() const {
    const bool is_change = !from.empty() || !to.empty();
    const int ways =
        static_cast<int>(!at.empty()) + static_cast<int>(!every.empty()) + static_cast<int>(is_change);
    if (ways != 1 || (is_change && (from.empty() || to.empty()))) {
      throw InvalidArgument(
          "expected --at DATE,..., --every change|day|month|year, or --from DATE --to DATE");
    }
    output.check();
    if (!every.empty()) query.refuse_two_layer("zonal --every");
    // What cannot be read is told before the atlas is built.
    check_values(raster, selection);
    Session session(query);
    static_cast<void>(session.parts(by));  // says so where there are no regions
    Report report;
    std::optional<ValueRasterFile> values;
    if (is_change) {
      session.arrange({from, to});
      const Instant a = session.instant(from);
      const Instant b = session.instant(to);
      report = Zones(*this, session, {a, b}, values).changes(a, b);
    } else if (!every.empty()) {
      const std::vector<Instant> dates =
          ChangeTable(session.composite(), session.areas(), session.holders(), session.scope())
              .dates(step_of(every));
      report = Zones(*this, session, dates, values).states(dates);
      report.head["every"] = every;
    } else {
      session.for_each_arranged(at, [&](const std::vector<std::string>& names) {
        const std::vector<Instant> dates = session.instants(names);
        append(report, Zones(*this, session, dates, values).states(dates));
      });
    }
    Provenance origin = provenance(session, "zonal");
    origin.extra.emplace_back("raster", values->title);
    if (!values->year.empty()) origin.extra.emplace_back("raster year", values->year);
    output.write(report, origin);
  }

  /// The totals of one arrangement.
  class Zones {
   public:
    Zones(const ZonalCommand& command, const Session& session, const std::vector<Instant>& dates,
          std::optional<ValueRasterFile>& values)
        : command_(&command),
          session_(&session),
          holders_(session.holders()),
          ground_(ground_of(session, holders_)),
          parts_(session.composite(), holders_, ground_, session.composite().times().epochs_of(dates),
                 command.by.by_region) {
      ValueRasterFile read = read_values(command.raster, box_of_ground(session, ground_), command.selection);
      if (!command.title.empty()) read.title = command.title;
      if (!command.year.empty()) {
        read.year = command.year;
        read.year_from = "--year";
        read.years.clear();
      }
      if (read.grid.cell_count() == 0) {
        throw InvalidArgument(
            fmt::format("{}: no cell of it lies on the ground of the atlas; is it of another place?",
                        command.raster.string()));
      }
      least_ = 0.0;
      for (const double value : read.cells) least_ = std::min(least_, value);
      const CellCoverage coverage = cover_cells(session.composite().plane(), parts_.by_face(), read.grid);
      std::vector<ZoneTotal> areas;
      if (!command.per.empty())
        areas = total_by_part(coverage, count_cells(coverage, read, command.per), parts_.size());
      for (const ZoneTotal& total : total_by_part(coverage, read.cells, parts_.size()))
        counts_.push_back({total, areas.empty() ? total.cells : areas[counts_.size()].sum});
      read.cells = {};
      values_ = read;
      values = std::move(read);
      is_bounded_ = is_bounded(session.composite(), session.scope());
    }

    [[nodiscard]] Report states(const std::vector<Instant>& dates) const {
      Report report = begin();
      Table rows{"rows", "", {{"at", "at"}}, Json::array()};
      if (command_->by.by_region) rows.columns.push_back({"region", "region"});
      rows.columns.insert(rows.columns.end(),
                          {{"theme", "theme"},
                           {"actor", "actor"},
                           {"sum", "sum", Column::Kind::number},
                           {"mean", mean_title(), Column::Kind::digits},
                           {"share", "share", Column::Kind::share},
                           {"cells", "cells", Column::Kind::number},
                           {"cells_without_value", "without value", Column::Kind::number}});
      for (const Instant at : dates) {
        const auto names = holder_names(holders_, session_->atlas(), at, command_->by.by_group);
        const auto held = parts_.holders_at(session_->composite().times().epoch_of(at));
        for (const Session::Part& place : session_->parts(command_->by)) {
          const std::vector<bool> within = parts_within(place);
          std::map<std::string, Count> totals;
          std::map<std::string, bool> contested;
          Count all;
          for (Part part = 1; part < parts_.size(); ++part) {
            if (!within[part] || (held[part] == kUnknown && !is_bounded_)) continue;
            totals[names[held[part]]] += counts_[part];
            contested[names[held[part]]] =
                holders_.is_contested(held[part]) && names[held[part]].find('+') != std::string::npos;
            all += counts_[part];
          }
          for (const auto& [name, count] : in_order(totals)) {
            if (!session_->wants(name, at)) continue;
            Json json;
            json["at"] = session_->date(at);
            if (place.region) json["region"] = session_->atlas()[*place.region].id;
            json["theme"] = to_string(session_->theme());
            json["actor"] = holder_json(name);
            if (contested[name]) json["contested"] = true;
            add(json, count);
            json["share"] = all.total.sum > 0.0 ? Json(count.total.sum / all.total.sum) : Json(nullptr);
            json["share_of"] = place.region ? "region" : is_bounded_ ? "scope" : "held";
            rows.rows.push_back(std::move(json));
          }
        }
      }
      report.tables.push_back(std::move(rows));
      return report;
    }

    [[nodiscard]] Report changes(Instant a, Instant b) const {
      Report report = begin();
      report.head["theme"] = to_string(session_->theme());
      report.head["from"] = session_->date(a);
      report.head["to"] = session_->date(b);
      Table rows{"rows",
                 fmt::format("{} to {}", session_->date(a), session_->date(b)),
                 {{"actor", "actor"},
                  {"gained", "gained", Column::Kind::number},
                  {"lost", "lost", Column::Kind::number},
                  {"held", "held", Column::Kind::number}},
                 Json::array()};
      Table passed{"transitions",
                   "passed",
                   {{"from", "from"},
                    {"to", "to"},
                    {"sum", "sum", Column::Kind::number},
                    {"mean", mean_title(), Column::Kind::digits},
                    {"cells", "cells", Column::Kind::number},
                    {"cells_without_value", "without value", Column::Kind::number}},
                   Json::array()};
      if (command_->by.by_region) {
        for (Table* table : {&rows, &passed})
          table->columns.insert(table->columns.begin(), {"region", "region"});
      }
      const TimeAxis& times = session_->composite().times();
      const auto names_a = holder_names(holders_, session_->atlas(), a, command_->by.by_group);
      const auto names_b = holder_names(holders_, session_->atlas(), b, command_->by.by_group);
      const auto held_a = parts_.holders_at(times.epoch_of(a));
      const auto held_b = parts_.holders_at(times.epoch_of(b));
      for (const Session::Part& place : session_->parts(command_->by)) {
        const std::vector<bool> within = parts_within(place);
        std::map<std::pair<std::string, std::string>, Count> transitions;
        for (Part part = 1; part < parts_.size(); ++part) {
          if (!within[part] || (!is_bounded_ && held_a[part] == kUnknown && held_b[part] == kUnknown))
            continue;
          transitions[{names_a[held_a[part]], names_b[held_b[part]]}] += counts_[part];
        }
        struct Account {
          double gained = 0.0, lost = 0.0, held = 0.0;
        };
        std::map<std::string, Account> accounts;
        for (const auto& [key, count] : transitions) {
          const auto& [x, y] = key;
          const ZoneTotal& total = count.total;
          if (x == y) {
            accounts[x].held += total.sum;
          } else {
            accounts[x].lost += total.sum;
            accounts[y].gained += total.sum;
          }
        }
        const auto region = [&](Json& json) {
          if (place.region) json["region"] = session_->atlas()[*place.region].id;
        };
        for (const auto& [name, account] : accounts) {
          if ((name.empty() && !is_bounded_) || (!session_->wants(name, a) && !session_->wants(name, b)))
            continue;
          Json json;
          region(json);
          json["actor"] = holder_json(name);
          json["gained"] = account.gained;
          json["lost"] = account.lost;
          json["held"] = account.held;
          rows.rows.push_back(std::move(json));
        }
        for (const auto& [key, count] : transitions) {
          const auto& [x, y] = key;
          if (!session_->wants(x, a) && !session_->wants(y, b)) continue;
          Json json;
          region(json);
          json["from"] = holder_json(x);
          json["to"] = holder_json(y);
          add(json, count);
          passed.rows.push_back(std::move(json));
        }
      }
      report.tables = {std::move(rows), std::move(passed)};
      return report;
    }

   private:
    [[nodiscard]] std::vector<bool> parts_within(const Session::Part& place) const {
      const std::vector<bool> faces = faces_in_scope(session_->composite(), place.scope);
      std::vector<bool> out(parts_.size(), false);
      for (Part part = 1; part < parts_.size(); ++part) out[part] = faces[parts_.face(part)];
      return out;
    }

    [[nodiscard]] std::string mean_title() const {
      return command_->per.empty() ? "mean of cells" : "mean per " + command_->per;
    }

    static void add(Json& json, const Count& count) {
      const ZoneTotal& total = count.total;
      json["sum"] = total.sum;
      json["mean"] = count.weight > 0.0 ? Json(total.sum / count.weight) : Json(nullptr);
      json["cells"] = total.cells;
      json["cells_without_value"] = total.without_value;
    }

    /// Greatest sum first, unknown last.
    static std::vector<std::pair<std::string, Count>> in_order(const std::map<std::string, Count>& totals) {
      std::vector<std::pair<std::string, Count>> out(totals.begin(), totals.end());
      std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
        if (a.first.empty() != b.first.empty()) return b.first.empty();
        return a.second.total.sum > b.second.total.sum;
      });
      return out;
    }

    [[nodiscard]] Report begin() const {
      const ValueRasterFile& file = values_;
      Report report{session_->head(), {}, session_->notes()};
      const bool is_per_area = !command_->per.empty();
      report.head["unit"] = file.unit.empty() || is_per_area ? Json(nullptr) : Json(file.unit);
      Json raster;
      raster["file"] = command_->raster.filename().string();
      raster["title"] = file.title;
      raster["year"] = file.year.empty() ? Json(nullptr) : Json(file.year);
      raster["year_from"] = file.year_from.empty() ? Json(nullptr) : Json(file.year_from);
      if (!file.variable.empty()) raster["variable"] = file.variable;
      raster["band"] = file.band;
      if (!file.band_name.empty()) raster["band_name"] = file.band_name;
      raster["values"] = is_per_area ? "per " + command_->per + ", times the area of the cell" : "per cell";
      raster["crs"] = file.grid.crs;
      raster["cell_width"] = file.grid.cell;
      raster["cell_height"] = file.grid.cell_height();
      raster["covers_ground"] = file.holds_box;
      report.head["raster"] = std::move(raster);
      report.head["weights"] = "share of the cell's area on WGS84 that the ground covers";
      std::vector<std::string> notes;
      notes.push_back(file.title + year_note(file));
      if (file.repeated_columns > 0) {
        notes.push_back(
            fmt::format("the raster goes round the earth more than once: its last {} column{} the first ones "
                        "and {} not counted",
                        file.repeated_columns, file.repeated_columns == 1 ? " repeats" : "s repeat",
                        file.repeated_columns == 1 ? "is" : "are"));
      }
      notes.push_back(is_per_area ? fmt::format("sum: values per {} times the area of each cell on WGS84, by "
                                                "the share of it that the ground "
                                                "covers; mean: that divided by the area",
                                                command_->per)
                                  : std::string("sum: values of cells, each by the share of it that the "
                                                "ground covers, for rasters that count "
                                                "(people in a cell); mean: weighted alike, for those that "
                                                "measure (--per: people per km2)"));
      if (!file.holds_box)
        notes.emplace_back("some of the ground lies outside the raster: it is in no figure");
      if (least_ < 0.0)
        notes.push_back(
            fmt::format("the least value is {}: does the raster mark cells without value?", least_));
      report.notes.insert(report.notes.begin(), notes.begin(), notes.end());
      return report;
    }

    /// What is said of the year, after the title.
    static std::string year_note(const ValueRasterFile& file) {
      if (!file.year.empty())
        return fmt::format(", year {} (by {}): of that year at every date", file.year, file.year_from);
      if (file.years.empty()) return ": the file states no year (--year)";
      return fmt::format(": the file states no year for certain ({}); say which by --year",
                         fmt::join(file.years, " or "));
    }

    const ZonalCommand* command_;
    const Session* session_;
    Holders holders_;
    std::vector<bool> ground_;
    GroundParts parts_;
    ValueRasterFile values_;     ///< without its cells
    std::vector<Count> counts_;  ///< by part
    double least_ = 0.0;
    bool is_bounded_ = false;
  };
};

}  // namespace

void add_zonal(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "zonal",
      "What a raster counts (people) on the ground each party held at dates, or that passed between two");
  const auto state = std::make_shared<ZonalCommand>();
  state->query.declare(*command);
  command->add_option("--raster", state->raster, "values by cell, of any format GDAL reads and in any CRS")
      ->type_name("FILE")
      ->required();
  command->add_option(
      "--band", state->selection.band,
      "of a raster that has several: its number from 1, its name, or its date along time; of a "
      "file of several rasters NAME or NAME:BAND");
  command
      ->add_option(
          "--raster-crs", state->selection.crs,
          "the coordinate system of a raster that states none; where it states one, in place of that")
      ->type_name("CRS");
  command
      ->add_option("--per", state->per,
                   "values are per area and become counts by the area of each cell on WGS84")
      ->check(CLI::IsMember({"m2", "km2", "mi2", "ha"}));
  command->add_option("--title", state->title, "what the raster is; default: as it states itself");
  command->add_option("--year", state->year,
                      "which year the raster is of; default: as it or its name states");
  command->add_option("--at", state->at, "dates: ISO 8601, a period of the atlas, latest or previous")
      ->delimiter(',')
      ->type_name("DATE");
  command
      ->add_option("--every", state->every,
                   "a series: change (each date anything passes), day, month or year")
      ->check(CLI::IsMember({"change", "day", "month", "year"}));
  command->add_option("--from", state->from, "first date of a change")->type_name("DATE");
  command->add_option("--to", state->to, "second date of a change")->type_name("DATE");
  state->by.declare(*command);
  state->output.declare(*command, false);
  command->callback([state] { state->run(); });
}

}  // namespace marchland::cli
