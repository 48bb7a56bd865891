#include <marchland/base/error.h>
#include <marchland/io/detail/gdal.h>
#include <marchland/io/detail/xz_file.h>

#include <cpl_string.h>
#include <cpl_vsi.h>
#include <fmt/format.h>
#include <lzma.h>

#include <cstdint>
#include <fstream>
#include <memory>
#include <vector>

namespace marchland::detail {
namespace {

// A few kilobytes of .xz can stand for terabytes of zeros.
constexpr std::uint64_t kMostBytes = std::uint64_t{8} << 30U;
constexpr std::size_t kChunk = std::size_t{1} << 20U;

bool ends_with(std::string_view name, std::string_view ending) {
  return name.size() >= ending.size() &&
         EQUAL(std::string(name.substr(name.size() - ending.size())).c_str(), std::string(ending).c_str());
}

std::string unpacked_name(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  if (ends_with(name, ".txz")) return name.substr(0, name.size() - 4) + ".tar";
  return name.substr(0, name.size() - 3);
}

/// Decodes the streams of a file one after another.
class Decoder {
 public:
  Decoder() {
    if (lzma_stream_decoder(&stream_, UINT64_MAX, LZMA_CONCATENATED) != LZMA_OK)
      throw Error(ErrorCode::failure, "the decoder of .xz cannot be started");
  }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  ~Decoder() { lzma_end(&stream_); }

  /// Calls `take(bytes, count)` with what it becomes.
  template <class Take>
  void run(std::istream& in, Take take) {
    std::vector<char> packed(kChunk);
    std::vector<char> plain(kChunk);
    lzma_ret status = LZMA_OK;
    while (status != LZMA_STREAM_END) {
      if (stream_.avail_in == 0 && in) {
        in.read(packed.data(), static_cast<std::streamsize>(packed.size()));
        stream_.next_in = reinterpret_cast<const std::uint8_t*>(packed.data());
        stream_.avail_in = static_cast<std::size_t>(in.gcount());
      }
      stream_.next_out = reinterpret_cast<std::uint8_t*>(plain.data());
      stream_.avail_out = plain.size();
      status = lzma_code(&stream_, in ? LZMA_RUN : LZMA_FINISH);
      if (status != LZMA_OK && status != LZMA_STREAM_END)
        throw InvalidData("the .xz file is damaged or breaks off; fetch it again");
      take(plain.data(), plain.size() - stream_.avail_out);
    }
  }

 private:
  lzma_stream stream_ = LZMA_STREAM_INIT;
};

}  // namespace

XzFile::XzFile(const std::filesystem::path& path) : dataset_(folder_.path(unpacked_name(path))) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw Error(ErrorCode::failure, "the file cannot be opened for reading; check its permissions");
  const std::unique_ptr<VSILFILE, int (*)(VSILFILE*)> out(VSIFOpenL(dataset_.c_str(), "wb"), VSIFCloseL);
  if (!out) throw Error(ErrorCode::failure, "there is no room in memory to unpack it");
  std::uint64_t total = 0;
  Decoder().run(in, [&](const char* bytes, std::size_t count) {
    total += count;
    if (total > kMostBytes) throw InvalidData("it unpacks to more than 8 GiB; unpack it on disk");
    if (VSIFWriteL(bytes, 1, count, out.get()) != count)
      throw Error(ErrorCode::failure, "there is no room in memory to unpack it; unpack it on disk");
  });
}

bool is_xz(std::string_view name) {
  return ends_with(name, ".xz") || ends_with(name, ".txz");
}

}  // namespace marchland::detail
