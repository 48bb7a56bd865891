#include <marchland/base/error.h>
#include <marchland/io/detail/gdal.h>
#include <marchland/io/read_raster.h>

#include <fmt/format.h>
#include <gdal_alg.h>
#include <gdal_priv.h>
#include <ogr_geometry.h>
#include <ogr_spatialref.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

namespace marchland {
namespace {

using detail::GdalMessages;

std::string name_of(const OGRSpatialReference& crs) {
  const char* authority = crs.GetAuthorityName(nullptr);
  const char* code = crs.GetAuthorityCode(nullptr);
  if (authority != nullptr && code != nullptr) return fmt::format("{}:{}", authority, code);
  char* wkt = nullptr;
  crs.exportToWkt(&wkt);
  const std::string text = wkt != nullptr ? wkt : "";
  CPLFree(wkt);
  return text;
}

/// Shifted east by so many degrees.
std::unique_ptr<OGRMultiPolygon> geometry_of(const MultiPolygon& area, double shift) {
  auto out = std::make_unique<OGRMultiPolygon>();
  for (const Polygon& polygon : area) {
    OGRPolygon part;
    for (const Ring& ring : polygon) {
      OGRLinearRing line;
      line.setNumPoints(static_cast<int>(ring.size()), FALSE);
      for (std::size_t i = 0; i < ring.size(); ++i)
        line.setPoint(static_cast<int>(i), ring[i].lon + shift, ring[i].lat);
      part.addRing(&line);
    }
    out->addGeometry(&part);
  }
  return out;
}

}  // namespace

ClassRasterFile read_raster(const std::filesystem::path& path) {
  detail::register_gdal();
  GdalMessages messages;
  const auto fail = [&](std::string_view what) {
    throw Error(ErrorCode::failure, fmt::format("{}: {}", path.string(), what));
  };
  const std::unique_ptr<GDALDataset> dataset(
      GDALDataset::Open(path.c_str(), GDAL_OF_RASTER | GDAL_OF_READONLY));
  if (!dataset) fail(fmt::format("cannot be opened: {}", messages.reason()));
  const OGRSpatialReference* crs = dataset->GetSpatialRef();
  std::array<double, 6> transform{};
  if (crs == nullptr || dataset->GetGeoTransform(transform.data()) != CE_None)
    fail("has no coordinate system or no place in it");
  if (transform[2] != 0.0 || transform[4] != 0.0 || transform[1] <= 0.0 ||
      std::abs(transform[1] + transform[5]) > 1e-9 * transform[1]) {
    fail("its cells are not squares along the axes, north up");
  }
  ClassRasterFile out;
  out.grid = {name_of(*crs),
              transform[0],
              transform[3],
              transform[1],
              static_cast<std::size_t>(dataset->GetRasterXSize()),
              static_cast<std::size_t>(dataset->GetRasterYSize())};
  GDALRasterBand& band = *dataset->GetRasterBand(1);
  if (char** names = band.GetCategoryNames(); names != nullptr) {
    for (; *names != nullptr; ++names) out.classes.emplace_back(*names);
  }
  out.cells.resize(out.grid.cell_count());
  const int columns = dataset->GetRasterXSize();
  const int rows = dataset->GetRasterYSize();
  if (band.RasterIO(GF_Read, 0, 0, columns, rows, out.cells.data(), columns, rows, GDT_UInt16, 0, 0,
                    nullptr) != CE_None) {
    fail(fmt::format("cells cannot be read: {}", messages.reason()));
  }
  return out;
}

std::vector<CellClass> rasterise(const RasterGrid& grid,
                                 const std::vector<std::pair<CellClass, MultiPolygon>>& areas) {
  detail::register_gdal();
  GdalMessages messages;
  const auto fail = [&](std::string_view what) {
    throw Error(ErrorCode::failure, fmt::format("{}: {}", what, messages.reason()));
  };
  const int columns = static_cast<int>(grid.columns);
  const int rows = static_cast<int>(grid.rows);
  GDALDriver* memory = GetGDALDriverManager()->GetDriverByName("MEM");
  const std::unique_ptr<GDALDataset> dataset(
      memory == nullptr ? nullptr : memory->Create("", columns, rows, 1, GDT_UInt16, nullptr));
  if (!dataset) fail("the cells do not fit into memory");
  std::array<double, 6> transform{grid.west, grid.cell, 0.0, grid.north, 0.0, -grid.cell};
  dataset->SetGeoTransform(transform.data());
  std::vector<std::unique_ptr<OGRMultiPolygon>> geometries;
  std::vector<OGRGeometryH> handles;
  std::vector<double> values;
  const bool goes_round = grid.west + static_cast<double>(grid.columns) * grid.cell > 180.0;
  for (const auto& [cell_class, area] : areas) {
    for (const double shift : {0.0, 360.0}) {
      if (shift > 0.0 && !goes_round) continue;
      geometries.push_back(geometry_of(area, shift));
      handles.push_back(OGRGeometry::ToHandle(geometries.back().get()));
      values.push_back(cell_class);
    }
  }
  int band = 1;
  if (!handles.empty() &&
      GDALRasterizeGeometries(GDALDataset::ToHandle(dataset.get()), 1, &band,
                              static_cast<int>(handles.size()), handles.data(), nullptr, nullptr,
                              values.data(), nullptr, nullptr, nullptr) != CE_None) {
    fail("polygons cannot be made cells");
  }
  std::vector<CellClass> cells(grid.cell_count());
  if (dataset->GetRasterBand(1)->RasterIO(GF_Read, 0, 0, columns, rows, cells.data(), columns, rows,
                                          GDT_UInt16, 0, 0, nullptr) != CE_None) {
    fail("cells cannot be read");
  }
  return cells;
}

}  // namespace marchland
