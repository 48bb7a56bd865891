#include <marchland/base/error.h>
#include <marchland/io/detail/atlas_json.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace marchland::detail {
namespace {

using Json = nlohmann::ordered_json;

std::int64_t seconds(Instant instant) {
  return instant.time_since_epoch().count();
}
Instant instant(std::int64_t seconds) {
  return Instant(std::chrono::seconds(seconds));
}

Json of_interval(const Interval& when) {
  return {{"from", when.has_from() ? Json(seconds(when.from())) : Json()},
          {"to", when.has_to() ? Json(seconds(when.to())) : Json()}};
}
Interval to_interval(const Json& json) {
  return {json.at("from").is_null() ? Interval().from() : instant(json.at("from").get<std::int64_t>()),
          json.at("to").is_null() ? Interval().to() : instant(json.at("to").get<std::int64_t>())};
}

Json of_rings(const RingConvention& rings) {
  return {{"is_literal", rings.is_literal}, {"pole_side", static_cast<int>(rings.pole_side)}};
}
RingConvention to_rings(const Json& json) {
  return {json.at("is_literal").get<bool>(), static_cast<PoleSide>(json.at("pole_side").get<int>())};
}

Json of_finding(const Finding& finding) {
  Json json{{"code", finding.code},
            {"severity", to_string(finding.severity)},
            {"statement", finding.statement},
            {"at", finding.at},
            {"text", finding.text}};
  if (finding.location) {
    json["lon"] = finding.location->lon.value();
    json["lat"] = finding.location->lat.value();
  }
  return json;
}
Finding to_finding(const Json& json) {
  Finding finding{json.at("code"), Severity::error, json.at("statement"),
                  json.at("at"),   std::nullopt,    json.at("text")};
  for (const Severity severity : {Severity::info, Severity::warning}) {
    if (json.at("severity") == to_string(severity)) finding.severity = severity;
  }
  if (json.contains("lon"))
    finding.location = GeoLocation{Lon(json.at("lon").get<double>()), Lat(json.at("lat").get<double>())};
  return finding;
}

/// Bytes that are no UTF-8 become U+FFFD: names of files may have such.
std::string one_line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

template <class Items, class Write>
Json list_of(const Items& items, Write write) {
  Json list = Json::array();
  for (const auto& item : items) list.push_back(write(item));
  return list;
}

template <class Item, class Read>
std::vector<Item> read_list(const Json& json, Read read) {
  std::vector<Item> items;
  for (const Json& item : json) items.push_back(read(item));
  return items;
}

template <class Enum>
Enum to_enum(const Json& json) {
  const auto value = parse_enum<Enum>(json.get<std::string>());
  if (!value) throw InvalidData(fmt::format("'{}' is not among the words known", json.get<std::string>()));
  return *value;
}

Instant to_instant(const Json& seconds_since) {
  return instant(seconds_since.get<std::int64_t>());
}

std::optional<Instant> to_optional_instant(const Json& json) {
  return json.is_null() ? std::nullopt : std::optional(to_instant(json));
}
Json of_optional(const std::optional<Instant>& at) {
  return at ? Json(seconds(*at)) : Json();
}

Atlas read(const Json& json) {
  Atlas atlas;
  atlas.id = json.at("id");
  atlas.title = json.at("title");
  atlas.disclaimer = json.at("disclaimer");
  atlas.attribution = json.at("attribution");
  atlas.checksum = json.at("checksum");
  atlas.manifest = json.at("manifest");
  atlas.files = read_list<DataFileDigest>(
      json.at("files"), [](const Json& file) { return DataFileDigest{file.at("name"), file.at("sha256")}; });
  atlas.days.utc_offset = std::chrono::minutes(json.at("utc_offset_minutes").get<int>());
  atlas.days.day_starts = std::chrono::minutes(json.at("day_starts_minutes").get<int>());
  atlas.harmonise = Meters(json.at("harmonise_m").get<double>());
  atlas.window.when = to_interval(json.at("window"));
  atlas.knowledge = {to_optional_instant(json.at("as_of")), json.at("is_public").get<bool>()};
  atlas.rule = to_enum<SourceRule>(json.at("rule"));
  if (!json.at("study_area").is_null()) {
    atlas.study_area.emplace();
    atlas.study_area_rings = to_rings(json.at("study_area"));
  }
  atlas.actors = read_list<Actor>(json.at("actors"), [](const Json& actor) {
    return Actor{actor.at("id"), actor.at("name"),
                 actor.at("names").get<std::map<std::string, std::string>>(), actor.at("color"),
                 read_list<GroupMembership>(actor.at("groups"), [](const Json& group) {
                   return GroupMembership{group.at("id"), to_interval(group)};
                 })};
  });
  atlas.sources = read_list<Source>(json.at("sources"), [](const Json& source) {
    return Source{source.at("id"),
                  source.at("title"),
                  source.at("author"),
                  source.at("licence"),
                  source.at("url"),
                  source.at("date"),
                  source.at("note"),
                  source.at("sigma_m").is_null() ? std::nullopt
                                                 : std::optional(Meters(source.at("sigma_m").get<double>())),
                  Meters(source.at("correlation_m").get<double>()),
                  Meters(source.at("bias_m").get<double>()),
                  source.at("priority").get<int>(),
                  to_enum<Visibility>(source.at("visibility"))};
  });
  atlas.periods = read_list<Period>(json.at("periods"), [](const Json& period) {
    return Period{period.at("id"), period.at("title"), to_interval(period),
                  period.at("is_instant").get<bool>()};
  });
  atlas.regions = read_list<Region>(json.at("regions"), [](const Json& region) {
    return Region{region.at("id"), region.at("name"), region.at("code"), region.at("edition"), {},
                  to_rings(region)};
  });
  atlas.places = read_list<Place>(json.at("places"), [](const Json& place) {
    return Place{place.at("name"), place.at("other_names").get<std::vector<std::string>>(),
                 Lon(place.at("lon").get<double>()), Lat(place.at("lat").get<double>())};
  });
  atlas.layers = read_list<Layer>(json.at("layers"), [](const Json& layer) {
    return Layer{layer.at("id"),
                 SourceId(layer.at("source").get<std::size_t>()),
                 to_enum<Theme>(layer.at("theme")),
                 to_enum<LayerMode>(layer.at("mode")),
                 to_rings(layer),
                 read_list<Instant>(layer.at("dates"), to_instant),
                 read_list<Instant>(layer.at("date_ends"), to_instant),
                 read_list<FuzzyInstant>(layer.at("doubtful_dates"),
                                         [](const Json& date) {
                                           return FuzzyInstant{to_instant(date.at("date")),
                                                               to_interval(date).from(),
                                                               to_interval(date).to()};
                                         }),
                 read_list<VoidDate>(layer.at("void_dates"),
                                     [](const Json& date) {
                                       return VoidDate{to_instant(date.at("date")),
                                                       to_optional_instant(date.at("recorded"))};
                                     }),
                 layer.at("later_record_replaces").get<bool>()};
  });
  atlas.findings = read_list<Finding>(json.at("findings"), to_finding);
  return atlas;
}

template <class Read>
auto read_document(std::string_view text, const std::filesystem::path& shown_as, Read read_it) {
  try {
    return read_it(Json::parse(text));
  } catch (const nlohmann::json::exception& error) {
    throw InvalidData(fmt::format("{}: table marchland_meta: {}; the file is damaged: build it anew",
                                  shown_as.string(), error.what()));
  } catch (Error& error) {
    error.add_context(fmt::format("{}: table marchland_meta", shown_as.string()));
    throw;
  }
}

}  // namespace

std::string declarations_to_json(const Atlas& atlas) {
  Json json;
  json["id"] = atlas.id;
  json["title"] = atlas.title;
  json["disclaimer"] = atlas.disclaimer;
  json["attribution"] = atlas.attribution;
  json["checksum"] = atlas.checksum;
  json["manifest"] = atlas.manifest;
  json["files"] = list_of(atlas.files, [](const DataFileDigest& file) {
    return Json{{"name", file.name}, {"sha256", file.sha256}};
  });
  json["utc_offset_minutes"] = atlas.days.utc_offset.count();
  json["day_starts_minutes"] = atlas.days.day_starts.count();
  json["harmonise_m"] = atlas.harmonise.value();
  json["window"] = of_interval(atlas.window.when);
  json["as_of"] = of_optional(atlas.knowledge.as_of);
  json["is_public"] = atlas.knowledge.is_public;
  json["rule"] = to_string(atlas.rule);
  json["study_area"] = atlas.study_area ? of_rings(atlas.study_area_rings) : Json();
  json["actors"] = list_of(atlas.actors, [](const Actor& actor) {
    return Json{{"id", actor.id},
                {"name", actor.name},
                {"names", actor.names},
                {"color", actor.color},
                {"groups", list_of(actor.groups, [](const GroupMembership& membership) {
                   Json group{{"id", membership.group}};
                   group.update(of_interval(membership.when));
                   return group;
                 })}};
  });
  json["sources"] = list_of(atlas.sources, [](const Source& source) {
    return Json{{"id", source.id},
                {"title", source.title},
                {"author", source.author},
                {"licence", source.licence},
                {"url", source.url},
                {"date", source.date},
                {"note", source.note},
                {"sigma_m", source.sigma ? Json(source.sigma->value()) : Json()},
                {"correlation_m", source.correlation.value()},
                {"bias_m", source.bias.value()},
                {"priority", source.priority},
                {"visibility", to_string(source.visibility)}};
  });
  json["periods"] = list_of(atlas.periods, [](const Period& period) {
    Json out{{"id", period.id}, {"title", period.title}, {"is_instant", period.is_instant}};
    out.update(of_interval(period.when));
    return out;
  });
  json["regions"] = list_of(atlas.regions, [](const Region& region) {
    Json out{{"id", region.id}, {"name", region.name}, {"code", region.code}, {"edition", region.edition}};
    out.update(of_rings(region.rings));
    return out;
  });
  json["places"] = list_of(atlas.places, [](const Place& place) {
    return Json{{"name", place.name},
                {"other_names", place.other_names},
                {"lon", place.lon.value()},
                {"lat", place.lat.value()}};
  });
  json["layers"] = list_of(atlas.layers, [](const Layer& layer) {
    Json out{{"id", layer.id},
             {"source", layer.source.index()},
             {"theme", to_string(layer.theme)},
             {"mode", to_string(layer.mode)},
             {"dates", list_of(layer.dates, seconds)},
             {"date_ends", list_of(layer.date_ends, seconds)},
             {"doubtful_dates", list_of(layer.doubtful_dates,
                                        [](const FuzzyInstant& date) {
                                          Json range = of_interval({date.earliest, date.latest});
                                          range["date"] = seconds(date.nominal);
                                          return range;
                                        })},
             {"void_dates", list_of(layer.void_dates,
                                    [](const VoidDate& date) {
                                      return Json{{"date", seconds(date.date)},
                                                  {"recorded", of_optional(date.recorded)}};
                                    })},
             {"later_record_replaces", layer.later_record_replaces}};
    out.update(of_rings(layer.rings));
    return out;
  });
  json["findings"] = list_of(atlas.findings, of_finding);
  return one_line(json);
}

Atlas declarations_from_json(std::string_view text, const std::filesystem::path& shown_as) {
  return read_document(text, shown_as, read);
}

std::string findings_to_json(const Findings& findings) {
  return one_line(list_of(findings, of_finding));
}

Findings findings_from_json(std::string_view text, const std::filesystem::path& shown_as) {
  return read_document(text, shown_as, [](const Json& json) { return read_list<Finding>(json, to_finding); });
}

}  // namespace marchland::detail
