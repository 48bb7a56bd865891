#include "tools/cli/declared.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace marchland::cli {
namespace {

/// Text that is there; keys of empty ones are left out.
void put(Json& to, const char* key, const std::string& text) {
  if (!text.empty()) to[key] = text;
}

std::string taken(const Json& from, const char* key) {
  const auto found = from.find(key);
  return found == from.end() ? std::string() : found->get<std::string>();
}

}  // namespace

Json declared_json(const Atlas& atlas) {
  Json out{{"actors", Json::array()}, {"regions", Json::array()}, {"sources", Json::array()}};
  for (const Actor& actor : atlas.actors) {
    Json& row = out["actors"].emplace_back(Json{{"id", actor.id}});
    put(row, "name", actor.name);
    put(row, "color", actor.color);
  }
  for (const Region& region : atlas.regions) {
    Json& row = out["regions"].emplace_back(Json{{"id", region.id}});
    put(row, "name", region.name);
    put(row, "code", region.code);
    put(row, "edition", region.edition);
  }
  for (const Source& source : atlas.sources) {
    Json& row = out["sources"].emplace_back(Json{{"id", source.id}});
    put(row, "title", source.title);
    put(row, "author", source.author);
    put(row, "licence", source.licence);
    put(row, "url", source.url);
    put(row, "date", source.date);
    put(row, "note", source.note);
    if (source.sigma) row["sigma_m"] = source.sigma->value();
    if (source.priority != 0) row["priority"] = source.priority;
  }
  return out;
}

Atlas declared_atlas(const Json& index) {
  Atlas atlas;
  atlas.id = taken(index, "atlas");
  atlas.title = taken(index, "title");
  atlas.disclaimer = taken(index, "disclaimer");
  atlas.attribution = taken(index, "attribution");
  atlas.actors.clear();
  for (const Json& row : index.at("actors")) {
    Actor& actor = atlas.actors.emplace_back();
    actor.id = row.at("id").get<std::string>();
    actor.name = taken(row, "name");
    actor.color = taken(row, "color");
  }
  for (const Json& row : index.at("regions")) {
    Region& region = atlas.regions.emplace_back();
    region.id = row.at("id").get<std::string>();
    region.name = taken(row, "name");
    region.code = taken(row, "code");
    region.edition = taken(row, "edition");
  }
  for (const Json& row : index.at("sources")) {
    Source& source = atlas.sources.emplace_back();
    source.id = row.at("id").get<std::string>();
    source.title = taken(row, "title");
    source.author = taken(row, "author");
    source.licence = taken(row, "licence");
    source.url = taken(row, "url");
    source.date = taken(row, "date");
    source.note = taken(row, "note");
    if (row.contains("sigma_m")) source.sigma = Meters(row["sigma_m"].get<double>());
    if (row.contains("priority")) source.priority = row["priority"].get<int>();
  }
  return atlas;
}

std::string sources_text(const Atlas& atlas) {
  std::string text = atlas.title + "\n\n";
  if (!atlas.attribution.empty()) text += atlas.attribution + "\n\n";
  if (!atlas.disclaimer.empty()) text += atlas.disclaimer + "\n\n";
  text += "Sources\n";
  for (const Source& source : atlas.sources) {
    text += fmt::format("- {}: {}\n", source.id, source.title);
    const auto line = [&](const char* key, const std::string& value) {
      if (!value.empty()) text += fmt::format("  {}: {}\n", key, value);
    };
    line("author", source.author);
    line("licence", source.licence);
    line("date", source.date);
    line("link", source.url);
    line("note", source.note);
    if (source.sigma) line("accuracy of lines, one sigma", fmt::format("{} m", source.sigma->value()));
  }
  return text;
}

std::string licences_text(const Atlas& atlas) {
  const auto entry = [](const Source& source) {
    std::string text = fmt::format("- {}: {}\n", source.id, source.title);
    if (!source.author.empty()) text += fmt::format("  {}\n", source.author);
    if (!source.url.empty()) text += fmt::format("  {}\n", source.url);
    return text;
  };
  // In the order of the atlas, each licence where its first source stands.
  std::vector<std::pair<std::string, std::string>> by_licence;
  std::string without;
  for (const Source& source : atlas.sources) {
    if (source.licence.empty()) {
      without += entry(source);
      continue;
    }
    const auto known = std::find_if(by_licence.begin(), by_licence.end(),
                                    [&](const auto& group) { return group.first == source.licence; });
    if (known == by_licence.end()) {
      by_licence.emplace_back(source.licence, entry(source));
    } else {
      known->second += entry(source);
    }
  }
  std::string text =
      fmt::format("Licences of the sources of: {}\n", atlas.title.empty() ? atlas.id : atlas.title);
  for (const auto& [licence, sources] : by_licence) text += fmt::format("\n{}\n{}", licence, sources);
  if (!without.empty()) {
    text += fmt::format("\nNo licence is stated for these; ask their makers before passing them on.\n{}",
                        without);
  }
  if (!atlas.attribution.empty()) text += fmt::format("\nAttribution\n{}\n", atlas.attribution);
  if (!atlas.disclaimer.empty()) text += fmt::format("\nDisclaimer\n{}\n", atlas.disclaimer);
  return text;
}

}  // namespace marchland::cli
