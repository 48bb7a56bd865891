#include <marchland/base/error.h>
#include <marchland/io/detail/actor_ids.h>
#include <marchland/io/detail/derived_layers.h>
#include <marchland/io/detail/frame_choice.h>
#include <marchland/io/detail/holder_texts.h>
#include <marchland/io/detail/interval_ends.h>
#include <marchland/io/detail/manifest_text.h>
#include <marchland/io/detail/place_positions.h>
#include <marchland/io/detail/place_table.h>
#include <marchland/io/detail/repeated_lines.h>
#include <marchland/io/detail/series_sample.h>
#include <marchland/io/manifest.h>
#include <marchland/io/propose_manifest.h>
#include <marchland/io/read_atlas.h>
#include <marchland/model/name_form.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

namespace marchland {
namespace {

namespace fs = std::filesystem;
using detail::Column;
using detail::DataFile;
using detail::DateColumn;
using detail::DateRole;
using detail::FileSeries;
using detail::Sample;
using Names = std::vector<std::string>;

// The distance within which snapshots are taken to have the same line written twice.
constexpr Meters kSameLine{0.2};
// A redrawn line meets the old one within 0.2 m now and then; a line written with other decimals all along.
constexpr std::size_t kLeastRepeated = 10;
constexpr std::size_t kShown = 7;  ///< of a list in a message

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string listed(const Names& names, std::size_t most = kShown) {
  Names shown(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), most)));
  if (names.size() > most) shown.push_back(fmt::format("... ({} in all)", names.size()));
  return fmt::format("{}", fmt::join(shown, ", "));
}

/// One layer of the manifest while it is found out.
struct Draft {
  const FileSeries* series = nullptr;
  LayerSpec spec;
  Sample sample;  ///< of some files
  Sample rows;    ///< the fields that matter, of all files; empty: none matters
  std::optional<DateColumn> from, to;
  bool is_dated_by_name = false;
  bool is_lines = false;                   ///< that divide the frame
  bool is_table = false;                   ///< of a file without geometries
  detail::PlaceColumns places;             ///< of observations of who holds which place
  Names actor_values;                      ///< raw values of its actor field, each once, sorted
  std::map<std::string, Names> contested;  ///< further values that name several of them

  [[nodiscard]] bool is_derived() const { return is_lines || !places.key.empty(); }
};

/// Values that are left out, with how often they occur; nothing is null.
using Blanks = std::map<std::optional<std::string>, std::size_t>;

class Proposer {
 public:
  explicit Proposer(const ProposeOptions& options) : options_(options) {}

  ProposedManifest propose(const Names& arguments) {
    const detail::InputFiles found = detail::find_input_files(arguments, options_.folder);
    series_ = detail::group_files(found.files);
    if (!found.left_out.empty()) {
      say_left_out(found.left_out);
    }
    refuse_dated_folders();
    refuse_impossible_dates();
    for (const FileSeries& series : series_) add_series(series);
    take_frame();
    if (drafts_.empty()) refuse_without_polygons();
    name_layers();
    for (Draft& draft : drafts_) {
      if (draft.is_lines) {
        infer_lines(draft);
      } else if (draft.is_derived()) {
        infer_places(draft);
      } else {
        infer(draft);
      }
    }
    declare_actors();
    declare_study_area();
    propose_harmonising();
    declare_atlas();
    ProposedManifest proposed;
    proposed.text = detail::manifest_text(
        manifest_,
        {"Proposed by marchland init from names and contents of files; every line is yours to change."});
    // What was proposed must be readable; if it is not, that is no fault of the data.
    Manifest readable = parse_manifest(proposed.text, options_.folder / options_.manifest);
    try_places(std::move(readable));
    proposed.assumptions = std::move(assumptions_);
    return proposed;
  }

 private:
  void say(std::string about, std::string text, std::string change) {
    assumptions_.push_back({std::move(about), std::move(text), std::move(change)});
  }
  void say(const Draft& draft, std::string_view key, std::string text, std::string change) {
    say(fmt::format("layer '{}': {}", draft.spec.layer.id, key), std::move(text), std::move(change));
  }

  // ---- files
  // ---------------------------------------------------------------------------------------------------

  /// Files of one name in folders, or archives, that have the dates: no manifest can say so.
  void say_left_out(const Names& left_out) {
    Names tables;
    Names others;
    for (const std::string& name : left_out) (name.ends_with(".csv") ? tables : others).push_back(name);
    if (!others.empty()) say("files", fmt::format("no vector data, left out: {}", listed(others)), "");
    if (tables.empty()) return;
    // A folder is taken for maps: the ground beside a table would be divided by a file nobody meant.
    say("files", fmt::format("tables, left out: {}", listed(tables)),
        "name the table of who holds which place, the ground and positions: marchland init TABLE GROUND "
        "POSITIONS -o atlas.toml");
  }

  void refuse_dated_folders() const {
    std::map<std::string, Names> folders_by_name;
    for (const FileSeries& series : series_) {
      const DataFile& file = series.files.front();
      if (series.files.size() == 1 && series.names.pattern.empty())
        folders_by_name[file.file_name()].push_back(fs::path(file.name).parent_path().string());
    }
    for (const auto& [name, folders] : folders_by_name) {
      const auto format = folders.size() > 1 ? detail::find_name_format(folders) : std::nullopt;
      if (!format) continue;
      throw InvalidData(fmt::format(
          "{} is in {} folders or archives that have the date in their names ({}); a manifest reads "
          "dates from the names of files: call them by date, such as {}_{}",
          name, folders.size(), listed(folders), fs::path(name).stem().string(), "20240101"));
    }
  }

  /// A name that is to have a date, as others have, and states none that exists: it would hold always.
  void refuse_impossible_dates() const {
    const bool any_dated = std::any_of(series_.begin(), series_.end(), [](const FileSeries& series) {
      return !series.names.pattern.empty();
    });
    Names bad;
    for (const FileSeries& series : series_) {
      if (!any_dated || !series.names.pattern.empty()) continue;
      for (const DataFile& file : series.files) {
        const std::string text = detail::find_impossible_date(file.file_name());
        if (!text.empty()) bad.push_back(fmt::format("{} ('{}')", file.name, text));
      }
    }
    if (bad.empty()) return;
    throw InvalidData(fmt::format(
        "{} by a date that does not exist, while others have dates in their names: {}; rename or leave out",
        counted(bad.size(), "file is called", "files are called"), listed(bad)));
  }

  void add_series(const FileSeries& series) {
    const std::string& first = series.files.front().name;
    const auto layers = list_layers(series.files.front().dataset, first);
    if (layers.empty()) add_table(series);
    for (const VectorLayer& layer : layers) {
      Draft draft;
      draft.series = &series;
      draft.spec.layer_in_file = layers.size() > 1 ? layer.name : "";
      draft.spec.crs = crs_for(layer, series.files.front());
      draft.sample = detail::read_sample(detail::spread(series.files, kSampledFiles),
                                         {draft.spec.layer_in_file, draft.spec.crs, std::nullopt, true});
      draft.is_lines = draft.sample.polygons == 0 && (draft.sample.others.contains("Line String") ||
                                                      draft.sample.others.contains("Multi Line String"));
      if (draft.is_lines) {
        lines_.push_back(std::move(draft));
      } else if (draft.sample.polygons == 0 && draft.sample.others.contains("Point")) {
        add_places(std::move(draft));
      } else if (draft.sample.polygons > 0 || (draft.sample.rows() == 0 && series.files.size() > 1)) {
        drafts_.push_back(std::move(draft));
      } else {
        others_.push_back(fmt::format("{}{} has {}", first,
                                      layers.size() > 1 ? ": layer '" + layer.name + "'" : "",
                                      kinds_of(draft.sample)));
      }
    }
  }

  /// A file without geometries may be a table of places.
  void add_table(const FileSeries& series) {
    const std::string& first = series.files.front().name;
    Draft draft;
    draft.series = &series;
    draft.is_table = true;
    try {
      draft.sample = detail::read_sample(detail::spread(series.files, kSampledFiles),
                                         {"", "", std::nullopt, false, true});
    } catch (const Error& error) {
      others_.push_back(error.what());
      return;
    }
    if (draft.sample.rows() == 0) {
      others_.push_back(fmt::format("{} has no geometries", first));
      return;
    }
    add_places(std::move(draft));
  }

  /// Observations of who holds which place, or where places lie.
  void add_places(Draft draft) {
    const std::string& first = draft.series->files.front().name;
    const std::vector<DateColumn> dates = date_columns(draft);
    const bool is_dated = !dates.empty() || !draft.series->names.pattern.empty();
    draft.places = detail::find_place_columns(draft.sample.columns);
    const bool has_positions = !draft.is_table || !draft.places.lon.empty();
    const auto holder = holder_column(draft, dates);
    if (!draft.places.key.empty() && holder && is_dated) {
      observations_.push_back(std::move(draft));
    } else if (draft.sample.column("name") != nullptr && has_positions && !is_dated) {
      gazetteers_.push_back(std::move(draft));
    } else {
      Names missing;
      if (draft.places.key.empty()) missing.emplace_back("no column that names places (place, town, name)");
      if (!holder) missing.emplace_back("no column of holders (holder, held_by, control)");
      if (!is_dated) missing.emplace_back("no dates");
      others_.push_back(fmt::format("{} has {}{}", first,
                                    draft.is_table ? "no geometries, and as a table of places "
                                                   : kinds_of(draft.sample) + ", and as a list of places ",
                                    fmt::join(missing, ", ")));
    }
  }

  static std::optional<detail::ActorColumn> holder_column(const Draft& draft,
                                                          const std::vector<DateColumn>& dates) {
    Names passed_over{draft.places.key, draft.places.lon, draft.places.lat};
    for (const DateColumn& column : dates) passed_over.push_back(column.field);
    return detail::find_actor_column(draft.sample.columns, passed_over);
  }

  /// Lines and places given together with one file of areas divide, or share out, those.
  void take_frame() {
    const bool has_frame = drafts_.size() == 1 && drafts_.front().series->files.size() == 1;
    if (!has_frame && drafts_.empty() && !observations_.empty()) refuse_without_frame();
    const bool is_used = has_frame && (!lines_.empty() || !observations_.empty());
    if (!is_used) {
      for (auto* drafts : {&lines_, &observations_, &gazetteers_}) {
        for (const Draft& draft : *drafts) {
          others_.push_back(fmt::format("{} has {}", draft.series->files.front().name,
                                        draft.is_table ? "rows about places" : kinds_of(draft.sample)));
        }
        drafts->clear();
      }
      return;
    }
    const Draft& areas = drafts_.front();
    frame_.file = detail::entries_for(areas.series->files, options_.folder, options_.manifest).front();
    frame_.layer = areas.spec.layer_in_file;
    frame_.crs = areas.spec.crs;
    read_frame(areas);
    drafts_ = std::move(lines_);
    std::move(observations_.begin(), observations_.end(), std::back_inserter(drafts_));
  }

  /// The areas by the field that tells them apart, if one does.
  void read_frame(const Draft& areas) {
    Names dates;
    for (const DateColumn& column : date_columns(areas)) dates.push_back(column.field);
    const auto name = detail::find_actor_column(areas.sample.columns, dates);
    if (name && areas.sample.polygons > 1) frame_field_ = name->field;
    const DataFile& file = areas.series->files.front();
    frame_areas_ = detail::areas_by_name(
        read_vector({file.dataset, file.name, areas.spec.layer_in_file, "", areas.spec.crs,
                     frame_field_.empty() ? Names{} : Names{frame_field_}}));
    frame_count_ = areas.sample.polygons;
  }

  /// The frame of a layer: those of the areas that have these names; none: all.
  [[nodiscard]] FileSpec frame_of(const Names& names) const {
    FileSpec frame = frame_;
    if (names.empty()) return frame;
    Names quoted;
    for (const std::string& name : names) quoted.push_back(sql_text(name));
    frame.where = fmt::format("{} IN ({})", sql_name(frame_field_, "\""), fmt::join(quoted, ", "));
    return frame;
  }

  [[nodiscard]] std::string frame_text(const Names& names) const {
    if (names.empty())
      return fmt::format("{}, {}, all of it", frame_.file, counted(frame_count_, "area", "areas"));
    return fmt::format("of the {} of {} those whose '{}' is {}", counted(frame_count_, "area", "areas"),
                       frame_.file, frame_field_, fmt::join(names, ", "));
  }

  /// Of layers with several frames there is no common study area.
  void declare_study_area() {
    std::vector<const FileSpec*> frames;
    for (const Draft& draft : drafts_) {
      if (draft.spec.lines_to_areas) frames.push_back(&draft.spec.lines_to_areas->frame);
      if (draft.spec.points_to_areas) frames.push_back(&draft.spec.points_to_areas->frame);
    }
    if (frames.empty()) return;
    const bool are_alike = std::all_of(frames.begin(), frames.end(), [&](const FileSpec* frame) {
      return frame->where == frames.front()->where;
    });
    if (!are_alike) {
      say("study_area", "none: the layers have different frames",
          "study_area = {file = \"...\", where = \"...\"}");
      return;
    }
    manifest_.study_area = *frames.front();
    say("study_area", "the frame", "study_area = {file = \"...\", where = \"...\"}");
  }

  [[noreturn]] void refuse_without_frame() const {
    const Draft& draft = observations_.front();
    const std::string& file = draft.series->files.front().name;
    const bool has_positions = !draft.is_table || !draft.places.lon.empty() || !gazetteers_.empty();
    throw InvalidData(fmt::format(
        "{}: rows about who holds which place ('{}'); an atlas is made of areas, and places become areas by "
        "sharing out ground. Name that ground, one file of a country or a study area, together with them: "
        "init {} GROUND{} (docs/list_of_towns.md)",
        file, draft.places.key, file,
        has_positions
            ? ""
            : "; and since no row says where its place lies, a table with the columns name, lon and lat"));
  }

  /// A line holds until the next date of its layer; who is on which side only its maker knows.
  void infer_lines(Draft& draft) {
    draft.spec.files = detail::entries_for(draft.series->files, options_.folder, options_.manifest);
    say_files(draft);
    choose_dates(draft, date_columns(draft));
    if (!draft.from && !draft.is_dated_by_name) {
      throw InvalidData(
          fmt::format("{}: lines divide ground from a date on, and neither names nor fields have one",
                      draft.series->files.front().name));
    }
    draft.spec.layer.mode = LayerMode::snapshot;
    draft.to.reset();
    read_rows(draft);
    leave_out_undated(draft);
    check_intervals(draft);
    constexpr Meters kWithin{50'000.0};
    draft.spec.lines_to_areas = LinesToAreas{};
    LinesToAreas& lines = *draft.spec.lines_to_areas;
    lines.rule.extension = LineExtension::nearest;
    lines.rule.within = kWithin;
    choose_frame(draft);
    say(draft, "lines_to_areas",
        "the ground on either side of a line is held by 'left' and 'right', looking along it in the "
        "direction it is written",
        "id and name of the two [[actor]], left, right");
    say(draft, "lines_to_areas",
        fmt::format("ends of lines inside the frame are prolonged to its nearest point, by {} km at most; "
                    "`check` says which and how far",
                    kWithin.value() / 1000),
        "extend = \"straight\" or \"none\", within_m");
  }

  /// Tries which areas the lines divide, and refuses what `check` would refuse.
  void choose_frame(Draft& draft) {
    DivisionRule rule = draft.spec.lines_to_areas->rule;
    rule.left = ActorId(std::size_t{1});
    rule.right = ActorId(std::size_t{2});
    const detail::LineTrial trial =
        detail::try_lines(frame_areas_,
                          detail::read_dated_lines(draft.series->files, draft.spec.layer_in_file,
                                                   draft.spec.crs, draft.from, draft.series->names.dates),
                          rule);
    if (trial.clear == 0) {
      throw InvalidData(
          fmt::format("{}: its lines divide {} on none of {} tried{}; the frame has to be one piece of "
                      "ground that lines reach the boundary of at both ends: only the areas they lead "
                      "through, not neighbours beyond their ends. Give a file of those alone, or write "
                      "where = \"...\" to the frame, within_m for ends that stop short and seeds by hand "
                      "(docs/front_lines.md)",
                      draft.series->files.front().name, frame_.file, counted(trial.dates, "date", "dates"),
                      trial.reason.empty() ? "" : " (" + trial.reason + ")"));
    }
    draft.spec.lines_to_areas->frame = frame_of(trial.names);
    say(draft, "frame",
        fmt::format("{}: the ground that lines divide{}; tried on {}, {} of them clearly",
                    frame_text(trial.names),
                    trial.names.empty() ? "" : ", being that which they lead through",
                    counted(trial.dates, "date", "dates"), trial.clear),
        "frame = {file = \"...\", where = \"...\"}");
    if (trial.clear < trial.dates && !trial.reason.empty())
      say(draft, "frame", fmt::format("not divided clearly: {}", trial.reason),
          "extend, within_m, seeds, unclear");
  }

  // ---- places
  // --------------------------------------------------------------------------------------------------

  /// Rows that say who holds a place from a date on.
  void infer_places(Draft& draft) {
    draft.spec.files = detail::entries_for(draft.series->files, options_.folder, options_.manifest);
    say_files(draft);
    const std::vector<DateColumn> dates = date_columns(draft);
    choose_place_dates(draft, dates);
    const auto holder = holder_column(draft, dates);
    draft.spec.actor = ValueSpec{ValueSpec::Kind::field, holder->field, {}, "", false, 0};
    say_actor_.push_back({&draft, holder->others});
    refuse_absent_fields(draft);
    read_rows(draft);
    // Further down the file columns may hold what the first rows do not show.
    const detail::PlaceColumns found = detail::find_place_columns(draft.rows.columns);
    const std::string& problem = draft.places.problem.empty() ? found.problem : draft.places.problem;
    if (!problem.empty()) throw InvalidData(fmt::format("{}: {}", draft.series->files.front().name, problem));
    leave_out_undated(draft);
    leave_out_unnamed(draft);
    if (draft.from) {
      draft.spec.from = field_spec(*draft.from, false);
      say_reading(draft, "from", *draft.from);
    }
    draft.spec.points_to_areas = PointsToAreas{};
    PointsToAreas& points = *draft.spec.points_to_areas;
    points.key = draft.places.key;
    points.lon = draft.places.lon;
    points.lat = draft.places.lat;
    say(draft, "key", fmt::format("field '{}' names the place", points.key), "key = \"...\"");
    locate_places(draft);
    sort_holders(draft);
  }

  void choose_place_dates(Draft& draft, const std::vector<DateColumn>& dates) {
    draft.spec.layer.mode = LayerMode::event;
    const detail::NameSeries& names = draft.series->names;
    const DateColumn* best = nullptr;
    for (const DateRole role : {DateRole::day, DateRole::begins, DateRole::none, DateRole::recorded}) {
      if (best == nullptr) best = by_role(dates, role);
    }
    if (!names.pattern.empty() && (best == nullptr || draft.series->files.size() > 1)) {
      draft.is_dated_by_name = true;
      draft.spec.from = ValueSpec{ValueSpec::Kind::pattern, names.pattern, {}, "", false, 0};
      say(draft, "mode",
          fmt::format(
              "event: each file's date, by the pattern {} of its name, is when its rows begin to hold; a "
              "row holds until the next of its place",
              names.pattern),
          "from = {field = \"...\"}");
    } else {
      draft.from = *best;
      say(draft, "mode",
          fmt::format("event: a row holds from '{}' until the next row of its place", best->field),
          "from = {field = \"...\"}");
    }
    for (const DateColumn& other : dates) {
      if (draft.from && other.field == draft.from->field) continue;
      say(draft, "from", fmt::format("field '{}' has dates too; not used", other.field),
          fmt::format("from = {{field = \"{}\"}}", other.field));
    }
    say_no_dates(draft);
  }

  void leave_out_unnamed(Draft& draft) {
    Blanks blanks;
    for (const auto& value : draft.rows.column(draft.places.key)->values) {
      if (detail::plain_spaces(value.value_or("")).empty()) ++blanks[value];
    }
    leave_out(draft, draft.places.key, blanks, "name", "a row needs its place");
  }

  /// Where places lie, from the rows or a gazetteer, and which areas they share out.
  void locate_places(Draft& draft) {
    PointsToAreas& points = *draft.spec.points_to_areas;
    const Column* lons = draft.rows.column(points.lon);
    const bool are_points = !draft.is_table && lons == nullptr;
    detail::PlacePositions located = detail::positions_in_rows(
        *draft.rows.column(points.key), lons, draft.rows.column(points.lat),
        are_points ? detail::points_of(draft.series->files, draft.spec.layer_in_file, draft.spec.crs)
                   : std::vector<std::optional<Position>>{});
    const std::size_t by_rows = located.at.size();
    // A layer with a gazetteer is read as a table, without the points of its features.
    if (!gazetteers_.empty() && !are_points && by_rows < located.names.size()) use_gazetteer(draft, located);
    if (located.at.empty()) {
      throw InvalidData(
          fmt::format("{}: none of its {} has a position, and so no ground: add a table with the columns "
                      "name, lon and lat (or points with a name) to the files, init {} GROUND GAZETTEER, or "
                      "give the rows columns lon and lat (docs/list_of_towns.md)",
                      draft.series->files.front().name, counted(located.names.size(), "place", "places"),
                      draft.series->files.front().name));
    }
    const std::string how = are_points ? "the points of the features"
                            : points.lon.empty()
                                ? ""
                                : fmt::format("fields '{}' and '{}'", points.lon, points.lat);
    if (!how.empty()) {
      say(draft, "lon, lat", fmt::format("{}: where {} lie", how, counted(by_rows, "place", "places")),
          "lon = \"...\", lat = \"...\"");
    }
    Names missing;
    for (const auto& [form, name] : located.names) {
      if (!located.at.contains(form)) missing.push_back(name);
    }
    if (!missing.empty()) {
      say(draft, "places",
          fmt::format(
              "{} of {} have no position, or several of their name have, and hold no ground: {}; `check` "
              "lists them",
              missing.size(), counted(located.names.size(), "place", "places"), listed(missing)),
          "places = \"...\", a table with the columns name, lon, lat");
    }
    std::vector<Position> at;
    for (const auto& [form, position] : located.at) at.push_back(position);
    const Names names = detail::names_around(frame_areas_, at, 0.0);
    const bool is_part = !frame_field_.empty() && !names.empty() && names.size() < frame_areas_.size();
    points.frame = frame_of(is_part ? names : Names{});
    say(draft, "frame",
        fmt::format("{}: the ground that goes to the nearest place{}", frame_text(is_part ? names : Names{}),
                    is_part ? ", being that which has any" : ""),
        "frame = {file = \"...\", where = \"...\"}");
  }

  /// Positions of places that rows give none for.
  void use_gazetteer(Draft& draft, detail::PlacePositions& located) {
    const Draft& gazetteer = gazetteers_.front();
    const DataFile& file = gazetteer.series->files.front();
    const std::string& lon = gazetteer.places.lon;
    const std::string& lat = gazetteer.places.lat;
    const bool by_fields = (lon == "lon" || lon == "lng") && lat == "lat";
    if (gazetteer.is_table && !by_fields) {
      throw InvalidData(
          fmt::format("{}: a table of where places lie is read by its columns name, lon (or lng) and lat; "
                      "rename '{}' and '{}'",
                      file.name, lon, lat));
    }
    const std::size_t found = detail::add_positions_by_name(
        {file.dataset, file.name, gazetteer.spec.layer_in_file, "", gazetteer.spec.crs}, by_fields ? lon : "",
        by_fields ? lat : "", located);
    FileSpec places;
    places.file = detail::entries_for(gazetteer.series->files, options_.folder, options_.manifest).front();
    places.layer = gazetteer.spec.layer_in_file;
    places.crs = by_fields ? "" : gazetteer.spec.crs;
    say(draft, "places",
        fmt::format("{}: where {} lie that rows say no position of, by their names", places.file,
                    counted(found, "further place", "further places")),
        "places = \"...\"");
    draft.spec.points_to_areas->places = std::move(places);
  }

  /// Values of the holder column: holders, contested and unknown ground, remarks.
  void sort_holders(Draft& draft) {
    const Column& column = *draft.rows.column(draft.spec.actor.text);
    detail::HolderTexts texts = detail::sort_holder_texts(column);
    check_encoding(draft, {texts.holders.begin(), texts.holders.end()});
    if (texts.holders.empty()) {
      throw InvalidData(fmt::format("{}: no value of field '{}' is the name of a holder",
                                    draft.series->files.front().name, column.name));
    }
    const auto quoted = [](const Names& names) { return fmt::format("'{}'", fmt::join(names, "', '")); };
    if (!texts.joint.empty())
      say(draft, "actor", quoted(texts.joint) + ": the names of two holders, so contested between them",
          "the map of actor");
    if (!texts.by_most.empty()) {
      say(draft, "actor",
          fmt::format("{}: by whom is not said; taken as between '{}' and '{}', whom most rows name",
                      quoted(texts.by_most), texts.holders[0], texts.holders[1]),
          "\"a+b\" in the map of actor, or unknown = [...]");
    }
    if (!texts.undecided.empty()) {
      say(draft, "unknown",
          quoted(texts.undecided) + ": between whom is not said, and more than two could be meant",
          "\"a+b\" in the map of actor");
    }
    if (!texts.unknown.empty())
      say(draft, "unknown", "nobody can say who holds: " + quoted(texts.unknown), "unknown = [...]");
    if (!texts.nothing.empty()) {
      say(draft, "skip",
          fmt::format("{} nothing: {}", counted(texts.nothing_rows, "row states", "rows state"),
                      quoted(texts.nothing)),
          "skip = [...]");
    }
    if (!texts.rare.empty()) {
      say(draft, "actor", fmt::format("holders that few rows name, kept as they are: {}", listed(texts.rare)),
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

  /// Reads the whole as `check` will; places and their holders have many ways to be wrong.
  void try_places(Manifest manifest) const {
    const auto places = std::find_if(drafts_.begin(), drafts_.end(), [](const Draft& draft) {
      return draft.spec.points_to_areas.has_value();
    });
    if (places == drafts_.end()) return;
    try {
      static_cast<void>(read_atlas(std::move(manifest)));
    } catch (const Error& error) {
      throw InvalidData(
          fmt::format("{}: a manifest was tried and is not written: {}. Mend the rows, or give a file of the "
                      "ground that is meant alone (docs/list_of_towns.md)",
                      places->series->files.front().name, error.what()));
    }
  }

  static std::string kinds_of(const Sample& sample) {
    Names kinds;
    for (const auto& [kind, count] : sample.others) kinds.push_back(fmt::format("{} x {}", count, kind));
    return kinds.empty() ? "no feature" : fmt::format("{}", fmt::join(kinds, ", "));
  }

  /// The crs key; empty where the file states its own. Throws InvalidData where numbers can be no degrees.
  std::string crs_for(const VectorLayer& layer, const DataFile& file) {
    const std::string& name = file.name;
    const auto [west, south, east, north] = layer.extent;
    const bool needs_degrees = options_.crs.empty() && (layer.crs.empty() || layer.is_geographic);
    if (!layer.crs.empty() && options_.crs.empty() && !layer.is_geographic) return "";
    const auto fits = [](double least_x, double least_y, double most_x, double most_y) {
      return least_x >= -540 && most_x <= 540 && least_y >= -90 && most_y <= 90;
    };
    if (needs_degrees && !fits(west, south, east, north)) {
      const std::string where = fmt::format("{}: layer '{}': x from {} to {}, y from {} to {}", name,
                                            layer.name, west, east, south, north);
      if (fits(south, west, north, east)) {
        // No SQL: its name for the geometry differs by format, and ogr2ogr keeps the first geometry it gets.
        throw InvalidData(fmt::format(
            "{}: these are degrees with the latitude first; write longitude first, for instance by "
            "ogr2ogr -ct \"+proj=axisswap +order=2,1\" swapped.gpkg \"{}\" \"{}\"",
            where, file.local.empty() ? file.name : file.dataset, layer.name));
      }
      throw InvalidData(
          fmt::format("{}: these are no longitudes and latitudes{}; say which coordinate system they are "
                      "in by --crs EPSG:...",
                      where, layer.crs.empty() ? ", and the file states no coordinate system" : ""));
    }
    if (!layer.crs.empty()) return "";
    if (!options_.crs.empty()) return options_.crs;
    say(fmt::format("{}: crs", name),
        fmt::format(
            "the file states no coordinate system; its numbers (x from {} to {}, y from {} to {}) can be "
            "degrees on WGS84, longitude first",
            west, east, south, north),
        "crs = \"EPSG:...\"");
    return "EPSG:4326";
  }

  [[noreturn]] void refuse_without_polygons() const {
    throw InvalidData(fmt::format(
        "no polygons: {}; an atlas is made of areas. For lines, or for rows of who holds which place, "
        "give the ground they divide (a country, a study area) together with them: init LINES GROUND "
        "(docs/front_lines.md, docs/list_of_towns.md)",
        listed(others_)));
  }

  void name_layers() {
    Names literals;
    for (const Draft& draft : drafts_) {
      const std::string& in_file = draft.spec.layer_in_file;
      const std::string& literal = draft.series->names.literal;
      const std::string whole =
          series_.size() > 1 || in_file.empty() ? fmt::format("{} {}", literal, in_file) : in_file;
      const std::string id = detail::id_of(whole);
      const auto first = id.find_first_not_of("-_");
      literals.push_back(
          first == std::string::npos ? "layer" : id.substr(first, id.find_last_not_of("-_") - first + 1));
    }
    const Names ids = detail::ids_of(literals);
    for (std::size_t i = 0; i < drafts_.size(); ++i) drafts_[i].spec.layer.id = ids[i];
    for (const std::string& other : others_) {
      say("files",
          fmt::format("{}: no areas, left out; lines and places become areas together with one file of the "
                      "ground that they divide or share out",
                      other),
          "");
    }
  }

  // ---- one layer
  // ---------------------------------------------------------------------------------------------------

  void infer(Draft& draft) {
    draft.spec.files = detail::entries_for(draft.series->files, options_.folder, options_.manifest);
    say_files(draft);
    const std::vector<DateColumn> dates = date_columns(draft);
    choose_dates(draft, dates);
    choose_actor(draft, dates);
    refuse_absent_fields(draft);
    read_rows(draft);
    leave_out_undated(draft);
    check_intervals(draft);
    collect_actors(draft);
    say_split_dates(draft);
  }

  /// Whichever file it is that lacks a field on which the manifest depends, it is named.
  static void refuse_absent_fields(const Draft& draft) {
    Names fields;
    if (draft.spec.actor.kind == ValueSpec::Kind::field) fields.push_back(draft.spec.actor.text);
    for (const auto* column : {&draft.from, &draft.to}) {
      if (*column) fields.push_back((*column)->field);
    }
    for (const std::string& field : fields) {
      const auto absent = draft.sample.absent.find(field);
      if (absent == draft.sample.absent.end()) continue;
      throw InvalidData(
          fmt::format("{}: there is no field '{}', which nearly all files of its series have; give it one, "
                      "or leave it out",
                      absent->second, field));
    }
  }

  void say_files(const Draft& draft) {
    detail::BoundingBox box;
    for (const auto& other : draft.sample.boxes) box.add(other);
    const std::size_t files = draft.series->files.size();
    std::string text = fmt::format("{} by {}", counted(files, "file", "files"), listed(draft.spec.files));
    if (files > kSampledFiles) text += fmt::format("; contents of {} of them looked at", kSampledFiles);
    if (!box.is_empty()) {
      text += fmt::format("; {} lie between {:.2f} and {:.2f} east, {:.2f} and {:.2f} north",
                          draft.is_lines ? "lines" : "areas", box.west, box.east, box.south, box.north);
    }
    if (const std::size_t others = draft.sample.rows() - draft.sample.polygons;
        others > 0 && !draft.is_derived())
      text += fmt::format("; not areas, and left out when read: {}", kinds_of(draft.sample));
    if (!draft.sample.scattered.empty())
      text +=
          fmt::format("; fields that only some files have are not used: {}", listed(draft.sample.scattered));
    say(draft, "files", text, "files = [...], where = \"...\"");
  }

  static std::vector<DateColumn> date_columns(const Draft& draft) {
    std::vector<DateColumn> dates;
    for (const Column& column : draft.sample.columns) {
      if (auto found = detail::find_date_column(column)) dates.push_back(*std::move(found));
    }
    return dates;
  }

  static const DateColumn* by_role(const std::vector<DateColumn>& dates, DateRole role) {
    const DateColumn* best = nullptr;
    for (const DateColumn& column : dates) {
      if (column.role == role && (best == nullptr || column.filled > best->filled)) best = &column;
    }
    return best;
  }

  void choose_dates(Draft& draft, const std::vector<DateColumn>& dates) {
    const DateColumn* begins = by_role(dates, DateRole::begins);
    const DateColumn* ends = by_role(dates, DateRole::ends);
    const DateColumn* day = by_role(dates, DateRole::day);
    const bool is_series = !draft.series->names.pattern.empty() && draft.series->files.size() > 1;
    if (const DateColumn* recorded = by_role(dates, DateRole::recorded)) {
      say(draft, "from",
          fmt::format("field '{}' says when something was written down, not when it held; not used",
                      recorded->field),
          fmt::format("from = {{field = \"{}\"}}", recorded->field));
    }
    say_no_dates(draft);
    if (is_series) {
      use_name(draft);
      for (const DateColumn* other : {begins, ends, day}) say_unused_date(draft, other);
    } else if (begins != nullptr && ends != nullptr) {
      use_interval(draft, *begins, *ends);
    } else if (day != nullptr || begins != nullptr) {
      use_day(draft, day != nullptr ? *day : *begins);
    } else if (!draft.series->names.pattern.empty()) {
      use_name(draft);
    } else {
      use_unnamed_dates(draft, dates, ends);
    }
  }

  /// Columns that by their names should be dates and by their values are not.
  void say_no_dates(const Draft& draft) {
    std::set<std::string> split;
    for (const Names& group : detail::find_split_dates(draft.sample.columns))
      split.insert(group.begin(), group.end());
    for (const Column& column : draft.sample.columns) {
      const std::string why = detail::why_no_dates(column);
      if (why.empty() || split.contains(column.name)) continue;
      const std::string_view key = detail::date_role(column.name) == DateRole::ends ? "to" : "from";
      say(draft, key, fmt::format("field '{}' has a name of dates, but {}; not used", column.name, why),
          fmt::format("{} = {{field = \"{}\", map = {{...}}}}", key, column.name));
    }
  }

  void say_unused_date(const Draft& draft, const DateColumn* column) {
    if (column == nullptr) return;
    say(draft, "from", fmt::format("field '{}' has dates too; those of the names are used", column->field),
        fmt::format("from = {{field = \"{}\"}}", column->field));
  }

  void use_name(Draft& draft) {
    const detail::NameSeries& names = draft.series->names;
    draft.is_dated_by_name = true;
    draft.spec.layer.mode = LayerMode::snapshot;
    draft.spec.from = ValueSpec{ValueSpec::Kind::pattern, names.pattern, {}, "", false, 0};
    say(draft, "mode",
        fmt::format("snapshot: each file is the full state from its date ({} to {}) until the next",
                    format_instant(names.dates.front().first), format_instant(names.dates.back().first)),
        "mode = \"interval\" or \"event\"");
    say(draft, "from",
        fmt::format("date in the file's name by the pattern {}; days begin at 0:00 UTC", names.pattern),
        "from = {pattern = \"...\"}, timezone, day_starts");
    if (!names.other_reading.empty()) {
      say(draft, "from", "no number above 12 tells day from month; the day is taken to come first",
          fmt::format("from = {{pattern = \"{}\"}}", names.other_reading));
    }
    say_missing(draft);
    for (std::size_t i = 1; i < names.dates.size(); ++i) {
      if (names.dates[i].first != names.dates[i - 1].first) continue;
      say(draft, "from",
          fmt::format("{} and {} have the same date; together they are its state",
                      draft.series->files[i - 1].name, draft.series->files[i].name),
          "files = [...]");
      return;
    }
  }

  void say_missing(const Draft& draft) {
    const detail::DateSteps steps = detail::find_steps(draft.series->names.dates);
    if (steps.missing.empty()) return;
    Names dates;
    for (const Instant at : steps.missing) dates.push_back(format_instant(at));
    const std::string_view unit = steps.unit == detail::DateSteps::Unit::day     ? "day(s)"
                                  : steps.unit == detail::DateSteps::Unit::month ? "month(s)"
                                                                                 : "year(s)";
    say(draft, "missing_days",
        fmt::format("{} {} without a file: {}; the snapshot before goes on through each", dates.size(), unit,
                    listed(dates)),
        "missing_days = \"unknown\"");
  }

  static ValueSpec field_spec(const DateColumn& column, bool inclusive) {
    ValueSpec spec{ValueSpec::Kind::field, column.field, {}, column.format, inclusive, 0};
    for (const auto& [value, count] : column.odd) spec.map.emplace(value, "..");
    return spec;
  }

  void say_reading(const Draft& draft, std::string_view key, const DateColumn& column) {
    if (!column.format.empty()) {
      say(draft, key, fmt::format("field '{}' is written {}", column.field, column.format),
          fmt::format("{} = {{field = \"{}\", format = \"...\"}}", key, column.field));
    }
    if (!column.other_reading.empty()) {
      say(draft, key,
          fmt::format("no number above 12 tells day from month in '{}'; the day is taken to come first",
                      column.field),
          fmt::format("{} = {{field = \"{}\", format = \"{}\"}}", key, column.field, column.other_reading));
    }
    if (column.odd.empty()) return;
    Names values;
    for (const auto& [value, count] : column.odd) values.push_back(fmt::format("'{}' x {}", value, count));
    say(draft, key,
        fmt::format("field '{}' has values that are no dates, taken as open: {}", column.field,
                    listed(values)),
        "the map beside the field");
  }

  void use_interval(Draft& draft, const DateColumn& from, const DateColumn& to) {
    draft.spec.layer.mode = LayerMode::interval;
    draft.from = from;
    draft.to = to;
    say(draft, "mode",
        fmt::format("interval: each feature holds from '{}' to '{}'; empty is open", from.field, to.field),
        "mode, from, to");
  }

  /// One date a feature: states that succeed one another lie on the same ground, events each on their own.
  void use_day(Draft& draft, const DateColumn& day) {
    if (draft.is_lines) {
      draft.from = day;
      say(draft, "mode",
          fmt::format("snapshot: one date a line, field '{}'; a line holds until the next date", day.field),
          "");
      return;
    }
    const double shared = ground_shared(draft.sample, day);
    const bool is_snapshot = shared >= 0.5;
    draft.from = day;
    draft.spec.layer.mode = is_snapshot ? LayerMode::snapshot : LayerMode::event;
    say(draft, "mode",
        fmt::format(
            "{}: one date a feature, field '{}'; what follows one another covers {:.0f} % of the same ground "
            "(boxes), so {}",
            is_snapshot ? "snapshot" : "event", day.field, 100 * shared,
            is_snapshot ? "all features of a date are the state until the next"
                        : "each passes ground on, over what was there"),
        "mode = \"snapshot\", \"event\" or \"interval\"");
  }

  static double ground_shared(const Sample& sample, const DateColumn& day) {
    std::map<Instant, detail::BoundingBox> by_date;
    const Column& column = *sample.column(day.field);
    for (std::size_t i = 0; i < sample.rows(); ++i) {
      if (const auto date = detail::date_of(day, column.values[i])) by_date[date->first].add(sample.boxes[i]);
    }
    if (by_date.size() < 2) return 1.0;
    double sum = 0.0;
    for (auto before = by_date.begin(), next = std::next(before); next != by_date.end(); ++before, ++next)
      sum += detail::shared_part(before->second, next->second);
    return sum / static_cast<double>(by_date.size() - 1);
  }

  /// Columns of dates that no name explains, an end without beginning, or nothing at all.
  void use_unnamed_dates(Draft& draft, const std::vector<DateColumn>& dates, const DateColumn* ends) {
    std::vector<const DateColumn*> plain;
    for (const DateColumn& column : dates) {
      if (column.role == DateRole::none) plain.push_back(&column);
    }
    if (plain.size() == 2) {
      const auto order = compare_columns(draft.sample, *plain[0], *plain[1]);
      if (order != 0) {
        const DateColumn& from = order < 0 ? *plain[0] : *plain[1];
        const DateColumn& to = order < 0 ? *plain[1] : *plain[0];
        use_interval(draft, from, to);
        say(draft, "from", fmt::format("'{}' is never after '{}'", from.field, to.field), "from, to");
        return;
      }
    }
    draft.spec.layer.mode = LayerMode::interval;
    if (plain.size() == 1 && ends == nullptr) {
      use_day(draft, *plain.front());
      return;
    }
    if (ends != nullptr) {
      draft.to = *ends;
      say(draft, "mode",
          fmt::format("interval: a field for the end only, '{}'; the beginning is open", ends->field),
          "from = {field = \"...\"}");
      return;
    }
    say(draft, "from",
        "no date in name or fields: its statements hold always, open on both sides; 'areas' wants any date, "
        "'timeline' has nothing to follow",
        "from = \"2024-01-01\" or {field = \"...\"}");
  }

  /// -1: a is never after b and once before; 1: the other way round; 0: neither.
  static int compare_columns(const Sample& sample, const DateColumn& a, const DateColumn& b) {
    bool before = false;
    bool after = false;
    for (std::size_t i = 0; i < sample.rows(); ++i) {
      const auto x = detail::date_of(a, sample.column(a.field)->values[i]);
      const auto y = detail::date_of(b, sample.column(b.field)->values[i]);
      if (!x || !y) continue;
      before = before || x->first < y->first;
      after = after || x->first > y->first;
    }
    return before == after ? 0 : before ? -1 : 1;
  }

  void say_split_dates(const Draft& draft) {
    if (draft.from || draft.is_dated_by_name) return;
    for (const Names& group : detail::find_split_dates(draft.sample.columns)) {
      say(draft, "from",
          fmt::format("fields {} make one date together, which a manifest cannot join",
                      fmt::join(group, ", ")),
          fmt::format("make one field of them, for instance by ogr2ogr -dialect sqlite -sql \"SELECT *, "
                      "printf('%04d-%02d-%02d', {}) AS since FROM ...\"",
                      fmt::join(group, ", ")));
    }
  }

  // ---- holders
  // ---------------------------------------------------------------------------------------------------

  void choose_actor(Draft& draft, const std::vector<DateColumn>& dates) {
    Names date_fields;
    for (const DateColumn& column : dates) date_fields.push_back(column.field);
    const auto actor = detail::find_actor_column(draft.sample.columns, date_fields);
    if (!actor) {
      draft.spec.actor.text = drafts_.size() == 1 ? "holder" : draft.spec.layer.id;
      say(draft, "actor",
          fmt::format("no field names a holder; all ground is of one, called '{}'", draft.spec.actor.text),
          "id and name of the [[actor]], or actor = {field = \"...\"}");
      return;
    }
    draft.spec.actor = ValueSpec{ValueSpec::Kind::field, actor->field, {}, "", false, 0};
    say_actor_.push_back({&draft, actor->others});
  }

  /// Fields on which the manifest depends, of every file.
  void read_rows(Draft& draft) {
    Names fields;
    if (draft.spec.actor.kind == ValueSpec::Kind::field) fields.push_back(draft.spec.actor.text);
    for (const auto* column : {&draft.from, &draft.to}) {
      if (*column) fields.push_back((*column)->field);
    }
    for (const std::string* column : {&draft.places.key, &draft.places.lon, &draft.places.lat}) {
      if (!column->empty()) fields.push_back(*column);
    }
    if (fields.empty()) return;
    constexpr std::size_t kBatch = 256;
    const std::vector<DataFile>& files = draft.series->files;
    if (files.size() == 1) {
      // It was read whole already.
      draft.rows = {{}, {}, {}, draft.sample.boxes, draft.sample.places, {}, 0, {}};
      for (const std::string& field : fields) draft.rows.columns.push_back(*draft.sample.column(field));
      return;
    }
    for (std::size_t begin = 0; begin < files.size(); begin += kBatch) {
      const auto from = files.begin() + static_cast<std::ptrdiff_t>(begin);
      const auto to = files.begin() + static_cast<std::ptrdiff_t>(std::min(begin + kBatch, files.size()));
      append_rows(draft.rows, detail::read_sample({from, to}, {draft.spec.layer_in_file, draft.spec.crs,
                                                               fields, false, draft.is_table}));
    }
    for (auto* column : {&draft.from, &draft.to}) {
      if (!*column) continue;
      const Column* values = draft.rows.column((*column)->field);
      if (auto again = values == nullptr ? std::nullopt : detail::find_date_column(*values)) *column = again;
    }
  }

  static void append_rows(Sample& rows, Sample more) {
    if (rows.columns.empty()) {
      rows = std::move(more);
      return;
    }
    for (Column& column : rows.columns) {
      if (const Column* other = more.column(column.name))
        column.values.insert(column.values.end(), other->values.begin(), other->values.end());
    }
    rows.boxes.insert(rows.boxes.end(), more.boxes.begin(), more.boxes.end());
    rows.places.insert(rows.places.end(), more.places.begin(), more.places.end());
  }

  void collect_actors(Draft& draft) {
    if (draft.spec.actor.kind != ValueSpec::Kind::field) return;
    const Column& column = *draft.rows.column(draft.spec.actor.text);
    std::set<std::string> values;
    Blanks blank;
    for (const auto& value : column.values) {
      const std::string raw = value.value_or("");
      if (detail::trimmed(raw).empty()) {
        ++blank[value];
      } else {
        values.insert(raw);
      }
    }
    check_encoding(draft, values);
    draft.actor_values.assign(values.begin(), values.end());
    leave_out(draft, column.name, blank, "holder",
              "a statement needs one ('nobody' where nobody holds the ground)");
  }

  /// Snapshots and events need their dates; what has none, or a word for one, is left out.
  void leave_out_undated(Draft& draft) {
    if (!draft.from || draft.spec.layer.mode == LayerMode::interval) return;
    Blanks undated;
    for (const auto& value : draft.rows.column(draft.from->field)->values) {
      if (!detail::date_of(*draft.from, value)) ++undated[value];
    }
    draft.from->odd.clear();
    leave_out(
        draft, draft.from->field, undated, "date",
        draft.spec.layer.mode == LayerMode::event ? "an event needs its date" : "a state needs its date");
  }

  /// Adds a condition, and says which values of the field it leaves out.
  void leave_out(Draft& draft, const std::string& field, const Blanks& blanks, std::string_view what,
                 std::string_view why) {
    if (blanks.empty()) return;
    std::size_t count = 0;
    Names values;
    for (const auto& [value, times] : blanks) {
      count += times;
      if (!detail::trimmed(value.value_or("")).empty())
        values.push_back(fmt::format("'{}' x {}", *value, times));
    }
    const std::string condition = without_blank(draft, field, blanks);
    draft.spec.where = draft.spec.where.empty() ? condition : draft.spec.where + " AND " + condition;
    say(draft, "where",
        fmt::format("{} without a {} in '{}' left out{}: {}", counted(count, "feature", "features"), what,
                    field, values.empty() ? "" : fmt::format(" ({})", listed(values)), why),
        fmt::format("give them a {} and remove where", what));
  }

  static std::string sql_text(std::string_view text) {
    std::string quoted = "'";
    for (const char c : text) quoted += c == '\'' ? std::string("''") : std::string(1, c);
    return quoted + "'";
  }
  static std::string sql_name(std::string_view name, std::string_view escape) {
    std::string quoted = "\"";
    for (const char c : name) quoted += c == '"' ? std::string(escape) + c : std::string(1, c);
    return quoted + "\"";
  }

  /// The condition that `field` has none of these values.
  static std::string without_blank(const Draft& draft, const std::string& field, const Blanks& blank) {
    const auto condition = [&](std::string_view escape) {
      const std::string quoted = sql_name(field, escape);
      Names conditions;
      for (const auto& [value, count] : blank) {
        conditions.push_back(value ? fmt::format("{} <> {}", quoted, sql_text(*value))
                                   : fmt::format("{} IS NOT NULL", quoted));
      }
      return fmt::format("{}", fmt::join(conditions, " AND "));
    };
    // SQL doubles a quote within a name, which formats with a database behind them read; GDAL's own
    // conditions want a backslash before it.
    const std::string doubled = condition("\"");
    if (field.find('"') == std::string::npos) return doubled;
    const DataFile& file = draft.series->files.front();
    try {
      static_cast<void>(read_vector(
          {file.dataset, file.name, draft.spec.layer_in_file, doubled, draft.spec.crs, Names{field}}));
      return doubled;
    } catch (const InvalidData&) {
      return condition("\\");
    }
  }

  static void check_encoding(const Draft& draft, const std::set<std::string>& values) {
    for (const std::string& value : values) {
      if (detail::is_utf8(value)) continue;
      throw InvalidData(fmt::format(
          "{}: field '{}' has letters in an encoding that the file does not name; beside a "
          "shapefile write it into a .cpg file, such as UTF-8 or 1251; convert text (GeoJSON, CSV), for "
          "instance by iconv -f WINDOWS-1251 -t UTF-8",
          draft.series->files.front().name, draft.spec.actor.text));
    }
  }

  void declare_actors() {
    std::set<std::string> names;
    for (const Draft& draft : drafts_) {
      if (draft.is_lines) names.insert({"left", "right"});
      // One letter can be written by several code points; a name so written is no second holder.
      for (const std::string& value : draft.actor_values) names.insert(name_form(detail::trimmed(value)));
      if (draft.spec.actor.kind == ValueSpec::Kind::constant && !draft.is_lines)
        names.insert(name_form(draft.spec.actor.text));
    }
    names.erase(std::string(kNobody));
    say_forms();
    const Names sorted(names.begin(), names.end());
    const Names ids = detail::ids_of(sorted);
    const Names colors = detail::colors(ids.size());
    std::map<std::string, std::string> id_of{{std::string(kNobody), std::string(kNobody)}};
    std::map<std::string, Names> alike;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      manifest_.atlas.actors.push_back(
          Actor{.id = ids[i], .name = sorted[i], .names = {}, .color = colors[i], .groups = {}});
      id_of[sorted[i]] = ids[i];
      alike[detail::id_of(sorted[i])].push_back(sorted[i]);
    }
    for (Draft& draft : drafts_) {
      if (draft.is_lines) {
        // nobody stands before them
        draft.spec.lines_to_areas->rule.left = ActorId(std::size_t{1});
        draft.spec.lines_to_areas->rule.right = ActorId(std::size_t{2});
        continue;
      }
      if (draft.spec.actor.kind == ValueSpec::Kind::constant)
        draft.spec.actor.text = id_of[name_form(draft.spec.actor.text)];
      for (const std::string& value : draft.actor_values) {
        const std::string& id = id_of[name_form(detail::trimmed(value))];
        if (id != detail::trimmed(value)) draft.spec.actor.map.emplace(value, id);
      }
      for (const auto& [value, holders] : draft.contested) {
        Names together;
        for (const std::string& holder : holders) together.push_back(id_of.at(name_form(holder)));
        draft.spec.actor.map.emplace(value, fmt::format("{}", fmt::join(together, "+")));
      }
    }
    for (const auto& [draft, others] : say_actor_) say_actor(*draft, others);
    for (const auto& [id, written] : alike) {
      if (id.empty() || written.size() < 2) continue;
      say("actor", fmt::format("'{}' are written almost alike, and kept apart", fmt::join(written, "', '")),
          "map both to one id if they are the same");
    }
  }

  /// Names that look alike and are written with different code points.
  void say_forms() {
    std::map<std::string, std::set<std::string>> written;
    for (const Draft& draft : drafts_) {
      for (const std::string& value : draft.actor_values) {
        const std::string name = detail::trimmed(value);
        written[name_form(name)].insert(name);
      }
    }
    Names several;
    for (const auto& [form, names] : written) {
      if (names.size() > 1) several.push_back(fmt::format("'{}'", form));
    }
    if (several.empty()) return;
    say("actor",
        fmt::format("{} written in several forms of Unicode, which look the same; each is one holder",
                    listed(several)),
        "");
  }

  void say_actor(const Draft& draft, const Names& others) {
    Names names;
    for (const std::string& value : draft.actor_values) names.push_back(name_form(detail::trimmed(value)));
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    std::string text = fmt::format("field '{}', {}: {}", draft.spec.actor.text,
                                   counted(names.size(), "holder", "holders"), listed(names));
    if (!others.empty()) text += fmt::format("; other fields that could name holders: {}", listed(others));
    say(draft, "actor", text, "actor = {field = \"...\"}");
  }

  // ---- intervals
  // ---------------------------------------------------------------------------------------------------

  void check_intervals(Draft& draft) {
    if (draft.from) {
      draft.spec.from = field_spec(*draft.from, false);
      say_reading(draft, "from", *draft.from);
    }
    if (!draft.to) return;
    const auto rows = dated_rows(draft);
    const detail::IntervalEnds ends = detail::find_interval_ends(rows);
    if (!ends.backward.empty()) {
      Names places;
      for (const std::size_t row : ends.backward) places.push_back(draft.rows.places[row]);
      throw InvalidData(fmt::format("{} before beginning ('{}' after '{}'); mend: {}",
                                    counted(ends.backward.size(), "interval ends", "intervals end"),
                                    draft.from ? draft.from->field : "", draft.to->field, listed(places)));
    }
    draft.spec.to = field_spec(*draft.to, ends.is_inclusive());
    say_reading(draft, "to", *draft.to);
    say_ends(draft, ends);
  }

  static std::vector<detail::DatedRow> dated_rows(const Draft& draft) {
    const auto value = [&](const std::optional<DateColumn>& dates, std::size_t row) {
      return dates ? detail::date_of(*dates, draft.rows.column(dates->field)->values[row])
                   : std::optional<DateSpan>();
    };
    const Column* key =
        draft.spec.actor.kind == ValueSpec::Kind::field ? draft.rows.column(draft.spec.actor.text) : nullptr;
    const std::vector<std::size_t> grounds = detail::number_grounds(draft.rows.boxes);
    std::vector<detail::DatedRow> rows;
    rows.reserve(draft.rows.rows());
    for (std::size_t i = 0; i < draft.rows.rows(); ++i) {
      rows.push_back({key == nullptr ? "" : detail::trimmed(key->values[i].value_or("")),
                      value(draft.from, i), value(draft.to, i), grounds[i]});
    }
    return rows;
  }

  void say_ends(const Draft& draft, const detail::IntervalEnds& ends) {
    const bool inclusive = ends.is_inclusive();
    const std::size_t meet = inclusive ? ends.meet_after : ends.meet_at;
    const std::string change = fmt::format("inclusive = {}", inclusive ? "false" : "true");
    const std::string verdict =
        inclusive ? "the last day named still belongs to it" : "it ends as that day begins";
    const std::size_t ground_meet = inclusive ? ends.ground_after : ends.ground_at;
    if (meet + ground_meet > 0) {
      Names counts;
      if (meet > 0 || ends.successions() > 0)
        counts.push_back(fmt::format("{} of {} successions of one holder", meet, ends.successions()));
      if (ends.ground_successions() > 0)
        counts.push_back(fmt::format("{} of {} successions of different holders on the same ground",
                                     ground_meet, ends.ground_successions()));
      say(draft, "to",
          fmt::format("{} meet {}: ends are {}, {}", fmt::join(counts, " and "),
                      inclusive ? "the day after" : "on the same day", inclusive ? "inclusive" : "exclusive",
                      verdict),
          change);
    } else if (ends.one_day > 0) {
      say(draft, "to",
          fmt::format("{} on the same day: ends are inclusive, {}",
                      counted(ends.one_day, "interval begins and ends", "intervals begin and end"), verdict),
          change);
    } else {
      say(draft, "to",
          fmt::format(
              "no interval follows another of its holder or its ground; ends are taken as exclusive, {}",
              verdict),
          change);
    }
    const std::size_t otherwise =
        inclusive ? ends.meet_at + ends.ground_at : ends.meet_after + ends.ground_after;
    if (otherwise > 0) {
      say(draft, "to",
          fmt::format("{} the other way ({})", counted(otherwise, "succession meets", "successions meet"),
                      inclusive ? "both hold on the day named" : "a day is left between"),
          "the dates in the file");
    }
    say_last(draft, inclusive);
    say_successions(draft, ends.gaps, "succession of one holder leaves a gap",
                    "successions of one holder leave gaps");
    say_successions(draft, ends.overlaps, "succession of one holder overlaps",
                    "successions of one holder overlap");
    say_successions(draft, ends.ground_gaps,
                    "succession of different holders on the same ground leaves a gap",
                    "successions of different holders on the same ground leave gaps");
    say_successions(draft, ends.ground_overlaps,
                    "succession of different holders on the same ground overlaps",
                    "successions of different holders on the same ground overlap");
  }

  /// Where nothing is open to the end, figures of later dates are empty.
  void say_last(const Draft& draft, bool inclusive) {
    std::optional<DateSpan> last;
    if (!draft.to) return;
    for (const auto& value : draft.rows.column(draft.to->field)->values) {
      const auto end = detail::date_of(*draft.to, value);
      if (!end) return;
      if (!last || last->first < end->first) last = end;
    }
    if (!last) return;
    say(draft, "to",
        fmt::format("every interval ends, the last {} {}; nothing is said of later dates",
                    inclusive ? "with" : "at", format_instant(last->first)),
        "leave ends empty that are still open");
  }

  void say_successions(const Draft& draft, const std::vector<detail::Succession>& list, std::string_view one,
                       std::string_view many) {
    if (list.empty()) return;
    Names texts;
    texts.reserve(list.size());
    for (const detail::Succession& s : list) {
      // As the file writes them.
      texts.push_back(fmt::format("{} ends {}, {} begins {}", s.key, format_instant(s.end.first),
                                  s.next_key.empty() ? "next" : s.next_key, format_instant(s.begin.first)));
    }
    // Each is a place to look at in the file.
    constexpr std::size_t kSuccessionsShown = 50;
    say(draft, "to", fmt::format("{}: {}", counted(list.size(), one, many), listed(texts, kSuccessionsShown)),
        "");
  }

  // ---- the whole
  // ---------------------------------------------------------------------------------------------------

  void propose_harmonising() {
    for (const Draft& draft : drafts_) {
      if (draft.spec.layer.mode != LayerMode::snapshot || draft.sample.maps.size() < 2) continue;
      const auto found = detail::find_repeated_vertices(draft.sample.maps, kSameLine);
      if (found.repeated < kLeastRepeated) continue;
      manifest_.atlas.harmonise = kSameLine;
      say("harmonise_m",
          fmt::format(
              "{}: of the {} vertices of {} maps looked at {} differ from one of another map by less than {} "
              "m: the same line written twice; such lines become one",
              draft.spec.layer.id, found.vertices, draft.sample.maps.size(), found.repeated,
              kSameLine.value()),
          "remove harmonise_m to use every line as it is");
    }
  }

  void declare_atlas() {
    const std::string folder = folder_name();
    manifest_.atlas.title = options_.title.empty() ? folder : options_.title;
    const std::string id = detail::id_of(manifest_.atlas.title);
    manifest_.atlas.id = id.empty() ? "atlas" : id;
    say("atlas",
        fmt::format("id '{}' and title '{}' by the folder", manifest_.atlas.id, manifest_.atlas.title),
        "id, title");
    Names literals;
    for (const Draft& draft : drafts_) {
      const std::string& literal = draft.series->names.literal;
      const std::string title = literal.empty() ? folder : literal;
      if (std::find(literals.begin(), literals.end(), title) == literals.end()) literals.push_back(title);
    }
    Source source;
    source.id = "source";
    source.title = listed(literals);
    manifest_.atlas.sources.push_back(source);
    say("source",
        fmt::format("title '{}' by the names of files; author, licence and url are yours to fill in",
                    source.title),
        "[[source]]");
    say("theme", "control, who holds the ground, for every layer",
        "theme = \"claim\", \"border\" or \"zone\"");
    for (Draft& draft : drafts_) {
      draft.spec.layer.source = SourceId(std::size_t{0});
      manifest_.layers.push_back(draft.spec);
    }
  }

  /// Of the data: the folder that holds the first file, or the archive it is in.
  [[nodiscard]] std::string folder_name() const {
    const DataFile& first = drafts_.front().series->files.front();
    const fs::path folder = first.local.empty() ? options_.folder : first.local.parent_path();
    std::string name = fs::absolute(folder).lexically_normal().filename().string();
    if (!name.empty()) return name;
    const std::string parent = fs::absolute(folder).lexically_normal().parent_path().filename().string();
    return parent.empty() ? "atlas" : parent;
  }

  struct SayActor {
    const Draft* draft;
    Names others;
  };

  const ProposeOptions& options_;
  std::vector<FileSeries> series_;
  std::vector<Draft> drafts_;
  std::vector<Draft> lines_;                      ///< until it is known whether there is a frame
  std::vector<Draft> observations_, gazetteers_;  ///< likewise
  FileSpec frame_;                                ///< that lines divide and places share out
  detail::NamedAreas frame_areas_;
  std::string frame_field_;      ///< tells its areas apart; empty: none does
  std::size_t frame_count_ = 0;  ///< areas of it
  Names others_;                 ///< what holds no areas, for messages
  std::vector<SayActor> say_actor_;
  Manifest manifest_;
  std::vector<Assumption> assumptions_;
};

}  // namespace

ProposedManifest propose_manifest(const std::vector<std::string>& files, const ProposeOptions& options) {
  return Proposer(options).propose(files);
}

}  // namespace marchland
