#include "tools/cli/bands.h"

#include <algorithm>
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

void add_band(Json& row, const BandKeys& keys, double figure, const AreaError& error, double least,
              double most) {
  if (!error.is_known()) {
    row[keys.low] = nullptr;
    row[keys.high] = nullptr;
    row["without_sigma_m"] = error.without_sigma.value();
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

BandValues band_values(double figure, const AreaError& error, double least, double most) {
  if (!error.is_known()) return {std::monostate{}, std::monostate{}};
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
         "line has none. Contested and unknown ground has rows of its own";
}

}  // namespace marchland::cli
