#include <marchland/base/error.h>
#include <marchland/derive/area_filter.h>
#include <marchland/io/detail/atlas_files.h>
#include <marchland/io/detail/checksum.h>
#include <marchland/io/detail/combined_layers.h>
#include <marchland/io/detail/data_files.h>
#include <marchland/io/detail/derived_reader.h>
#include <marchland/io/detail/entry_names.h>
#include <marchland/io/detail/feature.h>
#include <marchland/io/detail/layer_values.h>
#include <marchland/io/detail/manifest_secrets.h>
#include <marchland/io/detail/row.h>
#include <marchland/io/detail/tally.h>
#include <marchland/io/manifest.h>
#include <marchland/io/read_atlas.h>
#include <marchland/io/vector_file.h>
#include <marchland/model/knowledge.h>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <tbb/parallel_for.h>
#include <tbb/parallel_pipeline.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <exception>
#include <iterator>
#include <map>
#include <memory>
#include <set>

namespace marchland {
namespace {

namespace fs = std::filesystem;
using detail::DataFile;
using detail::did_you_mean;
using detail::name_by_entry;
using detail::NameByEntry;
using detail::Row;
using detail::Tally;
using detail::trim;
using Names = std::vector<std::string>;

class AtlasReader {
 public:
  /// `atlas` has what was read already, or only what is declared.
  AtlasReader(Manifest manifest, Atlas atlas, ReadOptions options = {})
      : in_(std::move(manifest), std::move(atlas)), options_(std::move(options)) {}

  Atlas read() {
    if (manifest_.study_area) {
      atlas_.study_area = in_.rings.share(in_.read_area(*manifest_.study_area, "study area"));
      atlas_.study_area_rings = manifest_.study_area->rings;
    }
    for (const RegionSpec& region : manifest_.regions) read_region(region);
    if (manifest_.places) read_places(*manifest_.places);
    for (std::size_t i = 0; i < manifest_.layers.size(); ++i) read_layer(LayerId(i), manifest_.layers[i]);
    atlas_.manifest = detail::mask_manifest_secrets(manifest_.text);
    atlas_.files = {{manifest_.path.filename().string(), detail::sha256_of(manifest_.text)}};
    return finish();
  }

  /// With the statements of further files.
  Atlas append(const std::vector<fs::path>& paths, const std::string& layer_id) {
    in_.is_added = true;
    std::map<LayerId, std::map<std::string, DataFile>> added;
    for (const fs::path& path : paths) {
      for (DataFile& file : find_added(path)) {
        const LayerId layer = layer_of(file, layer_id);
        refuse_derived(manifest_.layers[layer.index()]);
        file.name = name_in_layer(manifest_.layers[layer.index()], file);
        refuse_known(file);
        const auto [other, is_new] = added[layer].try_emplace(file.name, file);
        if (!is_new) {
          throw InvalidArgument(fmt::format("{} and {} would both be '{}' of layer '{}'; rename one",
                                            other->second.local.string(), file.local.string(), file.name,
                                            atlas_[layer].id));
        }
      }
    }
    for (auto& [layer, files] : added) {
      const LayerSpec& spec = manifest_.layers[layer.index()];
      std::vector<DataFile> sorted;
      for (auto& [name, file] : files) sorted.push_back(file);
      read_files(layer, spec, sorted, added_prefixes(spec, sorted));
    }
    // As reading the folder has them: by layer, then name of file, then as written.
    const auto file_of = [](const Statement& s) {
      return std::string_view(s.origin).substr(0, s.origin.find(": layer '"));
    };
    std::stable_sort(atlas_.statements.begin(), atlas_.statements.end(),
                     [&](const Statement& a, const Statement& b) {
                       if (a.layer != b.layer) return a.layer < b.layer;
                       return file_of(a) < file_of(b);
                     });
    return finish();
  }

 private:
  Atlas finish() {
    add_digests();
    atlas_.checksum = detail::checksum_of(atlas_.files);
    try {
      settle_records(atlas_);
      atlas_.check();
    } catch (Error& error) {
      error.add_context(manifest_.path.string());
      throw;
    }
    return std::move(atlas_);
  }

  // ---- files that are added later
  // ----------------------------------------------------------------------------

  static std::vector<DataFile> find_added(const fs::path& path) {
    std::error_code ignored;
    if (!fs::exists(path, ignored))
      throw Error(ErrorCode::failure, fmt::format("{}: there is no such file", path.string()));
    const fs::path absolute = fs::absolute(path).lexically_normal();
    if (detail::is_archive_of_many(absolute.filename().string()))
      throw InvalidArgument(fmt::format("{}: is an archive; unpack it and name the files", path.string()));
    if (fs::is_directory(absolute, ignored)) {
      throw Error(ErrorCode::failure,
                  fmt::format("{}: is a folder; name the files ({}/*)", path.string(), path.string()));
    }
    return detail::find_data_files(absolute.parent_path(), absolute.filename().string());
  }

  /// Where it lies: its folder, then what it is called there, members of archives too.
  [[nodiscard]] static fs::path place_of(const DataFile& file) {
    return file.local.parent_path() / file.name;
  }

  [[nodiscard]] static std::optional<NameByEntry> name_by_spec(const LayerSpec& spec, const DataFile& file) {
    std::optional<NameByEntry> best;
    for (const std::string& entry : spec.files) {
      const auto name = name_by_entry(entry, place_of(file));
      if (name && (!best || (name->is_in_place && !best->is_in_place))) best = name;
    }
    return best;
  }

  [[nodiscard]] LayerId layer_of(const DataFile& file, const std::string& wanted) const {
    Names ids;
    // Those that it would belong to where it lies come before those whose folder it was not put into yet.
    std::array<std::vector<LayerId>, 2> by_place;
    for (std::size_t i = 0; i < manifest_.layers.size(); ++i) {
      const LayerSpec& spec = manifest_.layers[i];
      ids.push_back(spec.layer.id);
      if (spec.layer.id == wanted) return LayerId(i);
      if (const auto name = name_by_spec(spec, file)) by_place[name->is_in_place ? 0 : 1].emplace_back(i);
    }
    const auto& found = by_place[0].empty() ? by_place[1] : by_place[0];
    Names fitting;
    for (const LayerId layer : found) fitting.push_back(atlas_[layer].id);
    if (!wanted.empty()) {
      throw InvalidArgument(fmt::format("the atlas has no layer '{}'{}; it has: {}", wanted,
                                        did_you_mean(wanted, ids), fmt::join(ids, ", ")));
    }
    if (found.size() == 1) return found.front();
    throw InvalidArgument(
        fitting.empty()
            ? fmt::format("{}: by its name it belongs to no layer of the atlas; say which: --layer {}",
                          file.local.string(), fmt::join(ids, " or "))
            : fmt::format("{}: by its name it can belong to the layers {}; say which by --layer",
                          file.local.string(), fmt::join(fitting, ", ")));
  }

  [[nodiscard]] std::string name_in_layer(const LayerSpec& spec, const DataFile& file) const {
    const auto name = name_by_spec(spec, file);
    if (!name) return file.name;
    if (name->is_in_place) return name->name;
    // In another folder it would be another file, and could be added once more from there.
    std::set<std::string> names;
    for (const std::string& entry : spec.files) {
      if (const auto other = name_by_entry(entry, place_of(file))) names.insert(other->name);
    }
    if (names.size() == 1) return name->name;
    throw InvalidArgument(fmt::format("{}: in the folder of the atlas it could be {}; put it there first",
                                      file.local.string(), fmt::join(names, " or ")));
  }

  /// One more line or row would change the frame, or cells, of all dates.
  static void refuse_derived(const LayerSpec& spec) {
    if (!spec.lines_to_areas && !spec.points_to_areas && !spec.derived) return;
    throw InvalidArgument(
        fmt::format("layer '{}' is derived from {}, all of them at once; add the file to its "
                    "folder and build anew",
                    spec.layer.id,
                    spec.lines_to_areas    ? "lines"
                    : spec.points_to_areas ? "places"
                                           : "other ground"));
  }

  void refuse_known(const DataFile& file) const {
    const auto known = std::find_if(atlas_.files.begin(), atlas_.files.end(),
                                    [&](const DataFileDigest& digest) { return digest.name == file.name; });
    if (known == atlas_.files.end()) return;
    throw InvalidArgument(fmt::format(
        "{}: '{}' is in the composite already{}", file.local.string(), file.name,
        known->sha256 == detail::sha256_of_file(file.local)
            ? ", with the same bytes; there is nothing to add"
            : " with other content; append only adds: correct the folder, look at 'review', build anew"));
  }

  /// A stem that names one file only, those that were there before included, does; otherwise all of the name.
  [[nodiscard]] Names added_prefixes(const LayerSpec& spec, const std::vector<DataFile>& files) const {
    const auto stem = [](const std::string& name) {
      return fs::path(DataFile{{}, name, {}}.file_name()).stem();
    };
    std::map<fs::path, int> uses;
    for (const DataFileDigest& known : atlas_.files) {
      const bool is_of_layer = std::any_of(spec.files.begin(), spec.files.end(), [&](const auto& entry) {
        const auto name = name_by_entry(entry, known.name);
        return name && name->is_in_place && name->name == known.name;
      });
      if (is_of_layer) ++uses[stem(known.name)];
    }
    for (const DataFile& file : files) ++uses[stem(file.name)];
    Names prefixes;
    for (const DataFile& file : files) {
      const fs::path own = stem(file.name);
      prefixes.push_back(fmt::format("{}/{}/", spec.layer.id, uses[own] == 1 ? own.string() : file.name));
    }
    return prefixes;
  }

  void add_digests() {
    const std::size_t before = atlas_.files.size();
    std::vector<fs::path> paths;
    for (const auto& [name, path] : in_.read) {
      const bool is_known =
          std::any_of(atlas_.files.begin(), atlas_.files.begin() + static_cast<std::ptrdiff_t>(before),
                      [&](const DataFileDigest& digest) { return digest.name == name; });
      if (is_known) continue;  // a sidecar of several, an archive of several days
      atlas_.files.push_back({name, {}});
      paths.push_back(path);
    }
    tbb::parallel_for(std::size_t{0}, paths.size(), [&](std::size_t i) {
      atlas_.files[before + i].sha256 = detail::sha256_of_file(paths[i]);
    });
    // The manifest first.
    std::sort(atlas_.files.begin() + 1, atlas_.files.end(),
              [](const DataFileDigest& a, const DataFileDigest& b) { return a.name < b.name; });
  }

  // ---- study area, regions, places
  // -----------------------------------------------------------------------------

  void read_region(const RegionSpec& spec) {
    if (spec.id.kind == ValueSpec::Kind::constant) {
      const std::string subject = fmt::format("region '{}'", spec.id.text);
      add_region({spec.id.text, spec.name.text, spec.code.text, spec.edition,
                  in_.rings.share(in_.read_area(spec.source, subject)), spec.source.rings},
                 subject, manifest_.place(spec.source.line));
      return;
    }
    const std::string subject = fmt::format("regions by '{}'", spec.id.text);
    const DataFile file = in_.find_one_file(spec.source, subject);
    Names fields;
    for (const ValueSpec* value : {&spec.id, &spec.name, &spec.code}) {
      if (value->kind == ValueSpec::Kind::field) fields.push_back(value->text);
    }
    VectorTable table = in_.read_file(file, spec.source, fields);
    Tally tally;
    detail::tally_table(table, file.name, tally);
    bool any = false;
    for (VectorFeature& feature : table.features) {
      const Row row(table, feature);
      const std::string place = table.place_of(feature, file.name);
      const std::string id = trim(row.text(spec.id).value_or(""));
      if (id.empty()) {
        throw InvalidData(fmt::format("{}: {} is empty; a region needs an id",
                                      table.place_of(feature, in_.display_name(file)),
                                      Row::subject("id", spec.id)));
      }
      detail::tally_feature(feature, place, tally);
      in_.find_closed_rings(feature, "", place);
      if (!in_.keep_polygons(feature, place, tally)) continue;
      add_region({id, row.text(spec.name).value_or(id), row.text(spec.code).value_or(""), spec.edition,
                  in_.rings.share(feature.area), spec.source.rings},
                 fmt::format("region '{}'", id), table.place_of(feature, in_.display_name(file)));
      any = true;
    }
    tally.report(subject, atlas_.findings);
    if (!any) in_.no_polygon(spec.source, subject, file);
  }

  void add_region(Region region, std::string_view subject, const std::string& place) {
    const bool is_new = std::none_of(atlas_.regions.begin(), atlas_.regions.end(),
                                     [&](const Region& other) { return other.id == region.id; });
    if (!is_new) throw InvalidData(fmt::format("{}: there is a {} already; ids must differ", place, subject));
    atlas_.regions.push_back(std::move(region));
  }

  void read_places(const FileSpec& spec) {
    const DataFile file = in_.find_one_file(spec, "places");
    const VectorTable table = in_.read_file(file, spec, std::nullopt);
    Tally tally;
    detail::tally_table(table, file.name, tally);
    const auto name_at = std::find(table.fields.begin(), table.fields.end(), "name");
    if (name_at == table.fields.end() && !table.features.empty()) {
      try {
        detail::fail_no_field("name", table.fields);
      } catch (Error& error) {
        error.add_context(fmt::format("{}: layer '{}'", in_.display_name(file), table.layer));
        throw;
      }
    }
    for (const VectorFeature& feature : table.features) {
      const std::string at = table.place_of(feature, file.name);
      Place place = read_names(table, feature);
      if (place.name.empty()) {
        tally.add("place-without-name", Severity::warning, "a place has no name and is left out", at);
      } else if (feature.points.size() != 1) {
        tally.add("not-a-point", Severity::warning,
                  fmt::format("'{}' is not one point and is left out", place.name), at);
      } else {
        place.lon = Lon{feature.points.front().lon};
        place.lat = Lat{feature.points.front().lat};
        atlas_.places.push_back(std::move(place));
      }
    }
    tally.report("places", atlas_.findings);
    if (atlas_.places.empty()) {
      throw InvalidData(
          fmt::format("{}: places: no named point in {}", manifest_.place(spec.line), file.name));
    }
  }

  static Place read_names(const VectorTable& table, const VectorFeature& feature) {
    Place place;
    for (std::size_t i = 0; i < table.fields.size(); ++i) {
      const std::string value = trim(feature.values[i].value_or(""));
      if (table.fields[i] == "name") place.name = value;
      if (table.fields[i].starts_with("name_")) place.other_names.push_back(value);
      if (table.fields[i] != "names") continue;
      for (std::size_t at = 0; at <= value.size();) {
        const std::size_t end = std::min(value.find(';', at), value.size());
        place.other_names.push_back(trim(value.substr(at, end - at)));
        at = end + 1;
      }
    }
    Names others;
    for (std::string& name : place.other_names) {
      const bool is_new = !name.empty() && name != place.name &&
                          std::find(others.begin(), others.end(), name) == others.end();
      if (is_new) others.push_back(std::move(name));
    }
    place.other_names = std::move(others);
    return place;
  }

  // ---- layers
  // --------------------------------------------------------------------------------------------------

  std::vector<DataFile> find_layer_files(const LayerSpec& spec) const {
    std::map<std::string, DataFile> files;
    in_.at_line(spec.line, fmt::format("layer '{}'", spec.layer.id), [&] {
      for (const std::string& entry : spec.files) {
        for (DataFile& file : detail::find_data_files(in_.folder, entry))
          files.try_emplace(file.name, std::move(file));
      }
      return 0;
    });
    std::vector<DataFile> sorted;
    sorted.reserve(files.size());
    for (auto& [name, file] : files) sorted.push_back(std::move(file));
    return sorted;
  }

  struct LayerState {
    LayerId id;
    const LayerSpec& spec;
    Tally tally;
    std::vector<Instant> dates;            ///< of a snapshot layer
    std::map<Instant, Instant> date_ends;  ///< of one whose missing days are unknown
    /// Those of `dates` that some statement says are in doubt: the widest doubt that any has.
    std::map<Instant, FuzzyInstant> doubtful_dates;
    std::vector<VoidDate> void_dates;  ///< of a snapshot layer
    std::size_t statements = 0;
    std::size_t retractions = 0;
    std::size_t features = 0;
    std::optional<AreaFilter> filter{};
    std::optional<detail::CombinedLayer> combined{};
    std::size_t first = 0;  ///< statement of the layer
  };

  void read_layer(LayerId id, const LayerSpec& spec) {
    if (spec.derived && !spec.derived->of.empty()) return read_combined(id, spec);
    const auto files = find_layer_files(spec);
    if (spec.lines_to_areas) return derived_.read_lines(id, spec, files);
    if (spec.points_to_areas) return derived_.read_points(id, spec, files);
    read_files(id, spec, files, detail::id_prefixes(spec, files));
  }

  /// One statement, of which the manifest says everything.
  void read_combined(LayerId id, const LayerSpec& spec) {
    LayerState state{id, spec, {}, {}, {}, {}, {}, 0, 0, 0, {}, {}, atlas_.statements.size()};
    in_.at_line(spec.line, fmt::format("layer '{}'", spec.layer.id), [&] {
      state.combined.emplace(in_, spec);
      const DataFile manifest{{}, manifest_.path.filename().string(), {}};
      const VectorTable table;
      const VectorFeature feature;
      Statement statement = declared(state, manifest, table, feature, "",
                                     detail::find_file_date(in_, spec.from, manifest, "from"),
                                     detail::find_file_date(in_, spec.to, manifest, "to"));
      statement.id = spec.layer.id;
      statement.origin = fmt::format("{}: layer '{}'", manifest.name, spec.layer.id);
      atlas_.statements.push_back(std::move(statement));
      state.combined->combine(state.first);
      return 0;
    });
  }

  void read_files(LayerId id, const LayerSpec& spec, const std::vector<DataFile>& files,
                  const Names& prefixes) {
    LayerState state{id, spec, {}, atlas_[id].dates, {}, {}, atlas_[id].void_dates, 0, 0, 0, {}};
    for (const FuzzyInstant& date : atlas_[id].doubtful_dates)
      state.doubtful_dates.emplace(date.nominal, date);
    for (std::size_t i = 0; i < atlas_[id].date_ends.size(); ++i)
      state.date_ends.emplace(atlas_[id].dates[i], atlas_[id].date_ends[i]);
    if (!spec.region.empty()) state.filter.emplace(region_of(spec).area.polygons());
    state.first = atlas_.statements.size();
    if (spec.derived) state.combined.emplace(in_, spec);
    const bool with_lines = state.combined && state.combined->is_buffer();
    // Files are read on all cores and taken in their order, as soon as those before them have been: the first
    // that cannot be read is the one that is named. What a file holds is gone when its turn is over, and few
    // wait for theirs.
    struct Table {
      std::optional<VectorTable> read{};
      std::exception_ptr failure{};
    };
    const auto in_flight = std::size_t{2} * static_cast<std::size_t>(tbb::this_task_arena::max_concurrency());
    // Those under way are consecutive. What passes from filter to filter is the number alone: a pipeline that
    // an exception ends does not release what else it holds.
    std::vector<Table> tables(in_flight);
    const auto table_of = [&](std::size_t file) -> Table& { return tables[file % in_flight]; };
    std::size_t next = 0;
    const auto number = [&](tbb::flow_control& control) -> std::size_t {
      if (next == files.size()) control.stop();
      return next++;
    };
    const auto read = [&](std::size_t file) {
      Table& table = table_of(file);
      try {
        table.read = in_.read_table(files[file], file_spec(files[file], spec), detail::wanted_fields(spec),
                                    with_lines);
      } catch (...) {
        table.failure = std::current_exception();
      }
      return file;
    };
    const auto take = [&](std::size_t file) {
      Table& table = table_of(file);
      if (table.failure) std::rethrow_exception(table.failure);
      in_.remember(files[file], *table.read);
      read_layer_table(state, files[file], prefixes[file], *table.read);
      table.read.reset();
      const std::size_t done = file + 1;
      constexpr std::size_t kSay = 64;
      if (options_.on_files && (done % kSay == 0 || done == files.size()))
        options_.on_files(spec.layer.id, done, files.size());
    };
    using Mode = tbb::filter_mode;
    tbb::parallel_pipeline(in_flight, tbb::make_filter<void, std::size_t>(Mode::serial_in_order, number) &
                                          tbb::make_filter<std::size_t, std::size_t>(Mode::parallel, read) &
                                          tbb::make_filter<std::size_t, void>(Mode::serial_in_order, take));
    state.tally.report(fmt::format("layer '{}'", spec.layer.id), atlas_.findings);
    // A snapshot without any statement says that nothing is held from then on.
    const bool has_none = state.statements == 0 && state.retractions == 0;
    if (has_none && (!in_.is_added || spec.layer.mode != LayerMode::snapshot)) no_statement(state);
    if (state.combined && state.statements > 0) {
      in_.at_line(spec.line, fmt::format("layer '{}'", spec.layer.id), [&] {
        state.combined->combine(state.first);
        return 0;
      });
    }
    if (spec.layer.mode != LayerMode::snapshot) return;
    auto& doubtful = atlas_.layers[id.index()].doubtful_dates;
    doubtful.clear();
    for (const auto& [nominal, date] : state.doubtful_dates) doubtful.push_back(date);
    std::sort(state.void_dates.begin(), state.void_dates.end());
    const auto end = std::unique(state.void_dates.begin(), state.void_dates.end());
    atlas_.layers[id.index()].void_dates.assign(state.void_dates.begin(), end);
    if (spec.missing_days_are_unknown) {
      close_snapshots(atlas_, id, state.date_ends);
    } else {
      close_snapshots(atlas_, id, state.dates);
    }
  }

  [[nodiscard]] const Region& region_of(const LayerSpec& spec) const {
    const auto found = std::find_if(atlas_.regions.begin(), atlas_.regions.end(),
                                    [&](const Region& region) { return region.id == spec.region; });
    if (found != atlas_.regions.end()) return *found;
    Names ids;
    for (const Region& region : atlas_.regions) ids.push_back(region.id);
    throw InvalidData(fmt::format("{}: layer '{}': there is no [[region]] '{}'{} (declared: {})",
                                  manifest_.place(spec.line), spec.layer.id, spec.region,
                                  did_you_mean(spec.region, ids),
                                  ids.empty() ? "none" : fmt::format("{}", fmt::join(ids, ", "))));
  }

  /// A state without hours holds for all of the day, month or year that its date names; one with hours for a
  /// day, unless another follows.
  static void add_date(LayerState& state, const FuzzyDate& date) {
    const FuzzyInstant at = date.first();
    state.dates.push_back(at.nominal);
    if (!at.is_exact()) {
      const auto [known, is_new] = state.doubtful_dates.try_emplace(at.nominal, at);
      known->second.earliest = std::min(known->second.earliest, at.earliest);
      known->second.latest = std::max(known->second.latest, at.latest);
    }
    if (!state.spec.missing_days_are_unknown) return;
    Instant& end = state.date_ends[at.nominal];
    end = std::max({end, date.nominal.last, at.nominal + std::chrono::days(1)});
  }

  [[noreturn]] void no_statement(const LayerState& state) const {
    const LayerSpec& spec = state.spec;
    std::string reason;
    if (state.features > 0) {
      reason = fmt::format("none of its {} features is a polygon; only polygons state who holds ground",
                           state.features);
    } else {
      reason = spec.where.empty() ? "its files have no feature"
                                  : fmt::format("no feature of its files fulfils where = \"{}\"", spec.where);
    }
    for (const Finding& finding : atlas_.findings) {
      if (state.features > 0 && finding.code == "not-a-polygon" &&
          finding.text.starts_with(fmt::format("layer '{}'", spec.layer.id))) {
        reason += "; " + finding.text.substr(finding.text.find(": ") + 2);
        break;
      }
    }
    throw InvalidData(fmt::format("{}: layer '{}' has no statement: {}", manifest_.place(spec.line),
                                  spec.layer.id, reason));
  }

  static FileSpec file_spec(const DataFile& file, const LayerSpec& spec) {
    return {file.name, spec.layer_in_file, spec.where, spec.crs, spec.line, {}};
  }

  void read_layer_table(LayerState& state, const DataFile& file, const std::string& prefix,
                        VectorTable& table) {
    const LayerSpec& spec = state.spec;
    detail::tally_table(table, file.name, state.tally);
    const auto from = detail::find_file_date(in_, spec.from, file, "from");
    const auto to = detail::find_file_date(in_, spec.to, file, "to");
    const bool is_snapshot = spec.layer.mode == LayerMode::snapshot;
    const std::size_t before = state.statements;
    const std::size_t retractions_before = state.retractions;
    for (VectorFeature& feature : table.features) {
      try {
        read_statement(state, file, table, feature, prefix, from, to);
      } catch (const Error& error) {
        throw InvalidData(
            fmt::format("{}: {}", table.place_of(feature, in_.display_name(file)), error.what()));
      }
    }
    state.features += table.features.size();
    // What only takes statements back is no state of a date.
    if (state.statements == before && state.retractions > retractions_before) return;
    if (is_snapshot && from) add_date(state, *from);
    if (state.statements > before) return;
    const std::string at = from ? format_utc(from->nominal.first) : "";
    if (is_snapshot) {
      if (from) add_void_date(state, file, from->first().nominal);
      const bool is_void = table.features.empty();
      atlas_.findings.push_back(
          {"empty-snapshot", is_void ? Severity::info : Severity::warning, "", at, std::nullopt,
           fmt::format("layer '{}': {}: {}: from its date on the layer holds nothing", spec.layer.id,
                       file.name,
                       is_void ? "no feature"
                               : fmt::format("no polygon among its {} features", table.features.size()))});
    } else if (table.features.empty()) {
      state.tally.add("empty-file", Severity::info, "no feature in a file", file.name);
    }
  }

  void add_void_date(LayerState& state, const DataFile& file, Instant date) const {
    const auto recorded = detail::find_file_date(in_, state.spec.recorded, file, "recorded");
    state.void_dates.push_back({date, recorded ? std::optional(recorded->nominal.first) : std::nullopt});
  }

  /// A feature that takes statements back; nothing for any other.
  std::optional<Statement> find_retraction(const LayerState& state, const DataFile& file,
                                           const VectorTable& table, const VectorFeature& feature,
                                           const std::string& prefix) const {
    const LayerSpec& spec = state.spec;
    if (!spec.retracts) return std::nullopt;
    const Row row(table, feature);
    if (trim(row.text(*spec.retracts).value_or("")).empty()) return std::nullopt;
    Statement statement;
    statement.id = detail::statement_id(row, spec, feature, prefix);
    statement.layer = state.id;
    if (spec.note) statement.note = row.text(*spec.note).value_or("");
    detail::read_record(in_, row, spec, file, statement);
    statement.origin = table.place_of(feature, file.name);
    if (feature.has_geometry) {
      throw InvalidData(
          fmt::format("{} is set, and the feature has a geometry: what takes statements back states nothing "
                      "itself. Leave "
                      "the geometry empty, or write supersedes to replace them",
                      Row::subject("retracts", *spec.retracts)));
    }
    return statement;
  }

  /// What a feature and the manifest say of a statement, all but its ground.
  Statement declared(LayerState& state, const DataFile& file, const VectorTable& table,
                     const VectorFeature& feature, const std::string& prefix,
                     const std::optional<FuzzyDate>& file_from,
                     const std::optional<FuzzyDate>& file_to) const {
    const LayerSpec& spec = state.spec;
    const Row row(table, feature);
    Statement statement;
    statement.id = detail::statement_id(row, spec, feature, prefix);
    statement.layer = state.id;
    statement.actor = detail::actor_of(in_, row, spec.actor, "actor");
    set_validity(statement, row, state, file_from, file_to);
    statement.seq = seq_of(row, spec.seq);
    statement.basis = detail::enum_of<Basis>(row, spec.basis, "basis", {"surveyed", "drawn", "inferred"},
                                             spec.derived ? Basis::inferred : Basis::drawn);
    statement.certainty = detail::enum_of<Certainty>(row, spec.certainty, "certainty",
                                                     {"confirmed", "reported"}, Certainty::confirmed);
    if (spec.taken_from && !trim(row.text(*spec.taken_from).value_or("")).empty())
      statement.taken_from = detail::actor_of(in_, row, *spec.taken_from, "taken_from");
    if (spec.note) statement.note = row.text(*spec.note).value_or("");
    detail::read_record(in_, row, spec, file, statement);
    return statement;
  }

  void read_statement(LayerState& state, const DataFile& file, const VectorTable& table,
                      VectorFeature& feature, const std::string& prefix,
                      const std::optional<FuzzyDate>& file_from, const std::optional<FuzzyDate>& file_to) {
    const LayerSpec& spec = state.spec;
    const std::string place = table.place_of(feature, file.name);
    if (auto retraction = find_retraction(state, file, table, feature, prefix)) {
      atlas_.set_aside.push_back(std::move(*retraction));
      ++state.retractions;
      return;
    }
    Statement statement = declared(state, file, table, feature, prefix, file_from, file_to);
    statement.origin = place;
    detail::tally_feature(feature, place, state.tally);
    if (state.combined && state.combined->is_buffer() && feature.has_geometry) {
      statement.area = in_.rings.share(state.combined->buffer_of(feature));
      atlas_.statements.push_back(std::move(statement));
      ++state.statements;
      return;
    }
    if (!in_.keep_polygons(feature, place, state.tally)) return;
    if (state.filter && !state.filter->meets(feature.area)) {
      state.tally.add("outside-region", Severity::info,
                      fmt::format("it shares no ground with region '{}' and is left out", spec.region),
                      place);
      return;
    }
    in_.find_closed_rings(feature, statement.id, place);
    statement.area = in_.rings.share(feature.area);
    feature.area.clear();
    atlas_.statements.push_back(std::move(statement));
    ++state.statements;
  }

  void set_validity(Statement& statement, const Row& row, LayerState& state,
                    const std::optional<FuzzyDate>& file_from,
                    const std::optional<FuzzyDate>& file_to) const {
    const LayerSpec& spec = state.spec;
    const auto from = detail::find_date(in_, row, spec.from, file_from, "from");
    if (spec.layer.mode != LayerMode::interval && !from) {
      throw InvalidData(fmt::format("{} is empty; {} needs its date",
                                    Row::subject("from", spec.from.value_or(ValueSpec{})),
                                    spec.layer.mode == LayerMode::event ? "an event" : "a snapshot"));
    }
    if (spec.layer.mode == LayerMode::snapshot) add_date(state, *from);
    // Neither a snapshot nor an event has the key `to`.
    const auto to = detail::find_date(in_, row, spec.to, file_to, "to");
    const bool is_inclusive = spec.to && spec.to->inclusive;
    const FuzzyInstant begins = from ? from->first() : FuzzyInstant::exactly(Interval().from());
    const FuzzyInstant ends = !to            ? FuzzyInstant::exactly(Interval().to())
                              : is_inclusive ? to->last()
                                             : to->first();
    statement.validity = Interval(begins.nominal, ends.nominal);
    statement.doubt = doubt_between(begins, ends);
  }

  static std::int64_t seq_of(const Row& row, const std::optional<ValueSpec>& spec) {
    if (!spec) return 0;
    const std::string text = trim(row.text(*spec).value_or(""));
    if (text.empty()) return 0;
    std::int64_t seq = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seq);
    if (error != std::errc() || end != text.data() + text.size()) {
      throw InvalidData(fmt::format("{}: '{}' is no whole number", Row::subject("seq", *spec), text));
    }
    return seq;
  }

  detail::AtlasFiles in_;
  const Manifest& manifest_ = in_.manifest;
  Atlas& atlas_ = in_.atlas;
  detail::DerivedReader derived_{in_};
  ReadOptions options_;
};

}  // namespace

Atlas read_atlas(const fs::path& file_or_folder, const ReadOptions& options) {
  return read_atlas(read_manifest(file_or_folder), options);
}

Atlas read_atlas(Manifest manifest, const ReadOptions& options) {
  Atlas declared = manifest.atlas;
  return AtlasReader(std::move(manifest), std::move(declared), options).read();
}

Atlas append_files(Atlas atlas, const fs::path& path, const std::vector<fs::path>& files,
                   const std::string& layer) {
  if (atlas.manifest.empty()) {
    throw InvalidArgument(fmt::format(
        "{}: the atlas was made in memory and has no manifest that says how files are read", path.string()));
  }
  Manifest manifest = parse_manifest(atlas.manifest, path);
  return AtlasReader(std::move(manifest), std::move(atlas)).append(files, layer);
}

}  // namespace marchland
