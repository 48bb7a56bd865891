#include <marchland/base/error.h>
#include <marchland/io/detail/gdal.h>
#include <marchland/io/detail/input_files.h>
#include <marchland/model/atlas.h>

#include <cpl_vsi.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fnmatch.h>
#include <gdal_priv.h>

#include <algorithm>
#include <map>
#include <set>

namespace marchland::detail {
namespace {

namespace fs = std::filesystem;

bool is_vector_data(const std::string& dataset) {
  return GDALIdentifyDriverEx(dataset.c_str(), GDAL_OF_VECTOR, nullptr, nullptr) != nullptr;
}

/// A folder that is one dataset, such as a file geodatabase.
bool is_dataset_folder(const fs::path& folder) {
  std::string ending = folder.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return ending == ".gdb" && is_vector_data(folder.string());
}

std::string relative_to(const fs::path& folder, const fs::path& path) {
  const fs::path relative = fs::absolute(path).lexically_normal().lexically_relative(
      fs::absolute(folder.empty() ? fs::path(".") : folder).lexically_normal());
  return relative.empty() ? fs::absolute(path).lexically_normal().string() : relative.generic_string();
}

class Search {
 public:
  explicit Search(const fs::path& folder) : folder_(folder) {}

  void add(const std::string& argument) {
    if (argument.empty())
      throw Error(ErrorCode::failure,
                  "a file name is empty; expected a file, a folder, a wildcard or an archive");
    std::error_code ignored;
    const fs::path path(argument);
    refuse_special(path);
    if (fs::is_directory(path, ignored) && !is_dataset_folder(path)) {
      add_folder(path);
      return;
    }
    const bool is_of_gdal = argument.starts_with("/vsi") ||
                            (argument.find(':') != std::string::npos && !fs::exists(path, ignored));
    for (const DataFile& file : expand(is_of_gdal ? argument : relative_to(folder_, path), argument)) {
      std::error_code none;
      if (fs::is_directory(file.local, none) && !is_dataset_folder(file.local)) {
        add_folder(file.local);
      } else {
        // What is named itself is read or refused; what an archive holds besides may be passed over.
        keep(file, !is_archive_of_many(argument));
      }
    }
  }

  InputFiles take() {
    InputFiles result;
    for (auto& [name, file] : files_) result.files.push_back(std::move(file));
    std::sort(left_out_.begin(), left_out_.end());
    result.left_out = std::move(left_out_);
    return result;
  }

 private:
  [[nodiscard]] std::vector<DataFile> expand(const std::string& entry, const std::string& argument) const {
    try {
      return find_data_files(folder_, entry);
    } catch (const InvalidData& error) {
      // Named on the command line, not in an atlas.
      std::error_code ignored;
      const bool is_there = fs::exists(argument, ignored);
      if (is_there) throw;
      throw Error(ErrorCode::failure, error.what());
    }
  }

  /// What is named but neither a file nor a folder: a pipe would be waited for, a loop of links has no end.
  static void refuse_special(const fs::path& path) {
    std::error_code failure;
    const fs::file_status status = fs::status(path, failure);
    if (failure == std::errc::too_many_symbolic_link_levels) {
      throw Error(ErrorCode::failure,
                  fmt::format("{}: a link that leads back to itself; name the file it should lead to",
                              path.string()));
    }
    if (!fs::exists(status) || fs::is_regular_file(status) || fs::is_directory(status)) return;
    throw Error(ErrorCode::failure, fmt::format("{}: neither a file nor a folder, but a pipe, a socket or a "
                                                "device; copy what it gives to a file",
                                                path.string()));
  }

  static std::vector<fs::path> items_of(const fs::path& folder) {
    std::vector<fs::path> items;
    std::error_code failure;
    for (auto item = fs::directory_iterator(folder, failure); !failure && item != fs::directory_iterator();
         item.increment(failure)) {
      items.push_back(item->path());
    }
    if (failure) {
      throw Error(ErrorCode::failure,
                  fmt::format("{}: the folder cannot be read: {}", folder.string(), failure.message()));
    }
    std::sort(items.begin(), items.end());
    return items;
  }

  void add_folder(const fs::path& folder) {
    // A link to a folder above would be followed for ever.
    std::error_code ignored;
    if (!visited_.insert(fs::canonical(folder, ignored).string()).second) return;
    for (const fs::path& item : items_of(folder)) {
      if (item.filename().string().starts_with(".")) continue;
      const fs::file_status status = fs::status(item, ignored);
      if (!fs::is_directory(status) && !fs::is_regular_file(status)) {
        left_out_.push_back(relative_to(folder_, item));
        continue;
      }
      if (fs::is_directory(item) && !is_dataset_folder(item)) {
        add_folder(item);
      } else if (item.extension() == ".csv") {
        // Tables of places are no areas, but whoever has nothing else should hear that they were seen.
        left_out_.push_back(relative_to(folder_, item));
      } else if (!is_sidecar(item.filename().string())) {
        for (const DataFile& file : find_data_files(folder_, relative_to(folder_, item))) keep(file, false);
      }
    }
  }

  void keep(const DataFile& file, bool is_named) {
    if (is_named || is_vector_data(file.dataset)) {
      files_.try_emplace(file.name, file);
    } else if (!file.name.ends_with("atlas.toml")) {
      left_out_.push_back(file.name);
    }
  }

  fs::path folder_;
  std::map<std::string, DataFile> files_;
  std::set<std::string> visited_;  ///< folders, without links
  std::vector<std::string> left_out_;
};

std::vector<std::string> sorted_names(const std::vector<DataFile>& files) {
  std::vector<std::string> names;
  names.reserve(files.size());
  for (const DataFile& file : files) names.push_back(file.name);
  std::sort(names.begin(), names.end());
  return names;
}

bool stands_for(const std::string& entry, const std::vector<DataFile>& files, const fs::path& folder) {
  const std::vector<std::string> wanted = sorted_names(files);
  try {
    return sorted_names(find_data_files(folder, entry)) == wanted;
  } catch (const Error&) {
    return false;
  }
}

std::vector<std::string> components(const std::string& name) {
  std::vector<std::string> parts;
  for (const fs::path& part : fs::path(name)) parts.push_back(part.string());
  return parts;
}

/// A wildcard for texts that share their beginning and end.
constexpr std::string_view kInDates = "-._";

bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

/// The text that names share before and after what differs. `is_wide`: without the parts of a date that they
/// share, so that files of the next month belong to it.
std::string wildcard_of(const std::vector<std::string>& texts, bool is_wide) {
  const auto [least, greatest] = std::minmax_element(texts.begin(), texts.end());
  if (*least == *greatest) return *least;
  const auto front = std::mismatch(least->begin(), least->end(), greatest->begin(), greatest->end()).first;
  std::string before(least->begin(), front);
  // The date that differs is not to be cut in the middle of a number.
  const auto ends_in_date = [&] {
    const std::size_t n = before.size();
    return n > 0 && (is_digit(before[n - 1]) || (is_wide && n > 1 && is_digit(before[n - 2]) &&
                                                 kInDates.find(before[n - 1]) != std::string_view::npos));
  };
  while (ends_in_date()) before.pop_back();
  std::string after = texts.front();
  for (const std::string& text : texts) {
    const auto ends = std::mismatch(after.rbegin(), after.rend(), text.rbegin(), text.rend());
    after = std::string(ends.first.base(), after.end());
  }
  const auto begins_in_date = [&] {
    return !after.empty() && (is_digit(after[0]) || (is_wide && after.size() > 1 && is_digit(after[1]) &&
                                                     kInDates.find(after[0]) != std::string_view::npos));
  };
  while (begins_in_date()) after.erase(0, 1);
  return before + "*" + after;
}

/// The archive that the file is in, by its name; empty if it is in none.
std::string archive_of(const DataFile& file) {
  std::string path;
  for (const std::string& part : components(file.name)) {
    path += path.empty() || path.ends_with('/') ? part : "/" + part;
    if (path != file.name && is_archive_of_many(part)) return path;
  }
  return {};
}

}  // namespace

InputFiles find_input_files(const std::vector<std::string>& arguments, const fs::path& folder) {
  register_gdal();
  const GdalMessages quiet;
  Search search(folder);
  for (const std::string& argument : arguments) search.add(argument);
  InputFiles found = search.take();
  if (found.files.empty()) {
    const bool has_table = std::any_of(found.left_out.begin(), found.left_out.end(),
                                       [](const std::string& name) { return name.ends_with(".csv"); });
    throw InvalidData(fmt::format(
        "no file that GDAL reads as vector data in {}{}; expected GeoJSON, GeoPackage, "
        "shapefiles, FlatGeobuf or the like{}",
        fmt::join(arguments, ", "),
        found.left_out.empty() ? "" : fmt::format(" (left out: {})", fmt::join(found.left_out, ", ")),
        has_table ? "; a table of who holds which place is taken where it is named itself" : ""));
  }
  return found;
}

std::vector<std::string> entries_for(const std::vector<DataFile>& files, const fs::path& folder,
                                     const std::string& manifest) {
  std::vector<std::string> names = sorted_names(files);
  if (const std::string archive = archive_of(files.front());
      !archive.empty() && stands_for(archive, files, folder)) {
    return {archive};
  }
  if (names.size() == 1) return names;
  const std::size_t depth = components(names.front()).size();
  std::vector<std::vector<std::string>> by_depth(depth);
  for (const std::string& name : names) {
    const auto parts = components(name);
    if (parts.size() != depth) return names;
    for (std::size_t i = 0; i < depth; ++i) by_depth[i].push_back(parts[i]);
  }
  for (const bool is_wide : {true, false}) {
    fs::path entry;
    for (const auto& parts : by_depth) entry /= wildcard_of(parts, is_wide);
    const bool takes_all = entry.filename() == "*";
    const bool takes_manifest = fnmatch(entry.c_str(), manifest.c_str(), FNM_PATHNAME | FNM_PERIOD) == 0;
    if (!takes_all && !takes_manifest && stands_for(entry.generic_string(), files, folder))
      return {entry.generic_string()};
  }
  return names;
}

}  // namespace marchland::detail
