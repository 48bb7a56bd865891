#include <marchland/base/error.h>
#include <marchland/geometry/wkt.h>

#include <fmt/format.h>

#include <cctype>
#include <charconv>

namespace marchland {
namespace {

class WktReader {
 public:
  explicit WktReader(std::string_view text) : text_(text) {}

  MultiPolygon read() {
    const std::string kind = word();
    MultiPolygon area;
    if (kind != "POLYGON" && kind != "MULTIPOLYGON") fail("POLYGON or MULTIPOLYGON");
    if (peek_alpha()) {
      if (word() != "EMPTY") fail("EMPTY or '('");
    } else if (kind == "POLYGON") {
      area.push_back(polygon());
    } else {
      list([&] { area.push_back(polygon()); });
    }
    skip_space();
    if (at_ != text_.size()) fail("the end");
    return area;
  }

 private:
  [[noreturn]] void fail(std::string_view expected) const {
    throw InvalidArgument(
        fmt::format("WKT column {}: expected {} in '{}'", at_ + 1, expected, text_.substr(0, 80)));
  }
  void skip_space() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }
  bool peek_alpha() {
    skip_space();
    return is_alpha_here();
  }
  std::string word() {
    std::string letters;
    skip_space();
    while (is_alpha_here()) letters.push_back(static_cast<char>(std::toupper(text_[at_++])));
    return letters;
  }
  [[nodiscard]] bool is_alpha_here() const {
    return at_ < text_.size() && std::isalpha(static_cast<unsigned char>(text_[at_])) != 0;
  }
  bool accept(char c) {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!accept(c)) fail(fmt::format("'{}'", c));
  }
  template <class Item>
  void list(Item item) {
    expect('(');
    do item();
    while (accept(','));
    expect(')');
  }
  double number() {
    skip_space();
    double value = 0.0;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (error != std::errc()) fail("a number");
    at_ = static_cast<std::size_t>(end - text_.data());
    return value;
  }
  Polygon polygon() {
    Polygon rings;
    list([&] {
      Ring ring;
      list([&] {
        const double lon = number();
        ring.push_back({lon, number()});
      });
      rings.push_back(std::move(ring));
    });
    return rings;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

void append_polygon(std::string& out, const Polygon& polygon) {
  out += '(';
  for (std::size_t r = 0; r < polygon.size(); ++r) {
    out += r == 0 ? "(" : ",(";
    for (std::size_t i = 0; i < polygon[r].size(); ++i) {
      fmt::format_to(std::back_inserter(out), "{}{} {}", i == 0 ? "" : ",", polygon[r][i].lon,
                     polygon[r][i].lat);
    }
    out += ')';
  }
  out += ')';
}

}  // namespace

MultiPolygon parse_wkt(std::string_view text) {
  return WktReader(text).read();
}

std::string format_wkt(const MultiPolygon& area) {
  if (area.empty()) return "MULTIPOLYGON EMPTY";
  std::string out = area.size() == 1 ? "POLYGON" : "MULTIPOLYGON(";
  for (std::size_t p = 0; p < area.size(); ++p) {
    if (p > 0) out += ',';
    append_polygon(out, area[p]);
  }
  if (area.size() > 1) out += ')';
  return out;
}

}  // namespace marchland
