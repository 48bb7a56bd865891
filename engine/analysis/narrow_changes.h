#pragma once
// How much of what changed hands lies in strips no wider than the doubt of the lines: there, a line drawn
// anew and ground that passed cannot be told apart by the map alone.
#include <marchland/analysis/holders.h>
#include <marchland/analysis/pieces.h>
#include <marchland/analysis/scope.h>

#include <string>
#include <vector>

namespace marchland {

/// Of one transition between two names of holders.
struct NarrowChange {
  std::string from;  ///< empty: unknown
  std::string to;
  std::size_t pieces = 0;
  std::size_t narrow_pieces = 0;
  AreaUnits area = 0;
  AreaUnits narrow_area = 0;
};

/// Ground that changed hands between two dates, piece by piece: connected ground of one transition, however
/// lines of other dates divide it. A piece is narrow if its mean width (2 A / P) is below a bound; with lines
/// of standard deviation sigma, 2 sigma is what two drawings of one line differ by at most places.
class NarrowChanges {
 public:
  /// `before` and `after` name holders (by HolderIndex) at either epoch; ground changed hands where names
  /// differ. Pieces are those of the scope. The composite must outlive it. Throws InvalidArgument unless
  /// narrower_than is positive and finite.
  NarrowChanges(const Composite& composite, const FaceAreas& measured,
                const std::vector<HolderIndex>& faces_a, const std::vector<HolderIndex>& faces_b,
                const std::vector<std::string>& before, const std::vector<std::string>& after,
                Meters narrower_than, const Scope& scope = {});

  /// Sums over a part of the scope, by from, then to, unknown last; a piece that reaches into it counts, with
  /// the area it has there, as narrow as the whole of it is.
  [[nodiscard]] std::vector<NarrowChange> within(const Scope& part) const;

 private:
  const Composite* composite_;
  const FaceAreas* measured_;
  std::vector<std::pair<std::string, std::string>> transitions_;  ///< by category - 1
  Pieces pieces_;
  std::vector<bool> is_narrow_;  ///< by piece
};

}  // namespace marchland
