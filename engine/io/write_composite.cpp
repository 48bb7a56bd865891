#include <marchland/base/error.h>
#include <marchland/io/detail/checksum.h>
#include <marchland/io/detail/gdal.h>
#include <marchland/io/detail/gdal_features.h>
#include <marchland/io/write_composite.h>

#include <cpl_conv.h>
#include <fmt/format.h>
#include <gdal_priv.h>
#include <ogrsf_frmts.h>

#include <functional>
#include <variant>

namespace marchland {
namespace {

using Cell = std::variant<std::monostate, std::int64_t, std::string>;
using Row = std::vector<Cell>;

struct TableColumn {
  const char* name;
  OGRFieldType type;
};

/// A topology table: its rows are produced one by one, for the file and for the hash alike.
struct TopologyTable {
  const char* name;
  std::vector<TableColumn> columns;
  std::function<void(const std::function<void(const Row&)>&)> rows;
};

/// 64 unsigned bits as SQLite keeps them.
std::int64_t as_signed(std::uint64_t value) {
  return static_cast<std::int64_t>(value);
}

template <class Number>
Cell number(Number value) {
  return static_cast<std::int64_t>(value);
}

std::vector<TopologyTable> topology(const Composite& composite) {
  const Arrangement& plane = composite.plane();
  const Atlas& atlas = composite.atlas();
  std::vector<TopologyTable> tables;

  tables.push_back({"marchland_instant", {{"at", OFTString}}, [&composite](const auto& emit) {
                      const TimeAxis& times = composite.times();
                      for (TimeIndex i = 0; i <= times.for_ever(); ++i) {
                        // The first stands for "since ever", the last for "for ever".
                        const bool is_open = i == 0 || i == times.for_ever();
                        emit({is_open ? Cell() : Cell(format_utc(times[i]))});
                      }
                    }});
  tables.push_back({"marchland_slot",
                    {{"label_group", OFTString},
                     {"layer", OFTString},
                     {"actor", OFTString},
                     {"seq", OFTInteger64},
                     {"region", OFTString}},
                    [&composite, &atlas](const auto& emit) {
                      for (const Slot& slot : composite.slots()) {
                        const bool is_region = slot.group == LabelGroup::region;
                        const auto theme = is_region ? std::string("region")
                                                     : std::string(to_string(static_cast<Theme>(slot.group)));
                        emit({theme, is_region ? Cell() : Cell(atlas[slot.layer].id),
                              is_region ? Cell() : Cell(atlas[slot.actor].id), number(slot.seq),
                              slot.region.is_valid() ? Cell(atlas[slot.region].id) : Cell()});
                      }
                    }});
  tables.push_back({"marchland_node",
                    {{"x", OFTInteger64},
                     {"y", OFTInteger64},
                     {"rx", OFTInteger64},
                     {"ry", OFTInteger64},
                     {"den", OFTInteger64}},
                    [&plane](const auto& emit) {
                      for (NodeIndex n = 0; n < plane.node_count(); ++n) {
                        const ExactPoint p = plane.point(n);
                        emit({number(p.x), number(p.y), as_signed(p.rx), as_signed(p.ry), as_signed(p.den)});
                      }
                    }});
  tables.push_back({"marchland_edge",
                    {{"u", OFTInteger64},
                     {"v", OFTInteger64},
                     {"ax", OFTInteger64},
                     {"ay", OFTInteger64},
                     {"bx", OFTInteger64},
                     {"by", OFTInteger64},
                     {"left_face", OFTInteger64},
                     {"right_face", OFTInteger64}},
                    [&plane](const auto& emit) {
                      for (EdgeIndex e = 0; e < plane.edges().size(); ++e) {
                        const Edge& edge = plane.edges()[e];
                        const GridSegment& s = plane.line_of(e);
                        emit({number(edge.u), number(edge.v), number(s.a.x), number(s.a.y), number(s.b.x),
                              number(s.b.y), number(plane.face(2 * e)), number(plane.face(2 * e + 1))});
                      }
                    }});
  tables.push_back({"marchland_face",
                    {{"area_mm2", OFTString},
                     {"control", OFTInteger64},
                     {"claim", OFTInteger64},
                     {"border", OFTInteger64},
                     {"zone", OFTInteger64},
                     {"region", OFTInteger64}},
                    [&composite](const auto& emit) {
                      for (FaceIndex f = 0; f < composite.plane().face_count(); ++f) {
                        // 128 bits as digits: SQLite's integers have 64.
                        Row row{to_string(composite.areas()[f])};
                        for (std::size_t g = 0; g < kLabelGroups; ++g) {
                          row.push_back(number(composite.coverage(f, static_cast<LabelGroup>(g))));
                        }
                        emit(row);
                      }
                    }});
  tables.push_back({"marchland_coverage",
                    {{"label_group", OFTString},
                     {"coverage", OFTInteger64},
                     {"slot", OFTInteger64},
                     {"from_instant", OFTInteger64},
                     {"to_instant", OFTInteger64}},
                    [&composite](const auto& emit) {
                      for (std::size_t g = 0; g < kLabelGroups; ++g) {
                        const auto group = static_cast<LabelGroup>(g);
                        const auto name = group == LabelGroup::region
                                              ? std::string("region")
                                              : std::string(to_string(static_cast<Theme>(g)));
                        for (CoverageIndex c = 0; c < composite.coverage_count(group); ++c) {
                          for (const CoverageRun& run : composite.runs(group, c)) {
                            emit({name, number(c), number(run.slot), number(run.from), number(run.to)});
                          }
                        }
                      }
                    }});
  return tables;
}

class TableWriter {
 public:
  TableWriter(const std::filesystem::path& path, const std::filesystem::path& shown_as)
      : shown_as_(shown_as) {
    dataset_.reset(GDALDataset::Open(path.c_str(), GDAL_OF_VECTOR | GDAL_OF_UPDATE));
    if (!dataset_) fail();
  }

  void write(const TopologyTable& table) {
    OGRLayer* layer = create(table.name, table.columns);
    GIntBig id = 0;
    start();
    table.rows([&](const Row& row) {
      OGRFeature feature(layer->GetLayerDefn());
      // Row numbers are the indices of the engine, counted from 0.
      feature.SetFID(id++);
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (const auto* integer = std::get_if<std::int64_t>(&row[i])) {
          feature.SetField(static_cast<int>(i), static_cast<GIntBig>(*integer));
        } else if (const auto* text = std::get_if<std::string>(&row[i])) {
          feature.SetField(static_cast<int>(i), text->c_str());
        }
      }
      if (layer->CreateFeature(&feature) != OGRERR_NONE) fail();
    });
    commit();
  }

  void close() {
    dataset_.reset();  // GDAL 3.6 returns nothing from closing; what went wrong is among its messages
    if (!messages_.failures().empty()) fail();
  }

 private:
  [[noreturn]] void fail() const {
    throw Error(ErrorCode::failure, fmt::format("{}: cannot be written: {}; nothing was left behind",
                                                shown_as_.string(), messages_.reason()));
  }
  void start() {
    if (dataset_->StartTransaction() != OGRERR_NONE) fail();
  }
  void commit() {
    if (dataset_->CommitTransaction() != OGRERR_NONE) fail();
  }
  OGRLayer* create(const char* name, const std::vector<TableColumn>& columns) {
    char** options = CSLSetNameValue(nullptr, "ASPATIAL_VARIANT", "GPKG_ATTRIBUTES");
    options = CSLSetNameValue(options, "FID", "id");
    OGRLayer* layer = dataset_->CreateLayer(name, nullptr, wkbNone, options);
    CSLDestroy(options);
    if (layer == nullptr) fail();
    for (const TableColumn& column : columns) {
      OGRFieldDefn field(column.name, column.type);
      if (layer->CreateField(&field) != OGRERR_NONE) fail();
    }
    return layer;
  }

  detail::GdalMessages messages_;
  std::filesystem::path shown_as_;
  GDALDatasetUniquePtr dataset_;
};

TopologyTable meta_table(const Composite& composite, const Provenance& provenance) {
  return {"marchland_meta", {{"key", OFTString}, {"value", OFTString}}, [&](const auto& emit) {
            emit({std::string("schema"), std::to_string(kCompositeSchema)});
            emit({std::string("content_sha256"), content_hash(composite)});
            emit({std::string("provenance"), to_json(provenance)});
            for (const Certificate& certificate : composite.certificates()) {
              emit({"certificate_" + certificate.name, to_string(certificate.residual)});
            }
          }};
}

}  // namespace

std::string content_hash(const Composite& composite) {
  detail::Sha256 hash;
  for (const TopologyTable& table : topology(composite)) {
    hash.add(table.name);
    std::string line;
    table.rows([&](const Row& row) {
      line.clear();
      for (const Cell& cell : row) {
        if (const auto* integer = std::get_if<std::int64_t>(&cell)) line += std::to_string(*integer);
        if (const auto* text = std::get_if<std::string>(&cell)) line += *text;
        line += '\t';
      }
      hash.add(line);
    });
  }
  return hash.finish();
}

void write_composite(const std::filesystem::path& path, const Composite& composite,
                     const std::vector<FeatureSet>& layers, const Provenance& provenance, Existing existing) {
  OutputFile file(path, existing);
  file.write(detail::geopackage_bytes(layers, provenance));
  detail::register_gdal();
  TableWriter writer(file.temporary(), path);
  writer.write(meta_table(composite, provenance));
  for (const TopologyTable& table : topology(composite)) writer.write(table);
  writer.close();
  file.commit();
}

}  // namespace marchland
