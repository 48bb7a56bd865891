#include <marchland/io/detail/atlas_files.h>
#include <marchland/io/detail/row.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace marchland::detail {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

AtlasFiles::AtlasFiles(Manifest manifest_read, Atlas atlas_so_far)
    : manifest(std::move(manifest_read)),
      folder(manifest.path.parent_path()),
      atlas(std::move(atlas_so_far)) {
  for (std::size_t i = 0; i < atlas.actors.size(); ++i) {
    actors.emplace(atlas.actors[i].id, ActorId(i));
    actor_ids.push_back(atlas.actors[i].id);
  }
}

std::string AtlasFiles::display_name(const DataFile& file) const {
  if (is_added) return file.local.string();
  const bool is_relative = !file.local.empty() && !file.name.starts_with('/');
  return is_relative && !folder.empty() ? (folder / file.name).string() : file.name;
}

VectorTable AtlasFiles::read_file(const DataFile& file, const FileSpec& spec, const Fields& fields) {
  VectorTable table = read_table(file, spec, fields);
  remember(file, table);
  return table;
}

VectorTable AtlasFiles::read_table(const DataFile& file, const FileSpec& spec, const Fields& fields,
                                   bool with_lines) const {
  return read_vector(
      {file.dataset, display_name(file), spec.layer, spec.where, spec.crs, fields, with_lines});
}

void AtlasFiles::remember(const DataFile& file, const VectorTable& table) {
  if (is_added) {
    // They are called what they would be in the folder of the atlas.
    const std::string own = file.local.filename().string();
    const std::size_t at = file.name.rfind(own);
    const std::string inside = at == std::string::npos ? "" : file.name.substr(0, at);
    read.emplace(inside + own, file.local);
    for (const fs::path& sidecar : table.files)
      read.emplace(inside + sidecar.filename().string(), fs::absolute(sidecar));
    return;
  }
  remember(file.local);
  for (const fs::path& sidecar : table.files) remember(sidecar);
}

void AtlasFiles::remember(const fs::path& local) {
  std::error_code ignored;
  if (local.empty()) return;
  if (fs::is_directory(local, ignored)) {
    for (const auto& item : fs::recursive_directory_iterator(local, ignored)) {
      if (item.is_regular_file(ignored)) remember(item.path());
    }
    return;
  }
  const fs::path absolute = fs::absolute(local).lexically_normal();
  const fs::path base = fs::absolute(folder.empty() ? "." : folder).lexically_normal();
  read.emplace(absolute.lexically_relative(base).generic_string(), absolute);
}

void AtlasFiles::find_closed_rings(const VectorFeature& feature, const std::string& statement,
                                   const std::string& place) {
  for (const Position& position : feature.closed_at) {
    atlas.findings.push_back(
        {"ring-closed", Severity::warning, statement, "", GeoLocation{Lon{position.lon}, Lat{position.lat}},
         fmt::format("{}: a ring was not closed; its first position was repeated at the end", place)});
  }
}

bool AtlasFiles::keep_polygons(const VectorFeature& feature, const std::string& place, Tally& tally) {
  if (!feature.has_geometry) {
    atlas.findings.push_back(
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

DataFile AtlasFiles::find_one_file(const FileSpec& spec, std::string_view subject) const {
  return at_line(spec.line, subject, [&] {
    auto files = find_data_files(folder, spec.file);
    if (files.size() == 1) return files.front();
    throw InvalidData(fmt::format("'{}' stands for {} files ({}, {}, ...); name one", spec.file, files.size(),
                                  files[0].name, files[1].name));
  });
}

MultiPolygon AtlasFiles::read_area(const FileSpec& spec, const std::string& subject) {
  const DataFile file = find_one_file(spec, subject);
  VectorTable table = read_file(file, spec, Names{});
  Tally tally;
  tally_table(table, file.name, tally);
  MultiPolygon area;
  for (VectorFeature& feature : table.features) {
    const std::string place = table.place_of(feature, file.name);
    tally_feature(feature, place, tally);
    find_closed_rings(feature, "", place);
    if (!keep_polygons(feature, place, tally)) continue;
    std::move(feature.area.begin(), feature.area.end(), std::back_inserter(area));
  }
  tally.report(subject, atlas.findings);
  if (area.empty()) no_polygon(spec, subject, file);
  return area;
}

void AtlasFiles::no_polygon(const FileSpec& spec, std::string_view subject, const DataFile& file) const {
  throw InvalidData(fmt::format("{}: {}: no polygon in {}{}", manifest.place(spec.line), subject, file.name,
                                spec.where.empty() ? "" : fmt::format(" where {}", spec.where)));
}

}  // namespace marchland::detail
