#include <marchland/base/error.h>
#include <marchland/io/output_file.h>
#include <marchland/io/unfinished_output.h>

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace marchland {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, std::string_view what) {
  throw Error(ErrorCode::failure, fmt::format("{}: {}", path.string(), what));
}

std::string reason() {
  return std::strerror(errno);
}  // NOLINT(concurrency-mt-unsafe): glibc's is thread-safe enough

/// Closes on the way out.
class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {
    if (fd_ < 0) fail(path, fmt::format("cannot be opened: {}", reason()));
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { ::close(fd_); }
  [[nodiscard]] int get() const noexcept { return fd_; }

 private:
  int fd_;
};

[[noreturn]] void refuse_existing(const fs::path& path) {
  fail(path, "exists already; choose another name or pass --overwrite");
}

}  // namespace

OutputFile::OutputFile(fs::path path, Existing existing) : path_(std::move(path)), existing_(existing) {
  if (path_ == "-") {
    throw InvalidArgument(
        "'-' is taken for no file; name one (of tables: leave -o out for standard output; a file that is "
        "really called so is ./-)");
  }
  if (path_.filename().empty()) fail(path_, "names a folder; expected a file");
  std::error_code broken;
  if (fs::is_symlink(path_, broken)) {
    // What the link names is replaced, not the link.
    const fs::path target = fs::weakly_canonical(path_, broken);
    if (!broken) path_ = target;
  }
  const fs::path folder = path_.has_parent_path() ? path_.parent_path() : fs::path(".");
  std::error_code ignored;
  if (fs::is_directory(path_, ignored)) fail(path_, "is a folder; expected a file");
  // Renaming a file onto /dev/null would replace the device.
  const fs::file_status status = fs::status(path_, ignored);
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    fail(path_, "is a device, pipe or socket; expected a file (without -o, tables go to standard output)");
  }
  if (!fs::is_directory(folder, ignored)) fail(path_, "its folder does not exist; create it first");
  if (existing_ == Existing::refuse && fs::exists(path_, ignored)) refuse_existing(path_);
  if (::access(folder.c_str(), W_OK | X_OK) != 0)
    fail(path_, fmt::format("its folder cannot be written: {}", reason()));
  unfinished_ = std::make_unique<UnfinishedOutput>(path_, path_.extension().string());
}

OutputFile::~OutputFile() = default;

const fs::path& OutputFile::temporary() const noexcept {
  return unfinished_->path();
}

void OutputFile::write(std::string_view content) {
  const Descriptor file(temporary(), O_WRONLY | O_CREAT | O_TRUNC);
  while (!content.empty()) {
    const ssize_t written = ::write(file.get(), content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail(path_, fmt::format("cannot be written: {}; nothing was left behind", reason()));
    content.remove_prefix(static_cast<std::size_t>(written));
  }
}

void OutputFile::sync() const {
  const Descriptor file(temporary(), O_RDONLY);
  if (::fsync(file.get()) != 0)
    fail(path_, fmt::format("cannot be synced: {}; nothing was left behind", reason()));
}

void OutputFile::commit() {
  std::error_code is_new;
  const fs::file_status old = fs::status(path_, is_new);
  // Who may read it stays as it was.
  if (!is_new && fs::is_regular_file(old)) fs::permissions(temporary(), old.permissions(), is_new);
  sync();
  const auto put = [&](unsigned flags) {
    return ::renameat2(AT_FDCWD, temporary().c_str(), AT_FDCWD, path_.c_str(), flags) == 0;
  };
  // Exchanged, so that the old one can come back.
  is_exchanged_ =
      existing_ == Existing::overwrite && !is_new && fs::is_regular_file(old) && put(RENAME_EXCHANGE);
  if (!is_exchanged_ && !put(existing_ == Existing::refuse ? RENAME_NOREPLACE : 0)) {
    if (errno == EEXIST) refuse_existing(path_);
    // Some file systems do not know the flag; the check at the start has to do there.
    if (errno != EINVAL || ::rename(temporary().c_str(), path_.c_str()) != 0) {
      fail(path_, fmt::format("cannot be put in place: {}", reason()));
    }
  }
  const Descriptor folder(path_.has_parent_path() ? path_.parent_path() : fs::path("."),
                          O_RDONLY | O_DIRECTORY);
  ::fsync(folder.get());  // the name; a file system that cannot sync folders has its own way
}

void OutputFile::take_back() noexcept {
  if (!is_exchanged_) {
    ::unlink(path_.c_str());
  } else if (::renameat2(AT_FDCWD, temporary().c_str(), AT_FDCWD, path_.c_str(), RENAME_EXCHANGE) == 0) {
    is_exchanged_ = false;
  }
}

void OutputGroup::write(const std::vector<std::string_view>& contents) {
  if (contents.size() != files_.size())
    throw InvalidArgument(fmt::format("{} contents for a group of {} files", contents.size(), files_.size()));
  for (std::size_t i = 0; i < contents.size(); ++i) files_[i].write(contents[i]);
}

void OutputGroup::commit() {
  for (const OutputFile& file : files_) file.sync();
  const auto together = hold_interruption();
  // The file itself last: whoever sees it sees the others.
  for (std::size_t i = files_.size(); i-- > 0;) {
    try {
      files_[i].commit();
    } catch (...) {
      for (std::size_t done = i + 1; done < files_.size(); ++done) files_[done].take_back();
      throw;
    }
  }
}

fs::path metadata_path(const fs::path& path) {
  return path.string() + "-metadata.json";
}

bool is_same_file(const fs::path& a, const fs::path& b) {
  if (a.empty() || b.empty()) return false;
  std::error_code ignored;
  if (fs::equivalent(a, b, ignored)) return true;
  return fs::weakly_canonical(fs::absolute(a), ignored) == fs::weakly_canonical(fs::absolute(b), ignored);
}

void write_file(const fs::path& path, std::string_view content, Existing existing) {
  OutputFile file(path, existing);
  file.write(content);
  file.commit();
}

}  // namespace marchland
