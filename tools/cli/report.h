#pragma once
// A table with a head, printed for people or for programs.
//
// Rows are JSON objects with the keys of the contract; columns say how some of those keys are shown. JSON and
// ndjson carry every key in full; csv the columns in full; table and markdown round.
#include <marchland/io/output_file.h>

#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace marchland::cli {

using Json = nlohmann::ordered_json;

enum class Format { table, markdown, csv, json, ndjson };

struct AreaUnit {
  std::string name = "km2";
  double square_meters = 1e6;
};
/// Throws InvalidArgument for anything but m2, km2, mi2, ha.
[[nodiscard]] AreaUnit parse_area_unit(const std::string& name);

struct Column {
  enum class Kind { text, area, length, share, count, date, number };
  std::string key;    ///< of the row; areas in m2, lengths in m
  std::string title;  ///< for people, without unit
  Kind kind = Kind::text;
  bool is_for_people = true;  ///< or in csv only
};

struct Table {
  std::string name;   ///< key in the document: "rows", "transitions", ...
  std::string title;  ///< for people; empty: none
  std::vector<Column> columns;
  Json rows = Json::array();
  bool shown_when_empty = true;  ///< to people
  std::size_t shown_rows = 0;    ///< to people, of a long list; 0: all
};

struct Report {
  Json head = Json::object();      ///< first keys of the document
  std::vector<Table> tables;       ///< the first is what csv and ndjson print
  std::vector<std::string> notes;  ///< below the tables, for people
};

/// Puts the rows of a report on further dates behind those of the first. What the head repeats of a single
/// row goes; of residuals the greatest stays. An empty report becomes the other.
void append(Report& report, Report more);

struct Rendering {
  Format format = Format::table;
  AreaUnit unit;
  int decimals = 2;
};

[[nodiscard]] std::string render(const Report& report, const Rendering& how);

}  // namespace marchland::cli
