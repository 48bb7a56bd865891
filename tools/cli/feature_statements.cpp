#include "tools/cli/feature_statements.h"

#include <algorithm>
#include <utility>

namespace marchland::cli {
namespace {

std::string joined(const std::vector<std::string>& ids) {
  std::string text;
  for (const std::string& id : ids) text += (text.empty() ? "" : ",") + id;
  return text;
}

}  // namespace

FeatureStatements::FeatureStatements(const Session& session, const Holders& holders)
    : session_(&session),
      lines_(session),
      deciding_(session.composite(), holders, [this]() -> const Atlas& { return lines_.atlas(); }) {}

std::vector<FeatureStatements::Named> FeatureStatements::operator()(
    const std::vector<Category>& faces, const std::vector<DecidingStatements::Ground>& categories) const {
  const Atlas& atlas = session_->composite().atlas();
  const DecidingStatements::Answer answer = deciding_(faces, categories);
  std::vector<Named> out(categories.size());
  if (!answer.is_complete) return out;
  for (std::size_t c = 0; c < categories.size(); ++c) {
    const auto& found = answer.statements[c];
    if (found.empty()) continue;
    std::vector<std::string> ids;
    std::vector<std::string> sources;
    for (const std::uint32_t i : found) {
      if (ids.size() < kMostStatementsNamed) ids.push_back(atlas.statements[i].id);
      const std::string& source = atlas[atlas[atlas.statements[i].layer].source].id;
      if (std::find(sources.begin(), sources.end(), source) == sources.end()) sources.push_back(source);
    }
    out[c] = {joined(ids), static_cast<std::int64_t>(found.size()), joined(sources)};
  }
  return out;
}

bool has_room_for_statements(const std::filesystem::path& path) {
  return feature_format(path) != "shz";
}

}  // namespace marchland::cli
