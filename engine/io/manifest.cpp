#include <marchland/base/error.h>
#include <marchland/io/color.h>
#include <marchland/io/detail/actor_colors.h>
#include <marchland/io/detail/combined_layers.h>
#include <marchland/io/detail/derived_layers.h>
#include <marchland/io/detail/feature.h>
#include <marchland/io/detail/layer_values.h>
#include <marchland/io/detail/manifest_table.h>
#include <marchland/io/manifest.h>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <set>
#include <sstream>

namespace marchland {
namespace {

using detail::describe;
using detail::did_you_mean;
using detail::line_of;
using detail::Names;
using detail::scalar_text;
using detail::Table;

const Names kThemeNames{"control", "claim", "border", "zone"};
const Names kModeNames{"interval", "snapshot", "event"};
const Names kRuleNames{"priority", "majority", "all"};
const Names kBasisNames{"surveyed", "drawn", "inferred"};
const Names kCertaintyNames{"confirmed", "reported"};
const Names kStateNames{"draft", "reviewed", "published"};
const Names kVisibilityNames{"public", "internal"};

/// What kinds of value a key takes.
struct Allowed {
  bool constant = true;
  bool field = true;
  bool map = true;
  bool pattern = false;
  bool inclusive = false;
  bool number = false;

  [[nodiscard]] std::string expected() const {
    Names forms;
    if (constant) forms.emplace_back(number ? "a number" : "a text");
    if (field) forms.emplace_back(map ? R"({field = "...", map = {...}})" : R"({field = "..."})");
    if (pattern) forms.emplace_back(R"({pattern = "%Y%m%d"})");
    return fmt::format("{}", fmt::join(forms, " or "));
  }
};

/// Checks that `key` of `spec` is a pattern of dates.
void check_pattern(const Table& spec, std::string_view key, const std::string& pattern) {
  try {
    NamePattern{pattern};
  } catch (const Error& error) {
    spec.fail_at(spec.line_of(key), error.what());
  }
}

void read_map(const Table& spec, ValueSpec& value) {
  const toml::node* node = spec.find("map");
  if (node == nullptr) return;
  if (node->as_table() == nullptr) spec.fail_type("map", R"(a table such as {"1" = "a"})");
  for (const auto& [from, to] : *node->as_table()) {
    const auto* text = to.as_string();
    if (text == nullptr)
      spec.fail_at(line_of(to), fmt::format("map: '{}': expected a text in quotes", from.str()));
    value.map.emplace(from.str(), text->get());
  }
}

ValueSpec read_value(const Table& table, std::string_view key, const Allowed& allowed) {
  ValueSpec value;
  value.line = table.line_of(key);
  const toml::node& node = *table.find(key);
  const auto text_of = [&](const toml::node& scalar) {
    const auto* real = allowed.number ? scalar.as_floating_point() : nullptr;
    return real != nullptr ? std::optional(fmt::format("{}", real->get())) : scalar_text(scalar);
  };
  if (const auto text = text_of(node)) {
    if (!allowed.constant)
      table.fail(key, fmt::format("'{}' would be the same for all; expected {}", *text, allowed.expected()));
    value.text = *text;
    return value;
  }
  if (node.as_table() == nullptr) table.fail_type(key, allowed.expected());
  const Table spec =
      table.sub_table(key, *node.as_table(), {"const", "field", "map", "format", "pattern", "inclusive"});
  const int kinds = static_cast<int>(spec.has("const")) + static_cast<int>(spec.has("field")) +
                    static_cast<int>(spec.has("pattern"));
  if (kinds != 1) spec.fail_at(spec.line(), "expected exactly one of const, field and pattern");
  if (spec.has("const")) {
    if (!allowed.constant)
      spec.fail("const", fmt::format("would be the same for all; expected {}", allowed.expected()));
    const auto text = text_of(*spec.find("const"));
    if (!text) spec.fail_type("const", allowed.number ? "a number" : "a date");
    value.text = *text;
  } else if (spec.has("field")) {
    if (!allowed.field)
      spec.fail("field", fmt::format("is not possible here; expected {}", allowed.expected()));
    value.kind = ValueSpec::Kind::field;
    value.text = spec.required_text("field", "\"holder\"");
  } else {
    if (!allowed.pattern) {
      spec.fail("pattern",
                fmt::format("file names state dates only, in from and to; expected {}", allowed.expected()));
    }
    value.kind = ValueSpec::Kind::pattern;
    value.text = spec.required_text("pattern", "\"%Y%m%d\"");
    check_pattern(spec, "pattern", value.text);
  }
  if (spec.has("map") && (value.kind != ValueSpec::Kind::field || !allowed.map)) {
    spec.fail("map", "is possible only beside the field of a layer");
  }
  read_map(spec, value);
  if (spec.has("format")) {
    if (!allowed.pattern) spec.fail("format", "belongs to dates only, in from and to");
    if (value.kind != ValueSpec::Kind::field)
      spec.fail("format", "says how the dates of a field are written; write it beside field");
    value.format = spec.required_text("format", "\"%m/%d/%Y\"");
    check_pattern(spec, "format", value.format);
  }
  if (spec.has("inclusive")) {
    if (!allowed.inclusive) spec.fail("inclusive", "belongs to ends only: write it in 'to'");
    const auto* flag = spec.find("inclusive")->as_boolean();
    if (flag == nullptr) spec.fail_type("inclusive", "true or false");
    value.inclusive = flag->get();
  }
  return value;
}

std::optional<ValueSpec> read_optional(const Table& table, std::string_view key, const Allowed& allowed) {
  if (!table.has(key)) return std::nullopt;
  return read_value(table, key, allowed);
}

class ManifestReader {
 public:
  ManifestReader(Manifest& manifest, const toml::table& document)
      : manifest_(manifest), document_(document) {}

  void read() {
    const Table top(manifest_, document_, "manifest",
                    {"atlas", "actor", "source", "period", "region", "layer"});
    top.require("atlas", "a table: [atlas] with an id");
    if (top.find("atlas")->as_table() == nullptr) top.fail_type("atlas", "the table [atlas]");
    read_atlas_table(Table(manifest_, *top.find("atlas")->as_table(), "[atlas]",
                           {"id", "title", "timezone", "day_starts", "rule", "disclaimer", "attribution",
                            "study_area", "places", "figures", "harmonise_m"}));
    each("actor", {"id", "name", "names", "color", "groups"}, [&](const Table& table) { read_actor(table); });
    give_colors();
    each("source",
         {"id", "title", "author", "licence", "url", "date", "note", "sigma_m", "correlation_m", "bias_m",
          "priority", "visibility"},
         [&](const Table& table) { read_source(table); });
    each("period", {"id", "title", "from", "to"}, [&](const Table& table) { read_period(table); });
    each("region", {"id", "name", "code", "edition", "file", "layer", "where", "crs", "antimeridian", "pole"},
         [&](const Table& table) { read_region(table); });
    each("layer",
         {"id",
          "source",
          "theme",
          "mode",
          "files",
          "layer",
          "where",
          "crs",
          "actor",
          "from",
          "to",
          "seq",
          "statement",
          "basis",
          "certainty",
          "note",
          "sigma_m",
          "correlation_m",
          "bias_m",
          "cites",
          "recorded",
          "author",
          "supersedes",
          "retracts",
          "state",
          "visibility",
          "corrections",
          "missing_days",
          "region",
          "taken_from",
          "antimeridian",
          "pole",
          "lines_to_areas",
          "points_to_areas",
          "derived"},
         [&](const Table& table) { read_layer(table); });
    detail::check_grounds(manifest_);
    if (manifest_.layers.empty()) top.fail_at(1, "there is no [[layer]]; an atlas needs at least one");
  }

 private:
  Atlas& atlas() { return manifest_.atlas; }

  template <class Read>
  void each(const std::string& kind, const Names& known, Read read) {
    const toml::node* node = document_.get(kind);
    if (node == nullptr) return;
    const auto* list = node->as_array();
    const auto fail = [&](const toml::node& at) {
      throw InvalidData(fmt::format("{}: '{}' is a list: write [[{}]] before each",
                                    manifest_.place(line_of(at)), kind, kind));
    };
    if (list == nullptr) fail(*node);
    std::set<std::string> ids;
    for (const toml::node& item : *list) {
      if (item.as_table() == nullptr) fail(item);
      const Table table(manifest_, *item.as_table(), fmt::format("[[{}]]", kind), known);
      if (const auto* id = item.as_table()->get_as<std::string>("id");
          id != nullptr && !ids.insert(id->get()).second) {
        table.fail("id", fmt::format("'{}' is declared twice; ids must differ", id->get()));
      }
      read(table);
    }
  }

  /// Parses what `parse` reads from a text of the manifest, naming key and line where it cannot.
  template <class Parse>
  auto parse_at(const Table& table, std::string_view key, Parse parse) {
    try {
      return parse();
    } catch (const InvalidArgument& error) {
      table.fail(key, error.what());
    }
  }

  void read_atlas_table(const Table& table) {
    if (table.has("harmonise_m")) {
      atlas().harmonise = table.meters("harmonise_m");
      if (!(atlas().harmonise.value() > 0.0 && atlas().harmonise <= kMostHarmonise)) {
        table.fail("harmonise_m",
                   fmt::format("expected metres above 0 and up to {}, within which two lines are one line "
                               "written twice (0.2 for instance); without the key lines are used as they are",
                               kMostHarmonise.value()));
      }
    }
    atlas().id = table.required_text("id", "\"my-atlas\"");
    atlas().title = table.text("title", atlas().id);
    atlas().disclaimer = table.text("disclaimer");
    atlas().attribution = table.text("attribution");
    if (table.has("timezone")) {
      atlas().days.utc_offset =
          parse_at(table, "timezone", [&] { return parse_utc_offset(table.text("timezone")); });
    }
    if (table.has("day_starts")) {
      atlas().days.day_starts =
          parse_at(table, "day_starts", [&] { return parse_time_of_day(table.text("day_starts")); });
    }
    if (table.has("rule")) atlas().rule = table.choice<SourceRule>("rule", kRuleNames);
    if (table.has("study_area")) manifest_.study_area = read_place(table, "study_area", true);
    if (table.has("places")) manifest_.places = read_place(table, "places", false);
    if (table.has("figures")) manifest_.figures = table.text("figures");
  }

  static FileSpec read_file(const Table& table) {
    return {table.required_text("file", "\"regions.geojson\""),
            table.text("layer"),
            table.text("where"),
            table.text("crs"),
            table.line_of("file"),
            read_convention(table)};
  }

  static RingConvention read_convention(const Table& table) {
    RingConvention convention;
    if (table.has("antimeridian")) {
      const std::string value = table.text("antimeridian");
      if (value != "literal" && value != "short-way") {
        table.fail("antimeridian",
                   fmt::format("'{}': expected \"literal\" (steps over 180 degrees run as written) or "
                               "\"short-way\" (the default)",
                               value));
      }
      convention.is_literal = value == "literal";
    }
    if (table.has("pole")) {
      const std::string value = table.text("pole");
      if (value != "north" && value != "south" && value != "smaller") {
        table.fail("pole", fmt::format("'{}': expected \"north\" or \"south\", the side meant of rings "
                                       "around a pole, or \"smaller\" (the default)",
                                       value));
      }
      convention.pole_side = value == "north"   ? PoleSide::north
                             : value == "south" ? PoleSide::south
                                                : PoleSide::smaller;
      // A ring that is closed as written adds up to no turn, so there is no side to choose.
      if (convention.is_literal && convention.pole_side != PoleSide::smaller)
        table.fail("pole", "has no meaning for antimeridian = \"literal\", where no ring encloses a pole");
    }
    return convention;
  }

  static FileSpec read_place(const Table& table, std::string_view key, bool is_area) {
    const toml::node& node = *table.find(key);
    if (node.is_string())
      return {table.required_text(key, "\"file.geojson\""), "", "", "", table.line_of(key), {}};
    if (node.as_table() == nullptr) table.fail_type(key, "a file name or {file = \"...\", layer = \"...\"}");
    Names keys{"file", "layer", "where", "crs"};
    if (is_area) keys.insert(keys.end(), {"antimeridian", "pole"});
    return read_file(table.sub_table(key, *node.as_table(), keys));
  }

  /// from and to of a period or membership, both constant.
  Interval read_interval(const Table& table) {
    const auto span_of = [&](std::string_view key, const ValueSpec& value) {
      return parse_at(table, key, [&] { return parse_date(value.text, atlas().days); });
    };
    Interval interval;
    if (table.has("from")) {
      const ValueSpec from = read_value(table, "from", {.field = false});
      interval = Interval::since(span_of("from", from).first);
    }
    if (table.has("to")) {
      const ValueSpec to = read_value(table, "to", {.field = false, .inclusive = true});
      const DateSpan span = span_of("to", to);
      interval = interval.intersection(Interval::until(to.inclusive ? span.last : span.first));
      if (interval.is_empty()) {
        table.fail(
            "to",
            fmt::format("'{}' is not after from; swap them, or write {{const = \"{}\", inclusive = true}}",
                        to.text, to.text));
      }
    }
    return interval;
  }

  void read_actor(const Table& table) {
    Actor actor;
    actor.id = table.required_text("id", "\"a\"");
    if (actor.id == kNobody) {
      table.fail("id", "'nobody' is built in, for ground that a source says nobody holds; choose another id");
    }
    if (actor.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") != std::string::npos) {
      table.fail("id", fmt::format("'{}' may have only a-z, 0-9, '_' and '-' ('+' joins contested holders)",
                                   actor.id));
    }
    actor.name = table.text("name", actor.id);
    actor.color = table.text("color", "");
    if (table.has("color") && !parse_color(actor.color))
      table.fail("color", fmt::format("'{}' is no colour; expected #rrggbb", actor.color));
    read_names(table, actor);
    read_groups(table, actor);
    atlas().actors.push_back(std::move(actor));
  }

  /// To those that declare none.
  void give_colors() {
    std::vector<std::string> declared;
    std::vector<Actor*> without;
    for (Actor& actor : atlas().actors) {
      if (actor.id == kNobody) continue;  // its grey is like none of them
      if (!actor.color.empty()) {
        declared.push_back(actor.color);
      } else {
        without.push_back(&actor);
        manifest_.without_color.push_back(actor.id);
      }
    }
    const std::vector<std::string> given = detail::colors(without.size(), declared);
    for (std::size_t i = 0; i < without.size(); ++i) without[i]->color = given[i];
  }

  static void read_names(const Table& table, Actor& actor) {
    if (!table.has("names")) return;
    const toml::node& node = *table.find("names");
    if (node.as_table() == nullptr) table.fail_type("names", "a table by language such as {hy = \"...\"}");
    for (const auto& [language, name] : *node.as_table()) {
      if (!name.is_string()) {
        table.fail_at(line_of(name), fmt::format("names: '{}': expected a text in quotes", language.str()));
      }
      actor.names.emplace(language.str(), name.as_string()->get());
    }
  }

  void read_groups(const Table& table, Actor& actor) {
    if (!table.has("groups")) return;
    const auto* list = table.find("groups")->as_array();
    if (list == nullptr) table.fail_type("groups", "an array such as [{id = \"...\", from = \"...\"}]");
    for (const toml::node& item : *list) {
      if (item.as_table() == nullptr) {
        table.fail("groups", fmt::format("expected {{id = \"...\", from = \"...\", to = \"...\"}}, found {}",
                                         describe(item)));
      }
      const Table group = table.sub_table("groups", *item.as_table(), {"id", "from", "to"});
      actor.groups.push_back({group.required_text("id", "\"group\""), read_interval(group)});
    }
  }

  void read_source(const Table& table) {
    Source source;
    source.id = table.required_text("id", "\"survey\"");
    source.title = table.text("title", source.id);
    source.author = table.text("author");
    source.licence = table.text("licence");
    source.url = table.text("url");
    source.date = table.date_text("date");
    source.note = table.text("note");
    if (table.has("sigma_m")) source.sigma = table.meters("sigma_m");
    source.correlation = table.meters("correlation_m");
    source.bias = table.signed_meters("bias_m");
    source.priority = table.integer("priority", 0);
    if (table.has("visibility")) source.visibility = table.choice<Visibility>("visibility", kVisibilityNames);
    atlas().sources.push_back(std::move(source));
  }

  void read_period(const Table& table) {
    Period period;
    period.id = table.required_text("id", "\"ceasefire\"");
    period.title = table.text("title", period.id);
    table.require("from", "\"1994-05-12\"");
    period.when = read_interval(table);
    period.is_instant = !table.has("to");
    atlas().periods.push_back(std::move(period));
  }

  void read_region(const Table& table) {
    const Allowed allowed{.map = false};
    RegionSpec region;
    region.source = read_file(table);
    table.require("id", "\"x\" or {field = \"id\"}");
    region.id = read_value(table, "id", allowed);
    region.name = table.has("name") ? read_value(table, "name", allowed) : region.id;
    if (table.has("code")) region.code = read_value(table, "code", allowed);
    region.edition = table.date_text("edition");
    const bool one_per_feature = region.id.kind == ValueSpec::Kind::field;
    for (const ValueSpec* value : {&region.name, &region.code}) {
      if (value->kind == ValueSpec::Kind::field && !one_per_feature) {
        table.fail_at(value->line, "a field needs one region per feature: write id = {field = \"...\"}");
      }
    }
    manifest_.regions.push_back(std::move(region));
  }

  void read_layer(const Table& table) {
    LayerSpec spec;
    spec.line = table.line();
    spec.layer.id = table.required_text("id", "\"daily\"");
    spec.layer.source = find_source(table);
    table.require("theme", "\"control\"");
    spec.layer.theme = table.choice<Theme>("theme", kThemeNames);
    table.require("mode", "\"interval\"");
    spec.layer.mode = table.choice<LayerMode>("mode", kModeNames);
    if (table.has("derived")) {
      spec.derived =
          detail::read_derived_areas(table, atlas(), [](const Table& ground) { return read_file(ground); });
    }
    if (!spec.derived || spec.derived->of.empty()) spec.files = read_files(table);
    spec.layer_in_file = table.text("layer");
    spec.where = table.text("where");
    spec.crs = table.text("crs");
    spec.layer.rings = read_convention(table);
    if (table.has("lines_to_areas")) {
      spec.lines_to_areas = detail::read_lines_to_areas(table, atlas(), read_frame(table, "lines_to_areas"));
    } else {
      table.require("actor", "\"a\" or {field = \"holder\"}");
      spec.actor = read_value(table, "actor", {});
    }
    if (table.has("points_to_areas")) {
      spec.points_to_areas = detail::read_points_to_areas(table, read_frame(table, "points_to_areas"),
                                                          read_gazetteer(table), read_barriers(table));
    }
    check_actors(table, spec);
    spec.from = read_optional(table, "from", {.pattern = true});
    spec.to = read_optional(table, "to", {.pattern = true, .inclusive = true});
    spec.seq = read_optional(table, "seq", {});
    spec.statement = read_optional(table, "statement", {.constant = false, .map = false});
    spec.basis = read_optional(table, "basis", {});
    spec.certainty = read_optional(table, "certainty", {});
    spec.note = read_optional(table, "note", {});
    check_values<Basis>(table, "basis", spec.basis, kBasisNames);
    check_values<Certainty>(table, "certainty", spec.certainty, kCertaintyNames);
    check_dates(table, "from", spec.from);
    check_dates(table, "to", spec.to);
    read_record_keys(table, spec);
    spec.missing_days_are_unknown = table.text("missing_days") == "unknown";
    spec.region = table.text("region");
    spec.taken_from = read_optional(table, "taken_from", {});
    if (spec.taken_from) {
      for_stated_values(*spec.taken_from, [&](const std::string& id) {
        static_cast<void>(detail::find_actor(table, "taken_from", atlas(), id));
      });
    }
    check_mode(table, spec);
    detail::check_derivation(table, spec);
    if (spec.derived) detail::check_derived_areas(table, spec);
    atlas().layers.push_back(spec.layer);
    manifest_.layers.push_back(std::move(spec));
  }

  /// What is said of statements beside ground, holder and dates.
  void read_record_keys(const Table& table, LayerSpec& spec) {
    spec.sigma = read_optional(table, "sigma_m", {.number = true});
    spec.correlation = read_optional(table, "correlation_m", {.number = true});
    spec.bias = read_optional(table, "bias_m", {.number = true});
    spec.cites = read_optional(table, "cites", {});
    spec.recorded = read_optional(table, "recorded", {.pattern = true});
    spec.author = read_optional(table, "author", {});
    spec.supersedes = read_optional(table, "supersedes", {.constant = false, .map = false});
    spec.retracts = read_optional(table, "retracts", {.constant = false, .map = false});
    spec.state = read_optional(table, "state", {});
    spec.visibility = read_optional(table, "visibility", {});
    check_values<State>(table, "state", spec.state, kStateNames);
    check_values<Visibility>(table, "visibility", spec.visibility, kVisibilityNames);
    read_corrections(table, spec);
    const auto check_stated = [&](std::string_view key, const std::optional<ValueSpec>& value, auto read) {
      if (!value || value->kind == ValueSpec::Kind::pattern) return;
      for_stated_values(*value, [&](const std::string& text) {
        try {
          read(text);
        } catch (const Error& error) {
          table.fail(key, error.what());
        }
      });
    };
    check_stated("sigma_m", spec.sigma, [](const auto& text) { return detail::parse_meters(text, false); });
    check_stated("correlation_m", spec.correlation,
                 [](const auto& text) { return detail::parse_meters(text, false); });
    check_stated("bias_m", spec.bias, [](const auto& text) { return detail::parse_meters(text, true); });
    check_stated("cites", spec.cites, [&](const auto& text) { return detail::parse_sources(text, atlas()); });
    check_stated("recorded", spec.recorded, [&](const auto& text) {
      return text.empty() ? DateSpan() : parse_date(text, atlas().days);
    });
  }

  static void read_corrections(const Table& table, LayerSpec& spec) {
    if (!table.has("corrections")) return;
    const std::string value = table.text("corrections");
    if (value != "by-id" && value != "by-date") {
      table.fail("corrections",
                 fmt::format("'{}': expected \"by-id\" (what supersedes or retracts names statements) or "
                             "\"by-date\" (of a date, the state recorded last counts)",
                             value));
    }
    if (value == "by-id") return;
    if (spec.layer.mode != LayerMode::snapshot)
      table.fail("corrections",
                 "\"by-date\" belongs to mode = \"snapshot\", whose files state a date as a whole");
    if (!spec.recorded) {
      table.fail(
          "corrections",
          "\"by-date\" needs to know what was recorded when: recorded = {field = \"...\"} or {pattern = "
          "\"...\"}");
    }
    spec.layer.later_record_replaces = true;
  }

  /// A PLACE that a derivation names.
  static FileSpec read_frame(const Table& table, const std::string& key) {
    const Table derivation = detail::derivation_table(table, key);
    derivation.require("frame", "\"study.geojson\"");
    return read_place(derivation, "frame", true);
  }
  static std::optional<FileSpec> read_barriers(const Table& table) {
    const Table derivation = detail::derivation_table(table, "points_to_areas");
    if (!derivation.has("barriers")) return std::nullopt;
    return read_place(derivation, "barriers", false);
  }
  static std::optional<GazetteerSpec> read_gazetteer(const Table& table) {
    const Table derivation = detail::derivation_table(table, "points_to_areas");
    if (!derivation.has("places")) return std::nullopt;
    const toml::table* node = derivation.find("places")->as_table();
    GazetteerSpec spec;
    if (node == nullptr) {
      spec.source = read_place(derivation, "places", false);
      return spec;
    }
    const Table places =
        derivation.sub_table("places", *node, {"file", "layer", "where", "crs", "name", "lon", "lat"});
    spec.source = read_file(places);
    if (places.has("name")) spec.name = places.required_text("name", "the field that names a place");
    spec.lon = places.text("lon");
    spec.lat = places.text("lat");
    if (spec.lon.empty() != spec.lat.empty())
      places.fail(spec.lon.empty() ? "lat" : "lon", "lon and lat go together");
    return spec;
  }

  SourceId find_source(const Table& table) {
    const std::string id = table.required_text("source", "the id of a [[source]]");
    Names ids;
    for (const Source& source : atlas().sources) ids.push_back(source.id);
    const auto found = std::find(ids.begin(), ids.end(), id);
    if (found == ids.end()) {
      table.fail("source",
                 fmt::format("there is no [[source]] '{}'{} (declared: {})", id, did_you_mean(id, ids),
                             ids.empty() ? "none" : fmt::format("{}", fmt::join(ids, ", "))));
    }
    return SourceId(static_cast<std::size_t>(found - ids.begin()));
  }

  static std::vector<std::string> read_files(const Table& table) {
    table.require("files", "[\"days/*.geojson\"]");
    const toml::node& node = *table.find("files");
    if (node.is_string()) return {table.required_text("files", "\"days/*.geojson\"")};
    const auto* list = node.as_array();
    if (list == nullptr || list->empty())
      table.fail("files", "expected one file or more: [\"days/*.geojson\"]");
    std::vector<std::string> files;
    for (const toml::node& item : *list) {
      if (!item.is_string()) {
        table.fail_at(line_of(item),
                      fmt::format("files: expected a text in quotes, found {}", describe(item)));
      }
      files.push_back(item.as_string()->get());
    }
    return files;
  }

  /// Applies `check(text, line)` to what the manifest itself states: a constant, or the results of a map.
  template <class Check>
  static void for_stated_values(const ValueSpec& value, Check check) {
    if (value.kind == ValueSpec::Kind::constant) check(value.text);
    for (const auto& [from, to] : value.map) check(to);
  }

  void check_actors(const Table& table, const LayerSpec& spec) {
    if (spec.lines_to_areas) return;
    for_stated_values(spec.actor, [&](const std::string& value) {
      if (!spec.points_to_areas) return static_cast<void>(detail::find_actor(table, "actor", atlas(), value));
      for (const std::string& id : detail::split_holders(value))
        static_cast<void>(detail::find_actor(table, "actor", atlas(), id));
    });
  }

  template <class Enum>
  static void check_values(const Table& table, std::string_view key, const std::optional<ValueSpec>& value,
                           const Names& names) {
    if (!value) return;
    for_stated_values(*value, [&](const std::string& text) {
      if (parse_enum<Enum>(text)) return;
      table.fail(
          key, fmt::format("'{}' is none of {}{}", text, fmt::join(names, ", "), did_you_mean(text, names)));
    });
  }

  void check_dates(const Table& table, std::string_view key, const std::optional<ValueSpec>& value) {
    if (!value) return;
    for_stated_values(*value, [&](const std::string& text) {
      if (!text.empty() && text != "..") parse_at(table, key, [&] { return parse_edtf(text, atlas().days); });
    });
  }

  static void check_mode(const Table& table, const LayerSpec& spec) {
    const LayerMode mode = spec.layer.mode;
    if (mode != LayerMode::interval) {
      if (!spec.from) {
        table.fail_at(
            table.line(),
            fmt::format("'from' is missing; mode {} needs the date of each {}", to_string(mode),
                        mode == LayerMode::snapshot ? "file, such as from = {pattern = \"%Y%m%d\"}"
                                                    : "feature, such as from = {field = \"date\"}"));
      }
      if (spec.to) {
        table.fail("to", mode == LayerMode::snapshot
                             ? "a snapshot ends with the next one; remove it, or set mode = \"interval\""
                             : "an event ends with the next one; remove it, or set mode = \"interval\"");
      }
    }
    if (spec.seq && mode != LayerMode::event)
      table.fail("seq", "orders events of one instant; the mode is not \"event\"");
    if (table.has("missing_days")) {
      if (mode != LayerMode::snapshot) table.fail("missing_days", "belongs to mode = \"snapshot\" only");
      const std::string value = table.text("missing_days");
      if (value != "hold" && value != "unknown") {
        table.fail("missing_days",
                   fmt::format("'{}': expected \"hold\" (a snapshot holds until the next) or \"unknown\" (no "
                               "longer than the day, month or year its date names)",
                               value));
      }
    }
    if (spec.taken_from && mode != LayerMode::event)
      table.fail("taken_from", "says who held the ground before an event; the mode is not \"event\"");
  }

  Manifest& manifest_;
  const toml::table& document_;
};

}  // namespace

std::string Manifest::place(std::size_t line) const {
  return fmt::format("{}:{}", path.string(), line);
}

Manifest parse_manifest(std::string text, const std::filesystem::path& path) {
  Manifest manifest;
  manifest.path = path;
  manifest.text = std::move(text);
  try {
    const toml::table document = toml::parse(std::string_view(manifest.text), path.string());
    ManifestReader(manifest, document).read();
  } catch (const toml::parse_error& error) {
    throw InvalidData(fmt::format("{}: this is not TOML: {}", manifest.place(error.source().begin.line),
                                  error.description()));
  }
  return manifest;
}

Manifest read_manifest(const std::filesystem::path& file_or_folder) {
  std::error_code ignored;
  std::filesystem::path path = file_or_folder;
  if (std::filesystem::is_directory(path, ignored)) {
    path /= "atlas.toml";
    if (!std::filesystem::exists(path, ignored)) {
      throw Error(ErrorCode::failure,
                  fmt::format("{}: there is no atlas.toml in this folder", file_or_folder.string()));
    }
  }
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (in) text << in.rdbuf();
  if (!in || std::filesystem::is_directory(path, ignored)) {
    throw Error(ErrorCode::failure,
                fmt::format("{}: {}", path.string(),
                            std::filesystem::exists(path, ignored) ? "cannot be read; check its permissions"
                                                                   : "there is no such file"));
  }
  return parse_manifest(std::move(text).str(), path);
}

}  // namespace marchland
