#pragma once
// What is found about many features while they are read: one finding for each kind, with a count.
#include <marchland/base/findings.h>
#include <marchland/io/vector_file.h>

#include <cstddef>
#include <map>
#include <string>
#include <utility>

namespace marchland::detail {

/// Observations of one kind about many features become one finding.
class Tally {
 public:
  void add(const std::string& code, Severity severity, const std::string& text, const std::string& place);
  /// By code, then text: "SUBJECT: TEXT (N times, first in PLACE)".
  void report(const std::string& subject, Findings& findings) const;

 private:
  struct Entry {
    Severity severity = Severity::info;
    std::size_t count = 0;
    std::string first;
  };
  std::map<std::pair<std::string, std::string>, Entry> entries_;
};

/// How a file's coordinates became degrees, and what its reader warned of. `name` is what messages call it.
void tally_table(const VectorTable& table, const std::string& name, Tally& tally);
/// What of a feature was altered.
void tally_feature(const VectorFeature& feature, const std::string& place, Tally& tally);

}  // namespace marchland::detail
