#include <marchland/base/error.h>
#include <marchland/io/detail/checksum.h>

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <vector>

namespace marchland::detail {

struct Sha256::Context {
  EVP_MD_CTX* handle = EVP_MD_CTX_new();
  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() { EVP_MD_CTX_free(handle); }
};

void Sha256::Free::operator()(Context* context) const noexcept {
  delete context;
}

Sha256::Sha256() : context_(new Context) {
  if (EVP_DigestInit_ex(context_->handle, EVP_sha256(), nullptr) != 1) {
    throw Error(ErrorCode::failure, "OpenSSL offers no SHA-256 here; is a restrictive policy in force?");
  }
}

void Sha256::update(std::string_view bytes) {
  if (EVP_DigestUpdate(context_->handle, bytes.data(), bytes.size()) != 1) {
    throw Error(ErrorCode::failure, "OpenSSL failed while computing SHA-256");
  }
}

void Sha256::update_length(std::uint64_t length) {
  std::array<char, 8> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>((length >> (8 * i)) & 0xFFU);
  update({bytes.data(), bytes.size()});
}

void Sha256::add(std::string_view piece) {
  update_length(piece.size());
  update(piece);
}

std::string Sha256::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_DigestFinal_ex(context_->handle, digest.data(), &size) != 1) {
    throw Error(ErrorCode::failure, "OpenSSL failed while computing SHA-256");
  }
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) fmt::format_to(std::back_inserter(hex), "{:02x}", digest[i]);
  return hex;
}

std::string sha256_of(std::string_view bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.finish();
}

std::string sha256_of_file(const std::filesystem::path& file) {
  Sha256 hash;
  std::ifstream in(file, std::ios::binary);
  std::vector<char> block(std::size_t{1} << 20U);
  while (in) {
    in.read(block.data(), static_cast<std::streamsize>(block.size()));
    hash.update({block.data(), static_cast<std::size_t>(in.gcount())});
  }
  if (!in.eof()) throw Error(ErrorCode::failure, fmt::format("{}: cannot be read", file.string()));
  return hash.finish();
}

std::string checksum_of(const std::vector<DataFileDigest>& files) {
  std::string lines;
  for (const DataFileDigest& file : files) lines += fmt::format("{}  {}\n", file.sha256, file.name);
  return sha256_of(lines);
}

}  // namespace marchland::detail
