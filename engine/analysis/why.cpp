#include <marchland/analysis/date_doubt.h>
#include <marchland/analysis/why.h>
#include <marchland/base/error.h>
#include <marchland/composite/point_in_area.h>
#include <marchland/model/name_form.h>

#include <boost/algorithm/string/predicate.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace marchland {
namespace {

std::vector<Testimony> testimonies(const Composite& composite, const Holders& holders, const Atlas& areas,
                                   CoverageIndex coverage, GridPoint point, Instant at) {
  const std::vector<RunStanding> account = holders.account(coverage, composite.times().epoch_of(at));
  std::vector<Testimony> out;
  for (std::uint32_t i = 0; i < areas.statements.size(); ++i) {
    const Statement& statement = areas.statements[i];
    const Layer& layer = areas[statement.layer];
    if (layer.theme != holders.theme()) continue;
    if (!statement.validity.contains(at)) {
      if (statement.possible().contains(at) && covers(statement.area, layer.rings, point))
        out.push_back({i, holders.asks(layer.source) ? Standing::may_hold : Standing::not_asked});
      continue;
    }
    const auto said = std::find_if(account.begin(), account.end(), [&](const RunStanding& standing) {
      const Slot& slot = composite.slots()[standing.run.slot];
      if (slot.layer != statement.layer || slot.actor != statement.actor) return false;
      if (layer.mode != LayerMode::event) return true;
      // Each event has a run of its own.
      return slot.seq == statement.seq && composite.times()[standing.run.from] == statement.validity.from();
    });
    // A later event of the same actor takes its run over.
    const bool is_over = said == account.end() && layer.mode == LayerMode::event;
    if ((said == account.end() && !is_over) || !covers(statement.area, layer.rings, point)) continue;
    out.push_back({i, is_over ? (holders.asks(layer.source) ? Standing::painted_over : Standing::not_asked)
                              : said->standing});
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const Testimony& a, const Testimony& b) { return a.standing < b.standing; });
  return out;
}

std::vector<SetAside> set_aside_at(const Holders& holders, const Atlas& atlas, GridPoint point, Instant at) {
  std::vector<SetAside> out;
  for (std::uint32_t i = 0; i < atlas.set_aside.size(); ++i) {
    const Statement& statement = atlas.set_aside[i];
    const Layer& layer = atlas[statement.layer];
    if (layer.theme != holders.theme() || !statement.validity.contains(at)) continue;
    if (!covers(statement.area, layer.rings, point)) continue;
    if (auto by = find_setting_aside(atlas, statement)) out.push_back({i, std::move(*by)});
  }
  return out;
}

}  // namespace

std::vector<Tenure> tenures_of(const Composite& composite, const Holders& holders, CoverageIndex coverage) {
  const TimeAxis& times = composite.times();
  const auto spans = holders.timeline(coverage);
  std::vector<Tenure> out;
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const TimeIndex end = i + 1 < spans.size() ? spans[i + 1].since : times.for_ever();
    const Interval when =
        Interval(times[spans[i].since], times[end]).intersection(composite.atlas().window.when);
    if (!when.is_empty()) out.push_back({when, spans[i].holder});
  }
  return out;
}

std::vector<PlaceHistory> place_histories(const Composite& composite, const Holders& holders,
                                          const Scope& scope) {
  const auto& places = composite.atlas().places;
  const std::vector<FaceIndex> faces = faces_of_places(composite);
  const std::vector<bool> inside = faces_in_scope(composite, scope);
  std::vector<PlaceHistory> out;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (!inside[faces[i]]) continue;
    PlaceHistory history{
        i, tenures_of(composite, holders, composite.coverage(faces[i], holders.group())), 0, {}};
    HolderIndex last = kUnknown;
    for (const Tenure& tenure : history.tenures) {
      if (tenure.holder == kUnknown || tenure.holder == last) continue;
      if (last != kUnknown) {
        ++history.changes;
        history.last_change = tenure.when.from();
      }
      last = tenure.holder;
    }
    out.push_back(std::move(history));
  }
  std::stable_sort(out.begin(), out.end(), [&](const PlaceHistory& a, const PlaceHistory& b) {
    if (a.changes != b.changes) return a.changes > b.changes;
    return places[a.place].name < places[b.place].name;
  });
  return out;
}

Explanation explain(const Composite& composite, const Holders& holders, const Atlas& areas, GridPoint point,
                    Instant at) {
  Explanation out;
  out.point = point;
  out.face = composite.plane().locate({point}).front();
  const CoverageIndex coverage = composite.coverage(out.face, holders.group());
  out.history = tenures_of(composite, holders, coverage);
  const auto now = std::find_if(out.history.begin(), out.history.end(),
                                [&](const Tenure& tenure) { return tenure.when.contains(at); });
  out.holder = now->holder;
  out.holds = now->when;
  out.possible = possible_holders(composite, holders, coverage, at).sets;
  out.testimonies = testimonies(composite, holders, areas, coverage, point, at);
  out.set_aside = set_aside_at(holders, areas, point, at);
  out.is_in_study_area = !composite.has_study_area();
  for (const CoverageRun& run :
       composite.runs(LabelGroup::region, composite.coverage(out.face, LabelGroup::region))) {
    const RegionId region = composite.slots()[run.slot].region;
    if (region.is_valid()) {
      out.regions.push_back(region);
    } else {
      out.is_in_study_area = true;
    }
  }
  std::sort(out.regions.begin(), out.regions.end());
  return out;
}

std::vector<std::size_t> find_places(const Atlas& atlas, std::string_view name) {
  std::vector<std::size_t> found;
  std::vector<std::string> names;
  const std::string wanted = name_form(name);
  const auto is_alike = [&](const std::string& other) {
    return boost::algorithm::iequals(name_form(other), wanted);
  };
  for (std::size_t i = 0; i < atlas.places.size(); ++i) {
    const Place& place = atlas.places[i];
    bool is_called_so = is_alike(place.name);
    names.push_back(place.name);
    for (const std::string& other : place.other_names) {
      is_called_so = is_called_so || is_alike(other);
      names.push_back(other);
    }
    if (is_called_so) found.push_back(i);
  }
  if (!found.empty()) return found;
  if (names.empty()) {
    throw InvalidArgument(fmt::format(
        "'{}': the atlas has no gazetteer (places = \"...\" under [atlas]); give the point by its "
        "longitude and latitude",
        name));
  }
  const std::string near = nearest_name(name, names);
  throw InvalidArgument(fmt::format("the atlas has no place '{}'{}; it has {}", name,
                                    near.empty() ? "" : fmt::format(" (did you mean '{}'?)", near),
                                    atlas.places.size()));
}

}  // namespace marchland
