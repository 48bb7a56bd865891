#pragma once
// The one file of areas that proposed lines divide, or places share out.
#include <marchland/io/detail/frame_choice.h>
#include <marchland/io/detail/layer_draft.h>

#include <cstddef>
#include <string>
#include <vector>

namespace marchland::detail {

struct FrameDraft {
  FrameDraft() = default;
  /// Reads the file, with its areas by the field that tells them apart, if one does.
  FrameDraft(const LayerDraft& draft, const ProposeOptions& options);

  /// The frame of a layer: those of the areas that have these names; none: all.
  [[nodiscard]] FileSpec of(const std::vector<std::string>& names) const;
  /// The same in words.
  [[nodiscard]] std::string text(const std::vector<std::string>& names) const;

  /// Of all areas.
  [[nodiscard]] BoundingBox box() const;

  FileSpec file;
  NamedAreas areas;
  std::string field;      ///< tells the areas apart; empty: none does
  std::size_t count = 0;  ///< features with areas
};

}  // namespace marchland::detail
