#pragma once
// The lines that were arranged: those of the atlas, or where it is harmonised those that came of it.
#include "tools/cli/query.h"

#include <optional>

namespace marchland::cli {

class ArrangedLines {
 public:
  /// The session must outlive it.
  explicit ArrangedLines(const Session& session) : session_(&session) {}

  /// Statements in the order of the atlas. Harmonises when first asked, where that is needed; of a part of an
  /// atlas, which cannot be harmonised by itself, areas of statements are empty.
  [[nodiscard]] const Atlas& atlas() const;

 private:
  const Session* session_;
  mutable std::optional<Atlas> harmonised_;
};

}  // namespace marchland::cli
