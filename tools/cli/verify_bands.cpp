// Bands: every figure lies in its own, a share has that of its area, and a figure that stands in two files
// has one band. How wide bands are is not recomputed.
#include "tools/cli/verify_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace marchland::cli {
namespace {

/// Keys of a figure and of the ends of its band.
struct BandOf {
  std::string value, low, high;
};

/// Of areas, shares, lengths, changes, doubt about dates, and published figures.
const std::vector<BandOf>& bands() {
  static const std::vector<BandOf> kBands{{"area_m2", "low_m2", "high_m2"},
                                          {"area_m2", "date_low_m2", "date_high_m2"},
                                          {"share", "share_low", "share_high"},
                                          {"net_m2", "net_low_m2", "net_high_m2"},
                                          {"gained_m2", "gained_low_m2", "gained_high_m2"},
                                          {"lost_m2", "lost_low_m2", "lost_high_m2"},
                                          {"held_m2", "held_low_m2", "held_high_m2"},
                                          {"length_m", "low_m", "high_m"},
                                          {"value", "low_value", "high_value"}};
  return kBands;
}

using Ends = std::pair<double, double>;  // not numbers where they are not known

class BandChecks {
 public:
  explicit BandChecks(TablesBack& tables) : tables_(tables) {}

  void run() {
    for (const auto& [file, document] : tables_.documents) {
      for (const char* name : {"rows", "transitions"}) {
        for (const Json& row : rows_of(document, name)) verify_row(file, row);
      }
    }
    for (const LayerBack& layer : tables_.folder.layers) {
      for (const LayerFeature& feature : layer.features) verify_feature(layer, feature);
    }
    verify_one_band();
    if (has_bands_) {
      tables_.checks.leave_out(
          "how wide bands are, noise floors, lengthening of lines, bounds by dates",
          "they need statements and their accuracy, which are not in the folder; that figures "
          "lie within them, and that they agree with each other, was looked at");
    }
  }

 private:
  static std::string name_of(const Json& row) {
    std::string name;
    for (const char* key : {"figure", "region", "actor", "from", "to", "at"}) {
      if (row.contains(key))
        name += fmt::format("{}{} {}", name.empty() ? "" : ", ", key, shown(text_of(row, key)));
    }
    return name;
  }

  void verify_band(const std::string& file, const std::string& what, double value, std::optional<double> low,
                   std::optional<double> high) {
    has_bands_ = true;
    tables_.checks.text("bands", file, what + ": both ends or none", low ? "both" : "none",
                        high ? "both" : "none");
    if (!low || !high) return;
    // Ends are the figure less and more a width, in doubles.
    const double slack = 4.0 * std::numeric_limits<double>::epsilon() * std::abs(value);
    const double nearest = *low <= *high ? std::clamp(value, *low, *high) : std::nan("");
    tables_.checks.number("bands", file, what + " lies in its band", "", nearest, value, slack);
  }

  void verify_row(const std::string& file, const Json& row) {
    const std::string name = name_of(row);
    for (const BandOf& band : bands()) {
      if (!row.contains(band.low) && !row.contains(band.high)) continue;
      const auto end = [&](const std::string& key) -> std::optional<double> {
        const auto found = row.find(key);
        if (found == row.end() || found->is_null()) return std::nullopt;
        return number_of(row, key.c_str());
      };
      verify_band(file, fmt::format("{}: {}", name, band.value), number_of(row, band.value.c_str()),
                  end(band.low), end(band.high));
    }
    verify_share(file, name, row);
  }

  /// A share of ground that has no error of its own has the band of its area. Both widths were rounded to
  /// five digits.
  void verify_share(const std::string& file, const std::string& name, const Json& row) {
    if (!row.contains("share_low") || text_of(row, "share_of") == "held") return;
    const double whole = number_of(row, "denominator_m2");
    const double area = number_of(row, "area_m2");
    const double low = number_of(row, "low_m2");
    const double high = number_of(row, "high_m2");
    if (row["share_low"].is_null() || !(whole > 0.0)) return;
    const double bound = 2e-4 * std::max(area - low, high - area) / whole + 1e-15;
    tables_.checks.number("bands", file, name + ": share_low is that of its area", "1", low / whole,
                          number_of(row, "share_low"), bound);
    tables_.checks.number("bands", file, name + ": share_high is that of its area", "1", high / whole,
                          number_of(row, "share_high"), bound);
  }

  void verify_feature(const LayerBack& layer, const LayerFeature& feature) {
    if (!feature.values.contains("low_m2")) return;
    const std::string name = fmt::format("{}{} {}", feature.text("actor"), feature.text("to_actor"),
                                         feature.text("at") + feature.text("from"));
    verify_band(layer.file, fmt::format("{} {}: area_m2", layer.name, name),
                feature.number("area_m2").value_or(std::nan("")), feature.number("low_m2"),
                feature.number("high_m2"));
  }

  // ---- One figure, one band ----

  static Ends ends_of(const Json& row) { return {number_of(row, "low_m2"), number_of(row, "high_m2")}; }
  static Ends ends_of(const LayerFeature& feature) {
    return {feature.number("low_m2").value_or(std::nan("")),
            feature.number("high_m2").value_or(std::nan(""))};
  }

  /// Sums of another order may round the fifth digit of a width otherwise. Nothing is more than all there is.
  void compare(const std::string& file, const std::string& what, double area, double whole, Ends expected,
               Ends found) {
    const double width = std::max(expected.second - area, area - expected.first);
    const double bound = 1.1e-4 * width + 4.0 * std::numeric_limits<double>::epsilon() * area;
    const auto end = [&](const char* name, double x, double y) {
      if (std::isnan(x) && std::isnan(y)) return;
      tables_.checks.number("bands", file, fmt::format("{}: {}", what, name), "m2", std::min(x, whole),
                            std::min(y, whole), std::isnan(bound) ? 0.0 : bound);
    };
    end("low_m2", expected.first, found.first);
    end("high_m2", expected.second, found.second);
  }

  void verify_one_band() {
    if (tables_.areas != nullptr) {
      for (const auto& [name, at] : tables_.folder.dates) {
        for (const Json& row : rows_of(*tables_.areas)) {
          if (text_of(row, "at") == tables_.folder.date_texts.at(name) && row.contains("low_m2"))
            verify_area(name, at, row);
        }
      }
    }
    for (const Json* entry : tables_.folder.entries({{"command", "changes"}}, ".json")) {
      const Json* table = tables_.document((*entry)["file"]);
      if (table == nullptr) continue;
      for (const Json* drawn : tables_.folder.entries(
               {{"command", "export"}, {"from", text_of(*entry, "from")}, {"to", text_of(*entry, "to")}},
               "")) {
        if (const LayerBack* layer = tables_.folder.layer_of((*drawn)["file"], ""))
          verify_passed(*table, *layer);
      }
    }
  }

  void verify_area(const std::string& name, Instant at, const Json& row) {
    const std::string actor = text_of(row);
    const std::string what = fmt::format("{} at {}, as in the table of areas", shown(actor), name);
    const double area = number_of(row, "area_m2");
    const double whole = text_of(row, "share_of") == "held" ? HUGE_VAL : number_of(row, "denominator_m2");
    if (const LayerBack* control = tables_.folder.control_at(name)) {
      for (const LayerFeature& feature : control->features) {
        if (feature.text("actor") == actor && feature.values.contains("low_m2"))
          compare(control->file, what, area, whole, ends_of(row), ends_of(feature));
      }
    }
    for (const Json* entry : tables_.folder.entries({{"command", "timeline"}}, ".json")) {
      const std::string file = (*entry)["file"];
      const Json* series = tables_.document(file);
      if (series == nullptr) continue;
      for (const Json& point : rows_of(*series)) {
        if (text_of(point) == actor && tables_.folder.instant(text_of(point, "at")) == at)
          compare(file, what, area, whole, ends_of(row), ends_of(point));
      }
    }
  }

  void verify_passed(const Json& table, const LayerBack& layer) {
    for (const Json& row : rows_of(table, "transitions")) {
      if (!row.contains("low_m2")) continue;
      for (const LayerFeature& feature : layer.features) {
        if (feature.text("from_actor") != text_of(row, "from") ||
            feature.text("to_actor") != text_of(row, "to"))
          continue;
        compare(layer.file,
                fmt::format("{} to {}, as in the table of changes", shown(text_of(row, "from")),
                            shown(text_of(row, "to"))),
                number_of(row, "area_m2"), HUGE_VAL, ends_of(row), ends_of(feature));
      }
    }
  }

  TablesBack& tables_;
  bool has_bands_ = false;
};

}  // namespace

void verify_bands(TablesBack& tables) {
  BandChecks(tables).run();
}

}  // namespace marchland::cli
