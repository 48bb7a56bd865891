#pragma once
// Bands beside figures: within which, as far as lines are concerned, they lie with a probability of 95 %.
#include "tools/cli/query.h"
#include <marchland/analysis/area_error_series.h>
#include <marchland/analysis/groups.h>
#include <marchland/analysis/noise_floor.h>
#include <marchland/analysis/positional_error.h>

#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace marchland::cli {

/// What bands of one theme are made from. Composite and holders must outlive it; it is neither copied nor
/// moved.
class Bands {
 public:
  Bands(const Session& session, const Holders& holders);
  Bands(const Bands&) = delete;
  Bands& operator=(const Bands&) = delete;

  [[nodiscard]] const LineMap& lines() const { return lines_; }
  [[nodiscard]] const Holders& holders() const { return *holders_; }
  [[nodiscard]] AreaErrors within(const Scope& scope) const {
    return {lines_, faces_in_scope(session_->composite(), scope)};
  }
  /// The ground at a date by the names that holders have then (analysis/groups.h), each a part.
  [[nodiscard]] DrawnGround ground(Instant at, const std::vector<std::string>& names,
                                   DrawnGround::Unknown unknown = DrawnGround::Unknown::walked) const;
  /// Parts of holders by their names, and the number of a name; unknown is 0.
  static std::vector<DrawnGround::Part> parts_of(const std::vector<std::string>& names);
  static DrawnGround::Part part_of(const std::vector<std::string>& names, const std::string& name);

 private:
  const Session* session_;
  const Holders* holders_;
  LineMap lines_;
};

/// The error of a part; of one that has no ground at the date, and whose name no holder has, none.
[[nodiscard]] AreaError error_of(const std::vector<AreaError>& errors, DrawnGround::Part part);

/// Sets both keys. They are null where the error is not known, with `without_sigma_m`, and where there is
/// ground but no drawn line bounds it: how sure a region's or the study area's border is nobody says.
/// `is_sure`: of a share whose both sides have the same lines, which cancel: then it is exact without any.
void add_band(Json& row, const BandKeys& keys, double figure, const AreaError& error, double least,
              double most, bool is_sure = false);
/// The error of a gain, a loss or what passed, with the noise floor of the line; not known where that is not.
[[nodiscard]] AreaError gross(AreaError error, const NoiseFloor& floor);
/// The same of what was held throughout.
[[nodiscard]] AreaError held(AreaError error, const NoiseFloor& floor);

/// The error of what passed: no more does by drawing anew than the line of either side yields.
[[nodiscard]] AreaError passed(const AreaError& error, const NoiseFloor& from, const NoiseFloor& to);

/// Bands of what changed between two dates, and of what did not. All arguments must outlive it.
class ChangeBands {
 public:
  /// `before`, `after`: names by holder.
  ChangeBands(const Bands& bands, Instant from, Instant to, const std::vector<std::string>& before,
              const std::vector<std::string>& after);

  /// Before anything is asked of a part of the ground. `passed` is all that passed, or stayed, within it.
  void within(const Scope& scope, const std::vector<NamedTransition>& passed);
  /// By holder, within that part.
  [[nodiscard]] const std::vector<NoiseFloor>& floors() const { return by_holder_; }

  /// Sets net_m2 and the bands of all. Ground that passed from one holder alone has the band that it has as a
  /// transition; and where nothing was gained, or lost, that admits what the net band does: a line in doubt
  /// may have moved the other way.
  void add(Json& row, const NamedChange& change);
  void add(Json& row, const NamedTransition& transition);

 private:
  [[nodiscard]] AreaError error(const std::string& from, const std::string& to,
                                const OverlapWeights& weights) const;
  [[nodiscard]] AreaError error_of(const NamedTransition& transition) const;
  /// The one transition that a gain, or a loss, consists of; null where there are several.
  [[nodiscard]] const NamedTransition* only_passing(const std::string& name, bool is_gain) const;

  const Bands* bands_;
  Instant from_;
  Instant to_;
  const std::vector<std::string>* before_names_;
  const std::vector<std::string>* after_names_;
  DrawnGround before_;
  DrawnGround after_;
  std::optional<AreaErrors> within_;
  std::vector<NoiseFloor> by_holder_;
  std::map<std::string, NoiseFloor> by_name_;
  std::vector<NamedTransition> passed_;
};

/// The last column, an area, with its band behind it.
void add_area_band_column(Table& table);

/// Values of the columns low_m2 and high_m2 of a feature; null where the error is not known.
struct BandValues {
  FieldValue low;
  FieldValue high;
};
[[nodiscard]] BandValues band_values(double figure, const AreaError& error, double least, double most);

/// Puts these columns after the area.
void add_band_fields(std::vector<FeatureField>& fields);
/// As `most` of an area without a limit.
inline constexpr double kNoLimit = std::numeric_limits<double>::max();

/// What bands are, for people.
[[nodiscard]] std::string band_note();

}  // namespace marchland::cli
