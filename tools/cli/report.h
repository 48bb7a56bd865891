#pragma once
// A table with a head, printed for people or for programs.
//
// Rows are JSON objects with the keys of the contract; columns say how some of those keys are shown. JSON and
// ndjson carry every key in full; csv the columns in full; table and markdown round.
#include <marchland/io/output_file.h>

#include <nlohmann/json.hpp>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace marchland::cli {

using Json = nlohmann::ordered_json;

/// html: the tables of a page, each with its caption; notes as paragraphs.
enum class Format { table, markdown, html, csv, json, ndjson };

struct AreaUnit {
  std::string name = "km2";
  double square_meters = 1e6;
};
/// Throws InvalidArgument for anything but m2, km2, mi2, ha.
[[nodiscard]] AreaUnit parse_area_unit(const std::string& name);

struct Column {
  /// A band is two figures; people see them as "36-46".
  enum class Kind {
    text,
    area,
    length,
    share,
    count,
    date,
    number,
    area_band,
    length_band,
    share_band,
    number_band,
    digits,
    days,
    degree,
    files  ///< a list of names of files in the folder of the page that has the table
  };
  std::string key;         ///< of the row; areas in m2, lengths in m, times in days; of a band its lower end
  std::string title;       ///< for people, without unit
  Kind kind = Kind::text;  ///< digits: three significant ones, whatever the unit
  bool is_for_people = true;  ///< or in csv only
  /// Of a figure, its band: to people it is rounded to what that supports. Of a band, itself.
  std::string low{};
  std::string high{};
};

/// Keys of a band, "low_m2" and "high_m2" or with a prefix, "gained_low_m2".
struct BandKeys {
  explicit BandKeys(const std::string& prefix = "", const std::string& unit = "_m2")
      : low(prefix + "low" + unit), high(prefix + "high" + unit) {}
  std::string low;
  std::string high;
};
[[nodiscard]] Column band_column(const BandKeys& keys, Column::Kind kind);
/// The same column, to people rounded to what the band supports.
[[nodiscard]] Column with_band(Column column, const BandKeys& keys);

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
  std::string name{};  ///< html: what a table is about that has no title
  /// html: the file that has the tables in full, which the page says of each row and column, so that it can
  /// be read back. Rows of several files have it each, under "document", and their number there under "row".
  std::string document{};
};

/// Start of a table of a page that may be wider than the page and scrolls, by keys too; long ones in a box of
/// their own. `name` is read to those who do not see where it stands. It ends with "</table></div>".
[[nodiscard]] std::string html_table_start(const std::string& name, std::size_t rows);

[[nodiscard]] std::string render(const Report& report, const Rendering& how);

/// What people see of a figure.
[[nodiscard]] std::string shown_cell(const Json& row, const Column& column, const Rendering& how);
/// What people see of the unit of a column's figures, after its title: "" or " km2".
[[nodiscard]] std::string shown_unit(const Column& column, const Rendering& how);
/// The column, without its title, that a heading of a page names in its attributes ("data-key", "data-kind",
/// "data-low", "data-high"); nothing where they name none.
[[nodiscard]] std::optional<Column> column_of_page(const std::map<std::string, std::string>& attributes);

}  // namespace marchland::cli
