#pragma once
// Lines to areas: a line drawn across a frame divides it, and each side is held by whom a rule names.
// Question of the room: how do lines and points become areas?
//
// Lines of one date and the frame are noded on the grid (detail/noding.h: vertices stay, only meeting points
// are rounded); the pieces between them are coloured so that every passing across the line changes the
// colour, and the colour that lies left of most of the line is its left. Nothing is guessed: ends that stop
// short are extended by the declared rule only, ground that no rule assigns stays unknown, and both are
// findings. See docs/design/derived.md.
#include <marchland/base/findings.h>
#include <marchland/base/ids.h>
#include <marchland/geometry/shapes.h>
#include <marchland/time/instant.h>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace marchland {

/// What becomes of a line's end inside the frame that meets no other line.
enum class LineExtension : std::uint8_t {
  none,      ///< it stays where it is
  nearest,   ///< a straight step to the nearest point of the frame's boundary
  straight,  ///< its last step is prolonged until it meets the frame's boundary
};

/// All lines of one date.
struct DatedLine {
  Instant at;
  MultiLine pieces;    ///< degrees, each in its direction; a closed one is a pocket
  std::string origin;  ///< for findings: file, layer, feature
};

/// Who holds the piece of the frame about a point, where no line tells.
struct Seed {
  ActorId actor;
  Position at;
};

struct DivisionRule {
  /// Who holds the left and the right of lines, looking along them. Without them seeds tell for each date.
  std::optional<ActorId> left, right;
  /// Of pieces that no line touches; of sides too, where left and right are not stated.
  std::vector<Seed> seeds;
  LineExtension extension = LineExtension::none;
  /// Extensions that would be longer are not made.
  Meters within;
};

struct HeldGround {
  ActorId actor;
  MultiPolygon area;
};

struct DividedDate {
  std::vector<HeldGround> held;  ///< by actor, each once; valid polygons, shells counter-clockwise
  MultiPolygon unknown;          ///< what no rule assigns
  /// Some line divides the frame, every piece it touches has a holder, and where left and right tell, no more
  /// than a tenth of the lines' length has them the other way round.
  bool is_clear = false;
};

struct DividedFrame {
  std::vector<DividedDate> dates;  ///< as the lines came
  /// The frame with every point where a line of any date meets it: what held and unknown ground of each date
  /// add up to exactly, and what they share every vertex with. Its boundary is off the frame's as given by at
  /// most half a grid unit (5.6 mm) in longitude and latitude, for each time points were added to a step.
  MultiPolygon frame;
  std::size_t added = 0;  ///< such points
  Findings findings;
};

/// Divides `frame` by the lines of each date. Order of dates, of pieces and of polygons changes no area.
///
/// Findings, with instant and place:
///   line-extended          info     an end was prolonged; how far
///   line-too-short         warning  an end inside the frame was not (rule none, or beyond `within`)
///   line-outside           warning  a line that does not meet the frame
///   line-without-extent    warning  fewer than two different positions on the grid
///   line-repeated          info     several lines of a date run along one another in one direction: how far;
///                                   they count once
///   line-runs-back         warning  lines run there and back along one another, or one line twice: how far;
///                                   they part nothing there
///   line-turns-back        warning  part of the line has its left on the other side than most of it
///   line-does-not-divide   warning  the frame stays in one piece, or the sides cannot be told
///   seed-outside           warning  a seed outside the frame or on its boundary (once)
///   seed-on-line           warning  a seed on a line of the date, which names no side
///   seed-contradicts       warning  seeds and sides, or two seeds, disagree about a piece; sides hold, of
///                                   seeds neither
///   ground-undecided       info     pieces nobody was named for: how many, how large, where the largest is
///   frame-noded            info     how many points were added to the frame (once)
/// Throws InvalidData for positions that are none, for lines and frames across the antimeridian and a frame
/// without extent.
[[nodiscard]] DividedFrame divide_frame(const MultiPolygon& frame, std::span<const DatedLine> lines,
                                        const DivisionRule& rule);

}  // namespace marchland
