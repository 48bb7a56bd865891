#include "tools/cli/feature_output.h"

#include <marchland/io/color.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numeric>

namespace marchland::cli {
namespace {

constexpr std::string_view kUnknownColor = "#d9d9d9";

std::array<double, 3> parts_of(const std::string& color) {
  constexpr Rgb kGrey{136, 136, 136};
  const Rgb rgb = parse_color(color).value_or(kGrey);
  return {static_cast<double>(rgb.red), static_cast<double>(rgb.green), static_cast<double>(rgb.blue)};
}

std::string format_color(const std::array<double, 3>& parts) {
  return fmt::format("#{:02x}{:02x}{:02x}", std::lround(parts[0]), std::lround(parts[1]),
                     std::lround(parts[2]));
}

AreaUnits magnitude(AreaUnits value) {
  return value < 0 ? -value : value;
}

/// Empty: ground that nothing is said of.
void add_effect(Provenance::Simplified& simplified, const std::string& actor, double area, double written) {
  auto& actors = simplified.actors;
  const auto place =
      std::find_if(actors.begin(), actors.end(), [&](const auto& a) { return a.actor >= actor; });
  auto& entry =
      place != actors.end() && place->actor == actor ? *place : *actors.insert(place, {.actor = actor});
  ++entry.features;
  entry.area_m2 += area;
  entry.written_m2 += written;
  entry.largest_change_m2 = std::max(entry.largest_change_m2, std::abs(written - area));
}

}  // namespace

FeatureOutput::FeatureOutput(const Session& session, std::filesystem::path path, Existing existing,
                             const std::string& command, const FeatureOutputOptions& options)
    : session_(&session),
      path_(std::move(path)),
      existing_(existing),
      options_(options),
      provenance_(provenance(session, command)) {
  if (options_.simplify_m > 0.0) provenance_.simplified.emplace().within_m = options_.simplify_m;
}

void FeatureOutput::note(const std::string& key, const std::string& value) {
  const auto known = std::find_if(provenance_.extra.begin(), provenance_.extra.end(),
                                  [&](const auto& line) { return line.first == key; });
  if (known == provenance_.extra.end()) {
    provenance_.extra.emplace_back(key, value);
  } else {
    known->second += ", " + value;
  }
}

void FeatureOutput::add_statements(Theme theme) {
  const Atlas& atlas = session_->atlas();
  const auto end = [](bool is_there, Instant at) { return is_there ? std::optional(at) : std::nullopt; };
  for (const Statement& statement : atlas.statements) {
    const Layer& layer = atlas[statement.layer];
    if (layer.theme != theme) continue;
    const Interval& when = statement.validity;
    provenance_.statements.push_back(
        {statement.id, layer.id, atlas[layer.source].id, std::string(to_string(theme)),
         atlas[statement.actor].id, end(when.has_from(), when.from()), end(when.has_to(), when.to()),
         std::string(to_string(statement.basis)), std::string(to_string(statement.certainty)), statement.note,
         statement.origin});
  }
}

void FeatureOutput::add(FeatureSet set) {
  const auto known =
      std::find_if(sets_.begin(), sets_.end(), [&](const FeatureSet& s) { return s.name == set.name; });
  if (known == sets_.end()) {
    sets_.push_back(std::move(set));
  } else {
    std::move(set.features.begin(), set.features.end(), std::back_inserter(known->features));
  }
}

Dissolver FeatureOutput::dissolver(const std::vector<bool>& lines) {
  Dissolver dissolver(session_->composite(), lines,
                      {.decimals = options_.decimals, .simplify_m = options_.simplify_m});
  if (provenance_.simplified) {
    provenance_.simplified->vertices_before += dissolver.vertices().rounded;
    provenance_.simplified->vertices += dissolver.vertices().kept;
  }
  return dissolver;
}

std::vector<Feature> FeatureOutput::polygons(const Dissolver& dissolver, const std::vector<Category>& faces,
                                             const ValuesOf& values) {
  std::vector<Dissolved> pieces = dissolver(faces);
  std::vector<AreaUnits> area(pieces.empty() ? 0 : pieces.back().category + 1, 0);
  for (FaceIndex f = 0; f < faces.size(); ++f) {
    if (faces[f] != 0) area[faces[f]] += session_->areas()[f];
  }
  std::vector<Feature> out;
  for (Dissolved& piece : pieces) {
    worst_rounding_ = std::max(worst_rounding_, magnitude(piece.rounded - piece.exact));
    if (piece.area.empty()) {
      ++collapsed_;
      vanished_ += magnitude(piece.exact);
      continue;
    }
    ++polygons_;
    out.push_back({values(piece.category, area[piece.category]), std::move(piece.area)});
    if (!provenance_.simplified) continue;
    const auto* actor = std::get_if<std::string>(&out.back().values.front());
    add_effect(*provenance_.simplified, actor == nullptr ? std::string() : *actor, square_meters(piece.exact),
               square_meters(piece.rounded));
  }
  return out;
}

void FeatureOutput::add_polygons(const std::string& name, const std::string& title,
                                 std::vector<FeatureField> fields, const std::vector<Category>& faces,
                                 const ValuesOf& values, const std::string& colored_by) {
  const Arrangement& plane = session_->composite().plane();
  std::vector<bool> lines(plane.edges().size());
  for (EdgeIndex e = 0; e < lines.size(); ++e)
    lines[e] = faces[plane.face(2 * e)] != faces[plane.face(2 * e + 1)];
  sets_.push_back({name, title, std::move(fields), polygons(dissolver(lines), faces, values), colored_by});
}

std::string FeatureOutput::why_none() const {
  if (collapsed_ > 0)
    return fmt::format("all {} vanished between two positions of {} decimals; choose more --decimals",
                       collapsed_, options_.decimals);
  const Atlas& atlas = session_->atlas();
  const std::string theme(to_string(session_->theme()));
  if (std::none_of(atlas.statements.begin(), atlas.statements.end(),
                   [&](const Statement& s) { return atlas[s.layer].theme == session_->theme(); })) {
    return fmt::format("the atlas says nothing of theme {}; it has {}; choose with --theme", theme,
                       themes_of(atlas));
  }
  std::string why = why_none_.empty() ? fmt::format("nothing of theme {} is meant", theme) : why_none_;
  if (!session_->filters().empty()) why += fmt::format(" (of what {} leaves)", session_->filters());
  return why;
}

void FeatureOutput::rename(const std::string& name) {
  for (FeatureSet& set : sets_) set.name = name;
}

std::string FeatureOutput::simplified_text() const {
  if (!provenance_.simplified) return {};
  const Provenance::Simplified& all = *provenance_.simplified;
  std::string text = fmt::format("lines simplified within {} m: {} of {} vertices remain\n", all.within_m,
                                 all.vertices, all.vertices_before);
  // Of many those that changed most, in the order of ids still.
  constexpr std::size_t kMostTold = 20;
  const auto share = [](const Provenance::Simplified::Actor& one) {
    return one.area_m2 > 0 ? (one.written_m2 - one.area_m2) / one.area_m2 : 0.0;
  };
  std::vector<std::size_t> order(all.actors.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::abs(share(all.actors[a])) > std::abs(share(all.actors[b]));
  });
  const std::size_t told = std::min(order.size(), kMostTold);
  const double most_untold = told < order.size() ? std::abs(share(all.actors[order[told]])) : 0.0;
  order.resize(told);
  std::sort(order.begin(), order.end());
  for (const std::size_t a : order) {
    const Provenance::Simplified::Actor& one = all.actors[a];
    text += fmt::format("  {}: {:.6f} km2, as written {:.6f} km2 ({:+.3g} %)",
                        one.actor.empty() ? "unknown" : one.actor, one.area_m2 / 1e6, one.written_m2 / 1e6,
                        100.0 * share(one));
    if (one.features > 1) {
      text += fmt::format(", in {} features, each changed by at most {:.3g} m2", one.features,
                          one.largest_change_m2);
    }
    text += "\n";
  }
  if (told < all.actors.size()) {
    text += fmt::format("  {} more changed by {:.3g} % or less; its provenance has all, under simplified\n",
                        all.actors.size() - told, 100.0 * most_untold);
  }
  return text;
}

std::string FeatureOutput::write() {
  std::string told;
  if (polygons_ + collapsed_ > 0) {
    std::string effect = fmt::format("coordinates rounded to {} decimals of a degree; ", options_.decimals);
    if (provenance_.simplified) effect += fmt::format("lines simplified within {} m; ", options_.simplify_m);
    effect += worst_rounding_ == 0 ? "no area changed"
                                   : fmt::format("areas changed by at most {:.3g} m2 (of a feature)",
                                                 square_meters(worst_rounding_));
    if (collapsed_ > 0) effect += fmt::format("; {} features vanished between two positions", collapsed_);
    note("rounding", effect);
    told = fmt::format("{}: {} features; {}\n", shown_name(path_), polygons_, effect) + simplified_text();
  }
  if (std::all_of(sets_.begin(), sets_.end(), [](const FeatureSet& set) { return set.features.empty(); }))
    told = fmt::format("{}: no features: {}\n", shown_name(path_), why_none());
  const auto as_text = write_features(path_, sets_, provenance_, existing_, options_.file);
  text_dates_ = text_dates_note(path_, as_text);
  return told + text_dates_;
}

std::string text_dates_note(const std::filesystem::path& path, const std::vector<std::string>& columns) {
  if (columns.empty()) return {};
  return fmt::format("{}: dates are ISO 8601 text in {}: its times have no such year\n", shown_name(path),
                     fmt::join(columns, ", "));
}

std::vector<bool> ground_of(const Session& session, const Holders& holders) {
  const Composite& composite = session.composite();
  std::vector<bool> ground = faces_in_scope(composite, session.scope());
  ground[kUnboundedFace] = false;
  if (is_bounded(composite, session.scope())) return ground;
  for (FaceIndex f = 0; f < ground.size(); ++f) {
    if (composite.coverage(f, holders.group()) == 0) ground[f] = false;
  }
  return ground;
}

std::string color_of(const Atlas& atlas, const Holders& holders, HolderIndex holder) {
  const auto actors = holders.actors(holder);
  if (actors.empty()) return std::string(kUnknownColor);
  if (actors.size() == 1) return atlas[actors.front()].color;
  std::array<double, 3> sum{};
  for (const ActorId actor : actors) {
    const auto parts = parts_of(atlas[actor].color);
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += parts[i] / static_cast<double>(actors.size());
  }
  return format_color(sum);
}

std::string mix_colors(const std::string& first, const std::string& second, double share) {
  auto mixed = parts_of(first);
  const auto other = parts_of(second);
  for (std::size_t i = 0; i < mixed.size(); ++i) mixed[i] = share * mixed[i] + (1.0 - share) * other[i];
  return format_color(mixed);
}

std::string name_of(const Atlas& atlas, const Holders& holders, HolderIndex holder) {
  std::string out;
  for (const ActorId actor : holders.actors(holder)) {
    const Actor& who = atlas[actor];
    out += (out.empty() ? "" : " / ") + (who.name.empty() ? who.id : who.name);
  }
  return out;
}

FieldValue text_value(const std::string& text) {
  if (text.empty()) return std::monostate{};
  return text;
}

FieldValue holder_value(const Holders& holders, HolderIndex holder) {
  if (holder == kUnknown) return std::monostate{};
  return holders.id(holder);
}

FieldValue from_of(const Interval& interval) {
  if (!interval.has_from()) return std::monostate{};
  return interval.from();
}

FieldValue to_of(const Interval& interval) {
  if (!interval.has_to()) return std::monostate{};
  return interval.to();
}

}  // namespace marchland::cli
