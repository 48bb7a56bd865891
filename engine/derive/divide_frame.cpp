#include <marchland/base/error.h>
#include <marchland/derive/detail/frame.h>
#include <marchland/derive/detail/frame_points.h>
#include <marchland/derive/divide_frame.h>
#include <marchland/measure/edge_area.h>
#include <marchland/measure/length.h>

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <iterator>
#include <map>
#include <set>

namespace marchland {
namespace {

using detail::area_of;
using detail::Frame;
using detail::FramePieces;
using detail::GridPath;
using detail::GridPolygon;
using detail::location_of;
using detail::place_text;

double length_of(GridPoint a, GridPoint b) {
  return edge_length(detail::to_position(a), detail::to_position(b)).value();
}

std::string distance_text(double metres) {
  return metres < 1000.0 ? fmt::format("{:.2f} m", metres) : fmt::format("{:.2f} km", metres / 1000.0);
}

/// Findings of one date.
class Notes {
 public:
  Notes(const DatedLine& line, Findings& findings)
      : at_(format_utc(line.at)), origin_(line.origin), findings_(findings) {}
  void add(const char* code, Severity severity, GridPoint place, const std::string& text) const {
    findings_.push_back({code, severity, "", at_, location_of(place), fmt::format("{}: {}", origin_, text)});
  }

 private:
  std::string at_;
  std::string origin_;
  Findings& findings_;
};

// ---- ends
// ----------------------------------------------------------------------------------------------------

/// An end of a line and the point before it, so that the direction points out of the line.
struct LineEnd {
  GridPoint before;
  GridPoint end;
  std::size_t path = 0;
  bool is_first = false;
};

/// An end meets a line where noding joins them: written coordinates lie beside a slanted line by rounding.
bool is_free(const LineEnd& end, const std::vector<GridPath>& paths) {
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const GridPath& path = paths[i];
    for (std::size_t k = 0; k + 1 < path.size(); ++k) {
      const bool is_own = i == end.path && (end.is_first ? k == 0 : k + 2 == path.size());
      if (!is_own && detail::passes({path[k], path[k + 1]}, end.end)) return false;
    }
  }
  return true;
}

double distance_to(const Frame& frame, GridPoint point) {
  return length_of(point, detail::nearest_on(frame, point));
}

/// Ends that stop inside the frame are prolonged by the rule, in the direction of the line.
void extend_ends(const Frame& frame, const DivisionRule& rule, const Notes& notes,
                 std::vector<GridPath>& paths) {
  std::vector<LineEnd> ends;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const GridPath& path = paths[i];
    ends.push_back({path[1], path[0], i, true});
    ends.push_back({path[path.size() - 2], path.back(), i, false});
  }
  std::erase_if(ends, [&](const LineEnd& end) { return !frame.holds(end.end) || !is_free(end, paths); });
  for (const LineEnd& end : ends) {
    std::optional<GridPoint> target;
    if (rule.extension == LineExtension::straight) target = detail::straight_on(frame, end.before, end.end);
    if (rule.extension != LineExtension::straight) target = detail::nearest_on(frame, end.end);
    if (!target) continue;
    const double distance = length_of(end.end, *target);
    const bool is_declared = rule.extension != LineExtension::none;
    if (!is_declared || distance > rule.within.value()) {
      notes.add("line-too-short", Severity::warning, end.end,
                fmt::format("it {} at {}, {} inside the frame, {}", end.is_first ? "begins" : "ends",
                            place_text(end.end), distance_text(distance),
                            is_declared ? fmt::format("further than within_m = {}", rule.within.value())
                                        : "and extend is \"none\""));
      continue;
    }
    if (*target == end.end) continue;  // it is there already, but for rounding
    notes.add(
        "line-extended", Severity::info, end.end,
        fmt::format("its {} at {} was extended by {} to the frame, to {}", end.is_first ? "beginning" : "end",
                    place_text(end.end), distance_text(distance), place_text(*target)));
    GridPath& path = paths[end.path];
    path.insert(end.is_first ? path.begin() : path.end(), *target);
  }
}

// ---- noding
// ---------------------------------------------------------------------------------------------------

std::vector<GridSegment> steps_of(const std::vector<GridPath>& paths) {
  std::vector<GridSegment> steps;
  for (const GridPath& path : paths) {
    for (std::size_t k = 0; k + 1 < path.size(); ++k) steps.push_back({path[k], path[k + 1]});
  }
  return steps;
}

/// Which line each step is of.
std::vector<std::size_t> line_of_step(const std::vector<GridPath>& paths) {
  std::vector<std::size_t> of;
  for (std::size_t i = 0; i < paths.size(); ++i) of.insert(of.end(), paths[i].size() - 1, i);
  return of;
}

/// Paths of each date's steps, when they and the boundary meet at vertices only.
using NodedDates = std::vector<std::vector<GridPath>>;

/// Leads the frame through all points where the lines of any date meet it, until none adds another: a step
/// that was led through a rounded point may pass a node of another date. Each round moves it by less, as its
/// parts are shorter; two are usual.
NodedDates node_frame(Frame& frame, const std::vector<std::vector<GridSegment>>& lines) {
  constexpr int kRounds = 32;
  NodedDates noded(lines.size());
  for (int round = 0; round < kRounds && !lines.empty(); ++round) {
    const detail::Noding noding(frame.index());
    std::vector<std::vector<detail::Noding::Meeting>> meetings(lines.size());
    tbb::parallel_for(std::size_t{0}, lines.size(), [&](std::size_t d) {
      detail::Noding::Joined joined = noding.join(lines[d]);
      noded[d] = std::move(joined.paths);
      meetings[d] = std::move(joined.meetings);
    });
    std::vector<GridPath> longer = noding.ground_paths();
    std::vector<bool> is_met(longer.size(), false);
    for (const auto& of_date : meetings) {
      for (const auto& [segment, node] : of_date) {
        longer[segment].push_back(node);
        is_met[segment] = true;
      }
    }
    for (std::size_t i = 0; i < longer.size(); ++i) {
      if (is_met[i]) detail::sort_along(frame.boundary()[i], longer[i]);
    }
    if (!frame.insert(longer)) return noded;
  }
  if (lines.empty()) return noded;
  throw InvalidData(
      fmt::format("frame: its boundary and the lines did not settle on the grid in {} rounds; "
                  "is a line drawn along the boundary many times, a grid unit off?",
                  kRounds));
}

// ---- sides
// ----------------------------------------------------------------------------------------------------

/// Pieces of the frame that are one but for lines, and what the lines say of their two colours.
struct Colouring {
  std::vector<int> region;                         ///< by piece; -1 outside the frame
  std::vector<int> colour;                         ///< by piece: 0 or 1
  std::vector<std::optional<GridPoint>> odd_at;    ///< by region: where two colours cannot do
  std::vector<std::array<double, 2>> left_length;  ///< by region: metres of line with that colour left
  std::vector<bool> is_divided;                    ///< by region: some line parts it
};

struct Neighbour {
  std::size_t piece;
  int flip;
  GridPoint at;
};

std::vector<std::vector<Neighbour>> neighbours_of(const FramePieces& cut) {
  std::vector<std::vector<Neighbour>> neighbours(cut.is_ground.size());
  for (const auto& edge : cut.edges) {
    const auto sides = cut.ground_beside(edge);
    if (!sides) continue;
    neighbours[sides->left].push_back({sides->right, edge.uses % 2, edge.s.a});
    neighbours[sides->right].push_back({sides->left, edge.uses % 2, edge.s.a});
  }
  return neighbours;
}

void colour_region(const std::vector<std::vector<Neighbour>>& neighbours, std::size_t start,
                   Colouring& colouring) {
  const auto region = static_cast<int>(colouring.odd_at.size());
  colouring.odd_at.emplace_back();
  colouring.is_divided.push_back(false);
  colouring.left_length.push_back({0.0, 0.0});
  colouring.region[start] = region;
  std::deque<std::size_t> todo{start};
  for (; !todo.empty(); todo.pop_front()) {
    for (const Neighbour& next : neighbours[todo.front()]) {
      const int colour = colouring.colour[todo.front()] ^ next.flip;
      if (next.flip == 1) colouring.is_divided.back() = true;
      if (colouring.region[next.piece] < 0) {
        colouring.region[next.piece] = region;
        colouring.colour[next.piece] = colour;
        todo.push_back(next.piece);
      } else if (colouring.colour[next.piece] != colour) {
        colouring.odd_at.back() = next.at;
      }
    }
  }
}

/// Colour left of an edge in the direction its lines run, where they part ground of the frame.
std::optional<std::pair<std::size_t, int>> left_of_line(const FramePieces& cut, const Colouring& colouring,
                                                        const FramePieces::Edge& edge) {
  if (edge.uses % 2 == 0 || edge.line == 0) return std::nullopt;
  const auto sides = cut.ground_beside(edge);
  if (!sides) return std::nullopt;
  const std::size_t left = edge.line < 0 ? sides->right : sides->left;
  return std::pair(static_cast<std::size_t>(colouring.region[left]), colouring.colour[left]);
}

Colouring colour_pieces(const FramePieces& cut) {
  Colouring colouring;
  colouring.region.assign(cut.is_ground.size(), -1);
  colouring.colour.assign(cut.is_ground.size(), 0);
  const auto neighbours = neighbours_of(cut);
  for (std::size_t i = 0; i < cut.is_ground.size(); ++i) {
    if (cut.is_ground[i] && colouring.region[i] < 0) colour_region(neighbours, i, colouring);
  }
  for (const auto& edge : cut.edges) {
    if (const auto left = left_of_line(cut, colouring, edge))
      colouring.left_length[left->first][static_cast<std::size_t>(left->second)] +=
          length_of(edge.s.a, edge.s.b);
  }
  return colouring;
}

// ---- holders
// --------------------------------------------------------------------------------------------------

/// Left of most of a line is its left. Knots and loops of a drawn line are a few hundredths of it at most,
/// but one of several lines that runs in the other direction is a large part of all: where more than a tenth
/// disagrees, the majority may be the part that is wrong, and the date is not clear.
constexpr double kClearMinority = 0.1;

constexpr int kOutside = -1;
constexpr int kUnknown = 0;  ///< labels of actors follow

/// Decides who holds each piece of one date.
class Division {
 public:
  Division(const FramePieces& cut, const DivisionRule& rule, const Notes& notes)
      : cut_(cut), rule_(rule), notes_(notes), colouring_(colour_pieces(cut)) {
    for (const auto& side : {rule.left, rule.right}) {
      if (side) actors_.insert(*side);
    }
    for (const Seed& seed : rule.seeds) actors_.insert(seed.actor);
  }

  DividedDate divide() {
    report_repeats();
    report_turns();
    find_seeds();
    std::vector<int> labels(cut_.is_ground.size(), kOutside);
    DividedDate date;
    bool any = false;
    date.is_clear = true;
    std::vector<Holders> holders;
    for (std::size_t region = 0; region < colouring_.odd_at.size(); ++region) {
      holders.push_back(colouring_.is_divided[region] ? sides_of(region) : undivided(region));
      any = any || colouring_.is_divided[region];
      if (colouring_.is_divided[region])
        date.is_clear = date.is_clear && holders.back()[0] && holders.back()[1] && !is_doubtful(region);
    }
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (colouring_.region[i] < 0) continue;
      const Holders& of_region = holders[static_cast<std::size_t>(colouring_.region[i])];
      labels[i] = label_of(of_region[static_cast<std::size_t>(colouring_.colour[i])]);
    }
    date.is_clear = date.is_clear && any;
    if (!any) report_undivided();
    fill(date, labels);
    return date;
  }

 private:
  using Holders = std::array<std::optional<ActorId>, 2>;  ///< by colour

  [[nodiscard]] int label_of(const std::optional<ActorId>& actor) const {
    if (!actor) return kUnknown;
    return static_cast<int>(std::distance(actors_.begin(), actors_.find(*actor))) + 1;
  }

  [[nodiscard]] GridPoint first_point(std::size_t region) const {
    for (std::size_t i = 0; i < colouring_.region.size(); ++i) {
      if (colouring_.region[i] == static_cast<int>(region)) return cut_.subdivision.least_of(i);
    }
    return {};
  }

  /// Stretches that lines share, with their first place.
  void report_shared(const char* code, Severity severity, bool (*is_meant)(const FramePieces::Edge&),
                     const char* what) const {
    double length = 0.0;
    std::optional<GridPoint> first;
    for (const auto& edge : cut_.edges) {
      if (!is_meant(edge)) continue;
      length += length_of(edge.s.a, edge.s.b);
      if (!first) first = edge.s.a;
    }
    if (first) {
      notes_.add(code, severity, *first,
                 fmt::format("{} of it, first at {}, {}", distance_text(length), place_text(*first), what));
    }
  }

  void report_repeats() const {
    report_shared(
        "line-repeated", Severity::info, [](const FramePieces::Edge& edge) { return edge.is_repeated; },
        "are drawn by several lines in one direction, which count once");
    report_shared(
        "line-runs-back", Severity::warning,
        [](const FramePieces::Edge& edge) { return edge.passes > 0 && edge.uses % 2 == 0; },
        "are drawn there and back, or twice by one line, and part nothing");
  }

  /// Sides go by direction, and too much of the lines runs against the rest.
  [[nodiscard]] bool is_doubtful(std::size_t region) const {
    const auto [zero, one] = colouring_.left_length[region];
    return rule_.left && std::min(zero, one) > kClearMinority * (zero + one);
  }

  void report_turns() const {
    if (!rule_.left) return;  // seeds tell, whatever the direction
    for (std::size_t region = 0; region < colouring_.odd_at.size(); ++region) {
      const auto [zero, one] = colouring_.left_length[region];
      if (colouring_.odd_at[region] || zero == 0.0 || one == 0.0) continue;
      const int minority = zero < one ? 0 : 1;
      for (const auto& edge : cut_.edges) {
        const auto left = left_of_line(cut_, colouring_, edge);
        if (!left || *left != std::pair(region, minority)) continue;
        notes_.add(
            "line-turns-back", Severity::warning, edge.s.a,
            fmt::format(
                "{} of it, first at {}, have their left on the side that {} have their right "
                "on: a line crosses another or itself, or runs in the other direction; the "
                "left of the greater length is taken for left{}",
                distance_text(std::min(zero, one)), place_text(edge.s.a), distance_text(std::max(zero, one)),
                is_doubtful(region) ? ", but that is no clear majority, and the date not clear" : ""));
        break;
      }
    }
  }

  void find_seeds() {
    for (const Seed& seed : rule_.seeds) {
      const GridPoint point = detail::to_grid_point(seed.at);
      const auto piece = cut_.subdivision.locate(point);
      if (piece && cut_.is_ground[*piece]) {
        seeds_[{colouring_.region[*piece], colouring_.colour[*piece]}].insert(seed.actor);
        continue;
      }
      notes_.add(
          "seed-on-line", Severity::warning, point,
          fmt::format("the seed at {} lies on a line and names no side; move it off", place_text(point)));
    }
  }

  /// The one actor that seeds name for a colour of a region.
  std::optional<ActorId> seeded(std::size_t region, int colour) const {
    const auto found = seeds_.find({static_cast<int>(region), colour});
    if (found == seeds_.end()) return std::nullopt;
    if (found->second.size() == 1) return *found->second.begin();
    notes_.add("seed-contradicts", Severity::warning, first_point(region),
               "seeds name several holders of one piece; it stays unknown");
    return std::nullopt;
  }

  Holders undivided(std::size_t region) const {
    const auto holder = seeded(region, 0);
    return {holder, holder};
  }

  Holders sides_of(std::size_t region) const {
    const Holders by_seed{seeded(region, 0), seeded(region, 1)};
    const auto [zero, one] = colouring_.left_length[region];
    if (colouring_.odd_at[region] || (rule_.left && zero == one)) {
      notes_.add("line-does-not-divide", Severity::warning,
                 colouring_.odd_at[region].value_or(first_point(region)),
                 colouring_.odd_at[region]
                     ? "lines meet so that ground can be reached from one side of them without crossing any; "
                       "the ground they touch stays unknown"
                     : "as much of it runs one way as the other, so its left cannot be told; the ground it "
                       "touches stays unknown");
      return {};
    }
    if (!rule_.left) return by_seed;
    const Holders by_side = zero > one ? Holders{rule_.left, rule_.right} : Holders{rule_.right, rule_.left};
    for (std::size_t colour = 0; colour < 2; ++colour) {
      if (by_seed[colour] && by_seed[colour] != by_side[colour]) {
        notes_.add("seed-contradicts", Severity::warning, first_point(region),
                   "a seed names another holder of a side than 'sides' does, which holds; does this line run "
                   "in the other direction?");
        break;
      }
    }
    return by_side;
  }

  void report_undivided() const {
    GridPoint at;
    for (const auto& edge : cut_.edges) {
      if (edge.passes > 0) at = edge.s.a;
    }
    notes_.add("line-does-not-divide", Severity::warning, at,
               "it parts no ground of the frame from other; what no seed names stays unknown");
  }

  void fill(DividedDate& date, const std::vector<int>& labels) const {
    const auto joined = cut_.subdivision.join(labels, actors_.size() + 1);
    std::size_t label = 1;
    for (const ActorId actor : actors_) {
      MultiPolygon area = detail::to_area(joined[label++]);
      if (!area.empty()) date.held.push_back({actor, std::move(area)});
    }
    date.unknown = detail::to_area(joined[kUnknown]);
    report_unknown(joined[kUnknown]);
  }

  void report_unknown(const std::vector<GridPolygon>& unknown) const {
    if (unknown.empty()) return;
    SquareMeters sum;
    SquareMeters largest;
    GridPoint at = unknown.front()[0][0];
    for (const GridPolygon& polygon : unknown) {
      const SquareMeters area = area_of(polygon);
      sum += area;
      if (area > largest) {
        largest = area;
        at = polygon[0][0];
      }
    }
    notes_.add("ground-undecided", Severity::info, at,
               fmt::format("{} of the frame, {:.2f} km2, {} no holder; the largest at {}; a seed there would "
                           "name one",
                           unknown.size() == 1 ? "1 piece" : fmt::format("{} pieces", unknown.size()),
                           sum.value() / 1e6, unknown.size() == 1 ? "has" : "have", place_text(at)));
  }

  const FramePieces& cut_;
  const DivisionRule& rule_;
  const Notes& notes_;
  Colouring colouring_;
  std::set<ActorId> actors_;
  std::map<std::pair<int, int>, std::set<ActorId>> seeds_;  ///< by region and colour
};

/// The lines of a date on the grid, extended; those that cannot matter are said and left out.
std::vector<GridPath> read_lines(const DatedLine& line, const Frame& frame, const DivisionRule& rule,
                                 const Notes& notes) {
  std::vector<GridPath> paths;
  for (std::size_t i = 0; i < line.pieces.size(); ++i) {
    GridPath path = detail::to_grid_path(line.pieces[i], fmt::format("{}: line {}", line.origin, i + 1));
    if (path.size() < 2) {
      notes.add("line-without-extent", Severity::warning, path.empty() ? GridPoint{} : path.front(),
                "it has no two different positions on the grid and is left out");
      continue;
    }
    paths.push_back(std::move(path));
  }
  extend_ends(frame, rule, notes, paths);
  return paths;
}

/// A line is outside when no step of it lies in the frame or crosses its boundary, whose vertices are given
/// sorted.
void report_outside(const Frame& frame, std::span<const GridPoint> vertices,
                    const std::vector<GridPath>& paths, const std::vector<GridPath>& noded,
                    const Notes& notes) {
  std::size_t step = 0;
  for (const GridPath& path : paths) {
    bool meets = frame.holds(path.front());
    for (std::size_t k = 0; k + 1 < path.size(); ++k, ++step) {
      meets = meets || std::any_of(noded[step].begin(), noded[step].end(), [&](GridPoint p) {
                return std::binary_search(vertices.begin(), vertices.end(), p);
              });
    }
    if (!meets) {
      notes.add("line-outside", Severity::warning, path.front(),
                fmt::format("the line that begins at {}, {} from the frame, does not meet it",
                            place_text(path.front()), distance_text(distance_to(frame, path.front()))));
    }
  }
}

std::vector<GridPoint> vertices_of(const Frame& frame) {
  std::vector<GridPoint> vertices;
  for (const GridSegment& s : frame.boundary()) vertices.push_back(s.a);
  std::sort(vertices.begin(), vertices.end());
  return vertices;
}

void report_frame(const Frame& frame, std::size_t before, DividedFrame& result) {
  result.added = frame.boundary().size() - before;
  if (result.added > 0) {
    result.findings.push_back(
        {"frame-noded", Severity::info, "", "", std::nullopt,
         fmt::format(
             "{} points where lines meet the frame were added to its boundary, which is off by at most "
             "half a grid unit there; areas add up to the frame with these points",
             result.added)});
  }
}

/// The rule with those seeds that lie inside the frame; the others are said.
DivisionRule with_seeds_inside(const Frame& frame, const DivisionRule& rule, Findings& findings) {
  DivisionRule inside = rule;
  inside.seeds.clear();
  for (const Seed& seed : rule.seeds) {
    const GridPoint at = detail::to_grid_point(seed.at);
    const int where = frame.locate(at);
    if (where > 0) {
      inside.seeds.push_back(seed);
      continue;
    }
    findings.push_back({"seed-outside", Severity::warning, "", "", location_of(at),
                        where == 0 ? fmt::format("the seed at {} lies on the frame's boundary and names "
                                                 "nothing; move it inside",
                                                 place_text(at))
                                   : fmt::format("the seed at {} lies outside the frame", place_text(at))});
  }
  return inside;
}

}  // namespace

DividedFrame divide_frame(const MultiPolygon& frame_area, std::span<const DatedLine> lines,
                          const DivisionRule& rule) {
  if (rule.left.has_value() != rule.right.has_value())
    throw InvalidArgument("a side of the line has a holder, the other has none; name both or neither");
  DividedFrame result;
  Frame frame(frame_area);
  const std::size_t before = frame.boundary().size();
  std::vector<std::vector<GridPath>> paths;
  std::vector<std::vector<GridSegment>> steps;
  for (const DatedLine& line : lines) {
    paths.push_back(read_lines(line, frame, rule, Notes(line, result.findings)));
    steps.push_back(steps_of(paths.back()));
  }
  const NodedDates noded = node_frame(frame, steps);
  report_frame(frame, before, result);
  const DivisionRule inside = with_seeds_inside(frame, rule, result.findings);
  const std::vector<GridPoint> vertices = vertices_of(frame);
  const detail::Outline outline = frame.outline();
  std::vector<Findings> found(lines.size());
  result.dates.resize(lines.size());
  tbb::parallel_for(std::size_t{0}, lines.size(), [&](std::size_t d) {
    const Notes notes(lines[d], found[d]);
    report_outside(frame, vertices, paths[d], noded[d], notes);
    const FramePieces cut = detail::cut_frame(outline, noded[d], line_of_step(paths[d]));
    result.dates[d] = Division(cut, inside, notes).divide();
  });
  for (Findings& of_date : found)
    std::move(of_date.begin(), of_date.end(), std::back_inserter(result.findings));
  result.frame = detail::to_area(frame.polygons());
  return result;
}

}  // namespace marchland
