#pragma once
// Pages and XML documents as libxml2 reads them: elements, attributes, text. What was written for people or
// for other programs is read back by a parser that is not ours.
#include <map>
#include <string>
#include <vector>

namespace marchland {

/// An element with all that is in it. A plain value; comments and processing instructions are left out.
struct MarkupElement {
  std::string name;  ///< of a page in lower case; of XML without a prefix
  std::map<std::string, std::string> attributes;
  std::string text;  ///< of it and of all within, in the order of the document, spaces as they stand
  std::vector<MarkupElement> children;

  /// Empty where there is none.
  [[nodiscard]] std::string attribute(const std::string& key) const;

  /// Calls `visit` for it and all within, in the order of the document.
  template <class Visit>
  void for_each(const Visit& visit) const {
    visit(*this);
    for (const MarkupElement& child : children) child.for_each(visit);
  }
};

/// A well-formed XML document in UTF-8. Nothing that it refers to is read, from disk or network, and entities
/// that it defines are not replaced; those that grow out of all proportion are refused. Throws
/// InvalidArgument with libxml2's words and the line.
[[nodiscard]] MarkupElement parse_xml(const std::string& document);

/// A page in UTF-8, read as leniently as a browser would: the element `html`. Throws InvalidArgument for one
/// without any element.
[[nodiscard]] MarkupElement parse_page(const std::string& page);

}  // namespace marchland
