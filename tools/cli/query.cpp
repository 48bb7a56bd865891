#include "tools/cli/query.h"

#include "tools/cli/progress.h"
#include "tools/cli/stopwatch.h"
#include <marchland/base/error.h>
#include <marchland/io/csv.h>
#include <marchland/io/read_atlas.h>
#include <marchland/model/knowledge.h>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <set>

namespace marchland::cli {

namespace {

std::uint64_t physical_memory_bytes() {
  const long pages = ::sysconf(_SC_PHYS_PAGES);
  const long size = ::sysconf(_SC_PAGESIZE);
  return pages > 0 && size > 0 ? static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(size) : 0;
}

Format parse_format(const std::string& name) {
  if (name == "markdown") return Format::markdown;
  if (name == "csv") return Format::csv;
  if (name == "json") return Format::json;
  if (name == "ndjson") return Format::ndjson;
  return Format::table;
}

/// Titles of columns are for a table that is read as a whole; alone, a column needs its unit.
std::vector<CsvColumn> columns_of(const Table& table) {
  std::vector<CsvColumn> columns;
  for (const Column& column : table.columns) {
    switch (column.kind) {
      case Column::Kind::text:
      case Column::Kind::date:
      case Column::Kind::files:
        columns.push_back({column.key, "", CsvColumn::Type::text});
        break;
      case Column::Kind::count:
        columns.push_back({column.key, "", CsvColumn::Type::integer});
        break;
      case Column::Kind::area:
        columns.push_back({column.key, "in square metres", CsvColumn::Type::real});
        break;
      case Column::Kind::length:
        columns.push_back({column.key, "in metres", CsvColumn::Type::real});
        break;
      case Column::Kind::share:
        columns.push_back({column.key, "0 to 1", CsvColumn::Type::real});
        break;
      case Column::Kind::area_band:
      case Column::Kind::length_band:
      case Column::Kind::share_band:
      case Column::Kind::number_band: {
        const std::string unit = column.kind == Column::Kind::number_band   ? "in the unit of the row"
                                 : column.kind == Column::Kind::area_band   ? "in square metres"
                                 : column.kind == Column::Kind::length_band ? "in metres"
                                                                            : "0 to 1";
        columns.push_back({column.low, unit + "; low end of the 95 % band", CsvColumn::Type::real});
        columns.push_back({column.high, unit + "; high end of the 95 % band", CsvColumn::Type::real});
        break;
      }
      case Column::Kind::digits:
      case Column::Kind::number:
        columns.push_back({column.key, "", CsvColumn::Type::real});
        break;
      case Column::Kind::days:
        columns.push_back({column.key, "in days of 86400 seconds", CsvColumn::Type::real});
        break;
      case Column::Kind::degree:
        columns.push_back({column.key, "in degrees on WGS84", CsvColumn::Type::real});
        break;
    }
  }
  return columns;
}

/// What the other formats say before their rows - the theme, the dates - said by the provenance.
Provenance with_head(Provenance origin, const Json& head) {
  for (const auto& [key, value] : head.items()) {
    const bool is_known = key == "atlas" || key == "checksum" || key == "method" || key == "grid" ||
                          key == "rule" || key == "since" || key == "until" || key == "as_of" ||
                          key == "public" || key == "filters" || key == "harmonise_m";
    if (!is_known)
      origin.extra.emplace_back(key, value.is_string() ? value.get<std::string>() : value.dump());
  }
  return origin;
}

TimeWindow window_of(const Atlas& atlas, const QueryOptions& options) {
  const Interval all;
  TimeWindow window{{options.since.empty() ? all.from() : resolve_date(atlas, options.since),
                     options.until.empty() ? all.to() : resolve_date(atlas, options.until)},
                    {}};
  if (window.when.is_empty()) {
    throw InvalidArgument(
        fmt::format("--since {} is not before --until {}; swap them", options.since, options.until));
  }
  if (options.since.empty() && options.until.empty()) return window;
  const auto is_met = [&](const Statement& s) { return window.meets(s.validity); };
  if (!std::any_of(atlas.statements.begin(), atlas.statements.end(), is_met)) {
    const auto extent = atlas.extent();
    throw InvalidArgument(
        fmt::format("no statement holds in the window of --since and --until{}",
                    extent ? fmt::format("; they are of {} to {}", format_instant(extent->from(), atlas.days),
                                         format_instant(extent->to(), atlas.days))
                           : ""));
  }
  return window;
}

std::vector<std::string> speaking_sources(const Atlas& atlas) {
  std::vector<std::string> ids;
  for (std::size_t s = 0; s < atlas.sources.size(); ++s) {
    const bool speaks = std::any_of(atlas.layers.begin(), atlas.layers.end(),
                                    [&](const Layer& layer) { return layer.source == SourceId(s); });
    if (speaks) ids.push_back(atlas.sources[s].id);
  }
  return ids;
}

std::string window_text(const Atlas& atlas) {
  const Interval& when = atlas.window.when;
  std::string text;
  if (when.has_from()) text = "since " + format_instant(when.from(), atlas.days);
  if (when.has_to()) text += (text.empty() ? "until " : " until ") + format_instant(when.to(), atlas.days);
  return text;
}

}  // namespace

void OutputOptions::declare(CLI::App& command, bool has_areas) {
  command
      .add_option("--format", format,
                  "table or markdown (rounded, for people), csv, json or ndjson (in full)")
      ->check(CLI::IsMember({"table", "markdown", "csv", "json", "ndjson"}))
      ->capture_default_str();
  command.add_option("-o,--output", output, "file to write instead of standard output")->type_name("FILE");
  command.add_flag("--overwrite", overwrite, "replace files that exist");
  if (!has_areas) return;
  command.add_option("--unit", unit, "of areas in tables: km2, mi2, ha or m2")->capture_default_str();
  command.add_option("--round", round, "decimals in tables")->check(CLI::Range(0, 9))->capture_default_str();
}

void OutputOptions::declare_geometry(CLI::App& command, const std::string& what) {
  command
      .add_option("--geometry", geometry, what + "; the ending tells the format (.geojson, .gpkg, .fgb, ...)")
      ->type_name("FILE");
}

void OutputOptions::check() const {
  static_cast<void>(parse_area_unit(unit));
  if (!geometry.empty()) {
    check_feature_output(geometry, 1, existing());
    if (geometry == output) throw InvalidArgument("-o and --geometry name the same file; choose two");
  }
  if (output.empty()) return;
  const OutputFile probe(output, existing());
  if (parse_format(format) == Format::csv) const OutputFile beside(metadata_path(output), existing());
}

void OutputOptions::write(const Report& report, const Provenance& origin) const {
  const Rendering how{parse_format(format), parse_area_unit(unit), round};
  const std::string text = render(report, how);
  if (!output.empty()) {
    if (how.format == Format::csv) {
      const Table& table = report.tables.front();
      write_csv(output, text, table.title.empty() ? origin.title : origin.title + ": " + table.title,
                columns_of(table), with_head(origin, report.head), existing());
    } else {
      write_file(output, text, existing());
    }
  } else if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    throw Error(ErrorCode::failure, "standard output cannot be written");
  }
}

BuildOptions build_options(const QueryOptions& options) {
  return {options.max_memory > 0 ? options.max_memory : physical_memory_bytes() / 4 * 3};
}

void Breakdown::declare(CLI::App& command) {
  command
      .add_option_function<std::vector<std::string>>(
          "--by",
          [this](const std::vector<std::string>& keys) {
            for (const std::string& key : keys) {
              by_region = by_region || key == "region";
              by_group = by_group || key == "group";
            }
          },
          "rows by actor (always, or by group), group (actors of one group at the date together) and region")
      ->delimiter(',')
      ->check(CLI::IsMember({"actor", "region", "group"}));
}

void QueryOptions::declare_atlas(CLI::App& command) {
  command
      .add_option("ATLAS", atlas,
                  "folder with an atlas.toml, the manifest itself, or a composite (.gpkg) that build wrote")
      ->required();
  declare_limits(command);
  command
      .add_option(
          "--since", since,
          "window of time: statements that end before it are left out; figures at its dates stay the same")
      ->type_name("DATE");
  command.add_option("--until", until, "end of the window: the first instant after it")->type_name("DATE");
  declare_knowledge(command);
  command.add_flag("--two-layer", two_layer,
                   "arrange only the dates asked for, two at a time at most: less memory, the same figures");
}

void QueryOptions::declare_knowledge(CLI::App& command) {
  command
      .add_option("--as-of", as_of,
                  "answer from what was recorded by then (a date; latest and previous are of records)")
      ->type_name("DATE");
  command.add_flag("--public", is_public,
                   "only what is for the public: published, and neither it nor its source internal");
}

void QueryOptions::declare_limits(CLI::App& command) {
  command.add_option("--threads", threads, "how many cores to use (default: all); the answer is the same")
      ->check(CLI::Range(std::size_t{1}, std::size_t{4096}))
      ->type_name("N");
  command
      .add_option(
          "--max-memory", max_memory,
          "refuse an atlas whose lines cross so often that arranging them takes more, such as 8G (default: "
          "three quarters of what the machine has)")
      ->transform(CLI::AsSizeValue(true))
      ->type_name("SIZE");
}

void QueryOptions::refuse_two_layer(const std::string& command) const {
  if (!two_layer) return;
  throw InvalidArgument(fmt::format(
      "--two-layer: {} needs all dates at once; areas, overlaps, changes, line, export --at or --from "
      "--to, and raster do not. For a part of the history choose --since DATE --until DATE",
      command));
}

void QueryOptions::declare_statements(CLI::App& command) {
  declare_atlas(command);
  command.add_option("--theme", theme, "control, claim, border or zone")->capture_default_str();
  command.add_option("--source", sources, "only statements of these sources")->delimiter(',');
  command.add_option("--rule", rule,
                     "between sources: priority, majority or all (default: what the atlas declares)");
}

void QueryOptions::declare_bands(CLI::App& command) {
  command.add_flag(
      "--no-bands", no_bands,
      "leave out the 95 % bands, which figures have where sources state the accuracy of their lines");
}

void QueryOptions::declare(CLI::App& command) {
  declare_statements(command);
  command.add_option("--region", regions, "only inside these regions")->delimiter(',');
  command.add_option("--actor", actors, "only rows of these actors")->delimiter(',');
  command.add_option("--group", groups, "only rows of actors that belong to these groups at the date")
      ->delimiter(',');
  command
      .add_option("--method", method,
                  "lonlat, geodesic, sphere:R, sphere:R,arcs or crs:DEFINITION, for instance crs:EPSG:6933")
      ->capture_default_str();
}

void say_if_nothing_is_recorded(const Atlas& atlas, const std::string& asked) {
  if (!record_instants(atlas).empty()) return;
  fmt::print(stderr,
             "{}: no statement of the atlas says when it was recorded, so all of them count, at any date of "
             "record; the key 'recorded' of a layer says when\n",
             asked);
}

Atlas known_atlas(const QueryOptions& options, Atlas atlas) {
  if (options.as_of.empty() && !options.is_public) return atlas;
  // First for the public: which record was the latest is not to be told of what is internal.
  if (options.is_public) atlas = as_known(std::move(atlas), {std::nullopt, true});
  if (options.as_of.empty()) return atlas;
  const Instant as_of = resolve_record_date(atlas, options.as_of);
  say_if_nothing_is_recorded(atlas, "--as-of " + options.as_of);
  return as_known(std::move(atlas), {as_of, options.is_public});
}

void refuse_part_of_harmonised(const Atlas& atlas, const std::filesystem::path& path) {
  if (atlas.window.is_all() || atlas.harmonise.value() == 0.0) return;
  throw InvalidArgument(
      fmt::format("{}: was built of a window of time, and its lines were harmonised with those of all of "
                  "time, which it does not "
                  "have; ask the atlas itself, or a composite of all of it",
                  path.string()));
}

Theme parse_theme(const std::string& name) {
  const auto theme = parse_enum<Theme>(name);
  if (!theme)
    throw InvalidArgument(fmt::format("'{}' is no theme; expected control, claim, border or zone", name));
  return *theme;
}

Session::Session(const QueryOptions& options, Load load)
    : method_(AreaMethod::parse(options.method)), theme_(parse_theme(options.theme)) {
  declare(options);
  Stopwatch watch;
  if (options.atlas.extension() == ".gpkg" || is_composite_file(options.atlas)) {
    const bool is_asked_whole = options.since.empty() && options.until.empty() && options.as_of.empty();
    if (is_asked_whole) composite_ = read_composite(options.atlas, load);
    if (is_asked_whole && (!options.is_public || composite_.atlas().knowledge.is_public)) {
      // It is arranged already, so there is nothing that --two-layer could save.
      stated_content_ = stated_content_hash(options.atlas);
      file_ = options.atlas;
      seconds_.read = watch.lap();
      find_names(options, composite_.atlas());
      measure();
    } else {
      Atlas atlas = read_composite(options.atlas, Load::with_areas).atlas();
      refuse_part_of_harmonised(atlas, options.atlas);
      seconds_.read = watch.lap();
      build(options, known_atlas(options, std::move(atlas)));
    }
    return;
  }
  Progress progress;
  Atlas atlas = read_atlas(options.atlas, {[&](const std::string& layer, std::size_t done, std::size_t all) {
                             progress.show("reading " + layer, done, all);
                           }});
  progress.clear();
  seconds_.read = watch.lap();
  build(options, known_atlas(options, std::move(atlas)));
}

Session::Session(const QueryOptions& options, Atlas atlas)
    : method_(AreaMethod::parse(options.method)), theme_(parse_theme(options.theme)) {
  declare(options);
  build(options, std::move(atlas));
}

void Session::declare(const QueryOptions& options) {
  const auto add_filter = [this](const char* option, const std::vector<std::string>& values) {
    if (!values.empty())
      filters_ += fmt::format("{}{} {}", filters_.empty() ? "" : " ", option, fmt::join(values, ","));
  };
  add_filter("--region", options.regions);
  add_filter("--actor", options.actors);
  add_filter("--group", options.groups);
  add_filter("--source", options.sources);
  no_bands_ = options.no_bands;
  if (options.threads > 0) threads_.emplace(tbb::global_control::max_allowed_parallelism, options.threads);
  if (options.rule.empty()) return;
  const auto rule = parse_enum<SourceRule>(options.rule);
  if (!rule)
    throw InvalidArgument(fmt::format("--rule '{}': expected priority, majority or all", options.rule));
  holder_options_.rule = *rule;
}

void Session::find_names(const QueryOptions& options, const Atlas& atlas) {
  for (const std::string& id : options.regions) scope_.regions.push_back(find_region(atlas, id));
  for (const std::string& id : options.sources) {
    const SourceId source = find_source(atlas, id);
    const bool speaks = std::any_of(atlas.layers.begin(), atlas.layers.end(),
                                    [&](const Layer& layer) { return layer.source == source; });
    if (!speaks) {
      throw InvalidArgument(
          fmt::format("--source {}: states nothing itself, others cite it; sources of layers are: {}", id,
                      fmt::join(speaking_sources(atlas), ", ")));
    }
    holder_options_.sources.insert(source);
  }
  for (const std::string& id : options.actors) {
    static_cast<void>(find_actor(atlas, id));
    actors_.push_back(id);
  }
  for (const std::string& id : options.groups) {
    find_group(atlas, id);
    groups_.push_back(id);
  }
  if (options.rule.empty()) holder_options_.rule = atlas.rule;
}

void Session::build(const QueryOptions& options, Atlas atlas) {
  // Names on the command line are wrong before they are slow.
  find_names(options, atlas);
  build_options_ = build_options(options);
  const TimeWindow window = window_of(atlas, options);
  if (options.two_layer) {
    whole_ = std::make_shared<const Atlas>(window.is_all() ? std::move(atlas) : restricted_to(atlas, window));
    return;
  }
  Stopwatch watch;
  Progress progress(std::chrono::seconds(1));
  build_options_.on_step = [&](std::string_view step) {
    progress.show(fmt::format("arranging: {} done", step));
  };
  composite_ = window.is_all() ? build_composite(std::move(atlas), build_options_)
                               : build_within(atlas, window, build_options_);
  build_options_.on_step = {};
  progress.clear();
  seconds_.build = watch.lap();
  measure();
}

void Session::measure() {
  measured_.reset();
  if (method_.name() != composite_.areas().method) measured_ = measure_faces(composite_, method_);
}

void Session::arrange(const std::vector<std::string>& dates) {
  if (!whole_) return;
  const TimeWindow window{{}, instants(dates)};
  composite_ = {};  // before the next one takes its memory
  composite_ = build_within(*whole_, window, build_options_);
  measure();
}

void Session::for_each_arranged(const std::vector<std::string>& dates,
                                const std::function<void(const std::vector<std::string>&)>& answer) {
  const std::vector<std::string> distinct = distinct_dates(dates);
  if (!whole_) return answer(distinct);
  for (const std::string& date : distinct) {
    arrange({date});
    answer({date});
  }
}

Instant Session::instant(const std::string& text) const {
  const Instant instant = resolve_date(atlas(), text);
  const Interval& window = atlas().window.when;
  if (!window.contains(instant)) {
    throw InvalidArgument(fmt::format("'{}' lies outside the window ({}), and what holds there was left out",
                                      text, window_text(atlas())));
  }
  return instant;
}

Holders Session::holders(Theme theme) const {
  HolderOptions options = holder_options_;
  options.theme = theme;
  return {composite_, options};
}

Holders Session::holders(Theme theme, const std::set<SourceId>& sources) const {
  HolderOptions options = holder_options_;
  options.theme = theme;
  options.sources = sources;
  return {composite_, options};
}

std::vector<Instant> Session::instants(const std::vector<std::string>& texts) const {
  std::vector<Instant> out;
  out.reserve(texts.size());
  for (const std::string& text : texts) out.push_back(instant(text));
  return out;
}

std::vector<std::string> Session::distinct_dates(const std::vector<std::string>& dates) const {
  std::vector<std::string> out;
  std::set<Instant> seen;
  for (const std::string& date : dates) {
    if (seen.insert(instant(date)).second) out.push_back(date);
  }
  return out;
}

void Session::check_language(const std::string& language) const {
  if (language.empty()) return;
  std::set<std::string> known;
  for (const Actor& actor : atlas().actors) {
    for (const auto& [code, name] : actor.names) known.insert(code);
  }
  if (known.contains(language)) return;
  throw InvalidArgument(
      known.empty()
          ? fmt::format("--lang {}: the atlas has names in its main language only; the key `names` of an "
                        "[[actor]] has others",
                        language)
          : fmt::format("--lang {}: no party has a name in it; the atlas has names in {}", language,
                        fmt::join(known, ", ")));
}

bool Session::has_bands(Theme theme) const {
  if (no_bands_) return false;
  const Atlas& all = atlas();
  return std::any_of(all.statements.begin(), all.statements.end(), [&](const Statement& statement) {
    const Layer& layer = all[statement.layer];
    if (layer.theme != theme) return false;
    if (!holder_options_.sources.empty() && !holder_options_.sources.contains(layer.source)) return false;
    return statement.accuracy.value_or(all[layer.source].accuracy()).sigma.has_value();
  });
}

bool Session::wants(const Holders& holders, HolderIndex holder, std::optional<Instant> at) const {
  return wants(holders.id(holder), at);
}

bool Session::wants(const std::string& holder_id, std::optional<Instant> at) const {
  if (actors_.empty() && groups_.empty()) return true;
  const auto is_named = [](const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  const auto belongs_to_any = [&](std::string_view id, const std::vector<std::string>& groups) {
    const auto& all = atlas().actors;
    const auto actor = std::find_if(all.begin(), all.end(), [&](const Actor& a) { return a.id == id; });
    return actor != all.end() &&
           std::any_of(actor->groups.begin(), actor->groups.end(), [&](const GroupMembership& membership) {
             return is_named(groups, membership.group) && (!at || membership.when.contains(*at));
           });
  };
  // Ground that counts for a group is wanted by each of its members.
  const bool is_group = is_named(groups_, holder_id) ||
                        std::any_of(actors_.begin(), actors_.end(),
                                    [&](const std::string& id) { return belongs_to_any(id, {holder_id}); });
  if (is_group) return true;
  // A contested set is wanted by each of its members.
  for (std::size_t begin = 0; begin <= holder_id.size();) {
    const std::size_t end = std::min(holder_id.find('+', begin), holder_id.size());
    const auto id = std::string_view(holder_id).substr(begin, end - begin);
    if (is_named(actors_, id) || belongs_to_any(id, groups_)) return true;
    begin = end + 1;
  }
  return false;
}

std::vector<Session::Part> Session::parts(const Breakdown& by) const {
  if (!by.by_region) return {{std::nullopt, scope_}};
  std::vector<Part> parts;
  for (const RegionId region : scope_.regions) parts.push_back({region, {{region}}});
  if (!parts.empty()) return parts;
  if (atlas().regions.empty())
    throw InvalidArgument("--by region: the atlas has no [[region]]; declare those to report by");
  for (std::size_t r = 0; r < atlas().regions.size(); ++r) parts.push_back({RegionId(r), {{RegionId(r)}}});
  return parts;
}

Json Session::head() const {
  Json head;
  head["atlas"] = atlas().id;
  head["checksum"] = atlas().checksum;
  head["method"] = method_.name();
  head["grid"] = "1e-7 degree";
  if (atlas().harmonise.value() > 0) head["harmonise_m"] = atlas().harmonise.value();
  head["unit"] = "m2";
  if (!method_.is_exact()) head["residual_m2"] = square_meters(areas().residual);
  head["rule"] = to_string(holder_options_.rule);
  const Interval& window = atlas().window.when;
  if (window.has_from()) head["since"] = date(window.from());
  if (window.has_to()) head["until"] = date(window.to());
  if (atlas().knowledge.as_of) head["as_of"] = date(*atlas().knowledge.as_of);
  if (atlas().knowledge.is_public) head["public"] = true;
  if (!filters_.empty()) head["filters"] = filters_;
  return head;
}

std::vector<std::string> Session::notes() const {
  std::vector<std::string> notes;
  notes.push_back(fmt::format("atlas {} ({}), method {}, grid 1e-7 degree", atlas().id,
                              atlas().checksum.substr(0, 12), method_.name()));
  if (atlas().harmonise.value() > 0) {
    notes.back() += fmt::format(", lines harmonised by {} m (harmonise_m; `check` says what that did)",
                                atlas().harmonise.value());
  }
  if (atlas().window.when != Interval()) {
    notes.push_back(
        fmt::format("{}: statements that hold at no instant of it were left out; figures are those of "
                    "the whole atlas, findings of the window only",
                    window_text(atlas())));
  }
  if (atlas().knowledge.as_of) {
    notes.push_back(fmt::format("as of {}: from what was recorded by then", date(*atlas().knowledge.as_of)));
  }
  if (atlas().knowledge.is_public)
    notes.emplace_back("for the public: only what is published, and neither it nor its source internal");
  if (!filters_.empty()) notes.push_back(fmt::format("a part only: what {} leaves", filters_));
  if (is_two_layer())
    notes.emplace_back("arranged for the dates asked about only: figures are those of the whole atlas");
  if (areas().residual != 0) {
    notes.push_back(
        fmt::format("lines of different vertices overlap: by this method figures can differ by up to {:.3g} "
                    "m2 from those of "
                    "the polygons as given",
                    square_meters(areas().residual)));
  }
  if (!atlas().disclaimer.empty()) notes.push_back(atlas().disclaimer);
  return notes;
}

Provenance provenance(const Session& session, const std::string& command) {
  Provenance out = provenance(session.atlas(), session.method().name());
  const Json head = session.head();
  out.rule = head["rule"].get<std::string>();
  for (const char* key : {"since", "until", "as_of", "filters"}) {
    if (head.contains(key)) out.extra.emplace_back(key, head[key].get<std::string>());
  }
  if (head.contains("public")) out.extra.emplace_back("public", "true");
  out.extra.emplace_back("command", command);
  return out;
}

std::string themes_of(const Atlas& atlas) {
  std::string out;
  for (const Theme theme : kThemes) {
    const auto count = std::count_if(atlas.statements.begin(), atlas.statements.end(),
                                     [&](const Statement& s) { return atlas[s.layer].theme == theme; });
    if (count == 0) continue;
    out += out.empty() ? fmt::format("{} ({} statement{})", to_string(theme), count, count == 1 ? "" : "s")
                       : fmt::format(", {} ({})", to_string(theme), count);
  }
  return out;
}

Json holder_json(const std::string& id) {
  return id.empty() ? Json(nullptr) : Json(id);
}

double square_meters(AreaUnits area) {
  return to_square_meters(area).value();
}

double to_days(std::chrono::seconds time) {
  return std::chrono::duration<double, std::chrono::days::period>(time).count();
}

}  // namespace marchland::cli
