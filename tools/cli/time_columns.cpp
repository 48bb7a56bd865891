#include "tools/cli/time_columns.h"

#include "tools/cli/feature_output.h"
#include <marchland/time/decimal_year.h>

namespace marchland::cli {

double epoch_days(Instant instant) {
  constexpr double kSecondsADay = 86400.0;
  return static_cast<double>(instant.time_since_epoch().count()) / kSecondsADay;
}

namespace {

FieldValue decimal_date(bool is_there, Instant end) {
  if (!is_there) return std::monostate{};
  return decimal_date_before(end);
}

}  // namespace

void add_interval_fields(std::vector<FeatureField>& fields) {
  using enum FeatureField::Type;
  for (const char* name : {"from", "to"}) fields.push_back({name, instant});
  for (const char* name : {"t0", "t1", "start_decdate", "end_decdate"}) fields.push_back({name, real});
}

void add_interval_values(std::vector<FieldValue>& values, const Interval& when) {
  values.push_back(from_of(when));
  values.push_back(to_of(when));
  values.emplace_back(when.has_from() ? epoch_days(when.from()) : static_cast<double>(kOpenFromDay));
  values.emplace_back(when.has_to() ? epoch_days(when.to()) : static_cast<double>(kOpenToDay));
  values.push_back(decimal_date(when.has_from(), when.from()));
  values.push_back(decimal_date(when.has_to(), when.to()));
}

TimeColumns::TimeColumns(const Session& session, const Holders& holders)
    : times_(&session.composite().times()), has_doubt_(session.composite().has_doubt()) {
  if (has_doubt_) turns_ = doubtful_turns(session.composite(), holders);
}

void TimeColumns::add_fields(std::vector<FeatureField>& fields) const {
  add_interval_fields(fields);
  if (!has_doubt_) return;
  using enum FeatureField::Type;
  for (const char* name : {"from_earliest", "from_latest", "to_earliest", "to_latest"})
    fields.push_back({name, instant});
}

void TimeColumns::add_values(std::vector<FieldValue>& values, HolderIndex holder,
                             const Interval& when) const {
  add_interval_values(values, when);
  if (!has_doubt_) return;
  for (const Instant end : {when.from(), when.to()}) {
    const std::optional<FuzzyInstant> doubt = doubt_of(holder, end);
    for (const bool is_first : {true, false}) {
      const Instant at = !doubt ? Instant() : is_first ? doubt->earliest : doubt->latest;
      const bool is_bounded = at != Interval().from() && at != Interval().to();
      values.push_back(doubt && is_bounded ? FieldValue{at} : FieldValue{});
    }
  }
}

std::optional<FuzzyInstant> TimeColumns::doubt_of(HolderIndex holder, Instant end) const {
  if (!has_doubt_) return std::nullopt;
  const auto found = turns_.find({times_->index_of(end), holder});
  if (found == turns_.end()) return std::nullopt;
  return found->second;
}

}  // namespace marchland::cli
