#include <marchland/io/detail/manifest_text.h>

#include <fmt/format.h>

#include <iterator>
#include <utility>

namespace marchland::detail {
namespace {

using Text = std::back_insert_iterator<std::string>;

// A longer map gets a table of its own, one entry a line.
constexpr std::size_t kInlineMap = 3;

std::string map_entries(const std::map<std::string, std::string>& map, std::string_view between) {
  std::string text;
  for (const auto& [value, id] : map)
    text += fmt::format("{}{} = {}", text.empty() ? "" : between, toml_text(value), toml_text(id));
  return text;
}

bool is_long(const ValueSpec& value) {
  return value.map.size() > kInlineMap;
}

std::string inline_value(const ValueSpec& value) {
  const std::string inclusive = value.inclusive ? ", inclusive = true" : "";
  switch (value.kind) {
    case ValueSpec::Kind::pattern:
      return fmt::format("{{pattern = {}{}}}", toml_text(value.text), inclusive);
    case ValueSpec::Kind::field: {
      const std::string map =
          value.map.empty() ? "" : fmt::format(", map = {{{}}}", map_entries(value.map, ", "));
      const std::string form =
          value.format.empty() ? "" : fmt::format(", format = {}", toml_text(value.format));
      return fmt::format("{{field = {}{}{}{}}}", toml_text(value.text), form, map, inclusive);
    }
    case ValueSpec::Kind::constant:
      break;
  }
  if (!value.inclusive) return toml_text(value.text);
  return fmt::format("{{const = {}{}}}", toml_text(value.text), inclusive);
}

void write_key(Text out, std::string_view key, const std::string& value) {
  if (!value.empty()) fmt::format_to(out, "{} = {}\n", key, toml_text(value));
}

void write_long(Text out, std::string_view key, const ValueSpec& value) {
  fmt::format_to(out, "\n[layer.{}]\nfield = {}\n", key, toml_text(value.text));
  if (!value.format.empty()) fmt::format_to(out, "format = {}\n", toml_text(value.format));
  if (value.inclusive) fmt::format_to(out, "inclusive = true\n");
  fmt::format_to(out, "\n[layer.{}.map]\n{}\n", key, map_entries(value.map, "\n"));
}

void write_files(Text out, const std::vector<std::string>& files) {
  if (files.size() == 1) {
    fmt::format_to(out, "files = [{}]\n", toml_text(files.front()));
    return;
  }
  fmt::format_to(out, "files = [\n");
  for (const std::string& file : files) fmt::format_to(out, "  {},\n", toml_text(file));
  fmt::format_to(out, "]\n");
}

using Keys = std::vector<std::pair<const char*, std::string>>;

/// The file's name alone where no other key has a value.
std::string place_value(const FileSpec& place, const Keys& further = {}) {
  Keys keys{{"layer", place.layer}, {"where", place.where}, {"crs", place.crs}};
  keys.insert(keys.end(), further.begin(), further.end());
  std::string text;
  for (const auto& [key, value] : keys) {
    if (!value.empty()) text += fmt::format(", {} = {}", key, toml_text(value));
  }
  if (text.empty()) return toml_text(place.file);
  return fmt::format("{{file = {}{}}}", toml_text(place.file), text);
}

std::string gazetteer_value(const GazetteerSpec& places) {
  const std::string name = places.name == GazetteerSpec{}.name ? "" : places.name;
  return place_value(places.source, {{"name", name}, {"lon", places.lon}, {"lat", places.lat}});
}

void write_lines_to_areas(Text out, const Atlas& atlas, const LinesToAreas& lines) {
  fmt::format_to(out, "\n[layer.lines_to_areas]\nframe = {}\n", place_value(lines.frame));
  if (lines.rule.left) write_key(out, "left", atlas[*lines.rule.left].id);
  if (lines.rule.right) write_key(out, "right", atlas[*lines.rule.right].id);
  const char* const names[]{"none", "nearest", "straight"};
  fmt::format_to(out, "extend = \"{}\"\n", names[static_cast<std::size_t>(lines.rule.extension)]);
  if (lines.rule.extension != LineExtension::none)
    fmt::format_to(out, "within_m = {}\n", lines.rule.within.value());
}

std::string text_list(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + toml_text(text);
  return fmt::format("[{}]", list);
}

void write_points_to_areas(Text out, const PointsToAreas& points) {
  fmt::format_to(out, "\n[layer.points_to_areas]\nframe = {}\n", place_value(points.frame));
  write_key(out, "key", points.key);
  write_key(out, "lon", points.lon);
  write_key(out, "lat", points.lat);
  write_key(out, "crs", points.crs);
  if (points.places) fmt::format_to(out, "places = {}\n", gazetteer_value(*points.places));
  if (points.barriers) fmt::format_to(out, "barriers = {}\n", place_value(*points.barriers));
  if (!points.unknown.empty())
    fmt::format_to(out, "unknown = {}  # from then on nobody can say\n", text_list(points.unknown));
  if (!points.skip.empty())
    fmt::format_to(out, "skip = {}  # rows that state nothing\n", text_list(points.skip));
}

void write_layer(Text out, const Atlas& atlas, const LayerSpec& spec) {
  fmt::format_to(out, "\n[[layer]]\n");
  write_key(out, "id", spec.layer.id);
  write_key(out, "source", atlas[spec.layer.source].id);
  fmt::format_to(out, "theme = \"{}\"  # or claim, border, zone\n", to_string(spec.layer.theme));
  fmt::format_to(out, "mode = \"{}\"\n", to_string(spec.layer.mode));
  write_files(out, spec.files);
  write_key(out, "layer", spec.layer_in_file);
  write_key(out, "where", spec.where);
  write_key(out, "crs", spec.crs);
  const std::pair<std::string_view, const ValueSpec*> values[]{{"actor", &spec.actor},
                                                               {"from", spec.from ? &*spec.from : nullptr},
                                                               {"to", spec.to ? &*spec.to : nullptr}};
  for (const auto& [key, value] : values) {
    // The derivation of lines names their holders.
    if (key == "actor" && spec.lines_to_areas) continue;
    if (value != nullptr && !is_long(*value)) fmt::format_to(out, "{} = {}\n", key, inline_value(*value));
  }
  // Tables end the layer's own keys, so they come last.
  for (const auto& [key, value] : values) {
    if (value != nullptr && is_long(*value)) write_long(out, key, *value);
  }
  if (spec.lines_to_areas) write_lines_to_areas(out, atlas, *spec.lines_to_areas);
  if (spec.points_to_areas) write_points_to_areas(out, *spec.points_to_areas);
}

}  // namespace

std::string toml_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (code < 0x20 || code == 0x7F) {
      out += fmt::format("\\u{:04X}", code);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string manifest_text(const Manifest& manifest, const std::vector<std::string>& comments) {
  std::string text;
  const Text out(text);
  for (const std::string& comment : comments) fmt::format_to(out, "# {}\n", comment);
  const Atlas& atlas = manifest.atlas;
  fmt::format_to(out, "[atlas]\n");
  write_key(out, "id", atlas.id);
  write_key(out, "title", atlas.title);
  if (manifest.study_area) fmt::format_to(out, "study_area = {}\n", place_value(*manifest.study_area));
  if (atlas.harmonise.value() > 0.0) {
    fmt::format_to(out,
                   "harmonise_m = {}  # lines within it are the same line written twice; remove it to use "
                   "each as it is\n",
                   atlas.harmonise.value());
  }
  fmt::format_to(out, "# timezone = \"+03:00\"   # of dates without one; UTC without this\n");
  for (const Actor& actor : atlas.actors) {
    if (actor.id == kNobody) continue;
    fmt::format_to(out, "\n[[actor]]\n");
    write_key(out, "id", actor.id);
    write_key(out, "name", actor.name);
    write_key(out, "color", actor.color);
  }
  for (const Source& source : atlas.sources) {
    fmt::format_to(out, "\n[[source]]\n");
    write_key(out, "id", source.id);
    write_key(out, "title", source.title);
    fmt::format_to(
        out,
        "# author = \"\"\n# licence = \"\"\n# url = \"\"\n# sigma_m = 100     # accuracy of its lines, one "
        "standard deviation: gives areas their bands\n");
  }
  for (const LayerSpec& layer : manifest.layers) write_layer(out, atlas, layer);
  return text;
}

}  // namespace marchland::detail
