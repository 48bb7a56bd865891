#include <marchland/base/error.h>
#include <marchland/io/detail/draft_holders.h>
#include <marchland/io/detail/input_drafts.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

namespace marchland::detail {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

void say_left_out(const Names& left_out, Assumptions& said) {
  Names tables;
  Names others;
  for (const std::string& name : left_out) (name.ends_with(".csv") ? tables : others).push_back(name);
  if (!others.empty()) said.say("files", fmt::format("no vector data, left out: {}", listed(others)), "");
  if (tables.empty()) return;
  // A folder is taken for maps: the ground beside a table would be divided by a file nobody meant.
  said.say("files", fmt::format("tables, left out: {}", listed(tables)),
           "name the table of who holds which place, the ground and positions: marchland init TABLE GROUND "
           "POSITIONS -o atlas.toml");
}

/// Files of one name in folders, or archives, that have the dates: no manifest can say so.
void refuse_dated_folders(const std::vector<FileSeries>& all) {
  std::map<std::string, Names> folders_by_name;
  for (const FileSeries& series : all) {
    const DataFile& file = series.files.front();
    if (series.files.size() == 1 && series.names.pattern.empty())
      folders_by_name[file.file_name()].push_back(fs::path(file.name).parent_path().string());
  }
  for (const auto& [name, folders] : folders_by_name) {
    const auto format = folders.size() > 1 ? find_name_format(folders) : std::nullopt;
    if (!format) continue;
    throw InvalidData(fmt::format(
        "{} is in {} folders or archives that have the date in their names ({}); a manifest reads "
        "dates from the names of files: call them by date, such as {}_{}",
        name, folders.size(), listed(folders), fs::path(name).stem().string(), "20240101"));
  }
}

/// A name that is to have a date, as others have, and states none that exists: it would hold always.
void refuse_impossible_dates(const std::vector<FileSeries>& all) {
  const bool any_dated = std::any_of(all.begin(), all.end(),
                                     [](const FileSeries& series) { return !series.names.pattern.empty(); });
  Names bad;
  for (const FileSeries& series : all) {
    if (!any_dated || !series.names.pattern.empty()) continue;
    for (const DataFile& file : series.files) {
      const std::string text = find_impossible_date(file.file_name());
      if (!text.empty()) bad.push_back(fmt::format("{} ('{}')", file.name, text));
    }
  }
  if (bad.empty()) return;
  throw InvalidData(fmt::format(
      "{} by a date that does not exist, while others have dates in their names: {}; rename or leave out",
      counted(bad.size(), "file is called", "files are called"), listed(bad)));
}

/// The crs key; empty where the file states its own. Throws InvalidData where numbers can be no degrees.
std::string crs_for(const VectorLayer& layer, const DataFile& file, const ProposeOptions& options,
                    Assumptions& said) {
  const std::string& name = file.name;
  const auto [west, south, east, north] = layer.extent;
  const bool needs_degrees = options.crs.empty() && (layer.crs.empty() || layer.is_geographic);
  if (!layer.crs.empty() && options.crs.empty() && !layer.is_geographic) return "";
  const auto fits = [](double least_x, double least_y, double most_x, double most_y) {
    return least_x >= -540 && most_x <= 540 && least_y >= -90 && most_y <= 90;
  };
  if (needs_degrees && !fits(west, south, east, north)) {
    const std::string where = fmt::format("{}: layer '{}': x from {} to {}, y from {} to {}", name,
                                          layer.name, west, east, south, north);
    if (fits(south, west, north, east)) {
      // No SQL: its name for the geometry differs by format, and ogr2ogr keeps the first geometry it gets.
      throw InvalidData(
          fmt::format("{}: these are degrees with the latitude first; write longitude first, for instance by "
                      "ogr2ogr -ct \"+proj=axisswap +order=2,1\" swapped.gpkg \"{}\" \"{}\"",
                      where, file.local.empty() ? file.name : file.dataset, layer.name));
    }
    throw InvalidData(
        fmt::format("{}: these are no longitudes and latitudes{}; say which coordinate system they are "
                    "in by --crs EPSG:...",
                    where, layer.crs.empty() ? ", and the file states no coordinate system" : ""));
  }
  if (!layer.crs.empty()) return "";
  if (!options.crs.empty()) return options.crs;
  said.say(fmt::format("{}: crs", name),
           fmt::format(
               "the file states no coordinate system; its numbers (x from {} to {}, y from {} to {}) can be "
               "degrees on WGS84, longitude first",
               west, east, south, north),
           "crs = \"EPSG:...\"");
  return "EPSG:4326";
}

/// Folders leave tables out, so whoever has one here wants it read. Without it the ground that was meant to
/// be shared out would become a layer of its own.
bool is_named_table(const FileSeries& series) {
  const DataFile& file = series.files.front();
  return file.name.ends_with(".csv") && !file.dataset.starts_with("/vsi");
}

/// What a gazetteer has: when it was written down says nothing of who held what when.
bool can_be_gazetteer(const LayerDraft& draft) {
  const bool has_positions = !draft.is_table || !draft.places.lon.empty();
  const std::vector<DateColumn> dates = draft.date_columns();
  const bool is_dated = std::any_of(
      dates.begin(), dates.end(), [](const DateColumn& column) { return column.role != DateRole::recorded; });
  return has_positions && !draft.places.key.empty() && draft.series->names.pattern.empty() &&
         (!is_dated || !holder_column(draft, dates));
}

/// Rows with holder and date that lie nowhere need another file's positions. One that has them, and no date
/// but that of its own records, is there for these.
void take_gazetteers(InputDrafts& inputs) {
  const auto lacks_positions = [](const LayerDraft& draft) {
    return draft.is_table && draft.places.lon.empty();
  };
  std::vector<LayerDraft>& rows = inputs.observations;
  if (!inputs.gazetteers.empty() || std::none_of(rows.begin(), rows.end(), lacks_positions)) return;
  const auto found = std::stable_partition(rows.begin(), rows.end(),
                                           [](const LayerDraft& draft) { return !can_be_gazetteer(draft); });
  std::move(found, rows.end(), std::back_inserter(inputs.gazetteers));
  rows.erase(found, rows.end());
}

/// Observations of who holds which place, or where places lie.
void add_places(LayerDraft draft, InputDrafts& inputs) {
  const std::string& first = draft.series->files.front().name;
  const std::vector<DateColumn> dates = draft.date_columns();
  const bool is_dated = !dates.empty() || !draft.series->names.pattern.empty();
  draft.places = find_place_columns(draft.sample.columns);
  const auto holder = holder_column(draft, dates);
  if (!draft.places.key.empty() && holder && is_dated) {
    inputs.observations.push_back(std::move(draft));
  } else if (can_be_gazetteer(draft)) {
    inputs.gazetteers.push_back(std::move(draft));
  } else {
    Names missing;
    if (draft.places.key.empty()) missing.emplace_back("no column that names places (place, town, name)");
    if (!holder) missing.emplace_back("no column of holders (holder, held_by, control)");
    if (!is_dated) missing.emplace_back("no dates");
    inputs.others.push_back(fmt::format("{} has {}{}", first,
                                        draft.is_table
                                            ? "no geometries, and as a table of places "
                                            : kinds_of(draft.sample) + ", and as a list of places ",
                                        fmt::join(missing, ", ")));
  }
}

/// A file without geometries may be a table of places.
void add_table(const FileSeries& series, InputDrafts& inputs) {
  const std::string& first = series.files.front().name;
  LayerDraft draft;
  draft.series = &series;
  draft.is_table = true;
  try {
    draft.sample = read_sample(spread(series.files, kSampledFiles), {"", "", std::nullopt, false, true});
  } catch (const Error& error) {
    if (is_named_table(series)) throw;
    inputs.others.push_back(error.what());
    return;
  }
  if (draft.sample.rows() == 0) {
    if (is_named_table(series)) throw InvalidData(fmt::format("{}: the table has no rows", first));
    inputs.others.push_back(fmt::format("{} has no geometries", first));
    return;
  }
  add_places(std::move(draft), inputs);
}

void add_series(const FileSeries& series, const ProposeOptions& options, InputDrafts& inputs,
                Assumptions& said) {
  const std::string& first = series.files.front().name;
  const auto layers = list_layers(series.files.front().dataset, first);
  if (layers.empty()) add_table(series, inputs);
  for (const VectorLayer& layer : layers) {
    LayerDraft draft;
    draft.series = &series;
    draft.spec.layer_in_file = layers.size() > 1 ? layer.name : "";
    draft.spec.crs = crs_for(layer, series.files.front(), options, said);
    draft.sample = read_sample(spread(series.files, kSampledFiles),
                               {draft.spec.layer_in_file, draft.spec.crs, std::nullopt, true});
    draft.is_lines = draft.sample.polygons == 0 && (draft.sample.others.contains("Line String") ||
                                                    draft.sample.others.contains("Multi Line String"));
    if (draft.is_lines) {
      inputs.lines.push_back(std::move(draft));
    } else if (draft.sample.polygons == 0 && draft.sample.others.contains("Point")) {
      add_places(std::move(draft), inputs);
    } else if (draft.sample.polygons > 0 || (draft.sample.rows() == 0 && series.files.size() > 1)) {
      inputs.areas.push_back(std::move(draft));
    } else {
      inputs.others.push_back(fmt::format("{}{} has {}", first,
                                          layers.size() > 1 ? ": layer '" + layer.name + "'" : "",
                                          kinds_of(draft.sample)));
    }
  }
}

}  // namespace

InputDrafts read_input_drafts(const std::vector<std::string>& arguments, const ProposeOptions& options,
                              Assumptions& said) {
  const InputFiles found = find_input_files(arguments, options.folder);
  InputDrafts inputs;
  inputs.series = group_files(found.files);
  if (!found.left_out.empty()) say_left_out(found.left_out, said);
  refuse_dated_folders(inputs.series);
  refuse_impossible_dates(inputs.series);
  for (const FileSeries& series : inputs.series) add_series(series, options, inputs, said);
  take_gazetteers(inputs);
  return inputs;
}

}  // namespace marchland::detail
