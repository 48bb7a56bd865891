#include "tools/cli/theme_words.h"

namespace marchland::cli {

const ThemeWords& words_of(Theme theme) {
  static constexpr ThemeWords kControl{"who held what",
                                       "Control by date",
                                       "Areas",
                                       "Days under each holder",
                                       "how long each party had how much ground",
                                       "how long each party had each place",
                                       "ground that changed hands",
                                       "places that changed hands",
                                       "line of contact",
                                       "Lines of contact"};
  static constexpr ThemeWords kClaim{"who claimed what",
                                     "Claims by date",
                                     "Areas claimed",
                                     "Days claimed by each party",
                                     "how long each party claimed how much ground",
                                     "how long each party claimed each place",
                                     "ground whose claimant changed",
                                     "places whose claimant changed",
                                     "line between claims",
                                     "Lines between claims"};
  static constexpr ThemeWords kBorder{"what lay within whose borders",
                                      "Borders by date",
                                      "Areas within borders",
                                      "Days within the borders of each party",
                                      "how long how much ground lay within each party's borders",
                                      "how long each place lay within each party's borders",
                                      "ground that borders left to another party",
                                      "places that borders left to another party",
                                      "common border",
                                      "Common borders"};
  static constexpr ThemeWords kZone{"what lay in whose zones",
                                    "Zones by date",
                                    "Areas of zones",
                                    "Days in the zones of each party",
                                    "how long how much ground lay in each party's zones",
                                    "how long each place lay in each party's zones",
                                    "ground whose zone changed",
                                    "places whose zone changed",
                                    "line between zones",
                                    "Lines between zones"};
  switch (theme) {
    case Theme::control:
      return kControl;
    case Theme::claim:
      return kClaim;
    case Theme::border:
      return kBorder;
    case Theme::zone:
      return kZone;
  }
  return kControl;
}

}  // namespace marchland::cli
