#pragma once
// What every reader of features does alike, so that a message does not depend on who read.
#include <marchland/io/vector_file.h>

#include <string>
#include <string_view>
#include <vector>

namespace marchland::detail {

/// "; did you mean 'x'?" with the nearest candidate; empty if none is near.
[[nodiscard]] std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates);

/// Throws InvalidData with the fields there are.
[[noreturn]] void fail_no_field(const std::string& name, const std::vector<std::string>& fields);

/// As short as it reads back; whole numbers without a point, since years and codes are often kept as real
/// numbers.
[[nodiscard]] std::string number_text(double value);

/// Repeats the first position of a ring at its end if it is missing there; true if it was.
bool close_ring(Ring& ring);

/// check_readable for all of a feature's areas and points.
void check_feature(const VectorFeature& feature);

}  // namespace marchland::detail
