#include <marchland/base/error.h>
#include <marchland/io/detail/derived_layers.h>
#include <marchland/io/detail/draft_dates.h>
#include <marchland/io/detail/draft_holders.h>
#include <marchland/io/detail/draft_places.h>
#include <marchland/io/detail/draft_rows.h>
#include <marchland/io/detail/exchanged_axes.h>
#include <marchland/io/detail/holder_texts.h>
#include <marchland/io/detail/place_positions.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace marchland::detail {
namespace {

using Names = std::vector<std::string>;

void choose_place_dates(LayerDraft& draft, const std::vector<DateColumn>& dates, Assumptions& said) {
  draft.spec.layer.mode = LayerMode::event;
  const NameSeries& names = draft.series->names;
  const DateColumn* best = nullptr;
  for (const DateRole role : {DateRole::day, DateRole::begins, DateRole::none, DateRole::recorded}) {
    if (best == nullptr) best = by_role(dates, role);
  }
  if (!names.pattern.empty() && (best == nullptr || draft.series->files.size() > 1)) {
    draft.is_dated_by_name = true;
    draft.spec.from = ValueSpec{ValueSpec::Kind::pattern, names.pattern, {}, "", false, 0};
    said.say(draft, "mode",
             fmt::format(
                 "event: each file's date, by the pattern {} of its name, is when its rows begin to hold; a "
                 "row holds until the next of its place",
                 names.pattern),
             "from = {field = \"...\"}");
  } else {
    draft.from = *best;
    said.say(draft, "mode",
             fmt::format("event: a row holds from '{}' until the next row of its place", best->field),
             "from = {field = \"...\"}");
  }
  for (const DateColumn& other : dates) {
    if (draft.from && other.field == draft.from->field) continue;
    said.say(draft, "from", fmt::format("field '{}' has dates too; not used", other.field),
             fmt::format("from = {{field = \"{}\"}}", other.field));
  }
  say_no_dates(draft, said);
}

void leave_out_unnamed(LayerDraft& draft, Assumptions& said) {
  Blanks blanks;
  for (const auto& value : draft.rows.column(draft.places.key)->values) {
    if (plain_spaces(value.value_or("")).empty()) ++blanks[value];
  }
  leave_out(draft, draft.places.key, blanks, "name", "a row needs its place", said);
}

std::vector<Position> values_of(const std::map<std::string, Position>& at) {
  std::vector<Position> list;
  for (const auto& [form, position] : at) list.push_back(position);
  return list;
}

/// Degrees written latitude first are others, and nothing would say so but where places come to lie.
[[noreturn]] void refuse_exchanged(const std::string& file, const AxisCount& count, const FrameDraft& frame) {
  throw InvalidData(fmt::format("{}: its points seem to be latitude first: {}; unless the ground is, {}",
                                file, axis_text(count, "places", frame.file.file), kSwapAxes));
}

void say_exchanged(const LayerDraft& draft, const std::string& where, const std::string& lon,
                   const std::string& lat, const AxisCount& count, const FrameDraft& frame,
                   Assumptions& said) {
  said.say(
      draft, "lon, lat",
      fmt::format("{}field '{}' has latitudes and '{}' longitudes: {}; so they are read the other way round",
                  where, lat, lon, axis_text(count, "places", frame.file.file)),
      fmt::format("lon = \"{}\", lat = \"{}\"", lat, lon));
}

/// Positions of places that rows give none for.
void use_gazetteer(LayerDraft& draft, const LayerDraft& gazetteer, PlacePositions& located,
                   const FrameDraft& frame, const ProposeOptions& options, Assumptions& said) {
  const DataFile& file = gazetteer.first_file();
  GazetteerSpec places;
  // What people call it; a column of other writings only where there is no such.
  const bool has_name = gazetteer.sample.column(places.name) != nullptr;
  if (!has_name) places.name = gazetteer.places.key;
  places.source.file = entries_for(gazetteer.series->files, options.folder, options.manifest).front();
  places.source.layer = gazetteer.spec.layer_in_file;
  const std::string& lon = gazetteer.places.lon;
  const std::string& lat = gazetteer.places.lat;
  if (lon.empty()) places.source.crs = gazetteer.spec.crs;
  const bool is_usual = (lon == "lon" || lon == "lng") && lat == "lat";
  if (!is_usual) {
    places.lon = lon;
    places.lat = lat;
  }
  PlacePositions by_name{located.names, {}};
  static_cast<void>(
      add_positions_by_name({file.dataset, file.name, gazetteer.spec.layer_in_file, "", gazetteer.spec.crs},
                            places.name, lon, lat, by_name));
  if (const AxisCount count = count_in_box(frame.box(), values_of(by_name.at)); count.is_exchanged()) {
    if (lon.empty()) refuse_exchanged(file.name, count, frame);
    for (auto& [form, position] : by_name.at) std::swap(position.lon, position.lat);
    places.lon = lat;
    places.lat = lon;
    say_exchanged(draft, file.name + ": ", places.lon, places.lat, count, frame, said);
  }
  const std::size_t rows_gave = located.at.size();
  located.at.merge(by_name.at);
  const std::size_t found = located.at.size() - rows_gave;
  said.say(draft, "places",
           fmt::format("{}: where {} lie that rows say no position of, by {}", places.source.file,
                       counted(found, "further place", "further places"),
                       places.name == GazetteerSpec{}.name ? "their names"
                                                           : fmt::format("the field '{}'", places.name)),
           "places = \"...\"");
  draft.spec.points_to_areas->places = std::move(places);
}

PlacePositions located_by_rows(const LayerDraft& draft, bool are_points) {
  const PointsToAreas& points = *draft.spec.points_to_areas;
  return positions_in_rows(
      *draft.rows.column(points.key), draft.rows.column(points.lon), draft.rows.column(points.lat),
      are_points ? points_of(draft.series->files, draft.spec.layer_in_file, draft.spec.crs)
                 : std::vector<std::optional<Position>>{});
}

/// Where places lie, from the rows or a gazetteer, and which areas they share out.
void locate_places(LayerDraft& draft, const FrameDraft& frame, const LayerDraft* gazetteer,
                   const ProposeOptions& options, Assumptions& said) {
  PointsToAreas& points = *draft.spec.points_to_areas;
  const bool are_points = !draft.is_table && points.lon.empty();
  PlacePositions located = located_by_rows(draft, are_points);
  if (const AxisCount count = count_in_box(frame.box(), values_of(located.at)); count.is_exchanged()) {
    if (are_points) refuse_exchanged(draft.first_file().name, count, frame);
    std::swap(points.lon, points.lat);
    located = located_by_rows(draft, are_points);
    say_exchanged(draft, "", points.lon, points.lat, count, frame, said);
  }
  const std::size_t by_rows = located.at.size();
  // A layer with a gazetteer is read as a table, without the points of its features.
  if (gazetteer != nullptr && !are_points && by_rows < located.names.size())
    use_gazetteer(draft, *gazetteer, located, frame, options, said);
  if (located.at.empty()) {
    throw InvalidData(
        fmt::format("{}: none of its {} has a position, and so no ground: add a table with the columns "
                    "name, lon and lat (or points with a name) to the files, init {} GROUND GAZETTEER, or "
                    "give the rows columns lon and lat (docs/list_of_towns.md)",
                    draft.series->files.front().name, counted(located.names.size(), "place", "places"),
                    draft.series->files.front().name));
  }
  const std::string how = are_points           ? "the points of the features"
                          : points.lon.empty() ? ""
                                               : fmt::format("fields '{}' and '{}'", points.lon, points.lat);
  if (!how.empty()) {
    said.say(draft, "lon, lat", fmt::format("{}: where {} lie", how, counted(by_rows, "place", "places")),
             "lon = \"...\", lat = \"...\"");
  }
  Names missing;
  for (const auto& [form, name] : located.names) {
    if (!located.at.contains(form)) missing.push_back(name);
  }
  if (!missing.empty()) {
    said.say(draft, "places",
             fmt::format(
                 "{} of {} have no position, or several of their name have, and hold no ground: {}; `check` "
                 "lists them",
                 missing.size(), counted(located.names.size(), "place", "places"), listed(missing)),
             "places = \"...\", a table with the columns name, lon, lat");
  }
  const Names names = names_around(frame.areas, values_of(located.at), 0.0);
  const bool is_part = !frame.field.empty() && !names.empty() && names.size() < frame.areas.size();
  points.frame = frame.of(is_part ? names : Names{});
  said.say(draft, "frame",
           fmt::format("{}: the ground that goes to the nearest place{}",
                       frame.text(is_part ? names : Names{}), is_part ? ", being that which has any" : ""),
           "frame = {file = \"...\", where = \"...\"}");
}

/// Values of the holder column: holders, contested and unknown ground, remarks.
void sort_holders(LayerDraft& draft, Assumptions& said) {
  const Column& column = *draft.rows.column(draft.spec.actor.text);
  HolderTexts texts = sort_holder_texts(column);
  check_encoding(draft, {texts.holders.begin(), texts.holders.end()});
  if (texts.holders.empty()) {
    throw InvalidData(fmt::format("{}: no value of field '{}' is the name of a holder",
                                  draft.series->files.front().name, column.name));
  }
  const auto quoted = [](const Names& names) { return fmt::format("'{}'", fmt::join(names, "', '")); };
  if (!texts.joint.empty())
    said.say(draft, "actor", quoted(texts.joint) + ": the names of two holders, so contested between them",
             "the map of actor");
  if (!texts.by_most.empty()) {
    said.say(draft, "actor",
             fmt::format("{}: by whom is not said; taken as between '{}' and '{}', whom most rows name",
                         quoted(texts.by_most), texts.holders[0], texts.holders[1]),
             "\"a+b\" in the map of actor, or unknown = [...]");
  }
  if (!texts.undecided.empty()) {
    said.say(draft, "unknown",
             quoted(texts.undecided) + ": between whom is not said, and more than two could be meant",
             "\"a+b\" in the map of actor");
  }
  if (!texts.unknown.empty())
    said.say(draft, "unknown", "nobody can say who holds: " + quoted(texts.unknown), "unknown = [...]");
  if (!texts.nothing.empty()) {
    said.say(draft, "skip",
             fmt::format("{} nothing: {}", counted(texts.nothing_rows, "row states", "rows state"),
                         quoted(texts.nothing)),
             "skip = [...]");
  }
  if (!texts.rare.empty()) {
    said.say(draft, "actor",
             fmt::format("holders that few rows name, kept as they are: {}", listed(texts.rare)),
             "map them to another holder, or list them in skip or unknown");
  }
  PointsToAreas& points = *draft.spec.points_to_areas;
  points.unknown = std::move(texts.unknown);
  points.unknown.insert(points.unknown.end(), texts.undecided.begin(), texts.undecided.end());
  points.skip = std::move(texts.nothing);
  draft.contested = std::move(texts.contested);
  draft.actor_values = std::move(texts.holders);
  std::sort(draft.actor_values.begin(), draft.actor_values.end());
}

}  // namespace

void infer_places(LayerDraft& draft, const FrameDraft& frame, const LayerDraft* gazetteer,
                  const ProposeOptions& options, Assumptions& said) {
  name_files(draft, options, said);
  const std::vector<DateColumn> dates = draft.date_columns();
  choose_place_dates(draft, dates, said);
  const auto holder = holder_column(draft, dates);
  draft.spec.actor = ValueSpec{ValueSpec::Kind::field, holder->field, {}, "", false, 0};
  draft.other_actor_fields = holder->others;
  refuse_absent_fields(draft);
  read_rows(draft);
  // Further down the file columns may hold what the first rows do not show.
  const PlaceColumns found = find_place_columns(draft.rows.columns);
  const std::string& problem = draft.places.problem.empty() ? found.problem : draft.places.problem;
  if (!problem.empty()) throw InvalidData(fmt::format("{}: {}", draft.series->files.front().name, problem));
  leave_out_undated(draft, said);
  leave_out_unnamed(draft, said);
  if (draft.from) {
    draft.spec.from = field_spec(*draft.from, false);
    say_reading(draft, "from", *draft.from, said);
  }
  draft.spec.points_to_areas = PointsToAreas{};
  PointsToAreas& points = *draft.spec.points_to_areas;
  points.key = draft.places.key;
  points.lon = draft.places.lon;
  points.lat = draft.places.lat;
  said.say(draft, "key", fmt::format("field '{}' names the place", points.key), "key = \"...\"");
  locate_places(draft, frame, gazetteer, options, said);
  sort_holders(draft, said);
}

}  // namespace marchland::detail
