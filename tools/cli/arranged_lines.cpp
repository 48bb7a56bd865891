#include "tools/cli/arranged_lines.h"

#include <marchland/composite/harmonise.h>

namespace marchland::cli {

const Atlas& ArrangedLines::atlas() const {
  const Atlas& atlas = session_->composite().atlas();
  if (atlas.harmonise.value() == 0.0) return atlas;
  if (harmonised_) return *harmonised_;
  if (session_->is_two_layer() || !atlas.window.is_all()) {
    harmonised_ = atlas;
    for (Statement& statement : harmonised_->statements) statement.area = SharedArea();
  } else {
    harmonised_ = harmonise(atlas).atlas;
  }
  return *harmonised_;
}

}  // namespace marchland::cli
