#pragma once
// From faces to a file of features: what export and every --geometry share.
#include "tools/cli/query.h"
#include <marchland/analysis/dissolve.h>
#include <marchland/io/write_features.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace marchland::cli {

/// Collects the layers of one file, and what rounding did to their areas.
///   FeatureOutput out(session, output.geometry, output.existing(), "changes");
///   out.add_polygons("changes", "Ground that changed hands", fields, category_of_face,
///                    [&](Category c, AreaUnits area) { return std::vector<FieldValue>{...}; });
///   out.write();
class FeatureOutput {
 public:
  /// Throws for a path that cannot be written, before anything is computed: make it first, from the options;
  /// `set_count` is the number of layers to come.
  static void check(const std::filesystem::path& path, Existing existing, std::size_t set_count = 1) {
    check_feature_output(path, set_count, existing);
  }
  /// `command` goes into the provenance. The session must outlive it.
  FeatureOutput(const Session& session, std::filesystem::path path, Existing existing,
                const std::string& command, int decimals = 7);

  /// A further line of the provenance.
  void note(const std::string& key, const std::string& value) { provenance_.extra.emplace_back(key, value); }

  /// One feature for each category of faces (0: none; the unbounded face must be 0), in the order of
  /// categories. `values` gets the area by the session's method; answers one value per field.
  using ValuesOf = std::function<std::vector<FieldValue>(Category, AreaUnits)>;
  void add_polygons(const std::string& name, const std::string& title, std::vector<FeatureField> fields,
                    const std::vector<Category>& faces, const ValuesOf& values);
  /// Any features, lines for instance.
  void add(FeatureSet set) { sets_.push_back(std::move(set)); }

  /// Writes the file; one line on standard error says what rounding did.
  void write();

 private:
  const Session* session_;
  std::filesystem::path path_;
  Existing existing_;
  DissolveOptions rounding_;
  Provenance provenance_;
  std::vector<FeatureSet> sets_;
  AreaUnits worst_rounding_ = 0;  ///< greatest |rounded - exact| of any feature
  std::size_t collapsed_ = 0;     ///< features whose ground vanished between two output positions
  std::size_t polygons_ = 0;
};

/// "#rrggbb" of a holder: the actor's; of a contested set the mean of its actors'; of unknown ground light
/// grey.
[[nodiscard]] std::string color_of(const Atlas& atlas, const Holders& holders, HolderIndex holder);
/// Names of its actors, joined by " / "; empty if unknown.
[[nodiscard]] std::string name_of(const Atlas& atlas, const Holders& holders, HolderIndex holder);
/// An end of an interval as a value; null where it is open.
[[nodiscard]] FieldValue from_of(const Interval& interval);
[[nodiscard]] FieldValue to_of(const Interval& interval);

}  // namespace marchland::cli
