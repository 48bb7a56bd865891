#include <marchland/base/error.h>
#include <marchland/io/detail/actor_ids.h>
#include <marchland/io/detail/interval_ends.h>
#include <marchland/io/detail/manifest_text.h>
#include <marchland/io/detail/repeated_lines.h>
#include <marchland/io/detail/series_sample.h>
#include <marchland/io/manifest.h>
#include <marchland/io/propose_manifest.h>

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

std::string listed(const Names& names) {
  Names shown(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kShown)));
  if (names.size() > kShown) shown.push_back(fmt::format("... ({} in all)", names.size()));
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
  bool is_lines = false;  ///< that divide the frame
  Names actor_values;     ///< raw values of its actor field, each once, sorted
};

class Proposer {
 public:
  explicit Proposer(const ProposeOptions& options) : options_(options) {}

  ProposedManifest propose(const Names& arguments) {
    const detail::InputFiles found = detail::find_input_files(arguments, options_.folder);
    series_ = detail::group_files(found.files);
    if (!found.left_out.empty()) {
      say("files", fmt::format("no vector data, left out: {}", listed(found.left_out)), "");
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
      } else {
        infer(draft);
      }
    }
    declare_actors();
    propose_harmonising();
    declare_atlas();
    ProposedManifest proposed;
    proposed.text = detail::manifest_text(
        manifest_,
        {"Proposed by marchland init from names and contents of files; every line is yours to change."});
    // What was proposed must be readable; if it is not, that is no fault of the data.
    static_cast<void>(parse_manifest(proposed.text, options_.folder / "atlas.toml"));
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
    if (layers.empty()) others_.push_back(fmt::format("{} has no geometries", first));
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
      } else if (draft.sample.polygons > 0 || (draft.sample.rows() == 0 && series.files.size() > 1)) {
        drafts_.push_back(std::move(draft));
      } else {
        others_.push_back(fmt::format("{}{} has {}", first,
                                      layers.size() > 1 ? ": layer '" + layer.name + "'" : "",
                                      kinds_of(draft.sample)));
      }
    }
  }

  /// Lines given together with one file of areas divide those.
  void take_frame() {
    if (lines_.empty()) return;
    const bool has_frame = drafts_.size() == 1 && drafts_.front().series->files.size() == 1;
    if (!has_frame) {
      for (const Draft& draft : lines_) {
        others_.push_back(fmt::format("{} has {}", draft.series->files.front().name, kinds_of(draft.sample)));
      }
      lines_.clear();
      return;
    }
    const Draft& areas = drafts_.front();
    frame_.file = detail::entries_for(areas.series->files, options_.folder, options_.manifest).front();
    frame_.layer = areas.spec.layer_in_file;
    frame_.crs = areas.spec.crs;
    manifest_.study_area = frame_;
    say("study_area",
        fmt::format("{}, {}: the frame that the lines divide, all of it", frame_.file,
                    counted(areas.sample.polygons, "area", "areas")),
        "study_area and frame = {file = \"...\", where = \"...\"}");
    drafts_ = std::move(lines_);
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
    check_intervals(draft);
    constexpr Meters kWithin{50'000.0};
    draft.spec.lines_to_areas = LinesToAreas{};
    draft.spec.lines_to_areas->frame = frame_;
    draft.spec.lines_to_areas->rule.extension = LineExtension::nearest;
    draft.spec.lines_to_areas->rule.within = kWithin;
    say(draft, "lines_to_areas",
        "the ground on either side of a line is held by 'left' and 'right', looking along it in the "
        "direction "
        "it is written",
        "id and name of the two [[actor]], left, right");
    say(draft, "lines_to_areas",
        fmt::format("ends of lines inside the frame are prolonged to its nearest point, by {} km at most; "
                    "`check` says which and how far",
                    kWithin.value() / 1000),
        "extend = \"straight\" or \"none\", within_m");
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
    throw InvalidData(
        fmt::format("no polygons: {}; an atlas is made of areas. For lines give the ground they divide (a "
                    "country, a study area) together with them: init LINES GROUND; a table or points of "
                    "places become areas by [layer.points_to_areas] of a manifest (docs/list_of_towns.md)",
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
          fmt::format("{}: no areas, left out; places become areas by [layer.points_to_areas], lines by "
                      "[layer.lines_to_areas]",
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
    if (const std::size_t others = draft.sample.rows() - draft.sample.polygons; others > 0 && !draft.is_lines)
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
    if (fields.empty()) return;
    constexpr std::size_t kBatch = 256;
    const std::vector<DataFile>& files = draft.series->files;
    for (std::size_t begin = 0; begin < files.size(); begin += kBatch) {
      const auto from = files.begin() + static_cast<std::ptrdiff_t>(begin);
      const auto to = files.begin() + static_cast<std::ptrdiff_t>(std::min(begin + kBatch, files.size()));
      append_rows(draft.rows,
                  detail::read_sample({from, to}, {draft.spec.layer_in_file, draft.spec.crs, fields, false}));
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
    std::map<std::string, std::size_t> blank;  // null is "null"
    std::size_t left_out = 0;
    for (const auto& value : column.values) {
      const std::string raw = value.value_or("");
      if (detail::trimmed(raw).empty()) {
        ++left_out;
        blank[value ? raw : "null"] += 1;
      } else {
        values.insert(raw);
      }
    }
    check_encoding(draft, values);
    draft.actor_values.assign(values.begin(), values.end());
    if (left_out == 0) return;
    draft.spec.where = without_blank(draft, column.name, blank);
    say(draft, "where",
        fmt::format("{} without a value in '{}' left out: a statement needs a holder",
                    counted(left_out, "feature", "features"), column.name),
        "give them one ('nobody' where nobody holds the ground) and remove where");
  }

  /// The condition that `field` has none of these values; null is "null".
  static std::string without_blank(const Draft& draft, const std::string& field,
                                   const std::map<std::string, std::size_t>& blank) {
    const auto condition = [&](std::string_view escape) {
      std::string quoted;
      for (const char c : field) quoted += c == '"' ? std::string(escape) + c : std::string(1, c);
      Names conditions;
      for (const auto& [value, count] : blank) {
        conditions.push_back(value == "null" ? fmt::format("\"{}\" IS NOT NULL", quoted)
                                             : fmt::format("\"{}\" <> '{}'", quoted, value));
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
      throw InvalidData(
          fmt::format("{}: field '{}' has letters in an encoding that the file does not name; beside a "
                      "shapefile write it into a .cpg file, such as UTF-8 or 1251",
                      draft.series->files.front().name, draft.spec.actor.text));
    }
  }

  void declare_actors() {
    std::set<std::string> names;
    for (const Draft& draft : drafts_) {
      if (draft.is_lines) names.insert({"left", "right"});
      for (const std::string& value : draft.actor_values) names.insert(detail::trimmed(value));
      if (draft.spec.actor.kind == ValueSpec::Kind::constant && !draft.is_lines)
        names.insert(draft.spec.actor.text);
    }
    names.erase(std::string(kNobody));
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
        draft.spec.actor.text = id_of[draft.spec.actor.text];
      for (const std::string& value : draft.actor_values) {
        const std::string& id = id_of[detail::trimmed(value)];
        if (id != detail::trimmed(value)) draft.spec.actor.map.emplace(value, id);
      }
    }
    for (const auto& [draft, others] : say_actor_) say_actor(*draft, others);
    for (const auto& [id, written] : alike) {
      if (id.empty() || written.size() < 2) continue;
      say("actor", fmt::format("'{}' are written almost alike, and kept apart", fmt::join(written, "', '")),
          "map both to one id if they are the same");
    }
  }

  void say_actor(const Draft& draft, const Names& others) {
    Names names;
    for (const std::string& value : draft.actor_values) names.push_back(detail::trimmed(value));
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
      if (ends.ground_successions > 0)
        counts.push_back(fmt::format("{} of {} successions of different holders on the same ground",
                                     ground_meet, ends.ground_successions));
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
    say_successions(draft, ends.gaps, "leaves a gap", "leave gaps");
    say_successions(draft, ends.overlaps, "overlaps", "overlap");
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
      texts.push_back(fmt::format("{} ends {}, next begins {}", s.key, format_instant(s.end.first),
                                  format_instant(s.begin.first)));
    }
    say(draft, "to", fmt::format("{} {}: {}", list.size(), list.size() == 1 ? one : many, listed(texts)), "");
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
  std::vector<Draft> lines_;  ///< until it is known whether there is a frame
  FileSpec frame_;            ///< that lines divide
  Names others_;              ///< what holds no areas, for messages
  std::vector<SayActor> say_actor_;
  Manifest manifest_;
  std::vector<Assumption> assumptions_;
};

}  // namespace

ProposedManifest propose_manifest(const std::vector<std::string>& files, const ProposeOptions& options) {
  return Proposer(options).propose(files);
}

}  // namespace marchland
