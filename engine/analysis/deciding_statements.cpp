#include <marchland/analysis/deciding_statements.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

namespace marchland {

DecidingStatements::DecidingStatements(const Composite& composite, const Holders& holders,
                                       std::function<const Atlas&()> lines)
    : composite_(&composite),
      holders_(&holders),
      atlas_(&composite.atlas()),
      covers_(composite, std::move(lines)),
      every_run_decides_(true),
      of_slot_(composite.slots().size()) {
  const Atlas& areas = *atlas_;
  const auto& slots = composite.slots();
  std::map<std::tuple<LayerId, ActorId, std::int64_t>, std::vector<std::uint32_t>> by_slot;
  std::set<SourceId> sources;
  for (std::uint32_t i = 0; i < areas.statements.size(); ++i) {
    const Statement& statement = areas.statements[i];
    const Layer& layer = areas[statement.layer];
    if (layer.theme != holders.theme() || !statement.retracts.empty()) continue;
    const bool is_event = layer.mode == LayerMode::event;
    by_slot[{statement.layer, statement.actor, is_event ? statement.seq : 0}].push_back(i);
    if (holders.asks(layer.source)) sources.insert(layer.source);
    if (is_event) every_run_decides_ = false;
  }
  if (sources.size() > 1) every_run_decides_ = false;
  for (SlotIndex s = 0; s < slots.size(); ++s) {
    if (slots[s].group != holders.group()) continue;
    const bool is_event = areas[slots[s].layer].mode == LayerMode::event;
    const auto found = by_slot.find({slots[s].layer, slots[s].actor, is_event ? slots[s].seq : 0});
    if (found != by_slot.end()) of_slot_[s] = found->second;
  }
  first_face_.assign(composite.coverage_count(holders.group()) + 1, 0);
  const std::size_t face_count = composite.plane().face_count();
  for (FaceIndex f = 0; f < face_count; ++f) ++first_face_[composite.coverage(f, holders.group()) + 1];
  for (std::size_t c = 1; c < first_face_.size(); ++c) first_face_[c] += first_face_[c - 1];
  std::vector<std::ptrdiff_t> next(first_face_.begin(), first_face_.end() - 1);
  faces_of_.resize(face_count);
  for (FaceIndex f = 0; f < face_count; ++f)
    faces_of_[static_cast<std::size_t>(next[composite.coverage(f, holders.group())]++)] = f;
}

std::vector<std::pair<TimeIndex, TimeIndex>> DecidingStatements::deciding_times(CoverageIndex coverage,
                                                                                const CoverageRun& run,
                                                                                const Ground& ground) const {
  const TimeIndex begin = std::max(run.from, ground.from);
  const TimeIndex end = std::min(run.to, ground.to);
  if (begin >= end) return {};
  const Slot& slot = composite_->slots()[run.slot];
  const auto actors = holders_->actors(ground.holder);
  if (!holders_->asks((*atlas_)[slot.layer].source)) return {};
  if (std::find(actors.begin(), actors.end(), slot.actor) == actors.end()) return {};
  if (every_run_decides_) return {{begin, end}};
  // Standing changes only where a run of the coverage begins or ends.
  std::set<TimeIndex> epochs{begin, end};
  for (const CoverageRun& other : composite_->runs(holders_->group(), coverage)) {
    for (const TimeIndex time : {other.from, other.to}) {
      if (begin < time && time < end) epochs.insert(time);
    }
  }
  std::vector<std::pair<TimeIndex, TimeIndex>> times;
  for (auto epoch = epochs.begin(); std::next(epoch) != epochs.end(); ++epoch) {
    const auto account = holders_->account(coverage, *epoch);
    if (std::find(account.begin(), account.end(), RunStanding{run, Standing::decides}) != account.end())
      times.emplace_back(*epoch, *std::next(epoch));
  }
  return times;
}

DecidingStatements::Answer DecidingStatements::operator()(const std::vector<std::uint32_t>& faces,
                                                          const std::vector<Ground>& categories) const {
  const TimeAxis& times = composite_->times();
  const std::size_t slot_count = composite_->slots().size();
  // Faces of one coverage are all of one category, or not asked for.
  std::vector<std::uint32_t> category_of(composite_->coverage_count(holders_->group()), 0);
  for (FaceIndex f = 0; f < faces.size(); ++f) {
    if (faces[f] != 0) category_of[composite_->coverage(f, holders_->group())] = faces[f];
  }
  // Statements of a slot that hold at some instant of a category's time.
  std::vector<std::optional<std::vector<std::uint32_t>>> in_time(categories.size() * slot_count);
  const auto statements_of = [&](std::uint32_t category,
                                 SlotIndex slot) -> const std::vector<std::uint32_t>& {
    auto& known = in_time[category * slot_count + slot];
    if (!known) {
      known.emplace();
      const Interval when(times[categories[category].from], times[categories[category].to]);
      for (const std::uint32_t i : of_slot_[slot]) {
        if (!atlas_->statements[i].validity.intersection(when).is_empty()) known->push_back(i);
      }
    }
    return *known;
  };

  Answer answer;
  std::vector<std::set<std::uint32_t>> found(categories.size());
  std::vector<bool> has_all(categories.size() * slot_count, false);  // of its statements in the stretch
  for (CoverageIndex coverage = 0; coverage < category_of.size(); ++coverage) {
    const std::uint32_t category = category_of[coverage];
    if (category == 0) continue;
    std::set<std::uint32_t>& named = found[category];
    for (const CoverageRun& run : composite_->runs(holders_->group(), coverage)) {
      if (has_all[category * slot_count + run.slot]) continue;
      const std::vector<std::uint32_t>& all = statements_of(category, run.slot);
      const bool is_event = (*atlas_)[composite_->slots()[run.slot].layer].mode == LayerMode::event;
      for (const auto& [begin, end] : deciding_times(coverage, run, categories[category])) {
        const Interval when(times[begin], times[end]);
        std::vector<std::uint32_t> candidates;
        for (const std::uint32_t i : all) {
          const Interval& validity = atlas_->statements[i].validity;
          if (is_event ? validity.from() == times[run.from] : !validity.intersection(when).is_empty())
            candidates.push_back(i);
        }
        for (const std::uint32_t i : candidates) {
          if (named.contains(i)) continue;
          // Alone at its instants it is the only one that the run can be of.
          const Interval its = atlas_->statements[i].validity.intersection(when);
          const auto is_rival = [&](std::uint32_t other) {
            return other != i &&
                   (is_event || !atlas_->statements[other].validity.intersection(its).is_empty());
          };
          if (std::none_of(candidates.begin(), candidates.end(), is_rival)) {
            named.insert(i);
          } else if (!covers_.has_lines(i)) {
            answer.is_complete = false;
          } else if (std::any_of(faces_of_.begin() + first_face_[coverage],
                                 faces_of_.begin() + first_face_[coverage + 1],
                                 [&](FaceIndex f) { return faces[f] == category && covers_(i, f); })) {
            named.insert(i);
          }
        }
      }
      has_all[category * slot_count + run.slot] =
          std::all_of(all.begin(), all.end(), [&](std::uint32_t i) { return named.contains(i); });
    }
  }
  answer.statements.resize(categories.size());
  if (answer.is_complete) {
    for (std::size_t c = 0; c < categories.size(); ++c)
      answer.statements[c].assign(found[c].begin(), found[c].end());
  }
  return answer;
}

}  // namespace marchland
