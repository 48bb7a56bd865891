#pragma once
// Who states what, where, when, by which source: the atlas as plain values. Statements that overlap are the
// subject of the program, not an error. Words are those of docs/glossary.md.
#include <marchland/base/findings.h>
#include <marchland/base/ids.h>
#include <marchland/base/units.h>
#include <marchland/geometry/shared_area.h>
#include <marchland/time/edtf.h>
#include <marchland/time/interval.h>

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace marchland {

/// What kind of statement. Themes never compete with each other.
enum class Theme : std::uint8_t {
  control,  ///< who holds the ground, de facto
  claim,    ///< who claims sovereignty
  border,   ///< de jure or administrative
  zone,     ///< peacekeepers, corridors, blockades, buffers
};
inline constexpr std::array kThemes{Theme::control, Theme::claim, Theme::border, Theme::zone};

enum class Basis : std::uint8_t { surveyed, drawn, inferred };
enum class Certainty : std::uint8_t { confirmed, reported };
/// How far a statement has come on its way to the public.
enum class State : std::uint8_t { draft, reviewed, published };
/// Who may see a statement or source: everybody ("public"), or those who keep the atlas ("internal").
enum class Visibility : std::uint8_t { open, internal };

/// How the statements of a layer follow one another.
enum class LayerMode : std::uint8_t {
  interval,  ///< each carries its own validity
  snapshot,  ///< the statements of one date are the full state until the next date of the layer
  event,     ///< each passes ground to an actor from a date on, painting over what the layer had there
};

/// How several sources of one theme become one answer.
enum class SourceRule : std::uint8_t {
  priority,  ///< the source of greatest priority that says anything; equal priorities are all kept
  majority,  ///< the actor most sources name; all kept on a tie
  all,       ///< every actor any source names
};

[[nodiscard]] std::string_view to_string(Theme theme);
[[nodiscard]] std::string_view to_string(Basis basis);
[[nodiscard]] std::string_view to_string(Certainty certainty);
[[nodiscard]] std::string_view to_string(State state);
[[nodiscard]] std::string_view to_string(Visibility visibility);
[[nodiscard]] std::string_view to_string(LayerMode mode);
[[nodiscard]] std::string_view to_string(SourceRule rule);
/// The value of that name; nothing if there is none.
template <class Enum>
[[nodiscard]] std::optional<Enum> parse_enum(std::string_view name);

struct GroupMembership {
  std::string group;
  Interval when;
  friend bool operator==(const GroupMembership&, const GroupMembership&) = default;
};

struct Actor {
  std::string id;                            ///< [a-z0-9_-]+
  std::string name;                          ///< in the atlas's main language
  std::map<std::string, std::string> names;  ///< by language code
  std::string color = "#888888";             ///< #rrggbb
  std::vector<GroupMembership> groups;
  friend bool operator==(const Actor&, const Actor&) = default;
};

/// Every atlas has it as actor 0: ground of which a source says that nobody holds it. Ground about which
/// nothing is said is unknown, which is no actor.
inline constexpr std::string_view kNobody = "nobody";
inline constexpr ActorId kNobodyId{std::size_t{0}};

/// How true lines are.
struct Accuracy {
  /// Positional error across the line, one standard deviation. None: not stated; 0: exact by definition, as a
  /// parallel or the line of a treaty is.
  std::optional<Meters> sigma{};
  Meters correlation{};  ///< along the line, over which errors stay alike; 0: not stated
  Meters bias{};         ///< systematic error outwards, away from the ground stated; negative: inwards
  friend auto operator<=>(const Accuracy&, const Accuracy&) = default;
};

struct Source {
  std::string id, title, author, licence, url, date, note;
  std::optional<Meters> sigma{};  ///< as Accuracy has them
  Meters correlation{};
  Meters bias{};
  int priority = 0;  ///< greater wins under SourceRule::priority
  Visibility visibility = Visibility::open;

  [[nodiscard]] Accuracy accuracy() const { return {sigma, correlation, bias}; }
  friend bool operator==(const Source&, const Source&) = default;
};

/// A named instant or stretch of time.
struct Period {
  std::string id, title;
  Interval when;            ///< of an instant: since it
  bool is_instant = false;  ///< no end was declared
  friend bool operator==(const Period&, const Period&) = default;
};

/// An area to report by.
struct Region {
  std::string id, name, code, edition;
  SharedArea area;
  RingConvention rings{};
  friend bool operator==(const Region&, const Region&) = default;
};

/// A named point of the gazetteer.
struct Place {
  std::string name;
  std::vector<std::string> other_names;
  Lon lon;
  Lat lat;
  friend bool operator==(const Place&, const Place&) = default;
};

/// A date of a snapshot layer of which a file states that nothing is held.
struct VoidDate {
  Instant date;
  std::optional<Instant> recorded{};  ///< as Statement::recorded
  friend auto operator<=>(const VoidDate&, const VoidDate&) = default;
};

struct Layer {
  std::string id;
  SourceId source;
  Theme theme = Theme::control;
  LayerMode mode = LayerMode::interval;
  RingConvention rings{};
  /// Of a snapshot layer: the dates of which it has a state, those without any statement too. Sorted, unique.
  std::vector<Instant> dates{};
  /// Of a snapshot layer in which missing days are unknown: until when each state holds at most, by date.
  /// Empty: until the next.
  std::vector<Instant> date_ends{};
  /// Of a snapshot layer: those of `dates` that are in doubt. By nominal instant, which is the date.
  std::vector<FuzzyInstant> doubtful_dates{};
  /// Of a snapshot layer, sorted, unique.
  std::vector<VoidDate> void_dates{};
  /// Of a snapshot layer: what is recorded of a date replaces all that was recorded of it before.
  bool later_record_replaces = false;
  friend bool operator==(const Layer&, const Layer&) = default;
};

/// Which validities are possible where the dates of a statement are in doubt.
struct DateDoubt {
  Interval possible;  ///< [earliest from, latest to)
  Interval certain;   ///< [latest from, earliest to): whatever the dates were; empty where latest >= earliest
  friend auto operator<=>(const DateDoubt&, const DateDoubt&) = default;
};

/// Nothing where both ends are exact.
[[nodiscard]] std::optional<DateDoubt> doubt_between(const FuzzyInstant& from, const FuzzyInstant& to);

struct Statement {
  std::string id;  ///< unique within the atlas
  LayerId layer;
  ActorId actor;
  Interval validity;     ///< of an event: since its instant
  std::int64_t seq = 0;  ///< orders events of one instant
  Basis basis = Basis::drawn;
  Certainty certainty = Certainty::confirmed;
  std::string note;
  std::string origin;  ///< for messages: file, layer, feature
  ActorId taken_from;  ///< of an event: who, as the source says, held the ground before; none: not said
  SharedArea area;
  std::optional<DateDoubt> doubt{};       ///< the validity lies within it; nothing: the dates are exact
  std::optional<Accuracy> accuracy{};     ///< of its own lines, complete; nothing: its source's
  std::vector<SourceId> cites{};          ///< what it rests on beside the source of its layer
  std::optional<Instant> recorded{};      ///< when it was stated, not when it held; nothing: since ever
  std::string author;                     ///< who recorded it
  std::vector<std::string> supersedes{};  ///< ids of statements that it replaces
  std::vector<std::string> retracts{};    ///< ids of statements it takes back, stating nothing itself
  State state = State::published;
  Visibility visibility = Visibility::open;

  /// Its ends with their doubt.
  [[nodiscard]] FuzzyInstant from() const;
  [[nodiscard]] FuzzyInstant to() const;
  /// The validity, or where dates are in doubt the longest possible.
  [[nodiscard]] const Interval& possible() const { return doubt ? doubt->possible : validity; }
};

/// A file that an atlas was read from.
struct DataFileDigest {
  std::string name;    ///< relative to the manifest
  std::string sha256;  ///< of its bytes, lower-case hex
  friend bool operator==(const DataFileDigest&, const DataFileDigest&) = default;
};

/// A part of time.
struct TimeWindow {
  Interval when;               ///< all of time by default
  std::vector<Instant> dates;  ///< only these instants of it; empty: all

  [[nodiscard]] bool is_all() const { return when == Interval() && dates.empty(); }
  /// Whether what has this validity holds at some instant of the window.
  [[nodiscard]] bool meets(const Interval& validity) const;
};

/// What an answer may rest on (model/knowledge.h).
struct Knowledge {
  std::optional<Instant> as_of{};  ///< what was recorded by then, that instant included; nothing: everything
  bool is_public = false;          ///< only what is published, and neither it nor its source internal
  friend bool operator==(const Knowledge&, const Knowledge&) = default;
};

/// Lines further apart than this are not one line written twice.
inline constexpr Meters kMostHarmonise{1000.0};

/// One dataset. `check` holds for every atlas that reaches the composite.
struct Atlas {
  std::string id, title, disclaimer, attribution;
  std::string checksum;  ///< SHA-256 of manifest and data files, lower-case hex; empty for one made in memory
  std::string manifest;  ///< text of the manifest it was read by; empty for one made in memory
  std::vector<DataFileDigest> files;  ///< it was read from, by name
  DayConvention days;
  SourceRule rule = SourceRule::priority;
  /// Lines within it of one another are the same line written twice (composite/harmonise.h); 0: every line is
  /// used as it is. At most kMostHarmonise.
  Meters harmonise;
  std::optional<SharedArea> study_area;  ///< without it nothing is unknown
  RingConvention study_area_rings;
  std::vector<Actor> actors{
      Actor{.id = std::string(kNobody), .name = "nobody", .names = {}, .color = "#bbbbbb", .groups = {}}};
  std::vector<Source> sources;
  std::vector<Period> periods;
  std::vector<Region> regions;
  std::vector<Place> places;
  std::vector<Layer> layers;
  std::vector<Statement> statements;  ///< those that count
  /// Those that do not: superseded, retracted, or themselves nothing but a retraction (model/knowledge.h).
  std::vector<Statement> set_aside{};
  Knowledge knowledge{};  ///< what there is beyond it is in neither list
  TimeWindow window;      ///< statements that hold at no instant of it were left out (restricted_to)
  Findings findings;      ///< of reading, of statements left out too

  [[nodiscard]] const Actor& operator[](ActorId which) const { return actors[which.index()]; }
  [[nodiscard]] const Source& operator[](SourceId which) const { return sources[which.index()]; }
  [[nodiscard]] const Layer& operator[](LayerId which) const { return layers[which.index()]; }
  [[nodiscard]] const Region& operator[](RegionId which) const { return regions[which.index()]; }

  /// Throws InvalidData (statement, origin, what is expected) where ids repeat or refer to nothing, a
  /// validity is empty, an area cannot be read, or there is no statement at all (unless it was restricted).
  void check() const;
  /// The same without reading the positions of areas, which the composite does anyway.
  void check_declarations() const;

  /// First and last instant at which any statement begins or ends; of a window that has a beginning, since it
  /// and no further than it reaches. Nothing if all are open on both sides.
  [[nodiscard]] std::optional<Interval> extent() const;
};

/// What the atlas says within a window: declarations, and the statements that hold, or where their dates are
/// in doubt may hold, at some instant of it, as they were written (their validity is not cut). Of an event
/// layer that is every event before the window's end, because it paints what later ones paint over. So
/// holders at any instant of the window are those of the whole atlas.
[[nodiscard]] Atlas restricted_to(const Atlas& atlas, const TimeWindow& window);

/// Ends each statement of a snapshot layer where the next date of that layer begins; the last stays open.
/// `dates` are those of the layer, of days without any statement too, in any order; they become those of the
/// layer. Doubt of statements becomes that of their date and the next (Layer::doubtful_dates), less what
/// would have a date come after the next. Those that are set aside are closed alike.
void close_snapshots(Atlas& atlas, LayerId layer, std::vector<Instant> dates);

/// The same where missing days are unknown: a state holds until the next date, but no longer than to its own
/// end. By date. Throws InvalidData where a date of the layer is in doubt: so would be its end.
void close_snapshots(Atlas& atlas, LayerId layer, const std::map<Instant, Instant>& date_ends);

/// The instant that `text` names: a period's id (its start), "latest" or "previous" (the last and the last
/// but one instant of the window at which a statement begins or ends and any still holds, or a snapshot layer
/// states that none does), or a date as parse_date reads it (its first instant). Throws InvalidArgument, with
/// the nearest period id when the text looks like none of these, and for dates in doubt: a question has one.
[[nodiscard]] Instant resolve_date(const Atlas& atlas, std::string_view text);

/// The candidate nearest to `name` in edit distance, for "did you mean"; empty if none is near.
[[nodiscard]] std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace marchland
