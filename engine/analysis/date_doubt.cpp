#include <marchland/analysis/date_doubt.h>
#include <marchland/analysis/groups.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>

namespace marchland {
namespace {

using ActorList = std::vector<ActorId>;
/// What a layer, a source or all of them may say, each once.
using Outcomes = std::set<ActorList>;

void add_actor(ActorList& actors, ActorId actor) {
  const auto place = std::lower_bound(actors.begin(), actors.end(), actor);
  if (place == actors.end() || *place != actor) actors.insert(place, actor);
}

ActorList joined(const ActorList& a, const ActorList& b) {
  ActorList out;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}

/// Statements of one slot that cover the ground, as far as dates tell them apart.
struct Span {
  ActorId actor;
  std::int64_t seq = 0;
  FuzzyInstant from;
  FuzzyInstant to;
};

std::vector<std::pair<LayerId, Span>> spans_of(const Composite& composite,
                                               std::span<const CoverageRun> runs) {
  std::vector<std::pair<LayerId, Span>> out;
  const TimeAxis& times = composite.times();
  for (const CoverageRun& run : runs) {
    const Slot& slot = composite.slots()[run.slot];
    const auto& doubt = composite.variant_of(run.slot).doubt;
    Span span{slot.actor, slot.seq, FuzzyInstant::exactly(times[run.from]),
              FuzzyInstant::exactly(times[run.to])};
    if (doubt) {
      span.from = {times[run.from], doubt->possible.from(), doubt->certain.from()};
      span.to = {times[run.to], doubt->certain.to(), doubt->possible.to()};
    }
    out.emplace_back(slot.layer, span);
  }
  return out;
}

/// The range of a date: what tells dates of one layer apart.
using Range = std::pair<Instant, Instant>;
Range range_of(const FuzzyInstant& date) {
  return {date.earliest, date.latest};
}
bool is_open_at(const Range& range, Instant at) {
  return range.first <= at && at < range.second;
}

/// All that actors who surely hold and those who may allow.
Outcomes between(const ActorList& sure, const ActorList& may) {
  ActorList open;
  std::set_difference(may.begin(), may.end(), sure.begin(), sure.end(), std::back_inserter(open));
  Outcomes out;
  // More than ten parties on one piece of ground are told one by one, and all together.
  if (open.size() > 10) {
    out = {sure, joined(sure, open)};
    for (const ActorId actor : open) out.insert(joined(sure, {actor}));
    return out;
  }
  for (std::uint32_t some = 0; some < (1U << open.size()); ++some) {
    ActorList set = sure;
    for (std::size_t i = 0; i < open.size(); ++i) {
      if ((some >> i & 1U) != 0) add_actor(set, open[i]);
    }
    out.insert(std::move(set));
  }
  return out;
}

/// Of an interval or snapshot layer.
Outcomes outcomes_of_intervals(const std::vector<Span>& spans, bool is_snapshot, Instant at, bool& is_outer) {
  // Dates of a snapshot layer are told apart by what they are called, which is their order; others by range.
  const auto key_of = [&](const FuzzyInstant& date) {
    return is_snapshot ? date : FuzzyInstant{date.earliest, date.earliest, date.latest};
  };
  std::vector<FuzzyInstant> open;
  for (const Span& span : spans) {
    for (const FuzzyInstant& date : {span.from, span.to}) {
      if (is_open_at(range_of(date), at)) open.push_back(key_of(date));
    }
  }
  std::sort(open.begin(), open.end());
  open.erase(std::unique(open.begin(), open.end()), open.end());
  // By whether each open date has passed.
  const auto outcome = [&](const auto& is_passed) {
    const auto has_passed = [&](const FuzzyInstant& date) {
      if (!is_open_at(range_of(date), at)) return date.latest <= at;
      const auto found = std::lower_bound(open.begin(), open.end(), key_of(date));
      return is_passed(static_cast<std::size_t>(found - open.begin()));
    };
    ActorList actors;
    for (const Span& span : spans) {
      if (has_passed(span.from) && !has_passed(span.to)) add_actor(actors, span.actor);
    }
    return actors;
  };
  Outcomes out;
  if (is_snapshot) {
    // Those that have passed come first.
    for (std::size_t passed = 0; passed <= open.size(); ++passed)
      out.insert(outcome([&](std::size_t date) { return date < passed; }));
    return out;
  }
  if (open.size() <= kMostDoubtfulDates) {
    for (std::uint32_t passed = 0; passed < (1U << open.size()); ++passed)
      out.insert(outcome([&](std::size_t date) { return (passed >> date & 1U) != 0; }));
    return out;
  }
  is_outer = true;
  ActorList sure;
  ActorList may;
  for (const Span& span : spans) {
    if (span.from.earliest <= at && at < span.to.latest) add_actor(may, span.actor);
    if (span.from.latest <= at && at < span.to.earliest) add_actor(sure, span.actor);
  }
  return between(sure, may);
}

/// Of an event layer.
Outcomes outcomes_of_events(const std::vector<Span>& spans, Instant at) {
  // Events of one range are of one date; the greatest seq of them counts.
  std::map<Range, std::vector<const Span*>> dates;
  for (const Span& span : spans) {
    if (span.from.earliest <= at) dates[range_of(span.from)].push_back(&span);
  }
  const auto last_of = [](const std::vector<const Span*>& events) {
    std::int64_t greatest = std::numeric_limits<std::int64_t>::min();
    for (const Span* event : events) greatest = std::max(greatest, event->seq);
    ActorList actors;
    for (const Span* event : events) {
      if (event->seq == greatest) add_actor(actors, event->actor);
    }
    return actors;
  };
  Outcomes out;
  if (std::all_of(dates.begin(), dates.end(), [&](const auto& date) { return date.first.second > at; }))
    out.insert(ActorList());
  for (const auto& [range, events] : dates) {
    const Instant latest = std::min(range.second, at);
    std::vector<const Span*> last = events;
    bool can_be_last = true;
    for (const auto& [other, others] : dates) {
      if (other == range || other.second > at || other.first < latest) continue;
      // The other comes at or after the latest that this one can be.
      if (other.first > latest) can_be_last = false;
      last.insert(last.end(), others.begin(), others.end());
    }
    if (can_be_last) out.insert(last_of(last));
  }
  return out;
}

}  // namespace

PossibleHolders possible_holders(const Composite& composite, const Holders& holders, CoverageIndex coverage,
                                 Instant at) {
  const Atlas& atlas = composite.atlas();
  const HolderOptions& options = holders.options();
  const TimeIndex epoch = composite.times().epoch_of(at);
  const auto told = [&] {
    const auto actors = holders.actors(holders.at(coverage, epoch));
    ActorList list(actors.begin(), actors.end());
    std::sort(list.begin(), list.end());
    return list;
  };
  const auto runs = composite.runs(holders.group(), coverage);
  const bool is_touched = std::any_of(runs.begin(), runs.end(), [&](const CoverageRun& run) {
    const auto& doubt = composite.variant_of(run.slot).doubt;
    return doubt && holders.asks(atlas[composite.slots()[run.slot].layer].source) &&
           (is_open_at({doubt->possible.from(), doubt->certain.from()}, at) ||
            is_open_at({doubt->certain.to(), doubt->possible.to()}, at) ||
            // An event that has surely passed may still have come before or after another.
            doubt->certain.from() <= at);
  });
  PossibleHolders out;
  if (!is_touched) {
    out.sets.push_back(told());
    return out;
  }
  std::map<LayerId, std::vector<Span>> by_layer;
  for (const auto& [layer, span] : spans_of(composite, runs)) {
    if (holders.asks(atlas[layer].source)) by_layer[layer].push_back(span);
  }
  std::map<SourceId, Outcomes> by_source;
  for (const auto& [layer, spans] : by_layer) {
    const LayerMode mode = atlas[layer].mode;
    const Outcomes own = mode == LayerMode::event
                             ? outcomes_of_events(spans, at)
                             : outcomes_of_intervals(spans, mode == LayerMode::snapshot, at, out.is_outer);
    const auto [known, is_new] = by_source.try_emplace(atlas[layer].source, own);
    if (is_new) continue;
    // A source says what all its layers say together.
    Outcomes both;
    for (const ActorList& one : known->second) {
      for (const ActorList& other : own) both.insert(joined(one, other));
    }
    known->second = std::move(both);
  }
  std::size_t count = 1;
  for (const auto& [source, outcomes] : by_source)
    count = std::min(count * outcomes.size(), kMostOutcomes + 1);
  Outcomes decided{told()};
  if (count > kMostOutcomes) {
    out.is_outer = true;
    ActorList all;
    for (const auto& [source, outcomes] : by_source) {
      for (const ActorList& actors : outcomes) all = joined(all, actors);
    }
    decided = between({}, all);
  } else {
    std::vector<std::vector<Voice>> choices{{}};
    for (const auto& [source, outcomes] : by_source) {
      std::vector<std::vector<Voice>> longer;
      for (const auto& choice : choices) {
        for (const ActorList& actors : outcomes) {
          longer.push_back(choice);
          // A source that says nothing is not among the voices.
          if (!actors.empty()) longer.back().push_back({source, atlas[source].priority, actors});
        }
      }
      choices = std::move(longer);
    }
    for (const auto& choice : choices) {
      ActorList actors = decide(choice, options.rule);
      std::sort(actors.begin(), actors.end());
      decided.insert(std::move(actors));
    }
  }
  out.sets.assign(decided.begin(), decided.end());
  return out;
}

DoubtfulCoverages::DoubtfulCoverages(const Composite& composite, const FaceAreas& measured,
                                     const Holders& holders, const std::vector<bool>& inside)
    : composite_(&composite), holders_(&holders) {
  if (!composite.has_doubt()) return;
  const LabelGroup group = holders.group();
  std::vector<AreaUnits> area(composite.coverage_count(group), 0);
  std::vector<bool> is_inside(area.size(), false);
  for (FaceIndex f = 1; f < inside.size(); ++f) {
    if (!inside[f]) continue;
    is_inside[composite.coverage(f, group)] = true;
    area[composite.coverage(f, group)] += measured[f];
  }
  for (CoverageIndex c = 0; c < area.size(); ++c) {
    if (!is_inside[c]) continue;
    bool has_doubt = false;
    for (const CoverageRun& run : composite.runs(group, c)) {
      const auto& doubt = composite.variant_of(run.slot).doubt;
      if (!doubt) continue;
      has_doubt = true;
      for (const Interval& when : {doubt->possible, doubt->certain}) {
        for (const Instant end : {when.from(), when.to()}) {
          if (end != Interval().from() && end != Interval().to()) turns_.push_back(end);
        }
      }
    }
    if (has_doubt) coverages_.emplace_back(c, area[c]);
  }
  std::sort(turns_.begin(), turns_.end());
  turns_.erase(std::unique(turns_.begin(), turns_.end()), turns_.end());
}

std::vector<DoubtfulGround> DoubtfulCoverages::at(Instant at) const {
  std::vector<DoubtfulGround> out;
  const TimeIndex epoch = composite_->times().epoch_of(at);
  for (const auto& [coverage, area] : coverages_) {
    PossibleHolders possible = possible_holders(*composite_, *holders_, coverage, at);
    if (possible.sets.size() > 1)
      out.push_back(
          {coverage, holders_->at(coverage, epoch), std::move(possible.sets), area, possible.is_outer});
  }
  return out;
}

std::map<std::string, DateBand> date_bands(const std::vector<DoubtfulGround>& ground, const Holders& holders,
                                           const Atlas& atlas, Instant at, bool by_group) {
  std::map<std::string, DateBand> bands;
  for (const DoubtfulGround& piece : ground) {
    const auto actors = holders.actors(piece.told);
    const std::string told = name_of_holders(atlas, actors, at, by_group);
    std::set<std::string> names;
    for (const auto& set : piece.possible) names.insert(name_of_holders(atlas, set, at, by_group));
    if (names.size() == 1) continue;  // members of one group
    bands[told].less += piece.area;
    for (const std::string& name : names) {
      if (name != told) bands[name].more += piece.area;
      bands[name].is_outer = bands[name].is_outer || piece.is_outer;
    }
    bands[told].is_outer = bands[told].is_outer || piece.is_outer;
  }
  return bands;
}

std::map<std::pair<TimeIndex, HolderIndex>, FuzzyInstant> doubtful_turns(const Composite& composite,
                                                                         const Holders& holders) {
  std::map<std::pair<TimeIndex, HolderIndex>, FuzzyInstant> out;
  const LabelGroup group = holders.group();
  for (CoverageIndex c = 0; c < composite.coverage_count(group); ++c) {
    const auto add = [&](TimeIndex turn, const FuzzyInstant& date) {
      if (turn == 0 || turn == composite.times().for_ever() || date.is_exact()) return;
      const HolderIndex before = holders.at(c, turn - 1);
      const HolderIndex after = holders.at(c, turn);
      if (before == after) return;
      for (const HolderIndex holder : {before, after}) {
        const auto [known, is_new] = out.try_emplace({turn, holder}, date);
        known->second.earliest = std::min(known->second.earliest, date.earliest);
        known->second.latest = std::max(known->second.latest, date.latest);
      }
    };
    for (const CoverageRun& run : composite.runs(group, c)) {
      const auto& doubt = composite.variant_of(run.slot).doubt;
      if (!doubt) continue;
      add(run.from, {composite.times()[run.from], doubt->possible.from(), doubt->certain.from()});
      add(run.to, {composite.times()[run.to], doubt->certain.to(), doubt->possible.to()});
    }
  }
  return out;
}

}  // namespace marchland
