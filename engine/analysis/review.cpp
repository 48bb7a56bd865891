#include <marchland/analysis/joined_atlases.h>
#include <marchland/analysis/review.h>
#include <marchland/composite/quantise.h>
#include <marchland/model/knowledge.h>

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <unordered_map>

namespace marchland {
namespace {

/// Grid positions of a ring, turned so that it begins with the least; both directions keep their own.
std::vector<GridPoint> canonical(const Ring& ring) {
  std::vector<GridPoint> points;
  points.reserve(ring.size());
  for (const Position& p : ring) {
    // A turn of 360 degrees is the same place.
    constexpr std::int64_t kTurn = 2 * std::int64_t{kGridMaxLon};
    const std::int64_t x = to_grid(p.lon);
    const std::int64_t turns = x > kGridMaxLon ? 1 : x < -kGridMaxLon ? -1 : 0;
    points.push_back(
        {static_cast<std::int32_t>(x - turns * kTurn), static_cast<std::int32_t>(to_grid(p.lat))});
  }
  if (points.size() > 1 && points.front() == points.back()) points.pop_back();
  // The least rotation: among those that begin with the least point.
  std::size_t best = 0;
  const auto is_less = [&](std::size_t a, std::size_t b) {
    for (std::size_t k = 0; k < points.size(); ++k) {
      const GridPoint& p = points[(a + k) % points.size()];
      const GridPoint& q = points[(b + k) % points.size()];
      if (p != q) return p < q;
    }
    return false;
  };
  for (std::size_t i = 1; i < points.size(); ++i) {
    if (points[i] <= points[best] && is_less(i, best)) best = i;
  }
  std::rotate(points.begin(), points.begin() + static_cast<std::ptrdiff_t>(best), points.end());
  return points;
}

bool same_area(const SharedArea& a, const SharedArea& b) {
  if (a == b) return true;
  if (a.size() != b.size()) return false;
  for (std::size_t p = 0; p < a.size(); ++p) {
    if (a[p].size() != b[p].size()) return false;
    for (std::size_t r = 0; r < a[p].size(); ++r) {
      if (canonical(a[p][r].positions()) != canonical(b[p][r].positions())) return false;
    }
  }
  return true;
}

/// "a", "a+b" by Holders::id, over actors of the joint atlas.
using HolderName = std::string;
/// How an area changes from epoch to epoch.
using Steps = std::map<std::size_t, AreaUnits>;

void add(Steps& steps, std::size_t from, std::size_t to, AreaUnits value) {
  steps[from] += value;
  steps[to] -= value;
}

/// Calls use(from, to) for the stretches of epochs between places where `breaks` is true; both ends of it
/// are.
template <class Use>
void for_each_stretch(const std::vector<bool>& breaks, Use use) {
  for (std::size_t from = 0; from + 1 < breaks.size();) {
    std::size_t to = from + 1;
    while (!breaks[to]) ++to;
    use(from, to);
    from = to;
  }
}

void mark(const Steps& steps, std::vector<bool>& breaks) {
  for (const auto& [epoch, change] : steps) {
    if (change != 0) breaks[epoch] = true;
  }
}

/// Adds what changes at the epoch.
void advance(AreaUnits& value, const Steps& steps, std::size_t epoch) {
  const auto found = steps.find(epoch);
  if (found != steps.end()) value += found->second;
}

/// Who holds the ground of a coverage by either account, stretch by stretch: use(from, to, before, after).
template <class Use>
void for_each_pair(const Holders& before, const Holders& after, CoverageIndex coverage, std::size_t epochs,
                   Use use) {
  const auto old = before.timeline(coverage);
  const auto now = after.timeline(coverage);
  std::size_t i = 0;
  std::size_t j = 0;
  for (std::size_t from = 0; from < epochs;) {
    const std::size_t old_end = i + 1 < old.size() ? old[i + 1].since : epochs;
    const std::size_t now_end = j + 1 < now.size() ? now[j + 1].since : epochs;
    const std::size_t to = std::min(old_end, now_end);
    use(from, to, old[i].holder, now[j].holder);
    if (old_end == to) ++i;
    if (now_end == to) ++j;
    from = to;
  }
}

}  // namespace

std::string_view to_string(StatementChange::Kind kind) {
  switch (kind) {
    case StatementChange::Kind::added:
      return "added";
    case StatementChange::Kind::removed:
      return "removed";
    case StatementChange::Kind::closed:
      return "closed";
    case StatementChange::Kind::changed:
      return "changed";
    case StatementChange::Kind::superseded:
      return "superseded";
    case StatementChange::Kind::retracted:
      return "retracted";
  }
  return "changed";
}

namespace {

/// Empty for none.
std::vector<std::string_view> source_ids(const Atlas& atlas, const std::vector<SourceId>& sources) {
  std::vector<std::string_view> ids;
  for (const SourceId source : sources) ids.emplace_back(atlas[source].id);
  return ids;
}

std::string_view actor_id(const Atlas& atlas, ActorId actor) {
  return actor.is_valid() ? std::string_view(atlas[actor].id) : std::string_view();
}

}  // namespace

std::vector<StatementChange> compare_statements(const Atlas& before, const Atlas& after) {
  struct Known {
    const Statement* statement;
    bool counts;
  };
  std::unordered_map<std::string_view, Known> known;
  for (const Statement& s : before.statements) known.emplace(s.id, Known{&s, true});
  for (const Statement& s : before.set_aside) known.emplace(s.id, Known{&s, false});
  std::vector<StatementChange> changes;
  const auto compare = [&](const Statement& s, bool counts) {
    const std::string& layer = after[s.layer].id;
    const auto found = known.find(s.id);
    if (found == known.end()) {
      changes.push_back({StatementChange::Kind::added, s.id, layer, {}, ""});
      return;
    }
    const Statement& old = *found->second.statement;
    const bool counted = found->second.counts;
    known.erase(found);
    if (counted && !counts) {
      const auto why = find_setting_aside(after, s);
      const bool is_retracted = why && why->is_retracted;
      changes.push_back({is_retracted ? StatementChange::Kind::retracted : StatementChange::Kind::superseded,
                         s.id,
                         layer,
                         {},
                         why ? why->by : ""});
      return;
    }
    StatementChange change{StatementChange::Kind::changed, s.id, layer, {}, ""};
    const auto note = [&](bool differs, const char* what) {
      if (differs) change.what.emplace_back(what);
    };
    note(before[old.layer].id != layer || before[old.layer].rings != after[s.layer].rings, "layer");
    note(actor_id(before, old.actor) != actor_id(after, s.actor), "actor");
    note(old.validity != s.validity, "validity");
    note(old.seq != s.seq, "seq");
    note(actor_id(before, old.taken_from) != actor_id(after, s.taken_from), "taken_from");
    note(old.basis != s.basis, "basis");
    note(old.certainty != s.certainty, "certainty");
    note(old.note != s.note, "note");
    note(!same_area(old.area, s.area), "area");
    note(old.doubt != s.doubt, "doubt");
    note(old.accuracy != s.accuracy, "accuracy");
    note(source_ids(before, old.cites) != source_ids(after, s.cites), "cites");
    note(std::tie(old.recorded, old.author, old.supersedes, old.retracts) !=
             std::tie(s.recorded, s.author, s.supersedes, s.retracts),
         "record");
    note(old.state != s.state, "state");
    note(old.visibility != s.visibility, "visibility");
    // What was set aside and counts again: the record of who set it aside is gone.
    note(counts != counted, "standing");
    if (change.what.empty()) return;
    const bool is_of_ends = std::all_of(change.what.begin(), change.what.end(), [](const std::string& what) {
      return what == "validity" || what == "doubt";
    });
    const bool is_closed = after[s.layer].mode == LayerMode::snapshot && is_of_ends &&
                           old.validity != s.validity && old.from() == s.from() && !old.validity.has_to();
    if (is_closed) change.kind = StatementChange::Kind::closed;
    changes.push_back(std::move(change));
  };
  for (const Statement& s : after.statements) compare(s, true);
  for (const Statement& s : after.set_aside) compare(s, false);
  const auto order_of = [&](const std::string& layer) {
    return std::find_if(after.layers.begin(), after.layers.end(),
                        [&](const Layer& l) { return l.id == layer; }) -
           after.layers.begin();
  };
  std::stable_sort(changes.begin(), changes.end(), [&](const StatementChange& a, const StatementChange& b) {
    return order_of(a.layer) < order_of(b.layer);
  });
  for (const auto* list : {&before.statements, &before.set_aside}) {
    for (const Statement& s : *list) {
      if (known.contains(s.id))
        changes.push_back({StatementChange::Kind::removed, s.id, before[s.layer].id, {}, ""});
    }
  }
  return changes;
}

std::vector<std::string> compare_declarations(const Atlas& before, const Atlas& after) {
  std::vector<std::string> names;
  const auto note = [&](bool differs, const char* what) {
    if (differs) names.emplace_back(what);
  };
  const auto layers_of = [](const Atlas& atlas) {
    std::vector<std::pair<Layer, std::string>> layers;
    for (Layer layer : atlas.layers) {
      const std::string source = atlas[layer.source].id;
      layer.dates.clear();
      layer.date_ends.clear();
      layer.doubtful_dates.clear();
      layer.void_dates.clear();
      layer.source = {};
      layers.emplace_back(std::move(layer), source);
    }
    return layers;
  };
  const auto regions_differ = [&] {
    if (before.regions.size() != after.regions.size()) return true;
    for (std::size_t i = 0; i < after.regions.size(); ++i) {
      Region a = before.regions[i];
      Region b = after.regions[i];
      if (!same_area(a.area, b.area)) return true;
      a.area = SharedArea();
      b.area = SharedArea();
      if (a != b) return true;
    }
    return false;
  };
  note(before.id != after.id || before.title != after.title, "title");
  note(before.actors != after.actors, "actors");
  note(before.sources != after.sources, "sources");
  note(before.periods != after.periods, "periods");
  note(regions_differ(), "regions");
  note(before.places != after.places, "places");
  note(layers_of(before) != layers_of(after), "layers");
  note(before.study_area.has_value() != after.study_area.has_value() ||
           before.study_area_rings != after.study_area_rings ||
           (after.study_area && !same_area(*before.study_area, *after.study_area)),
       "study_area");
  note(before.rule != after.rule, "rule");
  note(before.harmonise != after.harmonise, "harmonise_m");
  note(before.days != after.days, "days");
  note(before.disclaimer != after.disclaimer || before.attribution != after.attribution, "notices");
  return names;
}

Findings findings_beyond(const Findings& these, const Findings& those) {
  const auto key = [](const Finding& f) { return std::tuple(f.code, f.statement, f.at, f.text); };
  std::map<std::tuple<std::string, std::string, std::string, std::string>, int> known;
  for (const Finding& f : those) ++known[key(f)];
  Findings out;
  for (const Finding& f : these) {
    if (--known[key(f)] < 0) out.push_back(f);
  }
  return out;
}

Review::Review(Atlas before, Atlas after, const BuildOptions& options)
    : rule_before_(before.rule), rule_after_(after.rule) {
  window_ = before.window.when.intersection(after.window.when);
  for (const Statement& s : before.statements) {
    for (const Instant at : {s.validity.from(), s.validity.to()}) {
      const bool is_open = at == Interval().from() || at == Interval().to();
      if (is_open || at >= window_.to() || (published_until_ && at < *published_until_)) continue;
      if (!published_until_ || at > *published_until_) is_last_stated_ = false;
      published_until_ = at;
      is_last_stated_ = is_last_stated_ || at == s.validity.from();
    }
  }
  JoinedAtlases both = join_atlases(std::move(before), std::move(after));
  sources_before_ = std::move(both.sources_before);
  sources_after_ = std::move(both.sources_after);
  composite_ = build_composite(std::move(both.atlas), options);
}

Holders Review::holders(Theme theme, bool of_after) const {
  HolderOptions options;
  options.theme = theme;
  options.rule = of_after ? rule_after_ : rule_before_;
  options.sources = of_after ? sources_after_ : sources_before_;
  return {composite_, options};
}

Review::Differences Review::differences(const FaceAreas& measured, Theme theme, const Scope& scope) const {
  const Holders before = holders(theme, false);
  const Holders after = holders(theme, true);
  const LabelGroup group = group_of(theme);
  const TimeAxis& times = composite_.times();
  const std::size_t epochs = times.epoch_count();
  const bool bounded = is_bounded(composite_, scope);
  const std::vector<bool> inside = faces_in_scope(composite_, scope);
  std::vector<AreaUnits> area(composite_.coverage_count(group), 0);
  for (FaceIndex f = 1; f < inside.size(); ++f) {
    if (inside[f]) area[composite_.coverage(f, group)] += measured[f];
  }

  std::vector<HolderName> old_name(before.size());
  std::vector<HolderName> new_name(after.size());
  for (HolderIndex h = 0; h < before.size(); ++h) old_name[h] = before.id(h);
  for (HolderIndex h = 0; h < after.size(); ++h) new_name[h] = after.id(h);
  std::map<std::pair<HolderName, HolderName>, Steps> pairs;
  for (CoverageIndex c = 0; c < area.size(); ++c) {
    if (area[c] == 0) continue;
    for_each_pair(before, after, c, epochs, [&](auto from, auto to, HolderIndex old, HolderIndex now) {
      if (old_name[old] != new_name[now]) add(pairs[{old_name[old], new_name[now]}], from, to, area[c]);
    });
  }
  std::map<HolderName, std::array<Steps, 2>> figures;
  for (const auto& [pair, steps] : pairs) {
    if (bounded || !pair.first.empty()) figures[pair.first];
    if (bounded || !pair.second.empty()) figures[pair.second];
  }
  for (CoverageIndex c = 0; c < area.size() && !figures.empty(); ++c) {
    if (area[c] == 0) continue;
    for_each_pair(before, after, c, epochs, [&](auto from, auto to, HolderIndex old, HolderIndex now) {
      const auto was = figures.find(old_name[old]);
      const auto is = figures.find(new_name[now]);
      if (was != figures.end()) add(was->second[0], from, to, area[c]);
      if (is != figures.end()) add(is->second[1], from, to, area[c]);
    });
  }

  Differences out;
  const std::size_t published = published_until_ ? times.epoch_of(*published_until_) : 0;
  std::vector<bool> ends(epochs + 1, false);
  ends.front() = ends.back() = ends[published] = true;
  std::vector<bool> breaks = ends;
  for (const auto& [pair, steps] : pairs) mark(steps, breaks);
  const auto interval = [&](std::size_t from, std::size_t to) {
    return Interval(times[static_cast<TimeIndex>(from)], times[static_cast<TimeIndex>(to)])
        .intersection(window_);
  };
  std::map<std::pair<HolderName, HolderName>, AreaUnits> pair_now;
  for_each_stretch(breaks, [&](std::size_t from, std::size_t to) {
    for (const auto& [pair, steps] : pairs) {
      AreaUnits& value = pair_now[pair];
      advance(value, steps, from);
      const Interval when = interval(from, to);
      if (value != 0 && !when.is_empty()) out.revisions.push_back({when, pair.first, pair.second, value});
    }
  });
  breaks = ends;
  for (const auto& [holder, sides] : figures) {
    mark(sides[0], breaks);
    mark(sides[1], breaks);
  }
  std::map<HolderName, std::array<AreaUnits, 2>> figure_now;
  for_each_stretch(breaks, [&](std::size_t from, std::size_t to) {
    for (const auto& [holder, sides] : figures) {
      auto& value = figure_now[holder];
      advance(value[0], sides[0], from);
      advance(value[1], sides[1], from);
      const Interval when = interval(from, to);
      if (value[0] != value[1] && !when.is_empty()) out.figures.push_back({when, holder, value[0], value[1]});
    }
  });

  const auto& places = composite_.atlas().places;
  const std::vector<FaceIndex> faces = faces_of_places(composite_);
  for (std::size_t p = 0; p < places.size(); ++p) {
    if (!inside[faces[p]]) continue;
    const CoverageIndex c = composite_.coverage(faces[p], group);
    for (TimeIndex from = 0; from < epochs;) {
      const auto name_at = [&](TimeIndex epoch) {
        return std::pair(before.id(before.at(c, epoch)), after.id(after.at(c, epoch)));
      };
      const auto held = name_at(from);
      TimeIndex to = from + 1;
      while (to < epochs && to != published && name_at(to) == held) ++to;
      const Interval when = interval(from, to);
      if (held.first != held.second && !when.is_empty())
        out.places.push_back({when, p, held.first, held.second});
      from = to;
    }
  }
  std::stable_sort(out.places.begin(), out.places.end(), [](const PlaceRevision& a, const PlaceRevision& b) {
    return std::tuple(a.when.from(), a.place) < std::tuple(b.when.from(), b.place);
  });
  return out;
}

std::vector<Review::Division> Review::divisions(const Differences& differences, Theme theme,
                                                const Scope& scope) const {
  const Holders before = holders(theme, false);
  const Holders after = holders(theme, true);
  const LabelGroup group = group_of(theme);
  const std::vector<bool> inside = faces_in_scope(composite_, scope);
  std::vector<Division> out;
  for (std::size_t i = 0; i < differences.revisions.size();) {
    const Interval when = differences.revisions[i].when;
    std::map<std::pair<HolderName, HolderName>, std::uint32_t> number;
    for (; i < differences.revisions.size() && differences.revisions[i].when == when; ++i)
      number[{differences.revisions[i].before, differences.revisions[i].after}] =
          static_cast<std::uint32_t>(i + 1);
    const TimeIndex epoch = composite_.times().epoch_of(when.from());
    std::vector<std::uint32_t> of_coverage(composite_.coverage_count(group), 0);
    for (CoverageIndex c = 0; c < of_coverage.size(); ++c) {
      const auto found = number.find({before.id(before.at(c, epoch)), after.id(after.at(c, epoch))});
      if (found != number.end()) of_coverage[c] = found->second;
    }
    Division division{when, std::vector<std::uint32_t>(inside.size(), 0)};
    for (FaceIndex f = 1; f < inside.size(); ++f) {
      if (inside[f]) division.faces[f] = of_coverage[composite_.coverage(f, group)];
    }
    out.push_back(std::move(division));
  }
  return out;
}

}  // namespace marchland
