#include "tools/cli/map_accounts.h"

#include "tools/cli/feature_output.h"
#include <marchland/analysis/date_doubt.h>
#include <marchland/analysis/groups.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace marchland::cli {

MapAccounts::MapAccounts(const Session& session, const MapGround& ground)
    : session_(&session), ground_(&ground) {
  const Composite& composite = session.composite();
  const TimeAxis& times = composite.times();
  std::set<Instant> referred;
  std::set<Instant> steps;
  for (std::size_t i = 0; i < ground.themes().size(); ++i) {
    const ShownTheme& theme = ground.themes()[i];
    for (const CoverageIndex coverage : ground.coverages(i)) {
      for (const HolderSpan& span : theme.holders.timeline(coverage)) {
        referred.insert(times[span.since]);
        if (span.since != 0) steps.insert(times[span.since]);
      }
      for (const CoverageRun& run : composite.runs(theme.holders.group(), coverage)) {
        referred.insert(times[run.from]);
        referred.insert(times[run.to]);
      }
    }
    possible_.push_back(find_possible(theme));
    for (const auto& [coverage, spans] : possible_.back()) {
      for (const Possible& span : spans) referred.insert(span.since);
    }
  }
  if (session.asks_for_groups()) {
    const std::set<Instant> dates = membership_dates(session.atlas());
    memberships_.assign(dates.begin(), dates.end());
    referred.insert(dates.begin(), dates.end());
    // Before anything is held, and after all of it ended, nobody's joining shows.
    Instant end = Interval().from();
    for (const Statement& statement : session.atlas().statements)
      end = std::max(end, statement.validity.to());
    for (const Instant date : dates) {
      if (!steps.empty() && date > *steps.begin() && date < end) steps.insert(date);
    }
  }
  std::erase_if(steps, [&](Instant at) { return !session.atlas().window.when.contains(at); });
  referred.insert(steps.begin(), steps.end());
  referred_.assign(referred.begin(), referred.end());
  steps_.assign(steps.begin(), steps.end());
}

MapAccounts::PossibleByCoverage MapAccounts::find_possible(const ShownTheme& theme) const {
  const Composite& composite = session_->composite();
  const DoubtfulCoverages doubtful(composite, session_->areas(), theme.holders,
                                   ground_of(*session_, theme.holders));
  const std::vector<Instant>& turns = doubtful.turns();
  PossibleByCoverage out;
  if (turns.empty()) return out;
  // Between these instants what is possible stays the same.
  std::set<Instant> instants(turns.begin(), turns.end());
  for (TimeIndex time = 1; time < composite.times().for_ever(); ++time) {
    const Instant at = composite.times()[time];
    if (at > turns.front() && at < turns.back()) instants.insert(at);
  }
  for (const Instant at : instants) {
    std::set<CoverageIndex> found;
    for (DoubtfulGround& ground : doubtful.at(at)) {
      found.insert(ground.coverage);
      std::vector<Possible>& spans = out[ground.coverage];
      if (spans.empty() || spans.back().sets != ground.possible)
        spans.push_back({at, std::move(ground.possible)});
    }
    for (auto& [coverage, spans] : out) {
      if (!found.contains(coverage) && !spans.back().sets.empty()) spans.push_back({at, {}});
    }
  }
  return out;
}

Json MapAccounts::themes(const MapTimes& times) const {
  Json out = Json::object();
  for (std::size_t i = 0; i < ground_->themes().size(); ++i)
    out[std::string(to_string(ground_->themes()[i].theme))] = theme(i, times);
  return out;
}

Json MapAccounts::theme(std::size_t part, const MapTimes& times) const {
  const Holders& holders = ground_->themes()[part].holders;
  const TimeAxis& axis = session_->composite().times();
  Json out{{"holders", Json::array()},
           {"grounds", Json::array()},
           {"accounts", Json::array()},
           {"possible", Json::array()}};
  for (HolderIndex h = 0; h < holders.size(); ++h) out["holders"].push_back(holder(holders, h, times));
  for (const CoverageIndex coverage : ground_->coverages(part)) {
    Json spans = Json::array();
    for (const HolderSpan& span : holders.timeline(coverage)) {
      spans.push_back(times.number(axis[span.since]));
      spans.push_back(span.holder);
    }
    out["grounds"].push_back(std::move(spans));
    out["accounts"].push_back(account(holders, coverage, times));
  }
  for (const auto& [coverage, spans] : possible_[part]) {
    Json row = Json::array();
    for (const Possible& span : spans) {
      Json sets = Json::array();
      for (const auto& actors : span.sets) {
        Json& set = sets.emplace_back(Json::array());
        for (const ActorId actor : actors) set.push_back(actor.index());
      }
      row.push_back(times.number(span.since));
      row.push_back(std::move(sets));
    }
    out["possible"].push_back({ground_->number(part, coverage), std::move(row)});
  }
  return out;
}

/// `shown`: time, whether the filters leave it, time, ...; absent where they always do.
Json MapAccounts::holder(const Holders& holders, HolderIndex index, const MapTimes& times) const {
  Json row{{"id", holder_json(holders.id(index))},
           {"color", color_of(session_->atlas(), holders, index)},
           {"actors", Json::array()}};
  for (const ActorId actor : holders.actors(index)) row["actors"].push_back(actor.index());
  if (index == kUnknown) return row;
  Json shown = Json::array();
  const auto add = [&](Instant at) {
    const bool is_shown = session_->wants(holders, index, at);
    if (!shown.empty() && shown.back() == Json(is_shown ? 1 : 0)) return;
    shown.push_back(times.number(at));
    shown.push_back(is_shown ? 1 : 0);
  };
  add(Interval().from());
  for (const Instant at : memberships_) add(at);
  if (shown != Json{0, 1}) row["shown"] = std::move(shown);
  return row;
}

/// What became of each run, turn by turn: time, [[layer, actor, standing, since, seq?], ...], ...
Json MapAccounts::account(const Holders& holders, CoverageIndex coverage, const MapTimes& times) const {
  const Composite& composite = session_->composite();
  std::set<TimeIndex> turns{0};
  for (const CoverageRun& run : composite.runs(holders.group(), coverage)) {
    turns.insert(run.from);
    turns.insert(run.to);
  }
  turns.erase(composite.times().for_ever());
  Json out = Json::array();
  for (const TimeIndex turn : turns) {
    Json rows = Json::array();
    for (const RunStanding& each : holders.account(coverage, turn)) {
      const Slot& slot = composite.slots()[each.run.slot];
      Json row{slot.layer.index(), slot.actor.index(), static_cast<int>(each.standing),
               times.number(composite.times()[each.run.from])};
      if (slot.seq != 0) row.push_back(slot.seq);
      rows.push_back(std::move(row));
    }
    if (!out.empty() && out.back() == rows) continue;
    out.push_back(times.number(composite.times()[turn]));
    out.push_back(std::move(rows));
  }
  return out;
}

}  // namespace marchland::cli
