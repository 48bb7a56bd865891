#include <marchland/io/detail/derived_layers.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <map>

namespace marchland::detail {
namespace {

const Names kLinesKeys{"frame", "left", "right", "seeds", "extend", "within_m", "unclear"};
const Names kPointsKeys{"frame", "key", "lon", "lat", "places", "crs", "unknown", "skip"};

[[noreturn]] void fail_choice(const Table& table, std::string_view key, const std::string& value,
                              const Names& names) {
  table.fail(key,
             fmt::format("'{}' is none of {}{}", value, fmt::join(names, ", "), did_you_mean(value, names)));
}

LineExtension read_extension(const Table& table) {
  const std::string value = table.required_text(
      "extend", "\"nearest\", \"straight\" or \"none\": what becomes of ends inside the frame");
  if (value == "none") return LineExtension::none;
  if (value == "nearest") return LineExtension::nearest;
  if (value == "straight") return LineExtension::straight;
  fail_choice(table, "extend", value, {"nearest", "straight", "none"});
}

Position read_position(const Table& table, std::string_view key) {
  table.require(key, "[12.5, 45.0]");
  const auto* pair = table.find(key)->as_array();
  if (pair == nullptr || pair->size() != 2 || !(*pair)[0].is_number() || !(*pair)[1].is_number())
    table.fail(key, "expected [longitude, latitude] in degrees");
  const Position position{(*pair)[0].value_or(0.0), (*pair)[1].value_or(0.0)};
  if (!(std::abs(position.lon) <= 180.0 && std::abs(position.lat) <= 90.0)) {
    table.fail(key, fmt::format("({}, {}) is no longitude and latitude in degrees; is the order swapped?",
                                position.lon, position.lat));
  }
  return position;
}

std::vector<Seed> read_seeds(const Table& table, const Atlas& atlas) {
  if (!table.has("seeds")) return {};
  const auto* list = table.find("seeds")->as_array();
  if (list == nullptr) table.fail_type("seeds", "an array such as [{actor = \"a\", at = [12.5, 45.0]}]");
  std::vector<Seed> seeds;
  for (const toml::node& item : *list) {
    if (item.as_table() == nullptr)
      table.fail("seeds",
                 fmt::format("expected {{actor = \"a\", at = [12.5, 45.0]}}, found {}", describe(item)));
    const Table seed = table.sub_table("seeds", *item.as_table(), {"actor", "at"});
    const ActorId actor = find_actor(seed, "actor", atlas, seed.required_text("actor", "\"a\""));
    seeds.push_back({actor, read_position(seed, "at")});
  }
  return seeds;
}

std::vector<std::string> read_texts(const Table& table, std::string_view key) {
  if (!table.has(key)) return {};
  const auto* list = table.find(key)->as_array();
  if (list == nullptr) table.fail_type(key, "an array of texts");
  std::vector<std::string> texts;
  for (const toml::node& item : *list) {
    if (!item.is_string())
      table.fail_at(line_of(item),
                    fmt::format("{}: expected a text in quotes, found {}", key, describe(item)));
    texts.push_back(item.as_string()->get());
  }
  return texts;
}

}  // namespace

Table derivation_table(const Table& layer, const std::string& key) {
  if (layer.find(key)->as_table() == nullptr) layer.fail_type(key, fmt::format("a table: [layer.{}]", key));
  return layer.sub_table(key, *layer.find(key)->as_table(),
                         key == "lines_to_areas" ? kLinesKeys : kPointsKeys);
}

ActorId find_actor(const Table& table, std::string_view key, const Atlas& atlas, const std::string& id) {
  Names ids;
  for (const Actor& actor : atlas.actors) ids.push_back(actor.id);
  const auto found = std::find(ids.begin(), ids.end(), id);
  if (found == ids.end()) {
    table.fail(key, fmt::format("there is no [[actor]] '{}'{} (declared: {})", id, did_you_mean(id, ids),
                                fmt::join(ids, ", ")));
  }
  return ActorId(static_cast<std::size_t>(found - ids.begin()));
}

std::vector<std::string> split_holders(const std::string& text) {
  std::vector<std::string> ids;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('+', at), text.size());
    ids.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return ids;
}

LinesToAreas read_lines_to_areas(const Table& layer, const Atlas& atlas, FileSpec frame) {
  const Table table = derivation_table(layer, "lines_to_areas");
  LinesToAreas spec{std::move(frame), {}, false};
  for (const auto& [key, side] : {std::pair("left", &spec.rule.left), std::pair("right", &spec.rule.right)}) {
    if (table.has(key)) *side = find_actor(table, key, atlas, table.required_text(key, "\"a\""));
  }
  if (table.has("left") != table.has("right")) {
    table.fail(table.has("left") ? "left" : "right",
               "the other side of lines is missing: name both left and right, or neither and seeds");
  }
  if (spec.rule.left && spec.rule.left == spec.rule.right)
    table.fail("right", "is the actor of the left side too; a line parts two");
  spec.rule.seeds = read_seeds(table, atlas);
  if (!spec.rule.left && spec.rule.seeds.empty())
    table.fail_at(table.line(), "who holds which side? write left = \"a\" and right = \"b\", or seeds");
  table.require("extend", "\"nearest\", \"straight\" or \"none\": what becomes of ends inside the frame");
  spec.rule.extension = read_extension(table);
  if (spec.rule.extension == LineExtension::none) {
    if (table.has("within_m")) table.fail("within_m", "has no meaning for extend = \"none\"");
  } else {
    table.require("within_m", "20000: the longest extension in metres");
  }
  spec.rule.within = table.meters("within_m");
  const std::string unclear = table.text("unclear", "unknown");
  if (unclear != "unknown" && unclear != "hold") fail_choice(table, "unclear", unclear, {"unknown", "hold"});
  spec.holds_unclear = unclear == "hold";
  return spec;
}

PointsToAreas read_points_to_areas(const Table& layer, FileSpec frame, std::optional<FileSpec> places) {
  const Table table = derivation_table(layer, "points_to_areas");
  PointsToAreas spec;
  spec.frame = std::move(frame);
  spec.places = std::move(places);
  spec.key = table.required_text("key", "\"name\": the field that names the place");
  spec.lon = table.text("lon");
  spec.lat = table.text("lat");
  if (spec.lon.empty() != spec.lat.empty())
    table.fail(spec.lon.empty() ? "lat" : "lon", "lon and lat go together");
  spec.crs = table.text("crs");
  spec.unknown = read_texts(table, "unknown");
  spec.skip = read_texts(table, "skip");
  return spec;
}

void check_derivation(const Table& layer, const LayerSpec& spec) {
  if (!spec.lines_to_areas && !spec.points_to_areas) return;
  const std::string key = spec.lines_to_areas ? "lines_to_areas" : "points_to_areas";
  if (spec.lines_to_areas && spec.points_to_areas)
    layer.fail(key, "and points_to_areas: a layer is derived in one way");
  const LayerMode mode = spec.lines_to_areas ? LayerMode::snapshot : LayerMode::event;
  if (spec.layer.mode != mode) {
    layer.fail(
        "mode",
        fmt::format("'{}': {} needs mode = \"{}\": {}", to_string(spec.layer.mode), key, to_string(mode),
                    spec.lines_to_areas ? "a line holds until the next date of its layer"
                                        : "a row sets the holder of its place until the next"));
  }
  Names barred{"basis", "antimeridian", "pole", "seq"};
  if (spec.lines_to_areas) barred.emplace_back("actor");
  for (const std::string& other : barred) {
    if (!layer.has(other)) continue;
    layer.fail(other, other == "actor"   ? "lines_to_areas names the holders: left and right, or seeds"
                      : other == "basis" ? "what is derived is always inferred"
                                         : fmt::format("has no meaning beside {}", key));
  }
}

MultiPolygon add_front_statements(Atlas& atlas, LayerId layer, const LinesToAreas& spec,
                                  const MultiPolygon& frame, const std::vector<FrontRow>& rows) {
  std::map<Instant, std::vector<const FrontRow*>> by_date;
  std::vector<Instant> dates;
  for (const FrontRow& row : rows) {
    dates.push_back(row.at);
    if (!row.lines.empty()) by_date[row.at].push_back(&row);
  }
  std::vector<DatedLine> lines;
  for (const auto& [at, of_date] : by_date) {
    DatedLine& line = lines.emplace_back(DatedLine{at, {}, of_date.front()->origin});
    if (of_date.size() > 1) line.origin += fmt::format(" and {} more of its date", of_date.size() - 1);
    for (const FrontRow* row : of_date)
      line.pieces.insert(line.pieces.end(), row->lines.begin(), row->lines.end());
  }
  DividedFrame divided = divide_frame(frame, lines, spec.rule);
  std::move(divided.findings.begin(), divided.findings.end(), std::back_inserter(atlas.findings));
  for (std::size_t d = 0; d < lines.size(); ++d) {
    DividedDate& date = divided.dates[d];
    if (!date.is_clear && spec.holds_unclear) {
      std::erase(dates, lines[d].at);
      atlas.findings.push_back(
          {"date-left-out", Severity::warning, "", format_utc(lines[d].at), std::nullopt,
           fmt::format("{}: its line does not divide the frame clearly; the date is left out "
                       "and the one before holds on (unclear = \"hold\")",
                       lines[d].origin)});
      continue;
    }
    const FrontRow& row = *by_date[lines[d].at].front();
    for (HeldGround& held : date.held) {
      Statement statement;
      statement.id = fmt::format("{}/{}", row.id, atlas[held.actor].id);
      statement.layer = layer;
      statement.actor = held.actor;
      statement.validity = Interval::since(row.at);
      statement.basis = Basis::inferred;
      statement.certainty = row.certainty;
      statement.note = fmt::format("side of a line{}{}", row.note.empty() ? "" : ": ", row.note);
      statement.origin = lines[d].origin;
      statement.area = std::move(held.area);
      atlas.statements.push_back(std::move(statement));
    }
  }
  close_snapshots(atlas, layer, std::move(dates));
  return std::move(divided.frame);
}

}  // namespace marchland::detail
