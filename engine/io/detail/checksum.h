#pragma once
// SHA-256 (FIPS 180-4): the fingerprint of what an atlas was read from.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace marchland::detail {

/// Hashes pieces one after another; each piece goes in with its length, so that no two lists of pieces
/// collide.
class Sha256 {
 public:
  Sha256();
  void add(std::string_view piece);
  /// Throws Error(failure) naming the file where it cannot be read.
  void add_file(const std::filesystem::path& file);
  /// Lower-case hex; ends the computation.
  [[nodiscard]] std::string finish();

 private:
  struct Context;
  struct Free {
    void operator()(Context* context) const noexcept;
  };
  void update(std::string_view bytes);
  void update_length(std::uint64_t length);
  std::unique_ptr<Context, Free> context_;
};

}  // namespace marchland::detail
