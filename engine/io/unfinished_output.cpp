#include <marchland/io/unfinished_output.h>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <list>
#include <string_view>
#include <system_error>

namespace marchland {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kReplaced = ".replaced";

/// In words that need no memory once they stand here.
struct Entry {
  std::string path;    ///< of the temporary file or folder
  std::string folder;  ///< it lies in
  std::string name;    ///< in it; what libraries put beside it, journals for instance, begins with it
  std::string target;  ///< name of what it is for
};

struct Outputs {
  std::recursive_mutex mutex;
  std::list<Entry> unfinished;
};

/// Never destroyed: an interruption may come while the process ends.
Outputs& outputs() {
  static Outputs& all = *new Outputs;
  return all;
}

std::uint32_t digest_of(std::string_view text) {  // FNV-1a
  std::uint32_t hash = 2166136261U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash;
}

/// Processes are numbered by each host, and containers that share a folder are hosts of their own.
std::string host_mark() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return fmt::format("{:08x}", digest_of(name.data()));
}

/// Up to the number of the process. File systems allow 255 bytes.
std::string beginning_of_all(const fs::path& path, const std::string& extension) {
  std::string name = path.filename().string();
  name.resize(name.size() - extension.size());
  constexpr std::size_t kMost = 120;
  if (name.size() > kMost) name = fmt::format("{}~{:08x}", name.substr(0, kMost), digest_of(name));
  return fmt::format(".{}.marchland-{}-", name, host_mark());
}

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

/// After the number. An empty ending would be the beginning of others.
std::string end_of(const std::string& extension) {
  return extension.empty() ? "-" : extension;
}

/// Whether `name` is that of the output, or of something beside it.
bool belongs_to(std::string_view name, std::string_view output) {
  if (!name.starts_with(output)) return false;
  const std::string_view more = name.substr(output.size());
  return more.empty() || more.front() == '.' || more.front() == '-';
}

/// Whether a folder of ours that is unfinished itself holds it: then that one is what may stay behind.
bool is_within_unfinished(const fs::path& path) {
  const std::string text = path.string();
  return std::any_of(outputs().unfinished.begin(), outputs().unfinished.end(), [&](const Entry& entry) {
    return text.size() > entry.path.size() && text.starts_with(entry.path) && text[entry.path.size()] == '/';
  });
}

/// The kernel's own entry of a folder: readdir takes memory.
struct KernelEntry {
  std::uint64_t inode;
  std::int64_t next;
  std::uint16_t length;
  std::uint8_t type;
  char name[1];  // NOLINT(modernize-avoid-c-arrays): as the kernel writes it
};

/// Calls `visit` with the names in an open folder, "." and ".." left out; whether there was any.
template <class Visit>
bool for_each_name(int folder, const Visit& visit) {
  alignas(KernelEntry) std::array<char, 8192> buffer{};
  bool any = false;
  ::lseek(folder, 0, SEEK_SET);
  for (;;) {
    const long read = ::syscall(SYS_getdents64, folder, buffer.data(), buffer.size());
    if (read <= 0) return any;
    for (long at = 0; at < read;) {
      const auto* entry = reinterpret_cast<const KernelEntry*>(buffer.data() + at);
      const char* name = buffer.data() + at + offsetof(KernelEntry, name);
      at += entry->length;
      if (std::strcmp(name, ".") == 0 || std::strcmp(name, "..") == 0) continue;
      any = true;
      visit(name);
    }
  }
}

/// A file, or a folder and all in it; of a link the link. Takes no memory.
void remove_at(int folder, const char* name) {  // NOLINT(misc-no-recursion): as deep as the folder
  if (::unlinkat(folder, name, 0) == 0 || (errno != EISDIR && errno != EPERM)) return;
  const int inner = ::openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (inner < 0) return;
  // Removing while reading may pass names over; another reading finds those.
  for (int reading = 0; reading < 8; ++reading) {
    if (!for_each_name(inner, [&](const char* each) { remove_at(inner, each); })) break;
  }
  ::close(inner);
  ::unlinkat(folder, name, AT_REMOVEDIR);
}

/// What was to be replaced comes back where the new one is not there; else it goes as the rest does.
void remove_or_put_back(int folder, const char* name, const char* target) {
  const std::size_t length = std::strlen(name);
  const bool is_replaced = length > kReplaced.size() && name + length - kReplaced.size() == kReplaced;
  if (is_replaced && ::renameat2(folder, name, folder, target, RENAME_NOREPLACE) == 0) return;
  remove_at(folder, name);
}

/// Takes no memory.
void remove_entry(const Entry& entry) {
  const int folder = ::open(entry.folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;
  for_each_name(folder, [&](const char* name) {
    if (belongs_to(name, entry.name)) remove_or_put_back(folder, name, entry.target.c_str());
  });
  ::close(folder);
}

/// What processes that live no more have left of this output.
void remove_left_behind(const std::string& folder_name, const std::string& beginning, const std::string& end,
                        const std::string& target) {
  const int folder = ::open(folder_name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;
  for_each_name(folder, [&](const char* name) {
    const std::string_view text(name);
    if (!text.starts_with(beginning)) return;
    pid_t process = 0;
    const auto [rest, error] = std::from_chars(name + beginning.size(), name + text.size(), process);
    if (error != std::errc() || process <= 0 || !belongs_to(rest, end)) return;
    if (::kill(process, 0) == 0 || errno != ESRCH) return;
    remove_or_put_back(folder, name, target.c_str());
  });
  ::close(folder);
}

}  // namespace

UnfinishedOutput::UnfinishedOutput(const fs::path& path, const std::string& extension) {
  const std::scoped_lock lock(outputs().mutex);
  const fs::path folder = folder_of(path);
  const std::string beginning = beginning_of_all(path, extension);
  const std::string end = end_of(extension);
  const std::string own = fmt::format("{}{}{}", beginning, ::getpid(), end);
  path_ = path.has_parent_path() ? folder / own : fs::path(own);
  if (is_within_unfinished(path_)) return;
  remove_left_behind(folder.string(), beginning, end, path.filename().string());
  outputs().unfinished.push_back({path_.string(), folder.string(), own, path.filename().string()});
  remove_entry(outputs().unfinished.back());  // of an earlier process with our number
}

UnfinishedOutput::~UnfinishedOutput() {
  const std::scoped_lock lock(outputs().mutex);
  auto& all = outputs().unfinished;
  const auto own =
      std::find_if(all.begin(), all.end(), [&](const Entry& entry) { return entry.path == path_.string(); });
  if (own == all.end()) {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
    return;
  }
  remove_entry(*own);
  all.erase(own);
}

fs::path UnfinishedOutput::replaced() const {
  return path_.string() + std::string(kReplaced);
}

std::unique_lock<std::recursive_mutex> hold_interruption() {
  return std::unique_lock(outputs().mutex);
}

void remove_unfinished_outputs(void (*stop_others)()) {
  const std::scoped_lock lock(outputs().mutex);
  stop_others();
  for (const Entry& entry : outputs().unfinished) remove_entry(entry);
}

}  // namespace marchland
