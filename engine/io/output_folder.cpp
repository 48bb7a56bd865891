#include <marchland/base/error.h>
#include <marchland/io/output_folder.h>
#include <marchland/io/unfinished_output.h>

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <stdio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

namespace marchland {

namespace fs = std::filesystem;

namespace {

fs::path parent_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

}  // namespace

std::vector<std::string> files_within(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    // A link to a folder is not entered, so it is listed as itself.
    if (entry->is_symlink() || !entry->is_directory())
      names.push_back(entry->path().lexically_relative(folder).generic_string());
  }
  if (error) throw Error(ErrorCode::failure, fmt::format("{}: {}", folder.string(), error.message()));
  std::sort(names.begin(), names.end());
  return names;
}

OutputFolder::OutputFolder(fs::path path, FolderKind kind, Existing existing)
    : path_(std::move(path)), kind_(std::move(kind)), existing_(existing) {
  if (path_ == "-") {
    throw InvalidArgument(
        "'-' is taken for no folder, and standard output has no room for one; name a folder");
  }
  if (path_.filename().empty()) path_ = path_.parent_path();
  std::error_code error;
  if (!fs::is_directory(parent_of(path_), error)) fail("its folder does not exist; create it first");
  unfinished_ = std::make_unique<UnfinishedOutput>(path_, "");
  if (fs::exists(path_, error)) check_existing();
  if (!fs::create_directory(temporary(), error)) fail(fmt::format("cannot be created: {}", error.message()));
}

void OutputFolder::check_existing() const {
  if (existing_ == Existing::refuse) fail("exists already; choose another name or pass --overwrite");
  // Only what an earlier run wrote may go.
  std::error_code ignored;
  if (!fs::is_regular_file(path_ / kind_.mark, ignored))
    fail(fmt::format("has no {}, so it was not written by this command; choose another name", kind_.mark));
  refuse_other_files();
}

OutputFolder::~OutputFolder() = default;

const fs::path& OutputFolder::temporary() const noexcept {
  return unfinished_->path();
}

void OutputFolder::refuse_other_files() const {
  const FolderKind::WroteFile wrote = kind_.files_of(path_);
  std::vector<std::string> others = files_within(path_);
  std::erase_if(others, [&](const std::string& name) { return name == kind_.mark || wrote(name); });
  if (others.empty()) return;
  constexpr std::size_t kMostNamed = 5;
  const std::size_t count = others.size();
  if (count > kMostNamed) others.resize(kMostNamed);
  fail(fmt::format(
      "has {} file{} that this command did not write: {}{}; move {} elsewhere, or choose another name", count,
      count == 1 ? "" : "s", fmt::join(others, ", "),
      count > kMostNamed ? fmt::format(" and {} more", count - kMostNamed) : "", count == 1 ? "it" : "them"));
}

fs::path OutputFolder::file(const fs::path& name) const {
  fs::path path = temporary() / name;
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error) fail(fmt::format("cannot be written: {}", error.message()));
  return path;
}

std::string OutputFolder::in_place(std::string text) const {
  const std::string hidden = temporary().string();
  const std::string shown = path_.string();
  for (std::size_t at = text.find(hidden); at != std::string::npos; at = text.find(hidden, at))
    text.replace(at, hidden.size(), shown);
  return text;
}

void OutputFolder::write(const fs::path& name, std::string_view content) const {
  std::ofstream out(file(name), std::ios::binary);
  out.write(content.data(), static_cast<std::streamsize>(content.size()));
  out.close();
  if (!out)
    fail(fmt::format("{} cannot be written: {}; nothing was left behind", name.string(),
                     std::strerror(errno)));  // NOLINT(concurrency-mt-unsafe): glibc's is thread-safe enough
}

void OutputFolder::commit() {
  // One call for thousands of small files.
  const int folder = ::open(temporary().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool is_synced = folder >= 0 && ::syncfs(folder) == 0;
  if (folder >= 0) ::close(folder);
  if (!is_synced) fail("cannot be synced; nothing was left behind");
  const auto together = hold_interruption();
  put_in_place();
  // The name; a file system that cannot sync folders has its own way.
  const int parent = ::open(parent_of(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (parent >= 0) {
    ::fsync(parent);
    ::close(parent);
  }
}

void OutputFolder::put_in_place() {
  if (::renameat2(AT_FDCWD, temporary().c_str(), AT_FDCWD, path_.c_str(), RENAME_NOREPLACE) == 0) return;
  std::error_code error;
  if (fs::exists(path_, error)) {
    check_existing();
    // At once; what was there before goes with the rest of what is unfinished.
    if (::renameat2(AT_FDCWD, temporary().c_str(), AT_FDCWD, path_.c_str(), RENAME_EXCHANGE) == 0) return;
    // Some file systems know neither flag.
    fs::rename(path_, unfinished_->replaced(), error);
  } else {
    error.clear();
  }
  if (!error) fs::rename(temporary(), path_, error);
  if (error) fail(fmt::format("cannot be put in place: {}", error.message()));
}

void OutputFolder::fail(std::string_view what) const {
  throw Error(ErrorCode::failure, fmt::format("{}: {}", path_.string(), what));
}

}  // namespace marchland
