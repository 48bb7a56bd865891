#include <marchland/analysis/holders.h>

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

namespace marchland {
namespace {

void add_actor(std::vector<ActorId>& actors, ActorId actor) {
  const auto place = std::lower_bound(actors.begin(), actors.end(), actor);
  if (place == actors.end() || *place != actor) actors.insert(place, actor);
}

}  // namespace

std::vector<ActorId> decide(const std::vector<Voice>& voices, SourceRule rule) {
  std::vector<ActorId> holders;
  if (voices.empty()) return holders;
  if (rule == SourceRule::majority) {
    std::map<ActorId, int> votes;
    for (const Voice& voice : voices) {
      for (const ActorId actor : voice.actors) ++votes[actor];
    }
    int most = 0;
    for (const auto& [actor, count] : votes) most = std::max(most, count);
    for (const auto& [actor, count] : votes) {
      if (count == most) holders.push_back(actor);
    }
    return holders;
  }
  int greatest = voices.front().priority;
  for (const Voice& voice : voices) greatest = std::max(greatest, voice.priority);
  for (const Voice& voice : voices) {
    if (rule == SourceRule::priority && voice.priority != greatest) continue;
    for (const ActorId actor : voice.actors) add_actor(holders, actor);
  }
  return holders;
}

std::string_view to_string(Standing standing) {
  switch (standing) {
    case Standing::decides:
      return "decides";
    case Standing::painted_over:
      return "painted over";
    case Standing::overruled:
      return "overruled";
    case Standing::outvoted:
      return "outvoted";
    case Standing::not_asked:
      return "not asked";
    case Standing::may_hold:
      return "may hold";
    case Standing::superseded:
      return "superseded";
    case Standing::retracted:
      return "retracted";
  }
  return "decides";
}

Holders::Holders(const Composite& composite, const HolderOptions& options)
    : composite_(&composite), options_(options), alone_(composite.slots().size()) {
  const auto coverages = static_cast<CoverageIndex>(composite.coverage_count(group()));
  offsets_.reserve(coverages + std::size_t{1});
  std::vector<TimeIndex> turns;
  for (CoverageIndex c = 0; c < coverages; ++c) {
    const auto runs = composite.runs(group(), c);
    turns.assign(1, 0);
    for (const CoverageRun& run : runs) {
      turns.push_back(run.from);
      turns.push_back(run.to);
    }
    std::sort(turns.begin(), turns.end());
    turns.erase(std::unique(turns.begin(), turns.end()), turns.end());
    const std::size_t first = spans_.size();
    for (const TimeIndex epoch : turns) {
      if (epoch >= composite.times().epoch_count()) break;
      const HolderIndex holder = holder_of(runs, epoch);
      if (spans_.size() == first || spans_.back().holder != holder) spans_.push_back({epoch, holder});
    }
    offsets_.push_back(static_cast<std::uint32_t>(spans_.size()));
  }
}

HolderIndex Holders::holder_of(std::span<const CoverageRun> runs, TimeIndex epoch) {
  // Mostly one run covers the ground, or none; then only the slot matters.
  const CoverageRun* only = nullptr;
  for (const CoverageRun& run : runs) {
    if (epoch < run.from || epoch >= run.to) continue;
    if (only != nullptr) return intern(resolve(runs, epoch));
    only = &run;
  }
  if (only == nullptr) return kUnknown;
  std::optional<HolderIndex>& known = alone_[only->slot];
  if (!known) known = intern(resolve(std::span(only, 1), epoch));
  return *known;
}

namespace {

/// What is neither painted over nor of a source that is not asked, in its order.
std::vector<HoldingSlot> keep_latest(const Atlas& atlas, std::span<const HoldingSlot> slots,
                                     const HolderOptions& options) {
  std::vector<HoldingSlot> kept;
  // Slots are sorted by layer, so the events of a layer stand together: those kept since `first`.
  std::size_t first = 0;
  for (const HoldingSlot& holding : slots) {
    const Layer& layer = atlas[holding.slot.layer];
    if (!options.sources.empty() && !options.sources.contains(layer.source)) continue;
    const bool goes_on = first < kept.size() && kept[first].slot.layer == holding.slot.layer;
    if (!goes_on) first = kept.size();
    if (layer.mode == LayerMode::event && goes_on) {
      const HoldingSlot& best = kept[first];
      const auto order = std::pair(holding.since, holding.slot.seq) <=> std::pair(best.since, best.slot.seq);
      if (order < 0) continue;
      if (order > 0) kept.resize(first);
    }
    kept.push_back(holding);
  }
  return kept;
}

}  // namespace

std::vector<ActorId> holders_of(const Atlas& atlas, std::span<const HoldingSlot> slots,
                                const HolderOptions& options, const OnTie& on_tie) {
  const std::vector<HoldingSlot> kept = keep_latest(atlas, slots, options);
  std::vector<Voice> voices;
  const HoldingSlot* first_of_layer = nullptr;
  for (const HoldingSlot& holding : kept) {
    const Layer& layer = atlas[holding.slot.layer];
    if (first_of_layer == nullptr || first_of_layer->slot.layer != holding.slot.layer)
      first_of_layer = &holding;
    const bool is_tie = layer.mode == LayerMode::event && holding.slot.actor != first_of_layer->slot.actor;
    if (is_tie && on_tie) on_tie(*first_of_layer, holding);
    auto voice =
        std::find_if(voices.begin(), voices.end(), [&](const Voice& v) { return v.source == layer.source; });
    if (voice == voices.end()) {
      voices.push_back({layer.source, atlas[layer.source].priority, {}});
      voice = std::prev(voices.end());
    }
    add_actor(voice->actors, holding.slot.actor);
  }
  return decide(voices, options.rule);
}

std::vector<HoldingSlot> Holders::holding_at(std::span<const CoverageRun> runs, TimeIndex epoch) const {
  std::vector<HoldingSlot> slots;
  for (const CoverageRun& run : runs) {
    if (run.from <= epoch && epoch < run.to)
      slots.push_back({composite_->slots()[run.slot], composite_->times()[run.from]});
  }
  return slots;
}

std::vector<ActorId> Holders::resolve(std::span<const CoverageRun> runs, TimeIndex epoch) {
  return holders_of(composite_->atlas(), holding_at(runs, epoch), options_,
                    [&](const HoldingSlot& a, const HoldingSlot& b) { note_tie(a.slot, b.slot, b.since); });
}

std::vector<RunStanding> Holders::account(CoverageIndex coverage, TimeIndex epoch) const {
  const Atlas& atlas = composite_->atlas();
  const auto runs = composite_->runs(group(), coverage);
  const auto holding = actors(at(coverage, epoch));
  const std::vector<HoldingSlot> kept = keep_latest(atlas, holding_at(runs, epoch), options_);
  int greatest = std::numeric_limits<int>::min();
  for (const HoldingSlot& one : kept)
    greatest = std::max(greatest, atlas[atlas[one.slot.layer].source].priority);
  const auto standing_of = [&](const CoverageRun& run) {
    const Slot& slot = composite_->slots()[run.slot];
    const SourceId source = atlas[slot.layer].source;
    if (!options_.sources.empty() && !options_.sources.contains(source)) return Standing::not_asked;
    const HoldingSlot one{slot, composite_->times()[run.from]};
    if (std::find(kept.begin(), kept.end(), one) == kept.end()) return Standing::painted_over;
    if (options_.rule == SourceRule::priority && atlas[source].priority < greatest)
      return Standing::overruled;
    const bool holds = std::find(holding.begin(), holding.end(), slot.actor) != holding.end();
    return holds ? Standing::decides : Standing::outvoted;
  };
  std::vector<RunStanding> out;
  for (const CoverageRun& run : runs) {
    if (run.from <= epoch && epoch < run.to) out.push_back({run, standing_of(run)});
  }
  return out;
}

void Holders::note_tie(const Slot& a, const Slot& b, Instant at) {
  if (!ties_.insert({a.layer, at, a.actor, b.actor}).second) return;
  const Atlas& atlas = composite_->atlas();
  findings_.push_back(
      {"event-tie",
       Severity::error,
       {},
       format_instant(at, atlas.days),
       {},
       fmt::format("layer '{}': the same ground passes to '{}' and to '{}' at one instant; it counts as "
                   "contested until `seq` orders them",
                   atlas[a.layer].id, atlas[a.actor].id, atlas[b.actor].id)});
}

HolderIndex Holders::intern(std::vector<ActorId> actors) {
  const Atlas& atlas = composite_->atlas();
  std::sort(actors.begin(), actors.end(), [&](ActorId a, ActorId b) { return atlas[a].id < atlas[b].id; });
  const auto [found, is_new] = index_.try_emplace(actors, static_cast<HolderIndex>(sets_.size()));
  if (is_new) sets_.push_back(std::move(actors));
  return found->second;
}

std::string Holders::id(HolderIndex holder) const {
  std::string text;
  for (const ActorId actor : sets_[holder]) {
    if (!text.empty()) text += '+';
    text += composite_->atlas()[actor].id;
  }
  return text;
}

HolderIndex Holders::find(ActorId actor) const {
  const auto found = index_.find({actor});
  return found == index_.end() ? kUnknown : found->second;
}

HolderIndex Holders::at(CoverageIndex coverage, TimeIndex epoch) const {
  const auto spans = timeline(coverage);
  const auto after =
      std::upper_bound(spans.begin(), spans.end(), epoch,
                       [](TimeIndex value, const HolderSpan& span) { return value < span.since; });
  return std::prev(after)->holder;
}

std::vector<HolderIndex> Holders::faces_at(TimeIndex epoch) const {
  std::vector<HolderIndex> by_coverage(offsets_.size() - 1);
  for (CoverageIndex c = 0; c < by_coverage.size(); ++c) by_coverage[c] = at(c, epoch);
  std::vector<HolderIndex> faces(composite_->plane().face_count());
  for (FaceIndex f = 0; f < faces.size(); ++f) faces[f] = by_coverage[composite_->coverage(f, group())];
  return faces;
}

}  // namespace marchland
