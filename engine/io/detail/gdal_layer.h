#pragma once
// A set of features as a layer of a data set that a driver of GDAL's writes.
#include <marchland/io/detail/gdal.h>
#include <marchland/io/write_features.h>

#include <cpl_string.h>
#include <ogrsf_frmts.h>

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
  std::vector<std::string> names;  ///< of fields; empty: as they are
};

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
