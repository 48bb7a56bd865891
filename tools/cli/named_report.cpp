#include "tools/cli/named_report.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace marchland::cli {
namespace {

std::string actor_name(const Atlas& atlas, std::string_view id) {
  const auto actor =
      std::find_if(atlas.actors.begin(), atlas.actors.end(), [&](const Actor& a) { return a.id == id; });
  if (actor == atlas.actors.end() || actor->name.empty()) return std::string(id);
  const auto same = std::count_if(atlas.actors.begin(), atlas.actors.end(),
                                  [&](const Actor& a) { return a.name == actor->name; });
  return same == 1 ? actor->name : actor->name + " (" + actor->id + ")";
}

bool is_holder_column(const Column& column) {
  constexpr std::array<std::string_view, 7> kKeys{"actor",  "from",         "to",         "first",
                                                  "second", "first_holder", "last_holder"};
  return column.kind == Column::Kind::text &&
         std::find(kKeys.begin(), kKeys.end(), column.key) != kKeys.end();
}

void name_value(Json& value, const Atlas& atlas) {
  if (value.is_string()) {
    value = party_name(atlas, value.get<std::string>());
  } else if (value.is_object()) {
    Json named = Json::object();
    for (const auto& [id, figure] : value.items()) named[party_name(atlas, id)] = figure;
    value = std::move(named);
  }
}

}  // namespace

std::string party_name(const Atlas& atlas, const std::string& holder_id) {
  std::string out;
  for (std::size_t begin = 0; begin <= holder_id.size();) {
    const std::size_t end = std::min(holder_id.find('+', begin), holder_id.size());
    out += (out.empty() ? "" : " / ") +
           actor_name(atlas, std::string_view(holder_id).substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

Report with_names(Report report, const Atlas& atlas) {
  for (Table& table : report.tables) {
    for (const Column& column : table.columns) {
      if (!is_holder_column(column) && column.key != "days") continue;
      for (Json& row : table.rows) {
        if (row.contains(column.key)) name_value(row[column.key], atlas);
      }
    }
  }
  return report;
}

}  // namespace marchland::cli
