#include <marchland/io/detail/derived_layers.h>
#include <marchland/io/detail/place_positions.h>
#include <marchland/io/detail/place_table.h>
#include <marchland/model/name_form.h>

namespace marchland::detail {
namespace {

std::optional<Position> position(const std::optional<std::string>& lon,
                                 const std::optional<std::string>& lat) {
  const auto x = degrees(lon);
  const auto y = degrees(lat);
  return x && y ? std::optional(Position{*x, *y}) : std::nullopt;
}

std::optional<Position> only_point(const VectorFeature& feature) {
  return feature.points.size() == 1 ? std::optional(feature.points.front()) : std::nullopt;
}

}  // namespace

PlacePositions positions_in_rows(const Column& keys, const Column* lons, const Column* lats,
                                 const std::vector<std::optional<Position>>& points) {
  PlacePositions places;
  for (std::size_t i = 0; i < keys.values.size(); ++i) {
    const std::string name = plain_spaces(keys.values[i].value_or(""));
    if (name.empty()) continue;
    const std::string form = name_form(name);
    places.names.try_emplace(form, name);
    std::optional<Position> at = i < points.size() ? points[i] : std::nullopt;
    if (lons != nullptr && lats != nullptr) at = position(lons->values[i], lats->values[i]);
    if (at) places.at.try_emplace(form, *at);
  }
  return places;
}

std::vector<std::optional<Position>> points_of(const std::vector<DataFile>& files, const std::string& layer,
                                               const std::string& crs) {
  std::vector<std::optional<Position>> points;
  for (const DataFile& file : files) {
    const VectorTable table = read_vector({file.dataset, file.name, layer, "", crs});
    for (const VectorFeature& feature : table.features) points.push_back(only_point(feature));
  }
  return points;
}

std::size_t add_positions_by_name(VectorRequest gazetteer, const std::string& name, const std::string& lon,
                                  const std::string& lat, PlacePositions& places) {
  gazetteer.is_table = !lon.empty();
  gazetteer.fields = std::vector<std::string>{name};
  if (gazetteer.is_table) gazetteer.fields->insert(gazetteer.fields->end(), {lon, lat});
  std::map<std::string, std::vector<Position>> known;
  for (const VectorFeature& feature : read_vector(gazetteer).features) {
    const auto at = gazetteer.is_table ? position(feature.values[1], feature.values[2]) : only_point(feature);
    if (at) known[name_form(plain_spaces(feature.values[0].value_or("")))].push_back(*at);
  }
  std::size_t added = 0;
  for (const auto& [form, written] : places.names) {
    const auto found = known.find(form);
    if (found == known.end() || found->second.size() != 1) continue;
    added += places.at.try_emplace(form, found->second.front()).second ? 1U : 0U;
  }
  return added;
}

}  // namespace marchland::detail
