#include <marchland/io/detail/derived_layers.h>
#include <marchland/io/detail/exchanged_axes.h>
#include <marchland/measure/length.h>
#include <marchland/model/name_form.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <string_view>

namespace marchland::detail {
namespace {

const Names kLinesKeys{"frame", "left", "right", "seeds", "extend", "within_m", "unclear"};
const Names kPointsKeys{"frame", "key", "lon", "lat", "places", "barriers", "crs", "unknown", "skip"};

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

PointsToAreas read_points_to_areas(const Table& layer, FileSpec frame, std::optional<GazetteerSpec> places,
                                   std::optional<FileSpec> barriers) {
  const Table table = derivation_table(layer, "points_to_areas");
  PointsToAreas spec;
  spec.frame = std::move(frame);
  spec.places = std::move(places);
  spec.barriers = std::move(barriers);
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
  const std::pair<const char*, const std::optional<ValueSpec>*> of_all[] = {
      {"sigma_m", &spec.sigma}, {"correlation_m", &spec.correlation}, {"bias_m", &spec.bias},
      {"cites", &spec.cites},   {"recorded", &spec.recorded},         {"author", &spec.author},
      {"state", &spec.state},   {"visibility", &spec.visibility}};
  for (const auto& [name, value] : of_all) {
    if (*value && (*value)->kind != ValueSpec::Kind::constant)
      layer.fail(name, fmt::format("several rows make an area of {}; write one value for all", key));
  }
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
  Names barred{"basis",      "antimeridian", "pole",       "seq",      "region",
               "taken_from", "missing_days", "supersedes", "retracts", "corrections"};
  if (spec.lines_to_areas) barred.emplace_back("actor");
  for (const std::string& other : barred) {
    if (!layer.has(other)) continue;
    layer.fail(other, other == "actor"   ? "lines_to_areas names the holders: left and right, or seeds"
                      : other == "basis" ? "what is derived is always inferred"
                                         : fmt::format("has no meaning beside {}", key));
  }
}

MultiPolygon add_front_statements(Atlas& atlas, SharedRings& rings, LayerId layer, const LinesToAreas& spec,
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
      Instant before = Instant::min();
      for (const Instant at : dates) {
        if (at < lines[d].at) before = std::max(before, at);
      }
      atlas.findings.push_back(
          {"date-left-out", Severity::warning, "", format_utc(lines[d].at), std::nullopt,
           fmt::format(
               "{}: its line does not divide the frame clearly; the date is left out "
               "(unclear = \"hold\") and {}",
               lines[d].origin,
               before == Instant::min()
                   ? std::string("none before it holds on: the layer says nothing until its next date")
                   : fmt::format("the one before, {}, holds on", format_utc(before)))});
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
      statement.area = rings.share(held.area);
      held.area.clear();
      atlas.statements.push_back(std::move(statement));
    }
  }
  close_snapshots(atlas, layer, std::move(dates));
  return std::move(divided.frame);
}

namespace {

/// Bytes of the space that the UTF-8 text begins with (Unicode's property White_Space), 0 if it is none.
std::size_t space_length(std::string_view text) {
  constexpr std::string_view kAscii = " \t\n\v\f\r";
  if (kAscii.find(text.front()) != std::string_view::npos) return 1;
  static constexpr std::array<std::string_view, 19> kOthers{
      "\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006",
      "\u2007", "\u2008", "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"};
  for (const std::string_view space : kOthers) {
    if (text.starts_with(space)) return space.size();
  }
  return 0;
}

}  // namespace

std::string plain_spaces(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t space = space_length(std::string_view(text).substr(i));
    if (space == 0) {
      plain += text[i++];
      continue;
    }
    if (!plain.empty() && plain.back() != ' ') plain += ' ';
    i += space;
  }
  if (!plain.empty() && plain.back() == ' ') plain.pop_back();
  return plain;
}

namespace {

/// Rows of one place by date.
using Timeline = std::map<Instant, std::vector<const PlaceRow*>>;

struct PlaceRows {
  std::string name;  ///< as its first row writes it
  Timeline timeline;
};
/// By the form of their names.
using Places = std::map<std::string, PlaceRows>;

std::string at_text(const Position& p) {
  return fmt::format("({}, {})", p.lon, p.lat);
}

/// Where rows put a place: the position most of them give, of equally frequent ones the least.
std::optional<Position> position_of(const std::string& place, const Timeline& timeline, Findings& findings) {
  std::map<Position, std::size_t> counts;
  for (const auto& [at, rows] : timeline) {
    for (const PlaceRow* row : rows) {
      if (row->position) ++counts[*row->position];
    }
  }
  if (counts.empty()) return std::nullopt;
  const auto best = std::max_element(counts.begin(), counts.end(),
                                     [](const auto& a, const auto& b) { return a.second < b.second; });
  Meters furthest;
  for (const auto& [position, count] : counts)
    furthest = std::max(furthest, edge_length(best->first, position));
  // Rounded writings of one position are no move.
  constexpr Meters kSamePlace{1000.0};
  if (furthest > kSamePlace) {
    findings.push_back(
        {"place-moves", Severity::warning, "", "", GeoLocation{Lon{best->first.lon}, Lat{best->first.lat}},
         fmt::format("'{}': its rows give {} positions up to {:.1f} km from {}, which most give and "
                     "which is used; are several places of that name mixed?",
                     place, counts.size(), furthest.value() / 1000.0, at_text(best->first))});
  }
  return best->first;
}

std::map<std::string, Position> positions_by_name(const std::vector<Site>& gazetteer, const Places& wanted,
                                                  Findings& findings) {
  std::map<std::string, Position> positions;
  std::map<std::string, std::size_t> others;
  for (const Site& site : gazetteer) {
    const std::string name = name_form(plain_spaces(site.name));
    if (wanted.contains(name) && !positions.try_emplace(name, site.at).second) ++others[name];
  }
  for (const auto& [name, count] : others) {
    const Position at = positions.at(name);
    positions.erase(name);
    const PlaceRows& place = wanted.at(name);
    const bool is_needed =
        std::none_of(place.timeline.begin(), place.timeline.end(), [](const auto& of_date) {
          return std::any_of(of_date.second.begin(), of_date.second.end(),
                             [](const PlaceRow* row) { return row->position.has_value(); });
        });
    if (!is_needed) continue;
    findings.push_back({"gazetteer-ambiguous", Severity::warning, "", "",
                        GeoLocation{Lon{at.lon}, Lat{at.lat}},
                        fmt::format("'{}': the gazetteer has {} of that name, the first at {}; none is used",
                                    place.name, count + 1, at_text(at))});
  }
  return positions;
}

struct Tenancy {
  Interval when;
  const PlaceRow* row;
  std::vector<ActorId> holders;
};

/// Who held the place from when to when; rows that change nothing lengthen the stretch before.
std::vector<Tenancy> tenancies_of(const std::string& place, const Timeline& timeline, Findings& findings) {
  std::vector<Tenancy> tenancies;
  for (const auto& [at, rows] : timeline) {
    std::vector<ActorId> holders;
    for (const PlaceRow* row : rows) holders.insert(holders.end(), row->holders.begin(), row->holders.end());
    std::sort(holders.begin(), holders.end());
    holders.erase(std::unique(holders.begin(), holders.end()), holders.end());
    const bool differ =
        std::any_of(rows.begin(), rows.end(), [&](const PlaceRow* row) { return row->holders != holders; });
    if (differ) {
      findings.push_back(
          {"place-disputed", Severity::warning, rows.front()->id, format_utc(at), std::nullopt,
           fmt::format("'{}': {} rows of one instant name different holders; all of them hold it "
                       "(contested)",
                       place, rows.size())});
    }
    if (!tenancies.empty() && tenancies.back().holders == holders) continue;
    if (!tenancies.empty()) tenancies.back().when = Interval(tenancies.back().when.from(), at);
    tenancies.push_back({Interval::since(at), rows.front(), std::move(holders)});
  }
  return tenancies;
}

void add_tenancy(Atlas& atlas, LayerId layer, const Tenancy& tenancy, const SharedArea& cell) {
  const PlaceRow& row = *tenancy.row;
  for (const ActorId actor : tenancy.holders) {
    Statement statement;
    statement.id = tenancy.holders.size() == 1 ? row.id : fmt::format("{}/{}", row.id, atlas[actor].id);
    statement.layer = layer;
    statement.actor = actor;
    statement.validity = tenancy.when;
    statement.basis = Basis::inferred;
    statement.certainty = row.certainty;
    statement.note =
        fmt::format("ground nearest to {}{}{}", row.place, row.note.empty() ? "" : ": ", row.note);
    statement.origin = row.origin;
    statement.area = cell;
    atlas.statements.push_back(std::move(statement));
  }
}

void report_unlocated(const std::vector<std::string>& names, std::size_t all, const std::string& layer,
                      Findings& findings) {
  if (names.empty()) return;
  findings.push_back({"place-unlocated", Severity::warning, "", "", std::nullopt,
                      fmt::format("layer '{}': {} of {} places have no position and hold no ground: {}",
                                  layer, names.size(), all, fmt::join(names, "; "))});
}

void report_exchanged(const std::vector<Site>& sites, const MultiPolygon& frame, const PointsToAreas& spec,
                      const std::string& layer, Findings& findings) {
  std::vector<Position> positions;
  for (const Site& site : sites) positions.push_back(site.at);
  const AxisCount count = count_in_box(box_of(frame), positions);
  if (!count.is_exchanged()) return;
  findings.push_back(
      {"axis-order", Severity::warning, "", "", GeoLocation{Lon{positions[0].lon}, Lat{positions[0].lat}},
       fmt::format(
           "layer '{}': {}; {}", layer, axis_text(count, "places", "the frame"),
           spec.lon.empty()
               ? "are its points, or those of 'places', written latitude first?"
               : fmt::format("write lon = \"{}\" and lat = \"{}\", or exchange the columns of 'places'",
                             spec.lat, spec.lon))});
}

}  // namespace

SharedGround add_place_statements(Atlas& atlas, SharedRings& rings, LayerId layer, const PointsToAreas& spec,
                                  const PlaceGround& ground, const std::vector<PlaceRow>& rows) {
  Places places;
  for (const PlaceRow& row : rows) {
    const auto [place, is_new] = places.try_emplace(name_form(row.place), PlaceRows{row.place, {}});
    place->second.timeline[row.at].push_back(&row);
  }
  const auto known = positions_by_name(ground.gazetteer, places, atlas.findings);
  std::vector<Site> sites;
  std::vector<const Timeline*> timelines;  // of sites
  std::vector<std::string> unlocated;
  for (const auto& [form, place] : places) {
    auto position = position_of(place.name, place.timeline, atlas.findings);
    const auto found = known.find(form);
    if (!position && found != known.end()) position = found->second;
    if (position) {
      sites.push_back({place.name, *position});
      timelines.push_back(&place.timeline);
    } else {
      unlocated.push_back(place.name);
    }
  }
  report_unlocated(unlocated, places.size(), atlas[layer].id, atlas.findings);
  report_exchanged(sites, ground.frame, spec, atlas[layer].id, atlas.findings);
  SiteCells cells = nearest_cells(ground.frame, sites, {spec.crs, ground.barriers});
  std::move(cells.findings.begin(), cells.findings.end(), std::back_inserter(atlas.findings));
  SharedGround shared;
  for (std::size_t i = 0; i < sites.size(); ++i) {
    if (cells.cells[i].empty()) continue;
    shared.sites.push_back(sites[i]);
    const SharedArea cell = rings.share(cells.cells[i]);
    for (const Tenancy& tenancy : tenancies_of(sites[i].name, *timelines[i], atlas.findings))
      add_tenancy(atlas, layer, tenancy, cell);
  }
  // Cells do not paint over one another: each row ends where the next of its place begins.
  atlas.layers[layer.index()].mode = LayerMode::interval;
  shared.frame = std::move(cells.frame);
  return shared;
}

void add_places(Atlas& atlas, const std::vector<Site>& sites) {
  for (const Site& site : sites) {
    Place place;
    place.name = site.name;
    place.lon = Lon{site.at.lon};
    place.lat = Lat{site.at.lat};
    const bool is_known = std::any_of(atlas.places.begin(), atlas.places.end(), [&](const Place& other) {
      return other.name == place.name && other.lon == place.lon && other.lat == place.lat;
    });
    if (!is_known) atlas.places.push_back(std::move(place));
  }
}

}  // namespace marchland::detail
