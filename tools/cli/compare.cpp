// marchland compare: where two sources agree about a date, where they contradict each other, and where one of
// them is silent.
#include "tools/cli/bands.h"
#include "tools/cli/commands.h"
#include "tools/cli/feature_output.h"
#include "tools/cli/query.h"
#include <marchland/analysis/source_agreement.h>
#include <marchland/base/error.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <limits>
#include <memory>
#include <optional>

namespace marchland::cli {
namespace {

/// The two sources that --source names.
struct Sources {
  Sources(const Atlas& atlas, const std::vector<std::string>& ids)
      : first(find_source(atlas, ids[0])), second(find_source(atlas, ids[1])) {
    if (first == second) {
      throw InvalidArgument(
          fmt::format("--source {} is compared with itself; name two different sources", ids[0]));
    }
  }
  SourceId first;
  SourceId second;
};

std::string agreement_text(Agreement agreement, const Atlas& atlas, const Sources& sources) {
  if (agreement == Agreement::only_first) return "only " + atlas[sources.first].id;
  if (agreement == Agreement::only_second) return "only " + atlas[sources.second].id;
  return std::string(to_string(agreement));
}

/// Told apart in greyscale and by the colour-blind: grey agrees, vermilion contradicts, blues are one voice.
std::string_view color_of(Agreement agreement) {
  switch (agreement) {
    case Agreement::same:
      return "#cccccc";
    case Agreement::different:
      return "#d55e00";
    case Agreement::only_first:
      return "#56b4e9";
    case Agreement::only_second:
      return "#0072b2";
  }
  return "#cccccc";
}

/// Bands of what both say, and of what only one does.
class AgreementBands {
 public:
  /// `first`, `second`: by what each source says alone. `both`: of the two together, for their lines. All
  /// must outlive it.
  AgreementBands(const Session& session, const Holders& both, const Holders& first, const Holders& second,
                 Instant at)
      : bands_(session, both),
        within_(bands_.within(session.scope())),
        holders_{&first, &second},
        first_(bands_.lines(), first, session.composite().times().epoch_of(at)),
        second_(bands_.lines(), second, first_.epoch()),
        floors_(noise_floors(bands_.lines(), first_, second_, where_both_speak(session))) {}

  void add(Json& json, const AgreementRow& row) const {
    const AreaError error = error_of(row.first, row.second, kHeldAtBoth);
    add_band(json, BandKeys(), square_meters(row.area),
             row.agreement == Agreement::same ? held(error, floor(row.first))
                                              : passed(error, floor(row.first), floor(row.second)),
             0.0, kMost);
  }
  void add(Json& json, const HolderAgreement& holder) const {
    const std::string& id = holder.holder;
    const NoiseFloor of_holder = floor(id);
    add_band(json, BandKeys("both_"), square_meters(holder.both),
             held(error_of(id, id, kHeldAtBoth), of_holder), 0.0, kMost);
    add_band(json, BandKeys("only_first_"), square_meters(holder.only_first),
             gross(error_of(id, id, kLost), of_holder), 0.0, kMost);
    add_band(json, BandKeys("only_second_"), square_meters(holder.only_second),
             gross(error_of(id, id, kGained), of_holder), 0.0, kMost);
  }

 private:
  /// A line was not drawn twice where one of them is silent.
  [[nodiscard]] std::vector<bool> where_both_speak(const Session& session) const {
    std::vector<bool> faces = faces_in_scope(session.composite(), session.scope());
    for (FaceIndex f = 0; f < faces.size(); ++f)
      faces[f] = faces[f] && first_.part(f) != kUnknown && second_.part(f) != kUnknown;
    return faces;
  }

  static constexpr double kMost = std::numeric_limits<double>::max();

  /// By its id; one that the source never names has no ground.
  [[nodiscard]] DrawnGround::Part part_of(std::size_t source, const std::string& id) const {
    HolderIndex h = 0;
    while (h < holders_[source]->size() && holders_[source]->id(h) != id) ++h;
    return h;
  }
  [[nodiscard]] NoiseFloor floor(const std::string& id) const {
    NoiseFloor sum;
    for (const std::size_t source : {0U, 1U}) {
      if (const auto part = part_of(source, id); part < floors_[source].size()) sum += floors_[source][part];
    }
    return sum;
  }
  [[nodiscard]] AreaError error_of(const std::string& first, const std::string& second,
                                   const OverlapWeights& weights) const {
    return within_.of(first_, part_of(0, first), second_, part_of(1, second), weights);
  }

  Bands bands_;
  AreaErrors within_;
  const Holders* holders_[2];
  DrawnGround first_;
  DrawnGround second_;
  std::array<std::vector<NoiseFloor>, 2> floors_;
};

/// `bands` may be null.
Table rows_table(const Session& session, const SourceAgreement& found, const Sources& sources, Instant at,
                 const AgreementBands* bands) {
  const Atlas& atlas = session.atlas();
  Table table{"rows",
              fmt::format("{} against {}", atlas[sources.first].id, atlas[sources.second].id),
              {{"actor_first", atlas[sources.first].id},
               {"actor_second", atlas[sources.second].id},
               {"agreement", "agreement"},
               {"area_m2", "area", Column::Kind::area}},
              Json::array()};
  for (const AgreementRow& row : found.rows) {
    if (!session.wants(row.first, at) && !session.wants(row.second, at)) continue;
    table.rows.push_back({{"actor_first", holder_json(row.first)},
                          {"actor_second", holder_json(row.second)},
                          {"agreement", agreement_text(row.agreement, atlas, sources)},
                          {"area_m2", square_meters(row.area)}});
    if (bands != nullptr) bands->add(table.rows.back(), row);
  }
  if (bands != nullptr) add_area_band_column(table);
  return table;
}

Table holders_table(const Session& session, const SourceAgreement& found, const Sources& sources, Instant at,
                    const AgreementBands* bands) {
  const Atlas& atlas = session.atlas();
  Table table{"holders",
              "by holder",
              {{"actor", "actor"},
               {"both_m2", "both", Column::Kind::area},
               {"only_first_m2", "only by " + atlas[sources.first].id, Column::Kind::area},
               {"only_second_m2", "only by " + atlas[sources.second].id, Column::Kind::area},
               {"overlap", "overlap", Column::Kind::share}},
              Json::array()};
  for (const HolderAgreement& holder : found.holders) {
    if (!session.wants(holder.holder, at)) continue;
    table.rows.push_back({{"actor", holder_json(holder.holder)},
                          {"both_m2", square_meters(holder.both)},
                          {"only_first_m2", square_meters(holder.only_first)},
                          {"only_second_m2", square_meters(holder.only_second)},
                          {"overlap", holder.overlap()}});
    if (bands != nullptr) bands->add(table.rows.back(), holder);
  }
  if (bands != nullptr) {
    std::vector<Column> columns;
    for (Column& column : table.columns) {
      if (column.kind != Column::Kind::area) {
        columns.push_back(std::move(column));
        continue;
      }
      const BandKeys keys(column.key.substr(0, column.key.size() - 2));  // "both_" of "both_m2"
      columns.push_back(with_band(std::move(column), keys));
      columns.push_back(band_column(keys, Column::Kind::area_band));
    }
    table.columns = std::move(columns);
  }
  return table;
}

struct CompareCommand {
  QueryOptions query;
  OutputOptions output;
  std::string at;

  void run() const {
    if (query.sources.size() != 2) {
      throw InvalidArgument(fmt::format("compare needs two sources: --source A --source B; {} given",
                                        query.sources.size() == 1 ? "one was" : "other numbers were"));
    }
    output.check();
    Session session(query);
    const Sources sources(session.atlas(), query.sources);
    session.arrange({at});
    const Instant instant = session.instant(at);
    const Holders first = session.holders(session.theme(), {sources.first});
    const Holders second = session.holders(session.theme(), {sources.second});
    refuse_silence(session, sources);
    const SourceAgreement found =
        compare_sources(session.composite(), session.areas(), first, second, instant, session.scope());
    if (!output.geometry.empty()) fmt::print(stderr, "{}", write_map(session, found, sources, instant));

    Report report{session.head(), {}, session.notes()};
    report.head["theme"] = to_string(session.theme());
    report.head["at"] = session.date(instant);
    report.head["first"] = session.atlas()[sources.first].id;
    report.head["second"] = session.atlas()[sources.second].id;
    report.head["same_m2"] = square_meters(found.area(Agreement::same));
    report.head["different_m2"] = square_meters(found.area(Agreement::different));
    report.head["only_first_m2"] = square_meters(found.area(Agreement::only_first));
    report.head["only_second_m2"] = square_meters(found.area(Agreement::only_second));
    const Holders both = session.holders();
    std::optional<AgreementBands> bands;
    if (session.has_bands()) {
      bands.emplace(session, both, first, second, instant);
      report.notes.insert(report.notes.begin(), band_note());
    }
    const AgreementBands* const given = bands ? &*bands : nullptr;
    report.tables = {rows_table(session, found, sources, instant, given),
                     holders_table(session, found, sources, instant, given)};
    report.notes.insert(
        report.notes.begin(),
        fmt::format(
            "at {}. Where one source is silent it contradicts nothing; overlap: what both give a holder, "
            "of what either does",
            session.date(instant)));
    output.write(report, provenance(session, "compare"));
  }

  static void refuse_silence(const Session& session, const Sources& sources) {
    for (const SourceId source : {sources.first, sources.second}) {
      const Atlas& atlas = session.atlas();
      const bool speaks =
          std::any_of(atlas.statements.begin(), atlas.statements.end(), [&](const Statement& s) {
            const Layer& layer = atlas[s.layer];
            return layer.source == source && layer.theme == session.theme();
          });
      if (!speaks) {
        throw InvalidArgument(fmt::format("source '{}' says nothing of theme {} in this atlas",
                                          atlas[source].id, to_string(session.theme())));
      }
    }
  }

  [[nodiscard]] std::string write_map(const Session& session, const SourceAgreement& found,
                                      const Sources& sources, Instant instant) const {
    const Atlas& atlas = session.atlas();
    FeatureOutput out(session, output.geometry, output.existing(), "compare");
    constexpr auto text = FeatureField::Type::text;
    constexpr auto real = FeatureField::Type::real;
    constexpr auto instant_type = FeatureField::Type::instant;
    const auto value = [](const std::string& id) {
      return id.empty() ? FieldValue(std::monostate{}) : FieldValue(id);
    };
    out.add_polygons(
        "compare",
        fmt::format("{} against {} at {}", atlas[sources.first].id, atlas[sources.second].id,
                    session.date(instant)),
        {{"theme", text},
         {"at", instant_type},
         {"first", text},
         {"second", text},
         {"actor_first", text},
         {"actor_second", text},
         {"agreement", text},
         {"area_m2", real},
         {"color", text}},
        found.faces,
        [&](Category category, AreaUnits area) {
          const AgreementRow& row = found.rows[category - 1];
          return std::vector<FieldValue>{std::string(to_string(session.theme())),
                                         instant,
                                         atlas[sources.first].id,
                                         atlas[sources.second].id,
                                         value(row.first),
                                         value(row.second),
                                         agreement_text(row.agreement, atlas, sources),
                                         square_meters(area),
                                         std::string(color_of(row.agreement))};
        },
        "agreement");
    return out.write();
  }
};

}  // namespace

void add_compare(CLI::App& app) {
  CLI::App* command = app.add_subcommand("compare", "Where two sources agree about a date, and where not");
  const auto state = std::make_shared<CompareCommand>();
  state->query.declare(*command);
  state->query.declare_bands(*command);
  command->add_option("--at", state->at, "date: ISO 8601, a period of the atlas, latest or previous")
      ->required()
      ->type_name("DATE");
  state->output.declare(*command);
  state->output.declare_geometry(*command, "the ground by what each source says of it, as polygons");
  command->callback([state] { state->run(); });
}

}  // namespace marchland::cli
