#pragma once
// Who held the grounds of a map, theme by theme: holders through time, what every run of statements came to,
// and who else may have held it by dates in doubt.
#include "tools/cli/map_ground.h"
#include "tools/cli/map_times.h"

#include <vector>

namespace marchland::cli {

class MapAccounts {
 public:
  /// Both must outlive it.
  MapAccounts(const Session& session, const MapGround& ground);

  /// Instants that the accounts refer to.
  [[nodiscard]] const std::vector<Instant>& referred() const noexcept { return referred_; }
  /// Instants of the session's window, sorted, at which the holder of some ground in any theme changes, or
  /// with --group whether its holder is of a group. Where only doubt begins or ends nothing changes as told.
  [[nodiscard]] const std::vector<Instant>& steps() const noexcept { return steps_; }

  /// By name of theme.
  [[nodiscard]] Json themes(const MapTimes& times) const;

 private:
  /// Who may hold ground of one coverage by dates in doubt, from an instant on; empty: no doubt.
  struct Possible {
    Instant since;
    std::vector<std::vector<ActorId>> sets;
  };
  using PossibleByCoverage = std::map<CoverageIndex, std::vector<Possible>>;

  [[nodiscard]] PossibleByCoverage find_possible(const ShownTheme& theme) const;
  [[nodiscard]] Json theme(std::size_t part, const MapTimes& times) const;
  [[nodiscard]] Json holder(const Holders& holders, HolderIndex index, const MapTimes& times) const;
  [[nodiscard]] Json account(const Holders& holders, CoverageIndex coverage, const MapTimes& times) const;

  const Session* session_;
  const MapGround* ground_;
  std::vector<PossibleByCoverage> possible_;  ///< by theme as shown
  std::vector<Instant> memberships_;          ///< with --group, where any begins or ends
  std::vector<Instant> referred_;
  std::vector<Instant> steps_;
};

}  // namespace marchland::cli
