#include <marchland/base/error.h>
#include <marchland/io/detail/series_sample.h>

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cctype>
#include <exception>
#include <filesystem>
#include <utility>

namespace marchland::detail {
namespace {

namespace fs = std::filesystem;

/// Folder with every number as '#', and the ending of the name.
std::string kind_of(const DataFile& file) {
  std::string folder;
  for (const char c : fs::path(file.name).parent_path().string()) {
    const bool is_digit = std::isdigit(static_cast<unsigned char>(c)) != 0;
    if (!is_digit || !folder.ends_with('#')) folder += is_digit ? '#' : c;
  }
  std::string ending = fs::path(file.file_name()).extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return folder + "\n" + ending;
}

/// One polygon of two positions with the same box.
void shrink(MultiPolygon& area) {
  if (area.empty()) return;
  const BoundingBox box = box_of(area);
  area = {{{{box.west, box.south}, {box.east, box.north}}}};
}

double size_of(const BoundingBox& box) {
  return box.is_empty() ? 0.0 : (box.east - box.west) * (box.north - box.south);
}

void add_feature(VectorFeature& feature, MultiPolygon& map, Sample& sample, bool with_maps) {
  sample.boxes.push_back(box_of(feature.area));
  if (!feature.area.empty()) {
    ++sample.polygons;
    if (with_maps) std::move(feature.area.begin(), feature.area.end(), std::back_inserter(map));
  } else if (!feature.points.empty()) {
    ++sample.others["Point"];
  } else {
    ++sample.others[feature.left_out.empty() ? "no geometry" : feature.left_out.front()];
  }
}

std::string first_without(const std::vector<VectorTable>& tables, const std::vector<DataFile>& files,
                          const std::string& field) {
  for (std::size_t i = 0; i < tables.size(); ++i) {
    const auto& fields = tables[i].fields;
    if (!tables[i].features.empty() && std::find(fields.begin(), fields.end(), field) == fields.end())
      return files[i].name;
  }
  return {};
}

/// Columns that all tables with features have, or nearly all, in the order of the first; those that any lacks
/// are scattered.
void choose_columns(const std::vector<VectorTable>& tables, const std::vector<DataFile>& files,
                    Sample& sample) {
  std::map<std::string, std::size_t> uses;
  std::vector<std::string> order;
  std::size_t filled = 0;
  for (const VectorTable& table : tables) {
    if (table.features.empty()) continue;
    ++filled;
    for (const std::string& field : table.fields) {
      if (++uses[field] == 1) order.push_back(field);
    }
  }
  for (const std::string& field : order) {
    // A file that lacks what the others have is to be mended; it does not make the field another one.
    if (4 * uses[field] >= 3 * filled) sample.columns.push_back({field, {}});
    if (uses[field] == filled) continue;
    sample.scattered.push_back(field);
    if (4 * uses[field] >= 3 * filled) sample.absent[field] = first_without(tables, files, field);
  }
}

void add_values(const VectorTable& table, Sample& sample) {
  for (Column& column : sample.columns) {
    const auto found = std::find(table.fields.begin(), table.fields.end(), column.name);
    const auto at = static_cast<std::size_t>(found - table.fields.begin());
    for (const VectorFeature& feature : table.features) {
      column.values.push_back(at < feature.values.size() ? feature.values[at] : std::nullopt);
    }
  }
}

}  // namespace

BoundingBox box_of(const MultiPolygon& area) {
  BoundingBox box;
  for (const Polygon& polygon : area) {
    for (const Ring& ring : polygon) {
      for (const Position& p : ring) box.add({p.lon, p.lat, p.lon, p.lat});
    }
  }
  return box;
}

void BoundingBox::add(const BoundingBox& other) {
  west = std::min(west, other.west);
  south = std::min(south, other.south);
  east = std::max(east, other.east);
  north = std::max(north, other.north);
}

double shared_part(const BoundingBox& a, const BoundingBox& b) {
  const double shared = size_of({std::max(a.west, b.west), std::max(a.south, b.south),
                                 std::min(a.east, b.east), std::min(a.north, b.north)});
  const bool meets = std::max(a.west, b.west) <= std::min(a.east, b.east) &&
                     std::max(a.south, b.south) <= std::min(a.north, b.north);
  const double all = size_of(a) + size_of(b) - shared;
  return meets && all > 0.0 ? shared / all : 0.0;
}

std::vector<std::size_t> number_grounds(const std::vector<BoundingBox>& boxes) {
  std::vector<std::size_t> grounds(boxes.size());
  std::multimap<double, std::size_t> first_of;  // a ground's first box, by its west
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    grounds[i] = i;
    const BoundingBox& box = boxes[i];
    if (box.is_empty()) continue;
    // Boxes that share that much begin within what they do not share of the wider one.
    const double apart = (box.east - box.west) * (1.0 / kSameGround - 1.0);
    const auto end = first_of.upper_bound(box.west + apart);
    auto at = first_of.lower_bound(box.west - apart);
    while (at != end && shared_part(boxes[at->second], box) < kSameGround) ++at;
    if (at != end) {
      grounds[i] = at->second;
    } else {
      first_of.emplace(box.west, i);
    }
  }
  return grounds;
}

const Column* Sample::column(const std::string& name) const {
  const auto found =
      std::find_if(columns.begin(), columns.end(), [&](const Column& column) { return column.name == name; });
  return found == columns.end() ? nullptr : &*found;
}

std::vector<FileSeries> group_files(const std::vector<DataFile>& files) {
  std::map<std::string, std::vector<std::size_t>> by_kind;
  std::vector<std::string> order;
  for (std::size_t i = 0; i < files.size(); ++i) {
    auto& list = by_kind[kind_of(files[i])];
    if (list.empty()) order.push_back(kind_of(files[i]));
    list.push_back(i);
  }
  std::vector<FileSeries> groups;
  for (const std::string& kind : order) {
    const std::vector<std::size_t>& indices = by_kind[kind];
    std::vector<std::string> names;
    names.reserve(indices.size());
    for (const std::size_t i : indices) names.push_back(files[i].file_name());
    for (NameSeries& series : find_name_series(names)) {
      FileSeries group;
      for (std::size_t& f : series.files) {
        group.files.push_back(files[indices[f]]);
        f = group.files.size() - 1;
      }
      group.names = std::move(series);
      groups.push_back(std::move(group));
    }
  }
  return groups;
}

Sample read_sample(const std::vector<DataFile>& files, const SampleRequest& request) {
  std::vector<VectorTable> tables(files.size());
  std::vector<std::exception_ptr> failures(files.size());
  Sample sample;
  tbb::parallel_for(std::size_t{0}, files.size(), [&](std::size_t i) {
    try {
      VectorRequest wanted{files[i].dataset, files[i].name, request.layer, "", request.crs, request.fields};
      wanted.is_table = request.is_table;
      tables[i] = read_vector(wanted);
      // Thousands of files need not be in memory together: only the boxes of areas are kept.
      if (!request.with_maps) {
        for (VectorFeature& feature : tables[i].features) shrink(feature.area);
      }
    } catch (...) {
      failures[i] = std::current_exception();
    }
  });
  for (const std::exception_ptr& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
  choose_columns(tables, files, sample);
  for (std::size_t i = 0; i < files.size(); ++i) {
    MultiPolygon map;
    add_values(tables[i], sample);
    for (VectorFeature& feature : tables[i].features) {
      sample.places.push_back(tables[i].place_of(feature, files[i].name));
      add_feature(feature, map, sample, request.with_maps);
    }
    if (request.with_maps) sample.maps.push_back(std::move(map));
  }
  return sample;
}

std::vector<DataFile> spread(const std::vector<DataFile>& files, std::size_t most) {
  if (files.size() <= most) return files;
  std::vector<DataFile> some;
  some.reserve(most);
  for (std::size_t k = 0; k < most; ++k) some.push_back(files[k * (files.size() - 1) / (most - 1)]);
  return some;
}

}  // namespace marchland::detail
