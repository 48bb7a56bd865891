#include <marchland/base/error.h>
#include <marchland/io/detail/gzip.h>

#include <zlib.h>

#include <limits>

namespace marchland::detail {

std::string gzip(std::string_view content) {
  constexpr int kGzipWindow = 15 + 16;
  constexpr int kMemory = 8;
  if (content.size() > std::numeric_limits<uInt>::max())
    throw Error(ErrorCode::failure, "more than 4 GiB in one piece cannot be compressed");
  z_stream stream{};
  if (::deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, kMemory, Z_DEFAULT_STRATEGY) !=
      Z_OK)
    throw Error(ErrorCode::failure, "zlib cannot compress");
  std::string out(::deflateBound(&stream, static_cast<uLong>(content.size())), '\0');
  // zlib does not write to its input.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));  // NOLINT
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());  // NOLINT
  stream.avail_out = static_cast<uInt>(out.size());
  const int status = ::deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  if (status != Z_STREAM_END) throw Error(ErrorCode::failure, "zlib did not finish");
  return out;
}

}  // namespace marchland::detail
