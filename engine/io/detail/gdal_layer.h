#pragma once
// A set of features as a layer of a data set that a driver of GDAL's writes.
#include <marchland/io/detail/gdal.h>
#include <marchland/io/write_features.h>

#include <cpl_string.h>
#include <ogrsf_frmts.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace marchland::detail {

using DatasetPtr = std::unique_ptr<GDALDataset>;

struct LayerOptions {
  bool is_table = false;  ///< without geometries
  CPLStringList creation;
  bool dates_as_text = false;
  /// Of columns that DateTime has no room for, by index: the text of an instant, otherwise ISO 8601.
  std::map<std::size_t, std::string (*)(Instant)> instant_texts{};
  std::vector<std::string> names;  ///< of fields; empty: as they are
};

/// Instants of the column are within the years from `first` to `last`; open ends are.
[[nodiscard]] bool has_years_within(const FeatureSet& set, std::size_t column, int first, int last);
/// Drivers keep years of four digits only. Columns of instants beyond them are written as text.
[[nodiscard]] bool fits_date_time(const FeatureSet& set, std::size_t column);

/// Throw Error(failure) with GDAL's reason.
[[noreturn]] void fail(const GdalMessages& messages, std::string_view what);
[[nodiscard]] DatasetPtr create_dataset(const char* driver_name, const std::string& path,
                                        const CPLStringList& options, const GdalMessages& messages);
void write_layer(GDALDataset& dataset, const FeatureSet& set, const LayerOptions& options,
                 GdalMessages& messages);
void run_sql(GDALDataset& dataset, const std::string& statement, const GdalMessages& messages);
/// Drivers report what went wrong at the end through messages only.
void close_dataset(DatasetPtr dataset, const GdalMessages& messages);

/// In quotes.
[[nodiscard]] std::string sql_text(std::string_view text);

}  // namespace marchland::detail
