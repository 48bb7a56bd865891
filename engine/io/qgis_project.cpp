#include <marchland/base/error.h>
#include <marchland/io/color.h>
#include <marchland/io/detail/gdal.h>
#include <marchland/io/detail/qgis_page.h>
#include <marchland/io/detail/qgis_xml.h>
#include <marchland/io/qgis_project.h>

#include <cpl_minixml.h>
#include <fmt/format.h>
#include <ogr_spatialref.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <vector>

namespace marchland {
namespace {

using detail::QgisElement;

struct DestroyTree {
  void operator()(CPLXMLNode* root) const noexcept { CPLDestroyXMLNode(root); }
};

/// "r,g,b,255" of "#rrggbb".
std::string qgis_color(const std::string& color) {
  constexpr Rgb kNone{68, 68, 68};
  const Rgb rgb = parse_color(color).value_or(kNone);
  return fmt::format("{},{},{},255", rgb.red, rgb.green, rgb.blue);
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

void add_reference(const QgisElement& parent, const std::string& proj, const OGRSpatialReference& srs,
                   const std::string& authority) {
  const QgisElement element = parent.add("spatialrefsys");
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
  detail::QgisExtent extent;
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
  // A lattice over the box, which may lie across the antimeridian. Just within it, so that the edge of a
  // whole world is not taken for its other one.
  constexpr int kParts = 32;
  constexpr double kWithin = 1.0 - 1e-9;
  std::vector<double> x;
  std::vector<double> y;
  for (int i = 0; i <= kParts; ++i) {
    for (int j = 0; j <= kParts; ++j) {
      x.push_back(lon + kWithin * width_of(box) * (static_cast<double>(i) / kParts - 0.5));
      y.push_back(box.south + (box.north - box.south) * j / kParts);
    }
  }
  std::vector<int> is_projected(x.size(), FALSE);
  if (to_metres)
    static_cast<void>(
        to_metres->Transform(static_cast<int>(x.size()), x.data(), y.data(), nullptr, is_projected.data()));
  bool is_known = false;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (is_projected[i] == FALSE) continue;
    detail::QgisExtent& all = out.extent;
    all = is_known ? detail::QgisExtent{std::min(all.west, x[i]), std::min(all.south, y[i]),
                                        std::max(all.east, x[i]), std::max(all.north, y[i])}
                   : detail::QgisExtent{x[i], y[i], x[i], y[i]};
    is_known = true;
  }
  if (!is_known) throw Error(ErrorCode::failure, "the extent cannot be projected for a QGIS project");
  return out;
}

// ---- symbols

void add_symbol(const QgisElement& symbols, QgisLayer::Look look, const std::string& color,
                const std::string& name) {
  using enum QgisLayer::Look;
  const char* type = look == line ? "line" : look == point ? "marker" : "fill";
  const QgisElement symbol = symbols.add("symbol", {{"type", type}, {"name", name}, {"alpha", "1"}});
  const auto add_layer = [&](const char* kind) {
    return symbol.add("layer", {{"class", kind}, {"enabled", "1"}, {"pass", "0"}, {"locked", "0"}});
  };
  const auto add_dashed_outline = [&] {
    add_layer("SimpleFill")
        .add_options({{"color", "0,0,0,0"},
                      {"outline_color", qgis_color(color)},
                      {"outline_style", "dash"},
                      {"outline_width", "0.3"},
                      {"style", "no"}});
  };
  switch (look) {
    case fill:
      add_layer("SimpleFill")
          .add_options({{"color", qgis_color(color)},
                        {"outline_color", qgis_color(color)},
                        {"outline_style", "solid"},
                        {"outline_width", "0.2"},
                        {"style", "solid"}});
      break;
    case hatch: {
      add_dashed_outline();
      const QgisElement lines = add_layer("LinePatternFill");
      lines.add_options(
          {{"angle", "45"}, {"distance", "2"}, {"line_width", "0.35"}, {"color", qgis_color(color)}});
      const QgisElement stroke =
          lines.add("symbol", {{"type", "line"}, {"name", "@" + name + "@1"}, {"alpha", "1"}});
      stroke.add("layer", {{"class", "SimpleLine"}, {"enabled", "1"}, {"pass", "0"}, {"locked", "0"}})
          .add_options({{"line_color", qgis_color(color)}, {"line_width", "0.35"}});
      break;
    }
    case outline:
      add_dashed_outline();
      break;
    case line:
      add_layer("SimpleLine")
          .add_options({{"line_color", qgis_color(color)}, {"line_width", "0.7"}, {"line_style", "solid"}});
      break;
    case point:
      add_layer("SimpleMarker")
          .add_options({{"color", "255,255,255,255"},
                        {"outline_color", qgis_color(color)},
                        {"name", "circle"},
                        {"size", "1.6"}});
      break;
    case raster:
      break;
  }
}

/// The last drawn lies on top.
void set_order(const QgisElement& renderer, const QgisLayer& layer) {
  if (!layer.is_in_time) return;
  renderer.set("enableorderby", "1");
  renderer.add("orderby").add_text("orderByClause", "\"t0\"", {{"asc", "1"}, {"nullsFirst", "1"}});
}

void add_renderer(const QgisElement& map_layer, const QgisLayer& layer) {
  if (layer.categories.empty()) {
    const QgisElement renderer = map_layer.add("renderer-v2", {{"type", "singleSymbol"}});
    add_symbol(renderer.add("symbols"), layer.look, layer.color, "0");
    set_order(renderer, layer);
    return;
  }
  const QgisElement renderer = map_layer.add(
      "renderer-v2", {{"type", "categorizedSymbol"}, {"attr", layer.field}, {"symbollevels", "0"}});
  const QgisElement categories = renderer.add("categories");
  const QgisElement symbols = renderer.add("symbols");
  for (std::size_t i = 0; i < layer.categories.size(); ++i) {
    const QgisLayer::Category& category = layer.categories[i];
    const std::string number = std::to_string(i);
    categories.add(
        "category",
        {{"value", category.value}, {"label", category.label}, {"symbol", number}, {"render", "true"}});
    add_symbol(symbols, layer.look, category.color, number);
  }
  set_order(renderer, layer);
}

/// Without it QGIS lists every value that the type of the cells can have.
void add_raster_renderer(const QgisElement& map_layer, const QgisLayer& layer) {
  const QgisElement palette = map_layer.add("pipe")
                                  .add("rasterrenderer", {{"type", "paletted"},
                                                          {"band", "1"},
                                                          {"opacity", "1"},
                                                          {"alphaBand", "-1"},
                                                          {"nodataColor", ""}})
                                  .add("colorPalette");
  for (const QgisLayer::Category& category : layer.categories) {
    palette.add(
        "paletteEntry",
        {{"value", category.value}, {"label", category.label}, {"color", category.color}, {"alpha", "255"}});
  }
}

void add_labels(const QgisElement& map_layer, const QgisLayer& layer) {
  if (layer.label_field.empty()) return;
  const QgisElement settings = map_layer.add("labeling", {{"type", "simple"}}).add("settings");
  const QgisElement style = settings.add("text-style", {{"fieldName", layer.label_field},
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

/// An end of a feature's time as the expression language has it. QGIS compares dates of a GeoPackage as texts
/// when it asks the file by its fields, and then what begins at an instant does not hold at it; an expression
/// is computed by QGIS itself. Both sides of its comparison are times without a zone that say UTC, whatever
/// the zone of the machine: left() cuts what a text says of it. Years that QDateTime does not read, and open
/// ends, are told by the days.
std::string end_expression(const char* field, const char* days) {
  constexpr int kYear1 = -719162;      // of 0001-01-01, since 1970-01-01
  constexpr int kYear10000 = 2932897;  // of 10000-01-01
  return fmt::format(
      "CASE WHEN \"{1}\" < {2} THEN make_datetime(1,1,1,0,0,0) WHEN \"{1}\" >= {3} THEN "
      "make_datetime(9999,12,31,23,59,59) ELSE to_datetime(left(\"{0}\",19)) END",
      field, days, kYear1, kYear10000);
}

void add_temporal(const QgisElement& map_layer) {
  // Mode 4: start and end by expressions; limit mode 0: the start belongs, the end does not.
  const QgisElement temporal = map_layer.add("temporal", {{"enabled", "1"},
                                                          {"mode", "4"},
                                                          {"startExpression", end_expression("from", "t0")},
                                                          {"endExpression", end_expression("to", "t1")},
                                                          {"limitMode", "0"},
                                                          {"accumulate", "0"},
                                                          {"durationUnit", "min"},
                                                          {"fixedDuration", "0"}});
  const QgisElement range = temporal.add("fixedRange");
  range.add("start");
  range.add("end");
}

void add_map_layer(const QgisElement& layers, const QgisLayer& layer, std::size_t number,
                   const OGRSpatialReference& wgs84) {
  using enum QgisLayer::Look;
  const bool is_raster = layer.look == raster;
  const char* geometry = layer.look == line ? "Line" : layer.look == point ? "Point" : "Polygon";
  const QgisElement element =
      is_raster ? layers.add("maplayer", {{"type", "raster"}})
                : layers.add("maplayer", {{"type", "vector"},
                                          {"geometry", geometry},
                                          {"labelsEnabled", layer.label_field.empty() ? "0" : "1"}});
  element.add_text("id", id_of(number));
  element.add_text("datasource", source_of(layer));
  element.add_text("layername", layer.name);
  // Of a raster QGIS takes it from here too, not from the file.
  add_reference(element.add("srs"), "+proj=longlat +datum=WGS84 +no_defs", wgs84, "EPSG:4326");
  if (!is_raster) {
    element.add_text("provider", "ogr", {{"encoding", "UTF-8"}});
  } else {
    element.add_text("provider", "gdal");
  }
  if (layer.is_in_time) add_temporal(element);
  if (is_raster) return add_raster_renderer(element, layer);
  add_renderer(element, layer);
  add_labels(element, layer);
  // Of the layer and not of its symbols: what lies below another feature does not shine through.
  if (layer.look == fill) element.add_text("layerOpacity", "0.75");
}

QgisElement add_to_tree(const QgisElement& parent, const QgisLayer& layer, std::size_t number) {
  return parent.add("layer-tree-layer",
                    {{"id", id_of(number)},
                     {"name", layer.name},
                     {"source", source_of(layer)},
                     {"providerKey", layer.look == QgisLayer::Look::raster ? "gdal" : "ogr"},
                     {"checked", layer.is_shown ? "Qt::Checked" : "Qt::Unchecked"},
                     {"expanded", layer.is_shown ? "1" : "0"}});
}

void add_tree(const QgisElement& root, const std::vector<QgisLayer>& layers) {
  const QgisElement tree = root.add("layer-tree-group");
  for (std::size_t i = 0; i < layers.size();) {
    const std::string& group = layers[i].group;
    const QgisElement parent =
        group.empty()
            ? tree
            : tree.add("layer-tree-group", {{"name", group}, {"checked", "Qt::Checked"}, {"expanded", "0"}});
    for (; i < layers.size() && layers[i].group == group; ++i)
      static_cast<void>(add_to_tree(parent, layers[i], i));
  }
}

// ---- time

/// Slow enough to see each frame and for QGIS to draw it, and some minutes for all of them.
double frame_rate(std::size_t frames) {
  constexpr double kSlowest = 1.0;
  constexpr double kFastest = 5.0;
  constexpr double kSeconds = 60.0;
  return std::clamp(static_cast<double>(frames) / kSeconds, kSlowest, kFastest);
}

void add_time(const QgisElement& root, const QgisElement& properties, const QgisFrames& frames) {
  const QgisElement settings =
      root.add("ProjectTimeSettings", {{"timeStep", std::to_string(frames.step)},
                                       {"timeStepUnit", frames.unit},
                                       {"frameRate", fmt::format("{:.3g}", frame_rate(frames.count))},
                                       {"cumulativeTemporalRange", "0"}});
  const QgisElement range = settings.add("TemporalRange");
  range.add_text("start", format_utc(frames.time.from()));
  range.add_text("end", format_utc(frames.time.to()));
  // Without it the controller is off until somebody turns it on, and the map shows all times at once.
  const QgisElement controller = properties.add("TemporalControllerWidget");
  controller.add_text("NavigationMode", "1", {{"type", "int"}});
  controller.add_text("StartDateTime", format_utc(frames.time.from()), {{"type", "QString"}});
  controller.add_text("EndDateTime", format_utc(frames.time.to()), {{"type", "QString"}});
}

}  // namespace

std::string qgis_project(const QgisProject& project) {
  if (project.shown && !is_qgis_date(*project.shown)) {
    throw InvalidArgument(fmt::format("{}: QGIS reads years from 1 to 9999 only; leave the date out",
                                      format_utc(*project.shown)));
  }
  const detail::GdalMessages messages;
  const Drawing drawing = equal_area_drawing(project.extent);
  const auto wgs84 = spatial_reference("EPSG:4326");
  const std::unique_ptr<CPLXMLNode, DestroyTree> tree(CPLCreateXMLNode(nullptr, CXT_Element, "qgis"));
  const QgisElement root(tree.get());
  root.set("version", "3.22.0");
  root.set("projectname", project.title);
  root.add_text("title", project.title);
  add_reference(root.add("projectCrs"), drawing.proj, *drawing.srs, "");
  add_tree(root, project.layers);
  const QgisElement layers = root.add("projectlayers");
  for (std::size_t i = 0; i < project.layers.size(); ++i) add_map_layer(layers, project.layers[i], i, *wgs84);
  const QgisElement order = root.add("layerorder");
  for (std::size_t i = 0; i < project.layers.size(); ++i) order.add("layer", {{"id", id_of(i)}});
  const QgisElement canvas = root.add("mapcanvas", {{"name", "theMapCanvas"}, {"annotationsVisible", "1"}});
  canvas.add_text("units", "meters");
  const QgisElement extent = canvas.add("extent");
  extent.add_text("xmin", fmt::format("{}", drawing.extent.west));
  extent.add_text("ymin", fmt::format("{}", drawing.extent.south));
  extent.add_text("xmax", fmt::format("{}", drawing.extent.east));
  extent.add_text("ymax", fmt::format("{}", drawing.extent.north));
  add_reference(canvas.add("destinationsrs"), drawing.proj, *drawing.srs, "");
  const QgisElement properties = root.add("properties");
  properties.add("Paths").add_text("Absolute", "false", {{"type", "bool"}});
  // Without it the reference system of the project is not read.
  properties.add("SpatialRefSys").add_text("ProjectionsEnabled", "1", {{"type", "int"}});
  properties.add("Measurement").add_text("AreaUnits", "km2", {{"type", "QString"}});
  if (project.frames) add_time(root, properties, *project.frames);
  detail::add_page(root, project, drawing.extent, [&](const QgisElement& parent, std::size_t number) {
    return add_to_tree(parent, project.layers[number], number);
  });
  const std::unique_ptr<char, decltype(&VSIFree)> text(CPLSerializeXMLTree(tree.get()), VSIFree);
  return std::string("<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n") + text.get();
}

}  // namespace marchland
