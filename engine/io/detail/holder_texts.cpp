#include <marchland/io/detail/derived_layers.h>
#include <marchland/io/detail/holder_texts.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace marchland::detail {
namespace {

using Names = std::vector<std::string>;
using Counts = std::map<std::string, std::size_t>;

constexpr std::array<std::string_view, 8> kContested{"contested", "disputed", "shared",     "sharedcontrol",
                                                     "mixed",     "divided",  "contesting", "mixedcontrol"};
constexpr std::array<std::string_view, 22> kUnknown{
    "unknown", "notknown", "unclear", "undetermined", "uncertain", "unconfirmed", "uncontrolled", "na",
    "none",    "null",     "nan",     "nodata",       "noone",     "nomansland",  "grayzone",     "greyzone",
    "truce",   "neutral",  "tbd",     "notavailable", "nocontrol", "unspecified"};

template <std::size_t N>
bool is_among(std::string_view word, const std::array<std::string_view, N>& list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

/// Takes out of holders, most frequent first, what is the names of two others and nothing else.
void take_joint(HolderTexts& texts) {
  for (std::size_t i = 0; i < texts.holders.size(); ++i) {
    const std::string& holder = texts.holders[i];
    // Of those that more rows name: "A B" can be the name of one holder, and "A" of another.
    const auto end = texts.holders.begin() + static_cast<std::ptrdiff_t>(i);
    const Names named = holders_named_in(holder, Names(texts.holders.begin(), end));
    if (named.size() != 2) continue;
    const std::string text = letters_and_digits(holder);
    const std::string a = letters_and_digits(named[0]);
    const std::string b = letters_and_digits(named[1]);
    if (text != a + b && text != b + a) continue;
    texts.contested[holder] = named;
    texts.joint.push_back(holder);
  }
  std::erase_if(texts.holders, [&](const std::string& holder) { return texts.contested.contains(holder); });
}

/// Ground is contested between those that the text names, or else between the two that most rows name, if no
/// third comes near; otherwise it is unknown who holds it.
void share_contested(const Names& contested, const Counts& counts, HolderTexts& texts) {
  constexpr std::size_t kFarBehind = 10;
  const Names& holders = texts.holders;
  const bool are_two = holders.size() == 2 ||
                       (holders.size() > 2 && kFarBehind * counts.at(holders[2]) < counts.at(holders[1]));
  for (const std::string& text : contested) {
    const Names named = holders_named_in(text, holders);
    if (named.size() >= 2) {
      texts.contested[text] = named;
    } else if (are_two) {
      texts.contested[text] = {holders[0], holders[1]};
      texts.by_most.push_back(text);
    } else {
      texts.undecided.push_back(text);
    }
  }
}

}  // namespace

HolderWord holder_word(std::string_view value, std::string_view field) {
  const std::vector<std::string> words = words_of(value);
  const std::string plain = letters_and_digits(value);
  const bool has_letters = !words.empty() || std::any_of(value.begin(), value.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 0x80;  // of another alphabet
  });
  if (is_among(plain, kUnknown) || trimmed(value) == "?") return HolderWord::unknown;
  if (!has_letters || plain == letters_and_digits(field)) return HolderWord::nothing;
  // "3 Oct 2022" slipped in from a column of dates.
  constexpr std::array<std::string_view, 12> kMonths{"january",   "february", "march",    "april",
                                                     "may",       "june",     "july",     "august",
                                                     "september", "october",  "november", "december"};
  constexpr std::size_t kShortest = 3;
  const bool is_date = words.size() == 1 && words.front().size() >= kShortest &&
                       value.find_first_of("0123456789") != std::string_view::npos &&
                       std::any_of(kMonths.begin(), kMonths.end(),
                                   [&](std::string_view month) { return month.starts_with(words.front()); });
  if (is_date) return HolderWord::nothing;
  const bool is_contested = is_among(plain, kContested) ||
                            (!words.empty() && (words.front() == "contested" || words.front() == "disputed"));
  return is_contested ? HolderWord::contested : HolderWord::holder;
}

std::vector<std::string> holders_named_in(std::string_view value, const std::vector<std::string>& holders) {
  std::vector<std::string> named;
  std::vector<std::string> names;  // writings that differ in case or punctuation are one name
  const std::string text = letters_and_digits(value);
  for (const std::string& holder : holders) {
    const std::string name = letters_and_digits(holder);
    const bool is_new = std::find(names.begin(), names.end(), name) == names.end();
    if (name.empty() || name == text || !is_new || text.find(name) == std::string::npos) continue;
    named.push_back(holder);
    names.push_back(name);
  }
  return named;
}

HolderTexts sort_holder_texts(const Column& column) {
  Counts counts;
  for (const auto& value : column.values) ++counts[plain_spaces(value.value_or(""))];
  HolderTexts texts;
  Names contested;
  for (const auto& [text, count] : counts) {
    switch (holder_word(text, column.name)) {
      case HolderWord::holder:
        texts.holders.push_back(text);
        break;
      case HolderWord::contested:
        contested.push_back(text);
        break;
      case HolderWord::unknown:
        texts.unknown.push_back(text);
        break;
      case HolderWord::nothing:
        texts.nothing.push_back(text);
        texts.nothing_rows += count;
        break;
    }
  }
  std::stable_sort(texts.holders.begin(), texts.holders.end(),
                   [&](const auto& a, const auto& b) { return counts.at(a) > counts.at(b); });
  take_joint(texts);
  share_contested(contested, counts, texts);
  // A remark in the wrong column is rarely written often.
  constexpr std::size_t kFewRows = 3;
  for (const std::string& holder : texts.holders) {
    if (counts.at(holder) <= kFewRows && counts.at(texts.holders.front()) > 10 * kFewRows)
      texts.rare.push_back(fmt::format("'{}' x {}", holder, counts.at(holder)));
  }
  return texts;
}

}  // namespace marchland::detail
