#include <marchland/base/error.h>
#include <marchland/io/detail/area_store.h>
#include <marchland/io/detail/array_table.h>
#include <marchland/io/detail/atlas_json.h>
#include <marchland/io/detail/checksum.h>
#include <marchland/io/detail/composite_records.h>
#include <marchland/io/detail/gdal_features.h>
#include <marchland/io/detail/sqlite.h>
#include <marchland/io/write_composite.h>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <variant>

namespace marchland {
namespace {

using Cell = std::variant<std::monostate, std::int64_t, double, std::string>;
using Row = std::vector<Cell>;

enum class ColumnType { integer, real, text };
struct TableColumn {
  const char* name;
  ColumnType type;
};

/// A topology table: its rows are produced one by one, for the file and for the hash alike.
struct TopologyTable {
  const char* name;
  std::vector<TableColumn> columns;
  std::function<void(const std::function<void(const Row&)>&)> rows;
};

/// 64 unsigned bits as SQLite keeps them.
std::int64_t as_signed(std::uint64_t value) {
  return static_cast<std::int64_t>(value);
}

template <class Number>
Cell number(Number value) {
  return static_cast<std::int64_t>(value);
}

/// Nothing for an open end.
Cell instant_cell(Instant at) {
  const bool is_open = at == Interval().from() || at == Interval().to();
  return is_open ? Cell() : Cell(format_utc(at));
}

std::vector<TopologyTable> topology(const Composite& composite) {
  const Arrangement& plane = composite.plane();
  const Atlas& atlas = composite.atlas();
  std::vector<TopologyTable> tables;

  tables.push_back({"marchland_instant", {{"at", ColumnType::text}}, [&composite](const auto& emit) {
                      const TimeAxis& times = composite.times();
                      for (TimeIndex i = 0; i <= times.for_ever(); ++i) {
                        // The first stands for "since ever", the last for "for ever".
                        const bool is_open = i == 0 || i == times.for_ever();
                        emit({is_open ? Cell() : Cell(format_utc(times[i]))});
                      }
                    }});
  tables.push_back({"marchland_variant",
                    {{"possible_from", ColumnType::text},
                     {"possible_to", ColumnType::text},
                     {"certain_from", ColumnType::text},
                     {"certain_to", ColumnType::text},
                     {"has_own_accuracy", ColumnType::integer},
                     {"sigma_m", ColumnType::real},
                     {"correlation_m", ColumnType::real},
                     {"bias_m", ColumnType::real}},
                    [&composite](const auto& emit) {
                      for (const Variant& variant : composite.variants()) {
                        Row row;
                        for (const bool is_possible : {true, false}) {
                          const Interval when = !variant.doubt ? Interval()
                                                : is_possible  ? variant.doubt->possible
                                                               : variant.doubt->certain;
                          row.push_back(instant_cell(when.from()));
                          row.push_back(instant_cell(when.to()));
                        }
                        const auto& own = variant.accuracy;
                        row.push_back(number(own ? 1 : 0));
                        row.push_back(own && own->sigma ? Cell(own->sigma->value()) : Cell());
                        row.push_back(own ? Cell(own->correlation.value()) : Cell());
                        row.push_back(own ? Cell(own->bias.value()) : Cell());
                        emit(row);
                      }
                    }});
  tables.push_back({"marchland_slot",
                    {{"label_group", ColumnType::text},
                     {"layer", ColumnType::text},
                     {"actor", ColumnType::text},
                     {"seq", ColumnType::integer},
                     {"region", ColumnType::text},
                     {"variant", ColumnType::integer}},
                    [&composite, &atlas](const auto& emit) {
                      for (const Slot& slot : composite.slots()) {
                        const bool is_region = slot.group == LabelGroup::region;
                        const auto theme = is_region ? std::string("region")
                                                     : std::string(to_string(static_cast<Theme>(slot.group)));
                        emit({theme, is_region ? Cell() : Cell(atlas[slot.layer].id),
                              is_region ? Cell() : Cell(atlas[slot.actor].id), number(slot.seq),
                              slot.region.is_valid() ? Cell(atlas[slot.region].id) : Cell(),
                              number(slot.variant)});
                      }
                    }});
  tables.push_back({"marchland_node",
                    {{"x", ColumnType::integer},
                     {"y", ColumnType::integer},
                     {"rx", ColumnType::integer},
                     {"ry", ColumnType::integer},
                     {"den", ColumnType::integer}},
                    [&plane](const auto& emit) {
                      for (NodeIndex n = 0; n < plane.node_count(); ++n) {
                        const ExactPoint p = plane.point(n);
                        emit({number(p.x), number(p.y), as_signed(p.rx), as_signed(p.ry), as_signed(p.den)});
                      }
                    }});
  tables.push_back({"marchland_edge",
                    {{"u", ColumnType::integer},
                     {"v", ColumnType::integer},
                     {"ax", ColumnType::integer},
                     {"ay", ColumnType::integer},
                     {"bx", ColumnType::integer},
                     {"by", ColumnType::integer},
                     {"left_face", ColumnType::integer},
                     {"right_face", ColumnType::integer}},
                    [&plane](const auto& emit) {
                      for (EdgeIndex e = 0; e < plane.edges().size(); ++e) {
                        const Edge& edge = plane.edges()[e];
                        const GridSegment& s = plane.line_of(e);
                        emit({number(edge.u), number(edge.v), number(s.a.x), number(s.a.y), number(s.b.x),
                              number(s.b.y), number(plane.face(2 * e)), number(plane.face(2 * e + 1))});
                      }
                    }});
  tables.push_back({"marchland_face",
                    {{"area_mm2", ColumnType::text},
                     {"control", ColumnType::integer},
                     {"claim", ColumnType::integer},
                     {"border", ColumnType::integer},
                     {"zone", ColumnType::integer},
                     {"region", ColumnType::integer}},
                    [&composite](const auto& emit) {
                      for (FaceIndex f = 0; f < composite.plane().face_count(); ++f) {
                        // 128 bits as digits: SQLite's integers have 64.
                        Row row{to_string(composite.areas()[f])};
                        for (std::size_t g = 0; g < kLabelGroups; ++g) {
                          row.push_back(number(composite.coverage(f, static_cast<LabelGroup>(g))));
                        }
                        emit(row);
                      }
                    }});
  tables.push_back({"marchland_coverage",
                    {{"label_group", ColumnType::text},
                     {"coverage", ColumnType::integer},
                     {"slot", ColumnType::integer},
                     {"from_instant", ColumnType::integer},
                     {"to_instant", ColumnType::integer}},
                    [&composite](const auto& emit) {
                      for (std::size_t g = 0; g < kLabelGroups; ++g) {
                        const auto group = static_cast<LabelGroup>(g);
                        const auto name = group == LabelGroup::region
                                              ? std::string("region")
                                              : std::string(to_string(static_cast<Theme>(g)));
                        for (CoverageIndex c = 0; c < composite.coverage_count(group); ++c) {
                          for (const CoverageRun& run : composite.runs(group, c)) {
                            emit({name, number(c), number(run.slot), number(run.from), number(run.to)});
                          }
                        }
                      }
                    }});
  return tables;
}

/// Rows go to the file past GDAL: as fast as SQLite takes them.
class TableWriter {
 public:
  explicit TableWriter(const detail::SqliteDatabase& db) : db_(&db) {}

  void write(const TopologyTable& table) {
    std::string columns;
    std::string marks = "?";
    for (const TableColumn& column : table.columns) {
      columns += fmt::format(", {} {}", column.name,
                             column.type == ColumnType::text   ? "TEXT"
                             : column.type == ColumnType::real ? "REAL"
                                                               : "INTEGER");
      marks += ", ?";
    }
    db_->run(fmt::format("CREATE TABLE {} (id INTEGER PRIMARY KEY NOT NULL{})", table.name, columns));
    // GeoPackage 1.3, requirement 118: a table without geometry is listed as attributes.
    db_->run(fmt::format(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change) SELECT '{0}', "
        "'attributes', '{0}', "
        "coalesce(max(last_change), strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) FROM gpkg_contents",
        table.name));
    detail::SqliteStatement insert =
        db_->prepare(fmt::format("INSERT INTO {} VALUES ({})", table.name, marks));
    std::int64_t id = 0;
    table.rows([&](const Row& row) {
      // Row numbers are the indices of the engine, counted from 0.
      insert.bind(0, id++);
      for (int i = 0; i < static_cast<int>(row.size()); ++i) {
        const Cell& cell = row[static_cast<std::size_t>(i)];
        if (const auto* integer = std::get_if<std::int64_t>(&cell)) {
          insert.bind(i + 1, *integer);
        } else if (const auto* real = std::get_if<double>(&cell)) {
          insert.bind(i + 1, *real);
        } else if (const auto* text = std::get_if<std::string>(&cell)) {
          insert.bind(i + 1, *text);
        } else {
          insert.bind_null(i + 1);
        }
      }
      insert.run();
    });
  }

 private:
  const detail::SqliteDatabase* db_;
};

/// Who says what, when, with what certainty. Not part of the content hash: ids depend on how files are named.
/// `of` are those that count, whose instants are those of the composite, or those that are set aside.
TopologyTable statement_table(const Composite& composite, const char* name,
                              const std::vector<Statement>& statements) {
  return {name,
          {{"statement", ColumnType::text},   {"layer", ColumnType::text},
           {"actor", ColumnType::text},       {"valid_from", ColumnType::text},
           {"valid_to", ColumnType::text},    {"seq", ColumnType::integer},
           {"basis", ColumnType::text},       {"certainty", ColumnType::text},
           {"note", ColumnType::text},        {"origin", ColumnType::text},
           {"taken_from", ColumnType::text},  {"possible_from", ColumnType::text},
           {"possible_to", ColumnType::text}, {"certain_from", ColumnType::text},
           {"certain_to", ColumnType::text},  {"has_own_accuracy", ColumnType::integer},
           {"sigma_m", ColumnType::real},     {"correlation_m", ColumnType::real},
           {"bias_m", ColumnType::real},      {"cites", ColumnType::text},
           {"recorded", ColumnType::text},    {"author", ColumnType::text},
           {"supersedes", ColumnType::text},  {"retracts", ColumnType::text},
           {"state", ColumnType::text},       {"visibility", ColumnType::text}},
          [&composite, &statements](const auto& emit) {
            const Atlas& atlas = composite.atlas();
            // Either end of a doubt may be open on either side.
            const auto bound = [](const Interval* when, bool is_from) {
              return when == nullptr ? Cell() : Cell(detail::text_of(is_from ? when->from() : when->to()));
            };
            for (const Statement& s : statements) {
              std::vector<std::string> cites;
              for (const SourceId source : s.cites) cites.push_back(atlas[source].id);
              emit({s.id,
                    atlas[s.layer].id,
                    s.actor.is_valid() ? Cell(atlas[s.actor].id) : Cell(),
                    instant_cell(s.validity.from()),
                    instant_cell(s.validity.to()),
                    number(s.seq),
                    std::string(to_string(s.basis)),
                    std::string(to_string(s.certainty)),
                    s.note,
                    s.origin,
                    s.taken_from.is_valid() ? Cell(atlas[s.taken_from].id) : Cell(),
                    bound(s.doubt ? &s.doubt->possible : nullptr, true),
                    bound(s.doubt ? &s.doubt->possible : nullptr, false),
                    bound(s.doubt ? &s.doubt->certain : nullptr, true),
                    bound(s.doubt ? &s.doubt->certain : nullptr, false),
                    number(s.accuracy ? 1 : 0),
                    s.accuracy && s.accuracy->sigma ? Cell(s.accuracy->sigma->value()) : Cell(),
                    s.accuracy ? Cell(s.accuracy->correlation.value()) : Cell(),
                    s.accuracy ? Cell(s.accuracy->bias.value()) : Cell(),
                    fmt::format("{}", fmt::join(cites, ";")),
                    s.recorded ? Cell(format_utc(*s.recorded)) : Cell(),
                    s.author,
                    fmt::format("{}", fmt::join(s.supersedes, ";")),
                    fmt::format("{}", fmt::join(s.retracts, ";")),
                    std::string(to_string(s.state)),
                    std::string(to_string(s.visibility))});
            }
          }};
}

/// What harmonising did to lines, and to the areas of statements. Numbers of statements are ids of
/// marchland_statement.
std::vector<TopologyTable> ledger_tables(const HarmoniseLedger& ledger) {
  return {{"marchland_ledger",
           {{"kind", ColumnType::text},
            {"statement", ColumnType::integer},
            {"polygon", ColumnType::integer},
            {"ring", ColumnType::integer},
            {"vertex", ColumnType::integer},
            {"from_x", ColumnType::integer},
            {"from_y", ColumnType::integer},
            {"to_x", ColumnType::integer},
            {"to_y", ColumnType::integer},
            {"distance_m", ColumnType::real}},
           [&ledger](const auto& emit) {
             for (const LedgerEntry& e : ledger.entries) {
               emit({std::string(detail::kLedgerKinds[static_cast<std::size_t>(e.kind)]), number(e.statement),
                     number(e.polygon), number(e.ring), number(e.vertex), number(e.from.x), number(e.from.y),
                     number(e.to.x), number(e.to.y), e.distance.value()});
             }
           }},
          {"marchland_ledger_effect",
           {{"statement", ColumnType::integer},
            {"area_mm2", ColumnType::text},
            {"moved", ColumnType::integer},
            {"inserted", ColumnType::integer},
            {"dropped", ColumnType::integer}},
           [&ledger](const auto& emit) {
             for (const StatementEffect& e : ledger.statements) {
               emit({number(e.statement), to_string(e.area), number(e.moved), number(e.inserted),
                     number(e.dropped)});
             }
           }}};
}

/// What programs load: the arrangement up to its crossings (the rest follows from it), coverages, areas.
void put_arrays(const detail::ArrayTable& arrays, const Composite& composite) {
  const Arrangement& plane = composite.plane();
  const SegmentTable& table = plane.table();
  arrays.put("vertex", table.vertices);
  arrays.put("segment_ends", table.ends);
  arrays.put("segment_event_offset", table.offsets);
  arrays.put("segment_event", table.events);
  std::vector<SegmentIndex> cut_segments;
  for (const auto& [segment, parent] : table.cut_parents) cut_segments.push_back(segment);
  std::sort(cut_segments.begin(), cut_segments.end());
  std::vector<CutParent> cut_parents;
  cut_parents.reserve(cut_segments.size());
  for (const SegmentIndex segment : cut_segments) cut_parents.push_back(table.cut_parents.at(segment));
  arrays.put("cut_segment", cut_segments);
  arrays.put("cut_parent", cut_parents);
  arrays.put("crossing", plane.crossings().points);
  arrays.put("segment_node_offset", plane.crossings().offsets);
  arrays.put("segment_node", plane.crossings().nodes);
  arrays.put("face_area", composite.areas().area);
  std::vector<std::array<CoverageIndex, kLabelGroups>> coverages(plane.face_count());
  for (FaceIndex f = 0; f < coverages.size(); ++f) {
    for (std::size_t g = 0; g < kLabelGroups; ++g)
      coverages[f][g] = composite.coverage(f, static_cast<LabelGroup>(g));
  }
  arrays.put("face_coverage", coverages);
  for (std::size_t g = 0; g < kLabelGroups; ++g) {
    const auto group = static_cast<LabelGroup>(g);
    std::vector<std::uint32_t> sizes;
    std::vector<CoverageRun> runs;
    for (CoverageIndex c = 0; c < composite.coverage_count(group); ++c) {
      const auto list = composite.runs(group, c);
      sizes.push_back(static_cast<std::uint32_t>(list.size()));
      runs.insert(runs.end(), list.begin(), list.end());
    }
    arrays.put(fmt::format("coverage_size_{}", g), sizes);
    arrays.put(fmt::format("coverage_run_{}", g), runs);
  }
  std::vector<std::int64_t> instants;
  for (TimeIndex i = 1; i < composite.times().for_ever(); ++i)
    instants.push_back(composite.times()[i].time_since_epoch().count());
  arrays.put("instant", instants);
  std::vector<detail::VariantRecord> variants;
  for (const Variant& variant : composite.variants()) variants.push_back(detail::record_of(variant));
  arrays.put("variant", variants);
  std::vector<detail::SlotRecord> slots;
  for (const Slot& slot : composite.slots()) slots.push_back(detail::record_of(slot));
  arrays.put("slot", slots);
}

std::vector<const SharedArea*> all_areas(const Atlas& atlas) {
  std::vector<const SharedArea*> areas;
  areas.reserve(atlas.statements.size() + atlas.set_aside.size() + atlas.regions.size() + 1);
  for (const Statement& statement : atlas.statements) areas.push_back(&statement.area);
  for (const Statement& statement : atlas.set_aside) areas.push_back(&statement.area);
  for (const Region& region : atlas.regions) areas.push_back(&region.area);
  if (atlas.study_area) areas.push_back(&*atlas.study_area);
  return areas;
}

std::string certificates_json(const Certificates& certificates) {
  auto list = nlohmann::ordered_json::array();
  for (const Certificate& c : certificates)
    list.push_back({{"name", c.name}, {"residual", to_string(c.residual)}, {"states", c.states}});
  return list.dump();
}

TopologyTable meta_table(const Composite& composite, const Provenance& provenance,
                         const std::string& content) {
  return {
      "marchland_meta", {{"key", ColumnType::text}, {"value", ColumnType::text}}, [&](const auto& emit) {
        const std::size_t known = composite.atlas().findings.size();
        const Findings& all = composite.findings();
        emit({std::string("schema"), std::to_string(kCompositeSchema)});
        emit({std::string("content_sha256"), content});
        emit({std::string("provenance"), to_json(provenance)});
        emit({std::string("atlas"), detail::declarations_to_json(composite.atlas())});
        emit({std::string("certificates"), certificates_json(composite.certificates())});
        emit({std::string("findings"), detail::findings_to_json(Findings(
                                           all.begin() + static_cast<std::ptrdiff_t>(known), all.end()))});
        emit({std::string("occurrences"), std::to_string(composite.plane().table().occurrences)});
        emit({std::string("crossing_pairs"), std::to_string(composite.plane().crossing_pairs())});
        emit({std::string("ledger_rings_left_out"), std::to_string(composite.ledger().rings_left_out)});
        emit({std::string("face_numbering"), detail::face_numbering(composite.plane())});
      }};
}

}  // namespace

std::string content_hash(const Composite& composite) {
  detail::Sha256 hash;
  for (const TopologyTable& table : topology(composite)) {
    hash.add(table.name);
    std::string line;
    table.rows([&](const Row& row) {
      line.clear();
      for (const Cell& cell : row) {
        if (const auto* integer = std::get_if<std::int64_t>(&cell)) line += std::to_string(*integer);
        if (const auto* real = std::get_if<double>(&cell)) line += fmt::format("{}", *real);
        if (const auto* text = std::get_if<std::string>(&cell)) line += *text;
        line += '\t';
      }
      hash.add(line);
    });
  }
  return hash.finish();
}

std::string write_composite(const std::filesystem::path& path, const Composite& composite,
                            const std::vector<FeatureSet>& layers, const Provenance& provenance,
                            Existing existing) {
  const auto areas = all_areas(composite.atlas());
  if (composite.plane().face_count() > 1 &&
      std::all_of(areas.begin(), areas.end(), [](const SharedArea* area) { return area->empty(); })) {
    throw InvalidArgument("the composite was read without the areas of its statements; read it with them");
  }
  OutputFile file(path, existing);
  // A journal that someone left would be rolled into the new file.
  detail::refuse_unfinished(file.path(), path);
  file.write(detail::geopackage_bytes(layers, provenance));
  detail::SqliteDatabase db(file.temporary(), path, detail::SqliteDatabase::Mode::write);
  // What becomes of a half-written file is settled by the renaming; no journal is needed.
  db.run("PRAGMA journal_mode = OFF");
  db.run("PRAGMA synchronous = OFF");
  db.run("BEGIN");
  TableWriter writer(db);
  const std::string content = content_hash(composite);
  writer.write(meta_table(composite, provenance, content));
  for (const TopologyTable& table : topology(composite)) writer.write(table);
  writer.write(statement_table(composite, "marchland_statement", composite.atlas().statements));
  writer.write(statement_table(composite, "marchland_set_aside", composite.atlas().set_aside));
  for (const TopologyTable& table : ledger_tables(composite.ledger())) writer.write(table);
  detail::ArrayTable::create(db);
  const detail::ArrayTable arrays(db, path);
  put_arrays(arrays, composite);
  detail::put_areas(arrays, areas);
  for (const auto& [key, tables] :
       {std::pair<const char*, std::span<const std::string_view>>("loaded_rows_sha256", detail::kLoadedRows),
        {"shown_rows_sha256", detail::kShownRows}}) {
    auto insert = db.prepare("INSERT INTO marchland_meta (key, value) VALUES (?, ?)");
    insert.bind(0, key);
    insert.bind(1, detail::hash_rows(db, tables));
    insert.run();
  }
  db.run("COMMIT");
  db.close();
  file.commit();
  return content;
}

}  // namespace marchland
