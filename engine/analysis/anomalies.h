#pragma once
// What is odd in a history although every statement by itself is fine: found from figures and ground through
// time, told with place and date, never acted upon.
#include <marchland/analysis/holders.h>
#include <marchland/base/findings.h>

namespace marchland {

/// Findings of one theme, by the rule and sources of `holders`, sorted by date, then code:
///   area-jump       warning  the area of a holder changes from one date to the next far more than it ever
///                            does: beyond Tukey's outer fence (Exploratory Data Analysis, 1977, 2D: third
///                            quartile plus three interquartile ranges) of the logarithms of all its changes,
///                            of at least 12. Located in the largest face that changed
///   actor-vanishes  warning  an actor that holds ground before and after holds none in between: for at most
///                            a day, or on one date of a snapshot layer. Located where it was before
///   gap             info     ground that no statement covers, enclosed by two holders or more (by a pole or
///                            across the antimeridian too where the study area or a region covers it:
///                            elsewhere such ground is open to the side of the map, which encloses nothing;
///                            warning where it is narrower than kSliverWidth: neighbours that do not quite
///                            meet)
///   before-differs  warning  an event says whom it takes the ground from (Statement::taken_from), but by its
///                            own source another held some of it just before. Located in the largest face of
///                            that; one finding for each layer, date and pair of actors
/// `gap` looks at every date at which anything changes or, of long histories of many lines, at some of them
/// and the last, and says so. Each gap is told once, at its first date.
[[nodiscard]] Findings find_anomalies(const Composite& composite, const FaceAreas& measured,
                                      const Holders& holders);

/// Findings of statements and layers against each other, in the order of kinds below, then of layers:
///   far-piece   warning  a polygon lies far outside what its layer and actor usually cover: clear of the box
///                        of all but the outermost 5 % of positions to each side, enlarged by its own size on
///                        each. Of at least kFewPolygons polygons that reach over less than half the globe,
///                        and unless more than a quarter of the statements have such; one finding for each
///                        layer and actor
///   axis-order  warning  a layer shares no ground with all others, the regions, the study area and the
///                        places, but would with latitude and longitude exchanged
///   missing-dates info  dates that a daily snapshot layer has no state for (of at least kFewDates, half of
///                        them a day apart), and what holds then
[[nodiscard]] Findings find_misplaced(const Atlas& atlas);

inline constexpr Meters kSliverWidth{100.0};
inline constexpr std::size_t kFewPolygons = 20;
inline constexpr std::size_t kFewDates = 10;

}  // namespace marchland
