// marchland raster: who held each cell, what it passed from and to, when it last passed, or for how long one
// actor had it, as a GeoTIFF.
#include "tools/cli/commands.h"
#include "tools/cli/dwell.h"
#include "tools/cli/layers.h"
#include "tools/cli/query.h"
#include "tools/cli/raster_options.h"
#include <marchland/base/error.h>
#include <marchland/io/read_raster.h>
#include <marchland/io/write_raster.h>
#include <marchland/raster/classify.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <tuple>
#include <utility>

namespace marchland::cli {
namespace {

/// From dark to light by a share in [0, 1]: stops of viridis (van der Walt & Smith 2015), even in lightness,
/// so that later is lighter in greyscale and for the colour-blind too.
std::string sequential_color(double share) {
  constexpr std::array<const char*, 5> kStops{"#440154", "#3b528b", "#21918c", "#5ec962", "#fde725"};
  const double at = std::clamp(share, 0.0, 1.0) * (kStops.size() - 1);
  const std::size_t below = std::min(static_cast<std::size_t>(at), kStops.size() - 2);
  return mix_colors(kStops[below + 1], kStops[below], at - static_cast<double>(below));
}

CellClass add_class(ClassRaster& raster, RasterClass entry) {
  if (raster.classes.size() > std::numeric_limits<CellClass>::max())
    throw InvalidArgument("more than 65535 classes; choose fewer with --actor or --region");
  raster.classes.push_back(std::move(entry));
  return static_cast<CellClass>(raster.classes.size() - 1);
}

struct RasterCommand : RasterOptions {
  void run() {
    const bool is_change = layer == "change";
    if (like.empty() == (resolution == 0.0))
      throw InvalidArgument("expected --res SIDE (and --crs), or --like RASTER, whose cells are taken");
    if (layer == "claim") {
      if (query.theme != "control" && query.theme != "claim")
        throw InvalidArgument(fmt::format("--layer claim is of theme claim, not {}", query.theme));
      query.theme = "claim";
    }
    if (!like_crs.empty() && like.empty())
      throw InvalidArgument("--raster-crs is of the raster of --like; expected --crs, or --like");
    if (!every.empty()) return write_raster_series(*this);
    if (layer == "dwell") return run_dwell();
    if (layer == "fraction") return run_fraction();
    if (is_change ? from.empty() || to.empty() || !at.empty() : at.empty() || !from.empty() || !to.empty()) {
      throw InvalidArgument(is_change ? "--layer change: expected --from DATE --to DATE"
                                      : fmt::format("--layer {}: expected --at DATE", layer));
    }
    if (layer == "last-change") query.refuse_two_layer("raster --layer last-change");
    check_raster_output(output, RasterKind::classes, existing());
    Session session(query);
    session.arrange(is_change ? std::vector{from, to} : std::vector{at});
    const Written written = write(session);
    const RasterGrid& grid = written.grid;
    fmt::print(stderr, "{}: {} x {} cells of {} ({})\n", output.string(), grid.columns, grid.rows, grid.cell,
               grid.crs);
    if (!written.why_empty.empty())
      fmt::print(stderr, "{}: every cell is without data: {}\n", output.string(), written.why_empty);
  }

  struct Written {
    RasterGrid grid;
    std::string why_empty;               ///< of a raster without any class in it
    std::vector<ResultClass> classes{};  ///< that some cell has, by number
  };

  Written write(const Session& session) const {
    const bool is_change = layer == "change";
    const Holders holders = session.holders();
    const std::vector<bool> ground = ground_of(session, holders);
    const Arrangement& plane = session.composite().plane();
    ClassRaster raster{grid(session, ground), {}, {{"no data", "#000000"}}};
    Provenance origin = provenance(session, "raster");
    origin.extra.emplace_back("layer", layer);
    origin.extra.emplace_back("cells", rule_of_cells());
    if (session.is_two_layer()) origin.extra.emplace_back("extent and classes", "of these dates only");
    const std::vector<CellClass> classes =
        is_change                ? change_classes(session, holders, ground, raster, origin)
        : layer == "last-change" ? last_change_classes(session, holders, ground, raster, origin)
                                 : control_classes(session, holders, ground, raster, origin);
    const std::vector<CellClass> found =
        cells == "share" ? by_share(plane, classes, raster) : classify(plane, classes, raster.grid);
    write_raster(output, raster, found, origin, existing());
    std::vector<bool> occurs(raster.classes.size(), false);
    for (const CellClass cell : found) occurs[cell] = true;
    std::vector<ResultClass> shown;
    for (std::size_t i = 1; i < occurs.size(); ++i) {
      if (occurs[i]) shown.push_back({std::to_string(i), raster.classes[i].name, raster.classes[i].color});
    }
    if (!shown.empty()) return {raster.grid, {}, std::move(shown)};
    const auto is_none = [](CellClass cell) { return cell == 0; };
    const bool has_ground = !std::all_of(classes.begin(), classes.end(), is_none);
    return {raster.grid, !has_ground     ? nothing(session)
                         : !like.empty() ? "no cell of " + like.string() + " lies on such ground"
                         : cells == "share"
                             ? "such ground is nowhere the largest share of a cell; choose a smaller --res"
                             : "the centre of no cell lies in such ground; choose a smaller --res"};
  }

  /// Classes of faces are parts of the ground, too.
  static std::vector<CellClass> by_share(const Arrangement& plane, const std::vector<CellClass>& classes,
                                         const ClassRaster& raster) {
    std::vector<CellClass> same(raster.classes.size());
    for (std::size_t i = 0; i < same.size(); ++i) same[i] = static_cast<CellClass>(i);
    return largest_shares(cover_cells(plane, {classes.begin(), classes.end()}, raster.grid), same);
  }

  /// Why no ground has a class.
  [[nodiscard]] std::string nothing(const Session& session) const {
    const std::string of_what =
        session.filters().empty() ? "" : fmt::format(" (of what {} leaves)", session.filters());
    if (layer == "change") return fmt::format("nothing is held at {} or {}{}", from, to, of_what);
    const std::string until = layer == "last-change" ? ", nor was by then" : "";
    return fmt::format("nothing of theme {} is held at {}{}{}", to_string(session.theme()), at, until,
                       of_what);
  }

  /// Of each cell, how much of it the actor alone held.
  void run_fraction() const {
    if (at.empty() || !from.empty() || !to.empty())
      throw InvalidArgument("--layer fraction: expected --at DATE");
    if (query.actors.size() != 1)
      throw InvalidArgument(
          "--layer fraction: expected --actor ID, of one actor, whose share of each cell is shown");
    check_raster_output(output, RasterKind::values, existing());
    Session session(query);
    session.arrange({at});
    const Holders holders = session.holders();
    const std::vector<bool> ground = ground_of(session, holders);
    const std::string& actor = query.actors.front();
    const HolderIndex holder = holders.find(find_actor(session.atlas(), actor));
    const Instant instant = session.instant(at);
    const auto held = holders.faces_at(session.composite().times().epoch_of(instant));
    // Ground of others is a part, too: cells that it fills have the value 0, and those without any ground
    // none.
    constexpr Part kOthers = 1;
    constexpr Part kActor = 2;
    std::vector<Part> parts(ground.size(), 0);
    bool has_any = false;
    for (FaceIndex f = 0; f < parts.size(); ++f) {
      const bool is_held = ground[f] && holder != kUnknown && held[f] == holder;
      has_any = has_any || is_held;
      if (ground[f]) parts[f] = is_held ? kActor : kOthers;
    }
    const ValueRaster raster{grid(session, ground),
                             fmt::format("share of the cell that {} alone held at {} ({})", actor,
                                         session.date(instant), to_string(session.theme())),
                             "1"};
    const CellCoverage coverage = cover_cells(session.composite().plane(), parts, raster.grid);
    Provenance origin = provenance(session, "raster");
    origin.extra.emplace_back("layer", "fraction");
    origin.extra.emplace_back("cells", "share of the cell's area on WGS84");
    origin.extra.emplace_back("actor", actor);
    origin.extra.emplace_back("at", session.date(instant));
    const std::vector<double> shares = shares_of(coverage, {false, false, true}, double{kNoValue});
    write_value_raster(output, raster, shares, origin, existing());
    print(raster.grid);
    if (!has_any)
      fmt::print(stderr, "{}: every cell is 0: {} alone holds nothing at {}\n", output.string(), actor, at);
  }

  void print(const RasterGrid& written) const {
    fmt::print(stderr, "{}: {} x {} cells of {} ({})\n", output.string(), written.columns, written.rows,
               written.cell, written.crs);
  }

  void run_dwell() const {
    if (cells != "centre")
      throw InvalidArgument("--layer dwell: days are those of the centre; expected --cells centre");
    if (!at.empty()) {
      throw InvalidArgument(
          "--layer dwell counts days over a stretch of time; expected --from DATE --to DATE, or neither");
    }
    if (query.actors.size() != 1)
      throw InvalidArgument("--layer dwell: expected --actor ID, of one actor, whose days are counted");
    query.refuse_two_layer("raster --layer dwell");
    check_raster_output(output, RasterKind::values, existing());
    const Session session(query);
    print(write_dwell(session, dwell_interval(session, from, to)));
  }

  /// Days under the actor alone, by cell; 0 on ground that it never had.
  RasterGrid write_dwell(const Session& session, const Interval& when) const {
    const Holders holders = session.holders();
    const Composite& composite = session.composite();
    const std::vector<bool> ground = ground_of(session, holders);
    const std::string& actor = query.actors.front();
    const HolderIndex holder = holders.find(find_actor(session.atlas(), actor));
    const DwellTable dwell(composite, session.areas(), holders, when, session.scope());
    const auto time_of = [&](std::size_t account) {
      return holder == kUnknown ? std::chrono::seconds{0} : dwell.account(account).time_of(holder);
    };
    // A class for each length of time, so that cells are found as those of every other raster are.
    std::map<std::chrono::seconds, CellClass> class_of;
    for (std::size_t i = 0; i < dwell.size(); ++i) class_of.emplace(time_of(i), CellClass{0});
    if (class_of.size() > std::numeric_limits<CellClass>::max())
      throw InvalidArgument(
          "more than 65535 lengths of time; choose a shorter stretch or fewer with --region");
    std::vector<float> days{kNoValue};
    for (auto& [time, cell_class] : class_of) {
      cell_class = static_cast<CellClass>(days.size());
      days.push_back(static_cast<float>(to_days(time)));
    }
    std::vector<CellClass> classes(ground.size(), 0);
    for (FaceIndex f = 0; f < classes.size(); ++f) {
      const auto account = dwell.find(composite.coverage(f, holders.group()));
      if (ground[f] && account) classes[f] = class_of.at(time_of(*account));
    }
    const ValueRaster raster{
        grid(session, ground),
        fmt::format("days under {} from {} to {}", actor, session.date(when.from()), session.date(when.to())),
        "days"};
    std::vector<float> values;
    for (const CellClass c : classify(composite.plane(), classes, raster.grid)) values.push_back(days[c]);
    Provenance origin = provenance(session, "raster");
    origin.extra.emplace_back("layer", "dwell");
    origin.extra.emplace_back("actor", actor);
    origin.extra.emplace_back("from", session.date(when.from()));
    origin.extra.emplace_back("to", session.date(when.to()));
    write_value_raster(output, raster, values, origin, existing());
    return raster.grid;
  }

  /// Of the date, by face.
  std::vector<CellClass> control_classes(const Session& session, const Holders& holders,
                                         const std::vector<bool>& ground, ClassRaster& raster,
                                         Provenance& origin) const {
    const std::vector<CellClass> class_of = add_holder_classes(session, holders, ground, raster);
    const Instant instant = session.instant(at);
    raster.description = fmt::format("{} at {}", to_string(session.theme()), session.date(instant));
    origin.extra.emplace_back("at", session.date(instant));
    const auto faces = holders.faces_at(session.composite().times().epoch_of(instant));
    std::vector<CellClass> out(faces.size(), 0);
    for (FaceIndex f = 0; f < faces.size(); ++f) out[f] = ground[f] ? class_of[faces[f]] : CellClass{0};
    return out;
  }

  /// First the passings that occur, by ids of from and to, unknown last; then ground that stayed with its
  /// holder.
  std::vector<CellClass> change_classes(const Session& session, const Holders& holders,
                                        const std::vector<bool>& ground, ClassRaster& raster,
                                        Provenance& origin) const {
    const TimeAxis& times = session.composite().times();
    const Instant a = session.instant(from);
    const Instant b = session.instant(to);
    const auto before = holders.faces_at(times.epoch_of(a));
    const auto after = holders.faces_at(times.epoch_of(b));
    const auto is_meant = [&](FaceIndex f) {
      return ground[f] && (before[f] != kUnknown || after[f] != kUnknown) &&
             (session.wants(holders, before[f], a) || session.wants(holders, after[f], b));
    };
    using Key = std::tuple<bool, bool, std::string, bool, std::string>;
    std::map<Key, std::pair<HolderIndex, HolderIndex>> occurring;
    for (FaceIndex f = 0; f < before.size(); ++f) {
      const HolderIndex x = before[f];
      const HolderIndex y = after[f];
      if (is_meant(f))
        occurring.try_emplace(Key{x == y, x == kUnknown, holders.id(x), y == kUnknown, holders.id(y)}, x, y);
    }
    const auto id_of = [&](HolderIndex h) { return h == kUnknown ? std::string("unknown") : holders.id(h); };
    std::map<std::pair<HolderIndex, HolderIndex>, CellClass> class_of;
    for (const auto& [key, transition] : occurring) {
      const auto [x, y] = transition;
      const std::string color = color_of(session.atlas(), holders, y);
      // Ground that stayed is pale; of two passings to one actor each has some of whom it came from.
      class_of[transition] =
          x == y ? add_class(raster, {id_of(x) + " unchanged", mix_colors(color, "#ffffff", 0.35)})
                 : add_class(raster, {fmt::format("{} -> {}", id_of(x), id_of(y)),
                                      mix_colors(color, color_of(session.atlas(), holders, x), 0.8)});
    }
    raster.description =
        fmt::format("{}: change from {} to {}", to_string(session.theme()), session.date(a), session.date(b));
    origin.extra.emplace_back("from", session.date(a));
    origin.extra.emplace_back("to", session.date(b));
    std::vector<CellClass> out(before.size(), 0);
    for (FaceIndex f = 0; f < out.size(); ++f) {
      if (is_meant(f)) out[f] = class_of.at({before[f], after[f]});
    }
    return out;
  }

  /// A class for each date at which ground last passed, in order of time; ground that never did is the first.
  [[nodiscard]] std::vector<CellClass> last_change_classes(const Session& session, const Holders& holders,
                                                           const std::vector<bool>& ground,
                                                           ClassRaster& raster, Provenance& origin) const {
    const Composite& composite = session.composite();
    const Instant instant = session.instant(at);
    const TimeIndex epoch = composite.times().epoch_of(instant);
    // By coverage: since when its holder at the date has it; 0: no change, 1 + epoch otherwise.
    constexpr std::size_t kNothing = 0;
    std::vector<std::size_t> since(composite.coverage_count(holders.group()), kNothing);
    std::map<std::size_t, CellClass> class_of;
    const Instant beginning = session.atlas().extent()->from();
    for (CoverageIndex c = 0; c < since.size(); ++c) {
      const auto spans = holders.timeline(c);
      const auto next = std::find_if(spans.begin(), spans.end(),
                                     [&](const HolderSpan& span) { return span.since > epoch; });
      const HolderSpan& now = *std::prev(next);
      const bool has_before = next - spans.begin() > 1;
      const bool is_meant = session.wants(holders, now.holder, instant) ||
                            (has_before && session.wants(holders, std::prev(next, 2)->holder, instant));
      if ((now.holder == kUnknown && !has_before) || !is_meant) continue;
      // What is held as the account, or its window, begins did not pass then; but what is open on its earlier
      // side was held before.
      const Instant passed = composite.times()[now.since];
      const bool had_holder = has_before && std::prev(next, 2)->holder != kUnknown;
      const bool is_since_beginning = passed < beginning || (passed == beginning && !had_holder) ||
                                      !session.atlas().window.when.contains(passed);
      since[c] = is_since_beginning ? 1 : 1 + std::size_t{now.since};
      class_of.emplace(since[c], CellClass{0});
    }
    // Colours run from the first date of change to the last.
    const auto date_of = [&](std::size_t key) { return composite.times()[static_cast<TimeIndex>(key - 1)]; };
    const auto first = class_of.upper_bound(1);
    for (auto& [key, cell_class] : class_of) {
      if (key == 1) {
        cell_class = add_class(raster, {"since the beginning", "#e0e0e0"});
        continue;
      }
      const std::chrono::duration<double> age = date_of(key) - date_of(first->first);
      const std::chrono::duration<double> all = date_of(class_of.rbegin()->first) - date_of(first->first);
      cell_class = add_class(
          raster, {session.date(date_of(key)), sequential_color(all.count() > 0 ? age / all : 0.0)});
    }
    raster.description = fmt::format("{}: date of the last change until {}", to_string(session.theme()),
                                     session.date(instant));
    origin.extra.emplace_back("at", session.date(instant));
    std::vector<CellClass> out(ground.size(), 0);
    for (FaceIndex f = 0; f < out.size(); ++f) {
      const std::size_t key = since[composite.coverage(f, holders.group())];
      if (ground[f] && key != kNothing) out[f] = class_of.at(key);
    }
    return out;
  }
};

}  // namespace

std::string wrong_side_of_cell(const std::string& text) {
  constexpr double kLeast = 1e-9;
  double side = 0.0;
  if (CLI::detail::lexical_cast(text, side) && std::isfinite(side) && side >= kLeast) return {};
  return fmt::format("'{}' is no side of a cell; expected a number from {} up, in units of the system", text,
                     kLeast);
}

LonLatBox box_of_ground(const Session& session, const std::vector<bool>& ground) {
  const auto box = box_of_faces(session.composite().plane(), ground);
  if (!box) {
    throw InvalidArgument(
        fmt::format("there is no ground to show: nothing is ever said of theme {}{}; the atlas has {}; "
                    "choose with --theme",
                    to_string(session.theme()),
                    session.filters().empty() ? "" : " (of what " + session.filters() + " leaves)",
                    themes_of(session.atlas())));
  }
  return *box;
}

RasterGrid RasterOptions::grid(const Session& session, const std::vector<bool>& ground) const {
  const LonLatBox box = box_of_ground(session, ground);
  if (like.empty()) return make_grid(box, crs, resolution);
  RasterGrid out = read_grid(like, like_crs);
  if (out.cell_count() > kMaxCells) {
    throw InvalidArgument(
        fmt::format("{}: {} x {} cells; at most {:.3g} are made: cut it to the ground first", like.string(),
                    out.columns, out.rows, static_cast<double>(kMaxCells)));
  }
  return out;
}

std::vector<CellClass> add_holder_classes(const Session& session, const Holders& holders,
                                          const std::vector<bool>& ground, ClassRaster& raster) {
  const Composite& composite = session.composite();
  std::vector<bool> occurs(holders.size(), false);
  std::vector<bool> seen(composite.coverage_count(holders.group()), false);
  for (FaceIndex f = 0; f < ground.size(); ++f) {
    const CoverageIndex coverage = composite.coverage(f, holders.group());
    if (!ground[f] || seen[coverage]) continue;
    seen[coverage] = true;
    for (const HolderSpan& span : holders.timeline(coverage)) occurs[span.holder] = true;
  }
  std::map<std::string, HolderIndex> by_id;
  for (HolderIndex h = 1; h < holders.size(); ++h) {
    if (occurs[h] && session.wants(holders, h, std::nullopt)) by_id.emplace(holders.id(h), h);
  }
  std::vector<CellClass> class_of(holders.size(), 0);
  for (const auto& [id, holder] : by_id)
    class_of[holder] = add_class(raster, {id, color_of(session.atlas(), holders, holder)});
  return class_of;
}

const char* raster_layer_of(Theme theme) {
  return theme == Theme::claim ? "claim" : "control";
}

std::vector<ResultClass> write_state_raster(const Session& session, const std::string& at, double resolution,
                                            const std::filesystem::path& path) {
  RasterCommand state;
  state.layer = raster_layer_of(session.theme());
  state.at = at;
  state.resolution = resolution;
  state.output = path;
  return state.write(session).classes;
}

std::vector<ResultClass> write_change_raster(const Session& session, const std::string& from,
                                             const std::string& to, double resolution,
                                             const std::filesystem::path& path) {
  RasterCommand state;
  state.layer = "change";
  state.from = from;
  state.to = to;
  state.resolution = resolution;
  state.output = path;
  return state.write(session).classes;
}

void add_raster(CLI::App& app) {
  CLI::App* command = app.add_subcommand("raster",
                                         "Who held each cell, what it passed from and to, when it last did, "
                                         "for how long one actor had it, as a GeoTIFF");
  const auto state = std::make_shared<RasterCommand>();
  state->query.declare(*command);
  command
      ->add_option("--layer", state->layer,
                   "control: the holder at a date; change: from which holder to which; last-change: when the "
                   "ground last passed, until a date; dwell: days under the one --actor; fraction: share of "
                   "each cell that "
                   "it held; claim: who claims")
      ->check(CLI::IsMember({"control", "claim", "change", "last-change", "dwell", "fraction"}))
      ->capture_default_str();
  command->add_option("--at", state->at, "date of --layer control, claim, last-change and fraction")
      ->type_name("DATE");
  command
      ->add_option("--every", state->every,
                   "instead of --at: control or claim at each date of a series, change (each at which "
                   "anything passes), "
                   "day, month or year; -o is a folder of GeoTIFFs with a STAC collection, or FILE.nc")
      ->check(CLI::IsMember({"change", "day", "month", "year"}));
  command
      ->add_option("--from", state->from,
                   "first date of --layer change; of dwell, default: the first of the atlas")
      ->type_name("DATE");
  command
      ->add_option("--to", state->to,
                   "second date of --layer change; of dwell, default: the last of the atlas")
      ->type_name("DATE");
  command->add_option("--res", state->resolution, "side of a cell, in units of the CRS")
      ->check(wrong_side_of_cell);
  command->add_option("--like", state->like, "instead of --res and --crs: the cells of this raster")
      ->type_name("FILE")
      ->excludes("--res");
  command
      ->add_option("--raster-crs", state->like_crs,
                   "the coordinate system of that raster, where it states none")
      ->type_name("CRS");
  command
      ->add_option("--cells", state->cells,
                   "which class a cell has: that of its centre, or the one with the largest share of it")
      ->check(CLI::IsMember({"centre", "share"}))
      ->capture_default_str();
  command->add_option("--crs", state->crs, "any projected or geographic system that PROJ knows")
      ->capture_default_str()
      ->excludes("--like");
  command
      ->add_option("-o,--output", state->output,
                   "GeoTIFF to write; class names go into FILE.aux.xml beside it, the style for QGIS into "
                   "one that ends in .qml")
      ->type_name("FILE")
      ->required();
  command->add_flag("--overwrite", state->overwrite, "replace files that exist");
  command->callback([state] { state->run(); });
}

}  // namespace marchland::cli
