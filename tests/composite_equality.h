#pragma once
// Whether two composites are the same in every number that a composite file keeps.
#include <marchland/base/int128.h>
#include <marchland/composite/composite.h>

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace marchland::testing_fixtures {

/// What the first difference is, empty if there is none.
inline std::string first_difference(const Composite& one, const Composite& two) {
  const Arrangement& a = one.plane();
  const Arrangement& b = two.plane();
  std::string found;
  const auto compare = [&](std::string_view what, const auto& x, const auto& y) {
    if (found.empty() && !(x == y)) found = what;
  };
  compare("vertices", a.table().vertices, b.table().vertices);
  compare("segments", a.table().segments, b.table().segments);
  compare("offsets of events", a.table().offsets, b.table().offsets);
  compare("events", a.table().events, b.table().events);
  compare("occurrences", a.table().occurrences, b.table().occurrences);
  compare("repeats", a.table().repeats, b.table().repeats);
  compare("crossing pairs", a.crossing_pairs(), b.crossing_pairs());
  compare("number of crossings", a.crossings().points.size(), b.crossings().points.size());
  compare("offsets of nodes", a.crossings().offsets, b.crossings().offsets);
  compare("nodes", a.crossings().nodes, b.crossings().nodes);
  compare("number of edges", a.edges().size(), b.edges().size());
  compare("number of faces", a.face_count(), b.face_count());
  compare("number of components", a.component_count(), b.component_count());
  compare("slots", one.slots(), two.slots());
  compare("number of instants", one.times().epoch_count(), two.times().epoch_count());
  if (!found.empty()) return found;
  for (TimeIndex t = 0; t <= one.times().for_ever(); ++t)
    compare(fmt::format("instant {}", t), one.times()[t], two.times()[t]);
  for (std::size_t p = 0; p < a.crossings().points.size(); ++p) {
    const auto members = [&](const Arrangement& plane) {
      const ExactPoint& point = plane.crossings().points[p];
      return std::tuple(point.x, point.y, point.rx, point.ry, point.den);
    };
    compare(fmt::format("crossing {}", p), members(a), members(b));
  }
  for (EdgeIndex e = 0; e < a.edges().size(); ++e) {
    const auto of = [&](const Arrangement& plane) {
      const auto parents = plane.parents_of(e);
      return std::tuple(plane.edges()[e].u, plane.edges()[e].v, plane.face(2 * e), plane.face(2 * e + 1),
                        std::vector<SegmentIndex>(parents.begin(), parents.end()));
    };
    compare(fmt::format("edge {}", e), of(a), of(b));
  }
  for (FaceIndex f = 0; f < a.face_count(); ++f) {
    compare(
        fmt::format("area of face {}: {} and {}", f, to_string(one.areas()[f]), to_string(two.areas()[f])),
        one.areas()[f], two.areas()[f]);
  }
  for (std::size_t g = 0; g < kLabelGroups; ++g) {
    const auto group = static_cast<LabelGroup>(g);
    for (FaceIndex f = 0; f < a.face_count(); ++f) {
      compare(fmt::format("coverage of face {}, group {}", f, g), one.coverage(f, group),
              two.coverage(f, group));
      const auto runs = [&](const Composite& composite) {
        const auto list = composite.runs(group, composite.coverage(f, group));
        return std::vector<CoverageRun>(list.begin(), list.end());
      };
      compare(fmt::format("runs of face {}, group {}", f, g), runs(one), runs(two));
    }
    compare(fmt::format("number of coverages, group {}", g), one.coverage_count(group),
            two.coverage_count(group));
  }
  const auto certificates = [](const Composite& composite) {
    std::string text;
    for (const Certificate& c : composite.certificates())
      text += fmt::format("{} {} {}\n", c.name, to_string(c.residual), c.states);
    return text;
  };
  compare("certificates", certificates(one), certificates(two));
  const auto findings = [](const Composite& composite) {
    std::string text;
    for (const Finding& f : composite.findings())
      text += fmt::format("{} {} {} {}\n", f.code, f.statement, f.at, f.text);
    return text;
  };
  compare("findings:\n" + findings(one) + "and\n" + findings(two), findings(one), findings(two));
  return found;
}

}  // namespace marchland::testing_fixtures
