#pragma once
// What every question shares: which atlas, which statements count, how areas are measured, where the answer
// goes.
#include "tools/cli/report.h"
#include <marchland/analysis/areas.h>
#include <marchland/analysis/holders.h>
#include <marchland/composite/composite.h>
#include <marchland/io/read_composite.h>
#include <marchland/io/write_features.h>

#include <CLI/CLI.hpp>
#include <tbb/global_control.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace marchland::cli {

/// Where an answer goes. Declares --format, -o, --overwrite, --unit, --round.
struct OutputOptions {
  std::string format = "table";
  std::filesystem::path output;
  std::filesystem::path geometry;
  bool overwrite = false;
  std::string unit = "km2";
  int round = 2;

  /// `has_areas`: --unit and --round mean something.
  void declare(CLI::App& command, bool has_areas = true);
  void declare_geometry(CLI::App& command, const std::string& what);
  [[nodiscard]] Existing existing() const { return overwrite ? Existing::overwrite : Existing::refuse; }
  /// Refuses what cannot be written; call it first, before anything is computed.
  void check() const;
  /// Prints to standard output or writes -o; of csv with what it was made from beside it.
  void write(const Report& report, const Provenance& origin) const;
};

/// What rows are divided by, beside the holder.
struct Breakdown {
  bool by_region = false;  ///< of the scope, or all of the atlas
  bool by_group = false;   ///< actors of one group at the date count together

  /// Declares --by with the keys actor, region and group.
  void declare(CLI::App& command);
};

/// Which statements and which ground. Declares ATLAS, --threads, --max-memory, --since, --until, --as-of,
/// --public, --two-layer,
/// --theme, --region, --actor, --group, --source, --rule, --method.
struct QueryOptions {
  std::filesystem::path atlas;
  std::string theme = "control";
  std::string rule;
  std::string method = "lonlat";
  std::vector<std::string> regions;
  std::vector<std::string> actors;
  std::vector<std::string> groups;
  std::vector<std::string> sources;
  std::size_t threads = 0;       ///< 0: one for each core
  std::uint64_t max_memory = 0;  ///< bytes; 0: three quarters of the machine's
  std::string since;             ///< window of time; empty: open
  std::string until;
  std::string as_of;  ///< a date of record; empty: all that was recorded
  bool is_public = false;
  bool no_bands = false;
  bool two_layer = false;  ///< only the dates asked for are arranged, two at a time at most

  void declare_atlas(CLI::App& command);
  /// --as-of and --public only.
  void declare_knowledge(CLI::App& command);
  /// --threads and --max-memory only.
  void declare_limits(CLI::App& command);
  void declare(CLI::App& command);
  /// --no-bands
  void declare_bands(CLI::App& command);
  /// ATLAS, limits, --theme, --source, --rule: for commands that are about statements, not areas.
  void declare_statements(CLI::App& command);
  /// For commands that need all dates at once: throws InvalidArgument that names those that do not.
  void refuse_two_layer(const std::string& command) const;
};

[[nodiscard]] BuildOptions build_options(const QueryOptions& options);

/// An atlas built, or a composite loaded, and ready to be asked.
class Session {
 public:
  /// Of a composite file, `load` says what of it is needed.
  explicit Session(const QueryOptions& options, Load load = Load::answers);
  /// Of statements that come from elsewhere; `options.atlas` only names them.
  Session(const QueryOptions& options, Atlas atlas);

  /// With --two-layer nothing is arranged before it is known for which dates: call one of these before
  /// anything is asked about them. Without it they change nothing. Precondition: two dates at most.
  void arrange(const std::vector<std::string>& dates);
  /// Of dates that name one instant, "2000" and the period that begins with it, the first; in their order.
  /// Throws as `instant` does.
  [[nodiscard]] std::vector<std::string> distinct_dates(const std::vector<std::string>& dates) const;
  /// Answers about several dates, each instant once and apart from the others: calls `answer` with all of
  /// distinct_dates or, with --two-layer, with one after another.
  void for_each_arranged(const std::vector<std::string>& dates,
                         const std::function<void(const std::vector<std::string>&)>& answer);
  [[nodiscard]] bool is_two_layer() const { return whole_ != nullptr; }

  [[nodiscard]] const Atlas& atlas() const { return whole_ ? *whole_ : composite_.atlas(); }
  [[nodiscard]] const Composite& composite() const { return composite_; }
  [[nodiscard]] const FaceAreas& areas() const { return measured_ ? *measured_ : composite_.areas(); }
  [[nodiscard]] const AreaMethod& method() const { return method_; }
  [[nodiscard]] const Scope& scope() const { return scope_; }
  [[nodiscard]] Theme theme() const { return theme_; }
  struct Seconds {
    double read = 0.0;   ///< files to coordinates
    double build = 0.0;  ///< quantise to certificates
  };
  [[nodiscard]] Seconds seconds() const { return seconds_; }
  /// Of a composite file: whether its rows for SQL are those that were written.
  [[nodiscard]] bool has_rows_as_written() const { return marchland::has_rows_as_written(file_); }
  /// What a composite file says of its content; empty if the atlas was built here.
  [[nodiscard]] const std::string& stated_content() const { return stated_content_; }

  [[nodiscard]] Holders holders() const { return holders(theme_); }
  [[nodiscard]] Holders holders(Theme theme) const;
  /// By what these sources say alone.
  [[nodiscard]] Holders holders(Theme theme, const std::set<SourceId>& sources) const;
  /// Between sources: what --rule says, otherwise the atlas.
  [[nodiscard]] SourceRule rule() const { return holder_options_.rule; }
  /// Throws InvalidArgument for a date outside the window of --since and --until.
  [[nodiscard]] Instant instant(const std::string& text) const;
  [[nodiscard]] std::vector<Instant> instants(const std::vector<std::string>& texts) const;
  /// Throws InvalidArgument that names the languages known, unless some party has a name in this one; "" is
  /// the main one, which all have.
  void check_language(const std::string& language) const;
  /// The date as the atlas writes it.
  [[nodiscard]] std::string date(Instant at) const { return format_instant(at, atlas().days); }
  /// Whether figures of the theme have bands: some source that counts states the accuracy of its lines.
  [[nodiscard]] bool has_bands(Theme theme) const;
  [[nodiscard]] bool has_bands() const { return has_bands(theme_); }
  /// Whether --actor or --group asks for this holder: all of them without either. Members of a group are
  /// those at the date; without a date, all that ever are.
  [[nodiscard]] bool wants(const Holders& holders, HolderIndex holder, std::optional<Instant> at) const;
  /// The same of an id, "a+b" too, or of a group's.
  [[nodiscard]] bool wants(const std::string& holder_id, std::optional<Instant> at) const;
  /// Whether --group asks: then what is wanted changes where memberships begin and end.
  [[nodiscard]] bool asks_for_groups() const { return !groups_.empty(); }
  /// The scope, or each region of it by itself.
  struct Part {
    std::optional<RegionId> region;
    Scope scope;
  };
  [[nodiscard]] std::vector<Part> parts(const Breakdown& by) const;
  /// The options that leave something out, as they were given: "--actor a --region north"; empty without any.
  [[nodiscard]] const std::string& filters() const { return filters_; }

  /// First keys of every document.
  [[nodiscard]] Json head() const;
  /// Method, grid and disclaimer, for people.
  [[nodiscard]] std::vector<std::string> notes() const;

 private:
  void declare(const QueryOptions& options);
  void find_names(const QueryOptions& options, const Atlas& atlas);
  void build(const QueryOptions& options, Atlas atlas);
  void measure();

  std::optional<tbb::global_control> threads_;  ///< before anything is read
  std::shared_ptr<const Atlas> whole_;          ///< with --two-layer
  BuildOptions build_options_;
  Composite composite_;
  AreaMethod method_;
  std::optional<FaceAreas> measured_;
  Scope scope_;
  Theme theme_;
  HolderOptions holder_options_;
  bool no_bands_ = false;
  std::vector<std::string> actors_;
  std::vector<std::string> groups_;
  std::string filters_;
  Seconds seconds_;
  std::string stated_content_;
  std::filesystem::path file_;  ///< the composite that was loaded
};

/// The atlas as it was known, or may be shown, by --as-of and --public.
[[nodiscard]] Atlas known_atlas(const QueryOptions& options, Atlas atlas);

/// To standard error, of what --as-of or --from-as-of asked for: of an atlas without records it changes
/// nothing.
void say_if_nothing_is_recorded(const Atlas& atlas, const std::string& asked);

/// What files of this session's answers say about themselves.
[[nodiscard]] Provenance provenance(const Session& session, const std::string& command);

/// What was harmonised with lines that were left out cannot be arranged again. Throws InvalidArgument.
void refuse_part_of_harmonised(const Atlas& atlas, const std::filesystem::path& path);

/// A theme's name, or InvalidArgument with the names there are.
[[nodiscard]] Theme parse_theme(const std::string& name);

/// What an atlas is about, for those who asked for another theme: "border (3 statements), zone (1)".
[[nodiscard]] std::string themes_of(const Atlas& atlas);

/// null for unknown ground.
[[nodiscard]] Json holder_json(const std::string& id);
[[nodiscard]] double square_meters(AreaUnits area);
/// Of 86400 seconds.
[[nodiscard]] double to_days(std::chrono::seconds time);

}  // namespace marchland::cli
