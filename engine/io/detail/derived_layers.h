#pragma once
// Layers whose areas are derived: what the manifest says of them, and how their rows become statements.
#include <marchland/derive/divide_frame.h>
#include <marchland/derive/nearest_cells.h>
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
                                                 std::optional<GazetteerSpec> places,
                                                 std::optional<FileSpec> barriers);
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
/// row of a date with "/actor" added. `rings` has those of the atlas. Gives the frame with the points where
/// lines meet it.
MultiPolygon add_front_statements(Atlas& atlas, SharedRings& rings, LayerId layer, const LinesToAreas& spec,
                                  const MultiPolygon& frame, const std::vector<FrontRow>& rows);

/// One observation: who holds a place from an instant on.
struct PlaceRow {
  Instant at;
  std::string id, note, origin;
  std::string place;
  std::vector<ActorId> holders;  ///< sorted; several: contested; none: unknown
  Certainty certainty = Certainty::confirmed;
  std::optional<Position> position;  ///< where the row says the place is
};

/// Whitespace of any kind, non-breaking too, as single spaces, none at the ends.
[[nodiscard]] std::string plain_spaces(const std::string& text);

/// What the files beside the rows of a layer of places give.
struct PlaceGround {
  MultiPolygon frame;
  std::vector<Site> gazetteer;  ///< locates places whose rows give no position
  MultiLine barriers;
};

struct SharedGround {
  MultiPolygon frame;       ///< with the points where edges of cells and barriers meet it
  std::vector<Site> sites;  ///< places that have ground, by name
};

/// Adds the statements of a layer of places: the cell of each place to its holders from row to row.
/// Statements are called as the row that begins them (with "/actor" added where several hold the place).
///
/// Findings: axis-order (warning: places lie about the frame with longitude and latitude exchanged only),
/// place-unlocated (warning, all names), place-moves (warning: rows put it at several places; the
/// one most rows give is used), place-disputed (warning: rows of one instant differ; all hold),
/// gazetteer-ambiguous (warning: several of that name; none is used), and those of nearest_cells. Names are
/// compared by their form (model/name_form.h), and shown as the first row writes them.
SharedGround add_place_statements(Atlas& atlas, SharedRings& rings, LayerId layer, const PointsToAreas& spec,
                                  const PlaceGround& ground, const std::vector<PlaceRow>& rows);

/// Adds sites to the atlas's places, but for those that have one of their name at their position.
void add_places(Atlas& atlas, const std::vector<Site>& sites);

}  // namespace marchland::detail
