#pragma once
// A layer of the manifest while it is found out, and what is said about it.
#include <marchland/io/detail/place_table.h>
#include <marchland/io/detail/series_sample.h>
#include <marchland/io/manifest.h>
#include <marchland/io/propose_manifest.h>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace marchland::detail {

struct LayerDraft {
  const FileSeries* series = nullptr;
  LayerSpec spec;
  Sample sample;  ///< of some files
  Sample rows;    ///< the fields that matter, of all files; empty: none matters
  std::optional<DateColumn> from, to;
  bool is_dated_by_name = false;
  bool is_lines = false;                        ///< that divide the frame
  bool is_table = false;                        ///< of a file without geometries
  PlaceColumns places;                          ///< of observations of who holds which place
  std::vector<std::string> other_actor_fields;  ///< that could name holders, too
  std::vector<std::string> actor_values;        ///< raw values of its actor field, each once, sorted
  std::map<std::string, std::vector<std::string>> contested;  ///< further values that name several of them

  [[nodiscard]] bool is_derived() const { return is_lines || !places.key.empty(); }
  [[nodiscard]] const DataFile& first_file() const { return series->files.front(); }
  [[nodiscard]] std::vector<DateColumn> date_columns() const;
};

/// What was inferred so far, in order.
class Assumptions {
 public:
  void say(std::string about, std::string text, std::string change);
  void say(const LayerDraft& draft, std::string_view key, std::string text, std::string change);
  [[nodiscard]] std::vector<Assumption> take() { return std::move(list_); }

 private:
  std::vector<Assumption> list_;
};

/// "1 file", "2 files".
[[nodiscard]] std::string counted(std::size_t count, std::string_view one, std::string_view many);

inline constexpr std::size_t kShown = 7;  ///< of a list in a message
/// "a, b, ... (12 in all)".
[[nodiscard]] std::string listed(const std::vector<std::string>& names, std::size_t most = kShown);

/// What features without areas are: "3 x Point, 1 x no geometry".
[[nodiscard]] std::string kinds_of(const Sample& sample);

/// Names the draft's files in its manifest, and says which they are and where their ground lies.
void name_files(LayerDraft& draft, const ProposeOptions& options, Assumptions& said);

}  // namespace marchland::detail
