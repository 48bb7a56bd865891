#include <marchland/derive/combine_areas.h>
#include <marchland/io/detail/combined_layers.h>
#include <marchland/io/detail/derived_layers.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace marchland::detail {
namespace {

const Names kDerivedKeys{"of", "buffer_m", "plus", "within", "minus"};
const Names kGroundKeys{"region", "layer", "actor", "file", "where", "crs", "antimeridian", "pole"};
constexpr const char* kExample = R"({region = "x"}, {layer = "y", actor = "a"} or {file = "z.geojson"})";

GroundSpec read_ground(const Table& table, std::string_view key, const toml::node& node, const Atlas& atlas,
                       const ReadAreaPlace& read_place) {
  if (node.as_table() == nullptr)
    table.fail_at(line_of(node), fmt::format("{}: expected {}, found {}", key, kExample, describe(node)));
  const toml::table& entry = *node.as_table();
  const Table ground = table.sub_table(key, entry, kGroundKeys);
  GroundSpec spec;
  spec.line = ground.line();
  const auto only = [&](const Names& allowed) {
    for (const std::string& other : kGroundKeys) {
      if (ground.has(other) && std::find(allowed.begin(), allowed.end(), other) == allowed.end())
        ground.fail(other, fmt::format("has no meaning beside {}", allowed.front()));
    }
  };
  if (ground.has("file")) {
    // Of a file, `layer` is one of its layers.
    spec.kind = GroundSpec::Kind::file;
    only({"file", "layer", "where", "crs", "antimeridian", "pole"});
    spec.file = read_place(ground);
  } else if (ground.has("region")) {
    spec.kind = GroundSpec::Kind::region;
    only({"region"});
    spec.id = ground.required_text("region", "\"x\"");
  } else {
    spec.kind = GroundSpec::Kind::layer;
    if (!ground.has("layer"))
      ground.fail_at(ground.line(), fmt::format("names no ground; expected {}", kExample));
    only({"layer", "actor"});
    spec.id = ground.required_text("layer", "\"y\"");
    if (ground.has("actor"))
      spec.actor = find_actor(ground, "actor", atlas, ground.required_text("actor", "\"a\""));
  }
  return spec;
}

std::vector<GroundSpec> read_grounds(const Table& table, const std::string& key, const Atlas& atlas,
                                     const ReadAreaPlace& read_place) {
  if (!table.has(key)) return {};
  const auto* list = table.find(key)->as_array();
  if (list == nullptr || list->empty()) table.fail(key, fmt::format("expected one or more of {}", kExample));
  std::vector<GroundSpec> grounds;
  for (const toml::node& node : *list) grounds.push_back(read_ground(table, key, node, atlas, read_place));
  return grounds;
}

/// All four lists.
template <class Use>
void for_each_ground(const DerivedAreas& derived, Use use) {
  for (const auto* list : {&derived.of, &derived.plus, &derived.within, &derived.minus}) {
    for (const GroundSpec& ground : *list) use(ground);
  }
}

const Region& region_of(const Manifest& manifest, const Atlas& atlas, const GroundSpec& ground) {
  Names ids;
  for (const Region& region : atlas.regions) {
    if (region.id == ground.id) return region;
    ids.push_back(region.id);
  }
  throw InvalidData(fmt::format("{}: there is no [[region]] '{}'{} (declared: {})",
                                manifest.place(ground.line), ground.id, did_you_mean(ground.id, ids),
                                ids.empty() ? "none" : fmt::format("{}", fmt::join(ids, ", "))));
}

}  // namespace

DerivedAreas read_derived_areas(const Table& layer, const Atlas& atlas, const ReadAreaPlace& read_place) {
  if (layer.find("derived")->as_table() == nullptr) layer.fail_type("derived", "a table: [layer.derived]");
  const Table table = layer.sub_table("derived", *layer.find("derived")->as_table(), kDerivedKeys);
  DerivedAreas derived;
  derived.of = read_grounds(table, "of", atlas, read_place);
  derived.plus = read_grounds(table, "plus", atlas, read_place);
  derived.within = read_grounds(table, "within", atlas, read_place);
  derived.minus = read_grounds(table, "minus", atlas, read_place);
  if (table.has("buffer_m")) {
    derived.buffer = table.meters("buffer_m");
    if (!(derived.buffer > Meters{0.0}) || derived.buffer > kMostBuffer) {
      table.fail("buffer_m", fmt::format("{}: expected more than 0 and at most {} metres",
                                         derived.buffer.value(), kMostBuffer.value()));
    }
  }
  if (table.has("of") == layer.has("files")) {
    layer.fail(table.has("of") ? "files" : "derived",
               "areas are derived either from each feature of `files` or from `of`; name one of the two");
  }
  const bool does_something = derived.buffer > Meters{0.0} || !derived.of.empty() || !derived.plus.empty() ||
                              !derived.within.empty() || !derived.minus.empty();
  if (!does_something)
    table.fail_at(table.line(), "nothing is derived; write buffer_m, plus, within or minus");
  return derived;
}

void check_derived_areas(const Table& layer, const LayerSpec& spec) {
  Names barred{"basis",           "antimeridian", "pole",     "region",     "lines_to_areas",
               "points_to_areas", "supersedes",   "retracts", "corrections"};
  if (!spec.derived->of.empty()) {
    barred.insert(barred.end(), {"layer", "where", "crs", "statement", "seq", "taken_from"});
    if (spec.layer.mode != LayerMode::interval)
      layer.fail("mode", "ground derived from `of` has one validity: write mode = \"interval\"");
    for (const auto& [key, value] :
         {std::pair("actor", std::optional(spec.actor)), std::pair("from", spec.from),
          std::pair("to", spec.to), std::pair("certainty", spec.certainty), std::pair("note", spec.note)}) {
      if (value && value->kind != ValueSpec::Kind::constant)
        layer.fail(key, "there is no file to read it from; write the value itself");
    }
  }
  for (const std::string& other : barred) {
    if (!layer.has(other)) continue;
    layer.fail(other, other == "basis"    ? "what is derived is always inferred"
                      : other == "region" ? "write [layer.derived] within = [{region = \"...\"}]"
                                          : "has no meaning beside derived");
  }
}

void check_grounds(const Manifest& manifest) {
  for (std::size_t i = 0; i < manifest.layers.size(); ++i) {
    const LayerSpec& spec = manifest.layers[i];
    if (!spec.derived) continue;
    for_each_ground(*spec.derived, [&](const GroundSpec& ground) {
      if (ground.kind != GroundSpec::Kind::layer) return;
      const auto fail = [&](std::string_view what) {
        throw InvalidData(
            fmt::format("{}: layer '{}': derived: {}", manifest.place(ground.line), spec.layer.id, what));
      };
      const auto found = std::find_if(manifest.layers.begin(), manifest.layers.end(),
                                      [&](const LayerSpec& other) { return other.layer.id == ground.id; });
      if (found == manifest.layers.end()) {
        Names ids;
        for (const LayerSpec& other : manifest.layers) ids.push_back(other.layer.id);
        fail(fmt::format("there is no [[layer]] '{}'{}", ground.id, did_you_mean(ground.id, ids)));
      }
      if (static_cast<std::size_t>(found - manifest.layers.begin()) >= i)
        fail(fmt::format("[[layer]] '{}' must stand above it", ground.id));
      if (found->recorded || found->supersedes || found->retracts) {
        fail(fmt::format(
            "layer '{}' keeps corrections, and ground derived from it could not be told as of a date; "
            "derive from files",
            ground.id));
      }
      const auto is_internal = [&](const LayerSpec& layer) {
        return manifest.atlas[layer.layer.source].visibility == Visibility::internal;
      };
      if (found->state || found->visibility || (is_internal(*found) && !is_internal(spec))) {
        fail(
            fmt::format("layer '{}' has ground that is not for the public, and ground derived from it would "
                        "show it; derive from files, or let the source of this layer be internal, too",
                        ground.id));
      }
    });
  }
}

std::string name_of(const GroundSpec& ground, const Atlas& atlas) {
  switch (ground.kind) {
    case GroundSpec::Kind::region:
      return fmt::format("region '{}'", ground.id);
    case GroundSpec::Kind::file:
      return ground.file.file;
    case GroundSpec::Kind::layer:
      break;
  }
  return ground.actor.is_valid() ? fmt::format("layer '{}', actor '{}'", ground.id, atlas[ground.actor].id)
                                 : fmt::format("layer '{}'", ground.id);
}

CombinedLayer::CombinedLayer(AtlasFiles& in, const LayerSpec& spec) : in_(in), spec_(spec) {
  for_each_ground(*spec_.derived, [&](const GroundSpec& ground) {
    if (ground.kind == GroundSpec::Kind::region)
      static_cast<void>(region_of(in_.manifest, in_.atlas, ground));
    if (ground.kind != GroundSpec::Kind::file) return;
    files_.emplace(ground.line,
                   in_.read_area(ground.file, fmt::format("layer '{}': derived", spec_.layer.id)));
  });
}

MultiPolygon CombinedLayer::buffer_of(VectorFeature& feature) const {
  return buffer_area({std::move(feature.area), std::move(feature.lines), std::move(feature.points)},
                     spec_.derived->buffer, "derived");
}

std::vector<Instant> CombinedLayer::changes_within(const Interval& when) const {
  std::set<Instant> changes;
  for_each_ground(*spec_.derived, [&](const GroundSpec& ground) {
    if (ground.kind != GroundSpec::Kind::layer) return;
    for (const Statement& statement : in_.atlas.statements) {
      if (in_.atlas[statement.layer].id != ground.id) continue;
      for (const Instant at : {statement.validity.from(), statement.validity.to()}) {
        if (when.from() < at && at < when.to()) changes.insert(at);
      }
    }
  });
  return {changes.begin(), changes.end()};
}

MultiPolygon CombinedLayer::of_layer(const GroundSpec& spec, Instant at) const {
  std::vector<const Statement*> holding;
  bool is_painted = false;
  for (const Statement& statement : in_.atlas.statements) {
    const Layer& layer = in_.atlas[statement.layer];
    if (layer.id != spec.id || !statement.validity.contains(at)) continue;
    is_painted = layer.mode == LayerMode::event;
    holding.push_back(&statement);
  }
  // Of events the last that covers some ground has it.
  std::stable_sort(holding.begin(), holding.end(), [](const Statement* a, const Statement* b) {
    return std::pair(a->validity.from(), a->seq) < std::pair(b->validity.from(), b->seq);
  });
  const auto is_wanted = [&](const Statement& statement) {
    return spec.actor.is_valid() ? statement.actor == spec.actor : statement.actor != kNobodyId;
  };
  std::vector<NamedArea> areas;
  for (const Statement* statement : holding) {
    if (is_painted || is_wanted(*statement)) areas.push_back({statement->area.polygons(), statement->origin});
  }
  return combine_areas(areas, [&](const std::vector<bool>& holds) {
    if (!is_painted) return true;
    const auto last = std::find(holds.rbegin(), holds.rend(), true);
    return is_wanted(*holding[static_cast<std::size_t>(holds.rend() - last) - 1]);
  });
}

MultiPolygon CombinedLayer::ground_of(const GroundSpec& spec, Instant at) {
  if (spec.kind == GroundSpec::Kind::file) return files_.at(spec.line);
  if (spec.kind == GroundSpec::Kind::region) return region_of(in_.manifest, in_.atlas, spec).area.polygons();
  const auto [known, is_new] = of_layers_.try_emplace({name_of(spec, in_.atlas), at});
  if (is_new) known->second = of_layer(spec, at);
  return known->second;
}

MultiPolygon CombinedLayer::ground_at(const MultiPolygon& base, Instant at) {
  enum class Role { start, within, minus };
  const DerivedAreas& derived = *spec_.derived;
  std::vector<NamedArea> areas{{base, "base"}};
  std::vector<Role> roles{Role::start};
  const auto add = [&](const std::vector<GroundSpec>& grounds, Role role) {
    for (const GroundSpec& ground : grounds) {
      areas.push_back({ground_of(ground, at), name_of(ground, in_.atlas)});
      roles.push_back(role);
    }
  };
  add(derived.plus, Role::start);
  add(derived.within, Role::within);
  add(derived.minus, Role::minus);
  return combine_areas(areas, [&](const std::vector<bool>& holds) {
    bool is_kept = false;
    for (std::size_t i = 0; i < holds.size(); ++i) {
      if (roles[i] == Role::start) is_kept = is_kept || holds[i];
      if (roles[i] == Role::within && !holds[i]) return false;
      if (roles[i] == Role::minus && holds[i]) return false;
    }
    return is_kept;
  });
}

std::string CombinedLayer::description() const {
  const DerivedAreas& derived = *spec_.derived;
  const auto names = [&](const std::vector<GroundSpec>& grounds, std::string_view joint) {
    std::vector<std::string> list;
    for (const GroundSpec& ground : grounds) list.push_back(name_of(ground, in_.atlas));
    return fmt::format("{}", fmt::join(list, joint));
  };
  std::string text = derived.of.empty() ? "each feature" : names(derived.of, " and ");
  if (is_buffer()) text = fmt::format("ground within {} m of {}", derived.buffer.value(), text);
  if (!derived.plus.empty()) text += " with " + names(derived.plus, " and ");
  if (!derived.within.empty()) text += ", within " + names(derived.within, " and ");
  if (!derived.minus.empty()) text += ", without " + names(derived.minus, " and ");
  return text;
}

MultiPolygon CombinedLayer::start_at(const MultiPolygon& own, Instant at) {
  const DerivedAreas& derived = *spec_.derived;
  if (derived.of.empty()) return own;
  std::vector<NamedArea> areas;
  for (const GroundSpec& ground : derived.of)
    areas.push_back({ground_of(ground, at), name_of(ground, in_.atlas)});
  MultiPolygon ground = combine_areas(areas, [](const std::vector<bool>&) { return true; });
  if (ground.empty() || !is_buffer()) return ground;
  return buffer_area({std::move(ground), {}, {}}, derived.buffer, fmt::format("layer '{}'", spec_.layer.id));
}

void CombinedLayer::refuse_doubt() const {
  for_each_ground(*spec_.derived, [&](const GroundSpec& ground) {
    if (ground.kind != GroundSpec::Kind::layer) return;
    for (const Statement& statement : in_.atlas.statements) {
      if (in_.atlas[statement.layer].id != ground.id || !statement.doubt) continue;
      throw InvalidData(
          fmt::format("{}: statement '{}' has dates in doubt, and ground derived from it would have exact "
                      "ones; state the "
                      "dates that are meant, or derive from files",
                      statement.origin, statement.id));
    }
  });
}

void CombinedLayer::combine(std::size_t first) {
  refuse_doubt();
  Atlas& atlas = in_.atlas;
  const auto begin = atlas.statements.begin() + static_cast<std::ptrdiff_t>(first);
  std::vector<Statement> bases(std::make_move_iterator(begin),
                               std::make_move_iterator(atlas.statements.end()));
  atlas.statements.erase(begin, atlas.statements.end());
  for (Statement& base : bases) {
    const MultiPolygon own = base.area.polygons();
    base.area = SharedArea();
    struct Stretch {
      Instant from;
      MultiPolygon area;
    };
    std::vector<Stretch> stretches{{base.validity.from(), {}}};
    // An event, or a snapshot, passes ground on at its date alone.
    if (spec_.layer.mode == LayerMode::interval) {
      for (const Instant at : changes_within(base.validity)) stretches.push_back({at, {}});
    }
    for (Stretch& stretch : stretches) stretch.area = ground_at(start_at(own, stretch.from), stretch.from);
    stretches.erase(std::unique(stretches.begin(), stretches.end(),
                                [](const Stretch& a, const Stretch& b) { return a.area == b.area; }),
                    stretches.end());
    for (std::size_t i = 0; i < stretches.size(); ++i) {
      const FuzzyInstant from = i == 0 ? base.from() : FuzzyInstant::exactly(stretches[i].from);
      const FuzzyInstant to =
          i + 1 == stretches.size() ? base.to() : FuzzyInstant::exactly(stretches[i + 1].from);
      if (stretches[i].area.empty()) {
        atlas.findings.push_back(
            {"derived-empty", Severity::warning, base.id, i == 0 ? "" : format_utc(stretches[i].from),
             std::nullopt, fmt::format("{}: no ground is left of it: {}", base.origin, description())});
        continue;
      }
      Statement statement = base;
      if (i > 0) statement.id += "@" + format_instant(stretches[i].from, atlas.days);
      statement.validity = Interval(from.nominal, to.nominal);
      statement.doubt = doubt_between(from, to);
      statement.area = in_.rings.share(stretches[i].area);
      atlas.statements.push_back(std::move(statement));
    }
  }
  const std::size_t count = atlas.statements.size() - first;
  if (count == 0) {
    throw InvalidData(fmt::format("nothing is left of any of its {} areas: {}", bases.size(), description()));
  }
  atlas.findings.push_back(
      {"derived-areas", Severity::info, "", "", std::nullopt,
       fmt::format("layer '{}': {} areas are derived: {}", spec_.layer.id, count, description())});
}

}  // namespace marchland::detail
