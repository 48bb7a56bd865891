// The regions that tables report by, as polygons: with the lines that were arranged, so that tables by region
// can be held against them.
#include "tools/cli/layers.h"
#include <marchland/analysis/scope.h>

#include <utility>

namespace marchland::cli {

void add_regions(FeatureOutput& out, const Session& session) {
  const Composite& composite = session.composite();
  const Arrangement& plane = composite.plane();
  const std::vector<Session::Part> parts = session.parts({.by_region = true});
  std::vector<std::vector<Category>> divisions;
  std::vector<bool> lines(plane.edges().size(), false);
  for (const Session::Part& part : parts) {
    const std::vector<bool> inside = faces_in_scope(composite, part.scope);
    std::vector<Category> faces(inside.begin(), inside.end());
    for (EdgeIndex e = 0; e < lines.size(); ++e)
      lines[e] = lines[e] || faces[plane.face(2 * e)] != faces[plane.face(2 * e + 1)];
    divisions.push_back(std::move(faces));
  }
  // Regions may overlap, so each is a division of its own; lines that they share are rounded once.
  const Dissolver dissolver = out.dissolver(lines);
  using enum FeatureField::Type;
  FeatureSet set{"regions",
                 session.atlas().title + ": regions to report by",
                 {{"region", text}, {"name", text}, {"code", text}, {"edition", text}, {"area_m2", real}},
                 {}};
  const auto value = [](const std::string& said) { return said.empty() ? FieldValue{} : FieldValue{said}; };
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Region& region = session.atlas()[*parts[i].region];
    auto features = out.polygons(dissolver, divisions[i], [&](Category, AreaUnits area) {
      return std::vector<FieldValue>{region.id, value(region.name), value(region.code), value(region.edition),
                                     square_meters(area)};
    });
    std::move(features.begin(), features.end(), std::back_inserter(set.features));
  }
  out.add(std::move(set));
}

}  // namespace marchland::cli
