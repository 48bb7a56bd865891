#pragma once
// A map that was corrected, apart from ground that changed hands: the same date by two states of knowledge.
#include <marchland/analysis/groups.h>
#include <marchland/analysis/holders.h>
#include <marchland/analysis/joined_atlases.h>
#include <marchland/analysis/scope.h>

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace marchland {

/// Whose ground is asked about, and by what.
struct CorrectionOptions {
  Theme theme = Theme::control;
  SourceRule rule = SourceRule::priority;
  std::set<std::string> sources{};  ///< ids; empty: all
  bool by_group = false;            ///< actors of one group at the date count together
};

/// A place that one state of knowledge gives to another holder than the other.
struct PlaceCorrection {
  std::size_t place = 0;  ///< index into the atlas's places
  std::string before, after;
};

/// Who held the ground at a date, as was known and as is known. Areas are integers of boundaries alone, so
/// with what changed hands after the date they add up, to the unit:
///   published + corrected gains - corrected losses + gained - lost = the area at the later date.
class Corrections {
 public:
  /// Arranges what either says of the date. Throws as build_within does.
  Corrections(Atlas before, Atlas after, Instant at, const CorrectionOptions& asked,
              const BuildOptions& options = {});

  [[nodiscard]] const Composite& composite() const noexcept { return composite_; }
  /// From the holder as was known to that as is known, those that are the same included, as by_name has them.
  /// `measured` are areas of the composite's faces.
  [[nodiscard]] std::vector<NamedTransition> transitions(const FaceAreas& measured,
                                                         const Scope& scope = {}) const;
  /// In the order of the gazetteer.
  [[nodiscard]] std::vector<PlaceCorrection> places(const Scope& scope = {}) const;

  /// Ground whose holder differs, for dissolve: by face, 0 for none or 1 + the index into `pairs`.
  struct Division {
    std::vector<std::uint32_t> faces;
    std::vector<NamedTransition> pairs;
  };
  [[nodiscard]] Division division(const FaceAreas& measured, const Scope& scope = {}) const;

 private:
  struct Side {
    Holders holders;
    std::vector<std::string> names;  ///< by HolderIndex
  };
  [[nodiscard]] Side side(const std::set<SourceId>& all, const std::string& prefix) const;
  /// Of the holder before and after; they live as long as this does.
  using Names = std::pair<std::string_view, std::string_view>;
  [[nodiscard]] Names names(CoverageIndex coverage) const;
  /// What faces inside have one coverage, by coverage.
  struct Ground {
    CoverageIndex coverage = 0;
    Names names;
    AreaUnits area = 0;
  };
  [[nodiscard]] std::vector<Ground> grounds(const FaceAreas& measured, const std::vector<bool>& inside) const;

  CorrectionOptions asked_;
  Instant at_;
  Composite composite_;
  TimeIndex epoch_ = 0;
  std::optional<Side> before_, after_;
};

}  // namespace marchland
