#include "tools/cli/report.h"

#include "tools/cli/html.h"
#include "tools/cli/printable.h"
#include <marchland/base/error.h>
#include <marchland/io/csv.h>
#include <marchland/io/markup.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace marchland::cli {

namespace {

/// Columns a terminal uses for UTF-8 text of Latin, Cyrillic and Armenian letters: one per code point.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// Decimals below 0 round to tens, hundreds, ...
std::string with_thousands(double value, int decimals) {
  if (decimals < 0) {
    const double unit = std::pow(10.0, -decimals);
    value = std::round(value / unit) * unit;
  }
  std::string text = fmt::format("{:.{}f}", value, std::max(decimals, 0));
  const std::size_t first = text.front() == '-' ? 1 : 0;
  std::size_t end = text.find('.');
  if (end == std::string::npos) end = text.size();
  for (std::size_t at = end; at > first + 3;) {
    at -= 3;
    text.insert(at, 1, ' ');
  }
  // "-0.00" is no figure
  if (text.find_first_not_of("-0. ") == std::string::npos && first == 1) text.erase(0, 1);
  return text;
}

/// To how many decimals a figure is worth writing that is known within a band: the half of the band to two
/// digits where they are below 36, else to one (the rule of the Particle Data Group).
int decimals_of(double low, double high, int most) {
  const double half = (high - low) / 2.0;
  if (!(half > 0.0)) return most;
  const double exponent = std::floor(std::log10(half));
  const double lead = half / std::pow(10.0, exponent);
  return std::min(most, (lead < 3.55 ? 1 : 0) - static_cast<int>(exponent));
}

/// What a figure is divided by to be shown.
double scale_of(Column::Kind kind, const Rendering& how) {
  switch (kind) {
    case Column::Kind::area:
    case Column::Kind::area_band:
      return how.unit.square_meters;
    case Column::Kind::length:
    case Column::Kind::length_band:
      return 1000.0;
    case Column::Kind::number:
    case Column::Kind::number_band:
      return 1.0;
    default:
      return 0.01;
  }
}

bool is_band(const Column& column) {
  return column.kind == Column::Kind::area_band || column.kind == Column::Kind::length_band ||
         column.kind == Column::Kind::share_band || column.kind == Column::Kind::number_band;
}

std::optional<double> number_at(const Json& row, const std::string& key) {
  const auto found = row.find(key);
  if (found == row.end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

std::string unit_of(const Column& column, const Rendering& how) {
  switch (column.kind) {
    case Column::Kind::area:
    case Column::Kind::area_band:
      return " " + how.unit.name;
    case Column::Kind::length:
    case Column::Kind::length_band:
      return " km";
    case Column::Kind::share:
    case Column::Kind::share_band:
      return " %";
    default:
      return "";
  }
}

std::string title_of(const Column& column, const Rendering& how) {
  return column.title + unit_of(column, how);
}

/// Names of kinds of columns in pages.
const std::vector<std::pair<Column::Kind, std::string_view>>& kinds() {
  using enum Column::Kind;
  static const std::vector<std::pair<Column::Kind, std::string_view>> kKinds{{text, "text"},
                                                                             {area, "area"},
                                                                             {length, "length"},
                                                                             {share, "share"},
                                                                             {count, "count"},
                                                                             {date, "date"},
                                                                             {number, "number"},
                                                                             {area_band, "area_band"},
                                                                             {length_band, "length_band"},
                                                                             {share_band, "share_band"},
                                                                             {number_band, "number_band"},
                                                                             {digits, "digits"},
                                                                             {days, "days"},
                                                                             {degree, "degree"},
                                                                             {files, "files"}};
  return kKinds;
}

/// Attributes of a heading, by which column_of_page knows the column again.
std::string column_attributes(const Column& column, const Rendering& how) {
  if (how.document.empty()) return "";
  const auto kind = std::find_if(kinds().begin(), kinds().end(),
                                 [&](const auto& each) { return each.first == column.kind; });
  std::string out = fmt::format(" data-key=\"{}\" data-kind=\"{}\"", escape_markup(column.key), kind->second);
  if (!column.low.empty())
    out += fmt::format(" data-low=\"{}\" data-high=\"{}\"", escape_markup(column.low),
                       escape_markup(column.high));
  return out;
}

/// Attributes of a row: the file, the table and the place in it where the row stands in full.
std::string row_attributes(const Table& table, std::size_t number, const Rendering& how) {
  if (how.document.empty()) return "";
  const Json& row = table.rows[number];
  return fmt::format(" data-document=\"{}\" data-table=\"{}\" data-row=\"{}\"",
                     escape_markup(row.value("document", how.document)), escape_markup(table.name),
                     row.value("row", number));
}

std::string for_people(const Json& row, const Column& column, const Rendering& how) {
  const std::optional<double> low = number_at(row, column.low);
  const std::optional<double> high = number_at(row, column.high);
  const double scale = scale_of(column.kind, how);
  const int most =
      column.kind == Column::Kind::share || column.kind == Column::Kind::share_band ? 2 : how.decimals;
  const int decimals = low && high ? decimals_of(*low / scale, *high / scale, most) : most;
  if (is_band(column) && low && high) {
    const std::string least = with_thousands(*low / scale, decimals);
    if (*low == *high) return least;
    return fmt::format("{}{}{}", least, *low < 0 ? " to " : "-", with_thousands(*high / scale, decimals));
  }
  const auto found = row.find(column.key);
  if (found == row.end()) return "";
  if (found->is_null() && column.kind == Column::Kind::date) return "(open)";
  if (found->is_null())
    return column.key == "actor" || column.key == "from" || column.key == "to" ? "(unknown)" : "-";
  switch (column.kind) {
    case Column::Kind::area:
    case Column::Kind::length:
    case Column::Kind::share:
      return with_thousands(found->get<double>() / scale, decimals);
    case Column::Kind::digits:
      return found->is_number() ? fmt::format("{:.3g}", found->get<double>()) : found->get<std::string>();
    case Column::Kind::number:
      return with_thousands(found->get<double>(), how.decimals);
    case Column::Kind::days:
      return with_thousands(found->get<double>(), 1);
    case Column::Kind::degree:
      return fmt::format("{:.4f}", found->get<double>());
    default:
      break;
  }
  if (found->is_array()) {
    std::string list;
    for (const Json& item : *found) list += (list.empty() ? "" : ", ") + printable(item.get<std::string>());
    return list;
  }
  if (found->is_object()) {
    std::string list;
    for (const auto& [key, value] : found->items())
      list += fmt::format("{}{} {}", list.empty() ? "" : ", ", printable(key),
                          with_thousands(value.get<double>(), 1));
    return list;
  }
  return found->is_string() ? printable(found->get<std::string>()) : found->dump();
}

std::string csv_field_of(const Json& value) {
  if (value.is_null()) return "";
  return csv_field(value.is_string() ? value.get<std::string>() : value.dump());
}

std::string render_table(const Table& whole, const Rendering& how) {
  Table table = whole;
  std::erase_if(table.columns, [](const Column& column) { return !column.is_for_people; });
  std::vector<std::vector<std::string>> cells;
  std::vector<std::size_t> widths;
  cells.emplace_back();
  for (const Column& column : table.columns) {
    cells.back().push_back(title_of(column, how));
    widths.push_back(width(cells.back().back()));
  }
  const std::size_t shown =
      table.shown_rows == 0 ? table.rows.size() : std::min(table.rows.size(), table.shown_rows);
  for (std::size_t r = 0; r < shown; ++r) {
    const Json& row = table.rows[r];
    cells.emplace_back();
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      cells.back().push_back(for_people(row, table.columns[c], how));
      widths[c] = std::max(widths[c], width(cells.back().back()));
    }
  }
  std::string out = table.title.empty() ? "" : table.title + "\n";
  for (std::size_t r = 0; r < cells.size(); ++r) {
    std::string line;
    for (std::size_t c = 0; c < cells[r].size(); ++c) {
      const std::string padding(widths[c] - width(cells[r][c]), ' ');
      const bool is_text =
          table.columns[c].kind == Column::Kind::text || table.columns[c].kind == Column::Kind::date;
      if (c > 0) line += "  ";
      line += is_text ? cells[r][c] + padding : padding + cells[r][c];
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  if (shown < table.rows.size())
    out += fmt::format("... and {} more (all in --format json)\n", table.rows.size() - shown);
  return out;
}

/// A table of GitHub Flavored Markdown; numbers to the right.
std::string render_markdown(const Table& table, const Rendering& how) {
  std::string head = "|";
  std::string rule = "|";
  for (const Column& column : table.columns) {
    if (!column.is_for_people) continue;
    const bool is_text = column.kind == Column::Kind::text || column.kind == Column::Kind::date;
    head += " " + title_of(column, how) + " |";
    rule += is_text ? " --- |" : " ---: |";
  }
  std::string out = (table.title.empty() ? "" : "**" + table.title + "**\n\n") + head + "\n" + rule + "\n";
  for (const Json& row : table.rows) {
    out += "|";
    for (const Column& column : table.columns) {
      if (!column.is_for_people) continue;
      std::string cell = for_people(row, column, how);
      for (std::size_t at = cell.find('|'); at != std::string::npos; at = cell.find('|', at + 2))
        cell.insert(at, 1, '\\');
      out += cell.empty() ? " |" : " " + cell + " |";
    }
    out += "\n";
  }
  return out;
}

/// Of a page, where columns are read one by one: a title that several have tells whose it is.
std::vector<std::string> distinct_titles(const std::vector<Column>& columns, const Rendering& how) {
  std::vector<std::string> titles;
  for (const Column& column : columns) titles.push_back(title_of(column, how));
  std::vector<std::string> out = titles;
  std::string of;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    if (!is_band(columns[c])) of = columns[c].title;
    if (is_band(columns[c]) && std::count(titles.begin(), titles.end(), titles[c]) > 1)
      out[c] = of + ", " + titles[c];
  }
  return out;
}

std::string html_files(const Json& files) {
  std::string out;
  for (const Json& file : files) {
    const std::string name = file.get<std::string>();
    out += (out.empty() ? "" : ", ") + link_to(name, name.substr(name.rfind('.') + 1));
  }
  return out;
}

std::string render_html(const Table& whole, const Rendering& how) {
  Table table = whole;
  std::erase_if(table.columns, [](const Column& column) { return !column.is_for_people; });
  const auto is_text = [](const Column& column) {
    return column.kind == Column::Kind::text || column.kind == Column::Kind::date ||
           column.kind == Column::Kind::files;
  };
  const std::size_t shown =
      table.shown_rows == 0 ? table.rows.size() : std::min(table.shown_rows, table.rows.size());
  std::string out = html_table_start(table.title.empty() ? how.name : table.title, shown);
  if (!table.title.empty()) out += "<caption>" + escape_markup(table.title) + "</caption>\n";
  out += "<thead><tr>";
  const std::vector<std::string> titles = distinct_titles(table.columns, how);
  for (std::size_t c = 0; c < titles.size(); ++c) {
    out += is_text(table.columns[c]) ? "<th scope=\"col\"" : "<th scope=\"col\" class=\"figure\"";
    out += column_attributes(table.columns[c], how) + ">" + escape_markup(titles[c]) + "</th>";
  }
  out += "</tr></thead>\n<tbody>\n";
  for (std::size_t i = 0; i < shown; ++i) {
    out += "<tr" + row_attributes(table, i, how) + ">";
    for (const Column& column : table.columns) {
      // What a row is about stands first.
      const bool is_head = &column == &table.columns.front() && is_text(column);
      out += is_head ? "<th scope=\"row\">" : is_text(column) ? "<td>" : "<td class=\"figure\">";
      const Json& row = table.rows[i];
      out += column.kind == Column::Kind::files && row.contains(column.key)
                 ? html_files(row[column.key])
                 : escape_markup(for_people(row, column, how));
      out += is_head ? "</th>" : "</td>";
    }
    out += "</tr>\n";
  }
  out += "</tbody></table></div>\n";
  if (shown < table.rows.size()) out += fmt::format("<p>and {} more</p>\n", table.rows.size() - shown);
  return out;
}

std::string render_csv(const Table& table) {
  std::string out;
  std::vector<std::string> keys;
  for (const Column& column : table.columns) {
    keys.push_back(column.key);
    if (is_band(column)) keys.push_back(column.high);
  }
  for (std::size_t k = 0; k < keys.size(); ++k) out += (k > 0 ? "," : "") + keys[k];
  out += "\n";
  for (const Json& row : table.rows) {
    for (std::size_t k = 0; k < keys.size(); ++k) {
      if (k > 0) out += ",";
      const auto found = row.find(keys[k]);
      if (found != row.end()) out += csv_field_of(*found);
    }
    out += "\n";
  }
  return out;
}

}  // namespace

AreaUnit parse_area_unit(const std::string& name) {
  // The mile of the international yard and pound agreement, 1959.
  constexpr double kMile = 1609.344;
  if (name == "m2") return {name, 1.0};
  if (name == "km2") return {name, 1e6};
  if (name == "mi2") return {name, kMile * kMile};
  if (name == "ha") return {name, 1e4};
  throw InvalidArgument(fmt::format("--unit '{}': expected m2, km2, mi2 or ha", name));
}

Column band_column(const BandKeys& keys, Column::Kind kind) {
  return {keys.low, "95 %", kind, true, keys.low, keys.high};
}

Column with_band(Column column, const BandKeys& keys) {
  column.low = keys.low;
  column.high = keys.high;
  return column;
}

void append(Report& report, Report more) {
  if (report.tables.empty()) {
    report = std::move(more);
    return;
  }
  const Json& first_rows = report.tables.front().rows;
  if (!first_rows.empty()) {
    for (const auto& [key, value] : first_rows.front().items()) report.head.erase(key);
  }
  constexpr const char* kResidual = "residual_m2";
  if (report.head.contains(kResidual))
    report.head[kResidual] =
        std::max(report.head[kResidual].get<double>(), more.head[kResidual].get<double>());
  for (std::size_t t = 0; t < report.tables.size(); ++t) {
    Table& table = report.tables[t];
    for (Json& row : more.tables[t].rows) table.rows.push_back(std::move(row));
    for (const Column& column : more.tables[t].columns) {
      const auto is_same = [&](const Column& known) { return known.key == column.key; };
      if (std::none_of(table.columns.begin(), table.columns.end(), is_same)) table.columns.push_back(column);
    }
  }
}

std::string html_table_start(const std::string& name, std::size_t rows) {
  constexpr std::size_t kTall = 40;
  return fmt::format("<div class=\"wide{}\" role=\"region\" aria-label=\"{}\" tabindex=\"0\"><table>\n",
                     rows > kTall ? " tall" : "", escape_markup(name));
}

std::string shown_cell(const Json& row, const Column& column, const Rendering& how) {
  return for_people(row, column, how);
}

std::string shown_unit(const Column& column, const Rendering& how) {
  return unit_of(column, how);
}

std::optional<Column> column_of_page(const std::map<std::string, std::string>& attributes) {
  const auto value = [&](const char* name) {
    const auto found = attributes.find(name);
    return found == attributes.end() ? std::string() : found->second;
  };
  const auto kind = std::find_if(kinds().begin(), kinds().end(),
                                 [&](const auto& each) { return each.second == value("data-kind"); });
  if (kind == kinds().end() || value("data-key").empty()) return std::nullopt;
  return Column{value("data-key"), "", kind->first, true, value("data-low"), value("data-high")};
}

std::string render(const Report& report, const Rendering& how) {
  switch (how.format) {
    case Format::json: {
      Json document = report.head;
      for (const Table& table : report.tables) document[table.name] = table.rows;
      return document.dump(2) + "\n";
    }
    case Format::ndjson: {
      std::string out;
      for (const Json& row : report.tables.front().rows) out += row.dump() + "\n";
      return out;
    }
    case Format::csv:
      return render_csv(report.tables.front());
    case Format::table:
    case Format::markdown:
    case Format::html:
      break;
  }
  std::string out;
  for (const Table& table : report.tables) {
    if (table.rows.empty() && !table.shown_when_empty) continue;
    if (!out.empty()) out += "\n";
    out += how.format == Format::markdown ? render_markdown(table, how)
           : how.format == Format::html   ? render_html(table, how)
                                          : render_table(table, how);
  }
  if (how.format == Format::html) {
    for (const std::string& note : report.notes) out += "<p>" + escape_markup(note) + "</p>\n";
    return out;
  }
  for (const std::string& note : report.notes)
    out += (note == report.notes.front() ? "\n" : "") + note + "\n";
  return out;
}

}  // namespace marchland::cli
