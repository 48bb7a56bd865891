#include <marchland/analysis/joined_atlases.h>
#include <marchland/composite/harmonise.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace marchland {

JoinedAtlases join_atlases(Atlas before, Atlas after) {
  before = harmonise(std::move(before)).atlas;
  JoinedAtlases out{harmonise(std::move(after)).atlas, {}, {}};
  Atlas& both = out.atlas;
  both.harmonise = Meters();
  both.findings.clear();
  both.set_aside.clear();
  for (std::size_t s = 0; s < both.sources.size(); ++s) out.sources_after.insert(SourceId(s));
  std::vector<ActorId> actor;
  for (Actor& old : before.actors) {
    const auto same = std::find_if(both.actors.begin(), both.actors.end(),
                                   [&](const Actor& other) { return other.id == old.id; });
    actor.emplace_back(static_cast<std::size_t>(same - both.actors.begin()));
    if (same == both.actors.end()) both.actors.push_back(std::move(old));
  }
  const auto renamed = [](const std::string& id) { return "before: " + id; };
  std::vector<SourceId> source;
  for (Source& old : before.sources) {
    source.emplace_back(both.sources.size());
    out.sources_before.insert(source.back());
    old.id = renamed(old.id);
    both.sources.push_back(std::move(old));
  }
  std::vector<LayerId> layer;
  for (Layer& old : before.layers) {
    layer.emplace_back(both.layers.size());
    old.id = renamed(old.id);
    old.source = source[old.source.index()];
    both.layers.push_back(std::move(old));
  }
  for (Statement& old : before.statements) {
    old.id = renamed(old.id);
    old.layer = layer[old.layer.index()];
    old.actor = actor[old.actor.index()];
    for (SourceId& cited : old.cites) cited = source[cited.index()];
    both.statements.push_back(std::move(old));
  }
  return out;
}

}  // namespace marchland
