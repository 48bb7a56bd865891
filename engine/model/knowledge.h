#pragma once
// What was known when, and what may be told: corrections and retractions are statements that come later, and
// nothing is deleted. So what was answered at any time can be answered again (DESIGN "two times": when it
// held, when it was recorded). docs/design/knowledge.md has the rules and why they are as they are.
//
// A statement counts unless another one that is known supersedes or retracts it, or it belongs to a state of
// a snapshot layer that was recorded anew (Layer::later_record_replaces). That is for good: where the one
// that superseded it is superseded in turn, it does not come back.
#include <marchland/model/atlas.h>

#include <optional>
#include <string>

namespace marchland {

/// Divides the statements of an atlas, those that were set aside before included, into those that count and
/// those that do not, each list in the order of layer, file and feature.
/// Throws InvalidData, with statement and origin, where
///   a statement supersedes or retracts one that the atlas does not have (not of an atlas with a window, nor
///   of one whose knowledge is limited: what it names may have been left out), or itself;
///   one was recorded before what it supersedes or retracts;
///   statements supersede one another in a circle;
///   one retracts and has ground.
void settle_records(Atlas& atlas);

/// The atlas as it was known, or as it may be shown. Knowledge only shrinks: that of the atlas still holds.
///
/// As of an instant: of what was recorded later nothing is left, what superseded it had not happened, and
/// snapshots hold until the next date that was known. What has no record counts as recorded since ever.
/// Declarations - actors, sources, regions, the study area - have one time only: they are those of today.
///
/// For the public: without statements that are not published, or are internal, or of internal sources, those
/// sources and their layers; a date of a snapshot layer that has no statement left is no date of it. What
/// might tell of them goes, too: manifest, names of files that no statement left comes from, findings of
/// reading, ids that the remaining statements supersede.
///
/// Throws InvalidArgument where nothing is left, naming the first record; where the atlas is of an earlier
/// instant than is asked for.
[[nodiscard]] Atlas as_known(Atlas atlas, const Knowledge& knowledge);

/// Who set a statement aside.
struct SettingAside {
  bool is_retracted = false;          ///< taken back; otherwise superseded
  std::string by;                     ///< id of the statement; empty: a later record of the same date
  std::optional<Instant> recorded{};  ///< when that was
  std::string author, note;           ///< of it
};
/// Nothing for what sets others aside and was not set aside itself. Of several the first recorded.
[[nodiscard]] std::optional<SettingAside> find_setting_aside(const Atlas& atlas, const Statement& statement);

/// Instants at which anything was recorded, sorted, unique.
[[nodiscard]] std::vector<Instant> record_instants(const Atlas& atlas);

/// As resolve_date, of the time of records: "latest" and "previous" are the last and last but one instant at
/// which anything was recorded.
[[nodiscard]] Instant resolve_record_date(const Atlas& atlas, std::string_view text);

}  // namespace marchland
