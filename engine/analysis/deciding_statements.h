#pragma once
// Which statements some ground owes its holder to: of each feature that leaves the program, the statements
// that decide somewhere on its ground at its dates.
//
// A run of a coverage tells layer and actor. Where these have one statement at an instant, it is that one.
// Where they have several, their lines say which of them cover its faces (face_cover.h).
#include <marchland/analysis/face_cover.h>
#include <marchland/analysis/holders.h>

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace marchland {

class DecidingStatements {
 public:
  /// `lines` answers an atlas with the statements of the composite's in the same order and the lines that
  /// were arranged, as explain() has it; it is asked only where statements must be told apart by their lines,
  /// and where these are missing (Load::answers) they cannot be: see Answer. All must outlive it.
  DecidingStatements(const Composite& composite, const Holders& holders, std::function<const Atlas&()> lines);

  /// Ground that one holder has through the epochs [from, to).
  struct Ground {
    HolderIndex holder = kUnknown;
    TimeIndex from = 0;
    TimeIndex to = 0;
  };
  /// Statements by category of ground; 0: none asked for.
  struct Answer {
    std::vector<std::vector<std::uint32_t>> statements;  ///< indices into Atlas::statements, ascending
    /// Otherwise lines were missing that tell statements apart, and all lists are empty.
    bool is_complete = true;
  };
  /// Of ground that is divided into categories by face; 0, and those of unknown ground, have none. Faces of
  /// one coverage are of one category, or not asked for (0). Cost: once over the faces, and over the lines of
  /// statements that only these tell apart.
  [[nodiscard]] Answer operator()(const std::vector<std::uint32_t>& faces,
                                  const std::vector<Ground>& categories) const;

 private:
  /// Through which part of the ground's time a run decides; nothing if it does nowhere.
  [[nodiscard]] std::vector<std::pair<TimeIndex, TimeIndex>> deciding_times(CoverageIndex coverage,
                                                                            const CoverageRun& run,
                                                                            const Ground& ground) const;

  const Composite* composite_;
  const Holders* holders_;
  const Atlas* atlas_;
  FaceCover covers_;
  bool every_run_decides_;  ///< of a holder's actors: one source speaks, and no event paints over
  std::vector<std::vector<std::uint32_t>> of_slot_;  ///< statements by slot
  std::vector<std::ptrdiff_t> first_face_;           ///< of each coverage in faces_of_, and one more
  std::vector<FaceIndex> faces_of_;                  ///< by coverage
};

}  // namespace marchland
