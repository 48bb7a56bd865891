#pragma once
// How large was what each held, and what of it lay where.
#include <marchland/analysis/holders.h>
#include <marchland/analysis/scope.h>

#include <optional>
#include <string>
#include <vector>

namespace marchland {

struct AreaOptions {
  Scope scope;
  bool by_region = false;  ///< a table for each region of the scope (of the atlas if it names none)
  bool by_group = false;   ///< actors of one group at the date count together, under the group's id
};

/// Ground that one set of holders has. Contested sets are holders of their own, so rows never overlap.
struct AreaRow {
  Instant at;
  std::optional<RegionId> region;  ///< with by_region
  std::string holder;              ///< actor or group id, "a+b" if contested, empty if unknown
  bool is_contested = false;
  AreaUnits area = 0;
  AreaUnits outside_study_area = 0;  ///< held but not in `area`; 0 with regions
  AreaUnits denominator = 0;         ///< of the share
  std::string share_of;              ///< "study_area", "region" or "held"
  /// Least and greatest `area` over the possible dates of statements (date_doubt.h); where none of the ground
  /// is in doubt at the date, nothing. Positions of lines are not in it.
  std::optional<AreaUnits> date_low{};
  std::optional<AreaUnits> date_high{};
  bool date_is_outer = false;  ///< dates may allow less than these two (DateBand::is_outer)
};

/// Rows by date as given, then region, then greatest area first (unknown last). Over one date and region the
/// areas add up to the denominator exactly. Who holds nothing, but may by dates in doubt, has a row too.
[[nodiscard]] std::vector<AreaRow> areas(const Composite& composite, const FaceAreas& measured,
                                         const Holders& holders, const std::vector<Instant>& at,
                                         const AreaOptions& options = {});

/// How one side of a matrix divides the ground.
struct Division {
  std::vector<std::string> names;  ///< of categories; unknown or "outside every region" is the empty name
  /// The categories of each face. Holders give one each; regions any number.
  std::vector<std::vector<std::uint32_t>> by_face_class;
  std::vector<std::uint32_t> face_class;
};
[[nodiscard]] Division divide_by_holders(const Composite& composite, const Holders& holders, Instant at);
[[nodiscard]] Division divide_by_regions(const Composite& composite);

struct OverlapRow {
  std::string row;
  std::string col;
  AreaUnits area = 0;
  /// All that the row's (the column's) category has in the scope, whatever the other side is there: what
  /// shares are of. 0 where that has no edge: ground that is unknown or outside every region, of a scope
  /// without one.
  AreaUnits row_area = 0;
  AreaUnits col_area = 0;
};

/// Areas of all non-empty combinations, by row name, then column name. Cells add up to the scope where
/// neither side has overlapping categories (regions may).
[[nodiscard]] std::vector<OverlapRow> overlaps(const Composite& composite, const FaceAreas& measured,
                                               const Division& rows, const Division& cols,
                                               const Scope& scope);

}  // namespace marchland
