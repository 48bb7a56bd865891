#include <marchland/base/error.h>
#include <marchland/derive/area_filter.h>
#include <marchland/io/detail/checksum.h>
#include <marchland/io/detail/data_files.h>
#include <marchland/io/detail/derived_layers.h>
#include <marchland/io/detail/entry_names.h>
#include <marchland/io/detail/feature.h>
#include <marchland/io/detail/row.h>
#include <marchland/io/detail/tally.h>
#include <marchland/io/manifest.h>
#include <marchland/io/read_atlas.h>
#include <marchland/io/vector_file.h>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <exception>
#include <iterator>
#include <map>
#include <set>
#include <unordered_map>

namespace marchland {
namespace {

namespace fs = std::filesystem;
using detail::DataFile;
using detail::did_you_mean;
using detail::is_open_end;
using detail::name_by_entry;
using detail::NameByEntry;
using detail::pad_year;
using detail::Row;
using detail::Tally;
using detail::trim;
using Names = std::vector<std::string>;

class AtlasReader {
 public:
  /// `atlas` has what was read already, or only what is declared.
  AtlasReader(Manifest manifest, Atlas atlas, ReadOptions options = {})
      : manifest_(std::move(manifest)),
        folder_(manifest_.path.parent_path()),
        atlas_(std::move(atlas)),
        options_(std::move(options)) {
    for (std::size_t i = 0; i < atlas_.actors.size(); ++i) {
      actors_.emplace(atlas_.actors[i].id, ActorId(i));
      actor_ids_.push_back(atlas_.actors[i].id);
    }
  }

  Atlas read() {
    if (manifest_.study_area) {
      atlas_.study_area = read_area(*manifest_.study_area, "study area");
      atlas_.study_area_rings = manifest_.study_area->rings;
    }
    for (const RegionSpec& region : manifest_.regions) read_region(region);
    if (manifest_.places) read_places(*manifest_.places);
    for (std::size_t i = 0; i < manifest_.layers.size(); ++i) read_layer(LayerId(i), manifest_.layers[i]);
    atlas_.manifest = manifest_.text;
    atlas_.files = {{manifest_.path.filename().string(), detail::sha256_of(manifest_.text)}};
    return finish();
  }

  /// With the statements of further files.
  Atlas append(const std::vector<fs::path>& paths, const std::string& layer_id) {
    is_added_ = true;
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
    if (!spec.lines_to_areas && !spec.points_to_areas) return;
    throw InvalidArgument(
        fmt::format("layer '{}' is derived from {}, all of them at once; add the file to its "
                    "folder and build anew",
                    spec.layer.id, spec.lines_to_areas ? "lines" : "places"));
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
    for (const auto& [name, path] : files_) {
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

  // ---- files
  // ---------------------------------------------------------------------------------------------------

  template <class Read>
  auto at_line(std::size_t line, std::string_view subject, Read read) const {
    try {
      return read();
    } catch (Error& error) {
      error.add_context(fmt::format("{}: {}", manifest_.place(line), subject));
      throw;
    }
  }

  [[nodiscard]] std::string display_name(const DataFile& file) const {
    if (is_added_) return file.local.string();
    const bool is_relative = !file.local.empty() && !file.name.starts_with('/');
    return is_relative && !folder_.empty() ? (folder_ / file.name).string() : file.name;
  }

  VectorTable read_file(const DataFile& file, const FileSpec& spec, const std::optional<Names>& fields) {
    VectorTable table = read_table(file, spec, fields);
    remember(file, table);
    return table;
  }
  /// May be called for several files at once.
  [[nodiscard]] VectorTable read_table(const DataFile& file, const FileSpec& spec,
                                       const std::optional<Names>& fields) const {
    return read_vector({file.dataset, display_name(file), spec.layer, spec.where, spec.crs, fields});
  }

  void remember(const DataFile& file, const VectorTable& table) {
    if (is_added_) {
      // They are called what they would be in the folder of the atlas.
      const std::string own = file.local.filename().string();
      const std::size_t at = file.name.rfind(own);
      const std::string folder = at == std::string::npos ? "" : file.name.substr(0, at);
      files_.emplace(folder + own, file.local);
      for (const fs::path& sidecar : table.files)
        files_.emplace(folder + sidecar.filename().string(), fs::absolute(sidecar));
      return;
    }
    remember(file.local);
    for (const fs::path& sidecar : table.files) remember(sidecar);
  }

  void remember(const fs::path& local) {
    std::error_code ignored;
    if (local.empty()) return;
    if (fs::is_directory(local, ignored)) {
      for (const auto& item : fs::recursive_directory_iterator(local, ignored)) {
        if (item.is_regular_file(ignored)) remember(item.path());
      }
      return;
    }
    const fs::path absolute = fs::absolute(local).lexically_normal();
    const fs::path base = fs::absolute(folder_.empty() ? "." : folder_).lexically_normal();
    files_.emplace(absolute.lexically_relative(base).generic_string(), absolute);
  }

  // ---- findings of reading
  // -------------------------------------------------------------------------------------

  void find_closed_rings(const VectorFeature& feature, const std::string& statement,
                         const std::string& place) {
    for (const Position& position : feature.closed_at) {
      atlas_.findings.push_back(
          {"ring-closed", Severity::warning, statement, "", GeoLocation{Lon{position.lon}, Lat{position.lat}},
           fmt::format("{}: a ring was not closed; its first position was repeated at the end", place)});
    }
  }

  /// What is no area is said and left out; false if nothing is left.
  bool keep_polygons(const VectorFeature& feature, const std::string& place, Tally& tally) {
    if (!feature.has_geometry) {
      atlas_.findings.push_back(
          {"no-geometry", Severity::warning, "", "", std::nullopt,
           fmt::format("{}: it has no geometry (null, empty or unreadable) and is left out", place)});
      return false;
    }
    if (!feature.points.empty()) {
      tally.add("not-a-polygon", Severity::warning, "points are no area and are left out", place);
    }
    for (const std::string& type : feature.left_out) {
      tally.add("not-a-polygon", Severity::warning,
                fmt::format("geometry of type {} is no area and is left out", type), place);
    }
    return !feature.area.empty();
  }

  // ---- study area, regions, places
  // -----------------------------------------------------------------------------

  DataFile find_one_file(const FileSpec& spec, std::string_view subject) const {
    return at_line(spec.line, subject, [&] {
      auto files = detail::find_data_files(folder_, spec.file);
      if (files.size() == 1) return files.front();
      throw InvalidData(fmt::format("'{}' stands for {} files ({}, {}, ...); name one", spec.file,
                                    files.size(), files[0].name, files[1].name));
    });
  }

  MultiPolygon read_area(const FileSpec& spec, const std::string& subject) {
    const DataFile file = find_one_file(spec, subject);
    VectorTable table = read_file(file, spec, Names{});
    Tally tally;
    detail::tally_table(table, file.name, tally);
    MultiPolygon area;
    for (VectorFeature& feature : table.features) {
      const std::string place = table.place_of(feature, file.name);
      detail::tally_feature(feature, place, tally);
      find_closed_rings(feature, "", place);
      if (!keep_polygons(feature, place, tally)) continue;
      std::move(feature.area.begin(), feature.area.end(), std::back_inserter(area));
    }
    tally.report(subject, atlas_.findings);
    if (area.empty()) no_polygon(spec, subject, file);
    return area;
  }

  [[noreturn]] void no_polygon(const FileSpec& spec, std::string_view subject, const DataFile& file) const {
    throw InvalidData(fmt::format("{}: {}: no polygon in {}{}", manifest_.place(spec.line), subject,
                                  file.name, spec.where.empty() ? "" : fmt::format(" where {}", spec.where)));
  }

  void read_region(const RegionSpec& spec) {
    if (spec.id.kind == ValueSpec::Kind::constant) {
      const std::string subject = fmt::format("region '{}'", spec.id.text);
      add_region({spec.id.text, spec.name.text, spec.code.text, spec.edition, read_area(spec.source, subject),
                  spec.source.rings},
                 subject, manifest_.place(spec.source.line));
      return;
    }
    const std::string subject = fmt::format("regions by '{}'", spec.id.text);
    const DataFile file = find_one_file(spec.source, subject);
    Names fields;
    for (const ValueSpec* value : {&spec.id, &spec.name, &spec.code}) {
      if (value->kind == ValueSpec::Kind::field) fields.push_back(value->text);
    }
    VectorTable table = read_file(file, spec.source, fields);
    Tally tally;
    detail::tally_table(table, file.name, tally);
    bool any = false;
    for (VectorFeature& feature : table.features) {
      const Row row(table, feature);
      const std::string place = table.place_of(feature, file.name);
      const std::string id = trim(row.text(spec.id).value_or(""));
      if (id.empty()) {
        throw InvalidData(fmt::format("{}: {} is empty; a region needs an id",
                                      table.place_of(feature, display_name(file)),
                                      Row::subject("id", spec.id)));
      }
      detail::tally_feature(feature, place, tally);
      find_closed_rings(feature, "", place);
      if (!keep_polygons(feature, place, tally)) continue;
      add_region({id, row.text(spec.name).value_or(id), row.text(spec.code).value_or(""), spec.edition,
                  std::move(feature.area), spec.source.rings},
                 fmt::format("region '{}'", id), table.place_of(feature, display_name(file)));
      any = true;
    }
    tally.report(subject, atlas_.findings);
    if (!any) no_polygon(spec.source, subject, file);
  }

  void add_region(Region region, std::string_view subject, const std::string& place) {
    const bool is_new = std::none_of(atlas_.regions.begin(), atlas_.regions.end(),
                                     [&](const Region& other) { return other.id == region.id; });
    if (!is_new) throw InvalidData(fmt::format("{}: there is a {} already; ids must differ", place, subject));
    atlas_.regions.push_back(std::move(region));
  }

  void read_places(const FileSpec& spec) {
    const DataFile file = find_one_file(spec, "places");
    const VectorTable table = read_file(file, spec, std::nullopt);
    Tally tally;
    detail::tally_table(table, file.name, tally);
    const auto name_at = std::find(table.fields.begin(), table.fields.end(), "name");
    if (name_at == table.fields.end() && !table.features.empty()) {
      try {
        detail::fail_no_field("name", table.fields);
      } catch (Error& error) {
        error.add_context(fmt::format("{}: layer '{}'", display_name(file), table.layer));
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
    at_line(spec.line, fmt::format("layer '{}'", spec.layer.id), [&] {
      for (const std::string& entry : spec.files) {
        for (DataFile& file : detail::find_data_files(folder_, entry))
          files.try_emplace(file.name, std::move(file));
      }
      return 0;
    });
    std::vector<DataFile> sorted;
    sorted.reserve(files.size());
    for (auto& [name, file] : files) sorted.push_back(std::move(file));
    return sorted;
  }

  /// What stands between layer and feature in the ids of statements, by file.
  static Names id_prefixes(const LayerSpec& spec, const std::vector<DataFile>& files) {
    const std::string layer = spec.layer.id + "/";
    if (spec.files.size() == 1 && detail::is_single_file(spec.files.front())) return {layer};
    std::map<std::string, int> uses;
    const auto stem = [](const DataFile& file) { return fs::path(file.file_name()).stem().string(); };
    for (const DataFile& file : files) ++uses[stem(file)];
    Names prefixes;
    for (const DataFile& file : files) {
      const bool is_unique = uses[stem(file)] == 1;
      prefixes.push_back(layer + (is_unique ? stem(file) : file.name) + "/");
    }
    return prefixes;
  }

  struct LayerState {
    LayerId id;
    const LayerSpec& spec;
    Tally tally;
    std::vector<Instant> dates;            ///< of a snapshot layer
    std::map<Instant, Instant> date_ends;  ///< of one whose missing days are unknown
    std::size_t statements = 0;
    std::size_t features = 0;
    std::optional<AreaFilter> filter{};
  };

  void read_layer(LayerId id, const LayerSpec& spec) {
    const auto files = find_layer_files(spec);
    if (spec.lines_to_areas) return read_lines(id, spec, files);
    if (spec.points_to_areas) return read_points(id, spec, files);
    read_files(id, spec, files, id_prefixes(spec, files));
  }

  // ---- derived layers (io/detail/derived_layers.h)
  // -----------------------------------------------------------------------------

  void read_lines(LayerId id, const LayerSpec& spec, const std::vector<DataFile>& files) {
    const std::string subject = fmt::format("layer '{}'", spec.layer.id);
    const MultiPolygon frame = read_area(spec.lines_to_areas->frame, subject + ": frame");
    const Names prefixes = id_prefixes(spec, files);
    Tally tally;
    std::vector<detail::FrontRow> rows;
    for (std::size_t k = 0; k < files.size(); ++k) {
      VectorRequest request{files[k].dataset, display_name(files[k]), spec.layer_in_file, spec.where,
                            spec.crs,         wanted_fields(spec)};
      request.with_lines = true;
      VectorTable table = read_vector(request);
      remember(files[k], table);
      detail::tally_table(table, files[k].name, tally);
      const auto of_file = find_file_date(spec.from, files[k], "from");
      for (VectorFeature& feature : table.features) {
        try {
          rows.push_back(front_row(spec, files[k], table, feature, prefixes[k], of_file, tally));
        } catch (const Error& error) {
          throw InvalidData(
              fmt::format("{}: {}", table.place_of(feature, display_name(files[k])), error.what()));
        }
      }
    }
    tally.report(subject, atlas_.findings);
    const std::size_t before = atlas_.statements.size();
    const std::size_t findings = atlas_.findings.size();
    MultiPolygon noded = at_line(spec.lines_to_areas->frame.line, subject, [&] {
      return detail::add_front_statements(atlas_, id, *spec.lines_to_areas, frame, rows);
    });
    if (atlas_.statements.size() == before) {
      throw InvalidData(fmt::format("{}: {} has no statement: {}", manifest_.place(spec.line), subject,
                                    rows.empty()
                                        ? "its files have no feature"
                                        : "none of its lines divides the frame; 'extend' and 'frame' "
                                          "of lines_to_areas say which ground they are to divide" +
                                              warnings_since(findings)));
    }
    share_frame(spec.lines_to_areas->frame, noded);
  }

  /// The first warnings since then, a line each: no atlas comes of them that `check` could show.
  std::string warnings_since(std::size_t first) const {
    constexpr std::size_t kShown = 3;
    std::string text;
    std::size_t count = 0;
    for (std::size_t i = first; i < atlas_.findings.size(); ++i) {
      const Finding& finding = atlas_.findings[i];
      if (finding.severity == Severity::info || ++count > kShown) continue;
      text += fmt::format("\n  {} {}: {}", finding.code, finding.at, finding.text);
    }
    if (count > kShown) text += fmt::format("\n  and {} more", count - kShown);
    return text;
  }

  detail::FrontRow front_row(const LayerSpec& spec, const DataFile& file, const VectorTable& table,
                             VectorFeature& feature, const std::string& prefix,
                             const std::optional<DateSpan>& of_file, Tally& tally) {
    const Row row(table, feature);
    const auto from = find_date(row, spec.from, of_file, "from");
    if (!from) {
      throw InvalidData(fmt::format("{} is empty; a line needs its date",
                                    Row::subject("from", spec.from.value_or(ValueSpec{}))));
    }
    detail::FrontRow front;
    front.at = from->first;
    front.id = statement_id(row, spec, feature, prefix);
    front.certainty =
        enum_of<Certainty>(row, spec.certainty, "certainty", {"confirmed", "reported"}, Certainty::confirmed);
    if (spec.note) front.note = row.text(*spec.note).value_or("");
    front.origin = table.place_of(feature, file.name);
    front.lines = std::move(feature.lines);
    detail::tally_feature(feature, front.origin, tally);
    if (!feature.area.empty() || !feature.points.empty()) {
      tally.add("not-a-line", Severity::warning, "polygons and points divide nothing and are left out",
                front.origin);
    }
    if (front.lines.empty()) {
      atlas_.findings.push_back(
          {"no-line", Severity::info, "", format_utc(front.at), std::nullopt,
           fmt::format("{}: it has no line; unless another feature of its date has, the "
                       "layer says nothing from its date on",
                       front.origin)});
    }
    return front;
  }

  void read_points(LayerId id, const LayerSpec& spec, const std::vector<DataFile>& files) {
    const PointsToAreas& points = *spec.points_to_areas;
    const std::string subject = fmt::format("layer '{}'", spec.layer.id);
    detail::PlaceGround ground;
    ground.frame = read_area(points.frame, subject + ": frame");
    if (points.places) ground.gazetteer = read_gazetteer(*points.places, subject);
    if (points.barriers) ground.barriers = read_barriers(*points.barriers, subject);
    const Names prefixes = id_prefixes(spec, files);
    Tally tally;
    std::vector<detail::PlaceRow> rows;
    for (std::size_t k = 0; k < files.size(); ++k) {
      Names fields = wanted_fields(spec);
      for (const std::string& field : {points.key, points.lon, points.lat}) {
        if (!field.empty() && std::find(fields.begin(), fields.end(), field) == fields.end())
          fields.push_back(field);
      }
      VectorRequest request{
          files[k].dataset, display_name(files[k]), spec.layer_in_file, spec.where, spec.crs, fields};
      request.is_table = !points.lon.empty() || points.places.has_value();
      const VectorTable table = read_vector(request);
      remember(files[k], table);
      detail::tally_table(table, files[k].name, tally);
      const auto of_file = find_file_date(spec.from, files[k], "from");
      for (const VectorFeature& feature : table.features) {
        try {
          auto row = place_row(spec, files[k], table, feature, prefixes[k], of_file, tally);
          if (row) rows.push_back(std::move(*row));
        } catch (const Error& error) {
          throw InvalidData(
              fmt::format("{}: {}", table.place_of(feature, display_name(files[k])), error.what()));
        }
      }
    }
    tally.report(subject, atlas_.findings);
    const detail::SharedGround shared = at_line(points.frame.line, subject, [&] {
      try {
        return detail::add_place_statements(atlas_, id, points, ground, rows);
      } catch (const InvalidArgument& error) {
        // A key of the manifest is wrong, no option of the command.
        throw InvalidData(fmt::format("points_to_areas: crs '{}': {}", points.crs, error.what()));
      }
    });
    share_frame(points.frame, shared.frame);
    if (!manifest_.places) detail::add_places(atlas_, shared.sites);
  }

  /// A field of the feature whatever its map; nothing for null and blank.
  static std::optional<std::string> field_of(const Row& row, const std::string& field) {
    ValueSpec spec;
    spec.kind = ValueSpec::Kind::field;
    spec.text = field;
    return row.text(spec);
  }

  static std::optional<double> degrees_of(const Row& row, const std::string& field) {
    const std::string text = trim(field_of(row, field).value_or(""));
    if (text.empty()) return std::nullopt;
    double value = 0.0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
      throw InvalidData(fmt::format("field '{}': '{}' is no number of degrees", field, text));
    return value;
  }

  static std::optional<Position> position_of(const Row& row, const std::string& lon, const std::string& lat) {
    const auto x = degrees_of(row, lon);
    const auto y = degrees_of(row, lat);
    if (!x || !y) return std::nullopt;
    if (!(std::abs(*x) <= 180.0 && std::abs(*y) <= 90.0)) {
      throw InvalidData(
          fmt::format("({}, {}) in the fields '{}' and '{}' is no longitude and latitude in degrees; "
                      "are they swapped?",
                      *x, *y, lon, lat));
    }
    return Position{*x, *y};
  }

  /// Nothing for a row that is said to state nothing.
  std::optional<detail::PlaceRow> place_row(const LayerSpec& spec, const DataFile& file,
                                            const VectorTable& table, const VectorFeature& feature,
                                            const std::string& prefix, const std::optional<DateSpan>& of_file,
                                            Tally& tally) const {
    const PointsToAreas& points = *spec.points_to_areas;
    const Row row(table, feature);
    detail::PlaceRow out;
    out.origin = table.place_of(feature, file.name);
    const auto holders = holders_of(row, spec);
    if (!holders) {
      tally.add("row-skipped", Severity::warning, "rows whose holder is one of 'skip' state nothing",
                out.origin);
      return std::nullopt;
    }
    out.holders = *holders;
    const auto from = find_date(row, spec.from, of_file, "from");
    if (!from) {
      throw InvalidData(fmt::format("{} is empty; a row needs its date",
                                    Row::subject("from", spec.from.value_or(ValueSpec{}))));
    }
    out.at = from->first;
    out.place = detail::plain_spaces(field_of(row, points.key).value_or(""));
    if (out.place.empty())
      throw InvalidData(fmt::format("key (field '{}') is empty; a row needs its place", points.key));
    out.id = statement_id(row, spec, feature, prefix);
    out.certainty =
        enum_of<Certainty>(row, spec.certainty, "certainty", {"confirmed", "reported"}, Certainty::confirmed);
    if (spec.note) out.note = row.text(*spec.note).value_or("");
    if (!points.lon.empty()) {
      out.position = position_of(row, points.lon, points.lat);
    } else if (feature.points.size() == 1) {
      out.position = feature.points.front();
    }
    return out;
  }

  /// Actors that a row's value names; none: unknown; nothing: it states nothing.
  std::optional<std::vector<ActorId>> holders_of(const Row& row, const LayerSpec& spec) const {
    const PointsToAreas& points = *spec.points_to_areas;
    const std::string raw = spec.actor.kind == ValueSpec::Kind::field
                                ? field_of(row, spec.actor.text).value_or("")
                                : spec.actor.text;
    const std::string plain = detail::plain_spaces(raw);
    const auto lists = [&](const std::vector<std::string>& values) {
      return std::any_of(values.begin(), values.end(), [&](const std::string& value) {
        return value == raw || detail::plain_spaces(value) == plain;
      });
    };
    if (lists(points.skip)) return std::nullopt;
    if (lists(points.unknown)) return std::vector<ActorId>{};
    std::string value = plain;
    for (const auto& [from, to] : spec.actor.map) {
      if (from == raw || detail::plain_spaces(from) == plain) value = to;
    }
    std::vector<ActorId> holders;
    for (const std::string& id : detail::split_holders(value)) {
      const auto found = actors_.find(id);
      if (found == actors_.end()) {
        Names known = actor_ids_;
        for (const auto& [from, to] : spec.actor.map) known.push_back(from);
        throw InvalidData(
            fmt::format("{}: '{}' is no [[actor]]{}; map it to one of {} (or several: \"a+b\"), or "
                        "list it in 'unknown' or 'skip' of points_to_areas",
                        Row::subject("actor", spec.actor), plain, did_you_mean(plain, known),
                        fmt::join(actor_ids_, ", ")));
      }
      holders.push_back(found->second);
    }
    std::sort(holders.begin(), holders.end());
    return holders;
  }

  /// Named points, or rows with the fields name, lon or lng, and lat.
  std::vector<Site> read_gazetteer(const FileSpec& spec, const std::string& subject) {
    const DataFile file = find_one_file(spec, subject + ": places");
    VectorRequest request{file.dataset, display_name(file), spec.layer, spec.where, spec.crs, std::nullopt};
    request.is_table = true;
    VectorTable table = read_vector(request);
    const auto has = [&](const char* name) {
      return std::find(table.fields.begin(), table.fields.end(), name) != table.fields.end();
    };
    if (!has("name")) {
      throw InvalidData(fmt::format("{}: places: {} has no field 'name'; fields: {}",
                                    manifest_.place(spec.line), file.name, fmt::join(table.fields, ", ")));
    }
    const bool is_by_fields = has("lat") && (has("lon") || has("lng"));
    if (!is_by_fields) table = read_table(file, spec, std::nullopt);
    remember(file, table);
    std::vector<Site> sites;
    for (const VectorFeature& feature : table.features) {
      const Row row(table, feature);
      const auto position = is_by_fields                 ? position_of(row, has("lon") ? "lon" : "lng", "lat")
                            : feature.points.size() == 1 ? std::optional(feature.points.front())
                                                         : std::nullopt;
      const std::string name = field_of(row, "name").value_or("");
      if (position && !name.empty()) sites.push_back({name, *position});
    }
    return sites;
  }

  /// Lines of all features.
  MultiLine read_barriers(const FileSpec& spec, std::string subject) {
    subject += ": barriers";
    const DataFile file = find_one_file(spec, subject);
    VectorRequest request{file.dataset, display_name(file), spec.layer, spec.where, spec.crs, Names{}};
    request.with_lines = true;
    VectorTable table = read_vector(request);
    remember(file, table);
    Tally tally;
    tally_table(table, file.name, tally);
    MultiLine barriers;
    for (VectorFeature& feature : table.features) {
      const std::string place = table.place_of(feature, file.name);
      tally_feature(feature, place, tally);
      if (!feature.area.empty() || !feature.points.empty()) {
        tally.add("not-a-line", Severity::warning,
                  "polygons and points are no barriers and are left out; draw the outline as a line", place);
      }
      std::move(feature.lines.begin(), feature.lines.end(), std::back_inserter(barriers));
    }
    tally.report(subject, atlas_.findings);
    if (!barriers.empty()) return barriers;
    throw InvalidData(fmt::format("{}: {}: no line in {}{}; expected lines, or leave 'barriers' out",
                                  manifest_.place(spec.line), subject, file.name,
                                  spec.where.empty() ? "" : fmt::format(" where {}", spec.where)));
  }

  /// Study area and regions that are the frame of a derived layer get the points where lines meet it, so that
  /// areas add up to them exactly. Of several layers with one frame that is the first.
  void share_frame(const FileSpec& frame, const MultiPolygon& noded) {
    const auto is_frame = [&](const FileSpec& place) {
      return place.file == frame.file && place.layer == frame.layer && place.where == frame.where &&
             place.crs == frame.crs;
    };
    for (const FileSpec& other : shared_frames_) {
      if (is_frame(other)) return;
    }
    shared_frames_.push_back(frame);
    if (manifest_.study_area && is_frame(*manifest_.study_area)) atlas_.study_area = noded;
    for (const RegionSpec& spec : manifest_.regions) {
      if (spec.id.kind != ValueSpec::Kind::constant || !is_frame(spec.source)) continue;
      for (Region& region : atlas_.regions) {
        if (region.id == spec.id.text) region.area = noded;
      }
    }
  }

  void read_files(LayerId id, const LayerSpec& spec, const std::vector<DataFile>& files,
                  const Names& prefixes) {
    LayerState state{id, spec, {}, atlas_[id].dates, {}, 0, 0, {}};
    for (std::size_t i = 0; i < atlas_[id].date_ends.size(); ++i)
      state.date_ends.emplace(atlas_[id].dates[i], atlas_[id].date_ends[i]);
    if (!spec.region.empty()) state.filter.emplace(region_of(spec).area);
    // Files are read on all cores, some at a time, and taken in their order: the first that cannot be read is
    // the one that is named.
    constexpr std::size_t kBatch = 64;
    std::vector<std::optional<VectorTable>> tables(std::min(kBatch, files.size()));
    std::vector<std::exception_ptr> failures(tables.size());
    for (std::size_t begin = 0; begin < files.size(); begin += kBatch) {
      const std::size_t count = std::min(kBatch, files.size() - begin);
      tbb::parallel_for(std::size_t{0}, count, [&](std::size_t k) {
        failures[k] = nullptr;
        try {
          tables[k] = read_table(files[begin + k], file_spec(files[begin + k], spec), wanted_fields(spec));
        } catch (...) {
          failures[k] = std::current_exception();
        }
      });
      for (std::size_t k = 0; k < count; ++k) {
        if (failures[k]) std::rethrow_exception(failures[k]);
        remember(files[begin + k], *tables[k]);
        read_layer_table(state, files[begin + k], prefixes[begin + k], *tables[k]);
        tables[k].reset();
      }
      if (options_.on_files) options_.on_files(spec.layer.id, begin + count, files.size());
    }
    state.tally.report(fmt::format("layer '{}'", spec.layer.id), atlas_.findings);
    // A snapshot without any statement says that nothing is held from then on.
    if (state.statements == 0 && !is_added_) no_statement(state);
    if (state.statements == 0 && spec.layer.mode != LayerMode::snapshot) no_statement(state);
    if (spec.layer.mode != LayerMode::snapshot) return;
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
  static void add_date(LayerState& state, const DateSpan& date) {
    state.dates.push_back(date.first);
    if (!state.spec.missing_days_are_unknown) return;
    Instant& end = state.date_ends[date.first];
    end = std::max({end, date.last, date.first + std::chrono::days(1)});
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

  static Names wanted_fields(const LayerSpec& spec) {
    Names fields;
    const auto want = [&](const ValueSpec& value) {
      const bool is_new = std::find(fields.begin(), fields.end(), value.text) == fields.end();
      if (value.kind == ValueSpec::Kind::field && is_new) fields.push_back(value.text);
    };
    if (!spec.lines_to_areas) want(spec.actor);
    for (const auto* value : {&spec.from, &spec.to, &spec.seq, &spec.statement, &spec.basis, &spec.certainty,
                              &spec.note, &spec.taken_from}) {
      if (*value) want(**value);
    }
    return fields;
  }

  static FileSpec file_spec(const DataFile& file, const LayerSpec& spec) {
    return {file.name, spec.layer_in_file, spec.where, spec.crs, spec.line, {}};
  }

  void read_layer_table(LayerState& state, const DataFile& file, const std::string& prefix,
                        VectorTable& table) {
    const LayerSpec& spec = state.spec;
    detail::tally_table(table, file.name, state.tally);
    const auto from = find_file_date(spec.from, file, "from");
    const auto to = find_file_date(spec.to, file, "to");
    const bool is_snapshot = spec.layer.mode == LayerMode::snapshot;
    if (is_snapshot && from) add_date(state, *from);
    const std::size_t before = state.statements;
    for (VectorFeature& feature : table.features) {
      try {
        read_statement(state, file, table, feature, prefix, from, to);
      } catch (const Error& error) {
        throw InvalidData(fmt::format("{}: {}", table.place_of(feature, display_name(file)), error.what()));
      }
    }
    state.features += table.features.size();
    if (state.statements > before) return;
    const std::string at = from ? format_utc(from->first) : "";
    if (is_snapshot) {
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

  /// The date that the manifest or the file's name states for all its features; nothing if a field does.
  std::optional<DateSpan> find_file_date(const std::optional<ValueSpec>& spec, const DataFile& file,
                                         std::string_view key) const {
    if (!spec || spec->kind == ValueSpec::Kind::field) return std::nullopt;
    if (spec->kind == ValueSpec::Kind::constant) {
      return is_open_end(spec->text) ? std::nullopt : std::optional(parse_date(spec->text, atlas_.days));
    }
    try {
      const auto span = NamePattern(spec->text).find_date(file.file_name(), atlas_.days);
      if (span) return span;
    } catch (const Error& error) {
      throw InvalidData(fmt::format("{}: {}: {}", display_name(file), key, error.what()));
    }
    throw InvalidData(
        fmt::format("{}: {}: the name '{}' has no date of the form '{}'; mend the pattern ({}) or the files",
                    display_name(file), key, file.file_name(), spec->text, manifest_.place(spec->line)));
  }

  std::optional<DateSpan> find_date(const Row& row, const std::optional<ValueSpec>& spec,
                                    const std::optional<DateSpan>& of_file, std::string_view key) const {
    if (!spec || spec->kind != ValueSpec::Kind::field) return of_file;
    const std::string text = trim(row.text(*spec).value_or(""));
    if (is_open_end(text)) return std::nullopt;
    try {
      if (!spec->format.empty() && !row.is_mapped(*spec))
        return NamePattern(spec->format).read_date(text, atlas_.days);
      return parse_date(pad_year(text), atlas_.days);
    } catch (Error& error) {
      error.add_context(Row::subject(key, *spec));
      throw;
    }
  }

  void read_statement(LayerState& state, const DataFile& file, const VectorTable& table,
                      VectorFeature& feature, const std::string& prefix,
                      const std::optional<DateSpan>& file_from, const std::optional<DateSpan>& file_to) {
    const LayerSpec& spec = state.spec;
    const Row row(table, feature);
    const std::string place = table.place_of(feature, file.name);
    Statement statement;
    statement.id = statement_id(row, spec, feature, prefix);
    statement.layer = state.id;
    statement.actor = actor_of(row, spec.actor, "actor");
    statement.validity = validity_of(row, state, file_from, file_to);
    statement.seq = seq_of(row, spec.seq);
    statement.basis =
        enum_of<Basis>(row, spec.basis, "basis", {"surveyed", "drawn", "inferred"}, Basis::drawn);
    statement.certainty =
        enum_of<Certainty>(row, spec.certainty, "certainty", {"confirmed", "reported"}, Certainty::confirmed);
    if (spec.taken_from && !trim(row.text(*spec.taken_from).value_or("")).empty())
      statement.taken_from = actor_of(row, *spec.taken_from, "taken_from");
    if (spec.note) statement.note = row.text(*spec.note).value_or("");
    statement.origin = place;
    detail::tally_feature(feature, place, state.tally);
    if (!keep_polygons(feature, place, state.tally)) return;
    if (state.filter && !state.filter->meets(feature.area)) {
      state.tally.add("outside-region", Severity::info,
                      fmt::format("it shares no ground with region '{}' and is left out", spec.region),
                      place);
      return;
    }
    find_closed_rings(feature, statement.id, place);
    statement.area = std::move(feature.area);
    atlas_.statements.push_back(std::move(statement));
    ++state.statements;
  }

  static std::string statement_id(const Row& row, const LayerSpec& spec, const VectorFeature& feature,
                                  const std::string& prefix) {
    if (!spec.statement) return fmt::format("{}{}", prefix, feature.fid);
    std::string id = trim(row.text(*spec.statement).value_or(""));
    if (id.empty()) {
      throw InvalidData(fmt::format("{} is empty; every statement needs an id",
                                    Row::subject("statement", *spec.statement)));
    }
    return id;
  }

  [[nodiscard]] ActorId actor_of(const Row& row, const ValueSpec& spec, std::string_view key) const {
    const std::string value = trim(row.text(spec).value_or(""));
    const auto found = actors_.find(value);
    if (found != actors_.end()) return found->second;
    if (value.empty()) {
      throw InvalidData(fmt::format("{} is empty; expected an actor ('nobody' where nobody holds the ground)",
                                    Row::subject(key, spec)));
    }
    Names known = actor_ids_;
    for (const auto& [from, to] : spec.map) known.push_back(from);
    throw InvalidData(fmt::format("{}: there is no [[actor]] '{}'{}; declare it, or map it to one of {}",
                                  Row::subject(key, spec), value, did_you_mean(value, known),
                                  fmt::join(actor_ids_, ", ")));
  }

  Interval validity_of(const Row& row, LayerState& state, const std::optional<DateSpan>& file_from,
                       const std::optional<DateSpan>& file_to) const {
    const LayerSpec& spec = state.spec;
    const auto from = find_date(row, spec.from, file_from, "from");
    if (spec.layer.mode != LayerMode::interval) {
      if (!from) {
        throw InvalidData(fmt::format("{} is empty; {} needs its date",
                                      Row::subject("from", spec.from.value_or(ValueSpec{})),
                                      spec.layer.mode == LayerMode::event ? "an event" : "a snapshot"));
      }
      if (spec.layer.mode == LayerMode::snapshot) add_date(state, *from);
      return Interval::since(from->first);
    }
    const auto to = find_date(row, spec.to, file_to, "to");
    const bool is_inclusive = spec.to && spec.to->inclusive;
    if (!to) return from ? Interval::since(from->first) : Interval();
    const Instant end = is_inclusive ? to->last : to->first;
    return from ? Interval(from->first, end) : Interval::until(end);
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

  template <class Enum>
  static Enum enum_of(const Row& row, const std::optional<ValueSpec>& spec, std::string_view key,
                      const Names& names, Enum fallback) {
    if (!spec) return fallback;
    const std::string text = trim(row.text(*spec).value_or(""));
    if (text.empty()) return fallback;
    if (const auto value = parse_enum<Enum>(text)) return *value;
    throw InvalidData(fmt::format("{}: '{}' is none of {}{}", Row::subject(key, *spec), text,
                                  fmt::join(names, ", "), did_you_mean(text, names)));
  }

  Manifest manifest_;
  fs::path folder_;
  Atlas atlas_;
  ReadOptions options_;
  std::unordered_map<std::string, ActorId> actors_;
  Names actor_ids_;
  std::map<std::string, fs::path> files_;  ///< by name relative to the folder
  std::vector<FileSpec> shared_frames_;    ///< of derived layers
  bool is_added_ = false;                  ///< files are read that were not there at first
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
