#include <marchland/base/error.h>
#include <marchland/io/detail/checksum.h>
#include <marchland/io/file_digest.h>

#include <fmt/format.h>

#include <system_error>

namespace marchland {

FileDigest digest_of(const std::filesystem::path& file) {
  FileDigest out{detail::sha256_of_file(file), 0};
  std::error_code error;
  out.bytes = std::filesystem::file_size(file, error);
  if (error) throw Error(ErrorCode::failure, fmt::format("{}: {}", file.string(), error.message()));
  return out;
}

}  // namespace marchland
