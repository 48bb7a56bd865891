// marchland check: what is odd in an atlas, and the identities that prove the account adds up.
#include "tools/cli/commands.h"
#include "tools/cli/ledger.h"
#include "tools/cli/reports.h"
#include <marchland/analysis/anomalies.h>
#include <marchland/analysis/pieces.h>
#include <marchland/base/error.h>
#include <marchland/io/manifest.h>
#include <marchland/io/write_composite.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <memory>

namespace marchland::cli {

namespace {

/// Holders, contested and unknown against the study area, at every date at which anything changes.
AreaUnits study_residual(const Session& session, const Holders& holders) {
  const Composite& composite = session.composite();
  AreaUnits study = 0;
  const std::vector<bool> inside = faces_in_study_area(composite);
  std::vector<AreaUnits> by_coverage(composite.coverage_count(holders.group()), 0);
  for (FaceIndex f = 1; f < inside.size(); ++f) {
    if (!inside[f]) continue;
    study += session.areas()[f];
    by_coverage[composite.coverage(f, holders.group())] += session.areas()[f];
  }
  AreaUnits worst = 0;
  for (TimeIndex epoch = 0; epoch < composite.times().epoch_count(); ++epoch) {
    std::vector<AreaUnits> held(holders.size(), 0);
    for (CoverageIndex c = 0; c < by_coverage.size(); ++c) held[holders.at(c, epoch)] += by_coverage[c];
    AreaUnits sum = 0;
    for (const AreaUnits area : held) sum += area;
    worst = std::max(worst, sum < study ? study - sum : sum - study);
  }
  return worst;
}

/// Slivers: what lines that nearly coincide leave between them.
Table widths_table(const Session& session) {
  Table table{
      "widths",
      "faces by mean width (slivers: lines written or drawn twice leave them)",
      {{"width", "width"}, {"faces", "faces", Column::Kind::count}, {"area_m2", "area", Column::Kind::area}},
      Json::array()};
  double least = 0.0;
  for (const WidthClass& width : width_distribution(session.composite(), session.areas())) {
    const double below = width.below.value();
    const bool is_last = std::isinf(below);
    table.rows.push_back(
        {{"width", is_last ? fmt::format("{} m and more", least) : fmt::format("{} to {} m", least, below)},
         {"from_m", least},
         {"below_m", is_last ? Json(nullptr) : Json(below)},
         {"faces", width.faces},
         {"area_m2", square_meters(width.area)}});
    least = below;
  }
  return table;
}

/// Colours that nobody declared are the program's choice, and a reader of a map may take them for a
/// statement.
std::string colors_note(const Atlas& atlas) {
  if (atlas.manifest.empty()) return {};
  const std::vector<std::string> ids = parse_manifest(atlas.manifest, "atlas.toml").without_color;
  if (ids.empty()) return {};
  constexpr std::size_t kMost = 8;
  std::string list;
  std::size_t told = 0;
  for (const std::string& id : ids) {
    const auto actor =
        std::find_if(atlas.actors.begin(), atlas.actors.end(), [&](const Actor& a) { return a.id == id; });
    if (actor == atlas.actors.end() || told++ >= kMost) continue;
    list += fmt::format("{}{} {}", list.empty() ? "" : ", ", id, actor->color);
  }
  if (ids.size() > kMost) list += fmt::format(" and {} more", ids.size() - kMost);
  return fmt::format("actors without a color in the manifest were given one: {}", list);
}

void append(Findings& findings, Findings more) {
  std::move(more.begin(), more.end(), std::back_inserter(findings));
}

}  // namespace

CheckReport check_report(const Session& session) {
  Findings findings = session.composite().findings();
  append(findings, find_misplaced(session.composite().atlas()));
  Certificates certificates = session.composite().certificates();
  for (const Theme theme : kThemes) {
    const Holders holders = session.holders(theme);
    findings.insert(findings.end(), holders.findings().begin(), holders.findings().end());
    if (!session.is_two_layer())
      append(findings, find_anomalies(session.composite(), session.areas(), holders));
    if (!session.composite().has_study_area() || holders.size() == 1) continue;
    certificates.push_back(
        {"study_area_" + std::string(to_string(theme)), study_residual(session, holders),
         "holders + contested + unknown = study area, at every date (largest difference, mm2)"});
  }
  if (!session.stated_content().empty()) {
    certificates.push_back({"content", session.stated_content() == content_hash(session.composite()) ? 0 : 1,
                            "what was loaded has the content hash that the file states (0: it has)"});
    certificates.push_back(
        {"rows", session.has_rows_as_written() ? 0 : 1,
         "rows of nodes, edges, faces and coverages are those that were written (0: they are)"});
  }
  std::stable_sort(findings.begin(), findings.end(),
                   [](const Finding& a, const Finding& b) { return a.severity > b.severity; });

  Report report{session.head(), {}, {}};
  Table rows{"findings",
             "findings",
             {{"severity", "severity"},
              {"code", "code"},
              {"statement", "statement"},
              {"at", "at"},
              {"lon", "lon"},
              {"lat", "lat"},
              {"text", "text"}},
             Json::array()};
  for (const Finding& finding : findings) {
    Json row;
    row["code"] = finding.code;
    row["severity"] = to_string(finding.severity);
    row["statement"] = holder_json(finding.statement);
    row["at"] = holder_json(finding.at);
    row["lon"] = finding.location ? Json(finding.location->lon.value()) : Json(nullptr);
    row["lat"] = finding.location ? Json(finding.location->lat.value()) : Json(nullptr);
    row["text"] = finding.text;
    rows.rows.push_back(std::move(row));
  }
  Table proofs{"certificates",
               "certificates (identities of the arithmetic: 0 does not say that the lines are true)",
               {{"name", "name"}, {"residual_units", "residual"}, {"states", "states"}},
               Json::array()};
  bool broken = false;
  for (const Certificate& certificate : certificates) {
    // Residuals beyond what a JSON number holds exactly would be a broken build anyway.
    proofs.rows.push_back({{"name", certificate.name},
                           {"residual_units", static_cast<std::int64_t>(certificate.residual)},
                           {"states", certificate.states}});
    broken = broken || certificate.residual != 0;
  }
  rows.shown_when_empty = false;
  report.tables = {std::move(rows), std::move(proofs), widths_table(session)};
  if (session.atlas().harmonise.value() > 0) {
    report.head["harmonise"] = ledger_summary(session.composite().ledger());
    report.tables.push_back(ledger_table(session));
  }
  if (findings.empty()) report.notes.emplace_back("no findings");
  if (const std::string note = colors_note(session.atlas()); !note.empty()) report.notes.push_back(note);
  const bool has_error = std::any_of(findings.begin(), findings.end(),
                                     [](const Finding& f) { return f.severity == Severity::error; });
  return {std::move(report), has_error || broken};
}

namespace {

struct CheckCommand {
  QueryOptions query;
  OutputOptions output;
  std::filesystem::path ledger;

  void run() const {
    query.refuse_two_layer("check");
    output.check();
    if (!ledger.empty()) {
      check_ledger_output(ledger, output.existing());
      if (ledger == output.output) throw InvalidArgument("-o and --ledger name the same file; choose two");
    }
    try {
      const Session session(query, Load::with_areas);
      const CheckReport result = check_report(session);
      if (!ledger.empty()) write_ledger(session, ledger, output.existing());
      output.write(result.report, provenance(session, "check"));
      if (result.has_error) throw ExitWith{3};
    } catch (const TooLarge&) {
      try {
        check_latest();
      } catch (const InvalidArgument&) {
        // Without dated changes there is no last state.
      }
      throw;
    }
  }

  /// Of what is too large to be arranged at once: what was found on reading, and in the last state alone.
  void check_latest() const {
    QueryOptions narrow = query;
    narrow.two_layer = true;
    Session session(narrow);
    const Instant latest = session.instant("latest");
    session.arrange({"latest"});
    CheckReport result = check_report(session);
    result.report.head["at"] = session.date(latest);
    result.report.notes.push_back(fmt::format(
        "findings of reading are of the whole atlas; all else is of {} alone", session.date(latest)));
    output.write(result.report, provenance(session, "check"));
  }
};

}  // namespace

void add_check(CLI::App& app) {
  CLI::App* command = app.add_subcommand("check", "What is odd in an atlas, and whether its account adds up");
  const auto state = std::make_shared<CheckCommand>();
  state->query.declare_atlas(*command);
  state->output.declare(*command);
  command
      ->add_option("--ledger", state->ledger,
                   "everything that harmonising did (harmonise_m in the manifest), as .csv or .json")
      ->type_name("FILE");
  command->callback([state] { state->run(); });
}

}  // namespace marchland::cli
