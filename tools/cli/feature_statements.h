#pragma once
// What each feature says of where it comes from: the statements that decide somewhere on its ground at its
// dates, and their sources.
#include "tools/cli/arranged_lines.h"
#include "tools/cli/query.h"
#include <marchland/analysis/deciding_statements.h>
#include <marchland/analysis/dissolve.h>

#include <filesystem>
#include <string>
#include <vector>

namespace marchland::cli {

/// So many statements are named at most; how many there are is told beside them.
inline constexpr std::size_t kMostStatementsNamed = 20;

class FeatureStatements {
 public:
  /// Both must outlive it.
  FeatureStatements(const Session& session, const Holders& holders);
  FeatureStatements(const FeatureStatements&) = delete;
  FeatureStatements& operator=(const FeatureStatements&) = delete;

  /// By category; null where none is asked for, or their lines are not at hand to tell them apart.
  struct Named {
    FieldValue statements;  ///< ids, joined by ",", in the order of the atlas
    FieldValue count;       ///< how many there are
    FieldValue sources;     ///< ids, each once, joined by ","
  };
  [[nodiscard]] std::vector<Named> operator()(
      const std::vector<Category>& faces, const std::vector<DecidingStatements::Ground>& categories) const;

 private:
  const Session* session_;
  ArrangedLines lines_;
  DecidingStatements deciding_;
};

/// Whether a field of the format has room for a list of statements: shapefiles have 254 bytes.
[[nodiscard]] bool has_room_for_statements(const std::filesystem::path& path);

}  // namespace marchland::cli
