#pragma once
// A manifest for files that nobody has described yet: dates, holders and coordinates are inferred from the
// files' names and contents, and every inference is said with its reason and the key that changes it.
//
// Nothing is asked and nothing depends on clock, locale or order of the file system: the same files give the
// same text.
#include <filesystem>
#include <string>
#include <vector>

namespace marchland {

struct ProposeOptions {
  std::filesystem::path folder;         ///< where the manifest will lie; names in it are relative to this
  std::string manifest = "atlas.toml";  ///< its file name there, which no wildcard may stand for
  std::string crs;    ///< of files that state none; empty: degrees on WGS84 where their numbers can be
  std::string title;  ///< of the atlas; empty: the name of the folder of the data
};

/// Something that was inferred.
struct Assumption {
  std::string about;   ///< "layer 'daily': from"; a layer, a key
  std::string text;    ///< what, and by which evidence
  std::string change;  ///< what to write for another answer; empty: nothing to choose
};

struct ProposedManifest {
  std::string text;  ///< parse_manifest reads it
  std::vector<Assumption> assumptions;
};

/// Looks at files, folders, wildcards and archives (relative to the working directory) and describes them.
/// Names of files are all read. Of a series of files the contents of kSampledFiles at most are looked at
/// (first, last, others evenly between), and of all of them only those fields on which the manifest depends.
/// Dated lines that come with one file of areas divide those (derive/divide_frame.h), and dated rows of who
/// holds which place share them out (derive/nearest_cells.h). Both are tried before they are proposed: which
/// of the areas are meant is found by the lines of some dates, or by where the places lie. A table or points
/// with a name and without dates say where places lie. Throws Error(failure) where a path does not exist or
/// cannot be read; InvalidData with file and advice where no polygon is found, lines divide no ground on any
/// date tried, no place has a position, coordinates cannot be degrees and no coordinate system is stated, an
/// interval ends before it begins, or reading fails as read_vector's does.
[[nodiscard]] ProposedManifest propose_manifest(const std::vector<std::string>& files,
                                                const ProposeOptions& options);

inline constexpr std::size_t kSampledFiles = 24;

}  // namespace marchland
