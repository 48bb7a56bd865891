#include <marchland/base/error.h>
#include <marchland/io/detail/data_files.h>
#include <marchland/io/detail/gdal.h>
#include <marchland/io/detail/secrets.h>
#include <marchland/io/detail/zip_names.h>
#include <marchland/model/atlas.h>

#include <cpl_string.h>
#include <cpl_vsi.h>
#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <cctype>

namespace marchland::detail {
namespace {

namespace fs = std::filesystem;

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

bool ends_with_any(std::string_view name, std::initializer_list<std::string_view> endings) {
  const std::string lower = lower_case(name);
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return lower.ends_with(ending); });
}

bool has_wildcard(std::string_view text) {
  return text.find_first_of("*?[") != std::string_view::npos;
}

bool is_multi_archive(std::string_view name) {
  return ends_with_any(name, {".zip", ".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz"});
}

/// The prefix of GDAL's file systems that looks into the archive of that name; empty for a plain file.
std::string_view archive_prefix(std::string_view name) {
  if (ends_with_any(name, {".zip"})) return "/vsizip/";
  if (ends_with_any(name, {".tar", ".tar.gz", ".tgz"})) return "/vsitar/";
  if (ends_with_any(name, {".gz"})) return "/vsigzip/";
  return {};
}

std::vector<std::string> take(char** list) {
  const CPLStringList owner(list);
  std::vector<std::string> names;
  names.reserve(static_cast<std::size_t>(owner.size()));
  for (int i = 0; i < owner.size(); ++i) names.emplace_back(owner[i]);
  std::sort(names.begin(), names.end());
  return names;
}

bool exists(const std::string& path) {
  VSIStatBufL status;
  return VSIStatExL(path.c_str(), &status, VSI_STAT_EXISTS_FLAG) == 0;
}

/// Whether it begins as "PG:" does: letters, digits and '_', two at least, then a colon.
bool is_connection(std::string_view entry) {
  const std::size_t colon = entry.find(':');
  if (colon == std::string_view::npos || colon < 2) return false;
  return std::all_of(entry.begin(), entry.begin() + static_cast<std::ptrdiff_t>(colon),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

/// Members that GDAL hides would be missing from the answer.
void refuse_names_outside(const fs::path& local, const std::string& name) {
  if (!ends_with_any(local.filename().string(), {".zip"})) return;
  const auto outside = find_names_outside(local);
  if (outside.empty()) return;
  throw InvalidData(
      fmt::format("{}: {} in it {} a name that leads out of the archive ('{}'), and cannot be read there; "
                  "pack it again from "
                  "within the folder of its files",
                  name, outside.size() == 1 ? "a file" : fmt::format("{} files", outside.size()),
                  outside.size() == 1 ? "has" : "have", outside.front()));
}

/// Walks the components of a path, through wildcards and into archives.
class Expansion {
 public:
  explicit Expansion(const fs::path& folder) : folder_(folder) {}

  std::vector<DataFile> run(const std::string& entry) {
    const fs::path path(entry);
    std::vector<DataFile> current{path.is_absolute() ? DataFile{"/", "/", "/"}
                                                     : DataFile{folder_.string(), "", folder_}};
    for (const fs::path& part : path.relative_path()) {
      std::vector<DataFile> next;
      for (const DataFile& directory : current) step(directory, part.string(), next);
      current = std::move(next);
    }
    std::vector<DataFile> files;
    for (const DataFile& found : current) {
      if (in_archive_root(found)) {
        add_members(found, files);
      } else {
        files.push_back(found);
      }
    }
    return files;
  }

 private:
  static bool in_archive_root(const DataFile& found) {
    if (!is_multi_archive(found.name) || !found.dataset.starts_with("/vsi")) return false;
    return found.dataset.ends_with(found.unpacked ? found.unpacked->dataset() : found.local.string());
  }

  static DataFile descend(const DataFile& directory, const std::string& part) {
    DataFile child = directory;
    child.dataset =
        directory.dataset.ends_with('/') ? directory.dataset + part : directory.dataset + "/" + part;
    child.name = directory.name.empty() || directory.name.ends_with('/') ? directory.name + part
                                                                         : directory.name + "/" + part;
    if (!directory.dataset.starts_with("/vsi")) {
      child.local = directory.local / part;
      std::error_code ignored;
      if (is_xz(part) && fs::is_regular_file(child.local, ignored)) {
        unpack(child);
        return child;
      }
      const auto prefix = archive_prefix(part);
      if (!prefix.empty() && fs::is_regular_file(child.local, ignored)) {
        child.dataset = std::string(prefix) + fs::absolute(child.local).string();
        child.local = fs::absolute(child.local);
      }
    }
    return child;
  }

  static void unpack(DataFile& file) {
    try {
      file.unpacked = std::make_shared<const XzFile>(file.local);
    } catch (Error& error) {
      error.add_context(file.name);
      throw;
    }
    file.dataset = std::string(archive_prefix(file.unpacked->dataset())) + file.unpacked->dataset();
    file.local = fs::absolute(file.local);
  }

  static void step(const DataFile& directory, const std::string& part, std::vector<DataFile>& out) {
    if (!has_wildcard(part)) {
      DataFile child = descend(directory, part);
      if (exists(child.dataset)) out.push_back(std::move(child));
      return;
    }
    if (const DataFile literal = descend(directory, part); exists(literal.dataset)) {
      out.push_back(literal);
      return;
    }
    for (const std::string& name :
         take(VSIReadDir(directory.dataset.empty() ? "." : directory.dataset.c_str()))) {
      if (name == "." || name == "..") continue;
      if (fnmatch(part.c_str(), name.c_str(), FNM_PERIOD) == 0) out.push_back(descend(directory, name));
    }
  }

  static void add_members(const DataFile& archive, std::vector<DataFile>& out) {
    refuse_names_outside(archive.local, archive.name);
    for (const std::string& member : take(VSIReadDirRecursive(archive.dataset.c_str()))) {
      if (is_sidecar(member)) continue;
      out.push_back(
          {archive.dataset + "/" + member, archive.name + "/" + member, archive.local, archive.unpacked});
    }
  }

  fs::path folder_;
};

/// "/vsizip/days.zip/x.shp": an archive named relative to the manifest is found there.
DataFile resolve_vsi(const fs::path& folder, const std::string& entry) {
  for (const std::string_view prefix : {"/vsizip/", "/vsitar/", "/vsigzip/"}) {
    if (!entry.starts_with(prefix)) continue;
    const fs::path rest(entry.substr(prefix.size()));
    const fs::path inside = rest.is_absolute() ? rest : fs::absolute(folder / rest);
    DataFile file{std::string(prefix) + inside.string(), entry, {}};
    fs::path local;
    for (const fs::path& part : inside) {
      local /= part;
      if (std::error_code ignored; fs::is_regular_file(local, ignored)) {
        file.local = local;
        break;
      }
    }
    return file;
  }
  return {entry, mask_secrets(entry), {}};
}

/// An archive that is there and shows no members.
void refuse_unreadable_archive(const fs::path& folder, const std::string& entry) {
  fs::path local = folder;
  for (const fs::path& part : fs::path(entry)) {
    local /= part;
    std::error_code ignored;
    const std::string_view prefix = archive_prefix(part.string());
    if (!is_multi_archive(part.string()) || prefix.empty() || !fs::is_regular_file(local, ignored)) continue;
    refuse_names_outside(local, local.lexically_normal().string());
    if (!take(VSIReadDirRecursive((std::string(prefix) + fs::absolute(local).string()).c_str())).empty())
      return;
    throw InvalidData(fmt::format(
        "{}: the archive cannot be read: it is empty, cut off, or not what its name says; pack it again",
        local.lexically_normal().string()));
  }
}

[[noreturn]] void nothing_found(const fs::path& folder, const std::string& entry) {
  refuse_unreadable_archive(folder, entry);
  std::string hint;
  const fs::path directory = (folder / entry).parent_path();
  std::error_code ignored;
  std::vector<std::string> there;
  for (const auto& item : fs::directory_iterator(directory, ignored))
    there.push_back(item.path().filename().string());
  std::sort(there.begin(), there.end());
  if (const std::string near = nearest_name(fs::path(entry).filename().string(), there); !near.empty()) {
    hint = fmt::format("; did you mean '{}'?", near);
  } else if (!fs::is_directory(directory, ignored)) {
    hint = fmt::format("; there is no folder {}", directory.string());
  }
  throw InvalidData(has_wildcard(entry) ? fmt::format("no file matches '{}'{}", entry, hint)
                                        : fmt::format("there is no file '{}'{}", entry, hint));
}

}  // namespace

std::string DataFile::file_name() const {
  const std::string file = fs::path(name).filename().string();
  return ends_with_any(file, {".gz", ".xz"}) && !is_multi_archive(file) ? file.substr(0, file.size() - 3)
                                                                        : file;
}

bool is_sidecar(const std::string& name) {
  const std::string file = fs::path(name).filename().string();
  return file.starts_with(".") || name.starts_with("__MACOSX/") || name.ends_with("/") ||
         ends_with_any(file, {".shx",  ".dbf", ".prj", ".cpg",         ".qpj",    ".qix",  ".sbn",
                              ".sbx",  ".qmd", ".qml", ".sld",         ".xml",    ".txt",  ".md",
                              ".html", ".pdf", ".csv", ".json.sha256", "license", "readme"});
}

bool is_archive_of_many(std::string_view name) {
  return is_multi_archive(name);
}

bool is_single_file(std::string_view entry) {
  return !has_wildcard(entry) && !is_multi_archive(entry);
}

std::vector<DataFile> find_data_files(const fs::path& folder, const std::string& entry) {
  register_gdal();
  const GdalMessages quiet;
  if (entry.empty()) throw InvalidData("a file name is empty; give a path relative to the manifest");
  if (entry.starts_with("/vsi")) return {resolve_vsi(folder, entry)};
  if (std::error_code ignored; is_connection(entry) && !fs::exists(folder / entry, ignored)) {
    return {{entry, mask_secrets(entry), {}}};
  }
  auto files = Expansion(folder.empty() ? fs::path(".") : folder).run(entry);
  if (files.empty()) nothing_found(folder, entry);
  for (const DataFile& file : files) {
    if (!file.unpacked && ends_with_any(file.name, {".xz", ".bz2", ".7z", ".rar", ".zst"})) {
      throw InvalidData(
          fmt::format("{}: archives of this kind cannot be read in place; unpack it, or pack it as .zip "
                      "or .tar.gz",
                      file.name));
    }
  }
  std::sort(files.begin(), files.end(), [](const DataFile& a, const DataFile& b) { return a.name < b.name; });
  return files;
}

}  // namespace marchland::detail
