#pragma once
// Bands beside figures: within which, as far as lines are concerned, they lie with a probability of 95 %.
#include "tools/cli/query.h"
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

/// Sets both keys, and `without_sigma_m` where that is why they are null.
void add_band(Json& row, const BandKeys& keys, double figure, const AreaError& error, double least,
              double most);
/// The error of a gain, a loss or what passed, with the noise floor of the line; not known where that is not.
[[nodiscard]] AreaError gross(AreaError error, const NoiseFloor& floor);
/// The same of what was held throughout.
[[nodiscard]] AreaError held(AreaError error, const NoiseFloor& floor);

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
