#include <marchland/io/detail/actor_ids.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>

namespace marchland::detail {
namespace {

// From U+00C0, by the letter under the mark (Unicode, canonical decomposition).
constexpr std::array<std::string_view, 192> kLatin{
    "a", "a", "a",  "a",  "a", "a", "ae", "c",  "e",  "e", "e", "e", "i",  "i",  "i", "i", "d", "n",
    "o", "o", "o",  "o",  "o", "",  "o",  "u",  "u",  "u", "u", "y", "th", "ss", "a", "a", "a", "a",
    "a", "a", "ae", "c",  "e", "e", "e",  "e",  "i",  "i", "i", "i", "d",  "n",  "o", "o", "o", "o",
    "o", "",  "o",  "u",  "u", "u", "u",  "y",  "th", "y", "a", "a", "a",  "a",  "a", "a", "c", "c",
    "c", "c", "c",  "c",  "c", "c", "d",  "d",  "d",  "d", "e", "e", "e",  "e",  "e", "e", "e", "e",
    "e", "e", "g",  "g",  "g", "g", "g",  "g",  "g",  "g", "h", "h", "h",  "h",  "i", "i", "i", "i",
    "i", "i", "i",  "i",  "i", "i", "ij", "ij", "j",  "j", "k", "k", "k",  "l",  "l", "l", "l", "l",
    "l", "l", "l",  "l",  "l", "n", "n",  "n",  "n",  "n", "n", "n", "n",  "n",  "o", "o", "o", "o",
    "o", "o", "oe", "oe", "r", "r", "r",  "r",  "r",  "r", "s", "s", "s",  "s",  "s", "s", "s", "s",
    "t", "t", "t",  "t",  "t", "t", "u",  "u",  "u",  "u", "u", "u", "u",  "u",  "u", "u", "u", "u",
    "w", "w", "y",  "y",  "y", "z", "z",  "z",  "z",  "z", "z", "s"};
// From U+0386, modern pronunciation (ELOT 743 without its marks).
constexpr std::array<std::string_view, 73> kGreek{
    "a", "",  "e", "i", "i", "",  "o", "",  "y",  "o",  "i", "a", "v",  "g", "d",  "e",  "z", "i", "th",
    "i", "k", "l", "m", "n", "x", "o", "p", "r",  "",   "s", "t", "y",  "f", "ch", "ps", "o", "i", "y",
    "a", "e", "i", "i", "y", "a", "v", "g", "d",  "e",  "z", "i", "th", "i", "k",  "l",  "m", "n", "x",
    "o", "p", "r", "s", "s", "t", "y", "f", "ch", "ps", "o", "i", "y",  "o", "y",  "o"};
// From U+0400, as usual in English (BGN/PCGN without its marks; hard and soft signs are left out).
constexpr std::array<std::string_view, 96> kCyrillic{
    "e", "yo", "dj", "gj", "ye", "dz", "i",  "yi", "j",  "lj",   "nj", "c", "kj", "i", "u",  "dz",
    "a", "b",  "v",  "g",  "d",  "e",  "zh", "z",  "i",  "y",    "k",  "l", "m",  "n", "o",  "p",
    "r", "s",  "t",  "u",  "f",  "kh", "ts", "ch", "sh", "shch", "",   "y", "",   "e", "yu", "ya",
    "a", "b",  "v",  "g",  "d",  "e",  "zh", "z",  "i",  "y",    "k",  "l", "m",  "n", "o",  "p",
    "r", "s",  "t",  "u",  "f",  "kh", "ts", "ch", "sh", "shch", "",   "y", "",   "e", "yu", "ya",
    "e", "yo", "dj", "gj", "ye", "dz", "i",  "yi", "j",  "lj",   "nj", "c", "kj", "i", "u",  "dz"};

struct Block {
  std::uint32_t first;
  const std::string_view* letters;
  std::size_t size;
};
constexpr std::array<Block, 3> kBlocks{{{0xC0, kLatin.data(), kLatin.size()},
                                        {0x386, kGreek.data(), kGreek.size()},
                                        {0x400, kCyrillic.data(), kCyrillic.size()}}};

/// The code point at the start of `text`, which loses it; bytes that are no UTF-8 count as one each.
std::uint32_t take_code_point(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const std::size_t length = byte(0) < 0xC0 ? 1 : byte(0) < 0xE0 ? 2 : byte(0) < 0xF0 ? 3 : 4;
  std::uint32_t code = length == 1 ? byte(0) : byte(0) & (0xFFU >> (length + 1));
  bool is_whole = text.size() >= length;
  for (std::size_t i = 1; i < length && is_whole; ++i) {
    is_whole = (byte(i) & 0xC0U) == 0x80;
    code = code << 6U | (byte(i) & 0x3FU);
  }
  text.remove_prefix(is_whole ? length : 1);
  return is_whole ? code : 0;
}

/// Letters of an id for a code point; "-" where it separates words, empty where it is only a mark.
std::string letters_of(std::uint32_t code) {
  if (code < 0x80) {
    const char c = static_cast<char>(code);
    if (c >= 'A' && c <= 'Z') return {static_cast<char>(c - 'A' + 'a')};
    const bool is_kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    if (c == '\'') return {};
    return {is_kept ? c : '-'};
  }
  for (const Block& block : kBlocks) {
    if (code >= block.first && code < block.first + block.size)
      return std::string(block.letters[code - block.first]);
  }
  const bool is_combining = code >= 0x300 && code < 0x370;
  const bool is_apostrophe = code == 0x2018 || code == 0x2019 || code == 0x2BC;
  return is_combining || is_apostrophe ? "" : "-";
}

std::string letters_of(std::string_view text) {
  std::string id;
  while (!text.empty()) {
    for (const char c : letters_of(take_code_point(text))) {
      if (c != '-' || (!id.empty() && id.back() != '-')) id += c;
    }
  }
  while (!id.empty() && id.back() == '-') id.pop_back();
  return id;
}

std::string without_brackets(std::string_view name) {
  std::string out;
  int depth = 0;
  for (const char c : name) {
    depth += c == '(' ? 1 : 0;
    if (depth == 0) out += c;
    depth -= c == ')' && depth > 0 ? 1 : 0;
  }
  return out;
}

}  // namespace

std::string id_of(std::string_view name) {
  const std::string id = letters_of(without_brackets(name));
  return id.empty() ? letters_of(name) : id;
}

std::vector<std::string> ids_of(const std::vector<std::string>& names) {
  std::set<std::string> taken{"nobody"};
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::string base = id_of(names[i]);
    if (base.empty()) base = fmt::format("actor-{}", i + 1);
    std::string id = base;
    for (int n = 2; !taken.insert(id).second; ++n) id = fmt::format("{}-{}", base, n);
    ids.push_back(id);
  }
  return ids;
}

bool is_utf8(std::string_view text) {
  constexpr std::array<std::uint32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
  while (!text.empty()) {
    const auto first = static_cast<unsigned char>(text.front());
    if (first < 0x80) {
      text.remove_prefix(1);
      continue;
    }
    const std::size_t before = text.size();
    const std::uint32_t code = take_code_point(text);
    const std::size_t length = before - text.size();
    const bool is_surrogate = code >= 0xD800 && code < 0xE000;
    if (length < 2 || first >= 0xF8 || code < kLeast[length] || code > 0x10FFFF || is_surrogate) return false;
  }
  return true;
}

}  // namespace marchland::detail
