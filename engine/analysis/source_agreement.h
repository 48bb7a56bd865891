#pragma once
// Where two sources say the same of the ground, where they contradict each other, and where only one of them
// says anything. Silence is no contradiction, so the three are kept apart.
#include <marchland/analysis/holders.h>
#include <marchland/analysis/scope.h>

#include <string>
#include <vector>

namespace marchland {

enum class Agreement : std::uint8_t { same, different, only_first, only_second };
[[nodiscard]] std::string_view to_string(Agreement agreement);

/// Ground by what each source says of it. Empty: it says nothing.
struct AgreementRow {
  std::string first;
  std::string second;
  Agreement agreement = Agreement::same;
  AreaUnits area = 0;
};

/// How far the two agree about one holder; contested sets are holders of their own.
struct HolderAgreement {
  std::string holder;
  AreaUnits both = 0;
  AreaUnits only_first = 0;   ///< the second says another, or nothing
  AreaUnits only_second = 0;  ///< the first says another, or nothing
  /// Of what either gives it (Jaccard 1901).
  [[nodiscard]] double overlap() const;
};

struct SourceAgreement {
  std::vector<AgreementRow> rows;        ///< by first, then second; silence last. Ground of which both are
                                         ///< silent is not among them
  std::vector<HolderAgreement> holders;  ///< by id
  /// Per face, the number (from 1) of its row; 0: out of scope, or both are silent.
  std::vector<std::uint32_t> faces;

  [[nodiscard]] AreaUnits area(Agreement agreement) const;
};

/// The areas of `rows` add up exactly to the ground of which either says anything. Precondition: both are of
/// one composite and theme.
[[nodiscard]] SourceAgreement compare_sources(const Composite& composite, const FaceAreas& measured,
                                              const Holders& first, const Holders& second, Instant at,
                                              const Scope& scope = {});

}  // namespace marchland
