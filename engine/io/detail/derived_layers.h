#pragma once
// Layers whose areas are derived: what the manifest says of them, and how their rows become statements.
#include <marchland/derive/divide_frame.h>
#include <marchland/io/detail/manifest_table.h>
#include <marchland/io/manifest.h>
#include <marchland/model/atlas.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace marchland::detail {

/// The table [layer.KEY], its keys checked.
[[nodiscard]] Table derivation_table(const Table& layer, const std::string& key);

/// The declared actor of that id; otherwise the error names table, key and the nearest one.
[[nodiscard]] ActorId find_actor(const Table& table, std::string_view key, const Atlas& atlas,
                                 const std::string& id);

/// "a+b" gives a and b.
[[nodiscard]] std::vector<std::string> split_holders(const std::string& text);

[[nodiscard]] LinesToAreas read_lines_to_areas(const Table& layer, const Atlas& atlas, FileSpec frame);
[[nodiscard]] PointsToAreas read_points_to_areas(const Table& layer, FileSpec frame,
                                                 std::optional<FileSpec> places);
/// Keys of a layer that its derivation cannot be together with.
void check_derivation(const Table& layer, const LayerSpec& spec);

/// Lines of one feature and date.
struct FrontRow {
  Instant at;
  std::string id, note, origin;
  Certainty certainty = Certainty::confirmed;
  MultiLine lines;  ///< may be empty: from its date on there is no front
};

/// Adds the statements and findings of a layer of lines, and closes its snapshots. Ids are those of the first
/// row of a date with "/actor" added. Gives the frame with the points where lines meet it.
MultiPolygon add_front_statements(Atlas& atlas, LayerId layer, const LinesToAreas& spec,
                                  const MultiPolygon& frame, const std::vector<FrontRow>& rows);

}  // namespace marchland::detail
