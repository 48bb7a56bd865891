#pragma once
// How features tell when they hold, in columns for people, for filters of web maps and for the tools of
// OpenHistoricalMap; and how far the ends are in doubt.
#include "tools/cli/query.h"
#include <marchland/analysis/date_doubt.h>
#include <marchland/io/write_features.h>

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace marchland::cli {

/// Stand for ends that are open, so that a client needs one comparison and no case for what is missing:
/// before and after every date that years of four digits can write.
inline constexpr std::int64_t kOpenFromDay = -100'000'000;
inline constexpr std::int64_t kOpenToDay = 100'000'000;

/// Days since 1970-01-01T00:00Z.
[[nodiscard]] double epoch_days(Instant instant);

/// `from`, `to`: instants, null where open. `t0`, `t1`: days since 1970, kOpenFromDay and kOpenToDay where
/// open; it holds at day d if t0 <= d < t1. `start_decdate`, `end_decdate`: time/decimal_year.h, null where
/// open.
void add_interval_fields(std::vector<FeatureField>& fields);
void add_interval_values(std::vector<FieldValue>& values, const Interval& when);

/// The same columns of ground that a holder has, and how far the ends are in doubt.
class TimeColumns {
 public:
  /// The session must outlive it.
  TimeColumns(const Session& session, const Holders& holders);

  /// Those of add_interval_fields. Where any date of the atlas is in doubt also `from_earliest`,
  /// `from_latest`, `to_earliest`, `to_latest`: null of ends that are not.
  void add_fields(std::vector<FeatureField>& fields) const;
  void add_values(std::vector<FieldValue>& values, HolderIndex holder, const Interval& when) const;

  /// Between which instants an end lies at which ground of the holder begins or ends; nothing where it is
  /// open or not in doubt.
  [[nodiscard]] std::optional<FuzzyInstant> doubt_of(HolderIndex holder, Instant end) const;

 private:
  const TimeAxis* times_;
  bool has_doubt_;
  std::map<std::pair<TimeIndex, HolderIndex>, FuzzyInstant> turns_;
};

}  // namespace marchland::cli
