#pragma once
// The ground of a map: faces of equal coverage in all themes and regions, that the same statements cover, are
// one ground.
#include "tools/cli/query.h"
#include <marchland/analysis/dissolve.h>
#include <marchland/analysis/holders.h>

#include <array>
#include <cstdint>
#include <vector>

namespace marchland::cli {

struct ShownTheme {
  Theme theme;
  Holders holders;
};

/// Statements that layer, actor and date do not tell from others: those that hold, or may hold, beside
/// another of their layer and actor, those whose dates are in doubt, and all of event layers. Of these it is
/// known which faces each covers.
class ListedStatements {
 public:
  /// Of the themes, on the faces that are `shown`. Where the lines of a statement are not at hand
  /// (ArrangedLines) it is not listed. Cost: the lines of those that are listed, and for each the faces that
  /// may lie in it.
  ListedStatements(const Session& session, const std::vector<ShownTheme>& themes,
                   const std::vector<bool>& shown);

  [[nodiscard]] bool is_listed(std::uint32_t statement) const { return is_listed_[statement]; }
  /// Sets of listed statements that cover some face, ascending; the first is empty.
  [[nodiscard]] const std::vector<std::vector<std::uint32_t>>& sets() const noexcept { return sets_; }
  /// By face, the index of its set.
  [[nodiscard]] const std::vector<std::uint32_t>& of_face() const noexcept { return of_face_; }

 private:
  std::vector<bool> is_listed_;
  std::vector<std::vector<std::uint32_t>> sets_;
  std::vector<std::uint32_t> of_face_;
};

class MapGround {
 public:
  /// The session must outlive it.
  explicit MapGround(const Session& session);

  struct Ground {
    std::array<CoverageIndex, kLabelGroups> coverages{};  ///< by theme as shown; the last: of regions
    std::uint32_t statements = 0;                         ///< index into ListedStatements::sets()
    friend auto operator<=>(const Ground&, const Ground&) = default;
  };

  /// The session's, and those of which there is any statement.
  [[nodiscard]] const std::vector<ShownTheme>& themes() const noexcept { return themes_; }
  [[nodiscard]] const ListedStatements& listed() const noexcept { return listed_; }
  [[nodiscard]] const std::vector<Ground>& grounds() const noexcept { return grounds_; }
  /// Index of the ground that each face belongs to, and 1; 0: it is not shown.
  [[nodiscard]] const std::vector<Category>& of_face() const noexcept { return of_face_; }

  /// Coverages that some ground has, sorted, by theme as shown.
  [[nodiscard]] const std::vector<CoverageIndex>& coverages(std::size_t theme) const {
    return coverages_[theme];
  }
  [[nodiscard]] const std::vector<CoverageIndex>& region_coverages() const { return coverages_.back(); }
  /// Index into coverages(theme), which holds it.
  [[nodiscard]] std::size_t number(std::size_t theme, CoverageIndex coverage) const;
  [[nodiscard]] std::size_t region_number(CoverageIndex coverage) const {
    return number(kLabelGroups - 1, coverage);
  }

 private:
  std::vector<ShownTheme> themes_;
  std::vector<bool> shown_;  ///< by face
  ListedStatements listed_;
  std::vector<Ground> grounds_;
  std::vector<Category> of_face_;
  std::array<std::vector<CoverageIndex>, kLabelGroups> coverages_;
};

}  // namespace marchland::cli
