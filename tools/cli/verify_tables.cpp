// The tables of a result folder: what is in all of them. They are read once here, held against their copies,
// and passed on to the checks of each.
#include "tools/cli/verify_tables.h"

#include <marchland/io/csv.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <utility>

namespace marchland::cli {

std::string text_of(const Json& row, const char* key) {
  const auto found = row.find(key);
  return found == row.end() || !found->is_string() ? std::string() : found->get<std::string>();
}

std::string shown(const std::string& actor) {
  return actor.empty() ? "unknown" : actor;
}

double number_of(const Json& row, const char* key) {
  const auto found = row.find(key);
  return found == row.end() || !found->is_number() ? std::nan("") : found->get<double>();
}

const Json& rows_of(const Json& document, const char* name) {
  static const Json kNoRows = Json::array();
  const auto found = document.find(name);
  return found == document.end() || !found->is_array() ? kNoRows : *found;
}

double sum_bound(std::size_t terms, double magnitude) {
  return static_cast<double>(terms + 2) * 0x1p-52 * std::abs(magnitude);
}

TablesBack::TablesBack(const ResultBack& result, Checks& found) : folder(result), checks(found) {
  for (const Json* entry : folder.entries(Json::object(), ".json")) {
    const std::string file = (*entry)["file"];
    if (!file.starts_with("tables/")) continue;
    if (auto read = folder.table(file, checks)) documents.emplace(file, std::move(*read));
  }
}

const Json* TablesBack::document(const std::string& file) {
  known.insert(file);
  const auto found = documents.find(file);
  return found == documents.end() ? nullptr : &found->second;
}

double TablesBack::area_at(const std::string& date_text, const std::string& actor) const {
  if (areas != nullptr) {
    for (const Json& row : rows_of(*areas)) {
      if (text_of(row, "at") == date_text && text_of(row) == actor) return number_of(row, "area_m2");
    }
  }
  return std::nan("");
}

std::string TablesBack::date_text(const std::string& name) const {
  const auto found = folder.date_texts.find(name);
  return found == folder.date_texts.end() ? std::string() : found->second;
}

bool TablesBack::has_some_groups_only() const {
  return folder.has_option("group");
}

std::optional<std::vector<TablesBack::PlaceBack>> TablesBack::places() {
  const std::string file = "layers/places.geojson";
  const auto& files = folder.index["files"];
  const auto is_it = [&](const Json& entry) { return entry["file"] == file; };
  if (std::none_of(files.begin(), files.end(), is_it)) return std::nullopt;
  known.insert(file);
  std::ifstream in(folder.path / file, std::ios::binary);
  std::optional<std::vector<PlaceBack>> out;
  checks.attempt(file, [&] {
    const Json document = Json::parse(in);
    std::vector<PlaceBack> read;
    for (const Json& feature : document.at("features")) {
      const Json& at = feature.at("geometry").at("coordinates");
      read.push_back({feature.at("properties").at("name").get<std::string>(),
                      {at.at(0).get<double>(), at.at(1).get<double>()}});
    }
    out = std::move(read);
  });
  return out;
}

FeaturesAt features_at(const LayerBack& layer, const Position& place) {
  // Lines were rounded: half a diagonal of 1e-7 degree.
  constexpr double kOnLine = 1e-7;
  FeaturesAt found;
  for (const LayerFeature& feature : layer.features) {
    if (!feature.is_valid) continue;
    const bool is_on_line = feature.planar->distance_to_lines(place) <= kOnLine;
    found.is_on_line = found.is_on_line || is_on_line;
    if (is_on_line || feature.planar->covers(place)) found.features.push_back(&feature);
  }
  return found;
}

bool is_sound(const LayerBack& layer) {
  return std::all_of(layer.features.begin(), layer.features.end(),
                     [](const LayerFeature& feature) { return feature.is_valid; });
}

namespace {

/// What a CSV must have beside its JSON: one text for each of its rows.
std::string csv_value(const Json& value) {
  if (value.is_null()) return "";
  return csv_field(value.is_string() ? value.get<std::string>() : value.dump());
}

std::string text_of_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}

bool is_listed(const ResultBack& folder, const std::string& file) {
  const auto& files = folder.index["files"];
  return std::any_of(files.begin(), files.end(), [&](const Json& entry) { return entry["file"] == file; });
}

/// The first table of the JSON document, column by column.
void verify_csv(TablesBack& tables) {
  for (const auto& [file, document] : tables.documents) {
    const std::string csv = file.substr(0, file.size() - 5) + ".csv";
    if (!is_listed(tables.folder, csv)) continue;
    tables.known.insert(csv);
    const std::string text = text_of_file(tables.folder.path / csv);
    std::size_t at = text.find('\n');
    std::vector<std::string> keys;
    std::istringstream head(text.substr(0, at));
    for (std::string key; std::getline(head, key, ',');) keys.push_back(key);
    at = at == std::string::npos ? text.size() : at + 1;
    std::size_t number = 0;
    bool is_same = true;
    for (const Json& row : rows_of(document)) {
      std::string line;
      for (const std::string& key : keys)
        line += (&key == &keys.front() ? "" : ",") + (row.contains(key) ? csv_value(row[key]) : "");
      line += "\n";
      const std::string found = text.substr(at, line.size());
      const auto without_end = [](std::string value) {
        if (!value.empty() && value.back() == '\n') value.pop_back();
        return value;
      };
      ++number;
      is_same = found == line;
      tables.checks.text("csv is its json", csv, fmt::format("row {}", number), without_end(line),
                         is_same ? without_end(found) : text.substr(at, text.find('\n', at) - at));
      if (!is_same) break;  // what follows may only have moved
      at += line.size();
    }
    if (is_same) tables.checks.text("csv is its json", csv, "ends with the last row", "", text.substr(at));
  }
}

/// Cells of a row "| a | b |"; "\|" is no border of a cell.
std::vector<std::string> markdown_cells(const std::string& line) {
  std::vector<std::string> cells;
  std::string cell;
  for (std::size_t i = 1; i < line.size(); ++i) {
    if (line[i] == '\\' && i + 1 < line.size() && line[i + 1] == '|') {
      cell += line[++i];
    } else if (line[i] == '|') {
      const std::size_t first = cell.find_first_not_of(' ');
      cells.push_back(
          first == std::string::npos ? "" : cell.substr(first, cell.find_last_not_of(' ') - first + 1));
      cell.clear();
    } else {
      cell += line[i];
    }
  }
  return cells;
}

/// A number as people see it, and half of its last digit; nothing where it is none. Zeros at the end of a
/// whole number may be rounding to what a band supports.
std::optional<std::pair<double, double>> shown_number(const std::string& cell) {
  std::string digits;
  for (const char c : cell) {
    if (c == ' ') continue;
    if ((c < '0' || c > '9') && c != '.' && c != '-') return std::nullopt;
    digits += c;
  }
  if (digits.find_first_of("0123456789") == std::string::npos) return std::nullopt;
  double step = 1.0;
  const std::size_t point = digits.find('.');
  if (point != std::string::npos) {
    step = std::pow(10.0, -static_cast<double>(digits.size() - point - 1));
  } else {
    for (std::size_t i = digits.size(); i > 1 && digits[i - 1] == '0'; --i) step *= 10.0;
  }
  std::istringstream in(digits);
  in.imbue(std::locale::classic());
  double value = 0.0;
  if (!(in >> value)) return std::nullopt;
  return std::pair(value, 0.5000001 * step);
}

/// A table for people: its texts are those of the JSON, its numbers those rounded.
void verify_markdown(TablesBack& tables) {
  for (const auto& [file, document] : tables.documents) {
    const std::string copy = file.substr(0, file.size() - 5) + ".md";
    if (!is_listed(tables.folder, copy)) continue;
    tables.known.insert(copy);
    std::istringstream in(text_of_file(tables.folder.path / copy));
    std::vector<std::vector<std::string>> lines;
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with("|")) lines.push_back(markdown_cells(line));
    }
    const Json& rows = rows_of(document);
    // A head and a rule.
    const double found = lines.size() < 2 ? std::nan("") : static_cast<double>(lines.size() - 2);
    tables.checks.number("md is its json", copy, "rows", "rows", static_cast<double>(rows.size()), found,
                         0.0);
    if (!(found == static_cast<double>(rows.size()))) continue;
    for (std::size_t r = 0; r < rows.size(); ++r) {
      for (std::size_t c = 0; c < lines[0].size(); ++c) {
        const std::string& title = lines[0][c];
        const std::string cell = c < lines[r + 2].size() ? lines[r + 2][c] : kNone;
        const std::string what = fmt::format("row {}, {}", r + 1, title);
        if (title == "here") {
          const auto value = shown_number(cell);
          tables.checks.number("md is its json", copy, what, "", number_of(rows[r], "value"),
                               value ? value->first : std::nan(""), value ? value->second : 0.0);
        }
        const std::map<std::string, const char*> kTexts{
            {"figure", "title"},  {"published", "printed"},   {"unit", "unit"},
            {"agrees", "agrees"}, {"published by", "source"}, {"why they differ", "reason"}};
        const auto key = kTexts.find(title);
        if (key == kTexts.end()) continue;
        std::string expected = text_of(rows[r], key->second);
        if (const auto list = rows[r].find(key->second); list != rows[r].end() && list->is_array()) {
          for (const Json& one : *list)
            expected +=
                (expected.empty() ? "" : ", ") + (one.is_string() ? one.get<std::string>() : one.dump());
        }
        tables.checks.text("md is its json", copy, what, expected, cell);
      }
    }
  }
}

void verify_certificates(TablesBack& tables) {
  for (const Json* entry : tables.folder.entries({{"command", "check"}}, ".json")) {
    const std::string file = (*entry)["file"];
    const Json* table = tables.document(file);
    if (table == nullptr) continue;
    const Json& certificates = rows_of(*table, "certificates");
    std::vector<std::string> found;
    for (const Json& certificate : certificates) found.push_back(text_of(certificate, "name"));
    std::vector<std::string> expected{"slot_areas", "face_sum", "closure", "euler"};
    for (const Json& name : tables.folder.index["certificates"]) expected.push_back(name.get<std::string>());
    // Of every theme that somebody has ground of.
    const auto is_of_study = [](const std::string& name) { return name.starts_with("study_area_"); };
    if (std::any_of(expected.begin(), expected.end(), is_of_study)) {
      for (const LayerBack& layer : tables.folder.layers) {
        if (layer.file == "layers/history.gpkg") expected.push_back("study_area_" + layer.name);
      }
    }
    std::sort(found.begin(), found.end());
    std::sort(expected.begin(), expected.end());
    expected.erase(std::unique(expected.begin(), expected.end()), expected.end());
    tables.checks.text("certificates", file, "which they are", fmt::format("{}", fmt::join(expected, ", ")),
                       fmt::format("{}", fmt::join(found, ", ")));
    for (const Json& certificate : certificates) {
      tables.checks.number("certificates", file, text_of(certificate, "name"), "units", 0.0,
                           number_of(certificate, "residual_units"), 0.0);
    }
    tables.checks.leave_out(
        "findings of " + file,
        "they are about statements, which are not in the folder; its bytes were compared");
  }
}

}  // namespace

void verify_tables(const ResultBack& folder, Checks& checks) {
  TablesBack tables(folder, checks);
  checks.attempt("tables", [&] { verify_csv(tables); });
  checks.attempt("tables", [&] { verify_markdown(tables); });
  checks.attempt("tables", [&] { verify_areas(tables); });
  checks.attempt("tables", [&] { verify_changes(tables); });
  checks.attempt("tables", [&] { verify_series(tables); });
  checks.attempt("tables", [&] { verify_dwell(tables); });
  checks.attempt("tables", [&] { verify_lines(tables); });
  checks.attempt("tables", [&] { verify_certificates(tables); });
  checks.attempt("tables", [&] { verify_figures(tables); });
  checks.attempt("tables", [&] { verify_bands(tables); });
  checks.attempt("layers", [&] { verify_columns(tables); });
  checks.attempt("index.json", [&] { verify_names(tables); });
  checks.attempt("index.html", [&] { verify_page(tables); });
  checks.attempt("pictures", [&] { verify_pictures(tables); });
  checks.attempt("project.qgs", [&] { verify_project(tables); });
  checks.attempt("map.html", [&] { verify_map(tables); });
  verify_heads(tables);
  // Files of which nothing more is known are only what they were.
  std::vector<std::string> others;
  for (const Json& entry : folder.index["files"]) {
    const std::string file = entry["file"];
    const bool is_read = tables.known.contains(file) || folder.layer_of(file, "") != nullptr ||
                         text_of(entry, "command") == "raster";
    if (is_read || text_of(entry, "what").starts_with("belongs to ")) continue;
    others.push_back(file);
  }
  if (!others.empty()) {
    checks.leave_out(fmt::format("{}", fmt::join(others, ", ")),
                     "how to recompute them is not known; their bytes were compared");
  }
}

}  // namespace marchland::cli
