#pragma once
// What the texts of a column of holders mean.
//
// Tables of who holds which place are written by many hands: beside names of holders there are words for
// contested and unknown ground, and remarks that slipped into the column. None is dropped: each is a holder,
// or is listed by what it is.
#include <marchland/io/detail/column_roles.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace marchland::detail {

enum class HolderWord : std::uint8_t {
  holder,     ///< a name, or a remark that cannot be told from one
  contested,  ///< "Contested", "disputed"
  unknown,    ///< "Unknown", "gray zone", "n/a"
  nothing,    ///< empty, a date, a number, the column's own name
};

/// `field` is the column's name.
[[nodiscard]] HolderWord holder_word(std::string_view value, std::string_view field);

/// The holders that a text names, of those given: "Contested Ukraine" names Ukraine, "Ukraine/Russia" both.
/// Of several writings of a name the first.
[[nodiscard]] std::vector<std::string> holders_named_in(std::string_view value,
                                                        const std::vector<std::string>& holders);

/// All texts of a column, spaces of any kind alike (plain_spaces), each in one of the lists.
struct HolderTexts {
  std::vector<std::string> holders;                           ///< those that most rows name first
  std::map<std::string, std::vector<std::string>> contested;  ///< between which holders
  std::vector<std::string> unknown;                           ///< nobody can say
  std::vector<std::string> undecided;  ///< contested, and it cannot be told between whom
  std::vector<std::string> nothing;    ///< state nothing
  std::size_t nothing_rows = 0;

  // For messages, of those above:
  std::vector<std::string> joint;  ///< contested: the names of two holders and nothing else
  std::vector<std::string>
      by_most;  ///< contested between the two that most rows name, because no third comes near
  std::vector<std::string> rare;  ///< holders that few rows name, with their number
};

[[nodiscard]] HolderTexts sort_holder_texts(const Column& column);

}  // namespace marchland::detail
