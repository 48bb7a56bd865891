#include <marchland/base/error.h>
#include <marchland/io/detail/area_store.h>
#include <marchland/io/detail/array_table.h>
#include <marchland/io/detail/atlas_json.h>
#include <marchland/io/detail/composite_records.h>
#include <marchland/io/detail/row.h>
#include <marchland/io/read_composite.h>
#include <marchland/io/write_composite.h>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <tbb/parallel_invoke.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <unordered_map>
#include <utility>

namespace marchland {
namespace {

namespace fs = std::filesystem;

template <class Number>
Number to_number(std::string_view text, const fs::path& path) {
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw InvalidData(
        fmt::format("{}: table marchland_meta: '{}' is no number; the file is damaged: build it anew",
                    path.string(), text));
  }
  return value;
}

class CompositeReader {
 public:
  explicit CompositeReader(const fs::path& path)
      : path_(path), db_(path, path, detail::SqliteDatabase::Mode::read), arrays_(db_, path) {
    if (!db_.has_table("marchland_meta")) {
      throw InvalidData(fmt::format(
          "{}: is no composite (it has no table marchland_meta); name an atlas, or what 'build' wrote",
          path.string()));
    }
    const std::string schema = meta("schema");
    if (schema != std::to_string(kCompositeSchema)) {
      throw InvalidData(
          fmt::format("{}: is a composite of schema {}, this program reads schema {}; build it anew",
                      path.string(), schema, kCompositeSchema));
    }
  }

  [[nodiscard]] std::string meta(std::string_view key) const {
    auto select = db_.prepare("SELECT value FROM marchland_meta WHERE key = ?");
    select.bind(0, key);
    if (!select.step()) {
      throw InvalidData(
          fmt::format("{}: table marchland_meta: '{}' is missing; the file is damaged: build it anew",
                      path_.string(), key));
    }
    return std::string(select.text(0));
  }

  [[nodiscard]] bool has_rows(const char* key, std::span<const std::string_view> tables) const {
    return detail::hash_rows(db_, tables) == meta(key);
  }

  Composite read(Load load) {
    if (!has_rows("loaded_rows_sha256", detail::kLoadedRows)) {
      throw InvalidData(fmt::format(
          "{}: rows of {} are not those that were written; the file was changed or is damaged: build it anew",
          path_.string(), fmt::join(detail::kLoadedRows, ", ")));
    }
    CompositeParts parts;
    parts.atlas = detail::declarations_from_json(meta("atlas"), path_);
    read_times(parts);
    read_statements(parts, "marchland_statement", parts.atlas.statements);
    read_statements(parts, "marchland_set_aside", parts.atlas.set_aside);
    if (load == Load::with_areas) read_areas(parts.atlas);
    read_ledger(parts);
    read_plane(parts);
    read_faces(parts);
    read_certificates(parts);
    parts.findings = parts.atlas.findings;
    const Findings more = detail::findings_from_json(meta("findings"), path_);
    parts.findings.insert(parts.findings.end(), more.begin(), more.end());
    try {
      return Composite(std::move(parts));
    } catch (const InvalidArgument& error) {
      throw InvalidData(
          fmt::format("{}: {}; the file is damaged: build it anew", path_.string(), error.what()));
    }
  }

 private:
  void read_times(CompositeParts& parts) const {
    std::vector<Instant> instants;
    for (const std::int64_t seconds : arrays_.get<std::int64_t>("instant"))
      instants.emplace_back(std::chrono::seconds(seconds));
    const std::size_t count = instants.size();
    parts.times = TimeAxis(std::move(instants));
    if (parts.times.epoch_count() != count + 1) arrays_.damaged("instant", "is not in order");
  }

  [[noreturn]] void damaged_statement(const std::string& id) const {
    throw InvalidData(
        fmt::format("{}: table marchland_statement or marchland_set_aside: statement '{}' refers to what is "
                    "not there; the file is damaged: build it anew",
                    path_.string(), id));
  }

  /// Two neighbouring columns with instants, in any order; null is an open end.
  [[nodiscard]] Interval between(const detail::SqliteStatement& row, int column) const {
    const auto at = [&](int c, Instant open) {
      if (row.is_null(c)) return open;
      try {
        return detail::instant_of(row.text(c));
      } catch (const Error&) {
        damaged_statement(std::string(row.text(0)));
      }
    };
    return {at(column, Interval().from()), at(column + 1, Interval().to())};
  }

  void read_statements(CompositeParts& parts, const char* table, std::vector<Statement>& statements) const {
    const Atlas& atlas = parts.atlas;
    std::unordered_map<std::string, std::size_t> layers;
    std::unordered_map<std::string, std::size_t> actors;
    std::unordered_map<std::string, std::size_t> sources;
    for (std::size_t i = 0; i < atlas.sources.size(); ++i) sources.emplace(atlas.sources[i].id, i);
    for (std::size_t i = 0; i < atlas.layers.size(); ++i) layers.emplace(atlas.layers[i].id, i);
    for (std::size_t i = 0; i < atlas.actors.size(); ++i) actors.emplace(atlas.actors[i].id, i);
    auto select = db_.prepare(fmt::format(
        "SELECT statement, layer, actor, valid_from, valid_to, seq, basis, certainty, note, origin, "
        "taken_from, possible_from, possible_to, certain_from, certain_to, has_own_accuracy, sigma_m, "
        "correlation_m, bias_m, cites, recorded, author, supersedes, retracts, state, visibility "
        "FROM {} ORDER BY id",
        table));
    while (select.step()) {
      Statement s;
      s.id = select.text(0);
      const auto layer = layers.find(std::string(select.text(1)));
      const auto actor = actors.find(std::string(select.text(2)));
      const auto basis = parse_enum<Basis>(select.text(6));
      const auto certainty = parse_enum<Certainty>(select.text(7));
      const std::string before(select.text(10));
      const auto taken_from = actors.find(before);
      s.retracts = detail::split_list(select.text(23));
      const bool has_actor = actor != actors.end() || (select.is_null(2) && !s.retracts.empty());
      if (layer == layers.end() || !has_actor || (!before.empty() && taken_from == actors.end()) || !basis ||
          !certainty) {
        damaged_statement(s.id);
      }
      s.layer = LayerId(layer->second);
      if (actor != actors.end()) s.actor = ActorId(actor->second);
      s.validity = between(select, 3);
      if (s.validity.is_empty()) damaged_statement(s.id);
      s.seq = select.integer(5);
      s.basis = *basis;
      s.certainty = *certainty;
      s.note = select.text(8);
      s.origin = select.text(9);
      if (!before.empty()) s.taken_from = ActorId(taken_from->second);
      if (!select.is_null(11)) s.doubt = {between(select, 11), between(select, 13)};
      if (select.integer(15) != 0) {
        s.accuracy.emplace();
        if (!select.is_null(16)) s.accuracy->sigma = Meters(select.real(16));
        s.accuracy->correlation = Meters(select.real(17));
        s.accuracy->bias = Meters(select.real(18));
      }
      for (const std::string& source : detail::split_list(select.text(19))) {
        const auto known = sources.find(source);
        if (known == sources.end()) damaged_statement(s.id);
        s.cites.emplace_back(known->second);
      }
      if (!select.is_null(20)) s.recorded = parse_date(select.text(20)).first;
      s.author = select.text(21);
      s.supersedes = detail::split_list(select.text(22));
      const auto state = parse_enum<State>(select.text(24));
      const auto visibility = parse_enum<Visibility>(select.text(25));
      if (!state || !visibility) damaged_statement(s.id);
      s.state = *state;
      s.visibility = *visibility;
      statements.push_back(std::move(s));
    }
  }

  void read_ledger(CompositeParts& parts) const {
    HarmoniseLedger& ledger = parts.ledger;
    ledger.epsilon = parts.atlas.harmonise;
    ledger.rings_left_out = to_number<std::size_t>(meta("ledger_rings_left_out"), path_);
    const auto statement = [&](const detail::SqliteStatement& row, int column) {
      const auto index = static_cast<std::uint64_t>(row.integer(column));
      if (index < parts.atlas.statements.size()) return static_cast<std::uint32_t>(index);
      throw InvalidData(fmt::format(
          "{}: table marchland_ledger names a missing statement; the file is damaged: build it anew",
          path_.string()));
    };
    auto entries = db_.prepare(
        "SELECT kind, statement, polygon, ring, vertex, from_x, from_y, to_x, to_y, distance_m FROM "
        "marchland_ledger ORDER BY id");
    while (entries.step()) {
      const auto kind = std::find(detail::kLedgerKinds.begin(), detail::kLedgerKinds.end(), entries.text(0));
      if (kind == detail::kLedgerKinds.end()) {
        throw InvalidData(fmt::format("{}: table marchland_ledger: '{}' is no kind of entry; build it anew",
                                      path_.string(), entries.text(0)));
      }
      const auto count = [&](int column) { return static_cast<std::uint32_t>(entries.integer(column)); };
      const auto grid = [&](int column) { return static_cast<std::int32_t>(entries.integer(column)); };
      ledger.entries.push_back({static_cast<LedgerEntry::Kind>(kind - detail::kLedgerKinds.begin()),
                                statement(entries, 1),
                                count(2),
                                count(3),
                                count(4),
                                {grid(5), grid(6)},
                                {grid(7), grid(8)},
                                Meters(entries.real(9))});
    }
    auto effects = db_.prepare(
        "SELECT statement, area_mm2, moved, inserted, dropped FROM marchland_ledger_effect ORDER BY id");
    while (effects.step()) {
      const auto count = [&](int column) { return static_cast<std::uint64_t>(effects.integer(column)); };
      ledger.statements.push_back({statement(effects, 0), to_number<std::int64_t>(effects.text(1), path_),
                                   count(2), count(3), count(4)});
    }
  }

  void read_areas(Atlas& atlas) const {
    std::vector<SharedArea> areas = detail::get_areas(arrays_);
    const std::size_t expected =
        atlas.statements.size() + atlas.set_aside.size() + atlas.regions.size() + (atlas.study_area ? 1 : 0);
    if (areas.size() != expected)
      arrays_.damaged("area_polygon_count", "has another number of areas than there are");
    auto next = areas.begin();
    for (Statement& statement : atlas.statements) statement.area = std::move(*next++);
    for (Statement& statement : atlas.set_aside) statement.area = std::move(*next++);
    for (Region& region : atlas.regions) region.area = std::move(*next++);
    if (atlas.study_area) atlas.study_area = std::move(*next);
  }

  void read_plane(CompositeParts& parts) const {
    SegmentTable table;
    table.vertices = arrays_.get<GridPoint>("vertex");
    table.ends = arrays_.get<SegmentEnds>("segment_ends");
    table.offsets = arrays_.get<std::uint32_t>("segment_event_offset");
    table.events = arrays_.get<WindingEvent>("segment_event");
    table.occurrences = to_number<std::uint64_t>(meta("occurrences"), path_);
    table.segments.reserve(table.ends.size());
    for (const SegmentEnds& ends : table.ends) {
      if (ends.a >= table.vertices.size() || ends.b >= table.vertices.size())
        arrays_.damaged("segment_ends", "names a missing vertex");
      table.segments.push_back({table.vertices[ends.a], table.vertices[ends.b]});
    }
    check_offsets("segment_event_offset", table.offsets, table.segments.size(), table.events.size());
    const auto cut_segments = arrays_.get<SegmentIndex>("cut_segment");
    const auto cut_parents = arrays_.get<CutParent>("cut_parent");
    if (cut_segments.size() != cut_parents.size()) arrays_.damaged("cut_parent", "does not fit cut_segment");
    for (std::size_t i = 0; i < cut_segments.size(); ++i) {
      if (cut_segments[i] >= table.segments.size()) arrays_.damaged("cut_segment", "names a missing segment");
      table.cut_parents.emplace(cut_segments[i], cut_parents[i]);
    }
    Crossings crossings;
    crossings.points = arrays_.get<ExactPoint>("crossing");
    crossings.offsets = arrays_.get<std::uint32_t>("segment_node_offset");
    crossings.nodes = arrays_.get<NodeIndex>("segment_node");
    crossings.pairs = to_number<std::uint64_t>(meta("crossing_pairs"), path_);
    check_offsets("segment_node_offset", crossings.offsets, table.segments.size(), crossings.nodes.size());
    const std::size_t nodes = table.vertices.size() + crossings.points.size();
    if (std::any_of(crossings.nodes.begin(), crossings.nodes.end(),
                    [&](NodeIndex node) { return node >= nodes; }))
      arrays_.damaged("segment_node", "names a missing node");
    parts.plane = std::make_shared<const Arrangement>(std::move(table), std::move(crossings));
    if (detail::face_numbering(*parts.plane) != meta("face_numbering")) {
      throw InvalidData(
          fmt::format("{}: its faces are numbered as another version of the program does; build it anew",
                      path_.string()));
    }
  }

  void check_offsets(const char* name, const std::vector<std::uint32_t>& offsets, std::size_t items,
                     std::size_t total) const {
    if (offsets.size() != items + 1 || offsets.front() != 0 || offsets.back() != total ||
        !std::is_sorted(offsets.begin(), offsets.end()))
      arrays_.damaged(name, "does not divide what it refers to");
  }

  void read_faces(CompositeParts& parts) const {
    parts.variants.clear();
    for (const auto& record : arrays_.get<detail::VariantRecord>("variant"))
      parts.variants.push_back(detail::variant_of(record));
    for (const auto& record : arrays_.get<detail::SlotRecord>("slot")) {
      if (record.group < 0 || record.group >= static_cast<std::int64_t>(kLabelGroups))
        arrays_.damaged("slot", "names a missing group");
      if (record.variant < 0 || record.variant >= static_cast<std::int64_t>(parts.variants.size()))
        arrays_.damaged("slot", "names a missing variant");
      parts.slots.push_back(detail::slot_of(record));
    }
    parts.areas = {AreaMethod::lonlat().name(), arrays_.get<AreaUnits>("face_area"), 0};
    parts.faces = arrays_.get<std::array<CoverageIndex, kLabelGroups>>("face_coverage");
    for (std::size_t g = 0; g < kLabelGroups; ++g) {
      const std::string sizes_name = fmt::format("coverage_size_{}", g);
      const auto sizes = arrays_.get<std::uint32_t>(sizes_name);
      const auto runs = arrays_.get<CoverageRun>(fmt::format("coverage_run_{}", g));
      std::size_t next = 0;
      for (std::size_t c = 0; c < sizes.size(); ++c) {
        if (sizes[c] > runs.size() - next) arrays_.damaged(sizes_name, "names missing runs");
        const auto index = parts.coverages[g].intern(std::span(runs).subspan(next, sizes[c]));
        if (index != c) arrays_.damaged(sizes_name, "has a coverage twice");
        next += sizes[c];
      }
    }
  }

  void read_certificates(CompositeParts& parts) const {
    try {
      for (const auto& c : nlohmann::json::parse(meta("certificates"))) {
        // Residuals beyond 64 bits are of broken builds; that they are not 0 is what counts.
        const std::string residual = c.at("residual");
        const bool is_short = residual.size() < 19;
        parts.certificates.push_back({c.at("name"),
                                      is_short ? to_number<std::int64_t>(residual, path_) : Int128{1} << 64,
                                      c.at("states")});
      }
    } catch (const nlohmann::json::exception& error) {
      throw InvalidData(fmt::format("{}: table marchland_meta: {}; the file is damaged: build it anew",
                                    path_.string(), error.what()));
    }
  }

  fs::path path_;
  detail::SqliteDatabase db_;
  detail::ArrayTable arrays_;
};

}  // namespace

bool is_composite_file(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) return false;
  std::array<char, 16> head{};
  std::ifstream(path, std::ios::binary).read(head.data(), head.size());
  if (std::string_view(head.data(), 15) != "SQLite format 3") return false;
  return detail::SqliteDatabase(path, path, detail::SqliteDatabase::Mode::read).has_table("marchland_meta");
}

Composite read_composite(const fs::path& path, Load load) {
  return CompositeReader(path).read(load);
}

bool has_rows_as_written(const fs::path& path) {
  return CompositeReader(path).has_rows("shown_rows_sha256", detail::kShownRows);
}

std::string stated_content_hash(const fs::path& path) {
  return CompositeReader(path).meta("content_sha256");
}

}  // namespace marchland
