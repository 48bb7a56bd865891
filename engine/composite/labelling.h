#pragma once
// Which rings count for what. A polygon is the points of non-zero winding about its first ring minus those of
// non-zero winding about any other ring. For a polygon without crossings or misplaced holes that is the same
// as winding > 0 of (shell turned counter-clockwise) + (holes turned clockwise), so all such polygons of a
// slot can share one label and lines between successive snapshots cancel: the quick path. Every other polygon
// is labelled ring by ring. Which path is right is found out, not assumed: a ring that touches nothing is
// simple; anything else is arranged on its own, and both definitions are compared face by face.
#include <marchland/base/findings.h>
#include <marchland/composite/quantise.h>

#include <string>
#include <vector>

namespace marchland {

struct LabelledRing {
  QuantisedRing chain;
  int weight = 1;  ///< turns the ring for the quick path
};

struct LabelledPolygon {
  std::vector<LabelledRing> rings;  ///< first the outer one; rings without extent are left out
  bool is_quick = true;
  /// Peculiarities of the data, each with its place; `statement` and `at` are empty.
  Findings findings;
};

/// Precondition: check_readable passed.
[[nodiscard]] LabelledPolygon label_polygon(const Polygon& polygon, RingConvention convention = {});

}  // namespace marchland
