#include <marchland/base/error.h>
#include <marchland/model/knowledge.h>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

namespace marchland {
namespace {

using ById = std::unordered_map<std::string_view, std::size_t>;

/// What was recorded since ever comes before every instant.
Instant recorded_since(const std::optional<Instant>& recorded) {
  return recorded.value_or(Interval().from());
}

std::string record_text(const Atlas& atlas, const Statement& statement) {
  return statement.recorded ? format_instant(*statement.recorded, atlas.days) : "no date of record";
}

[[noreturn]] void fail(const Statement& statement, const std::string& what) {
  throw InvalidData(fmt::format("{}: statement '{}': {}", statement.origin, statement.id, what));
}

template <class Use>
void for_each_corrected(const Statement& statement, Use use) {
  for (const std::string& id : statement.supersedes) use(id, std::string_view("supersedes"));
  for (const std::string& id : statement.retracts) use(id, std::string_view("retracts"));
}

/// All of them, those set aside as well, as they were read: by layer and file, then as written.
std::vector<Statement> take_all(Atlas& atlas) {
  std::vector<Statement> all = std::move(atlas.statements);
  atlas.statements.clear();
  if (atlas.set_aside.empty()) return all;
  all.insert(all.end(), std::make_move_iterator(atlas.set_aside.begin()),
             std::make_move_iterator(atlas.set_aside.end()));
  atlas.set_aside.clear();
  const auto file_of = [](const Statement& s) {
    return std::string_view(s.origin).substr(0, s.origin.find(": layer '"));
  };
  std::stable_sort(all.begin(), all.end(), [&](const Statement& a, const Statement& b) {
    if (a.layer != b.layer) return a.layer < b.layer;
    return file_of(a) < file_of(b);
  });
  return all;
}

void check_corrections(const Atlas& atlas, const std::vector<Statement>& all, const ById& by_id) {
  const bool has_all = atlas.window.is_all() && atlas.knowledge == Knowledge();
  for (const Statement& statement : all) {
    if (!statement.retracts.empty() && !statement.area.empty()) {
      fail(statement,
           "takes statements back (retracts) and has ground; to replace them write supersedes, to take them "
           "back leave the geometry empty");
    }
    for_each_corrected(statement, [&](const std::string& id, std::string_view verb) {
      if (id == statement.id) fail(statement, fmt::format("{} itself; name the statement it corrects", verb));
      const auto found = by_id.find(id);
      if (found == by_id.end()) {
        if (!has_all) return;
        std::vector<std::string> ids;
        for (const Statement& other : all) ids.push_back(other.id);
        const std::string near = nearest_name(id, ids);
        fail(statement, fmt::format("{} '{}', and the atlas has no such statement{}", verb, id,
                                    near.empty() ? "; ids are those that 'why' and 'export --all' print"
                                                 : fmt::format(" (did you mean '{}'?)", near)));
      }
      const Statement& other = all[found->second];
      if (recorded_since(statement.recorded) < recorded_since(other.recorded)) {
        fail(statement,
             fmt::format("{} '{}', which was recorded later ({}, this one: {}); a correction comes after "
                         "what it corrects",
                         verb, id, record_text(atlas, other), record_text(atlas, statement)));
      }
    });
  }
}

/// Corrections point to what is not later, so a circle is of statements recorded at one instant.
void check_circles(const std::vector<Statement>& all, const ById& by_id) {
  enum class Mark : std::uint8_t { none, on_path, done };
  std::vector<Mark> marks(all.size(), Mark::none);
  struct Step {
    std::size_t statement;
    std::size_t next;
  };
  for (std::size_t start = 0; start < all.size(); ++start) {
    if (marks[start] != Mark::none || all[start].supersedes.empty()) continue;
    std::vector<Step> path{{start, 0}};
    marks[start] = Mark::on_path;
    while (!path.empty()) {
      Step& step = path.back();
      const Statement& statement = all[step.statement];
      if (step.next == statement.supersedes.size()) {
        marks[step.statement] = Mark::done;
        path.pop_back();
        continue;
      }
      const auto found = by_id.find(statement.supersedes[step.next++]);
      if (found == by_id.end() || marks[found->second] == Mark::done) continue;
      if (marks[found->second] == Mark::on_path) {
        fail(statement, fmt::format("supersedes '{}', which supersedes it, directly or through others; one "
                                    "of them has to be the last word",
                                    all[found->second].id));
      }
      marks[found->second] = Mark::on_path;
      path.push_back({found->second, 0});
    }
  }
}

/// Of layers in which a later record of a date replaces the earlier: by layer and date, the last record.
using LastRecords = std::map<std::pair<LayerId, Instant>, Instant>;

LastRecords last_records(const Atlas& atlas, const std::vector<Statement>& all) {
  LastRecords last;
  const auto add = [&](LayerId layer, Instant date, const std::optional<Instant>& recorded) {
    const auto [known, is_new] = last.try_emplace({layer, date}, recorded_since(recorded));
    known->second = std::max(known->second, recorded_since(recorded));
  };
  for (const Statement& statement : all) {
    if (atlas[statement.layer].later_record_replaces && statement.retracts.empty())
      add(statement.layer, statement.validity.from(), statement.recorded);
  }
  for (std::size_t i = 0; i < atlas.layers.size(); ++i) {
    if (!atlas.layers[i].later_record_replaces) continue;
    for (const VoidDate& date : atlas.layers[i].void_dates) add(LayerId(i), date.date, date.recorded);
  }
  return last;
}

void divide(Atlas& atlas, std::vector<Statement> all) {
  std::unordered_set<std::string> corrected;
  for (const Statement& statement : all)
    for_each_corrected(statement, [&](const std::string& id, std::string_view) { corrected.insert(id); });
  const LastRecords last = last_records(atlas, all);
  const auto is_replaced = [&](const Statement& statement) {
    const auto found = last.find({statement.layer, statement.validity.from()});
    return found != last.end() && recorded_since(statement.recorded) < found->second;
  };
  for (Statement& statement : all) {
    const bool counts =
        statement.retracts.empty() && !corrected.contains(statement.id) && !is_replaced(statement);
    (counts ? atlas.statements : atlas.set_aside).push_back(std::move(statement));
  }
}

/// Those of `items` at the places of `kept`, which are in order.
template <class Item>
std::vector<Item> at_places(const std::vector<Item>& items, const std::vector<std::size_t>& kept) {
  std::vector<Item> out;
  for (const std::size_t i : kept) out.push_back(items[i]);
  return out;
}

/// Leaves out dates that nothing known states any more, and closes the states anew where that leaves any out.
void close_known_snapshots(Atlas& atlas, const std::map<LayerId, std::set<Instant>>& stated,
                           const std::map<LayerId, std::set<Instant>>& known) {
  for (const auto& [id, all_dates] : stated) {
    Layer& layer = atlas.layers[id.index()];
    const auto found = known.find(id);
    std::vector<std::size_t> kept;
    for (std::size_t i = 0; i < layer.dates.size(); ++i) {
      // A date that no statement was ever made of, as a day of an archive that is made in memory, is no news.
      const bool was_stated = all_dates.contains(layer.dates[i]);
      if (!was_stated || (found != known.end() && found->second.contains(layer.dates[i]))) kept.push_back(i);
    }
    if (kept.size() == layer.dates.size()) continue;
    std::vector<Instant> dates = at_places(layer.dates, kept);
    std::erase_if(layer.doubtful_dates, [&](const FuzzyInstant& date) {
      return !std::binary_search(dates.begin(), dates.end(), date.nominal);
    });
    if (layer.date_ends.empty()) {
      close_snapshots(atlas, id, std::move(dates));
    } else {
      const std::vector<Instant> ends = at_places(layer.date_ends, kept);
      std::map<Instant, Instant> date_ends;
      for (std::size_t i = 0; i < dates.size(); ++i) date_ends.emplace(dates[i], ends[i]);
      close_snapshots(atlas, id, date_ends);
    }
  }
}

/// Without internal sources and their layers; ids of what is left are numbered anew.
void remove_internal(Atlas& atlas) {
  std::vector<SourceId> source(atlas.sources.size());
  std::vector<Source> sources;
  for (std::size_t i = 0; i < atlas.sources.size(); ++i) {
    if (atlas.sources[i].visibility == Visibility::internal) continue;
    source[i] = SourceId(sources.size());
    sources.push_back(std::move(atlas.sources[i]));
  }
  if (sources.size() == source.size()) {
    atlas.sources = std::move(sources);
    return;
  }
  atlas.sources = std::move(sources);
  std::vector<LayerId> layer(atlas.layers.size());
  std::vector<Layer> layers;
  for (std::size_t i = 0; i < atlas.layers.size(); ++i) {
    const SourceId open = source[atlas.layers[i].source.index()];
    if (!open.is_valid()) continue;
    layer[i] = LayerId(layers.size());
    layers.push_back(std::move(atlas.layers[i]));
    layers.back().source = open;
  }
  atlas.layers = std::move(layers);
  for (auto* list : {&atlas.statements, &atlas.set_aside}) {
    for (Statement& statement : *list) {
      statement.layer = layer[statement.layer.index()];
      std::vector<SourceId> cites;
      for (const SourceId cited : statement.cites) {
        if (source[cited.index()].is_valid()) cites.push_back(source[cited.index()]);
      }
      statement.cites = std::move(cites);
    }
  }
}

/// What else might tell of statements that were left out.
void remove_traces(Atlas& atlas, const std::vector<Statement>& kept) {
  atlas.manifest.clear();
  atlas.findings.clear();
  std::erase_if(atlas.files, [&](const DataFileDigest& file) {
    return std::none_of(kept.begin(), kept.end(),
                        [&](const Statement& s) { return s.origin.starts_with(file.name); });
  });
}

}  // namespace

void settle_records(Atlas& atlas) {
  const bool is_plain = atlas.set_aside.empty() &&
                        std::none_of(atlas.layers.begin(), atlas.layers.end(),
                                     [](const Layer& layer) { return layer.later_record_replaces; }) &&
                        std::all_of(atlas.statements.begin(), atlas.statements.end(), [](const Statement& s) {
                          return s.supersedes.empty() && s.retracts.empty();
                        });
  if (is_plain) return;
  std::vector<Statement> all = take_all(atlas);
  ById by_id;
  for (std::size_t i = 0; i < all.size(); ++i) by_id.emplace(all[i].id, i);
  check_corrections(atlas, all, by_id);
  check_circles(all, by_id);
  divide(atlas, std::move(all));
}

Atlas as_known(Atlas atlas, const Knowledge& knowledge) {
  Knowledge known = atlas.knowledge;
  known.is_public = known.is_public || knowledge.is_public;
  if (knowledge.as_of) {
    if (known.as_of && *known.as_of < *knowledge.as_of) {
      throw InvalidArgument(fmt::format(
          "as of {}: this holds only what was recorded by {}; ask the atlas itself",
          format_instant(*knowledge.as_of, atlas.days), format_instant(*known.as_of, atlas.days)));
    }
    known.as_of = knowledge.as_of;
  }
  if (known == atlas.knowledge) return atlas;
  const auto is_recorded = [&](const std::optional<Instant>& recorded) {
    return !known.as_of || recorded_since(recorded) <= *known.as_of;
  };
  const auto is_open = [&](const Statement& statement) {
    return !known.is_public ||
           (statement.state == State::published && statement.visibility == Visibility::open &&
            atlas[atlas[statement.layer].source].visibility == Visibility::open);
  };
  std::vector<Statement> all = take_all(atlas);
  std::map<LayerId, std::set<Instant>> stated;
  std::map<LayerId, std::set<Instant>> known_dates;
  std::vector<Statement> kept;
  std::optional<Instant> first_record;
  for (Statement& statement : all) {
    const bool is_date = atlas[statement.layer].mode == LayerMode::snapshot && statement.retracts.empty();
    if (is_date) stated[statement.layer].insert(statement.validity.from());
    if (!is_open(statement)) continue;
    if (statement.recorded && (!first_record || *statement.recorded < *first_record))
      first_record = statement.recorded;
    if (!is_recorded(statement.recorded)) continue;
    if (is_date) known_dates[statement.layer].insert(statement.validity.from());
    kept.push_back(std::move(statement));
  }
  const bool is_part = kept.size() < all.size();
  for (std::size_t i = 0; i < atlas.layers.size(); ++i) {
    Layer& layer = atlas.layers[i];
    for (const VoidDate& date : layer.void_dates) {
      stated[LayerId(i)].insert(date.date);
      if (is_recorded(date.recorded)) known_dates[LayerId(i)].insert(date.date);
    }
    std::erase_if(layer.void_dates, [&](const VoidDate& date) { return !is_recorded(date.recorded); });
  }
  const bool has_internal_source =
      std::any_of(atlas.sources.begin(), atlas.sources.end(),
                  [](const Source& source) { return source.visibility == Visibility::internal; });
  if (known.is_public && (is_part || has_internal_source)) {
    std::unordered_set<std::string> ids;
    for (const Statement& statement : kept) ids.insert(statement.id);
    const auto is_hidden = [&](const std::string& id) { return !ids.contains(id); };
    // What takes back only what was never shown is nothing to tell of.
    std::erase_if(kept, [&](const Statement& s) {
      return !s.retracts.empty() && std::all_of(s.retracts.begin(), s.retracts.end(), is_hidden);
    });
    for (Statement& statement : kept) {
      std::erase_if(statement.supersedes, is_hidden);
      std::erase_if(statement.retracts, is_hidden);
      // Its number in the file would tell that others come before it.
      statement.origin = statement.origin.substr(0, statement.origin.find(": layer '"));
    }
    remove_traces(atlas, kept);
  }
  divide(atlas, std::move(kept));
  close_known_snapshots(atlas, stated, known_dates);
  if (known.is_public) remove_internal(atlas);
  if (atlas.statements.empty()) {
    std::string text = known.is_public ? "nothing of this atlas is for the public: statements count that are "
                                         "published, and neither they nor their source internal"
                                       : "nothing was recorded";
    if (known.as_of) {
      text += fmt::format("{} by {}", known.is_public ? "; recorded" : "",
                          format_instant(*known.as_of, atlas.days));
      if (first_record)
        text += fmt::format("; the first record is of {}", format_instant(*first_record, atlas.days));
    }
    throw InvalidArgument(text);
  }
  atlas.knowledge = known;
  return atlas;
}

std::optional<SettingAside> find_setting_aside(const Atlas& atlas, const Statement& statement) {
  std::optional<SettingAside> found;
  const auto consider = [&](SettingAside other) {
    if (!found || recorded_since(other.recorded) < recorded_since(found->recorded)) found = std::move(other);
  };
  const auto names = [&](const std::vector<std::string>& ids) {
    return std::find(ids.begin(), ids.end(), statement.id) != ids.end();
  };
  for (const auto* list : {&atlas.statements, &atlas.set_aside}) {
    for (const Statement& other : *list) {
      const bool is_retracted = names(other.retracts);
      if (is_retracted || names(other.supersedes))
        consider({is_retracted, other.id, other.recorded, other.author, other.note});
    }
  }
  const Layer& layer = atlas[statement.layer];
  if (!layer.later_record_replaces || !statement.retracts.empty()) return found;
  const auto replaced_at = [&](Instant date, const std::optional<Instant>& recorded) {
    if (date == statement.validity.from() && recorded_since(recorded) > recorded_since(statement.recorded))
      consider({false, "", recorded, "", ""});
  };
  for (const auto* list : {&atlas.statements, &atlas.set_aside}) {
    for (const Statement& other : *list) {
      if (other.layer == statement.layer && other.retracts.empty())
        replaced_at(other.validity.from(), other.recorded);
    }
  }
  for (const VoidDate& date : layer.void_dates) replaced_at(date.date, date.recorded);
  return found;
}

std::vector<Instant> record_instants(const Atlas& atlas) {
  std::set<Instant> instants;
  for (const auto* list : {&atlas.statements, &atlas.set_aside}) {
    for (const Statement& statement : *list) {
      if (statement.recorded) instants.insert(*statement.recorded);
    }
  }
  for (const Layer& layer : atlas.layers) {
    for (const VoidDate& date : layer.void_dates) {
      if (date.recorded) instants.insert(*date.recorded);
    }
  }
  return {instants.begin(), instants.end()};
}

Instant resolve_record_date(const Atlas& atlas, std::string_view text) {
  if (text != "latest" && text != "previous") return resolve_date(atlas, text);
  const std::vector<Instant> instants = record_instants(atlas);
  const std::size_t back = text == "latest" ? 1 : 2;
  if (instants.size() < back) {
    throw InvalidArgument(fmt::format(
        "'{}': statements of the atlas were recorded at {} instant(s); the key 'recorded' of a layer "
        "says when",
        text, instants.size()));
  }
  return instants[instants.size() - back];
}

}  // namespace marchland
