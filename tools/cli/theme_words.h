#pragma once
// How a result folder speaks of a theme: who claims ground need not hold it.
#include <marchland/model/atlas.h>

namespace marchland::cli {

struct ThemeWords {
  const char* state;           ///< of a date: "who held what"
  const char* at_dates;        ///< "Control by date"
  const char* areas;           ///< heading: "Areas"
  const char* days;            ///< heading: "Days under each holder"
  const char* how_long;        ///< "how long each party had how much ground"
  const char* places;          ///< "how long each party had each place"
  const char* changed;         ///< "ground that changed hands"
  const char* places_changed;  ///< "places that changed hands"
  const char* line;            ///< "line of contact"
  const char* lines;           ///< heading: "Lines of contact"
};

[[nodiscard]] const ThemeWords& words_of(Theme theme);

}  // namespace marchland::cli
