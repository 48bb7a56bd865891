#include <marchland/base/error.h>
#include <marchland/io/file_lock.h>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace marchland {

FileLock::FileLock(const std::filesystem::path& path)
    : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
  const auto fail = [&](std::string_view what) {
    if (descriptor_ >= 0) ::close(descriptor_);
    throw Error(ErrorCode::failure, fmt::format("{}: {}", path.string(), what));
  };
  if (descriptor_ < 0)
    fail(fmt::format("cannot be opened: {}", std::error_code(errno, std::generic_category()).message()));
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0)
    fail("another program is writing it; try again when that is done");
  // Who held the lock before may have put a new file in its place.
  struct stat held{};
  struct stat there{};
  const bool is_same = ::fstat(descriptor_, &held) == 0 && ::stat(path.c_str(), &there) == 0 &&
                       held.st_dev == there.st_dev && held.st_ino == there.st_ino;
  if (!is_same) fail("was replaced by another program just now; try again");
}

FileLock::~FileLock() {
  ::close(descriptor_);
}

}  // namespace marchland
