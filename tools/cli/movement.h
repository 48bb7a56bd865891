#pragma once
// How the line of contact moved between two dates: one computation for the tables and the file of features.
#include "tools/cli/feature_output.h"
#include "tools/cli/reports.h"
#include <marchland/analysis/line_movement.h>
#include <marchland/analysis/positional_error.h>

#include <optional>

namespace marchland::cli {

class MovementAnswer {
 public:
  /// The session must outlive it, and have both dates arranged. Throws InvalidArgument where `from` is not
  /// before `to`.
  MovementAnswer(const Session& session, Instant from, Instant to, LineSides sides, Meters step);

  /// Rows: the line at either date; or, with `stretches_first`, the stretches.
  [[nodiscard]] Report report(bool stretches_first) const;
  /// The lines of both dates, and the ground between them.
  void add_features(FeatureOutput& out) const;

 private:
  [[nodiscard]] Json line_row(Instant at, const LineAtDate& line) const;
  [[nodiscard]] Table lines_table() const;
  [[nodiscard]] Table swept_table() const;
  [[nodiscard]] Table displacement_table() const;
  [[nodiscard]] Table stretches_table() const;
  [[nodiscard]] std::vector<std::string> notes() const;
  [[nodiscard]] double days() const;

  /// Of ground that passed.
  struct Errors {
    AreaError to_first, to_second;
    AreaError swept_to_first, swept_to_second;
    AreaError net, net_swept;  ///< to the first less to the second
    AreaError both_swept;      ///< added up
  };
  [[nodiscard]] Errors find_errors() const;

  const Session* session_;
  Instant from_;
  Instant to_;
  LineSides sides_;
  Meters step_;
  Holders holders_;
  Holders borders_;
  LineMovement movement_;
  std::optional<Errors> errors_;  ///< where bands are asked for
};

}  // namespace marchland::cli
