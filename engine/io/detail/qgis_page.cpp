#include <marchland/io/detail/qgis_page.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <utility>

namespace marchland::detail {
namespace {

// ---- places on the page, in mm

struct Frame {
  double x, y, width, height;
};

constexpr Frame kPage{0, 0, 297, 210};
constexpr double kBetweenPages = 10.0;  // as QGIS lays them out
// Room for the legend on the right, the notice below.
constexpr Frame kMap{10, 24, 205, 158};
constexpr Frame kLegend{220, 24, 67, 142};
constexpr Frame kScaleBar{220, 172, 67, 10};
constexpr Frame kLegendPage{10, 24, 277, 172};
constexpr double kLineBelow = 5.0;  // for what a legend leaves out

QgisElement add_item(const QgisElement& layout, const char* type, const std::string& id, Frame frame, int z,
                     int page = 0) {
  const std::string on_page = fmt::format("{},{},mm", frame.x, frame.y);
  frame.y += page * (kPage.height + kBetweenPages);
  return layout.add("LayoutItem", {{"type", type},
                                   {"uuid", fmt::format("{{{}}}", id)},
                                   {"templateUuid", fmt::format("{{{}}}", id)},
                                   {"position", fmt::format("{},{},mm", frame.x, frame.y)},
                                   {"positionOnPage", on_page},
                                   {"size", fmt::format("{},{},mm", frame.width, frame.height)},
                                   {"referencePoint", "0"},
                                   {"zValue", std::to_string(z)},
                                   {"visibility", "1"},
                                   {"opacity", "1"},
                                   {"frame", "false"},
                                   {"background", "false"},
                                   {"outlineWidthM", "0.2,mm"}});
}

/// QGIS computes what stands between [% and %] of a text: the beginning of one becomes an expression for
/// itself.
std::string without_expressions(const std::string& text) {
  constexpr std::string_view kBeginning = "[%";
  std::string out;
  std::size_t done = 0;
  for (std::size_t at = text.find(kBeginning); at != std::string::npos; at = text.find(kBeginning, done)) {
    out += text.substr(done, at - done) + "[%'['%]%";
    done = at + kBeginning.size();
  }
  return out + text.substr(done);
}

/// Family, size, pixel size, hint, weight (50 normal, 75 bold), ...
std::string font(int points, bool is_bold) {
  return fmt::format("DejaVu Sans,{},-1,5,{},0,0,0,0,0", points, is_bold ? 75 : 50);
}

void add_label(const QgisElement& layout, const std::string& text, const Frame& frame, int points,
               bool is_bold, int z, int page = 0) {
  const QgisElement item = add_item(layout, "65641", fmt::format("label-{}", z), frame, z, page);
  item.set("labelText", without_expressions(text));
  item.set("halign", "1");
  item.set("valign", "32");
  item.set("htmlState", "0");
  item.add("LabelFont", {{"description", font(points, is_bold)}, {"style", ""}});
  item.add("FontColor", {{"red", "30"}, {"green", "30"}, {"blue", "30"}, {"alpha", "255"}});
}

// ---- the legend

/// In mm, of a size of type.
struct LegendSizes {
  double em, symbol_width, symbol_height, row_gap, heading_gap, text_gap;
  explicit LegendSizes(int points)
      : em(points * 25.4 / 72.0),
        symbol_width(2.2 * em),
        symbol_height(1.15 * em),
        row_gap(0.5 * em),
        heading_gap(0.8 * em),
        text_gap(0.6 * em) {}

  [[nodiscard]] double height_of(const LegendRow& row) const {
    // DejaVu's lines are 1.17 em apart; a heading is a point larger.
    constexpr double kLine = 1.25;
    const double text = kLine * (row.is_heading ? em + 25.4 / 72.0 : em);
    return row.is_heading ? text + heading_gap : std::max(text, symbol_height) + row_gap;
  }
  [[nodiscard]] double width_of(const LegendRow& row) const {
    // DejaVu Sans: 0.56 em of small letters and spaces, 0.7 of capitals; ideographs and the like are square.
    constexpr double kSmall = 0.57;
    constexpr double kCapital = 0.7;
    double text = 0.0;
    for (const char c : row.text) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte >= 0xE2U) {
        text += 1.0;  // the first byte of a code point from U+2000 on
      } else if (byte >= 0xC0U || (c >= 'A' && c <= 'Z')) {
        text += kCapital;
      } else if (byte < 0x80U) {
        text += kSmall;
      }
    }
    return row.is_heading ? text * (em + 25.4 / 72.0) : symbol_width + text_gap + text * em;
  }
};

constexpr double kColumnGap = 3.0;

/// Rows from the first on that have room. QGIS evens columns out, so the fullest has a share of all and may
/// have one row and one heading more.
std::size_t rows_within(const std::vector<LegendRow>& rows, const Frame& place, int points, int columns) {
  const LegendSizes sizes(points);
  const double spare = columns == 1 ? 0.0 : sizes.height_of({"", true}) + sizes.height_of({"", false});
  const double room = columns * (place.height - spare);
  double height = 0.0;
  std::size_t count = 0;
  for (; count < rows.size(); ++count) {
    height += sizes.height_of(rows[count]);
    if (height > room) break;
  }
  return count;
}

bool has_width(const std::vector<LegendRow>& rows, const Frame& place, int points, int columns) {
  const LegendSizes sizes(points);
  const double width = (place.width - (columns - 1) * kColumnGap) / columns;
  return std::all_of(rows.begin(), rows.end(),
                     [&](const LegendRow& row) { return sizes.width_of(row) <= width; });
}

struct LegendPlace {
  Frame frame;
  int most_columns;
};
constexpr std::array<LegendPlace, 2> kLegendPlaces{{{kLegend, 3}, {kLegendPage, 6}}};
constexpr int kLargestType = 7;
constexpr int kSmallestType = 5;

bool is_in_legend(const QgisLayer& layer) {
  const auto is_meant = [](const QgisLayer::Category& category) { return category.is_in_legend; };
  return layer.is_shown && layer.is_in_legend &&
         (layer.categories.empty() ||
          std::any_of(layer.categories.begin(), layer.categories.end(), is_meant));
}

/// Numbers of the layers: first those of one row, which would seem to belong to the heading before.
std::vector<std::size_t> legend_order(const std::vector<QgisLayer>& layers) {
  std::vector<std::size_t> order;
  for (const bool has_heading : {false, true}) {
    for (std::size_t i = 0; i < layers.size(); ++i) {
      if (is_in_legend(layers[i]) && layers[i].categories.empty() != has_heading) order.push_back(i);
    }
  }
  return order;
}

std::vector<LegendRow> legend_rows(const std::vector<QgisLayer>& layers) {
  std::vector<LegendRow> rows;
  for (const std::size_t i : legend_order(layers)) {
    const QgisLayer& layer = layers[i];
    rows.push_back({layer.name, !layer.categories.empty()});
    for (const QgisLayer::Category& category : layer.categories) {
      if (category.is_in_legend) rows.push_back({category.label});
    }
  }
  return rows;
}

void add_legend_styles(const QgisElement& legend, const LegendFit& fit) {
  const LegendSizes sizes(fit.points);
  const QgisElement styles = legend.add("styles");
  const auto mm = [](double value) { return fmt::format("{:.2f}", value); };
  const auto add = [&](const char* name, int points, double top, double left) {
    styles
        .add("style", {{"name", name}, {"marginTop", mm(top)}, {"marginLeft", mm(left)}, {"alignment", "1"}})
        .add("styleFont", {{"description", font(points, false)}, {"style", ""}});
  };
  add("title", fit.points + 2, 0.0, 0.0);
  add("group", fit.points + 1, sizes.heading_gap, 0.0);
  add("subgroup", fit.points + 1, sizes.heading_gap, 0.0);
  add("symbol", fit.points, sizes.row_gap, 0.0);
  add("symbolLabel", fit.points, 0.0, sizes.text_gap);
}

/// The layers that have room, each with those of its categories that the page's date has.
void add_legend(const QgisElement& layout, const QgisProject& project, const std::string& map,
                const AddLegendLayer& add_legend_layer) {
  const std::vector<LegendRow> rows = legend_rows(project.layers);
  const LegendFit fit = fit_legend(rows);
  const LegendSizes sizes(fit.points);
  const int page = fit.has_own_page ? 1 : 0;
  const Frame& place = kLegendPlaces[static_cast<std::size_t>(page)].frame;
  const QgisElement legend = add_item(layout, "65642", "legend", place, 5, page);
  for (const auto& [name, value] :
       std::initializer_list<QgisAttribute>{{"map_uuid", fmt::format("{{{}}}", map)},
                                            {"resizeToContents", "1"},
                                            {"legendFilterByAtlas", "0"},
                                            {"boxSpace", "0"},
                                            {"symbolWidth", fmt::format("{:.2f}", sizes.symbol_width)},
                                            {"symbolHeight", fmt::format("{:.2f}", sizes.symbol_height)},
                                            {"wrapChar", ""},
                                            {"columnCount", std::to_string(fit.columns)},
                                            {"columnSpace", fmt::format("{}", kColumnGap)},
                                            {"splitLayer", "1"}})
    legend.set(name.c_str(), value);
  const QgisElement tree = legend.add("layer-tree-group");
  std::size_t row = 0;
  for (const std::size_t i : legend_order(project.layers)) {
    const QgisLayer& layer = project.layers[i];
    // No heading without a row.
    if (row + (layer.categories.empty() ? 0 : 1) >= fit.rows) break;
    ++row;
    const QgisElement item = add_legend_layer(tree, i);
    if (layer.categories.empty()) continue;
    std::string numbers;
    std::vector<QgisAttribute> labels;
    for (std::size_t c = 0; c < layer.categories.size() && row < fit.rows; ++c) {
      if (!layer.categories[c].is_in_legend) continue;
      ++row;
      numbers += (numbers.empty() ? "" : ",") + std::to_string(c);
      // Computed as the texts of the page are.
      const std::string label = without_expressions(layer.categories[c].label);
      if (label != layer.categories[c].label) labels.emplace_back(fmt::format("legend/label-{}", c), label);
    }
    labels.emplace_back("legend/node-order", numbers);
    item.add("customproperties").add_options(labels);
  }
  add_legend_styles(legend, fit);
  if (row < rows.size()) {
    add_label(layout, fmt::format("and {} more", rows.size() - row),
              {place.x, place.y + place.height, place.width, kLineBelow}, kSmallestType, false, 7, page);
  }
  if (!fit.has_own_page) return;
  add_label(layout, "Legend: on the next page", {kLegend.x, kLegend.y, kLegend.width, kLineBelow},
            kLargestType, false, 8);
  add_label(layout, project.title, {10, 7, 277, 10}, 18, true, 9, page);
  add_label(layout, project.subtitle, {10, 16, 277, 7}, 10, false, 10, page);
}

// ---- the map and its scale

/// With a margin, in the proportions of the frame: neither side is cut.
QgisExtent extent_in_frame(const QgisExtent& extent) {
  constexpr double kMargin = 1.06;
  const double width = std::max((extent.east - extent.west) * kMargin,
                                (extent.north - extent.south) * kMargin * kMap.width / kMap.height);
  const double height = width * kMap.height / kMap.width;
  const double x = (extent.west + extent.east) / 2.0;
  const double y = (extent.south + extent.north) / 2.0;
  return {x - width / 2.0, y - height / 2.0, x + width / 2.0, y + height / 2.0};
}

void add_map(const QgisElement& layout, const std::string& id, const QgisExtent& extent,
             const std::optional<Instant>& shown) {
  const QgisElement map = add_item(layout, "65639", id, kMap, 1);
  if (shown) {
    // Every state that holds at the first instant of it, and none that begins later.
    map.set("isTemporal", "1");
    map.set("temporalRangeBegin", format_utc(*shown));
    map.set("temporalRangeEnd", format_utc(*shown));
  }
  map.add("Extent", {{"xmin", fmt::format("{}", extent.west)},
                     {"xmax", fmt::format("{}", extent.east)},
                     {"ymin", fmt::format("{}", extent.south)},
                     {"ymax", fmt::format("{}", extent.north)}});
}

/// A round number of kilometres, about a fifth of the map.
double round_length(double map_width) {
  const double wanted = map_width / 5.0;
  const double power = std::pow(10.0, std::floor(std::log10(wanted)));
  double length = power;
  for (const double digit : {2.0, 5.0}) {
    if (digit * power <= wanted) length = digit * power;
  }
  return length;
}

void add_scale_bar(const QgisElement& layout, const std::string& map, double map_width) {
  const QgisElement bar = add_item(layout, "65646", "scale", kScaleBar, 6);
  for (const auto& [name, value] : std::initializer_list<QgisAttribute>{
           {"mapUuid", fmt::format("{{{}}}", map)},
           {"style", "Single Box"},
           {"unitType", "km"},
           {"unitLabel", "km"},
           {"numMapUnitsPerScaleBarUnit", "1"},
           {"numUnitsPerSegment", fmt::format("{}", round_length(map_width) / 1000.0)},
           {"numSegments", "2"},
           {"numSegmentsLeft", "0"},
           {"labelBarSpace", "1"},
           {"boxContentSpace", "1"},
           {"segmentSizeMode", "0"},
           {"height", "1.5"}})
    bar.set(name.c_str(), value);
  bar.add("text-style", {{"fontFamily", "DejaVu Sans"},
                         {"fontSize", "7"},
                         {"fontSizeUnit", "Point"},
                         {"textColor", "30,30,30,255"},
                         {"textOpacity", "1"}});
}

}  // namespace

LegendFit fit_legend(const std::vector<LegendRow>& rows) {
  for (const LegendPlace& place : kLegendPlaces) {
    for (int points = kLargestType; points >= kSmallestType; --points) {
      for (int columns = 1; columns <= place.most_columns; ++columns) {
        if (has_width(rows, place.frame, points, columns) &&
            rows_within(rows, place.frame, points, columns) == rows.size())
          return {points, columns, &place != kLegendPlaces.data(), rows.size()};
      }
    }
  }
  // As many as there is room for, in the most columns that are wide enough.
  const LegendPlace& place = kLegendPlaces.back();
  int columns = place.most_columns;
  while (columns > 1 && !has_width(rows, place.frame, kSmallestType, columns)) --columns;
  return {kSmallestType, columns, true, rows_within(rows, place.frame, kSmallestType, columns)};
}

void add_page(const QgisElement& root, const QgisProject& project, const QgisExtent& extent,
              const AddLegendLayer& add_legend_layer) {
  const QgisElement layout = root.add("Layouts").add(
      "Layout", {{"name", "A4"}, {"units", "mm"}, {"printResolution", "300"}, {"worldFileMap", ""}});
  const QgisElement pages = layout.add("PageCollection");
  const int page_count = fit_legend(legend_rows(project.layers)).has_own_page ? 2 : 1;
  for (int page = 0; page < page_count; ++page)
    static_cast<void>(add_item(pages, "65638", fmt::format("page-{}", page + 1), kPage, 0, page));
  const std::string map = "map";
  const QgisExtent drawn = extent_in_frame(extent);
  add_map(layout, map, drawn, project.shown);
  add_label(layout, project.title, {10, 7, 277, 10}, 18, true, 2);
  add_label(layout, project.subtitle, {10, 16, 277, 7}, 10, false, 3);
  add_label(layout, project.notice, {10, 185, 277, 20}, 7, false, 4);
  add_legend(layout, project, map, add_legend_layer);
  add_scale_bar(layout, map, drawn.east - drawn.west);
}

}  // namespace marchland::detail
