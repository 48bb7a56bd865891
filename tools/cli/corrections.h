#pragma once
// changes --from-as-of: what was published of a date, what became of it by corrections, apart from ground
// that changed hands.
#include "tools/cli/query.h"
#include "tools/cli/report.h"
#include <marchland/analysis/corrections.h>
#include <marchland/io/write_features.h>

#include <optional>
#include <string>

namespace marchland::cli {

/// The date as it was known then, beside the session's own knowledge of it.
class KnownBefore {
 public:
  /// `as_of` is a date of record. Throws InvalidArgument for one later than the session's own --as-of, and
  /// for a composite without its statements' areas.
  KnownBefore(const Session& session, const QueryOptions& query, Instant at, const std::string& as_of,
              bool by_group);

  /// Columns published_m2, corrected_gained_m2, corrected_lost_m2 of the first table, rows for holders that
  /// had ground by what was known before only; tables corrections and corrected_places.
  void add_to(Report& report, const Breakdown& by) const;

  /// Ground whose holder was corrected: a feature for each pair.
  [[nodiscard]] FeatureSet layer() const;

 private:
  const Session* session_;
  Instant at_;
  Instant as_of_;
  Corrections corrections_;
  std::optional<FaceAreas> measured_;
  [[nodiscard]] const FaceAreas& areas() const {
    return measured_ ? *measured_ : corrections_.composite().areas();
  }
};

}  // namespace marchland::cli
