// marchland raster --every: who held each cell at every date of a series. The ground is laid into cells once;
// a date is then a look-up.
#include "tools/cli/feature_output.h"
#include "tools/cli/output_names.h"
#include "tools/cli/raster_options.h"
#include "tools/cli/reports.h"
#include "tools/cli/theme_words.h"
#include <marchland/analysis/changes.h>
#include <marchland/base/error.h>
#include <marchland/io/output_folder.h>
#include <marchland/io/raster_footprint.h>
#include <marchland/io/stac.h>
#include <marchland/io/write_cube.h>
#include <marchland/raster/cell_coverage.h>
#include <marchland/raster/ground_parts.h>

#include <fmt/format.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <optional>

namespace marchland::cli {
namespace {

constexpr const char* kCollection = "collection.json";

/// Cells at any date.
class CellsThroughTime {
 public:
  CellsThroughTime(const Session& session, const Holders& holders, const std::vector<bool>& ground,
                   const std::vector<Instant>& dates, const RasterGrid& grid, bool by_share,
                   std::vector<CellClass> class_of_holder)
      : times_(&session.composite().times()),
        parts_(session.composite(), holders, ground, times_->epochs_of(dates), false),
        class_of_holder_(std::move(class_of_holder)) {
    const Arrangement& plane = session.composite().plane();
    if (by_share) {
      coverage_.emplace(cover_cells(plane, parts_.by_face(), grid));
    } else {
      runs_ = parts_of_centres(plane, parts_.by_face(), grid);
    }
  }

  /// One of the dates.
  [[nodiscard]] std::vector<CellClass> at(Instant instant) const {
    std::vector<CellClass> class_of_part;
    for (const HolderIndex holder : parts_.holders_at(times_->epoch_of(instant)))
      class_of_part.push_back(class_of_holder_[holder]);
    class_of_part.front() = 0;
    if (coverage_) return largest_shares(*coverage_, class_of_part);
    std::vector<CellClass> out;
    classes_of_centres(runs_, class_of_part, out);
    return out;
  }

 private:
  const TimeAxis* times_;
  GroundParts parts_;
  std::vector<CellClass> class_of_holder_;
  std::vector<CentreRun> runs_;           ///< by the centre
  std::optional<CellCoverage> coverage_;  ///< by the largest share
};

/// What a folder's items cannot say is said before anything is computed.
void check_stac_times(const std::filesystem::path& output, const Session& session,
                      const std::vector<Instant>& dates, Instant end) {
  const auto refuse = [&](Instant at) {
    throw InvalidArgument(
        fmt::format("{}: its catalogue (STAC) has times of the years 0000 to 9999 only, and {} is none; "
                    "choose others with --since and --until, or write one file: -o FILE.nc",
                    output.string(), session.date(at)));
  };
  for (const Instant date : dates) {
    if (!is_stac_time(date)) refuse(date);
  }
  if (!is_stac_time(end)) refuse(end);
}

/// The collection links to the items, each beside its raster.
FolderKind series_folder() {
  return {kCollection, [](const std::filesystem::path& folder) -> FolderKind::WroteFile {
            return [names = files_of_collection(folder / kCollection)](const std::string& name) {
              return names.contains(name);
            };
          }};
}

}  // namespace

void write_raster_series(const RasterOptions& options) {
  if (options.layer != "control" && options.layer != "claim")
    throw InvalidArgument(fmt::format("--every: expected --layer control or claim, not {}", options.layer));
  if (!options.at.empty() || !options.from.empty() || !options.to.empty())
    throw InvalidArgument(
        "--every is a series of all dates; expected neither --at, --from nor --to (--since and --until "
        "choose a window)");
  options.query.refuse_two_layer("raster --every");
  const bool ends_with_slash = options.output.filename().empty();
  const std::string ending =
      (ends_with_slash ? options.output.parent_path() : options.output).extension().string();
  const bool is_cube = ending == ".nc";
  if (is_cube && ends_with_slash) {
    throw InvalidArgument(
        fmt::format("{}: a cube is one file; leave out the '/' at the end, or name a folder without ending",
                    options.output.string()));
  }
  if (ending == ".tif" || ending == ".tiff") {
    throw InvalidArgument(
        fmt::format("{}: a series is more than one raster; expected -o FOLDER, or FILE.nc for one file",
                    options.output.string()));
  }
  std::optional<OutputFolder> folder;
  if (is_cube) {
    check_cube_output(options.output, options.existing());
  } else {
    folder.emplace(options.output, series_folder(), options.existing());
  }
  const Session session(options.query);
  const Holders holders = session.holders();
  const std::vector<bool> ground = ground_of(session, holders);
  ClassRaster raster{options.grid(session, ground), {}, {{"no data", "#000000"}}};
  const std::vector<Instant> dates =
      ChangeTable(session.composite(), session.areas(), holders, session.scope())
          .dates(step_of(options.every));
  if (dates.empty())
    throw InvalidArgument("--every: statements have no dates; a single raster is made with --at");
  const Instant end = std::max(session.atlas().extent()->to(), dates.back());
  if (!is_cube) check_stac_times(options.output, session, dates, end);
  const CellsThroughTime cells(session, holders, ground, dates, raster.grid, options.cells == "share",
                               add_holder_classes(session, holders, ground, raster));
  Provenance origin = provenance(session, "raster");
  origin.extra.emplace_back("layer", options.layer);
  origin.extra.emplace_back("every", options.every);
  origin.extra.emplace_back("cells", options.rule_of_cells());
  const std::string theme(to_string(session.theme()));
  if (is_cube) {
    raster.description = fmt::format("{} since each date", theme);
    write_cube(
        options.output, {theme, raster, dates, end}, [&](std::size_t i) { return cells.at(dates[i]); },
        origin, options.existing());
  } else {
    const Atlas& atlas = session.atlas();
    const StacSeries series{
        fmt::format("{}-{}", atlas.id, theme),
        fmt::format("{}: {}", atlas.title.empty() ? atlas.id : atlas.title, theme),
        fmt::format("{}, cell by cell ({}), {}, from each date on. {}", words_of(session.theme()).state,
                    theme, options.rule_of_cells(), atlas.disclaimer),
        theme,
        raster_footprint(raster.grid),
        raster.grid,
        raster.classes};
    std::vector<StacDate> items;
    const bool is_open = std::any_of(atlas.statements.begin(), atlas.statements.end(),
                                     [](const Statement& s) { return !s.validity.has_to(); });
    for (std::size_t i = 0; i < dates.size(); ++i) {
      const bool is_last = i + 1 == dates.size();
      const std::string date = session.date(dates[i]);
      items.push_back({fmt::format("{}-{}", theme, name_in_files(date)), dates[i],
                       is_last ? end : dates[i + 1], is_last && is_open});
    }
    // Making the bytes of a file takes longer than all else, and no date needs another; each has its cells in
    // memory as classes, as GDAL's raster with overviews, and compressed.
    constexpr std::uint64_t kBytesOfCell = 8;
    const std::uint64_t room =
        build_options(options.query).max_memory_bytes / (kBytesOfCell * raster.grid.cell_count());
    const auto most = static_cast<std::uint64_t>(tbb::this_task_arena::max_concurrency());
    tbb::task_arena arena(static_cast<int>(std::clamp<std::uint64_t>(room, 1, most)));
    const auto write_date = [&](std::size_t i) {
      const std::string date = session.date(dates[i]);
      ClassRaster of_date = raster;
      of_date.description = fmt::format("{} at {}", theme, date);
      Provenance origin_of_date = origin;
      origin_of_date.extra.emplace_back("at", date);
      write_raster(*folder, items[i].name + ".tif", of_date, cells.at(dates[i]), origin_of_date);
      folder->write(items[i].name + ".json", stac_item(series, items[i]));
    };
    arena.execute([&] { tbb::parallel_for(std::size_t{0}, items.size(), write_date); });
    folder->write(kCollection, stac_collection(series, items, origin));
    folder->commit();
  }
  fmt::print(stderr, "{}: {} dates, {} x {} cells of {} ({})\n", options.output.string(), dates.size(),
             raster.grid.columns, raster.grid.rows, raster.grid.cell, raster.grid.crs);
}

}  // namespace marchland::cli
