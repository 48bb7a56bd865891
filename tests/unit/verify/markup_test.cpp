// Pages and XML documents read back: elements, attributes, text, and what must not be read.
#include <marchland/base/error.h>
#include <marchland/verify/markup.h>

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace marchland {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> texts_of(const MarkupElement& root, const std::string& name) {
  std::vector<std::string> out;
  root.for_each([&](const MarkupElement& element) {
    if (element.name == name) out.push_back(element.text);
  });
  return out;
}

TEST(Markup, ElementsOfXml) {
  const MarkupElement root = parse_xml("<a x='1 &amp; 2'><b>eins</b> und <b>zw<i>ei</i></b><!-- no --></a>");
  EXPECT_EQ(root.name, "a");
  EXPECT_EQ(root.attribute("x"), "1 & 2");
  EXPECT_EQ(root.attribute("y"), "");
  EXPECT_EQ(root.text, "eins und zwei");
  EXPECT_EQ(root.children.size(), 2U);
  EXPECT_THAT(texts_of(root, "b"), ElementsAre("eins", "zwei"));
  EXPECT_THAT(texts_of(root, "i"), ElementsAre("ei"));
}

TEST(Markup, WhatIsNoXmlIsSaidWithItsLine) {
  for (const std::string bad : {"", "text", "<a>\n<b></a>", "<a", "<a></a><b></b>"}) {
    try {
      static_cast<void>(parse_xml(bad));
      FAIL() << bad;
    } catch (const InvalidArgument& error) {
      EXPECT_THAT(error.what(), HasSubstr("line ")) << bad;
    }
  }
}

// Neither files nor definitions of the document become text.
TEST(Markup, NothingElseIsRead) {
  const MarkupElement file =
      parse_xml("<!DOCTYPE a [<!ENTITY secret SYSTEM \"file:///etc/passwd\">]><a>before &secret; after</a>");
  EXPECT_EQ(file.text, "before  after");
  std::string bomb = "<!DOCTYPE a [<!ENTITY x0 \"xxxxxxxxxx\">";
  for (int i = 1; i < 12; ++i) {
    bomb += "<!ENTITY x" + std::to_string(i) + " \"";
    for (int k = 0; k < 10; ++k) bomb += "&x" + std::to_string(i - 1) + ";";
    bomb += "\">";
  }
  EXPECT_THROW(static_cast<void>(parse_xml(bomb + "]><a>&x11;</a>")), InvalidArgument);
  EXPECT_EQ(parse_xml("<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>").text, "");
}

TEST(Markup, PagesAreReadLeniently) {
  const MarkupElement page = parse_page(
      "<!doctype html><html><head><meta charset=\"utf-8\"><title>Ä</title></head><body><section data-x=\"1\">"
      "<table><tr><th scope=\"row\">a &ensp;b<td>2</table></section></body></html>");
  EXPECT_EQ(page.name, "html");
  EXPECT_THAT(texts_of(page, "title"), ElementsAre("Ä"));
  EXPECT_THAT(texts_of(page, "th"), ElementsAre("a \u2002b"));
  EXPECT_THAT(texts_of(page, "td"), ElementsAre("2"));
  bool has_section = false;
  page.for_each([&](const MarkupElement& element) { has_section |= element.attribute("data-x") == "1"; });
  EXPECT_TRUE(has_section);
}

}  // namespace
}  // namespace marchland
