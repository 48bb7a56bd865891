#pragma once
// Elements of a QGIS project.
#include <marchland/io/markup.h>

#include <cpl_minixml.h>

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace marchland::detail {

using QgisAttribute = std::pair<std::string, std::string>;

/// An element that GDAL owns through the root of its tree; it escapes what it writes, but for what XML
/// has no characters for.
class QgisElement {
 public:
  explicit QgisElement(CPLXMLNode* node) : node_(node) {}
  QgisElement add(const char* name, std::initializer_list<QgisAttribute> attributes = {}) const {
    CPLXMLNode* child = CPLCreateXMLNode(node_, CXT_Element, name);
    for (const auto& [key, value] : attributes)
      CPLAddXMLAttributeAndValue(child, key.c_str(), xml_characters(value).c_str());
    return QgisElement(child);
  }
  void set(const char* name, const std::string& value) const {
    CPLAddXMLAttributeAndValue(node_, name, xml_characters(value).c_str());
  }
  /// With text inside.
  void add_text(const char* name, const std::string& text,
                std::initializer_list<QgisAttribute> attributes = {}) const {
    const QgisElement child = add(name, attributes);
    CPLCreateXMLNode(child.node_, CXT_Text, xml_characters(text).c_str());
  }
  /// A map of options, as QGIS writes what has names and values.
  void add_options(const std::vector<QgisAttribute>& options) const {
    const QgisElement map = add("Option", {{"type", "Map"}});
    for (const auto& [name, value] : options)
      map.add("Option", {{"name", name}, {"type", "QString"}, {"value", value}});
  }

 private:
  CPLXMLNode* node_;
};

}  // namespace marchland::detail
