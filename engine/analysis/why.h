#pragma once
// Why the account says who holds a point: the statements that cover it, their sources, what became of each by
// the rule, and who held it before and after.
#include <marchland/analysis/holders.h>
#include <marchland/analysis/scope.h>
#include <marchland/geometry/exact_point.h>
#include <marchland/model/knowledge.h>

#include <optional>
#include <string_view>
#include <vector>

namespace marchland {

/// A statement that covers a point at a date, or may by its dates.
struct Testimony {
  std::uint32_t statement = 0;  ///< index into Atlas::statements
  Standing standing = Standing::decides;
};

/// A statement that covered a point at a date, and counts no longer.
struct SetAside {
  std::uint32_t statement = 0;  ///< index into Atlas::set_aside
  SettingAside by;
  [[nodiscard]] Standing standing() const {
    return by.is_retracted ? Standing::retracted : Standing::superseded;
  }
};

/// A stretch of time through which the point has the same holder.
struct Tenure {
  Interval when;
  HolderIndex holder = kUnknown;
};

/// Of ground of one coverage: all of time, in order, without a gap; of an atlas with a window, all of that
/// (what began before it begins with it).
[[nodiscard]] std::vector<Tenure> tenures_of(const Composite& composite, const Holders& holders,
                                             CoverageIndex coverage);

/// What became of a place of the gazetteer.
struct PlaceHistory {
  std::size_t place = 0;  ///< index into Atlas::places
  std::vector<Tenure> tenures;
  /// How often it passed to another holder than the last known one: stretches in which nothing is known are
  /// passed over, contested sets are holders of their own.
  std::size_t changes = 0;
  std::optional<Instant> last_change;  ///< to the holder it has at the end of time, or had last
};

/// Those that changed hands most often first, then by name, then as the gazetteer has them. On lines as
/// Explanation has it.
[[nodiscard]] std::vector<PlaceHistory> place_histories(const Composite& composite, const Holders& holders,
                                                        const Scope& scope = {});

struct Explanation {
  GridPoint point;
  FaceIndex face = kUnboundedFace;
  HolderIndex holder = kUnknown;
  /// By the dates that are possible (date_doubt.h); one set where none is in doubt.
  std::vector<std::vector<ActorId>> possible;
  Interval holds;                      ///< the tenure that the date lies in
  std::vector<Testimony> testimonies;  ///< those that decide first; then as the atlas has them
  std::vector<SetAside> set_aside;     ///< in the order of the atlas
  std::vector<Tenure> history;         ///< as tenures_of has it
  std::vector<RegionId> regions;       ///< that the point lies in, in the order of the atlas
  bool is_in_study_area = true;        ///< true where there is none
};

/// A point on a line belongs to the ground south of it, on a vertical line to that west of it. `areas` has
/// the statements of the composite's atlas in the same order, with the lines that were arranged: where the
/// atlas is harmonised that is harmonise(atlas).atlas, otherwise the atlas itself. Cost: once over the
/// positions of the statements of the theme that hold at the date.
[[nodiscard]] Explanation explain(const Composite& composite, const Holders& holders, const Atlas& areas,
                                  GridPoint point, Instant at);

/// The places of that name, main or other, upper and lower case alike (ASCII), in either form of Unicode
/// (model/name_form.h). Throws InvalidArgument with
/// the nearest name where there is none.
[[nodiscard]] std::vector<std::size_t> find_places(const Atlas& atlas, std::string_view name);

}  // namespace marchland
