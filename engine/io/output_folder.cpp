#include <marchland/base/error.h>
#include <marchland/io/output_folder.h>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

namespace marchland {

namespace fs = std::filesystem;

OutputFolder::OutputFolder(fs::path path, std::string mark, Existing existing) : path_(std::move(path)) {
  if (path_.filename().empty()) path_ = path_.parent_path();
  const fs::path parent = path_.has_parent_path() ? path_.parent_path() : fs::path(".");
  std::error_code error;
  if (!fs::is_directory(parent, error)) fail("its folder does not exist; create it first");
  if (fs::exists(path_, error)) {
    if (existing == Existing::refuse) fail("exists already; choose another name or pass --overwrite");
    // Only what an earlier run wrote may go.
    if (!fs::is_regular_file(path_ / mark, error))
      fail(fmt::format("has no {}, so it was not written by this command; choose another name", mark));
  }
  temporary_ = path_.parent_path() / fmt::format(".{}.{}", path_.filename().string(), ::getpid());
  fs::remove_all(temporary_, error);
  if (!fs::create_directory(temporary_, error)) fail(fmt::format("cannot be created: {}", error.message()));
}

OutputFolder::~OutputFolder() {
  std::error_code ignored;
  fs::remove_all(temporary_, ignored);
}

fs::path OutputFolder::file(const fs::path& name) const {
  fs::path path = temporary_ / name;
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error) fail(fmt::format("cannot be written: {}", error.message()));
  return path;
}

std::string OutputFolder::in_place(std::string text) const {
  const std::string hidden = temporary_.string();
  const std::string shown = path_.string();
  for (std::size_t at = text.find(hidden); at != std::string::npos; at = text.find(hidden, at))
    text.replace(at, hidden.size(), shown);
  return text;
}

void OutputFolder::write(const fs::path& name, std::string_view content) {
  std::ofstream out(file(name), std::ios::binary);
  out.write(content.data(), static_cast<std::streamsize>(content.size()));
  out.close();
  if (!out)
    fail(fmt::format("{} cannot be written: {}; nothing was left behind", name.string(),
                     std::strerror(errno)));  // NOLINT(concurrency-mt-unsafe): glibc's is thread-safe enough
}

void OutputFolder::commit() {
  // One call for thousands of small files.
  const int folder = ::open(temporary_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool is_synced = folder >= 0 && ::syncfs(folder) == 0;
  if (folder >= 0) ::close(folder);
  if (!is_synced) fail("cannot be synced; nothing was left behind");
  std::error_code error;
  const fs::path old = temporary_.string() + ".old";
  const bool replaces = fs::exists(path_, error);
  if (replaces) fs::rename(path_, old, error);
  if (!error) fs::rename(temporary_, path_, error);
  if (error) {
    std::error_code ignored;
    if (replaces && !fs::exists(path_, ignored)) fs::rename(old, path_, ignored);
    fail(fmt::format("cannot be put in place: {}", error.message()));
  }
  if (replaces) fs::remove_all(old, error);
}

void OutputFolder::fail(std::string_view what) const {
  throw Error(ErrorCode::failure, fmt::format("{}: {}", path_.string(), what));
}

}  // namespace marchland
