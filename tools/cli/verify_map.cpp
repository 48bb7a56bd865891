// The history in the page of the map: its ground measured anew, and every sum over it against the tables and
// the layers of the folder.
//
// The page has ground in pieces of one account each, with whose they are when. Sums over pieces are therefore
// areas at dates, what passed between two, areas in regions, and the ground of other themes, which no table
// has.
#include "tools/cli/verify_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace marchland::cli {
namespace {

/// A piece of ground.
struct Piece {
  double area = 0.0;                           ///< as it is told
  std::map<std::string, std::size_t> account;  ///< by theme
  std::size_t regions = 0;
  MultiPolygon polygons;
};

/// Who has the ground of one account, and since when; the first since ever.
using Spans = std::vector<std::pair<Instant, std::string>>;

const std::string& holder_at(const Spans& spans, Instant at) {
  const auto after = std::upper_bound(spans.begin(), spans.end(), at,
                                      [](Instant date, const auto& span) { return date < span.first; });
  static const std::string kUnknown;
  return after == spans.begin() ? kUnknown : std::prev(after)->second;
}

/// A sum of areas, and the terms it has.
struct Sum {
  double area = 0.0;
  std::size_t terms = 0;

  void add(double more) {
    area += more;
    ++terms;
  }
};

class MapChecks {
 public:
  explicit MapChecks(TablesBack& tables) : tables_(tables) {}

  void run() {
    for (const Json& entry : tables_.folder.index["files"]) {
      file_ = entry["file"];
      if (file_ != "map.html") continue;
      tables_.known.insert(file_);
      tables_.checks.attempt(file_, [&] {
        read();
        verify_heads();
        verify_declared();
        verify_ground();
        verify_figures();
        verify_changes();
        verify_regions();
        verify_history();
      });
      tables_.checks.leave_out("statements and their standing in map.html, its periods, its program",
                               "statements are not in the folder otherwise; their bytes were compared");
    }
  }

 private:
  // ---- Reading ----

  void read() {
    const std::string page = tables_.folder.bytes(file_);
    constexpr std::string_view kBegin = "<script type=\"application/json\" id=\"data\">";
    const std::size_t begin = page.find(kBegin);
    const std::size_t end = page.find("</script>", begin == std::string::npos ? 0 : begin);
    if (begin == std::string::npos || end == std::string::npos)
      throw InvalidArgument("has no element with id \"data\", in which the history is");
    data_ = Json::parse(page.substr(begin + kBegin.size(), end - begin - kBegin.size()));
    for (const Json& time : data_.at("times"))
      times_.push_back(time.is_null()
                           ? std::nullopt
                           : std::optional(Instant(std::chrono::seconds(time.get<std::int64_t>()))));
    for (const auto& [theme, told] : data_.at("themes").items()) read_theme(theme, told);
    read_pieces();
  }

  void read_theme(const std::string& theme, const Json& told) {
    std::vector<std::string> ids;
    for (const Json& holder : told.at("holders"))
      ids.push_back(holder.at("id").is_null() ? "" : holder["id"].get<std::string>());
    // Since when --actor and --group leave a holder, and since when not; always, where that is not told.
    std::vector<std::vector<std::pair<Instant, bool>>> shown;
    for (const Json& holder : told.at("holders")) {
      shown.emplace_back();
      const Json flat = holder.value("shown", Json::array());
      for (std::size_t i = 0; i + 1 < flat.size(); i += 2)
        shown.back().emplace_back(time(flat[i]), flat[i + 1].get<int>() != 0);
      if (shown.back().empty()) shown.back().emplace_back(Instant::min(), true);
    }
    std::vector<Spans>& accounts = themes_[theme];
    for (const Json& flat : told.at("grounds")) {
      Spans spans;
      for (std::size_t i = 0; i + 1 < flat.size(); i += 2) {
        const Instant since = time(flat[i]);
        const Instant until = i + 2 < flat.size() ? time(flat[i + 2]) : Instant::max();
        const auto holder = flat[i + 1].get<std::size_t>();
        const std::string& id = ids.at(holder);
        bool is_shown = false;
        for (const auto& [from, is] : shown[holder]) {
          if (from <= since) is_shown = is;
        }
        spans.emplace_back(since, is_shown ? id : "");
        for (const auto& [from, is] : shown[holder]) {
          if (since < from && from < until) spans.emplace_back(from, is ? id : "");
        }
      }
      accounts.push_back(std::move(spans));
    }
  }

  /// Of a number of a time; since ever where that is open.
  [[nodiscard]] Instant time(const Json& number) const {
    return times_.at(number.get<std::size_t>()).value_or(Instant::min());
  }

  void read_pieces() {
    const Json& topology = data_.at("topology");
    std::vector<Line> arcs;
    for (const Json& told : topology.at("arcs")) {
      Line line;
      std::int64_t x = 0;
      std::int64_t y = 0;
      for (const Json& step : told) {
        x += step.at(0).get<std::int64_t>();
        y += step.at(1).get<std::int64_t>();
        constexpr double kSteps = 1e7;  // of a degree
        line.push_back({static_cast<double>(x) / kSteps, static_cast<double>(y) / kSteps});
      }
      arcs.push_back(std::move(line));
    }
    for (const Json& told : topology.at("objects").at("ground").at("geometries")) {
      Piece piece;
      const Json& properties = told.at("properties");
      piece.area = properties.at("area_m2").get<double>();
      piece.regions = properties.at("regions").get<std::size_t>();
      for (const auto& [theme, accounts] : themes_) {
        piece.account[theme] = properties.at(theme).get<std::size_t>();
        static_cast<void>(accounts.at(piece.account[theme]));
      }
      for (const Json& polygon : told.at("arcs")) {
        piece.polygons.emplace_back();
        for (const Json& ring : polygon) piece.polygons.back().push_back(ring_of(arcs, ring));
      }
      pieces_.push_back(std::move(piece));
    }
  }

  /// Arcs end to end; of a negative number the other one, backwards.
  static Ring ring_of(const std::vector<Line>& arcs, const Json& numbers) {
    Ring ring;
    for (const Json& told : numbers) {
      const auto number = told.get<std::int64_t>();
      Line line = arcs.at(static_cast<std::size_t>(number < 0 ? -1 - number : number));
      if (number < 0) std::reverse(line.begin(), line.end());
      ring.insert(ring.end(), line.begin() + (ring.empty() ? 0 : 1), line.end());
    }
    return ring;
  }

  [[nodiscard]] const std::string& holder(const Piece& piece, const std::string& theme, Instant at) const {
    return holder_at(themes_.at(theme)[piece.account.at(theme)], at);
  }

  // ---- What it says of itself ----

  void text(const std::string& what, const std::string& expected, const std::string& found) {
    tables_.checks.text("map", file_, what, expected, found);
  }

  void verify_heads() {
    const auto said = [](const Json& document, const char* key) {
      const auto found = document.find(key);
      return found == document.end() || found->is_null() ? std::string()
             : found->is_string()                        ? found->get<std::string>()
                                                         : found->dump();
    };
    for (const char* key :
         {"atlas", "checksum", "method", "grid", "harmonise_m", "unit", "rule", "since", "until", "as_of",
          "public", "title", "disclaimer", "attribution", "utc_offset_minutes", "day_starts_minutes"})
      text(key, said(tables_.folder.index, key), said(data_, key));
    text("theme", tables_.folder.theme(), said(data_, "theme"));
  }

  /// Parties, sources and regions are those of the index, places those of the gazetteer.
  void verify_declared() {
    const Atlas& declared = tables_.folder.declared;
    const Json& actors = data_.at("actors");
    count("parties", declared.actors.size(), actors.size());
    for (std::size_t i = 0; i < std::min(declared.actors.size(), actors.size()); ++i) {
      const Actor& actor = declared.actors[i];
      const std::string what = fmt::format("party {}: ", i + 1);
      text(what + "id", actor.id, text_of(actors[i], "id"));
      text(what + "name", actor.name.empty() ? actor.id : actor.name, text_of(actors[i], "name"));
      text(what + "color", actor.color, text_of(actors[i], "color"));
    }
    for (const char* list : {"sources", "regions"}) {
      const Json& expected = tables_.folder.index[list];
      const Json& found = data_.at(list);
      count(list, expected.size(), found.size());
      for (std::size_t i = 0; i < std::min(expected.size(), found.size()); ++i) {
        for (const char* key :
             {"id", "title", "author", "licence", "url", "date", "note", "name", "code", "edition"})
          text(fmt::format("{} {}: {}", list, i + 1, key), text_of(expected[i], key), text_of(found[i], key));
      }
    }
    if (const auto places = tables_.places()) {
      const Json& found = data_.at("places");
      count("places", places->size(), found.size());
      for (std::size_t i = 0; i < std::min(places->size(), found.size()); ++i) {
        const auto& place = (*places)[i];
        text(fmt::format("place {}", i + 1), fmt::format("{} {} {}", place.name, place.at.lon, place.at.lat),
             fmt::format("{} {} {}", text_of(found[i], "name"), number_of(found[i], "lon"),
                         number_of(found[i], "lat")));
      }
    }
    for (const auto& [theme, told] : data_.at("themes").items()) {
      for (const Json& row : told.at("holders")) {
        std::string ids;
        for (const Json& actor : row.at("actors"))
          ids += (ids.empty() ? "" : "+") + text_of(actors.at(actor.get<std::size_t>()), "id");
        text(theme + ": parties of a holder", text_of(row, "id"), ids);
      }
    }
  }

  void count(const std::string& what, std::size_t expected, std::size_t found) {
    tables_.checks.number("map", file_, what, "", static_cast<double>(expected), static_cast<double>(found),
                          0.0);
  }

  // ---- Its ground ----

  /// The map's own rounding is told as that of layers is; no more of it than lines can have swept.
  void verify_ground() {
    if (!tables_.folder.measure) return;
    const double rounding = number_of(data_, "rounding_m2");
    double swept = 0.0;
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      const Piece& piece = pieces_[i];
      if (piece.polygons.empty()) {
        tables_.checks.number("map ground", file_, fmt::format("ground {} (vanished)", i), "m2", 0.0,
                              piece.area, rounding);
        continue;
      }
      const MeasuredArea measured = tables_.folder.measure->area(piece.polygons);
      swept += swept_by_rounding(tables_.folder, measured);
      tables_.checks.number("map ground", file_, fmt::format("ground {}", i), "m2", measured.area.value(),
                            piece.area, area_bound(measured, rounding));
    }
    tables_.checks.number("rounding stated", file_, "greatest change of one area", "m2", 0.0, rounding,
                          swept);
  }

  // ---- Sums over it ----

  /// Figures are written as in the table of the series: of each date, who has how much, with bands.
  void verify_figures() {
    for (const Json* entry :
         tables_.folder.entries({{"command", "timeline"}, {"every", "change"}}, ".json")) {
      const Json* series = tables_.document((*entry)["file"]);
      if (series == nullptr) continue;
      std::map<std::pair<Instant, std::string>, const Json*> expected;
      std::set<Instant> dates;
      for (const Json& row : rows_of(*series)) {
        const Instant at = tables_.folder.instant(text_of(row, "at"));
        dates.insert(at);
        expected[{at, text_of(row)}] = &row;
      }
      std::size_t found = 0;
      for (const Json& date : data_.at("figures")) {
        if (date.at("at").is_null()) {
          verify_first(date.at("rows"), dates);
          continue;
        }
        const Instant at(std::chrono::seconds(date.at("at").get<std::int64_t>()));
        for (const Json& figure : date.at("rows")) {
          ++found;
          const std::string who = figure.at(0).is_null() ? "" : figure[0].get<std::string>();
          const auto row = expected.find({at, who});
          const std::string what = fmt::format("{} at {}", shown(who), format_utc(at));
          if (row == expected.end()) {
            text(what, "has a row in the series", kNone);
            continue;
          }
          const char* const kKeys[] = {"area_m2", "low_m2", "high_m2", "date_low_m2", "date_high_m2"};
          for (std::size_t k = 0; k < std::size(kKeys); ++k) {
            const auto stated = row->second->find(kKeys[k]);
            const Json wanted = stated == row->second->end() ? Json(nullptr) : *stated;
            const Json has = k + 1 < figure.size() ? figure[k + 1] : Json(nullptr);
            text(fmt::format("{}: {}", what, kKeys[k]), wanted.dump(), has.dump());
          }
        }
      }
      count("figures of the series", expected.size(), found);
      if (has_partial_ground()) continue;
      for (const Instant at : dates) {
        const std::map<std::string, Sum> sums =
            areas_at(tables_.folder.theme(), at, [](const Piece&) { return true; });
        for (const auto& [key, row] : expected) {
          if (key.first == at)
            compare(fmt::format("{} at {}", shown(key.second), format_utc(at)), key.second, sums,
                    number_of(*row, "area_m2"));
        }
        // Whoever has no row has nothing that could be told.
        for (const auto& [who, sum] : sums) {
          if (!who.empty() && !expected.contains({at, who}))
            compare(fmt::format("{} at {} (no row)", who, format_utc(at)), who, sums, 0.0);
        }
      }
    }
  }

  /// Before all changes, of which no table speaks.
  void verify_first(const Json& figures, const std::set<Instant>& dates) {
    if (has_partial_ground() || dates.empty()) return;
    const std::map<std::string, Sum> sums = areas_at(
        tables_.folder.theme(), *dates.begin() - std::chrono::seconds(1), [](const Piece&) { return true; });
    for (const Json& figure : figures) {
      const std::string who = figure.at(0).is_null() ? "" : figure[0].get<std::string>();
      compare(fmt::format("{} before {}", shown(who), format_utc(*dates.begin())), who, sums,
              figure.at(1).get<double>());
    }
  }

  /// Of a group's ground there is what it had while its actors were in it.
  [[nodiscard]] bool has_partial_ground() const { return tables_.has_some_groups_only(); }

  template <class Test>
  [[nodiscard]] std::map<std::string, Sum> areas_at(const std::string& theme, Instant at,
                                                    const Test& is_meant) const {
    std::map<std::string, Sum> sums;
    for (const Piece& piece : pieces_) {
      if (is_meant(piece)) sums[holder(piece, theme, at)].add(piece.area);
    }
    return sums;
  }

  /// Unknown ground without an edge is in the map where other themes or dates speak of it, and in no table.
  void compare(const std::string& what, const std::string& who, const std::map<std::string, Sum>& sums,
               double stated) {
    if (who.empty() && (!tables_.is_bounded || tables_.folder.has_some_actors_only())) return;
    const auto found = sums.find(who);
    const Sum sum = found == sums.end() ? Sum{} : found->second;
    tables_.checks.number("map has the areas", file_, what, "m2", sum.area, stated,
                          sum_bound(sum.terms, sum.area));
  }

  void verify_changes() {
    if (tables_.folder.has_some_actors_only()) {
      tables_.checks.leave_out("what passed by map.html", "--actor and --group left parties out of it");
      return;
    }
    for (const Json* entry : tables_.folder.entries({{"command", "changes"}}, ".json")) {
      const Json* table = tables_.document((*entry)["file"]);
      const auto from = tables_.folder.dates.find(text_of(*entry, "from"));
      const auto to = tables_.folder.dates.find(text_of(*entry, "to"));
      if (table == nullptr || from == tables_.folder.dates.end() || to == tables_.folder.dates.end())
        continue;
      std::map<std::pair<std::string, std::string>, Sum> sums;
      for (const Piece& piece : pieces_)
        sums[{holder(piece, tables_.folder.theme(), from->second),
              holder(piece, tables_.folder.theme(), to->second)}]
            .add(piece.area);
      for (const Json& row : rows_of(*table, "transitions")) {
        const std::pair key(text_of(row, "from"), text_of(row, "to"));
        if (key.first.empty() && key.second.empty()) continue;
        const Sum sum = sums[key];
        tables_.checks.number(
            "map has the changes", file_,
            fmt::format("{} to {}, {} to {}", shown(key.first), shown(key.second), from->first, to->first),
            "m2", sum.area, number_of(row, "area_m2"), sum_bound(sum.terms, sum.area));
      }
    }
  }

  void verify_regions() {
    const Json& regions = data_.at("regions");
    for (const Json* entry : tables_.folder.entries({{"command", "areas"}, {"by", "region"}}, ".json")) {
      const Json* table = tables_.document((*entry)["file"]);
      if (table == nullptr || has_partial_ground()) continue;
      std::map<std::pair<std::string, std::string>, std::map<std::string, Sum>> sums;
      for (const Json& row : rows_of(*table)) {
        const std::string region = text_of(row, "region");
        const std::string at = text_of(row, "at");
        const auto [known, is_new] = sums.try_emplace({region, at});
        if (is_new) {
          const auto is_within = [&](const Piece& piece) {
            for (const Json& number : data_.at("region_sets").at(piece.regions)) {
              if (text_of(regions.at(number.get<std::size_t>()), "id") == region) return true;
            }
            return false;
          };
          known->second = areas_at(tables_.folder.theme(), tables_.folder.instant(at), is_within);
        }
        compare(fmt::format("{} in {} at {}", shown(text_of(row)), region, at), text_of(row), known->second,
                number_of(row, "area_m2"));
      }
    }
  }

  /// Every theme through time: a feature has the ground that its holder has in the map when it begins, and
  /// whoever has ground in the map has a feature.
  void verify_history() {
    if (has_partial_ground()) return;
    for (const Json* entry : tables_.folder.entries({{"command", "export"}, {"all", true}}, "")) {
      for (const LayerBack& layer : tables_.folder.layers) {
        if (layer.file == (*entry)["file"] && themes_.contains(layer.name)) verify_theme(layer);
      }
      for (const auto& [theme, accounts] : themes_) {
        if (tables_.folder.layer_of((*entry)["file"], theme) == nullptr && has_ground(theme))
          tables_.checks.text("map has the history", file_, "layer " + theme, "is in history.gpkg", kNone);
      }
    }
  }

  /// Dates at which ground of a theme changes hands; the first is the first instant there is.
  [[nodiscard]] std::set<Instant> dates_of(const std::string& theme) const {
    std::set<Instant> dates{Instant::min()};
    for (const Spans& spans : themes_.at(theme)) {
      for (const auto& [since, who] : spans) dates.insert(since);
    }
    return dates;
  }

  [[nodiscard]] bool has_ground(const std::string& theme) const {
    return std::any_of(pieces_.begin(), pieces_.end(), [&](const Piece& piece) {
      const Spans& spans = themes_.at(theme)[piece.account.at(theme)];
      return std::any_of(spans.begin(), spans.end(), [](const auto& span) { return !span.second.empty(); });
    });
  }

  /// At every date at which ground changes, each holder's feature has its ground; and features begin and end
  /// at such dates.
  void verify_theme(const LayerBack& layer) {
    const std::set<Instant> dates = dates_of(layer.name);
    std::map<std::string, std::vector<const LayerFeature*>> features;
    for (const LayerFeature& feature : layer.features) {
      features[feature.text("actor")].push_back(&feature);
      for (const char* end : {"from", "to"}) {
        const auto at = feature.instant(end);
        if (!at || dates.contains(*at)) continue;
        tables_.checks.text("map has the history", file_,
                            fmt::format("{} {}: {}", layer.name, shown(feature.text("actor")), end),
                            "a date at which ground changes", feature.text(end));
      }
    }
    const double vanished = stated_vanished(tables_.folder, layer.file);
    for (const Instant at : dates) {
      std::map<std::string, Sum> sums = areas_at(layer.name, at, [](const Piece&) { return true; });
      for (const auto& [who, its] : features) sums.try_emplace(who);
      for (const auto& [who, sum] : sums) {
        if (who.empty()) continue;
        const std::vector<const LayerFeature*>& its = features[who];
        const auto then = std::find_if(its.begin(), its.end(),
                                       [&](const LayerFeature* feature) { return feature->holds(at); });
        const std::string what =
            fmt::format("{} {} at {}", layer.name, who, at == Instant::min() ? "first" : format_utc(at));
        const bool is_there = then != its.end();
        const double stated = is_there ? (*then)->number("area_m2").value_or(std::nan("")) : 0.0;
        // Ground that vanished in rounding has no feature.
        tables_.checks.number("map has the history", file_, what, "m2", sum.area, stated,
                              sum_bound(sum.terms, sum.area) + (is_there ? 0.0 : vanished));
      }
    }
  }

  TablesBack& tables_;
  std::string file_;
  Json data_;
  std::vector<std::optional<Instant>> times_;
  std::map<std::string, std::vector<Spans>> themes_;
  std::vector<Piece> pieces_;
};

}  // namespace

void verify_map(TablesBack& tables) {
  MapChecks(tables).run();
}

}  // namespace marchland::cli
