#pragma once
// What others have printed about the ground of an atlas, and which question of ours answers each: a table
// beside the manifest, so that an atlas holds itself against published figures.
//
// A row of the file (CSV with this head, UTF-8) is one figure:
//   figure*   id                            title*  for people
//   printed*  as printed, "roughly 75 %"    low* high   the range that this is taken for, in `unit`; no high:
//                                                       "at least", which has no upper end
//   unit*     km2 or %                      source  ids of sources of the atlas, separated by ';'
//   kind*     area     what `holder` held at `at`; without a holder the area of `region` itself
//             changed  what `holder` held at `from` and `passed_to` (absent: anyone or no one else) at `to`
//   theme     control (also where it is empty), claim, border or zone: what `holder` is a holder of
//   region    ids of regions, separated by ';': only inside any of them; absent: the study area
//   of        of a share (unit %): a number of km2, the id of a region, `held` (what `holder` held at `from`
//             or `at`) or `held@DATE`, both without regard to `region`
//   reason    why our figure differs, where it does
// * must not be empty. Dates and names are not looked up here.
#include <marchland/model/atlas.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace marchland {

struct PublishedFigure {
  enum class Kind { area, changed };
  std::string id, title, printed;
  double low = 0.0;            ///< in `unit`
  std::optional<double> high;  ///< in `unit`, not below low; nothing: at least `low`
  bool is_share = false;       ///< unit is %, otherwise km2
  std::vector<std::string> sources;
  Kind kind = Kind::area;
  Theme theme = Theme::control;
  std::string holder, passed_to, at, from, to;  ///< empty: not given
  std::vector<std::string> regions;
  std::string of, reason;
  std::string place;  ///< for messages: file and row
};

/// The rows in file order. Throws Error(failure) where the file cannot be opened; InvalidData naming file,
/// row and column for a column that is missing or unknown, an empty or repeated id, a number or word that
/// cannot be read, and a question that is not complete (an area without date, a share of nothing).
[[nodiscard]] std::vector<PublishedFigure> read_published_figures(const std::filesystem::path& path);

}  // namespace marchland
