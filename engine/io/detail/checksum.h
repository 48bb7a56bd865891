#pragma once
// SHA-256 (FIPS 180-4): the fingerprint of what an atlas was read from.
#include <marchland/model/atlas.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace marchland::detail {

/// Hashes pieces one after another; each piece goes in with its length, so that no two lists of pieces
/// collide.
class Sha256 {
 public:
  Sha256();
  void add(std::string_view piece);
  /// Lower-case hex; ends the computation.
  [[nodiscard]] std::string finish();

 private:
  friend std::string sha256_of(std::string_view bytes);
  friend std::string sha256_of_file(const std::filesystem::path& file);
  struct Context;
  struct Free {
    void operator()(Context* context) const noexcept;
  };
  void update(std::string_view bytes);
  void update_length(std::uint64_t length);
  std::unique_ptr<Context, Free> context_;
};

/// Of these bytes alone, as `sha256sum` prints it.
[[nodiscard]] std::string sha256_of(std::string_view bytes);
/// Throws Error(failure) naming the file where it cannot be read.
[[nodiscard]] std::string sha256_of_file(const std::filesystem::path& file);

/// Of an atlas, from the digests of its files: what `sha256sum FILES | sha256sum` prints for them in that
/// order.
[[nodiscard]] std::string checksum_of(const std::vector<DataFileDigest>& files);

}  // namespace marchland::detail
