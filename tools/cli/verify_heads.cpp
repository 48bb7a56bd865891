// What tables and layers say of themselves: atlas, method, rule and so on are those of the index, and what
// the index says of a file is about dates that it has.
#include "tools/cli/verify_tables.h"

#include <fmt/format.h>

#include <fstream>
#include <string>

namespace marchland::cli {
namespace {

/// Texts as they are; what is absent, null or empty is one.
std::string said(const Json& document, const std::string& key) {
  const auto found = document.find(key);
  if (found == document.end() || found->is_null()) return "";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

void compare(TablesBack& tables, const std::string& file, const Json& head, const auto& keys) {
  for (const char* key : keys)
    tables.checks.text("heads", file, key, said(tables.folder.index, key), said(head, key));
}

void verify_tables_heads(TablesBack& tables) {
  constexpr const char* kKeys[] = {"atlas", "checksum", "method", "grid",  "harmonise_m", "unit",
                                   "rule",  "since",    "until",  "as_of", "public",      "filters"};
  for (const auto& [file, document] : tables.documents) {
    compare(tables, file, document, kKeys);
    if (document.contains("theme"))
      tables.checks.text("heads", file, "theme", tables.folder.theme(), said(document, "theme"));
  }
}

void verify_layer_heads(TablesBack& tables) {
  constexpr const char* kKeys[] = {"atlas",      "title",       "checksum", "method", "grid",  "rule",
                                   "disclaimer", "attribution", "since",    "until",  "as_of", "filters"};
  for (const Json& entry : tables.folder.index["files"]) {
    const std::string file = entry["file"];
    // What GDAL wrote with rounded coordinates has a head.
    if (!file.ends_with(".geojson") || !entry.contains("rounding_m2")) continue;
    tables.checks.attempt(file, [&] {
      std::ifstream in(tables.folder.path / file, std::ios::binary);
      const Json document = Json::parse(in);
      compare(tables, file, document.contains("marchland") ? document["marchland"] : Json::object(), kKeys);
    });
  }
}

void verify_dates(TablesBack& tables) {
  for (const Json& entry : tables.folder.index["files"]) {
    const auto check = [&](const Json& name) {
      if (tables.folder.dates.contains(name.get<std::string>())) return;
      tables.checks.text("dates", "index.json",
                         fmt::format("{} of {}", name.get<std::string>(), entry["file"].get<std::string>()),
                         "is a date of the index", kNone);
    };
    for (const char* key : {"at", "from", "to"}) {
      const auto found = entry.find(key);
      if (found == entry.end()) continue;
      if (found->is_string()) {
        check(*found);
      } else {
        for (const Json& name : *found) check(name);
      }
    }
  }
}

}  // namespace

void verify_heads(TablesBack& tables) {
  verify_tables_heads(tables);
  verify_layer_heads(tables);
  verify_dates(tables);
}

}  // namespace marchland::cli
