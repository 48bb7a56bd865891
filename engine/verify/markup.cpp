#include <marchland/base/error.h>
#include <marchland/verify/markup.h>

#include <fmt/format.h>
#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

#include <limits>
#include <memory>

namespace marchland {
namespace {

std::string text_of(const xmlChar* text) {
  return text == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(text));
}

void add_node(const xmlNode* node, MarkupElement& to);

MarkupElement element_of(const xmlNode* node) {
  MarkupElement out;
  out.name = text_of(node->name);
  for (const xmlAttr* attribute = node->properties; attribute != nullptr; attribute = attribute->next) {
    const std::unique_ptr<xmlChar, xmlFreeFunc> value(xmlNodeListGetString(node->doc, attribute->children, 1),
                                                      xmlFree);
    out.attributes[text_of(attribute->name)] = text_of(value.get());
  }
  for (const xmlNode* child = node->children; child != nullptr; child = child->next) add_node(child, out);
  return out;
}

void add_node(const xmlNode* node, MarkupElement& to) {
  switch (node->type) {
    case XML_ELEMENT_NODE:
      to.children.push_back(element_of(node));
      to.text += to.children.back().text;
      break;
    case XML_TEXT_NODE:
    case XML_CDATA_SECTION_NODE:
      to.text += text_of(node->content);
      break;
    default:
      break;
  }
}

int size_of(const std::string& text) {
  if (text.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    throw InvalidArgument(fmt::format("{} bytes: expected less than 2 GB", text.size()));
  return static_cast<int>(text.size());
}

struct FreeDocument {
  void operator()(xmlDoc* document) const noexcept { xmlFreeDoc(document); }
};
using Document = std::unique_ptr<xmlDoc, FreeDocument>;

}  // namespace

std::string MarkupElement::attribute(const std::string& key) const {
  const auto found = attributes.find(key);
  return found == attributes.end() ? std::string() : found->second;
}

MarkupElement parse_xml(const std::string& document) {
  const std::unique_ptr<xmlParserCtxt, decltype(&xmlFreeParserCtxt)> context(xmlNewParserCtxt(),
                                                                             xmlFreeParserCtxt);
  const Document read(xmlCtxtReadMemory(context.get(), document.data(), size_of(document), nullptr, "UTF-8",
                                        XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING));
  const xmlNode* root = read ? xmlDocGetRootElement(read.get()) : nullptr;
  if (root == nullptr) {
    const xmlError& error = context->lastError;
    std::string words = error.message == nullptr ? "no element\n" : error.message;
    if (words.ends_with('\n')) words.pop_back();
    throw InvalidArgument(fmt::format("line {}: {}", error.line, words));
  }
  return element_of(root);
}

MarkupElement parse_page(const std::string& page) {
  const Document read(
      htmlReadMemory(page.data(), size_of(page), nullptr, "UTF-8",
                     HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_RECOVER));
  const xmlNode* root = read ? xmlDocGetRootElement(read.get()) : nullptr;
  if (root == nullptr) throw InvalidArgument("no element of a page");
  return element_of(root);
}

}  // namespace marchland
