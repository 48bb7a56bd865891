#pragma once
// Colours for actors that declare none.
#include <cstddef>
#include <string>
#include <vector>

namespace marchland::detail {

/// `count` colours (#rrggbb) beside those that are declared, always the same, and each the same whatever
/// follows it. As long as there are any, such as a grey print (12 of CIE L*) and every kind of colour vision
/// (15 of CIEDE2000) tell from all before them: of a palette of ten first, whose first five are told apart,
/// then of hues of CIELAB by the golden angle with alternating lightness. Then what is 20 of CIELAB from all
/// of them, in the same order: the rest of the palette (Okabe and Ito 2008), some fifty hues. At last
/// whichever of the next is farthest from those there are. Precondition: every declared one is #rrggbb.
[[nodiscard]] std::vector<std::string> colors(std::size_t count,
                                              const std::vector<std::string>& declared = {});

}  // namespace marchland::detail
