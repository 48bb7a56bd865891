#include "tools/cli/composite_output.h"

#include "tools/cli/layers.h"
#include "tools/cli/ledger.h"
#include <marchland/base/error.h>
#include <marchland/io/write_composite.h>

#include <fmt/format.h>
#include <sys/resource.h>

namespace marchland::cli {
namespace {

std::uint64_t peak_rss_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

}  // namespace

void check_composite_name(const std::filesystem::path& path) {
  if (path.extension() == ".gpkg") return;
  throw InvalidArgument(
      fmt::format("'{}': a composite is a GeoPackage, choose a name ending in .gpkg", path.string()));
}

std::string write_session(const Session& session, const std::filesystem::path& path, Existing existing,
                          const std::string& command) {
  FeatureOutput layers(session, path, existing, command);
  for (const Theme theme : kThemes) {
    if (session.holders(theme).size() > 1) add_tenures(layers, session, theme);
  }
  const std::string content =
      write_composite(path, session.composite(), layers.sets(), provenance(session, command), existing);
  fmt::print("{}: {} statements, {} faces, content {}\n", path.string(), session.atlas().statements.size(),
             session.composite().plane().face_count(), content);
  return content;
}

Json stats_of(const Session& session, const std::string& content, double seconds_written) {
  const Arrangement& plane = session.composite().plane();
  Json document;
  document["atlas"] = session.atlas().id;
  document["content_sha256"] = content;
  document["layers"] = session.atlas().layers.size();
  for (const char* key : {"since", "until", "as_of", "public"}) {
    if (const Json head = session.head(); head.contains(key)) document[key] = head[key];
  }
  document["statements"] = session.atlas().statements.size();
  document["segment_occurrences"] = plane.table().occurrences;
  document["segments"] = plane.table().segments.size();
  document["vertices"] = plane.node_count();
  document["edges"] = plane.edges().size();
  document["faces"] = plane.face_count();
  document["seconds"] = {
      {"read", session.seconds().read}, {"build", session.seconds().build}, {"write", seconds_written}};
  if (session.atlas().harmonise.value() > 0)
    document["harmonise"] = ledger_summary(session.composite().ledger());
  document["peak_rss_bytes"] = peak_rss_bytes();
  document["certificates"] = Json::array();
  for (const Certificate& certificate : session.composite().certificates()) {
    document["certificates"].push_back(
        {{"name", certificate.name}, {"residual_units", static_cast<std::int64_t>(certificate.residual)}});
  }
  return document;
}

}  // namespace marchland::cli
