#pragma once
// The files of layers whose areas are derived: rows of lines and of places, with the frames, gazetteers and
// barriers beside them. What becomes of the rows: derived_layers.h.
#include <marchland/io/detail/atlas_files.h>
#include <marchland/io/detail/derived_layers.h>
#include <marchland/io/detail/row.h>

#include <optional>
#include <string>
#include <vector>

namespace marchland::detail {

class DerivedReader {
 public:
  /// `in` outlives it.
  explicit DerivedReader(AtlasFiles& in) : in_(in) {}

  /// Adds the statements of a layer of lines.
  void read_lines(LayerId id, const LayerSpec& spec, const std::vector<DataFile>& files);
  /// Those of a layer of places; where the manifest names no places, they become the atlas's.
  void read_points(LayerId id, const LayerSpec& spec, const std::vector<DataFile>& files);

 private:
  FrontRow front_row(const LayerSpec& spec, const DataFile& file, const VectorTable& table,
                     VectorFeature& feature, const std::string& prefix,
                     const std::optional<FuzzyDate>& of_file, Tally& tally);
  /// Nothing for a row that is said to state nothing.
  std::optional<PlaceRow> place_row(const LayerSpec& spec, const DataFile& file, const VectorTable& table,
                                    const VectorFeature& feature, const std::string& prefix,
                                    const std::optional<FuzzyDate>& of_file, Tally& tally) const;
  /// Actors that a row's value names; none: unknown; nothing: it states nothing.
  [[nodiscard]] std::optional<std::vector<ActorId>> holders_of(const Row& row, const LayerSpec& spec) const;
  /// Named points, or rows with the fields name, lon or lng, and lat.
  std::vector<Site> read_gazetteer(const GazetteerSpec& gazetteer, const std::string& subject);
  /// Lines of all features.
  MultiLine read_barriers(const FileSpec& spec, std::string subject);
  /// The first warnings since then, a line each: no atlas comes of them that `check` could show.
  [[nodiscard]] std::string warnings_since(std::size_t first) const;
  /// Study area and regions that are the frame of a derived layer get the points where lines meet it, so that
  /// areas add up to them exactly. Of several layers with one frame that is the first.
  void share_frame(const FileSpec& frame, const MultiPolygon& noded);

  /// What the layer's keys say of all its records, of statements from this number on.
  void record_since(std::size_t first, const LayerSpec& spec);

  AtlasFiles& in_;
  std::vector<FileSpec> shared_frames_;
};

}  // namespace marchland::detail
