#include "tools/cli/ledger.h"

#include <marchland/base/error.h>
#include <marchland/io/csv.h>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace marchland::cli {
namespace {

const char* name_of(LedgerEntry::Kind kind) {
  switch (kind) {
    case LedgerEntry::Kind::moved:
      return "moved";
    case LedgerEntry::Kind::inserted:
      return "inserted";
    case LedgerEntry::Kind::dropped:
      break;
  }
  return "dropped";
}

std::string from_of(const Session& session, const Statement& statement) {
  return statement.validity.has_from() ? session.date(statement.validity.from()) : std::string();
}

/// The keys that rows of a statement begin with.
Json row_of(const Session& session, std::uint32_t index) {
  const Atlas& atlas = session.atlas();
  const Statement& statement = atlas.statements[index];
  Json row;
  row["statement"] = statement.id;
  row["layer"] = atlas[statement.layer].id;
  row["actor"] = atlas[statement.actor].id;
  row["from"] = holder_json(from_of(session, statement));
  return row;
}

Json entry_json(const Session& session, const LedgerEntry& entry) {
  Json row{{"kind", name_of(entry.kind)}};
  row.update(row_of(session, entry.statement));
  // Counted from 1, as findings and messages do.
  row["polygon"] = entry.polygon + 1;
  row["ring"] = entry.ring + 1;
  row["vertex"] = entry.vertex + 1;
  const bool has_from = entry.kind != LedgerEntry::Kind::inserted;
  const bool has_to = entry.kind != LedgerEntry::Kind::dropped;
  row["lon"] = has_from ? Json(grid_to_degrees(entry.from.x)) : Json(nullptr);
  row["lat"] = has_from ? Json(grid_to_degrees(entry.from.y)) : Json(nullptr);
  row["to_lon"] = has_to ? Json(grid_to_degrees(entry.to.x)) : Json(nullptr);
  row["to_lat"] = has_to ? Json(grid_to_degrees(entry.to.y)) : Json(nullptr);
  row["distance_m"] = entry.distance.value();
  return row;
}

Json effect_json(const Session& session, const StatementEffect& effect) {
  Json row = row_of(session, effect.statement);
  row["moved"] = effect.moved;
  row["inserted"] = effect.inserted;
  row["dropped"] = effect.dropped;
  row["area_m2"] = square_meters(effect.area);
  row["area_mm2"] = to_string(effect.area);  // a text: readers of JSON keep 53 bits of a number
  return row;
}

const std::vector<CsvColumn>& columns() {
  using Type = CsvColumn::Type;
  static const std::vector<CsvColumn> list{
      {"kind", "moved, inserted or dropped: a vertex; area: the effect on a statement's area", Type::text},
      {"statement", "for a vertex, the first that has it", Type::text},
      {"layer", "", Type::text},
      {"actor", "", Type::text},
      {"from", "since when the statement holds", Type::text},
      {"polygon", "in the statement, from 1", Type::integer},
      {"ring", "in the polygon, from 1", Type::integer},
      {"vertex", "in the ring as given, from 1; inserted: the one it comes after", Type::integer},
      {"lon", "as given, degrees", Type::real},
      {"lat", "as given, degrees", Type::real},
      {"to_lon", "in the line as it was used, degrees", Type::real},
      {"to_lat", "in the line as it was used, degrees", Type::real},
      {"distance_m", "in metres", Type::real},
      {"area_mm2", "by how much the area grew, in square millimetres, exactly", Type::integer}};
  return list;
}

std::string csv_row(const Json& row) {
  std::string out;
  for (const CsvColumn& column : columns()) {
    if (&column != &columns().front()) out += ',';
    const auto found = row.find(column.name);
    if (found == row.end() || found->is_null()) continue;
    out += csv_field(found->is_string() ? found->get<std::string>() : found->dump());
  }
  return out + '\n';
}

}  // namespace

Json ledger_summary(const HarmoniseLedger& ledger) {
  Json summary;
  summary["harmonise_m"] = ledger.epsilon.value();
  summary["vertices_moved"] = ledger.count(LedgerEntry::Kind::moved);
  summary["vertices_inserted"] = ledger.count(LedgerEntry::Kind::inserted);
  summary["vertices_dropped"] = ledger.count(LedgerEntry::Kind::dropped);
  summary["greatest_distance_m"] = ledger.greatest_distance().value();
  summary["rings_left_out"] = ledger.rings_left_out;
  return summary;
}

Table ledger_table(const Session& session) {
  const Atlas& atlas = session.atlas();
  const HarmoniseLedger& ledger = session.composite().ledger();
  const Json summary = ledger_summary(ledger);
  Table table{
      "harmonised",
      fmt::format("harmonised (harmonise_m = {}: lines within it are one; {} different vertices moved, {} "
                  "inserted, {} dropped, none by more than {:.3f} m; counts and areas below add up over "
                  "statements)",
                  ledger.epsilon.value(), summary["vertices_moved"].dump(),
                  summary["vertices_inserted"].dump(), summary["vertices_dropped"].dump(),
                  ledger.greatest_distance().value()),
      {{"layer", "layer"},
       {"actor", "actor"},
       {"statements", "statements", Column::Kind::count},
       {"moved", "moved", Column::Kind::count},
       {"inserted", "inserted", Column::Kind::count},
       {"dropped", "dropped", Column::Kind::count},
       {"area_m2", "area effect m2", Column::Kind::count},
       {"greatest_m2", "greatest of one m2", Column::Kind::count}},
      Json::array()};
  struct Sum {
    std::size_t statements = 0;
    std::uint64_t moved = 0, inserted = 0, dropped = 0;
    AreaUnits area = 0;
    AreaUnits greatest = 0;  ///< effect on one statement, by size
  };
  std::map<std::pair<LayerId, ActorId>, Sum> sums;
  for (const StatementEffect& effect : ledger.statements) {
    const Statement& statement = atlas.statements[effect.statement];
    Sum& sum = sums[{statement.layer, statement.actor}];
    ++sum.statements;
    sum.moved += effect.moved;
    sum.inserted += effect.inserted;
    sum.dropped += effect.dropped;
    sum.area += effect.area;
    const auto size = [](AreaUnits a) { return a < 0 ? -a : a; };
    if (size(effect.area) > size(sum.greatest)) sum.greatest = effect.area;
  }
  for (const auto& [key, sum] : sums) {
    table.rows.push_back({{"layer", atlas[key.first].id},
                          {"actor", atlas[key.second].id},
                          {"statements", sum.statements},
                          {"moved", sum.moved},
                          {"inserted", sum.inserted},
                          {"dropped", sum.dropped},
                          {"area_m2", square_meters(sum.area)},
                          {"greatest_m2", square_meters(sum.greatest)}});
  }
  return table;
}

void check_ledger_output(const std::filesystem::path& path, Existing existing) {
  if (path.extension() == ".csv") {
    const OutputPair probe(path, metadata_path(path), existing);
  } else if (path.extension() == ".json") {
    const OutputFile probe(path, existing);
  } else {
    throw InvalidArgument(fmt::format("--ledger '{}': choose a name ending in .csv or .json", path.string()));
  }
}

void write_ledger(const Session& session, const std::filesystem::path& path, Existing existing) {
  const HarmoniseLedger& ledger = session.composite().ledger();
  if (!(ledger.epsilon.value() > 0)) {
    throw InvalidArgument(
        "--ledger: the atlas is used as it is, so there is no ledger; harmonise_m in the manifest declares "
        "within how many metres two lines are one");
  }
  if (path.extension() == ".csv") {
    std::string text;
    for (const CsvColumn& column : columns()) text += (text.empty() ? "" : ",") + column.name;
    text += '\n';
    for (const LedgerEntry& entry : ledger.entries) text += csv_row(entry_json(session, entry));
    for (const StatementEffect& effect : ledger.statements) {
      Json row = effect_json(session, effect);
      row["kind"] = "area";
      text += csv_row(row);
    }
    write_csv(path, text, session.atlas().title + ": ledger of harmonising", columns(),
              provenance(session, "check"), existing);
    return;
  }
  Json document = session.head();
  document["harmonise"] = ledger_summary(ledger);
  document["entries"] = Json::array();
  for (const LedgerEntry& entry : ledger.entries) document["entries"].push_back(entry_json(session, entry));
  document["statements"] = Json::array();
  for (const StatementEffect& effect : ledger.statements)
    document["statements"].push_back(effect_json(session, effect));
  write_file(path, document.dump(2) + "\n", existing);
}

}  // namespace marchland::cli
