#include <marchland/io/detail/zip_names.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string_view>

namespace marchland::detail {
namespace {

/// `size` bytes, little end first; the caller has seen to it that they are there.
std::size_t number_at(std::string_view bytes, std::size_t at, std::size_t size) {
  std::size_t value = 0;
  for (std::size_t i = size; i-- > 0;) value = (value << 8U) | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

bool leads_out(std::string_view name) {
  for (std::size_t at = 0; at <= name.size();) {
    const std::size_t end = std::min(name.find_first_of("/\\", at), name.size());
    if (name.substr(at, end - at) == "..") return true;
    at = end + 1;
  }
  return false;
}

std::string read_bytes(std::ifstream& file, std::size_t from, std::size_t size) {
  std::string bytes(size, '\0');
  file.seekg(static_cast<std::streamoff>(from));
  file.read(bytes.data(), static_cast<std::streamsize>(size));
  bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  return bytes;
}

}  // namespace

std::vector<std::string> find_names_outside(const std::filesystem::path& archive) {
  constexpr std::string_view kEndOfDirectory("PK\5\6", 4);
  constexpr std::string_view kEntry("PK\1\2", 4);
  constexpr std::size_t kEndSize = 22;
  constexpr std::size_t kEntrySize = 46;
  constexpr std::size_t kLongestComment = 65'535;
  std::error_code failure;
  const std::size_t size = std::filesystem::file_size(archive, failure);
  std::ifstream file(archive, std::ios::binary);
  if (failure || !file || size < kEndSize) return {};
  const std::size_t tail_size = std::min(size, kEndSize + kLongestComment);
  const std::string tail = read_bytes(file, size - tail_size, tail_size);
  const std::size_t end = tail.rfind(kEndOfDirectory);
  if (end == std::string::npos || end + kEndSize > tail.size()) return {};
  const std::size_t directory_size = number_at(tail, end + 12, 4);
  const std::size_t begin = number_at(tail, end + 16, 4);
  if (begin > size || directory_size > size - begin) return {};
  const std::string directory = read_bytes(file, begin, directory_size);
  std::vector<std::string> names;
  for (std::size_t at = 0; at + kEntrySize <= directory.size() && directory.compare(at, 4, kEntry) == 0;) {
    const std::size_t length = number_at(directory, at + 28, 2);
    const std::string name = directory.substr(at + kEntrySize, length);
    if (leads_out(name)) names.push_back(name);
    at += kEntrySize + length + number_at(directory, at + 30, 2) + number_at(directory, at + 32, 2);
  }
  return names;
}

}  // namespace marchland::detail
