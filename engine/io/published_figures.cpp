#include <marchland/base/error.h>
#include <marchland/io/detail/feature.h>
#include <marchland/io/published_figures.h>
#include <marchland/io/vector_file.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

namespace marchland {

namespace {

const std::vector<std::string>& columns() {
  static const std::vector<std::string> names{"figure", "title", "printed", "low",    "high",      "unit",
                                              "source", "theme", "kind",    "holder", "passed_to", "at",
                                              "from",   "to",    "region",  "of",     "reason"};
  return names;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(';', begin), text.size());
    const std::size_t first = text.find_first_not_of(' ', begin);
    if (first < end) parts.push_back(text.substr(first, text.find_last_not_of(' ', end - 1) + 1 - first));
    begin = end + 1;
  }
  return parts;
}

class Row {
 public:
  Row(const VectorTable& table, const VectorFeature& feature, std::string place)
      : table_(&table), feature_(&feature), place_(std::move(place)) {}

  [[nodiscard]] std::string text(const std::string& column) const {
    const auto at = std::find(table_->fields.begin(), table_->fields.end(), column) - table_->fields.begin();
    return feature_->values[static_cast<std::size_t>(at)].value_or("");
  }
  [[nodiscard]] std::string required(const std::string& column) const {
    std::string value = text(column);
    if (value.empty()) fail(column, "is empty");
    return value;
  }
  [[nodiscard]] double number(const std::string& column) const {
    const std::string value = required(column);
    double result = 0.0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), result);
    if (error != std::errc{} || end != value.data() + value.size() || !std::isfinite(result) || result < 0)
      fail(column, fmt::format("'{}': expected a number that is not negative, with a decimal point", value));
    return result;
  }
  [[noreturn]] void fail(const std::string& column, const std::string& what) const {
    throw InvalidData(fmt::format("{}: {}: {}", place_, column, what));
  }
  /// A column that the question has no use for must be empty.
  void refuse(const std::string& column, const std::string& why) const {
    if (!text(column).empty()) fail(column, fmt::format("'{}': {}", text(column), why));
  }

 private:
  const VectorTable* table_;
  const VectorFeature* feature_;
  std::string place_;
};

PublishedFigure figure_of(const Row& row, const std::string& place) {
  PublishedFigure figure;
  figure.place = place;
  figure.id = row.required("figure");
  figure.title = row.required("title");
  figure.printed = row.required("printed");
  figure.low = row.number("low");
  // "at least 215" has no upper end.
  if (!row.text("high").empty()) figure.high = row.number("high");
  if (figure.high && *figure.high < figure.low) row.fail("high", "is below low; swap them");
  const std::string unit = row.required("unit");
  if (unit != "km2" && unit != "%") row.fail("unit", fmt::format("'{}': expected km2 or %", unit));
  figure.is_share = unit == "%";
  figure.sources = split(row.text("source"));
  const std::string kind = row.required("kind");
  if (kind != "area" && kind != "changed")
    row.fail("kind", fmt::format("'{}': expected area or changed", kind));
  figure.kind = kind == "area" ? PublishedFigure::Kind::area : PublishedFigure::Kind::changed;
  if (const std::string theme = row.text("theme"); !theme.empty()) {
    const auto known = parse_enum<Theme>(theme);
    if (!known) row.fail("theme", fmt::format("'{}': expected control, claim, border or zone", theme));
    figure.theme = *known;
  }
  figure.regions = split(row.text("region"));
  figure.holder = row.text("holder");
  figure.reason = row.text("reason");
  if (figure.holder.empty()) row.refuse("theme", "without a holder the figure is the region's own");
  if (figure.kind == PublishedFigure::Kind::changed) {
    row.refuse("at", "a change has from and to");
    figure.holder = row.required("holder");
    figure.passed_to = row.text("passed_to");
    figure.from = row.required("from");
    figure.to = row.required("to");
  } else {
    row.refuse("from", "an area has a date of its own, at");
    row.refuse("to", "an area has a date of its own, at");
    row.refuse("passed_to", "only what changed passed to someone");
    if (figure.holder.empty()) {
      row.refuse("at", "without a holder the figure is the region's own, at any date");
      static_cast<void>(row.required("region"));
    } else {
      figure.at = row.required("at");
    }
  }
  if (figure.is_share) {
    figure.of = row.required("of");
    if (figure.holder.empty() && (figure.of == "held" || figure.of.starts_with("held@")))
      row.fail("of", fmt::format("'{}': the row has no holder", figure.of));
  } else {
    row.refuse("of", "only a share (unit %) is of something");
  }
  return figure;
}

}  // namespace

std::vector<PublishedFigure> read_published_figures(const std::filesystem::path& path) {
  VectorRequest request;
  request.dataset = path.string();
  request.is_table = true;
  request.fields = std::nullopt;
  const VectorTable table = read_vector(request);
  for (const std::string& name : columns()) {
    if (std::find(table.fields.begin(), table.fields.end(), name) == table.fields.end())
      throw InvalidData(fmt::format("{}: no column '{}'; the first line must be {}", path.string(), name,
                                    fmt::join(columns(), ",")));
  }
  for (const std::string& name : table.fields) {
    if (std::find(columns().begin(), columns().end(), name) != columns().end()) continue;
    throw InvalidData(
        fmt::format("{}: unknown column '{}'{}", path.string(), name, detail::did_you_mean(name, columns())));
  }
  std::vector<PublishedFigure> figures;
  std::set<std::string> ids;
  for (std::size_t i = 0; i < table.features.size(); ++i) {
    const std::string place = fmt::format("{}: row {}", path.string(), i + 1);
    figures.push_back(figure_of(Row(table, table.features[i], place), place));
    if (!ids.insert(figures.back().id).second)
      throw InvalidData(
          fmt::format("{}: figure: '{}' is there twice; give each its own id", place, figures.back().id));
  }
  if (figures.empty()) throw InvalidData(fmt::format("{}: has no row; a figure is a row", path.string()));
  return figures;
}

}  // namespace marchland
