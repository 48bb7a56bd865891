#include <marchland/analysis/narrow_changes.h>
#include <marchland/base/error.h>

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <utility>

namespace marchland {

NarrowChanges::NarrowChanges(const Composite& composite, const FaceAreas& measured,
                             const std::vector<HolderIndex>& faces_a, const std::vector<HolderIndex>& faces_b,
                             const std::vector<std::string>& before, const std::vector<std::string>& after,
                             Meters narrower_than, const Scope& scope)
    : composite_(&composite), measured_(&measured) {
  if (!(narrower_than.value() > 0.0) || !std::isfinite(narrower_than.value())) {
    throw InvalidArgument(
        fmt::format("pieces narrower than {} m: expected a width above 0", narrower_than.value()));
  }
  const std::vector<bool> inside = faces_in_scope(composite, scope);
  const auto has_changed = [&](FaceIndex f) {
    return f != kUnboundedFace && inside[f] && before[faces_a[f]] != after[faces_b[f]];
  };
  // Unknown last.
  using Rank = std::pair<bool, std::string>;
  const auto rank_of = [](const std::string& name) { return Rank{name.empty(), name}; };
  std::map<std::pair<Rank, Rank>, Category> categories;
  for (FaceIndex f = 0; f < inside.size(); ++f) {
    if (has_changed(f)) categories.try_emplace({rank_of(before[faces_a[f]]), rank_of(after[faces_b[f]])}, 0);
  }
  for (auto& [key, category] : categories) {
    transitions_.emplace_back(key.first.second, key.second.second);
    category = static_cast<Category>(transitions_.size());
  }
  std::vector<Category> faces(inside.size(), 0);
  for (FaceIndex f = 0; f < inside.size(); ++f) {
    if (has_changed(f)) faces[f] = categories.at({rank_of(before[faces_a[f]]), rank_of(after[faces_b[f]])});
  }
  pieces_ = find_pieces(composite, measured, faces);
  is_narrow_.reserve(pieces_.pieces.size());
  for (const Piece& piece : pieces_.pieces) is_narrow_.push_back(piece.mean_width() < narrower_than);
}

std::vector<NarrowChange> NarrowChanges::within(const Scope& part) const {
  const std::vector<bool> inside = faces_in_scope(*composite_, part);
  std::vector<NarrowChange> out;
  for (const auto& [from, to] : transitions_) out.push_back({from, to, 0, 0, 0, 0});
  std::vector<bool> seen(pieces_.pieces.size(), false);
  for (FaceIndex f = 0; f < inside.size(); ++f) {
    const PieceIndex index = pieces_.of_face[f];
    if (!inside[f] || index == kNoPiece) continue;
    NarrowChange& sum = out[pieces_.pieces[index].category - 1];
    sum.area += (*measured_)[f];
    if (is_narrow_[index]) sum.narrow_area += (*measured_)[f];
    if (seen[index]) continue;
    seen[index] = true;
    ++sum.pieces;
    if (is_narrow_[index]) ++sum.narrow_pieces;
  }
  std::erase_if(out, [](const NarrowChange& change) { return change.pieces == 0; });
  return out;
}

}  // namespace marchland
