#pragma once
// How a folder of files becomes an atlas: the manifest says what each file means, here it is carried out.
#include <marchland/io/manifest.h>
#include <marchland/model/atlas.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace marchland {

struct ReadOptions {
  /// Called, by one thread at a time, as files of a layer have been read: its id, how many of how many.
  std::function<void(const std::string& layer, std::size_t done, std::size_t all)> on_files = {};
};

/// Reads an atlas from its folder or manifest.
///
/// Statements come in the order of the manifest's layers, within a layer by file name, within a file as
/// written. Ids are those of the declared field, otherwise "layer/file/feature" ("layer/feature" where
/// `files` names one plain file), where feature is its number or id in the file. Origins are relative to the
/// manifest.
///
/// Dates: `from` is the first instant of what a date names; `to` too, or with inclusive = true the end of it.
/// In mode interval a missing, null, empty or ".." value leaves that end open. A snapshot holds until the
/// next date of its layer, days without any feature included. A null `seq` is 0, a null `basis` or
/// `certainty` the default.
///
/// The checksum covers the manifest and each local file read, sidecars and archives included, by name
/// relative to the manifest: it is what `sha256sum atlas.toml FILES | sha256sum` prints for the names in
/// `Atlas::files`.
///
/// Findings, one per statement or feature where it can be located, otherwise one per layer with a count:
///   no-geometry        warning  a feature has none; it is left out
///   not-a-polygon      warning  geometries, or parts, that are no polygon are left out
///   ring-closed        warning  a ring was not closed; located at its first position
///   crs-contradicted   warning  the manifest's crs was used although the file states another
///   crs-ballpark       warning  no transformation between the datums is known: tens of metres of error
///   reader-warning     warning  what GDAL warns of
///   place-without-name warning  left out
///   empty-snapshot     info     a date of a snapshot layer without any area (warning if features were left
///   out) empty-file         info     a file of another layer without any feature heights-dropped,
///   curves-linearised, crs-transformed, outside-region (a layer's `region` leaves it out)  info
///
/// Throws Error(failure) where files cannot be opened, InvalidData for what is wrong inside, with manifest
/// and line, or file, layer, feature and field. Everything that Atlas::check promises holds for the result.
[[nodiscard]] Atlas read_atlas(const std::filesystem::path& file_or_folder, const ReadOptions& options = {});

/// The same by a manifest that was read, or that is to be tried before it is written.
[[nodiscard]] Atlas read_atlas(Manifest manifest, const ReadOptions& options = {});

/// The atlas with the statements of further files, read as its manifest says: as if they had been in its
/// folder from the start, next to those that were. `path` stands for the manifest in messages. Each file
/// belongs to `layer`, or where that is empty to the one layer whose `files` its name fits (folders aside).
/// Of a snapshot layer the new dates close the states before them. Statements that were there keep their ids;
/// checksum and findings are those of reading the folder again, but that what is counted over many features
/// is counted anew for the files that were added.
///
/// Throws InvalidArgument where the atlas has no manifest, a file has no layer or several, is an archive of
/// many files, or is part of the atlas already; otherwise as read_atlas does. Precondition: the areas of all
/// statements are there.
[[nodiscard]] Atlas append_files(Atlas atlas, const std::filesystem::path& path,
                                 const std::vector<std::filesystem::path>& files,
                                 const std::string& layer = {});

}  // namespace marchland
