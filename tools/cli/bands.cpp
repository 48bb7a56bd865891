#include "tools/cli/bands.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace marchland::cli {

Bands::Bands(const Session& session, const Holders& holders)
    : session_(&session), holders_(&holders), lines_(session.composite(), holders) {}

DrawnGround Bands::ground(Instant at, const std::vector<std::string>& names,
                          DrawnGround::Unknown unknown) const {
  return {lines_, *holders_, session_->composite().times().epoch_of(at), parts_of(names), unknown};
}

DrawnGround::Part Bands::part_of(const std::vector<std::string>& names, const std::string& name) {
  // kUnknown is the first holder, and its name is empty.
  return static_cast<DrawnGround::Part>(std::find(names.begin(), names.end(), name) - names.begin());
}

std::vector<DrawnGround::Part> Bands::parts_of(const std::vector<std::string>& names) {
  std::map<std::string, DrawnGround::Part> first;
  std::vector<DrawnGround::Part> parts;
  for (const std::string& name : names)
    parts.push_back(first.try_emplace(name, static_cast<DrawnGround::Part>(parts.size())).first->second);
  return parts;
}

AreaError error_of(const std::vector<AreaError>& errors, DrawnGround::Part part) {
  return part < errors.size() ? errors[part] : AreaError{};
}

namespace {

bool is_bounded_by_definitions(double figure, const AreaError& error) {
  return figure != 0.0 && error.lines.value() == 0.0;
}

/// Of nothing gained, or lost, no line says how much it may have been: as much as the net band admits.
void admit_net(Json& row) {
  const auto number = [&](const char* key) {
    return row[key].is_number() ? row[key].get<double>() : std::nan("");
  };
  // A comparison with what is not a number is false.
  const double most_lost = number("gained_low_m2") - number("net_low_m2");
  const double most_gained = number("net_high_m2") + number("lost_low_m2");
  if (row["lost_m2"] == 0.0 && number("lost_high_m2") < most_lost) row["lost_high_m2"] = most_lost;
  if (row["gained_m2"] == 0.0 && number("gained_high_m2") < most_gained) row["gained_high_m2"] = most_gained;
}

}  // namespace

void add_band(Json& row, const BandKeys& keys, double figure, const AreaError& error, double least,
              double most, bool is_sure) {
  if (!error.is_known()) {
    row[keys.low] = nullptr;
    row[keys.high] = nullptr;
    row["without_sigma_m"] = error.without_sigma.value();
    return;
  }
  if (!is_sure && is_bounded_by_definitions(figure, error)) {
    row[keys.low] = nullptr;
    row[keys.high] = nullptr;
    return;
  }
  const Band band = band_of(figure, error, least, most);
  row[keys.low] = band.low;
  row[keys.high] = band.high;
}

AreaError gross(AreaError error, const NoiseFloor& floor) {
  if (error.is_known()) error.without_sigma = floor.without_sigma;
  error.redrawing = floor.area;
  return error;
}

AreaError held(AreaError error, const NoiseFloor& floor) {
  error = gross(error, floor);
  error.redrawing = SquareMeters() - error.redrawing;
  return error;
}

AreaError passed(const AreaError& error, const NoiseFloor& from, const NoiseFloor& to) {
  return gross(error, from.area < to.area ? from : to);
}

ChangeBands::ChangeBands(const Bands& bands, Instant from, Instant to, const std::vector<std::string>& before,
                         const std::vector<std::string>& after)
    : bands_(&bands),
      from_(from),
      to_(to),
      before_names_(&before),
      after_names_(&after),
      before_(bands.ground(from, before)),
      after_(bands.ground(to, after)) {}

void ChangeBands::within(const Scope& scope, const std::vector<NamedTransition>& passed) {
  passed_ = passed;
  within_.emplace(bands_->within(scope));
  by_holder_ = noise_floors(bands_->lines(), bands_->holders(), from_, to_, scope);
  by_name_.clear();
  // Of a group that is the sum over its actors, which is no less than its own: lines within it count.
  for (HolderIndex h = 0; h < by_holder_.size(); ++h) {
    for (const auto* names : {before_names_, after_names_}) {
      if (names == after_names_ && (*after_names_)[h] == (*before_names_)[h]) continue;
      NoiseFloor& sum = by_name_[(*names)[h]];
      sum.area += by_holder_[h].area;
      sum.without_sigma += by_holder_[h].without_sigma;
    }
  }
}

void ChangeBands::add(Json& row, const NamedChange& change) {
  const NoiseFloor& floor = by_name_[change.name];
  constexpr double kMost = std::numeric_limits<double>::max();
  const auto band = [&](const std::string& prefix, AreaUnits figure, const AreaError& found, double least) {
    add_band(row, BandKeys(prefix), square_meters(figure), found, least, kMost);
  };
  row["net_m2"] = square_meters(change.gained - change.lost);
  band("net_", change.gained - change.lost, error(change.name, change.name, kNetChange), -kMost);
  const auto gross_error = [&](bool is_gain) {
    if (const NamedTransition* only = only_passing(change.name, is_gain)) return error_of(*only);
    return gross(error(change.name, change.name, is_gain ? kGained : kLost), floor);
  };
  band("gained_", change.gained, gross_error(true), 0.0);
  band("lost_", change.lost, gross_error(false), 0.0);
  band("held_", change.held, held(error(change.name, change.name, kHeldAtBoth), floor), 0.0);
  admit_net(row);
}

const NamedTransition* ChangeBands::only_passing(const std::string& name, bool is_gain) const {
  const NamedTransition* only = nullptr;
  for (const NamedTransition& t : passed_) {
    if (t.from == t.to || (is_gain ? t.to : t.from) != name) continue;
    if (only != nullptr) return nullptr;
    only = &t;
  }
  return only;
}

AreaError ChangeBands::error_of(const NamedTransition& t) const {
  const AreaError found = error(t.from, t.to, kHeldAtBoth);
  const auto floor = [&](const std::string& name) {
    const auto known = by_name_.find(name);
    return known == by_name_.end() ? NoiseFloor{} : known->second;
  };
  return t.from == t.to ? held(found, floor(t.from)) : passed(found, floor(t.from), floor(t.to));
}

void ChangeBands::add(Json& row, const NamedTransition& t) {
  add_band(row, BandKeys(), square_meters(t.area), error_of(t), 0.0, std::numeric_limits<double>::max());
}

AreaError ChangeBands::error(const std::string& from, const std::string& to,
                             const OverlapWeights& weights) const {
  return within_->of(before_, Bands::part_of(*before_names_, from), after_, Bands::part_of(*after_names_, to),
                     weights);
}

void add_area_band_column(Table& table) {
  table.columns.back() = with_band(std::move(table.columns.back()), BandKeys());
  table.columns.push_back(band_column(BandKeys(), Column::Kind::area_band));
}

BandValues band_values(double figure, const AreaError& error, double least, double most) {
  if (!error.is_known() || is_bounded_by_definitions(figure, error))
    return {std::monostate{}, std::monostate{}};
  const Band band = band_of(figure, error, least, most);
  return {band.low, band.high};
}

void add_band_fields(std::vector<FeatureField>& fields) {
  const auto area =
      std::find_if(fields.begin(), fields.end(), [](const FeatureField& f) { return f.name == "area_m2"; });
  using enum FeatureField::Type;
  fields.insert(area + 1, {FeatureField{"low_m2", real}, FeatureField{"high_m2", real}});
}

std::string band_note() {
  return "95 %: where the figure lies, as far as the accuracy of lines goes that sources state (sigma); - "
         "where a "
         "line has none, or no drawn line bounds it. Contested and unknown ground has rows of its own";
}

}  // namespace marchland::cli
