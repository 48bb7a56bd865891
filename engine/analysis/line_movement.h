#pragma once
// How the line of contact moved between two dates: what ground it swept, how far, and where most.
//
// Ground is swept where one side had it at the first date and the other at the second: the passings of
// changes.h, as exact integers, piece by piece (pieces.h). The displacement of a position of either line is
// its distance from the line of the other date, so it needs no matching of points; which part became which is
// asked for the Fréchet distance only. docs/design/movement.md has the reasons.
#include <marchland/analysis/contact_line.h>
#include <marchland/analysis/line_distance.h>
#include <marchland/analysis/pieces.h>

#include <optional>
#include <vector>

namespace marchland {

struct MovementOptions {
  Scope scope{};
  const Holders* borders = nullptr;  ///< may be null; as contact_line has them
  /// Between neighbouring positions at which distances are taken. Displacements are within half of it of
  /// those of the lines.
  Meters step{250.0};
  /// The Fréchet distance costs the product of the numbers of positions: beyond this product lines are
  /// taken at wider steps.
  std::size_t most_frechet_pairs = 1'000'000;
};

/// An unbroken stretch of the line of one date that runs along one piece of swept ground on either side, or
/// that the other date has too; `first` on the left.
struct MovedPart {
  std::vector<Position> positions;  ///< as ContactPart has them
  Meters length;                    ///< as drawn
  bool on_border = false;           ///< along a border in force at its date
  bool is_unchanged = false;        ///< the other date's line runs there, the same side on its left
  /// Its greatest distance from the line of the other date, from the position on the line of the first date
  /// to that of the second; 0 where unchanged. Nothing if the other date has no line.
  std::optional<LineDistance> displacement;
};

struct LineAtDate {
  std::vector<MovedPart> parts;  ///< ordered by their positions
  Meters length;                 ///< this and the next as contact_line has them
  Meters on_border;
  Meters unchanged;            ///< part of `length`
  std::size_t part_count = 0;  ///< unbroken stretches, each on borders or off them
};

/// A piece of ground that passed between the two sides: connected, in one direction.
struct Stretch {
  bool to_first = true;  ///< from `second`; else the other way
  AreaUnits area = 0;
  /// Whether the line of either date runs along it. If not, it passed apart from the line: ground that met
  /// the other side at neither date.
  bool is_swept = false;
  Meters line_before;  ///< of the line of the first date along it
  Meters line_after;
  /// Greatest displacement of the lines along it. Nothing where the line of the other date is missing, or
  /// where no line runs along it.
  std::optional<LineDistance> displacement;
  /// The same where both lines run along it: how deep it is. Of a pocket, which the line of one date
  /// encloses far from that of the other, displacement is how far off it lies and depth nothing.
  std::optional<LineDistance> depth;
  /// Area by the mean of line_before and line_after: by how much the line advanced there. Nothing where not
  /// both run along it.
  std::optional<Meters> advance;
  std::vector<std::size_t> places;        ///< indices into Atlas::places of those that passed with it
  std::optional<GeoLocation> in_largest;  ///< a point of its largest face, to look at on a map
};

/// Fréchet distance of parts that became each other.
struct PartMovement {
  LineDistance greatest;
  Meters step;  ///< the widest between positions: that asked for, or more where thinned; see line_distance.h
  Meters compared_before;  ///< length of the parts it was taken of
  Meters compared_after;
};

struct LineMovement {
  LineAtDate before;
  LineAtDate after;
  /// All that passed, as ChangeTable::transitions has it; of it apart from the line.
  AreaUnits to_first = 0;
  AreaUnits to_second = 0;
  AreaUnits to_first_apart = 0;
  AreaUnits to_second_apart = 0;
  std::vector<Stretch> stretches;  ///< greatest area first
  /// By face: 1 + index into `stretches`, or 0.
  std::vector<Category> stretch_of_face;
  /// Of both dates; nothing if one of them has no line.
  std::optional<Meters> mean_length;
  /// Swept by the line, by mean_length: to `first` less to `second`, positive where `first` advanced; and
  /// both added up.
  std::optional<Meters> mean_signed;
  std::optional<Meters> mean_absolute;
  /// Both added up by the mean length of what is not unchanged; nothing if all of it is unchanged.
  std::optional<Meters> mean_where_moved;
  /// Greatest displacement of all: the discrete Hausdorff distance of the two lines.
  std::optional<LineDistance> greatest;
  /// Greatest depth of a stretch: how far the line moved at most, pockets left out. Nothing without any.
  std::optional<LineDistance> depth;
  /// Parts of the two dates belong together where they share an edge or run along one piece of swept ground.
  /// It is taken where one part of either date makes up nine tenths of those that do, both open, or both
  /// closed with a corner in common; the greatest of all. Nothing where the parts along the
  /// deepest stretch are no such pair.
  std::optional<PartMovement> frechet;
};

/// From `from` to `to`, which may be in either order. Where a third holder's ground comes between the two
/// sides the line goes without sweeping anything; such ground is not in the account. Cost: as contact_line
/// and find_pieces; n log n in positions; the Fréchet distance up to most_frechet_pairs a pair of parts.
/// Throws InvalidArgument unless the step is positive, finite and gives at most 5 million positions.
[[nodiscard]] LineMovement line_movement(const Composite& composite, const FaceAreas& measured,
                                         const Holders& holders, Instant from, Instant to,
                                         const HolderTest& first, const HolderTest& second,
                                         const MovementOptions& options = {});

}  // namespace marchland
