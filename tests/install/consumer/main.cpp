// Builds a composite of two squares in memory and says how large the overlap is.
#include <marchland/analysis/areas.h>
#include <marchland/geometry/wkt.h>
#include <marchland/io/read_atlas.h>

#include <cstdio>

int main() {
  marchland::Atlas atlas;
  atlas.id = "consumer";
  atlas.sources.emplace_back().id = "s";
  atlas.layers.push_back({"l", marchland::SourceId(0)});
  for (const char* actor : {"a", "b"}) {
    atlas.actors.emplace_back().id = actor;
    marchland::Statement statement;
    statement.id = actor;
    statement.layer = marchland::LayerId(0);
    statement.actor = marchland::ActorId(atlas.actors.size() - 1);
    statement.area = marchland::parse_wkt(*actor == 'a' ? "POLYGON((0 0,2 0,2 1,0 1,0 0))"
                                                        : "POLYGON((1 0,3 0,3 1,1 1,1 0))");
    atlas.statements.push_back(statement);
  }
  const marchland::Composite composite = marchland::build_composite(std::move(atlas));
  const marchland::Holders holders(composite, {});
  const auto now = std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::sys_days{});
  for (const auto& row : marchland::areas(composite, composite.areas(), holders, {now})) {
    std::printf("%s %.6f km2\n", row.holder.c_str(), marchland::to_square_meters(row.area).value() / 1e6);
  }
  for (const auto& certificate : composite.certificates()) {
    if (certificate.residual != 0) return 1;
  }
  return 0;
}
