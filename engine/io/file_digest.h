#pragma once
// The fingerprint of a file, for whoever wants to know later that it is still the same.
#include <cstdint>
#include <filesystem>
#include <string>

namespace marchland {

struct FileDigest {
  std::string sha256;  ///< of its bytes (FIPS 180-4), lower-case hex, as `sha256sum` prints it
  std::uint64_t bytes = 0;
  friend bool operator==(const FileDigest&, const FileDigest&) = default;
};

/// Throws Error(failure) naming the file where it cannot be read.
[[nodiscard]] FileDigest digest_of(const std::filesystem::path& file);

}  // namespace marchland
