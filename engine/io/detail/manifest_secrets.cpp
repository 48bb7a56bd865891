#include <marchland/io/detail/manifest_secrets.h>
#include <marchland/io/detail/manifest_text.h>
#include <marchland/io/detail/secrets.h>

#include <toml++/toml.h>

#include <algorithm>
#include <regex>
#include <sstream>
#include <vector>

namespace marchland::detail {
namespace {

/// From begin to end of the text: something else.
struct Replacement {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string value;
};

/// Offsets of positions, whose lines and columns count from 1, columns in code points.
class Offsets {
 public:
  explicit Offsets(std::string_view text) : text_(text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') lines_.push_back(i + 1);
    }
  }
  [[nodiscard]] std::size_t operator()(toml::source_position at) const {
    std::size_t offset = lines_.at(at.line - 1);
    for (auto left = at.column; left > 1 && offset < text_.size(); --left) {
      do ++offset;
      while (offset < text_.size() && (static_cast<unsigned char>(text_[offset]) & 0xC0U) == 0x80U);
    }
    return offset;
  }

 private:
  std::string_view text_;
  std::vector<std::size_t> lines_{0};
};

/// "PG:...", "https://...", "/vsicurl/...": others have no passwords, and a condition may have a field
/// "token".
bool is_connection(const std::string& value) {
  static const std::regex pattern(R"((?:[A-Za-z][A-Za-z0-9+.-]*:|/vsi)[\s\S]*)");
  return std::regex_match(value, pattern);
}

void collect(const toml::node& node, const Offsets& offsets, std::vector<Replacement>& out) {
  if (const auto* table = node.as_table()) {
    for (const auto& [key, value] : *table) collect(value, offsets, out);
  } else if (const auto* array = node.as_array()) {
    for (const toml::node& value : *array) collect(value, offsets, out);
  } else if (const auto* value = node.as_string()) {
    if (!is_connection(value->get())) return;
    const std::string masked = mask_secrets(value->get());
    if (masked == value->get()) return;
    out.push_back({offsets(node.source().begin), offsets(node.source().end), toml_text(masked)});
  }
}

std::string with_masked_comments(const std::string& text) {
  std::string out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t start = line.find_first_not_of(" \t");
    out += start != std::string::npos && line[start] == '#' ? mask_secrets(line) : line;
    if (!lines.eof()) out += '\n';
  }
  return out;
}

}  // namespace

std::string mask_manifest_secrets(std::string_view text) {
  std::string out(text);
  try {
    const toml::table document = toml::parse(text);
    std::vector<Replacement> found;
    collect(document, Offsets(text), found);
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.begin > b.begin; });
    for (const Replacement& each : found) out.replace(each.begin, each.end - each.begin, each.value);
  } catch (const toml::parse_error&) {
  }
  return with_masked_comments(out);
}

}  // namespace marchland::detail
