#include <marchland/io/detail/raster_style.h>
#include <marchland/io/markup.h>

#include <cpl_conv.h>
#include <cpl_minixml.h>

#include <initializer_list>
#include <memory>
#include <utility>

namespace marchland::detail {
namespace {

struct DestroyXml {
  void operator()(CPLXMLNode* root) const noexcept { CPLDestroyXMLNode(root); }
};

CPLXMLNode* add_element(CPLXMLNode* parent, const char* name,
                        std::initializer_list<std::pair<const char*, std::string>> attributes) {
  CPLXMLNode* made = CPLCreateXMLNode(parent, CXT_Element, name);
  for (const auto& [key, value] : attributes)
    CPLAddXMLAttributeAndValue(made, key, xml_characters(value).c_str());
  return made;
}

}  // namespace

std::string qgis_raster_style(const std::vector<RasterClass>& classes) {
  const std::unique_ptr<CPLXMLNode, DestroyXml> root(
      add_element(nullptr, "qgis", {{"version", "3.22"}, {"styleCategories", "Symbology"}}));
  CPLXMLNode* pipe = add_element(root.get(), "pipe", {});
  CPLXMLNode* renderer = add_element(
      pipe, "rasterrenderer",
      {{"type", "paletted"}, {"band", "1"}, {"opacity", "1"}, {"alphaBand", "-1"}, {"nodataColor", ""}});
  add_element(renderer, "rasterTransparency", {});
  CPLXMLNode* palette = add_element(renderer, "colorPalette", {});
  for (std::size_t i = 1; i < classes.size(); ++i) {
    add_element(palette, "paletteEntry",
                {{"value", std::to_string(i)},
                 {"color", classes[i].color},
                 {"alpha", "255"},
                 {"label", classes[i].name}});
  }
  CPLCreateXMLElementAndValue(root.get(), "blendMode", "0");
  const std::unique_ptr<char, decltype(&VSIFree)> text(CPLSerializeXMLTree(root.get()), VSIFree);
  return text ? text.get() : "";
}

}  // namespace marchland::detail
