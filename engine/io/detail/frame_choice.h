#pragma once
// Which ground of a file of areas dated lines divide, or places share out: tried before it is proposed.
//
// A file of states holds more than those at war. Lines reach from one side to the other of the ground they
// divide, so neighbours at their ends keep them from dividing anything; those areas are the frame that lines
// lead through, or that have places in them.
#include <marchland/derive/divide_frame.h>
#include <marchland/io/detail/column_roles.h>
#include <marchland/io/detail/data_files.h>
#include <marchland/io/vector_file.h>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace marchland::detail {

/// Areas by their names; without a field that names them all are under "".
using NamedAreas = std::map<std::string, MultiPolygon>;

/// By the first value of its features' fields; an area without a name is under "".
[[nodiscard]] NamedAreas areas_by_name(VectorTable table);

/// The areas with at least one of `points`, and at least that share of them, in them; those with most first.
[[nodiscard]] std::vector<std::string> names_around(const NamedAreas& areas,
                                                    const std::vector<Position>& points, double least_share);
/// A line that strays over a border, or ends just beyond it, does not lead through the neighbour.
inline constexpr double kLeastOfLines = 0.02;

/// The lines of each date, in order of time: by a column of dates, or file by file. Rows without a date or a
/// line are passed over.
[[nodiscard]] std::vector<DatedLine> read_dated_lines(const std::vector<DataFile>& files,
                                                      const std::string& layer, const std::string& crs,
                                                      const std::optional<DateColumn>& column,
                                                      const std::vector<DateSpan>& by_file);

struct LineTrial {
  std::vector<std::string> names;  ///< the areas that were divided, sorted; empty: all
  std::size_t dates = 0;           ///< tried
  std::size_t clear = 0;           ///< on which the lines divide the ground, and no end of theirs stops short
  std::string reason;              ///< what was found about the first date that was not clear
};

/// Divides the ground by the lines of kTriedDates dates at most (evenly, first and last among them), once all
/// of it and, unless every date is clear, the areas that lines lead through (without those with the fewest of
/// their vertices, while fewer than half of the dates are clear); what is divided on most dates, all if
/// equal. What divide_frame throws about a frame counts as no date divided.
[[nodiscard]] LineTrial try_lines(const NamedAreas& areas, const std::vector<DatedLine>& lines,
                                  const DivisionRule& rule);
inline constexpr std::size_t kTriedDates = 12;

}  // namespace marchland::detail
