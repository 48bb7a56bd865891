#include <marchland/io/detail/raster_year.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace marchland::detail {
namespace {

bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}
bool is_letter(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0;
}

/// The word that stands before a number, in small letters: "r" of "R2023A", "epoch" of "epoch: 2020". Blanks
/// and marks may lie between them.
struct WordBefore {
  std::string word;
  bool is_joined = false;  ///< nothing lies between
};
WordBefore word_before(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end > 0 && !is_letter(text[end - 1]) && !is_digit(text[end - 1])) --end;
  std::size_t begin = end;
  while (begin > 0 && is_letter(text[begin - 1])) --begin;
  WordBefore out{std::string(text.substr(begin, end - begin)), end == at};
  std::transform(out.word.begin(), out.word.end(), out.word.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

template <std::size_t N>
bool is_one_of(const std::string& word, const std::array<const char*, N>& words) {
  return std::any_of(words.begin(), words.end(), [&](const char* other) { return word == other; });
}

constexpr std::array<const char*, 6> kEditions{"rev", "revision", "ver", "version", "release", "edition"};
constexpr std::array<const char*, 5> kJoinedEditions{"r", "v", "epsg", "ed", "rel"};
constexpr std::array<const char*, 3> kEpochs{"epoch", "year", "yr"};
constexpr std::array<const char*, 2> kJoinedEpochs{"e", "y"};

}  // namespace

std::vector<std::string> years_in(std::string_view text) {
  std::vector<std::string> marked;
  std::vector<std::string> plain;
  const auto add = [](std::vector<std::string>& to, std::string_view year) {
    if (std::find(to.begin(), to.end(), year) == to.end()) to.emplace_back(year);
  };
  for (std::size_t i = 0; i < text.size();) {
    if (!is_digit(text[i])) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < text.size() && is_digit(text[end])) ++end;
    const std::string_view year = text.substr(i, end - i);
    const WordBefore before = word_before(text, i);
    i = end;
    if (year.size() != 4 || year < "1500" || year > "2100" || is_one_of(before.word, kEditions) ||
        (before.is_joined && is_one_of(before.word, kJoinedEditions))) {
      continue;
    }
    const bool is_marked =
        is_one_of(before.word, kEpochs) || (before.is_joined && is_one_of(before.word, kJoinedEpochs));
    add(is_marked ? marked : plain, year);
  }
  return marked.empty() ? plain : marked;
}

}  // namespace marchland::detail
