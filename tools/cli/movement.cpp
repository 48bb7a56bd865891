// marchland line --from --to: what ground the line of contact swept, how far it moved, and where most.
#include "tools/cli/movement.h"

#include "tools/cli/bands.h"
#include "tools/cli/time_columns.h"
#include <marchland/base/error.h>
#include <marchland/measure/length.h>

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace marchland::cli {
namespace {

/// Adds the place of the gazetteer nearest to each position; null where there is no gazetteer.
void add_nearest_places(const Atlas& atlas, const std::vector<std::optional<Position>>& positions,
                        Json& rows) {
  std::vector<Position> places;
  for (const Place& place : atlas.places) places.push_back({place.lon.value(), place.lat.value()});
  std::vector<Position> known;
  for (const auto& position : positions) {
    if (position) known.push_back(*position);
  }
  std::vector<std::size_t> nearest;
  if (!places.empty()) nearest = nearest_positions(known, places);
  std::size_t next = 0;
  for (std::size_t i = 0; i < positions.size(); ++i) {
    rows[i]["place"] = nullptr;
    rows[i]["place_m"] = nullptr;
    if (!positions[i] || places.empty()) continue;
    const std::size_t place = nearest[next++];
    rows[i]["place"] = atlas.places[place].name;
    rows[i]["place_m"] = geodesic_distance(*positions[i], places[place]).value();
  }
}

Json meters_json(const std::optional<Meters>& meters) {
  return meters ? Json(meters->value()) : Json(nullptr);
}

Json distance_json(const std::optional<LineDistance>& distance) {
  return distance ? Json(distance->distance.value()) : Json(nullptr);
}

/// From where on the earlier line to where on the later.
void add_ends(Json& row, const std::optional<LineDistance>& distance) {
  row["from_lon"] = distance ? Json(distance->on_first.lon) : Json(nullptr);
  row["from_lat"] = distance ? Json(distance->on_first.lat) : Json(nullptr);
  row["to_lon"] = distance ? Json(distance->on_second.lon) : Json(nullptr);
  row["to_lat"] = distance ? Json(distance->on_second.lat) : Json(nullptr);
}

std::optional<Position> later_end(const std::optional<LineDistance>& distance) {
  if (!distance) return std::nullopt;
  return distance->on_second;
}

/// Of a figure that is the area times a factor.
AreaError times(double factor, AreaError error) {
  error.sd = SquareMeters(factor * error.sd.value());
  error.excess = SquareMeters(factor * error.excess.value());
  error.redrawing = SquareMeters(factor * error.redrawing.value());
  return error;
}

constexpr double kMost = std::numeric_limits<double>::max();

}  // namespace

MovementAnswer::MovementAnswer(const Session& session, Instant from, Instant to, LineSides sides, Meters step)
    : session_(&session),
      from_(from),
      to_(to),
      sides_(std::move(sides)),
      step_(step),
      holders_(session.holders()),
      borders_(session.holders(Theme::border)) {
  if (!(from < to)) {
    throw InvalidArgument(fmt::format("--from {} is not before --to {}; a movement runs forward in time",
                                      session.date(from), session.date(to)));
  }
  movement_ = line_movement(
      session.composite(), session.areas(), holders_, from, to, sides_.first, sides_.second,
      {.scope = session.scope(), .borders = borders_.size() > 1 ? &borders_ : nullptr, .step = step});
  if (session.has_bands()) errors_ = find_errors();
}

MovementAnswer::Errors MovementAnswer::find_errors() const {
  const Composite& composite = session_->composite();
  const Bands bands(*session_, holders_);
  const AreaErrors within = bands.within(session_->scope());
  constexpr DrawnGround::Part kFirst = 1;
  constexpr DrawnGround::Part kSecond = 2;
  std::vector<DrawnGround::Part> side_of(holders_.size(), 0);
  for (HolderIndex h = 0; h < side_of.size(); ++h) {
    if (sides_.second(h)) side_of[h] = kSecond;
    if (sides_.first(h)) side_of[h] = kFirst;
  }
  const DrawnGround before(bands.lines(), holders_, composite.times().epoch_of(from_), side_of);
  const DrawnGround after(bands.lines(), holders_, composite.times().epoch_of(to_), side_of);
  const auto error_of = [&](double of_first, double of_second, bool only_swept) {
    std::vector<double> weights(movement_.stretch_of_face.size(), 0.0);
    for (FaceIndex f = 0; f < weights.size(); ++f) {
      const Category stretch = movement_.stretch_of_face[f];
      if (stretch == 0) continue;
      const PassedPiece& piece = movement_.stretches[stretch - 1];
      if (piece.is_swept || !only_swept) weights[f] = piece.to_first ? of_first : of_second;
    }
    constexpr DrawnGround::Part kSides[] = {kFirst, kSecond};
    return within.of_faces(before, after, kSides, weights);
  };
  // As `changes` has it: of a side that is several holders, the sum over them.
  NoiseFloor floors[2];
  const std::vector<NoiseFloor> by_holder =
      noise_floors(bands.lines(), holders_, from_, to_, session_->scope());
  for (HolderIndex h = 0; h < by_holder.size(); ++h) {
    if (side_of[h] != 0) floors[side_of[h] - kFirst] += by_holder[h];
  }
  const auto one_way = [&](const AreaError& error) { return passed(error, floors[0], floors[1]); };
  Errors errors;
  errors.to_first = one_way(error_of(1.0, 0.0, false));
  errors.to_second = one_way(error_of(0.0, 1.0, false));
  errors.swept_to_first = one_way(error_of(1.0, 0.0, true));
  errors.swept_to_second = one_way(error_of(0.0, 1.0, true));
  // Drawing anew yields as much one way as the other, so nothing net.
  errors.net = error_of(1.0, -1.0, false);
  errors.net_swept = error_of(1.0, -1.0, true);
  errors.both_swept = one_way(error_of(1.0, 1.0, true));
  errors.both_swept.redrawing += errors.both_swept.redrawing;
  return errors;
}

double MovementAnswer::days() const {
  return to_days(to_ - from_);
}

Json MovementAnswer::line_row(Instant at, const LineAtDate& line) const {
  Json row;
  row["at"] = session_->date(at);
  row["length_m"] = line.length.value();
  if (borders_.size() > 1) {
    row["on_border_m"] = line.on_border.value();
    row["off_border_m"] = (line.length - line.on_border).value();
  }
  row["unchanged_m"] = line.unchanged.value();
  row["parts"] = line.part_count;
  return row;
}

Table MovementAnswer::lines_table() const {
  Table table{"rows",
              fmt::format("the line between {} and {}", sides_.first_id, sides_.second_id),
              {{"at", "at"},
               {"length_m", "length", Column::Kind::length},
               {"on_border_m", "on borders", Column::Kind::length},
               {"off_border_m", "off borders", Column::Kind::length},
               {"unchanged_m", "unchanged", Column::Kind::length},
               {"parts", "parts", Column::Kind::count}},
              Json::array()};
  if (borders_.size() <= 1) table.columns.erase(table.columns.begin() + 2, table.columns.begin() + 4);
  table.rows.push_back(line_row(from_, movement_.before));
  table.rows.push_back(line_row(to_, movement_.after));
  return table;
}

Table MovementAnswer::swept_table() const {
  Table table{"swept",
              fmt::format("ground that passed between them in {:.6g} days", days()),
              {{"from", "from"},
               {"to", "to"},
               {"area_m2", "passed", Column::Kind::area},
               {"swept_m2", "by the line", Column::Kind::area},
               {"apart_m2", "apart from it", Column::Kind::area},
               {"swept_per_day_m2", "by the line, a day", Column::Kind::area},
               {"pieces", "pieces", Column::Kind::count}},
              Json::array()};
  for (const bool to_first : {true, false}) {
    const AreaUnits all = to_first ? movement_.to_first : movement_.to_second;
    const AreaUnits apart = to_first ? movement_.to_first_apart : movement_.to_second_apart;
    const auto pieces =
        std::count_if(movement_.stretches.begin(), movement_.stretches.end(),
                      [&](const PassedPiece& stretch) { return stretch.to_first == to_first; });
    Json row{{"from", to_first ? sides_.second_id : sides_.first_id},
             {"to", to_first ? sides_.first_id : sides_.second_id},
             {"area_m2", square_meters(all)},
             {"swept_m2", square_meters(all - apart)},
             {"apart_m2", square_meters(apart)},
             {"swept_per_day_m2", square_meters(all - apart) / days()},
             {"pieces", pieces}};
    if (errors_) {
      add_band(row, BandKeys(), square_meters(all), to_first ? errors_->to_first : errors_->to_second, 0.0,
               kMost);
      add_band(row, BandKeys("swept_"), square_meters(all - apart),
               to_first ? errors_->swept_to_first : errors_->swept_to_second, 0.0, kMost);
    }
    table.rows.push_back(std::move(row));
  }
  if (errors_) {
    table.columns[2] = with_band(table.columns[2], BandKeys());
    table.columns[3] = with_band(table.columns[3], BandKeys("swept_"));
    table.columns.insert(table.columns.begin() + 4, band_column(BandKeys("swept_"), Column::Kind::area_band));
    table.columns.insert(table.columns.begin() + 3, band_column(BandKeys(), Column::Kind::area_band));
  }
  return table;
}

Table MovementAnswer::displacement_table() const {
  Table table{"displacement",
              "displacement",
              {{"measure", "measure"},
               {"distance_m", "distance", Column::Kind::length},
               {"from_lon", "from lon", Column::Kind::degree},
               {"from_lat", "lat", Column::Kind::degree},
               {"to_lon", "to lon", Column::Kind::degree},
               {"to_lat", "lat", Column::Kind::degree},
               {"place", "nearest place"},
               {"place_m", "at", Column::Kind::length}},
              Json::array()};
  if (session_->atlas().places.empty()) table.columns.resize(6);
  if (errors_) {
    table.columns[1] = with_band(table.columns[1], BandKeys("", "_m"));
    table.columns.insert(table.columns.begin() + 2,
                         band_column(BandKeys("", "_m"), Column::Kind::length_band));
  }
  std::vector<std::optional<Position>> positions;
  const auto add = [&](const char* measure, const Json& distance,
                       const std::optional<LineDistance>& where) -> Json& {
    Json row{{"measure", measure}, {"distance_m", distance}};
    row["per_day_m"] = distance.is_null() ? Json(nullptr) : Json(distance.get<double>() / days());
    if (errors_) {
      // The greatest of many distances is no sum over lines that errors could be carried through.
      row["low_m"] = nullptr;
      row["high_m"] = nullptr;
    }
    add_ends(row, where);
    positions.push_back(later_end(where));
    table.rows.push_back(std::move(row));
    return table.rows.back();
  };
  const BandKeys keys("", "_m");
  // Means of swept ground, by lengths as they are drawn.
  const auto add_mean = [&](const char* measure, const std::optional<Meters>& mean, AreaUnits ground,
                            AreaError Errors::* error, double least) {
    Json& row = add(measure, meters_json(mean), {});
    if (!errors_ || !mean) return;
    const double factor = ground == 0 ? 0.0 : mean->value() / square_meters(ground);
    add_band(row, keys, mean->value(), times(factor, (*errors_).*error), least, kMost);
  };
  const AreaUnits swept_to_first = movement_.to_first - movement_.to_first_apart;
  const AreaUnits swept_to_second = movement_.to_second - movement_.to_second_apart;
  add_mean("mean_signed", movement_.mean_signed, swept_to_first - swept_to_second, &Errors::net_swept,
           -kMost);
  add_mean("mean_absolute", movement_.mean_absolute, swept_to_first + swept_to_second, &Errors::both_swept,
           0.0);
  add_mean("mean_where_moved", movement_.mean_where_moved, swept_to_first + swept_to_second,
           &Errors::both_swept, 0.0);
  add("depth", distance_json(movement_.depth), movement_.depth);
  add("hausdorff", distance_json(movement_.greatest), movement_.greatest)["step_m"] = step_.value();
  std::optional<LineDistance> frechet;
  if (movement_.frechet) frechet = movement_.frechet->greatest;
  Json& row = add("frechet", distance_json(frechet), frechet);
  if (movement_.frechet) {
    row["step_m"] = movement_.frechet->step.value();
    row["compared_from_m"] = movement_.frechet->compared_before.value();
    row["compared_to_m"] = movement_.frechet->compared_after.value();
  }
  add_nearest_places(session_->atlas(), positions, table.rows);
  return table;
}

Table MovementAnswer::stretches_table() const {
  Table table{"stretches",
              "pieces of that ground, the largest first",
              {{"from", "from"},
               {"to", "to"},
               {"area_m2", "area", Column::Kind::area},
               {"per_day_m2", "a day", Column::Kind::area},
               {"depth_m", "depth", Column::Kind::length},
               {"advance_m", "mean", Column::Kind::length},
               {"line_before_m", "line before", Column::Kind::length},
               {"line_after_m", "after", Column::Kind::length},
               {"displacement_m", "displacement", Column::Kind::length, false},
               {"swept", "by the line", Column::Kind::text, false},
               {"days", "days", Column::Kind::days, false},
               {"lon", "lon", Column::Kind::degree, false},
               {"lat", "lat", Column::Kind::degree, false},
               {"from_lon", "from lon", Column::Kind::degree, false},
               {"from_lat", "from lat", Column::Kind::degree, false},
               {"to_lon", "to lon", Column::Kind::degree, false},
               {"to_lat", "to lat", Column::Kind::degree, false},
               {"place", "nearest place", Column::Kind::text},
               {"place_m", "at", Column::Kind::length},
               {"places", "passed with it"}},
              Json::array()};
  if (session_->atlas().places.empty()) table.columns.resize(table.columns.size() - 3);
  std::vector<std::optional<Position>> positions;
  for (const PassedPiece& stretch : movement_.stretches) {
    Json row{{"from", stretch.to_first ? sides_.second_id : sides_.first_id},
             {"to", stretch.to_first ? sides_.first_id : sides_.second_id},
             {"area_m2", square_meters(stretch.area)},
             {"days", days()},
             {"per_day_m2", square_meters(stretch.area) / days()},
             {"swept", stretch.is_swept},
             {"depth_m", distance_json(stretch.depth)},
             {"advance_m", meters_json(stretch.advance)},
             {"displacement_m", distance_json(stretch.displacement)},
             {"line_before_m", stretch.line_before.value()},
             {"line_after_m", stretch.line_after.value()}};
    const auto& inside = stretch.in_largest;
    row["lon"] = inside ? Json(inside->lon.value()) : Json(nullptr);
    row["lat"] = inside ? Json(inside->lat.value()) : Json(nullptr);
    add_ends(row, stretch.displacement);
    std::optional<Position> position = later_end(stretch.displacement);
    if (!position && inside) position = Position{inside->lon.value(), inside->lat.value()};
    positions.push_back(position);
    Json places = Json::array();
    for (const std::size_t place : stretch.places) places.push_back(session_->atlas().places[place].name);
    row["places"] = std::move(places);
    table.rows.push_back(std::move(row));
  }
  add_nearest_places(session_->atlas(), positions, table.rows);
  return table;
}

std::vector<std::string> MovementAnswer::notes() const {
  std::vector<std::string> notes;
  const auto none_at = [&](const LineAtDate& line, Instant at) {
    if (line.part_count == 0) {
      notes.push_back(
          fmt::format("{} and {} do not touch at {}: there is no line then, so nothing is said of how far "
                      "it moved",
                      sides_.first_id, sides_.second_id, session_->date(at)));
    }
  };
  none_at(movement_.before, from_);
  none_at(movement_.after, to_);
  notes.emplace_back("by the line: pieces of ground that the line of either date runs along");
  notes.push_back(fmt::format(
      "mean: that ground by the mean length of both lines; signed, what passed to {} counts up and "
      "to {} down",
      sides_.first_id, sides_.second_id));
  notes.push_back(fmt::format(
      "hausdorff: the greatest distance of either line from the other date's, at positions {} m apart "
      "at most, so within {} m; depth: of ground that both lines run along, so without pockets",
      step_.value(), step_.value() / 2));
  if (movement_.frechet) {
    const PartMovement& frechet = *movement_.frechet;
    const bool is_thinned = frechet.step > step_;
    notes.push_back(fmt::format(
        "Fréchet: of parts that became each other, {:.1f} km and {:.1f} km of the lines; {} {:.0f} m{}",
        frechet.compared_before.value() / 1000, frechet.compared_after.value() / 1000,
        is_thinned ? "within" : "too great by at most", frechet.step.value(),
        is_thinned ? fmt::format(" (thinned: at {} m there are too many positions)", step_.value()) : ""));
  } else if (movement_.mean_length) {
    notes.emplace_back(
        "Fréchet: where it moved most no part of the first line became mainly one of the second, so none is "
        "given");
  }
  return notes;
}

Report MovementAnswer::report(bool stretches_first) const {
  Report report{session_->head(), {}, notes()};
  for (const std::string& note : session_->notes()) report.notes.push_back(note);
  report.head["theme"] = to_string(session_->theme());
  report.head["between"] = {sides_.first_id, sides_.second_id};
  report.head["from"] = session_->date(from_);
  report.head["to"] = session_->date(to_);
  report.head["days"] = days();
  report.head["step_m"] = step_.value();
  report.head["net_m2"] = square_meters(movement_.to_first - movement_.to_second);
  report.head["net_swept_m2"] = square_meters(movement_.to_first - movement_.to_first_apart -
                                              movement_.to_second + movement_.to_second_apart);
  if (errors_) {
    add_band(report.head, BandKeys("net_"), report.head["net_m2"].get<double>(), errors_->net, -kMost, kMost);
    add_band(report.head, BandKeys("net_swept_"), report.head["net_swept_m2"].get<double>(),
             errors_->net_swept, -kMost, kMost);
    report.notes.insert(report.notes.begin(), band_note());
  }
  report.tables = {lines_table(), swept_table(), displacement_table(), stretches_table()};
  Table& stretches = report.tables.back();
  if (stretches_first) {
    report.tables.front().name = "lines";
    stretches.name = "rows";
    std::rotate(report.tables.begin(), report.tables.end() - 1, report.tables.end());
  } else {
    stretches.shown_when_empty = false;
    stretches.shown_rows = 20;
  }
  return report;
}

void MovementAnswer::add_features(FeatureOutput& out) const {
  using enum FeatureField::Type;
  FeatureSet lines{
      "line",
      fmt::format("line of contact between {} (left) and {} (right)", sides_.first_id, sides_.second_id),
      {{"left_actor", text},
       {"right_actor", text},
       {"at", instant},
       {"length_m", real},
       {"on_border", boolean},
       {"unchanged", boolean},
       {"displacement_m", real}},
      {}};
  for (const auto& [at, line] : {std::pair{from_, &movement_.before}, std::pair{to_, &movement_.after}}) {
    for (const MovedPart& part : line->parts) {
      lines.features.push_back(
          {{sides_.first_id, sides_.second_id, at, part.length.value(), part.on_border, part.is_unchanged,
            part.displacement ? FieldValue{part.displacement->distance.value()} : FieldValue{}},
           MultiLine{part.positions}});
    }
  }
  out.note("from", session_->date(from_));
  out.note("to", session_->date(to_));
  out.note("step_m", fmt::format("{}", step_.value()));
  out.explain_none(fmt::format("{} and {} touch neither at {} nor at {}, and nothing passed between them",
                               sides_.first_id, sides_.second_id, session_->date(from_),
                               session_->date(to_)));
  out.add(std::move(lines));

  const auto color_of_side = [&](bool is_first) {
    const std::string& id = is_first ? sides_.first_id : sides_.second_id;
    for (HolderIndex h = 0; h < holders_.size(); ++h) {
      if (holders_.id(h) == id) return color_of(session_->atlas(), holders_, h);
    }
    return color_of(session_->atlas(), holders_, kUnknown);
  };
  std::vector<FeatureField> fields{{"from_actor", text}, {"to_actor", text}};
  add_interval_fields(fields);
  fields.insert(fields.end(), {{"area_m2", real},
                               {"per_day_m2", real},
                               {"by_the_line", boolean},
                               {"depth_m", real},
                               {"displacement_m", real},
                               {"advance_m", real},
                               {"color", text}});
  out.add_polygons(
      "swept", fmt::format("ground that passed between {} and {}", sides_.first_id, sides_.second_id),
      std::move(fields), movement_.stretch_of_face,
      [&](Category c, AreaUnits area) {
        const PassedPiece& stretch = movement_.stretches[c - 1];
        std::vector<FieldValue> values{stretch.to_first ? sides_.second_id : sides_.first_id,
                                       stretch.to_first ? sides_.first_id : sides_.second_id};
        add_interval_values(values, {from_, to_});
        values.emplace_back(square_meters(area));
        values.emplace_back(square_meters(area) / days());
        values.emplace_back(stretch.is_swept);
        values.push_back(stretch.depth ? FieldValue{stretch.depth->distance.value()} : FieldValue{});
        values.push_back(stretch.displacement ? FieldValue{stretch.displacement->distance.value()}
                                              : FieldValue{});
        values.push_back(stretch.advance ? FieldValue{stretch.advance->value()} : FieldValue{});
        values.emplace_back(color_of_side(stretch.to_first));
        return values;
      },
      "to_actor");
}

}  // namespace marchland::cli
