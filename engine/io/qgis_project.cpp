#include <marchland/base/error.h>
#include <marchland/io/detail/gdal.h>
#include <marchland/io/qgis_project.h>

#include <cpl_minixml.h>
#include <fmt/format.h>
#include <ogr_spatialref.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <memory>
#include <utility>

namespace marchland {
namespace {

using Attribute = std::pair<const char*, std::string>;

/// An element that GDAL owns through the root of its tree; it escapes what it writes.
class Element {
 public:
  explicit Element(CPLXMLNode* node) : node_(node) {}
  Element add(const char* name, std::initializer_list<Attribute> attributes = {}) const {
    CPLXMLNode* child = CPLCreateXMLNode(node_, CXT_Element, name);
    for (const auto& [key, value] : attributes) CPLAddXMLAttributeAndValue(child, key, value.c_str());
    return Element(child);
  }
  void set(const char* name, const std::string& value) const {
    CPLAddXMLAttributeAndValue(node_, name, value.c_str());
  }
  /// With text inside.
  void add_text(const char* name, const std::string& text,
                std::initializer_list<Attribute> attributes = {}) const {
    const Element child = add(name, attributes);
    CPLCreateXMLNode(child.node_, CXT_Text, text.c_str());
  }

 private:
  CPLXMLNode* node_;
};

struct DestroyTree {
  void operator()(CPLXMLNode* root) const noexcept { CPLDestroyXMLNode(root); }
};

/// "r,g,b,255" of "#rrggbb".
std::string qgis_color(const std::string& color, int alpha = 255) {
  const auto part = [&](std::size_t at) { return std::stoi(color.substr(at, 2), nullptr, 16); };
  if (color.size() != 7) return fmt::format("68,68,68,{}", alpha);
  return fmt::format("{},{},{},{}", part(1), part(3), part(5), alpha);
}

// ---- reference systems

std::unique_ptr<OGRSpatialReference> spatial_reference(const std::string& definition) {
  auto srs = std::make_unique<OGRSpatialReference>();
  if (srs->SetFromUserInput(definition.c_str()) != OGRERR_NONE)
    throw Error(ErrorCode::failure, fmt::format("PROJ does not know '{}'", definition));
  srs->SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
  return srs;
}

std::string wkt_of(const OGRSpatialReference& srs) {
  char* text = nullptr;
  const std::array<const char*, 2> options{"FORMAT=WKT2_2019", nullptr};
  srs.exportToWkt(&text, options.data());
  const std::unique_ptr<char, decltype(&VSIFree)> owned(text, VSIFree);
  return owned ? owned.get() : "";
}

void add_reference(const Element& parent, const std::string& proj, const OGRSpatialReference& srs,
                   const std::string& authority) {
  const Element element = parent.add("spatialrefsys");
  element.add_text("wkt", wkt_of(srs));
  element.add_text("proj4", proj);
  element.add_text("srsid", authority.empty() ? "0" : "3452");
  element.add_text("srid", authority.empty() ? "0" : "4326");
  element.add_text("authid", authority);
  element.add_text("description", "");
  element.add_text("projectionacronym", "");
  element.add_text("ellipsoidacronym", "EPSG:7030");
  element.add_text("geographicflag", srs.IsGeographic() != 0 ? "true" : "false");
}

double width_of(const LonLatBox& box) {
  return box.east >= box.west ? box.east - box.west : box.east - box.west + 360.0;
}

struct Drawing {
  std::string proj;
  std::unique_ptr<OGRSpatialReference> srs;
  double west = 0.0, south = 0.0, east = 0.0, north = 0.0;  ///< of the extent, in metres
};

Drawing equal_area_drawing(const LonLatBox& box) {
  constexpr double kWorld = 120.0;
  const double lon = std::remainder(box.west + width_of(box) / 2.0, 360.0);
  const double lat = (box.south + box.north) / 2.0;
  Drawing out;
  out.proj =
      width_of(box) > kWorld
          ? fmt::format("+proj=eqearth +lon_0={:.4f} +datum=WGS84 +units=m +no_defs", lon)
          : fmt::format("+proj=laea +lat_0={:.4f} +lon_0={:.4f} +datum=WGS84 +units=m +no_defs", lat, lon);
  out.srs = spatial_reference(out.proj);
  const auto wgs84 = spatial_reference("EPSG:4326");
  const std::unique_ptr<OGRCoordinateTransformation> to_metres(
      OGRCreateCoordinateTransformation(wgs84.get(), out.srs.get()));
  constexpr int kPoints = 21;  // along each side
  const bool is_known =
      to_metres && to_metres->TransformBounds(box.west, box.south, box.east, box.north, &out.west, &out.south,
                                              &out.east, &out.north, kPoints) != 0;
  if (!is_known) throw Error(ErrorCode::failure, "the extent cannot be projected for a QGIS project");
  return out;
}

// ---- symbols

void add_options(const Element& layer, std::initializer_list<Attribute> options) {
  const Element map = layer.add("Option", {{"type", "Map"}});
  for (const auto& [name, value] : options)
    map.add("Option", {{"name", name}, {"type", "QString"}, {"value", value}});
}

void add_symbol(const Element& symbols, QgisLayer::Look look, const std::string& color,
                const std::string& name) {
  using enum QgisLayer::Look;
  const char* type = look == line ? "line" : look == point ? "marker" : "fill";
  const Element symbol = symbols.add("symbol", {{"type", type}, {"name", name}, {"alpha", "1"}});
  const auto add_layer = [&](const char* kind) {
    return symbol.add("layer", {{"class", kind}, {"enabled", "1"}, {"pass", "0"}, {"locked", "0"}});
  };
  switch (look) {
    case fill:
      add_options(add_layer("SimpleFill"), {{"color", qgis_color(color, 178)},
                                            {"outline_color", qgis_color(color)},
                                            {"outline_style", "solid"},
                                            {"outline_width", "0.2"},
                                            {"style", "solid"}});
      break;
    case hatch: {
      add_options(add_layer("SimpleFill"), {{"color", "0,0,0,0"},
                                            {"outline_color", qgis_color(color)},
                                            {"outline_style", "dash"},
                                            {"outline_width", "0.3"},
                                            {"style", "no"}});
      const Element lines = add_layer("LinePatternFill");
      add_options(lines,
                  {{"angle", "45"}, {"distance", "2"}, {"line_width", "0.35"}, {"color", qgis_color(color)}});
      const Element stroke =
          lines.add("symbol", {{"type", "line"}, {"name", "@" + name + "@1"}, {"alpha", "1"}});
      add_options(
          stroke.add("layer", {{"class", "SimpleLine"}, {"enabled", "1"}, {"pass", "0"}, {"locked", "0"}}),
          {{"line_color", qgis_color(color)}, {"line_width", "0.35"}});
      break;
    }
    case outline:
      add_options(add_layer("SimpleFill"), {{"color", "0,0,0,0"},
                                            {"outline_color", qgis_color(color)},
                                            {"outline_style", "dash"},
                                            {"outline_width", "0.3"},
                                            {"style", "no"}});
      break;
    case line:
      add_options(add_layer("SimpleLine"),
                  {{"line_color", qgis_color(color)}, {"line_width", "0.7"}, {"line_style", "solid"}});
      break;
    case point:
      add_options(add_layer("SimpleMarker"), {{"color", "255,255,255,255"},
                                              {"outline_color", qgis_color(color)},
                                              {"name", "circle"},
                                              {"size", "1.6"}});
      break;
    case raster:
      break;
  }
}

void add_renderer(const Element& map_layer, const QgisLayer& layer) {
  if (layer.categories.empty()) {
    const Element renderer = map_layer.add("renderer-v2", {{"type", "singleSymbol"}});
    add_symbol(renderer.add("symbols"), layer.look, layer.color, "0");
    return;
  }
  const Element renderer = map_layer.add(
      "renderer-v2", {{"type", "categorizedSymbol"}, {"attr", layer.field}, {"symbollevels", "0"}});
  const Element categories = renderer.add("categories");
  const Element symbols = renderer.add("symbols");
  for (std::size_t i = 0; i < layer.categories.size(); ++i) {
    const QgisLayer::Category& category = layer.categories[i];
    const std::string number = std::to_string(i);
    categories.add(
        "category",
        {{"value", category.value}, {"label", category.label}, {"symbol", number}, {"render", "true"}});
    add_symbol(symbols, layer.look, category.color, number);
  }
}

void add_labels(const Element& map_layer, const QgisLayer& layer) {
  if (layer.label_field.empty()) return;
  const Element settings = map_layer.add("labeling", {{"type", "simple"}}).add("settings");
  const Element style = settings.add("text-style", {{"fieldName", layer.label_field},
                                                    {"isExpression", "0"},
                                                    {"fontFamily", "DejaVu Sans"},
                                                    {"fontSize", "7"},
                                                    {"fontSizeUnit", "Point"},
                                                    {"textColor", "40,40,40,255"},
                                                    {"textOpacity", "1"}});
  style.add("text-buffer", {{"bufferDraw", "1"},
                            {"bufferSize", "0.6"},
                            {"bufferSizeUnits", "MM"},
                            {"bufferColor", "255,255,255,255"},
                            {"bufferOpacity", "1"}});
  // Around a point, over the middle of an area.
  settings.add("placement",
               {{"placement", layer.look == QgisLayer::Look::point ? "6" : "1"}, {"dist", "0.5"}});
}

// ---- layers

/// QGIS makes its own ids where one has ten characters or fewer.
std::string id_of(std::size_t number) {
  return fmt::format("marchland_layer_{:02}", number);
}
std::string source_of(const QgisLayer& layer) {
  return layer.layer.empty() ? "./" + layer.file : fmt::format("./{}|layername={}", layer.file, layer.layer);
}

void add_map_layer(const Element& layers, const QgisLayer& layer, std::size_t number,
                   const OGRSpatialReference& wgs84) {
  using enum QgisLayer::Look;
  const bool is_raster = layer.look == raster;
  const char* geometry = layer.look == line ? "Line" : layer.look == point ? "Point" : "Polygon";
  const Element element =
      is_raster ? layers.add("maplayer", {{"type", "raster"}})
                : layers.add("maplayer", {{"type", "vector"},
                                          {"geometry", geometry},
                                          {"labelsEnabled", layer.label_field.empty() ? "0" : "1"}});
  element.add_text("id", id_of(number));
  element.add_text("datasource", source_of(layer));
  element.add_text("layername", layer.name);
  if (!is_raster) {
    add_reference(element.add("srs"), "+proj=longlat +datum=WGS84 +no_defs", wgs84, "EPSG:4326");
    element.add_text("provider", "ogr", {{"encoding", "UTF-8"}});
  } else {
    element.add_text("provider", "gdal");
  }
  if (layer.is_in_time) {
    // Mode 2: start and end in fields; limit mode 0: the start belongs, the end does not.
    const Element temporal = element.add("temporal", {{"enabled", "1"},
                                                      {"mode", "2"},
                                                      {"startField", "from"},
                                                      {"endField", "to"},
                                                      {"limitMode", "0"},
                                                      {"accumulate", "0"},
                                                      {"durationUnit", "min"},
                                                      {"fixedDuration", "0"}});
    const Element range = temporal.add("fixedRange");
    range.add("start");
    range.add("end");
  }
  if (is_raster) return;
  add_renderer(element, layer);
  add_labels(element, layer);
}

void add_to_tree(const Element& parent, const QgisLayer& layer, std::size_t number) {
  parent.add("layer-tree-layer", {{"id", id_of(number)},
                                  {"name", layer.name},
                                  {"source", source_of(layer)},
                                  {"providerKey", layer.look == QgisLayer::Look::raster ? "gdal" : "ogr"},
                                  {"checked", layer.is_shown ? "Qt::Checked" : "Qt::Unchecked"},
                                  {"expanded", layer.is_shown ? "1" : "0"}});
}

void add_tree(const Element& root, const std::vector<QgisLayer>& layers) {
  const Element tree = root.add("layer-tree-group");
  for (std::size_t i = 0; i < layers.size();) {
    const std::string& group = layers[i].group;
    const Element parent =
        group.empty()
            ? tree
            : tree.add("layer-tree-group", {{"name", group}, {"checked", "Qt::Checked"}, {"expanded", "0"}});
    for (; i < layers.size() && layers[i].group == group; ++i) add_to_tree(parent, layers[i], i);
  }
}

// ---- time

/// The smallest unit of which the whole has no more steps than somebody would sit through.
const char* step_unit(const Interval& time) {
  const double days =
      std::chrono::duration<double, std::chrono::days::period>(time.to() - time.from()).count();
  constexpr double kMostSteps = 1000.0;
  if (days <= kMostSteps) return "d";
  if (days / 30.4 <= kMostSteps) return "mon";
  return "y";
}

void add_time(const Element& root, const Interval& time) {
  const Element settings = root.add("ProjectTimeSettings", {{"timeStep", "1"},
                                                            {"timeStepUnit", step_unit(time)},
                                                            {"frameRate", "4"},
                                                            {"cumulativeTemporalRange", "0"}});
  const Element range = settings.add("TemporalRange");
  range.add_text("start", format_utc(time.from()));
  range.add_text("end", format_utc(time.to()));
}

// ---- the page

struct Frame {
  double x, y, width, height;  ///< in mm
};

Element add_item(const Element& layout, const char* type, const std::string& uuid, const Frame& frame,
                 int z) {
  const std::string position = fmt::format("{},{},mm", frame.x, frame.y);
  return layout.add("LayoutItem", {{"type", type},
                                   {"uuid", uuid},
                                   {"templateUuid", uuid},
                                   {"position", position},
                                   {"positionOnPage", position},
                                   {"size", fmt::format("{},{},mm", frame.width, frame.height)},
                                   {"referencePoint", "0"},
                                   {"zValue", std::to_string(z)},
                                   {"visibility", "1"},
                                   {"opacity", "1"},
                                   {"frame", "false"},
                                   {"background", "false"},
                                   {"outlineWidthM", "0.2,mm"}});
}

void add_label(const Element& layout, const std::string& text, const Frame& frame, int size, bool is_bold,
               int z) {
  const Element item =
      layout.add("LayoutItem", {{"type", "65641"},
                                {"uuid", fmt::format("{{label-{}}}", z)},
                                {"labelText", text},
                                {"position", fmt::format("{},{},mm", frame.x, frame.y)},
                                {"positionOnPage", fmt::format("{},{},mm", frame.x, frame.y)},
                                {"size", fmt::format("{},{},mm", frame.width, frame.height)},
                                {"zValue", std::to_string(z)},
                                {"visibility", "1"},
                                {"opacity", "1"},
                                {"halign", "1"},
                                {"valign", "32"},
                                {"htmlState", "0"}});
  // Family, size, pixel size, hint, weight (50 normal, 75 bold), ...
  item.add("LabelFont",
           {{"description", fmt::format("DejaVu Sans,{},-1,5,{},0,0,0,0,0", size, is_bold ? 75 : 50)},
            {"style", ""}});
  item.add("FontColor", {{"red", "30"}, {"green", "30"}, {"blue", "30"}, {"alpha", "255"}});
}

void add_page(const Element& root, const QgisProject& project, const Drawing& drawing) {
  const Element layout = root.add("Layouts").add(
      "Layout", {{"name", "A4"}, {"units", "mm"}, {"printResolution", "300"}, {"worldFileMap", ""}});
  const Element pages = layout.add("PageCollection");
  static_cast<void>(add_item(pages, "65638", "{page}", {0, 0, 297, 210}, 0));
  const std::string map_id = "{map}";
  // Room for the legend on the right, the notice below.
  const Frame frame{10, 24, 205, 158};
  const Element map = add_item(layout, "65639", map_id, frame, 1);
  if (project.shown) {
    // Every state that holds at the first instant of it, and none that begins later.
    map.set("isTemporal", "1");
    map.set("temporalRangeBegin", format_utc(*project.shown));
    map.set("temporalRangeEnd", format_utc(*project.shown));
  }
  // The extent with a margin, in the proportions of the frame: neither side is cut.
  const double margin = 1.06;
  const double width = std::max((drawing.east - drawing.west) * margin,
                                (drawing.north - drawing.south) * margin * frame.width / frame.height);
  const double height = width * frame.height / frame.width;
  const double x = (drawing.west + drawing.east) / 2.0;
  const double y = (drawing.south + drawing.north) / 2.0;
  map.add("Extent", {{"xmin", fmt::format("{}", x - width / 2.0)},
                     {"xmax", fmt::format("{}", x + width / 2.0)},
                     {"ymin", fmt::format("{}", y - height / 2.0)},
                     {"ymax", fmt::format("{}", y + height / 2.0)}});
  add_label(layout, project.title, {10, 7, 277, 10}, 18, true, 2);
  add_label(layout, project.subtitle, {10, 16, 277, 7}, 10, false, 3);
  add_label(layout, project.notice, {10, 185, 277, 20}, 7, false, 4);
  const Element legend = layout.add("LayoutItem", {{"type", "65642"},
                                                   {"uuid", "{legend}"},
                                                   {"map_uuid", map_id},
                                                   {"position", "220,24,mm"},
                                                   {"positionOnPage", "220,24,mm"},
                                                   {"size", "67,100,mm"},
                                                   {"zValue", "5"},
                                                   {"visibility", "1"},
                                                   {"opacity", "1"},
                                                   {"resizeToContents", "1"},
                                                   {"legendFilterByAtlas", "0"},
                                                   {"symbolWidth", "6"},
                                                   {"symbolHeight", "3.5"},
                                                   {"wrapChar", ""},
                                                   {"columnCount", "1"}});
  // What the page shows, and no more.
  const Element tree = legend.add("layer-tree-group");
  for (std::size_t i = 0; i < project.layers.size(); ++i) {
    if (project.layers[i].is_shown) add_to_tree(tree, project.layers[i], i);
  }
  const Element styles = legend.add("styles");
  for (const auto& [name, size] : {std::pair("title", 10), std::pair("group", 8), std::pair("subgroup", 8),
                                   std::pair("symbolLabel", 7)}) {
    styles.add("style", {{"name", name}, {"marginTop", "1.5"}, {"alignment", "1"}})
        .add("styleFont",
             {{"description", fmt::format("DejaVu Sans,{},-1,5,50,0,0,0,0,0", size)}, {"style", ""}});
  }
  // A round number of kilometres, about a fifth of the map.
  const double wanted = width / 5.0;
  const double power = std::pow(10.0, std::floor(std::log10(wanted)));
  double segment = power;
  for (const double digit : {2.0, 5.0}) {
    if (digit * power <= wanted) segment = digit * power;
  }
  const Element bar = layout.add("LayoutItem", {{"type", "65646"},
                                                {"uuid", "{scale}"},
                                                {"mapUuid", map_id},
                                                {"position", "220,172,mm"},
                                                {"positionOnPage", "220,172,mm"},
                                                {"size", "67,10,mm"},
                                                {"zValue", "6"},
                                                {"visibility", "1"},
                                                {"opacity", "1"},
                                                {"style", "Single Box"},
                                                {"unitType", "km"},
                                                {"unitLabel", "km"},
                                                {"numMapUnitsPerScaleBarUnit", "1"},
                                                {"numUnitsPerSegment", fmt::format("{}", segment / 1000.0)},
                                                {"numSegments", "2"},
                                                {"numSegmentsLeft", "0"},
                                                {"labelBarSpace", "1"},
                                                {"boxContentSpace", "1"},
                                                {"segmentSizeMode", "0"},
                                                {"height", "1.5"}});
  bar.add("text-style", {{"fontFamily", "DejaVu Sans"},
                         {"fontSize", "7"},
                         {"fontSizeUnit", "Point"},
                         {"textColor", "30,30,30,255"},
                         {"textOpacity", "1"}});
}

}  // namespace

std::string qgis_project(const QgisProject& project) {
  if (project.time && (!project.time->has_from() || !project.time->has_to()))
    throw InvalidArgument("the time of a QGIS project is open; expected both ends");
  const detail::GdalMessages messages;
  const Drawing drawing = equal_area_drawing(project.extent);
  const auto wgs84 = spatial_reference("EPSG:4326");
  const std::unique_ptr<CPLXMLNode, DestroyTree> tree(CPLCreateXMLNode(nullptr, CXT_Element, "qgis"));
  const Element root(tree.get());
  root.set("version", "3.22.0");
  root.set("projectname", project.title);
  root.add_text("title", project.title);
  add_reference(root.add("projectCrs"), drawing.proj, *drawing.srs, "");
  add_tree(root, project.layers);
  const Element layers = root.add("projectlayers");
  for (std::size_t i = 0; i < project.layers.size(); ++i) add_map_layer(layers, project.layers[i], i, *wgs84);
  const Element order = root.add("layerorder");
  for (std::size_t i = 0; i < project.layers.size(); ++i) order.add("layer", {{"id", id_of(i)}});
  const Element canvas = root.add("mapcanvas", {{"name", "theMapCanvas"}, {"annotationsVisible", "1"}});
  canvas.add_text("units", "meters");
  const Element extent = canvas.add("extent");
  extent.add_text("xmin", fmt::format("{}", drawing.west));
  extent.add_text("ymin", fmt::format("{}", drawing.south));
  extent.add_text("xmax", fmt::format("{}", drawing.east));
  extent.add_text("ymax", fmt::format("{}", drawing.north));
  add_reference(canvas.add("destinationsrs"), drawing.proj, *drawing.srs, "");
  const Element properties = root.add("properties");
  properties.add("Paths").add_text("Absolute", "false", {{"type", "bool"}});
  // Without it the reference system of the project is not read.
  properties.add("SpatialRefSys").add_text("ProjectionsEnabled", "1", {{"type", "int"}});
  properties.add("Measurement").add_text("AreaUnits", "km2", {{"type", "QString"}});
  if (project.time) add_time(root, *project.time);
  add_page(root, project, drawing);
  const std::unique_ptr<char, decltype(&VSIFree)> text(CPLSerializeXMLTree(tree.get()), VSIFree);
  return std::string("<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n") + text.get();
}

}  // namespace marchland
