// marchland verify: whether a result folder is what was written, and whether its figures hold when PROJ, GEOS
// and GDAL measure its files anew.
#include "tools/cli/verify.h"

#include "tools/cli/commands.h"
#include "tools/cli/declared.h"
#include "tools/cli/query.h"
#include "tools/cli/result_index.h"
#include <marchland/base/error.h>
#include <marchland/io/file_digest.h>
#include <marchland/io/read_atlas.h>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <fstream>
#include <limits>
#include <memory>
#include <set>
#include <sstream>
#include <system_error>

namespace marchland::cli {

namespace fs = std::filesystem;

// ---- What was found ----

void Checks::Group::take(const Json& figure, double ratio) {
  // Of equals a number says more.
  const bool is_better = ratio > worst_ratio || (ratio == worst_ratio && !worst.contains("bound"));
  if (!worst.is_null() && !is_better) return;
  worst_ratio = ratio;
  worst = figure;
}

void Checks::add(const std::string& check, const std::string& file, Json figure, double ratio, bool holds) {
  const auto [known, is_new] = index_.try_emplace({check, file}, groups_.size());
  if (is_new) groups_.push_back({check, file});
  Group& group = groups_[known->second];
  ++figures_;
  ++group.figures;
  group.take(figure, ratio);
  if (holds) return;
  ++group.different;
  Json row{{"check", check}, {"file", file}};
  row.update(figure);
  differences_.push_back(std::move(row));
}

std::vector<Checks::Group> Checks::by_check() const {
  std::vector<Group> out;
  for (const Group& group : groups_) {
    const auto known =
        std::find_if(out.begin(), out.end(), [&](const Group& other) { return other.check == group.check; });
    if (known == out.end()) {
      out.push_back(group);
      continue;
    }
    ++known->files;
    known->figures += group.figures;
    known->different += group.different;
    known->take(group.worst, group.worst_ratio);
  }
  return out;
}

void Checks::number(const std::string& check, const std::string& file, const std::string& what,
                    const std::string& unit, double expected, double found, double bound) {
  const double difference = found - expected;
  const bool holds = std::abs(difference) <= bound;  // not of what is no number
  const double ratio = std::abs(difference) == 0.0 ? 0.0 : std::abs(difference) / bound;
  const auto number_of = [](double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); };
  add(check, file,
      {{"what", what},
       {"expected", number_of(expected)},
       {"found", number_of(found)},
       {"difference", number_of(difference)},
       {"bound", bound},
       {"unit", unit}},
      std::isnan(ratio) ? std::numeric_limits<double>::infinity() : ratio, holds);
}

void Checks::text(const std::string& check, const std::string& file, const std::string& what,
                  const std::string& expected, const std::string& found) {
  const bool holds = expected == found;
  add(check, file, {{"what", what}, {"expected", expected}, {"found", found}}, holds ? 0.0 : 1e300, holds);
}

void Checks::leave_out(const std::string& what, const std::string& why) {
  const std::pair entry(what, why);
  if (std::find(left_out_.begin(), left_out_.end(), entry) == left_out_.end()) left_out_.push_back(entry);
}

std::vector<Table> Checks::tables(bool for_people) const {
  Table rows{"rows",
             "",
             {{"check", "check"},
              for_people ? Column{"files", "files", Column::Kind::count} : Column{"file", "file"},
              {"figures", "figures", Column::Kind::count},
              {"different", "differ", Column::Kind::count},
              {"what", "nearest to its bound", Column::Kind::text, false},
              {"expected", "expected", Column::Kind::text, false},
              {"found", "found", Column::Kind::text, false},
              {"difference", "largest difference", Column::Kind::digits},
              {"bound", "its bound", Column::Kind::digits},
              {"unit", "unit"},
              {"ok", "ok", Column::Kind::text, false}},
             Json::array()};
  for (const Group& group : for_people ? by_check() : groups_) {
    Json row{{"check", group.check}};
    if (for_people) {
      row["files"] = group.files;
    } else {
      row["file"] = group.file;
    }
    row["figures"] = group.figures;
    row["different"] = group.different;
    row.update(group.worst);
    row["ok"] = group.different == 0;
    rows.rows.push_back(std::move(row));
  }
  Table differences{"differences",
                    "what differs",
                    {{"check", "check"},
                     {"file", "file"},
                     {"what", "what"},
                     {"expected", "expected"},
                     {"found", "found"},
                     {"bound", "bound", Column::Kind::digits},
                     {"unit", "unit"}},
                    Json::array(),
                    false,
                    50};
  for (const Json& difference : differences_) differences.rows.push_back(difference);
  Table left_out{"left_out", "not recomputed", {{"what", "what"}, {"why", "why"}}, Json::array(), false};
  for (const auto& [what, why] : left_out_) left_out.rows.push_back({{"what", what}, {"why", why}});
  return {std::move(rows), std::move(differences), std::move(left_out)};
}

// ---- What was read back ----

std::string LayerFeature::text(const std::string& field) const {
  const auto found = values.find(field);
  return found == values.end() || !found->second ? std::string() : *found->second;
}

std::optional<double> LayerFeature::number(const std::string& field) const {
  const std::string value = text(field);
  double number = 0.0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (value.empty() || error != std::errc() || end != value.data() + value.size()) return std::nullopt;
  return number;
}

std::optional<Instant> LayerFeature::instant(const std::string& field) const {
  const std::string value = text(field);
  if (value.empty()) return std::nullopt;
  return parse_date(value).first;
}

bool LayerFeature::holds(Instant at) const {
  const auto from = instant("from");
  const auto to = instant("to");
  return (!from || *from <= at) && (!to || at < *to);
}

bool ResultBack::has_option(const char* name) const {
  const auto options = index.find("options");
  return options != index.end() && options->contains(name);
}

bool ResultBack::has_some_actors_only() const {
  return has_option("actor") || has_option("group");
}

std::string ResultBack::theme() const {
  return has_option("theme") ? index["options"]["theme"].get<std::string>() : "control";
}

std::vector<const Json*> ResultBack::entries(const Json& like, const std::string& ending) const {
  std::vector<const Json*> found;
  for (const Json& entry : index["files"]) {
    const auto has = [&](const auto& item) {
      return entry.contains(item.key()) && entry[item.key()] == item.value();
    };
    const auto items = like.items();
    if (std::all_of(items.begin(), items.end(), has) && entry["file"].get<std::string>().ends_with(ending))
      found.push_back(&entry);
  }
  return found;
}

const LayerBack* ResultBack::layer_of(const std::string& file, const std::string& name) const {
  const auto found = std::find_if(layers.begin(), layers.end(), [&](const LayerBack& layer) {
    return layer.file == file && (name.empty() || layer.name == name);
  });
  return found == layers.end() ? nullptr : &*found;
}

const LayerBack* ResultBack::control_at(const std::string& date_name) const {
  for (const Json* entry : entries({{"command", "export"}, {"at", Json::array({date_name})}}, "")) {
    if (const LayerBack* layer = layer_of((*entry)["file"], "")) return layer;
  }
  return nullptr;
}

const LayerBack* ResultBack::regions() const {
  for (const Json* entry : entries({{"layer", "regions"}}, ".geojson")) {
    if (const LayerBack* layer = layer_of((*entry)["file"], "")) return layer;
  }
  return nullptr;
}

namespace {

std::string bytes_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  if (!in) throw Error(ErrorCode::failure, fmt::format("{}: cannot be read", path.string()));
  return out.str();
}

/// How a file was made, where the index says so, in the types that the checks read.
void check_made(const Json& entry, const auto& fail) {
  const auto is_texts = [](const Json& value) {
    return value.is_array() &&
           std::all_of(value.begin(), value.end(), [](const Json& v) { return v.is_string(); });
  };
  const auto expect = [&](const char* key, const char* what, const auto& holds) {
    if (entry.contains(key) && !holds(entry[key]))
      fail(fmt::format("{}: {}: expected {}", entry["file"].get<std::string>(), key, what));
  };
  const auto is_text = [](const Json& value) { return value.is_string(); };
  for (const char* key : {"command", "from", "to", "by", "layer", "every"}) expect(key, "a text", is_text);
  expect("at", "a date or a list of them",
         [&](const Json& value) { return value.is_string() || is_texts(value); });
  expect("between", "two parties", [&](const Json& value) { return is_texts(value) && value.size() == 2; });
  for (const char* key : {"rounding_m2", "vanished_m2", "res"})
    expect(key, "a number", [](const Json& value) { return value.is_number(); });
}

/// Throws Error(failure) where the folder is none that `run` wrote, and Error(invalid_data) for an index that
/// cannot be understood.
Json read_index(const fs::path& folder) {
  const fs::path path = folder / kResultIndex;
  std::error_code error;
  if (!fs::is_directory(folder, error))
    throw Error(ErrorCode::failure,
                fmt::format("{}: is no folder; expected one that run wrote", folder.string()));
  if (!fs::is_regular_file(path, error)) {
    throw Error(ErrorCode::failure, fmt::format("{}: has no {}; expected a folder that run wrote",
                                                folder.string(), kResultIndex));
  }
  const Json index = Json::parse(bytes_of(path), nullptr, false);
  const auto fail = [&](std::string_view what) {
    throw Error(ErrorCode::invalid_data, fmt::format("{}: {}", path.string(), what));
  };
  if (!index.is_object()) fail("is no JSON object; without it nothing can be held to what was written");
  for (const char* key : {"atlas", "checksum", "method", "files", "dates"}) {
    if (!index.contains(key)) fail(fmt::format("has no '{}'; expected what run wrote", key));
  }
  for (const char* key : {"atlas", "checksum", "method"}) {
    if (!index[key].is_string()) fail(fmt::format("{}: expected a text", key));
  }
  for (const char* key : {"actors", "regions", "sources", "certificates"}) {
    if (!index.contains(key)) {
      fail(
          fmt::format("has no '{}': an earlier version wrote it; run again to get a folder that can be "
                      "verified",
                      key));
    }
  }
  for (const char* key : {"utc_offset_minutes", "day_starts_minutes"}) {
    if (index.contains(key) && !index[key].is_number_integer())
      fail(fmt::format("{}: expected whole minutes", key));
  }
  if (index.contains("options") &&
      !(index["options"].is_object() && index["options"].value("theme", Json("")).is_string()))
    fail("options: expected an object of options, theme a text");
  const Json& dates = index["dates"];
  if (!dates.is_object() ||
      !std::all_of(dates.begin(), dates.end(), [](const Json& d) { return d.is_string(); }))
    fail("dates: expected an object of names and dates");
  if (!index["files"].is_array()) fail("files: expected a list");
  for (std::size_t i = 0; i < index["files"].size(); ++i) {
    const Json& entry = index["files"][i];
    if (!entry.is_object() || !entry.contains("file") || !entry["file"].is_string())
      fail(fmt::format("files, entry {}: expected an object with the name of a file", i + 1));
    if (!entry.contains("sha256") || !entry["sha256"].is_string() || !entry.contains("bytes") ||
        !entry["bytes"].is_number_integer()) {
      fail(fmt::format(
          "{} has no size and sha256: an earlier version wrote it; run again to get a folder that "
          "can be verified",
          entry["file"].get<std::string>()));
    }
    check_made(entry, fail);
  }
  return index;
}

/// Whether a name of the index is a file of the folder itself: no way out of it, and no link.
bool lies_within(const fs::path& folder, const std::string& file) {
  const fs::path name(file);
  if (name.empty() || name.is_absolute() || name.lexically_normal() != name) return false;
  fs::path place = folder;
  for (const fs::path& part : name) {
    if (part == "..") return false;
    place /= part;
    std::error_code error;
    if (fs::is_symlink(place, error)) return false;
  }
  return true;
}

/// What GDAL would make of a file goes by its first bytes, and among the forms it knows are some that name
/// other files; so those must be of the form that the name says.
bool begins_as_named(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string head(16, '\0');
  in.read(head.data(), static_cast<std::streamsize>(head.size()));
  const auto begins = [&](std::string_view with) { return std::string_view(head).starts_with(with); };
  const std::string ending = path.extension().string();
  if (ending == ".geojson" || ending == ".json") return begins("{") || begins("[");
  if (ending == ".gpkg") return begins(std::string_view("SQLite format 3\0", 16));
  if (ending == ".tif") return begins("II") || begins("MM");
  return true;
}

/// Fingerprints. Of the index only those files stay that can be read further.
void verify_files(ResultBack& folder, Checks& checks) {
  std::set<std::string> listed{kResultIndex};
  Json readable = Json::array();
  for (const Json& entry : folder.index["files"]) {
    const std::string file = entry["file"];
    if (!listed.insert(file).second) {
      checks.text("file", file, "stands once in the index", "yes", "no");
      continue;
    }
    if (!lies_within(folder.path, file)) {
      checks.text("file", file, "is a file of the folder, and no link", "yes", "no");
      continue;
    }
    std::error_code error;
    if (!fs::is_regular_file(folder.path / file, error)) {
      checks.text("file", file, "is there", "yes", "no");
      continue;
    }
    const FileDigest digest = digest_of(folder.path / file);
    checks.text("file", file, "sha256", entry["sha256"], digest.sha256);
    checks.number("file", file, "size", "bytes", entry["bytes"].get<double>(),
                  static_cast<double>(digest.bytes), 0.0);
    if (!begins_as_named(folder.path / file)) {
      checks.text("file", file, "begins as its name says", "yes", "no");
      continue;
    }
    readable.push_back(entry);
  }
  for (const std::string& file : files_within(folder.path)) {
    if (!listed.contains(file)) checks.text("file", file, "is in the index", "yes", "no");
  }
  folder.index["files"] = std::move(readable);
}

struct VerifyCommand {
  fs::path folder;
  fs::path atlas;
  OutputOptions output;

  void run() const {
    output.check();
    ResultBack result;
    result.path = folder;
    result.index = read_index(folder);
    result.days = {std::chrono::minutes(result.index.value("utc_offset_minutes", 0)),
                   std::chrono::minutes(result.index.value("day_starts_minutes", 0))};
    for (const auto& [name, text] : result.index["dates"].items()) {
      result.date_texts[name] = text;
      try {
        result.dates[name] = result.instant(text);
      } catch (const Error& error) {
        throw Error(ErrorCode::invalid_data,
                    fmt::format("{}: dates: {}: {}", (folder / kResultIndex).string(), name, error.what()));
      }
    }
    try {
      result.declared = declared_atlas(result.index);
    } catch (const Json::exception& error) {
      throw Error(
          ErrorCode::invalid_data,
          fmt::format("{}: actors, regions, sources: expected lists of what has an id, told in texts: {}",
                      (folder / kResultIndex).string(), error.what()));
    }
    const std::string method = result.index["method"];
    result.measure = EqualAreaMeasure::of_method(method);
    result.earth = EqualAreaMeasure::of_method("lonlat");

    Checks checks;
    verify_files(result, checks);
    if (!atlas.empty()) {
      checks.text("atlas", "index.json", "checksum of the atlas", result.index["checksum"],
                  checksum_of_atlas());
    }
    if (!result.measure) {
      checks.leave_out("areas of polygons",
                       fmt::format("by method {} an edge is not straight in longitude and latitude, and "
                                   "which vertices it joined is not in the files",
                                   method));
    }
    verify_layers(result, checks);
    verify_tables(result, checks);
    verify_rasters(result, checks);
    say(result, checks);
    if (checks.different() > 0) throw ExitWith{4};
  }

 private:
  [[nodiscard]] std::string checksum_of_atlas() const {
    if (atlas.extension() == ".gpkg" || is_composite_file(atlas))
      return read_composite(atlas, Load::answers).atlas().checksum;
    return read_atlas(atlas).checksum;
  }

  void say(const ResultBack& result, const Checks& checks) const {
    Report report;
    for (const char* key : {"atlas", "checksum", "method"}) report.head[key] = result.index[key];
    report.head["folder"] = folder.string();
    report.head["figures"] = checks.figures();
    report.head["different"] = checks.different();
    report.head["ok"] = checks.different() == 0;
    report.tables = checks.tables(output.format == "table");
    report.notes.push_back(
        checks.different() == 0
            ? fmt::format("{} figures looked at, all within their bounds", checks.figures())
            : fmt::format("{} of {} figures differ", checks.different(), checks.figures()));
    report.notes.emplace_back(
        "areas by PROJ, overlaps and intersections by GEOS, cells by GDAL, from the files alone; that they "
        "agree "
        "does not say that the lines are true");
    Provenance origin;
    origin.atlas = result.index["atlas"];
    origin.checksum = result.index["checksum"];
    origin.method = result.index["method"];
    origin.extra.emplace_back("command", "verify");
    output.write(report, origin);
  }
};

}  // namespace

namespace {

/// Why a row cannot be used; empty where it can.
std::string defect_of_row(const ResultBack& folder, const Json& row) {
  if (!row.is_object()) return "is no object: " + row.dump().substr(0, 60);
  for (const char* key : {"at", "actor", "from", "to", "region", "theme", "name", "share_of", "first_holder",
                          "last_holder", "last_change", "agrees"}) {
    const auto value = row.find(key);
    if (value != row.end() && !value->is_string() && !value->is_null())
      return fmt::format("{} is no text: {}", key, value->dump().substr(0, 60));
  }
  for (const char* key : {"at", "last_change"}) {
    const auto value = row.find(key);
    if (value == row.end() || value->is_null()) continue;
    try {
      static_cast<void>(folder.instant(value->get<std::string>()));
    } catch (const Error& error) {
      return fmt::format("{}: {}", key, error.what());
    }
  }
  const auto days = row.find("days");
  if (days == row.end() || days->is_number()) return "";
  const auto is_number = [](const Json& value) { return value.is_number(); };
  if (!days->is_object() || !std::all_of(days->begin(), days->end(), is_number))
    return "days is no object of numbers";
  return "";
}

}  // namespace

std::string ResultBack::bytes(const std::string& file) const {
  return bytes_of(path / file);
}

std::optional<Json> ResultBack::table(const std::string& file, Checks& checks) const {
  Json document = Json::parse(bytes_of(path / file), nullptr, false);
  if (!document.is_object()) {
    checks.text("table", file, "is a JSON object", "yes", "no");
    return std::nullopt;
  }
  for (const char* name : {"rows", "transitions", "places", "changes", "findings", "certificates"}) {
    const auto rows = document.find(name);
    if (rows == document.end()) continue;
    if (!rows->is_array()) {
      checks.text("table", file, fmt::format("{} is a list", name), "yes", "no");
      *rows = Json::array();
      continue;
    }
    Json sound = Json::array();
    for (std::size_t i = 0; i < rows->size(); ++i) {
      const std::string defect = defect_of_row(*this, (*rows)[i]);
      if (defect.empty()) {
        sound.push_back(std::move((*rows)[i]));
      } else {
        checks.text("table", file, fmt::format("{}, row {}", name, i + 1), "what run writes", defect);
      }
    }
    *rows = std::move(sound);
  }
  return document;
}

double area_bound(const ResultBack& folder, const std::string& file, const MeasuredArea& measured) {
  return area_bound(measured, stated_rounding(folder, file));
}

double area_bound(const MeasuredArea& measured, double rounding) {
  // What docs/design/areas.md states of each edge: 3 mm2 for every milepost (65536 units of 1e-7 degree) and
  // twice that.
  constexpr double kUnits = 3e-6;
  constexpr double kMilepostsPerDegree = 1e7 / 65536.0;
  const double whole =
      kUnits * (2.0 * static_cast<double>(measured.vertices) + kMilepostsPerDegree * measured.degrees);
  // Measured with lonlat: another sphere has other square metres, by less than 1 %.
  return measured.error.value() + whole + 1.01 * rounding;
}

double swept_by_rounding(const ResultBack& folder, const MeasuredArea& measured) {
  // Seven decimals moved no point further than this, so no line swept more than its length times it.
  const double distance = folder.measure->rounding_distance(7).value();
  return distance * (measured.perimeter.value() + 4.0 * distance * static_cast<double>(measured.vertices));
}

namespace {

double stated(const ResultBack& folder, const std::string& file, const char* key) {
  for (const Json& entry : folder.index["files"]) {
    if (entry["file"] == file && entry.contains(key)) return entry[key].get<double>();
  }
  return 0.0;
}

}  // namespace

double stated_rounding(const ResultBack& folder, const std::string& file) {
  return stated(folder, file, "rounding_m2");
}

double stated_vanished(const ResultBack& folder, const std::string& file) {
  return stated(folder, file, "vanished_m2");
}

void add_verify(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "verify", "Whether a folder that run wrote is unchanged, and its figures hold by PROJ, GEOS and GDAL");
  const auto state = std::make_shared<VerifyCommand>();
  command->add_option("DIR", state->folder, "folder that run wrote")->required();
  command->add_option("--atlas", state->atlas, "the atlas, too, must be that of the folder (by its checksum)")
      ->type_name("ATLAS");
  state->output.declare(*command, false);
  command->callback([state] { state->run(); });
}

}  // namespace marchland::cli
