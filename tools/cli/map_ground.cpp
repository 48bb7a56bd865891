#include "tools/cli/map_ground.h"

#include "tools/cli/arranged_lines.h"
#include "tools/cli/feature_output.h"
#include <marchland/analysis/face_cover.h>

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace marchland::cli {
namespace {

std::vector<ShownTheme> themes_shown(const Session& session) {
  const Atlas& atlas = session.atlas();
  std::vector<ShownTheme> themes;
  for (const Theme theme : kThemes) {
    const bool is_there =
        theme == session.theme() ||
        std::any_of(atlas.statements.begin(), atlas.statements.end(),
                    [&](const Statement& statement) { return atlas[statement.layer].theme == theme; });
    if (is_there) themes.push_back({theme, session.holders(theme)});
  }
  return themes;
}

std::vector<bool> faces_shown(const Session& session, const std::vector<ShownTheme>& themes) {
  std::vector<bool> shown(session.composite().plane().face_count(), false);
  for (const ShownTheme& each : themes) {
    const std::vector<bool> ground = ground_of(session, each.holders);
    for (FaceIndex f = 0; f < ground.size(); ++f) {
      if (ground[f]) shown[f] = true;
    }
  }
  return shown;
}

using SlotKey = std::pair<LayerId, ActorId>;

/// Statements that hold while another of them does.
std::vector<std::uint32_t> rivals(const Atlas& atlas, std::vector<std::uint32_t> statements) {
  const auto from = [&](std::uint32_t i) { return atlas.statements[i].validity.from(); };
  std::sort(statements.begin(), statements.end(),
            [&](std::uint32_t a, std::uint32_t b) { return from(a) < from(b); });
  std::set<std::uint32_t> out;
  std::optional<std::uint32_t> longest;  // that which ends last of those before
  for (const std::uint32_t i : statements) {
    if (longest && from(i) < atlas.statements[*longest].validity.to()) out.insert({i, *longest});
    if (!longest || atlas.statements[i].validity.to() > atlas.statements[*longest].validity.to()) longest = i;
  }
  return {out.begin(), out.end()};
}

}  // namespace

ListedStatements::ListedStatements(const Session& session, const std::vector<ShownTheme>& themes,
                                   const std::vector<bool>& shown)
    : is_listed_(session.atlas().statements.size(), false), sets_(1), of_face_(shown.size(), 0) {
  const Atlas& atlas = session.atlas();
  const Composite& composite = session.composite();
  const ArrangedLines lines(session);
  const FaceCover covers(composite, [&]() -> const Atlas& { return lines.atlas(); });
  std::vector<std::vector<std::uint32_t>> of_face(shown.size());
  for (const ShownTheme& theme : themes) {
    std::map<SlotKey, std::vector<std::uint32_t>> by_slot;
    std::vector<std::uint32_t> wanted;
    for (std::uint32_t i = 0; i < atlas.statements.size(); ++i) {
      const Statement& statement = atlas.statements[i];
      const Layer& layer = atlas[statement.layer];
      if (layer.theme != theme.theme || !statement.retracts.empty()) continue;
      if (layer.mode == LayerMode::event) {
        wanted.push_back(i);
      } else {
        if (statement.doubt) wanted.push_back(i);
        by_slot[{statement.layer, statement.actor}].push_back(i);
      }
    }
    for (auto& [slot, statements] : by_slot) {
      const auto found = rivals(atlas, std::move(statements));
      wanted.insert(wanted.end(), found.begin(), found.end());
    }
    std::sort(wanted.begin(), wanted.end());
    wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
    std::erase_if(wanted, [&](std::uint32_t i) { return !covers.has_lines(i); });
    if (wanted.empty()) continue;

    // A statement of an interval covers faces that its layer and actor have at some time. That of an event
    // may have lost all of its time to a later one of its instant.
    const LabelGroup group = theme.holders.group();
    std::vector<std::vector<FaceIndex>> faces(composite.coverage_count(group));
    std::vector<FaceIndex> all;
    for (FaceIndex f = 0; f < shown.size(); ++f) {
      if (!shown[f]) continue;
      faces[composite.coverage(f, group)].push_back(f);
      all.push_back(f);
    }
    std::map<SlotKey, std::set<CoverageIndex>> had_by;
    for (CoverageIndex c = 0; c < faces.size(); ++c) {
      for (const CoverageRun& run : composite.runs(group, c)) {
        const Slot& slot = composite.slots()[run.slot];
        had_by[{slot.layer, slot.actor}].insert(c);
      }
    }
    for (const std::uint32_t i : wanted) {
      is_listed_[i] = true;
      const Statement& statement = atlas.statements[i];
      const auto add_covered = [&](const std::vector<FaceIndex>& among) {
        for (const FaceIndex f : among) {
          if (covers(i, f)) of_face[f].push_back(i);
        }
      };
      if (atlas[statement.layer].mode == LayerMode::event) {
        add_covered(all);
      } else {
        for (const CoverageIndex c : had_by[{statement.layer, statement.actor}]) add_covered(faces[c]);
      }
    }
  }
  std::map<std::vector<std::uint32_t>, std::uint32_t> numbers{{{}, 0}};
  for (FaceIndex f = 0; f < of_face.size(); ++f) {
    std::sort(of_face[f].begin(), of_face[f].end());
    const auto [entry, is_new] =
        numbers.try_emplace(std::move(of_face[f]), static_cast<std::uint32_t>(sets_.size()));
    if (is_new) sets_.push_back(entry->first);
    of_face_[f] = entry->second;
  }
}

MapGround::MapGround(const Session& session)
    : themes_(themes_shown(session)),
      shown_(faces_shown(session, themes_)),
      listed_(session, themes_, shown_),
      of_face_(shown_.size(), 0) {
  const Composite& composite = session.composite();
  std::map<Ground, Category> numbers;
  for (FaceIndex f = 0; f < shown_.size(); ++f) {
    if (!shown_[f]) continue;
    Ground ground;
    for (std::size_t i = 0; i < themes_.size(); ++i)
      ground.coverages[i] = composite.coverage(f, themes_[i].holders.group());
    ground.coverages.back() = composite.coverage(f, LabelGroup::region);
    ground.statements = listed_.of_face()[f];
    const auto [entry, is_new] = numbers.try_emplace(ground, static_cast<Category>(grounds_.size() + 1));
    if (is_new) grounds_.push_back(ground);
    of_face_[f] = entry->second;
  }
  for (std::size_t part = 0; part < coverages_.size(); ++part) {
    std::set<CoverageIndex> found;
    for (const Ground& ground : grounds_) found.insert(ground.coverages[part]);
    coverages_[part].assign(found.begin(), found.end());
  }
}

std::size_t MapGround::number(std::size_t theme, CoverageIndex coverage) const {
  const auto& list = coverages_[theme];
  return static_cast<std::size_t>(std::lower_bound(list.begin(), list.end(), coverage) - list.begin());
}

}  // namespace marchland::cli
