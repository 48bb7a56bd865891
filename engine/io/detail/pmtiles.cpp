#include <marchland/base/error.h>
#include <marchland/io/detail/gzip.h>
#include <marchland/io/detail/pmtiles.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace marchland::detail {
namespace {

constexpr std::size_t kHeaderBytes = 127;
constexpr std::size_t kFirstBytes = 16384;  ///< of the file, what clients read first
constexpr std::size_t kLeastLeaf = 4096;    ///< entries

void put_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80U; value >>= 7U) out += static_cast<char>((value & 0x7fU) | 0x80U);
  out += static_cast<char>(value);
}

template <class Number>
void put_number(std::string& out, Number value) {
  const auto bits = static_cast<std::uint64_t>(value);
  for (std::size_t byte = 0; byte < sizeof(Number); ++byte)
    out += static_cast<char>((bits >> (8 * byte)) & 0xffU);
}

std::int32_t e7(double degrees) {
  return static_cast<std::int32_t>(std::lround(degrees * 1e7));
}

struct Directories {
  std::string root;
  std::string leaves;
};

/// The root alone if it fits, otherwise leaves of as few entries as let it.
Directories directories_of(const std::vector<PmtilesEntry>& entries) {
  Directories out{gzip(encode_directory(entries)), {}};
  for (std::size_t leaf = kLeastLeaf; out.root.size() > kFirstBytes - kHeaderBytes; leaf *= 2) {
    out.leaves.clear();
    std::vector<PmtilesEntry> root;
    for (std::size_t begin = 0; begin < entries.size(); begin += leaf) {
      const auto first = entries.begin() + static_cast<std::ptrdiff_t>(begin);
      const auto last = entries.begin() + static_cast<std::ptrdiff_t>(std::min(entries.size(), begin + leaf));
      const std::string bytes = gzip(encode_directory({first, last}));
      root.push_back({first->id, out.leaves.size(), static_cast<std::uint32_t>(bytes.size()), 0});
      out.leaves += bytes;
    }
    out.root = gzip(encode_directory(root));
  }
  return out;
}

}  // namespace

std::string encode_directory(const std::vector<PmtilesEntry>& entries) {
  std::string out;
  put_varint(out, entries.size());
  std::uint64_t last_id = 0;
  for (const PmtilesEntry& entry : entries) {
    put_varint(out, entry.id - last_id);
    last_id = entry.id;
  }
  for (const PmtilesEntry& entry : entries) put_varint(out, entry.run);
  for (const PmtilesEntry& entry : entries) put_varint(out, entry.length);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    // 0: right behind the one before.
    const bool follows = i > 0 && entries[i].offset == entries[i - 1].offset + entries[i - 1].length;
    put_varint(out, follows ? 0 : entries[i].offset + 1);
  }
  return out;
}

std::string pmtiles_bytes(const PmtilesContent& content) {
  std::vector<PmtilesEntry> entries;
  std::vector<std::optional<std::uint64_t>> place(content.contents.size());
  std::string data;
  std::uint64_t addressed = 0;
  constexpr std::uint64_t kLongestRun = std::numeric_limits<std::uint32_t>::max();
  for (const auto& [id, index, count] : content.tiles) {
    const std::string& bytes = content.contents[index];
    if (bytes.size() > std::numeric_limits<std::uint32_t>::max())
      throw Error(ErrorCode::failure, "a tile of 4 GiB or more; choose a greater --min-zoom");
    if (!place[index]) {
      place[index] = data.size();
      data += bytes;
    }
    if (!entries.empty() && entries.back().offset == *place[index] &&
        entries.back().id + entries.back().run == id && entries.back().run + count <= kLongestRun) {
      entries.back().run += static_cast<std::uint32_t>(count);
    } else {
      // All tiles of zoom 16 are one more than an entry has room for.
      for (std::uint64_t done = 0; done < count; done += kLongestRun) {
        entries.push_back({id + done, *place[index], static_cast<std::uint32_t>(bytes.size()),
                           static_cast<std::uint32_t>(std::min(count - done, kLongestRun))});
      }
    }
    addressed += count;
  }
  const Directories directories = directories_of(entries);
  const std::string metadata = gzip(content.metadata);

  constexpr std::uint8_t kVersion = 3;
  constexpr std::uint8_t kClustered = 1;
  constexpr std::uint8_t kGzip = 2;
  constexpr std::uint8_t kVectorTiles = 1;
  std::string out = "PMTiles";
  put_number(out, kVersion);
  std::uint64_t offset = kHeaderBytes;
  for (const std::size_t length :
       {directories.root.size(), metadata.size(), directories.leaves.size(), data.size()}) {
    put_number(out, offset);
    put_number(out, std::uint64_t{length});
    offset += length;
  }
  put_number(out, addressed);
  put_number(out, std::uint64_t{entries.size()});
  put_number(out, std::uint64_t{content.contents.size()});
  for (const std::uint8_t byte : {kClustered, kGzip, kGzip, kVectorTiles}) put_number(out, byte);
  put_number(out, static_cast<std::uint8_t>(content.min_zoom));
  put_number(out, static_cast<std::uint8_t>(content.max_zoom));
  put_number(out, e7(content.bounds.west));
  put_number(out, e7(content.bounds.south));
  put_number(out, e7(content.bounds.east));
  put_number(out, e7(content.bounds.north));
  put_number(out, static_cast<std::uint8_t>(content.center_zoom));
  put_number(out, e7(content.center_lon));
  put_number(out, e7(content.center_lat));
  return out + directories.root + metadata + directories.leaves + data;
}

}  // namespace marchland::detail
