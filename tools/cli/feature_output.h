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

struct FeatureOutputOptions {
  int decimals = 7;         ///< of a degree
  double simplify_m = 0.0;  ///< DissolveOptions::simplify_m
  FeatureFileOptions file;
};

/// Collects the layers of one file, and what rounding and simplifying did to their areas.
///   FeatureOutput out(session, output.geometry, output.existing(), "changes");
///   out.add_polygons("changes", "Ground that changed hands", fields, category_of_face,
///                    [&](Category c, AreaUnits area) { return std::vector<FieldValue>{...}; });
///   out.write();
class FeatureOutput {
 public:
  /// Throws for a path that cannot be written; call it first, before anything is computed. `set_count` is the
  /// number of layers to come.
  static void check(const std::filesystem::path& path, Existing existing, std::size_t set_count = 1,
                    const std::vector<std::string>& tables = {}) {
    check_feature_output(path, set_count, existing, tables);
  }
  /// `command` goes into the provenance. The session must outlive it.
  FeatureOutput(const Session& session, std::filesystem::path path, Existing existing,
                const std::string& command, const FeatureOutputOptions& options = {});

  /// A further line of the provenance; one of the same key is continued.
  void note(const std::string& key, const std::string& value);

  /// What to say should no feature come of it, though the theme has statements: "nothing is held at 1999".
  void explain_none(std::string why) { why_none_ = std::move(why); }

  /// One feature for each category of faces (0: none; the unbounded face must be 0), in the order of
  /// categories. `values` gets the area by the session's method and answers one value per field;
  /// `colored_by` is FeatureSet's.
  using ValuesOf = std::function<std::vector<FieldValue>(Category, AreaUnits)>;
  void add_polygons(const std::string& name, const std::string& title, std::vector<FeatureField> fields,
                    const std::vector<Category>& faces, const ValuesOf& values,
                    const std::string& colored_by = "actor");
  /// Any features, lines for instance. Those of a set of the same name follow its own.
  void add(FeatureSet set);

  /// For layers in which several divisions of the ground share their lines: the lines, by edge of the plane,
  [[nodiscard]] Dissolver dissolver(const std::vector<bool>& lines);
  /// and the features of one division, whose first value is an actor's id or null. Ground that vanishes
  /// between two output positions gives none, and is counted.
  [[nodiscard]] std::vector<Feature> polygons(const Dissolver& dissolver, const std::vector<Category>& faces,
                                              const ValuesOf& values);

  /// The one set there is is called so; of a database this is the name of its table.
  void rename(const std::string& name);

  /// The file to be written.
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  /// A table of the theme's statements goes with the features, where the format has tables (.gpkg).
  void add_statements(Theme theme);

  /// What was collected, for another writer.
  [[nodiscard]] const std::vector<FeatureSet>& sets() const noexcept { return sets_; }

  /// The greatest difference that rounding, and simplifying, made to the area of any feature so far, by
  /// method lonlat.
  [[nodiscard]] AreaUnits worst_rounding() const noexcept { return worst_rounding_; }
  /// Sum of the areas of features that vanished in rounding, and are not in the file.
  [[nodiscard]] AreaUnits vanished() const noexcept { return vanished_; }

  /// Writes the file. A line for standard error that says what rounding did, or why there are no features;
  /// empty if there are lines only.
  std::string write();
  /// Of what was written, as part of what `write` told.
  [[nodiscard]] const std::string& text_dates() const noexcept { return text_dates_; }

 private:
  [[nodiscard]] std::string why_none() const;
  /// What simplifying did, for people.
  [[nodiscard]] std::string simplified_text() const;

  const Session* session_;
  std::filesystem::path path_;
  Existing existing_;
  FeatureOutputOptions options_;
  Provenance provenance_;
  std::vector<FeatureSet> sets_;
  AreaUnits worst_rounding_ = 0;  ///< greatest |rounded - exact| of any feature
  std::size_t polygons_ = 0;      ///< features made
  AreaUnits vanished_ = 0;        ///< sum of |exact| of features not made
  std::size_t collapsed_ = 0;     ///< features not made
  std::string why_none_;
  std::string text_dates_;
};

/// For people, of columns that write_features returned; empty without any.
[[nodiscard]] std::string text_dates_note(const std::filesystem::path& path,
                                          const std::vector<std::string>& columns);

/// Ground of which something can be said: faces in scope, and without study area or region only those that
/// the theme of `holders` ever says anything of. Never the unbounded face.
[[nodiscard]] std::vector<bool> ground_of(const Session& session, const Holders& holders);

/// "#rrggbb" of a holder: the actor's; of a contested set the mean of its actors'; of unknown ground light
/// grey.
[[nodiscard]] std::string color_of(const Atlas& atlas, const Holders& holders, HolderIndex holder);
/// `share` in [0, 1] of the first colour, the rest of the second.
[[nodiscard]] std::string mix_colors(const std::string& first, const std::string& second, double share);
/// Names of its actors, joined by " / "; empty if unknown.
[[nodiscard]] std::string name_of(const Atlas& atlas, const Holders& holders, HolderIndex holder);
/// Null if empty.
[[nodiscard]] FieldValue text_value(const std::string& text);
/// The id of a holder; null if unknown.
[[nodiscard]] FieldValue holder_value(const Holders& holders, HolderIndex holder);
/// An end of an interval as a value; null where it is open.
[[nodiscard]] FieldValue from_of(const Interval& interval);
[[nodiscard]] FieldValue to_of(const Interval& interval);

}  // namespace marchland::cli
