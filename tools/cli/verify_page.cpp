// The page of a result folder: every figure that it shows is that of a table of the folder, rounded as pages
// round; links lead to files of the folder; pictures, sources and texts are those of the index.
#include "tools/cli/run_index.h"
#include "tools/cli/verify_tables.h"
#include <marchland/verify/markup.h>

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace marchland::cli {
namespace {

/// As a reader sees it: one space for any number of them.
std::string squeezed(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool is_space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!is_space) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

/// What an address in a page names; nothing for places in the page and on the web.
std::optional<std::string> file_of_address(const std::string& address) {
  for (const char* other : {"#", "http://", "https://", "mailto:"}) {
    if (address.starts_with(other)) return std::nullopt;
  }
  std::string out;
  for (std::size_t i = 0; i < address.size() && address[i] != '#'; ++i) {
    unsigned code = 0;
    const char* digits = address.data() + i + 1;
    if (address[i] == '%' && i + 2 < address.size() &&
        std::from_chars(digits, digits + 2, code, 16).ptr == digits + 2) {
      out += static_cast<char>(code);
      i += 2;
    } else {
      out += address[i];
    }
  }
  return out;
}

/// Words of which the heading over a figure has one, so that no figure stands under another's.
std::vector<std::string> words_of(const std::string& key) {
  static const std::map<std::string, std::vector<std::string>> kWords{
      {"actor", {"actor", "party", "holder"}},
      {"area_m2", {"area", "ever held"}},
      {"area_days_m2", {"days"}},
      {"date_low_m2", {"least"}},
      {"date_high_m2", {"most"}},
      {"days_mean", {"mean"}},
      {"days_min", {"least"}},
      {"days_quarter", {"quarter"}},
      {"days_median", {"median"}},
      {"days_three_quarters", {"three quarters"}},
      {"days_max", {"most"}},
      {"denominator_m2", {"of"}},
      {"first", {"between", "first"}},
      {"second", {"and", "second"}},
      {"lengthening_m", {"by errors"}},
      {"name", {"name", "place"}},
      {"off_border_m", {"off border"}},
      {"on_border_m", {"on border"}},
      {"printed", {"published"}},
      {"reason", {"why"}},
      {"share_of", {"of"}},
      {"source", {"published by"}},
      {"title", {"figure"}},
      {"value", {"here"}},
      {"within_noise", {"within noise"}}};
  const auto found = kWords.find(key);
  if (found != kWords.end()) return found->second;
  // A band: its figure is named before it.
  if (key.starts_with("low_") || key.find("_low") != std::string::npos) return {"95 %"};
  return {key.substr(0, key.find('_'))};
}

class PageChecks {
 public:
  explicit PageChecks(TablesBack& tables) : tables_(tables) {}

  void run() {
    const std::string file = kResultPage;
    const auto& files = tables_.folder.index["files"];
    if (std::none_of(files.begin(), files.end(), [&](const Json& entry) { return entry["file"] == file; }))
      return;
    tables_.known.insert(file);
    tables_.checks.attempt(file, [&] {
      const MarkupElement page = parse_page(tables_.folder.bytes(file));
      page.for_each([&](const MarkupElement& element) {
        if (element.name == "table") verify_table(element);
        if (element.name == "figure") verify_figure(element);
        if (element.name == "li") items_.insert(squeezed(element.text));
        for (const char* key : {"href", "src"}) {
          if (const std::string address = element.attribute(key); !address.empty()) verify_address(address);
        }
      });
      verify_all_there(page);
      verify_texts(page);
    });
  }

 private:
  static constexpr const char* kFile = kResultPage;

  void text(const std::string& what, const std::string& expected, const std::string& found) {
    tables_.checks.text("page", kFile, what, expected, found);
  }

  // ---- Tables ----

  struct Heading {
    std::optional<Column> column;
    bool is_of_files = false;  ///< links, which are looked at as such
  };

  /// Tables that name no figures are lists of files.
  void verify_table(const MarkupElement& table) {
    std::vector<Heading> headings;
    std::vector<const MarkupElement*> rows;
    table.for_each([&](const MarkupElement& element) {
      if (element.name == "th" && !element.attribute("data-key").empty())
        headings.push_back(heading_of(element));
      if (element.name == "tr" && !element.attribute("data-document").empty()) rows.push_back(&element);
    });
    for (const MarkupElement* row : rows) verify_row(*row, headings);
  }

  Heading heading_of(const MarkupElement& element) {
    Heading heading;
    heading.is_of_files = element.attribute("data-kind") == "files";
    heading.column = column_of_page(element.attributes);
    const std::string key = element.attribute("data-key");
    const std::string title = squeezed(element.text);
    if (heading.is_of_files) return heading;
    if (!heading.column) {
      text("heading '" + title + "'", "names a column", element.attribute("data-kind"));
      return heading;
    }
    const std::vector<std::string> words = words_of(key);
    const std::string unit = shown_unit(*heading.column, kHow);
    const bool is_so = title.ends_with(squeezed(unit)) &&
                       std::any_of(words.begin(), words.end(), [&](const std::string& word) {
                         return lower(title).find(word) != std::string::npos;
                       });
    const std::string expected = fmt::format("{}{}", words.front(), unit);
    text("heading of " + key, expected, is_so ? expected : title);
    return heading;
  }

  void verify_row(const MarkupElement& element, const std::vector<Heading>& headings) {
    const std::string document = element.attribute("data-document");
    const std::string name = element.attribute("data-table");
    const std::string place = element.attribute("data-row");
    std::size_t number = 0;
    const char* const end = place.data() + place.size();
    const bool is_number = std::from_chars(place.data(), end, number).ptr == end && !place.empty();
    const std::string what = fmt::format("{}, {}, row {}", document, name, is_number ? number + 1 : 0);
    const auto table = tables_.documents.find(document);
    const Json* rows = table == tables_.documents.end() ? nullptr : &rows_of(table->second, name.c_str());
    if (rows == nullptr || !is_number || number >= rows->size()) {
      text(what, "is a row of the folder", kNone);
      return;
    }
    shown_.emplace(document, name, number);
    Json row = (*rows)[number];
    // Of a list of lines: whose they are.
    if (table->second.contains("between") && table->second["between"].is_array() &&
        table->second["between"].size() == 2) {
      row["first"] = table->second["between"][0];
      row["second"] = table->second["between"][1];
    }
    std::vector<const MarkupElement*> cells;
    for (const MarkupElement& cell : element.children) {
      if (cell.name == "td" || cell.name == "th") cells.push_back(&cell);
    }
    tables_.checks.number("page", kFile, what + ": cells", "cells", static_cast<double>(headings.size()),
                          static_cast<double>(cells.size()), 0.0);
    for (std::size_t c = 0; c < std::min(headings.size(), cells.size()); ++c) {
      if (headings[c].is_of_files || !headings[c].column) continue;
      const Column& column = *headings[c].column;
      const std::string expected = squeezed(shown_cell(row, column, kHow));
      const std::string found = squeezed(cells[c]->text);
      text(fmt::format("{}, {}", what, column.key), expected,
           is_name_of(row, column, found) ? expected : found);
    }
  }

  /// A party by its name; with its id where another has the same.
  [[nodiscard]] bool is_name_of(const Json& row, const Column& column, const std::string& found) const {
    if (column.kind != Column::Kind::text) return false;
    const std::string holder = text_of(row, column.key.c_str());
    std::string name;
    std::string with_ids;
    for (std::size_t begin = 0; begin < holder.size();) {
      const std::size_t end = std::min(holder.find('+', begin), holder.size());
      const std::string id = holder.substr(begin, end - begin);
      const auto& actors = tables_.folder.declared.actors;
      const auto actor =
          std::find_if(actors.begin(), actors.end(), [&](const Actor& a) { return a.id == id; });
      if (actor == actors.end()) return false;
      const std::string its = actor->name.empty() ? id : actor->name;
      name += (name.empty() ? "" : " / ") + its;
      with_ids += (with_ids.empty() ? "" : " / ") + its + " (" + id + ")";
      begin = end + 1;
    }
    return !holder.empty() && (found == squeezed(name) || found == squeezed(with_ids));
  }

  /// The tables that the page is for.
  void verify_all_there(const MarkupElement& page) {
    const auto expect = [&](const std::string& file, const char* name, const auto& is_meant) {
      const auto table = tables_.documents.find(file);
      if (table == tables_.documents.end()) return;
      const Json& rows = rows_of(table->second, name);
      std::size_t missing = 0;
      for (std::size_t i = 0; i < rows.size(); ++i) {
        if (is_meant(rows[i]) && !shown_.contains({file, name, i})) ++missing;
      }
      const bool is_told =
          missing > 0 && page.text.find(fmt::format("and {} more", missing)) != std::string::npos;
      tables_.checks.number("page", kFile, fmt::format("{}, {}: rows that are not shown", file, name), "rows",
                            0.0, is_told ? 0.0 : static_cast<double>(missing), 0.0);
    };
    const auto all = [](const Json&) { return true; };
    for (const Json* entry : tables_.folder.entries({{"command", "areas"}}, ".json")) {
      if (!entry->contains("by")) expect((*entry)["file"], "rows", all);
    }
    for (const Json* entry : tables_.folder.entries({{"command", "changes"}}, ".json")) {
      for (const char* name : {"rows", "transitions", "places"}) expect((*entry)["file"], name, all);
    }
    for (const Json* entry : tables_.folder.entries({{"command", "dwell"}}, ".json")) {
      if (entry->contains("places")) continue;
      for (const char* name : {"rows", "changes"}) expect((*entry)["file"], name, all);
    }
    for (const Json* entry : tables_.folder.entries({{"command", "line"}}, ".json"))
      expect((*entry)["file"], "rows", [](const Json& row) { return number_of(row, "parts") != 0.0; });
    for (const Json* entry : tables_.folder.entries({{"command", "check"}}, ".json"))
      expect((*entry)["file"], "certificates", all);
  }

  // ---- What is around them ----

  void verify_address(const std::string& address) {
    const auto file = file_of_address(address);
    if (!file) return;
    const auto& files = tables_.folder.index["files"];
    const bool is_there =
        *file == "index.json" ||
        std::any_of(files.begin(), files.end(), [&](const Json& entry) { return entry["file"] == *file; });
    text("link to " + *file, "is a file of the folder", is_there ? "is a file of the folder" : kNone);
  }

  /// A picture has its date below it, and in the words for those who do not see it.
  void verify_figure(const MarkupElement& figure) {
    std::string file;
    std::string alternative;
    std::string caption;
    figure.for_each([&](const MarkupElement& element) {
      if (element.name == "img") {
        file = file_of_address(element.attribute("src")).value_or("");
        alternative = element.attribute("alt");
      }
      if (element.name == "figcaption") caption = element.text;
    });
    for (const Json* entry : tables_.folder.entries({{"layer", "picture"}}, "")) {
      if ((*entry)["file"] != file) continue;
      const std::string date = tables_.date_text(text_of(*entry, "at"));
      for (const auto& [name, said] : {std::pair("caption", &caption), std::pair("words", &alternative)})
        text(fmt::format("{} of {}", name, file), date, said->find(date) != std::string::npos ? date : *said);
    }
  }

  void verify_texts(const MarkupElement& page) {
    const std::string all = squeezed(page.text);
    const Atlas& declared = tables_.folder.declared;
    for (const auto& [name, said] :
         {std::pair("title", &declared.title), std::pair("disclaimer", &declared.disclaimer),
          std::pair("attribution", &declared.attribution)}) {
      text(name, squeezed(*said), all.find(squeezed(*said)) != std::string::npos ? squeezed(*said) : kNone);
    }
    const std::string checksum = text_of(tables_.folder.index, "checksum");
    text("checksum", checksum, all.find(checksum) != std::string::npos ? checksum : kNone);
    for (const Source& source : declared.sources) {
      std::string rest;
      for (const std::string& part : {source.author, source.date, source.licence})
        if (!part.empty()) rest += (rest.empty() ? " " : " · ") + part;
      const std::string entry = squeezed((source.title.empty() ? source.id : source.title) + rest);
      text("source " + source.id, entry, items_.contains(entry) ? entry : kNone);
    }
  }

  inline static const Rendering kHow{Format::html, {}, 2};

  TablesBack& tables_;
  std::set<std::tuple<std::string, std::string, std::size_t>> shown_;  ///< rows: file, table, number
  std::set<std::string> items_;                                        ///< of lists
};

}  // namespace

void verify_page(TablesBack& tables) {
  PageChecks(tables).run();
}

}  // namespace marchland::cli
