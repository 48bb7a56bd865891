#pragma once
// What `verify` holds against each other: the files of a result folder as they were read back, and the list
// of what was found. The checks themselves are divided by what they are about: layers, tables
// (verify_tables.h), rasters.
#include "tools/cli/report.h"
#include <marchland/base/error.h>
#include <marchland/model/atlas.h>
#include <marchland/time/instant.h>
#include <marchland/verify/measure_again.h>
#include <marchland/verify/planar_area.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace marchland::cli {

/// Everything that was looked at, by check and file.
class Checks {
 public:
  /// A number that must be within `bound` of another.
  void number(const std::string& check, const std::string& file, const std::string& what,
              const std::string& unit, double expected, double found, double bound);
  /// Something that must be so.
  void text(const std::string& check, const std::string& file, const std::string& what,
            const std::string& expected, const std::string& found);
  /// Runs a check of a file. Content that cannot be understood is a difference of that file, and ends only
  /// this check.
  template <class Check>
  void attempt(const std::string& file, const Check& check) {
    try {
      check();
    } catch (const Json::exception& error) {
      text("content", file, "is what run writes", "yes", error.what());
    } catch (const Error& error) {
      text("content", file, "is what run writes", "yes", error.what());
    }
  }
  /// What was not looked at, and why.
  void leave_out(const std::string& what, const std::string& why);

  [[nodiscard]] std::size_t figures() const noexcept { return figures_; }
  [[nodiscard]] std::size_t different() const noexcept { return differences_.size(); }
  /// A row for each check and file, or `for_people` for each check; what differs; what was left out. A row
  /// shows the figure that came nearest to its bound, or went furthest beyond it.
  [[nodiscard]] std::vector<Table> tables(bool for_people) const;

 private:
  struct Group {
    std::string check, file;
    std::size_t files = 1;
    std::size_t figures = 0;
    std::size_t different = 0;
    double worst_ratio = -1.0;  ///< of difference to bound
    Json worst{};

    void take(const Json& figure, double ratio);
  };
  [[nodiscard]] std::vector<Group> by_check() const;
  void add(const std::string& check, const std::string& file, Json figure, double ratio, bool holds);

  std::vector<Group> groups_;
  std::map<std::pair<std::string, std::string>, std::size_t> index_;
  std::vector<Json> differences_;
  std::vector<std::pair<std::string, std::string>> left_out_;
  std::size_t figures_ = 0;
};

/// A feature of a layer, read back.
struct LayerFeature {
  std::map<std::string, std::optional<std::string>> values;
  MultiPolygon area;
  MultiLine lines;
  MeasuredArea measured;             ///< of `area`, where the method can be recomputed
  std::optional<PlanarArea> planar;  ///< where `area` has polygons that GEOS takes
  bool is_valid = false;

  /// Empty where there is none, or null.
  [[nodiscard]] std::string text(const std::string& field) const;
  [[nodiscard]] std::optional<double> number(const std::string& field) const;
  [[nodiscard]] std::optional<Instant> instant(const std::string& field) const;
  /// From "from" to before "to"; without either since ever, for ever.
  [[nodiscard]] bool holds(Instant at) const;
};

/// A layer of a file.
struct LayerBack {
  std::string file;
  std::string name;
  std::vector<LayerFeature> features;
};

/// A result folder: what its index says, and its layers.
struct ResultBack {
  std::filesystem::path path;
  Json index;
  Atlas declared;                                 ///< parties, regions and sources, as the index has them
  std::map<std::string, std::string> date_texts;  ///< as tables write them, by name
  std::map<std::string, Instant> dates;           ///< by name
  DayConvention days;                             ///< of dates that tables write without a time
  std::optional<EqualAreaMeasure> measure;        ///< nothing where the method cannot be recomputed
  std::optional<EqualAreaMeasure> earth;          ///< WGS84, for cells
  std::vector<LayerBack> layers;

  /// Only some parties' rows and polygons are there.
  [[nodiscard]] bool has_some_actors_only() const;
  /// The folder was made with this option: "region", "group", ...
  [[nodiscard]] bool has_option(const char* name) const;
  [[nodiscard]] std::string theme() const;
  /// Entries whose keys have these values.
  [[nodiscard]] std::vector<const Json*> entries(const Json& like, const std::string& ending) const;
  /// The layer of who held what at a date; null where there is none.
  [[nodiscard]] const LayerBack* control_at(const std::string& date_name) const;
  /// The layer of regions; null where there is none.
  [[nodiscard]] const LayerBack* regions() const;
  [[nodiscard]] const LayerBack* layer_of(const std::string& file, const std::string& name) const;
  /// Of a file of the index. Throws Error(failure).
  [[nodiscard]] std::string bytes(const std::string& file) const;
  /// An instant as tables write it. Throws InvalidArgument.
  [[nodiscard]] Instant instant(const std::string& text) const { return parse_date(text, days).first; }
  /// A table, by a file of the index; nothing, and a difference noted, where it cannot be read. Rows that
  /// are none, or whose texts and dates cannot be understood, are noted as differences and left out.
  [[nodiscard]] std::optional<Json> table(const std::string& file, Checks& checks) const;
};

/// The greatest change that rounding of coordinates made to the area of one feature, as the index states it.
/// It is more than the feature's own lines swept where slivers of it vanished between two positions.
[[nodiscard]] double stated_rounding(const ResultBack& folder, const std::string& file);
/// The ground of all features of a file that vanished in rounding, as the index states it.
[[nodiscard]] double stated_vanished(const ResultBack& folder, const std::string& file);
/// What rounding of coordinates can have swept along these lines, in square metres.
[[nodiscard]] double swept_by_rounding(const ResultBack& folder, const MeasuredArea& measured);
/// By how much a written area can differ from that of the polygons written with it: what measuring them anew
/// leaves open, what the account's whole square millimetres do, and what rounding of coordinates did, in
/// square metres.
[[nodiscard]] double area_bound(const MeasuredArea& measured, double rounding);
[[nodiscard]] double area_bound(const ResultBack& folder, const std::string& file,
                                const MeasuredArea& measured);

/// Reads every layer that is there; areas, validity, overlaps.
void verify_layers(ResultBack& folder, Checks& checks);
/// Tables against layers, against each other and within themselves, and of both what they say of themselves.
/// After verify_layers.
void verify_tables(const ResultBack& folder, Checks& checks);
/// Cells against polygons and against each other. After verify_layers.
void verify_rasters(const ResultBack& folder, Checks& checks);

}  // namespace marchland::cli
