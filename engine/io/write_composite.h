#pragma once
// The composite as a GeoPackage that QGIS opens: layers for people, topology tables for programs. The schema
// is docs/design/composite_file.md.
#include <marchland/composite/composite.h>
#include <marchland/io/write_features.h>

#include <filesystem>
#include <string>
#include <vector>

namespace marchland {

/// Version of the topology tables; another number means that older readers must not guess.
inline constexpr int kCompositeSchema = 5;

/// SHA-256 over the rows of the topology tables in their canonical order: instants, variants, slots, nodes,
/// edges, faces, coverages. Two composites of equal content have equal hashes, whatever order their
/// statements came in. Lower-case hex.
[[nodiscard]] std::string content_hash(const Composite& composite);

/// Writes `layers` as write_features does, and the topology tables beside them. The file appears whole, or
/// the one that was there stays: whatever ends the program, and at whatever instant. Throws Error(failure)
/// naming the file, InvalidArgument where the composite has no areas of statements (read_composite left them
/// out); nothing half-written remains. Answers the content hash.
std::string write_composite(const std::filesystem::path& path, const Composite& composite,
                            const std::vector<FeatureSet>& layers, const Provenance& provenance,
                            Existing existing);

}  // namespace marchland
