// marchland line (or front): where two parties met at a date, and how long that line was; between two dates,
// how it moved (movement.cpp).
#include "tools/cli/bands.h"
#include "tools/cli/commands.h"
#include "tools/cli/layers.h"
#include "tools/cli/movement.h"
#include "tools/cli/reports.h"
#include "tools/cli/theme_words.h"
#include <marchland/base/error.h>

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>

namespace marchland::cli {

namespace {

/// Holders that are this side: one actor alone, a contested set "a+b" by its id, or "unknown".
HolderTest side(const Atlas& atlas, const Holders& holders, const std::string& id) {
  if (id == "unknown") return [](HolderIndex h) { return h == kUnknown; };
  for (HolderIndex h = 1; h < holders.size(); ++h) {
    if (holders.id(h) == id) return [h](HolderIndex candidate) { return candidate == h; };
  }
  // Known, but holds nothing at any time.
  static_cast<void>(find_actor(atlas, id));
  return [](HolderIndex) { return false; };
}

/// null where the first order does not hold, or a line has no stated accuracy.
void add_length_band(Json& row, const BandKeys& keys, const ContactLine& line, const LineMap& lines,
                     TimeIndex epoch) {
  const LengthError error = error_of_length(lines, line, epoch);
  const bool is_known = error.without_sigma.value() == 0.0;
  row[keys.low] = nullptr;
  row[keys.high] = nullptr;
  row["lengthening_m"] = is_known ? Json(error.lengthening.value()) : Json(nullptr);
  if (!is_known) row["without_sigma_m"] = error.without_sigma.value();
  if (!error.is_linear) return;
  const Band band = band_of(line.length.value(), error);
  row[keys.low] = band.low;
  row[keys.high] = band.high;
}

}  // namespace

LineSides::LineSides(const Atlas& atlas, const Holders& holders, const std::string& left,
                     const std::string& right)
    : first(side(atlas, holders, left)),
      second(side(atlas, holders, right)),
      first_id(left),
      second_id(right) {
  if (left == right) {
    throw InvalidArgument(
        fmt::format("'{}' is named twice; a line of contact is between two different parties", left));
  }
}

Report line_report(const Session& session, const std::vector<Instant>& at, const LineSides& sides) {
  const Holders holders = session.holders();
  const Holders borders = session.holders(Theme::border);
  const bool has_borders = borders.size() > 1;
  Report report{session.head(), {}, session.notes()};
  report.head["theme"] = to_string(session.theme());
  report.head["between"] = {sides.first_id, sides.second_id};
  Table rows{"rows",
             "",
             {{"at", "at"},
              {"length_m", "length", Column::Kind::length},
              {"on_border_m", "on borders", Column::Kind::length},
              {"off_border_m", "off borders", Column::Kind::length},
              {"parts", "parts", Column::Kind::count}},
             Json::array()};
  if (!has_borders) rows.columns.erase(rows.columns.begin() + 2, rows.columns.begin() + 4);
  std::optional<Bands> bands;
  const BandKeys keys("", "_m");
  if (session.has_bands()) {
    bands.emplace(session, holders);
    rows.columns[1] = with_band(rows.columns[1], keys);
    rows.columns.insert(rows.columns.begin() + 2, band_column(keys, Column::Kind::length_band));
    rows.columns.push_back({"lengthening_m", "by errors", Column::Kind::length});
    report.notes.insert(
        report.notes.begin(),
        "95 %: where the length of the line lies, with as many corners, as far as the accuracy goes that its "
        "sources state (sigma). By errors: by how much those make a line longer in the mean; where that is a "
        "tenth of it or more, or a line has no sigma, the band is not known");
  }
  for (const Instant instant : at) {
    const ContactLine line = contact_line(session.composite(), holders, instant, sides.first, sides.second,
                                          session.scope(), has_borders ? &borders : nullptr);
    Json row;
    row["at"] = session.date(instant);
    row["length_m"] = line.length.value();
    if (has_borders) {
      row["on_border_m"] = line.on_border.value();
      row["off_border_m"] = (line.length - line.on_border).value();
    }
    row["parts"] = line.parts.size();
    if (bands)
      add_length_band(row, keys, line, bands->lines(), session.composite().times().epoch_of(instant));
    rows.rows.push_back(std::move(row));
  }
  // One date is what the contract shows: its length and parts stand at the top of the document.
  if (rows.rows.size() == 1) {
    report.head["at"] = rows.rows[0]["at"];
    report.head["length_m"] = rows.rows[0]["length_m"];
    report.head["parts"] = rows.rows[0]["parts"];
  }
  add_doubt_note(report, session, holders, at);
  report.tables.push_back(std::move(rows));
  return report;
}

void add_line(FeatureOutput& out, const Session& session, const std::vector<Instant>& at,
              const LineSides& sides) {
  const Holders holders = session.holders();
  const Holders borders = session.holders(Theme::border);
  FeatureSet set{"line",
                 fmt::format("{} between {} (left) and {} (right)", words_of(session.theme()).line,
                             sides.first_id, sides.second_id),
                 {{"left_actor", FeatureField::Type::text},
                  {"right_actor", FeatureField::Type::text},
                  {"at", FeatureField::Type::instant},
                  {"length_m", FeatureField::Type::real},
                  {"on_border", FeatureField::Type::boolean}},
                 {}};
  for (const Instant instant : at) {
    const ContactLine line = contact_line(session.composite(), holders, instant, sides.first, sides.second,
                                          session.scope(), borders.size() > 1 ? &borders : nullptr);
    for (const ContactPart& part : line.parts) {
      set.features.push_back({{sides.first_id, sides.second_id, instant, part.length.value(), part.on_border},
                              MultiLine{part.positions}});
    }
  }
  std::string dates;
  for (const Instant instant : at) dates += (dates.empty() ? "" : ", ") + session.date(instant);
  out.explain_none(fmt::format("{} and {} do not touch at {}", sides.first_id, sides.second_id, dates));
  out.add(std::move(set));
}

namespace {

struct LineCommand {
  QueryOptions query;
  OutputOptions output;
  std::vector<std::string> at;
  std::vector<std::string> between;
  std::string from;
  std::string to;
  double step = MovementOptions{}.step.value();
  bool stretches = false;

  void run() const {
    if (between.size() != 2) throw InvalidArgument("--between takes two parties, for instance --between a,b");
    const bool is_movement = !from.empty() || !to.empty();
    if (is_movement == !at.empty() || from.empty() != to.empty())
      throw InvalidArgument("expected --at DATE, or --from DATE --to DATE");
    output.check();
    if (is_movement) return run_movement();
    if (stretches) throw InvalidArgument("--stretches: expected --from DATE --to DATE with it");
    Session session(query);
    std::optional<FeatureOutput> out;
    Report report;
    session.for_each_arranged(at, [&](const std::vector<std::string>& dates) {
      if (!output.geometry.empty() && !out) out.emplace(session, output.geometry, output.existing(), "line");
      const LineSides sides(session.atlas(), session.holders(), between[0], between[1]);
      const std::vector<Instant> instants = session.instants(dates);
      if (out) add_line(*out, session, instants, sides);
      append(report, line_report(session, instants, sides));
    });
    if (out) fmt::print(stderr, "{}", out->write());
    output.write(report, provenance(session, "line"));
  }

  void run_movement() const {
    if (!output.geometry.empty()) FeatureOutput::check(output.geometry, output.existing(), 2);
    Session session(query);
    session.arrange({from, to});
    const MovementAnswer movement(session, session.instant(from), session.instant(to),
                                  LineSides(session.atlas(), session.holders(), between[0], between[1]),
                                  Meters{step});
    if (!output.geometry.empty()) {
      FeatureOutput out(session, output.geometry, output.existing(), "line");
      movement.add_features(out);
      fmt::print(stderr, "{}", out.write());
    }
    output.write(movement.report(stretches), provenance(session, "line"));
  }
};

}  // namespace

void add_line(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("line", "Where two parties met at a date, how long that line was, and how it moved");
  command->alias("front");
  const auto state = std::make_shared<LineCommand>();
  state->query.declare(*command);
  state->query.declare_bands(*command);
  command->add_option("--at", state->at, "dates")->delimiter(',')->type_name("DATE");
  command->add_option("--from", state->from, "with --to, instead of --at: how the line moved since this date")
      ->type_name("DATE");
  command->add_option("--to", state->to, "until when")->type_name("DATE");
  command
      ->add_option("--between", state->between, "the two parties: actor ids, a contested set a+b, or unknown")
      ->required()
      ->delimiter(',')
      ->type_name("A,B");
  command
      ->add_option("--step", state->step,
                   "of --from --to: how far apart the positions are at which displacement is measured")
      ->check(CLI::PositiveNumber)
      ->capture_default_str()
      ->type_name("METRES");
  command->add_flag("--stretches", state->stretches,
                    "of --from --to: rows are the pieces of ground that passed, the largest first");
  state->output.declare(*command);
  state->output.declare_geometry(*command,
                                 "the line as features; of --from --to both lines, and the ground between");
  command->callback([state] { state->run(); });
}

}  // namespace marchland::cli
