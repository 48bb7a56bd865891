#include <marchland/io/detail/memory_folder.h>

#include <cpl_vsi.h>
#include <fmt/format.h>

#include <atomic>

namespace marchland::detail {

MemoryFolder::MemoryFolder() {
  static std::atomic<unsigned> count{0};
  folder_ = fmt::format("/vsimem/marchland-{}", count++);
  VSIMkdir(folder_.c_str(), 0755);
}

MemoryFolder::~MemoryFolder() {
  VSIRmdirRecursive(folder_.c_str());
}

std::string MemoryFolder::take(const std::string& name) const {
  vsi_l_offset size = 0;
  GByte* bytes = VSIGetMemFileBuffer(path(name).c_str(), &size, FALSE);
  if (bytes == nullptr) return {};
  std::string content(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  VSIUnlink(path(name).c_str());
  return content;
}

}  // namespace marchland::detail
