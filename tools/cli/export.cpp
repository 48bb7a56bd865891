// marchland export: the ground of each holder as polygons, at dates, through all time, or as what changed
// hands.
#include "tools/cli/bands.h"
#include "tools/cli/commands.h"
#include "tools/cli/feature_statements.h"
#include "tools/cli/feature_tenures.h"
#include "tools/cli/layers.h"
#include "tools/cli/query.h"
#include <marchland/analysis/changes.h>
#include <marchland/analysis/date_doubt.h>
#include <marchland/base/error.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <set>

namespace marchland::cli {
namespace {

/// When the ground of each holder changes, within some ground.
class ExtentChanges {
 public:
  ExtentChanges(const Composite& composite, const Holders& holders, const std::vector<bool>& ground)
      : times_(&composite.times()), changes_(holders.size(), {TimeIndex{0}}) {
    std::vector<bool> occurs(composite.coverage_count(holders.group()), false);
    for (FaceIndex f = 0; f < ground.size(); ++f) {
      if (ground[f]) occurs[composite.coverage(f, holders.group())] = true;
    }
    for (CoverageIndex c = 0; c < occurs.size(); ++c) {
      if (!occurs[c]) continue;
      const auto spans = holders.timeline(c);
      for (std::size_t i = 1; i < spans.size(); ++i) {
        changes_[spans[i - 1].holder].insert(spans[i].since);
        changes_[spans[i].holder].insert(spans[i].since);
      }
    }
  }

  /// The longest stretch about the epoch in which its ground stays the same.
  [[nodiscard]] Interval around(HolderIndex holder, TimeIndex epoch) const {
    const auto& changes = changes_[holder];
    const auto next = changes.upper_bound(epoch);
    return {(*times_)[*std::prev(next)], (*times_)[next == changes.end() ? times_->for_ever() : *next]};
  }
  /// Epochs at which it changes, the first included.
  [[nodiscard]] const std::set<TimeIndex>& of(HolderIndex holder) const { return changes_[holder]; }

 private:
  const TimeAxis* times_;
  std::vector<std::set<TimeIndex>> changes_;
};

/// Ids of the sources that name one of the holder's actors somewhere in its ground at the epoch, in the order
/// of the atlas.
std::vector<std::string> sources_of(const Composite& composite, const Holders& holders,
                                    const std::vector<Category>& faces, TimeIndex epoch,
                                    std::size_t categories,
                                    const std::function<HolderIndex(Category)>& holder_of) {
  std::vector<std::set<SourceId>> found(categories);
  // Faces of one coverage are all of one category.
  std::vector<bool> seen(composite.coverage_count(holders.group()), false);
  for (FaceIndex f = 0; f < faces.size(); ++f) {
    if (faces[f] == 0) continue;
    const CoverageIndex coverage = composite.coverage(f, holders.group());
    if (seen[coverage]) continue;
    seen[coverage] = true;
    const auto actors = holders.actors(holder_of(faces[f]));
    for (const CoverageRun& run : composite.runs(holders.group(), coverage)) {
      const Slot& slot = composite.slots()[run.slot];
      if (run.from <= epoch && epoch < run.to &&
          std::find(actors.begin(), actors.end(), slot.actor) != actors.end())
        found[faces[f]].insert(composite.atlas()[slot.layer].source);
    }
  }
  std::vector<std::string> out(categories);
  for (std::size_t c = 0; c < categories; ++c) {
    for (const SourceId source : found[c])
      out[c] += (out[c].empty() ? "" : ",") + composite.atlas()[source].id;
  }
  return out;
}

/// Divides tenures into groups that share an epoch, so that no face has two of a group: each group is one
/// division of the ground. Returns the shared epochs; sets group_of by tenure. Tenures ordered by end, an
/// epoch just before the first end left over meets as many as any.
std::vector<TimeIndex> group_tenures(const std::vector<FeatureTenure>& tenures,
                                     std::vector<std::size_t>& group_of) {
  constexpr auto kNone = static_cast<std::size_t>(-1);
  std::vector<std::size_t> by_end(tenures.size());
  std::iota(by_end.begin(), by_end.end(), std::size_t{0});
  std::sort(by_end.begin(), by_end.end(),
            [&](std::size_t a, std::size_t b) { return tenures[a].to < tenures[b].to; });
  group_of.assign(tenures.size(), kNone);
  std::vector<TimeIndex> epochs;
  for (std::size_t i = 0; i < by_end.size(); ++i) {
    if (group_of[by_end[i]] != kNone) continue;
    const TimeIndex epoch = tenures[by_end[i]].to - 1;
    for (std::size_t j = i; j < by_end.size(); ++j) {
      if (group_of[by_end[j]] == kNone && tenures[by_end[j]].from <= epoch)
        group_of[by_end[j]] = epochs.size();
    }
    epochs.push_back(epoch);
  }
  return epochs;
}

constexpr double kNoLimit = std::numeric_limits<double>::max();

/// Fields of the band after the area, where the theme has bands.
void add_band_fields(std::vector<FeatureField>& fields) {
  const auto area =
      std::find_if(fields.begin(), fields.end(), [](const FeatureField& f) { return f.name == "area_m2"; });
  using enum FeatureField::Type;
  fields.insert(area + 1, {FeatureField{"low_m2", real}, FeatureField{"high_m2", real}});
}

/// Ends of features that come from statements whose dates are in doubt.
class DoubtfulEnds {
 public:
  DoubtfulEnds(const Session& session, const Holders& holders)
      : times_(&session.composite().times()), has_doubt_(session.composite().has_doubt()) {
    if (has_doubt_) turns_ = doubtful_turns(session.composite(), holders);
  }
  /// Columns are there where any date of the atlas is in doubt.
  void add_fields(std::vector<FeatureField>& fields) const {
    if (!has_doubt_) return;
    for (const char* name : {"from_earliest", "from_latest", "to_earliest", "to_latest"})
      fields.push_back({name, FeatureField::Type::instant});
  }
  void add_values(std::vector<FieldValue>& values, HolderIndex holder, const Interval& when) const {
    if (!has_doubt_) return;
    for (const Instant end : {when.from(), when.to()}) {
      const auto found = turns_.find({times_->index_of(end), holder});
      const bool is_doubtful = found != turns_.end();
      for (const bool is_first : {true, false}) {
        const Instant at = !is_doubtful ? Instant()
                           : is_first   ? found->second.earliest
                                        : found->second.latest;
        const bool is_bounded = at != Interval().from() && at != Interval().to();
        values.push_back(is_doubtful && is_bounded ? FieldValue{at} : FieldValue{});
      }
    }
  }

 private:
  const TimeAxis* times_;
  bool has_doubt_;
  std::map<std::pair<TimeIndex, HolderIndex>, FuzzyInstant> turns_;
};

struct ExportCommand {
  QueryOptions query;
  std::vector<std::string> at;
  std::string from;
  std::string to;
  bool all = false;
  bool unknown = false;
  bool held = false;
  std::string format;
  std::filesystem::path output;
  bool overwrite = false;
  bool with_statements = false;
  int decimals = 7;

  [[nodiscard]] Existing existing() const { return overwrite ? Existing::overwrite : Existing::refuse; }

  void run() const {
    const int asked = (at.empty() ? 0 : 1) + (from.empty() && to.empty() ? 0 : 1) + (all ? 1 : 0);
    if (asked != 1 || from.empty() != to.empty())
      throw InvalidArgument("expected one of --at DATE, --from DATE --to DATE, and --all");
    const std::string name = output.filename().string();
    if (!format.empty() && !name.ends_with("." + format)) {
      throw InvalidArgument(
          fmt::format("--format {}: '{}' ends otherwise; expected -o FILE.{}", format, name, format));
    }
    if (all) query.refuse_two_layer("export --all");
    if (is_same_file(output, query.atlas))
      throw InvalidArgument(fmt::format("-o {}: is the atlas itself; choose another name", output.string()));
    if (with_statements && output.extension() != ".gpkg") {
      throw InvalidArgument(
          fmt::format("--statements: '{}' has no room for a table beside its features; choose -o FILE.gpkg",
                      output.string()));
    }
    FeatureOutput::check(output, existing());
    Session session(query, Load::with_areas);
    std::optional<FeatureOutput> out;
    const auto answer = [&](const ExportCommand& question) {
      if (!out) out.emplace(session, output, existing(), "export", decimals);
      question.add_to(*out, session, session.holders());
    };
    if (at.empty()) {
      if (!all) session.arrange({from, to});
      answer(*this);
    } else {
      static_cast<void>(session.instants(at));
      session.for_each_arranged(at, [&](const std::vector<std::string>& dates) {
        ExportCommand question = *this;
        question.at = dates;
        answer(question);
      });
    }
    if (with_statements) out->add_statements(session.theme());
    fmt::print(stderr, "{}", out->write());
  }

  void add_to(FeatureOutput& out, const Session& session, const Holders& holders) const {
    const std::vector<bool> ground = ground_of(session, holders);
    if (!from.empty()) {
      add_changes(session, holders, ground, out);
    } else {
      add_states(session, holders, ground, out);
    }
  }

  /// Category of a face by what holds it: holder + 1, so that unknown ground can be asked for.
  [[nodiscard]] std::vector<Category> faces_at(const Session& session, const Holders& holders,
                                               const std::vector<bool>& ground, TimeIndex epoch,
                                               Instant instant) const {
    std::vector<Category> faces = holders.faces_at(epoch);
    for (FaceIndex f = 0; f < faces.size(); ++f) {
      const HolderIndex holder = faces[f];
      const bool is_wanted =
          ground[f] && (holder != kUnknown ? session.wants(holders, holder, instant) : unknown);
      faces[f] = is_wanted ? holder + 1 : 0;
    }
    return faces;
  }

  void add_states(const Session& session, const Holders& holders, const std::vector<bool>& ground,
                  FeatureOutput& out) const {
    const Composite& composite = session.composite();
    const TimeAxis& times = composite.times();
    const ExtentChanges changes(composite, holders, ground);
    // Which holders' ground is asked for at which epoch.
    struct Question {
      TimeIndex epoch;
      FieldValue at;
      std::vector<bool> wanted;
    };
    std::vector<Question> questions;
    if (all) {
      std::map<TimeIndex, std::vector<bool>> by_epoch;
      for (HolderIndex h = 0; h < holders.size(); ++h) {
        for (const TimeIndex epoch : changes.of(h))
          by_epoch.try_emplace(epoch, holders.size(), false).first->second[h] = true;
      }
      for (auto& [epoch, wanted] : by_epoch) questions.push_back({epoch, {}, std::move(wanted)});
    } else {
      for (const Instant instant : session.instants(at))
        questions.push_back({times.epoch_of(instant), instant, std::vector<bool>(holders.size(), true)});
      out.note("at", fmt::format("{}", fmt::join(at, ", ")));
      out.explain_none(nothing_at(session, holders));
    }

    std::vector<bool> lines(composite.plane().edges().size(), false);
    const auto faces_of = [&](const Question& question) {
      std::vector<Category> faces =
          faces_at(session, holders, ground, question.epoch,
                   std::holds_alternative<Instant>(question.at) ? std::get<Instant>(question.at)
                                                                : times[question.epoch]);
      for (Category& c : faces) c = c != 0 && question.wanted[c - 1] ? c : 0;
      return faces;
    };
    for (const Question& question : questions) {
      const std::vector<Category> faces = faces_of(question);
      for (EdgeIndex e = 0; e < lines.size(); ++e) {
        if (faces[composite.plane().face(2 * e)] != faces[composite.plane().face(2 * e + 1)]) lines[e] = true;
      }
    }
    const Dissolver dissolver = out.dissolver(lines);

    using enum FeatureField::Type;
    FeatureSet set{std::string(to_string(holders.theme())),
                   fmt::format("{}: {}", session.atlas().title, to_string(holders.theme())),
                   {{"actor", text}, {"actor_name", text}, {"contested", boolean}, {"theme", text}},
                   {}};
    if (!all) set.fields.push_back({"at", instant});
    // Since when and until when is not known where other dates were not arranged.
    const bool has_stretch = !session.is_two_layer();
    const DoubtfulEnds doubtful(session, holders);
    if (has_stretch) {
      set.fields.push_back({"from", instant});
      set.fields.push_back({"to", instant});
      doubtful.add_fields(set.fields);
    }
    const bool has_lists = has_room_for_statements(out.path());
    for (FeatureField field : {FeatureField{"area_m2", real}, FeatureField{"source", text},
                               FeatureField{"sources", text}, FeatureField{"statements", text},
                               FeatureField{"statement_count", integer}, FeatureField{"color", text}}) {
      if (field.name != "statements" || has_lists) set.fields.push_back(std::move(field));
    }
    const FeatureStatements statements(session, holders);
    std::optional<Bands> bands;
    std::optional<AreaErrors> within;
    std::optional<AreaErrorSeries> drawn;
    if (session.has_bands(holders.theme())) {
      add_band_fields(set.fields);
      bands.emplace(session, holders);
      within.emplace(bands->within(session.scope()));
    }
    struct Sorted {
      std::string id;
      Feature feature;
    };
    std::vector<Sorted> sorted;
    for (const Question& question : questions) {
      const std::vector<Category> faces = faces_of(question);
      const std::vector<std::string> sources =
          sources_of(composite, holders, faces, question.epoch, holders.size() + 1,
                     [](Category category) { return category - 1; });
      std::vector<DecidingStatements::Ground> grounds(holders.size() + 1);
      for (HolderIndex h = 1; h < holders.size(); ++h) {
        const Interval interval = changes.around(h, question.epoch);
        grounds[h + 1] = all ? DecidingStatements::Ground{h, question.epoch, times.index_of(interval.to())}
                             : DecidingStatements::Ground{h, question.epoch, question.epoch + 1};
      }
      const std::vector<FeatureStatements::Named> named = statements(faces, grounds);
      std::vector<AreaError> errors;
      if (bands) {
        if (drawn) {
          drawn->move_to(question.epoch);
        } else {
          drawn.emplace(*within, DrawnGround(bands->lines(), holders, question.epoch));
        }
        errors = drawn->of_parts(holders.size());
      }
      std::vector<std::string> ids;
      auto features = out.polygons(dissolver, faces, [&](Category c, AreaUnits area) {
        const HolderIndex holder = c - 1;
        const Interval interval = changes.around(holder, question.epoch);
        ids.push_back(holders.id(holder));
        std::vector<FieldValue> values{holder_value(holders, holder),
                                       name_of(session.atlas(), holders, holder),
                                       holders.is_contested(holder), std::string(to_string(holders.theme()))};
        if (!all) values.push_back(question.at);
        if (has_stretch) {
          values.push_back(from_of(interval));
          values.push_back(to_of(interval));
          doubtful.add_values(values, holder, interval);
        }
        values.emplace_back(square_meters(area));
        if (bands) {
          BandValues band = band_values(square_meters(area), errors[holder], 0.0, kNoLimit);
          values.push_back(std::move(band.low));
          values.push_back(std::move(band.high));
        }
        values.push_back(sources[c].empty() ? FieldValue{} : FieldValue{sources[c]});
        values.push_back(named[c].sources);
        if (has_lists) values.push_back(named[c].statements);
        values.push_back(named[c].count);
        values.push_back(color_of(session.atlas(), holders, holder));
        return values;
      });
      for (std::size_t i = 0; i < features.size(); ++i) sorted.push_back({ids[i], std::move(features[i])});
    }
    // Through all time by holder, then time; at dates by date, then holder. Unknown ground comes last.
    const auto order = [](const Sorted& a, const Sorted& b) {
      return std::pair(a.id.empty(), a.id) < std::pair(b.id.empty(), b.id);
    };
    if (all) {
      std::stable_sort(sorted.begin(), sorted.end(), order);
    } else {
      const auto at_of = [&](const Sorted& s) { return std::get<Instant>(s.feature.values[4]); };
      std::vector<Instant> given = session.instants(at);
      const auto rank = [&](const Sorted& s) {
        return std::find(given.begin(), given.end(), at_of(s)) - given.begin();
      };
      std::stable_sort(sorted.begin(), sorted.end(), [&](const Sorted& a, const Sorted& b) {
        return rank(a) != rank(b) ? rank(a) < rank(b) : order(a, b);
      });
    }
    for (Sorted& s : sorted) set.features.push_back(std::move(s.feature));
    out.add(std::move(set));
  }

  /// One feature for each tenure.
  static void add_tenures(const Session& session, const Holders& holders, const std::vector<bool>& ground,
                          FeatureOutput& out) {
    const Composite& composite = session.composite();
    const Arrangement& plane = composite.plane();
    const TimeAxis& times = composite.times();
    const LabelGroup group = holders.group();
    const std::size_t coverages = composite.coverage_count(group);
    const DoubtfulEnds doubtful(session, holders);
    std::vector<FeatureTenure> tenures;
    for (CoverageIndex c = 0; c < coverages; ++c) {
      const std::vector<FeatureTenure> own = feature_tenures(composite, holders, c);
      tenures.insert(tenures.end(), own.begin(), own.end());
    }
    std::sort(tenures.begin(), tenures.end());
    tenures.erase(std::unique(tenures.begin(), tenures.end()), tenures.end());
    std::vector<std::size_t> group_of;
    const std::vector<TimeIndex> epochs = group_tenures(tenures, group_of);
    // The coverages of each group and their categories, so that a group is a walk over its own only.
    std::vector<std::vector<std::pair<CoverageIndex, Category>>> in_group(epochs.size());
    for (CoverageIndex c = 0; c < coverages; ++c) {
      for (const FeatureTenure& tenure : feature_tenures(composite, holders, c)) {
        const auto index = static_cast<std::size_t>(std::lower_bound(tenures.begin(), tenures.end(), tenure) -
                                                    tenures.begin());
        in_group[group_of[index]].emplace_back(c, static_cast<Category>(index + 1));
      }
    }

    std::vector<bool> lines(plane.edges().size());
    for (EdgeIndex e = 0; e < lines.size(); ++e) {
      const FaceIndex left = plane.face(2 * e);
      const FaceIndex right = plane.face(2 * e + 1);
      const CoverageIndex of_left = composite.coverage(left, group);
      const CoverageIndex of_right = composite.coverage(right, group);
      lines[e] =
          ground[left] != ground[right] ||
          (of_left != of_right && !std::ranges::equal(holders.timeline(of_left), holders.timeline(of_right)));
    }
    const Dissolver dissolver = out.dissolver(lines);
    std::vector<Feature> features(tenures.size());
    std::vector<bool> is_made(tenures.size(), false);
    for (std::size_t g = 0; g < epochs.size(); ++g) {
      std::vector<Category> of_coverage(coverages, 0);
      for (const auto& [coverage, category] : in_group[g]) of_coverage[coverage] = category;
      std::vector<Category> faces(plane.face_count(), 0);
      for (FaceIndex f = 1; f < faces.size(); ++f) {
        if (ground[f]) faces[f] = of_coverage[composite.coverage(f, group)];
      }
      const std::vector<std::string> sources =
          sources_of(composite, holders, faces, epochs[g], tenures.size() + 1,
                     [&](Category category) { return tenures[category - 1].holder; });
      std::vector<std::size_t> made;
      auto polygons = out.polygons(dissolver, faces, [&](Category category, AreaUnits area) {
        const FeatureTenure& tenure = tenures[category - 1];
        const Interval when{times[tenure.from], times[tenure.to]};
        made.push_back(category - 1);
        std::vector<FieldValue> values{holder_value(holders, tenure.holder),
                                       name_of(session.atlas(), holders, tenure.holder),
                                       holders.is_contested(tenure.holder),
                                       std::string(to_string(holders.theme())),
                                       from_of(when),
                                       to_of(when)};
        doubtful.add_values(values, tenure.holder, when);
        values.emplace_back(square_meters(area));
        values.push_back(sources[category].empty() ? FieldValue{} : FieldValue{sources[category]});
        values.push_back(color_of(session.atlas(), holders, tenure.holder));
        return values;
      });
      for (std::size_t i = 0; i < polygons.size(); ++i) {
        features[made[i]] = std::move(polygons[i]);
        is_made[made[i]] = true;
      }
    }
    using enum FeatureField::Type;
    FeatureSet set{std::string(to_string(holders.theme())),
                   fmt::format("{}: {}", session.atlas().title, to_string(holders.theme())),
                   {{"actor", text},
                    {"actor_name", text},
                    {"contested", boolean},
                    {"theme", text},
                    {"from", instant},
                    {"to", instant}},
                   {}};
    doubtful.add_fields(set.fields);
    for (FeatureField field :
         {FeatureField{"area_m2", real}, FeatureField{"source", text}, FeatureField{"color", text}}) {
      set.fields.push_back(std::move(field));
    }
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < tenures.size(); ++i) {
      if (is_made[i]) order.push_back(i);
    }
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return holders.id(tenures[a].holder) < holders.id(tenures[b].holder);
    });
    for (const std::size_t i : order) set.features.push_back(std::move(features[i]));
    out.add(std::move(set));
  }

  /// With the dates at which something is.
  [[nodiscard]] std::string nothing_at(const Session& session, const Holders& holders) const {
    const auto dates = series_dates(session.composite(), holders, Step::change);
    std::string text =
        fmt::format("nothing of theme {} is held at {}", to_string(holders.theme()), fmt::join(at, ", "));
    if (!dates.empty()) {
      text += fmt::format("; its statements are of {} to {}", session.date(dates.front()),
                          session.date(dates.back()));
    }
    return text;
  }

  void add_changes(const Session& session, const Holders& holders, const std::vector<bool>& ground,
                   FeatureOutput& out) const {
    const TimeAxis& times = session.composite().times();
    const Instant a = session.instant(from);
    const Instant b = session.instant(to);
    const auto before = holders.faces_at(times.epoch_of(a));
    const auto after = holders.faces_at(times.epoch_of(b));
    // Transitions in the order of ids, unknown last.
    using Key = std::tuple<bool, std::string, bool, std::string>;
    const auto key_of = [&](HolderIndex x, HolderIndex y) {
      return Key{x == kUnknown, holders.id(x), y == kUnknown, holders.id(y)};
    };
    const auto is_meant = [&](FaceIndex f) {
      const HolderIndex x = before[f];
      const HolderIndex y = after[f];
      if (!ground[f] || (x == y && (!held || x == kUnknown))) return false;
      return session.wants(holders, x, a) || session.wants(holders, y, b);
    };
    std::map<Key, std::pair<HolderIndex, HolderIndex>> occurring;
    for (FaceIndex f = 0; f < before.size(); ++f) {
      if (is_meant(f)) occurring.try_emplace(key_of(before[f], after[f]), before[f], after[f]);
    }
    std::vector<std::pair<HolderIndex, HolderIndex>> transitions;
    std::map<std::pair<HolderIndex, HolderIndex>, Category> category;
    for (const auto& [key, transition] : occurring) {
      transitions.push_back(transition);
      category[transition] = static_cast<Category>(transitions.size());
    }
    std::vector<Category> faces(before.size(), 0);
    for (FaceIndex f = 0; f < faces.size(); ++f) {
      if (is_meant(f)) faces[f] = category.at({before[f], after[f]});
    }
    out.note("from", from);
    out.note("to", to);
    out.explain_none(fmt::format("no ground changed hands between {} and {}", from, to));
    // What decided at either date.
    const FeatureStatements statements(session, holders);
    const auto named_at = [&](Instant date, const auto& side) {
      const TimeIndex epoch = times.epoch_of(date);
      std::vector<DecidingStatements::Ground> grounds(transitions.size() + 1);
      for (std::size_t t = 0; t < transitions.size(); ++t)
        grounds[t + 1] = {side(transitions[t]), epoch, epoch + 1};
      return statements(faces, grounds);
    };
    const auto named_before = named_at(a, [](const auto& transition) { return transition.first; });
    const auto named_after = named_at(b, [](const auto& transition) { return transition.second; });
    const bool has_lists = has_room_for_statements(out.path());
    using enum FeatureField::Type;
    std::vector<FeatureField> fields{{"actor", text},    {"actor_name", text}, {"from_actor", text},
                                     {"to_actor", text}, {"changed", boolean}, {"theme", text},
                                     {"from", instant},  {"to", instant},      {"area_m2", real}};
    std::optional<Bands> bands;
    std::optional<AreaErrors> within;
    std::optional<DrawnGround> drawn_before;
    std::optional<DrawnGround> drawn_after;
    std::vector<NoiseFloor> floors;
    if (session.has_bands()) {
      add_band_fields(fields);
      bands.emplace(session, holders);
      within.emplace(bands->within(session.scope()));
      drawn_before.emplace(bands->lines(), holders, times.epoch_of(a));
      drawn_after.emplace(bands->lines(), holders, times.epoch_of(b));
      floors = noise_floors(bands->lines(), holders, a, b, session.scope());
    }
    for (const char* side : {"from", "to"}) {
      fields.push_back({fmt::format("{}_sources", side), text});
      if (has_lists) fields.push_back({fmt::format("{}_statements", side), text});
      fields.push_back({fmt::format("{}_statement_count", side), integer});
    }
    fields.push_back({"color", text});
    const auto band_between = [&](HolderIndex x, HolderIndex y, double area) {
      const AreaError error = within->of(*drawn_before, x, *drawn_after, y, kHeldAtBoth);
      // No more passes by drawing anew than either side's line yields.
      return band_values(area,
                         x == y ? cli::held(error, floors[x])
                                : gross(error, floors[floors[x].area < floors[y].area ? x : y]),
                         0.0, kNoLimit);
    };
    out.add_polygons("changes",
                     fmt::format("{}: {} to {}", session.atlas().title, session.date(a), session.date(b)),
                     std::move(fields), faces, [&](Category c, AreaUnits area) {
                       const auto [x, y] = transitions[c - 1];
                       const std::string name = name_of(session.atlas(), holders, y);
                       std::vector<FieldValue> values{holder_value(holders, y),
                                                      name.empty() ? FieldValue{} : FieldValue{name},
                                                      holder_value(holders, x),
                                                      holder_value(holders, y),
                                                      x != y,
                                                      std::string(to_string(holders.theme())),
                                                      a,
                                                      b,
                                                      square_meters(area)};
                       if (bands) {
                         BandValues band = band_between(x, y, square_meters(area));
                         values.push_back(std::move(band.low));
                         values.push_back(std::move(band.high));
                       }
                       for (const auto* named : {&named_before, &named_after}) {
                         values.push_back((*named)[c].sources);
                         if (has_lists) values.push_back((*named)[c].statements);
                         values.push_back((*named)[c].count);
                       }
                       values.emplace_back(color_of(session.atlas(), holders, y));
                       return values;
                     });
  }
};

}  // namespace

void add_states(FeatureOutput& out, const Session& session, const std::vector<std::string>& at) {
  ExportCommand state;
  state.at = at;
  state.unknown = true;
  state.add_to(out, session, session.holders());
}

void add_history(FeatureOutput& out, const Session& session, Theme theme) {
  ExportCommand state;
  state.all = true;
  state.add_to(out, session, session.holders(theme));
}

void add_tenures(FeatureOutput& out, const Session& session, Theme theme) {
  const Holders holders = session.holders(theme);
  ExportCommand::add_tenures(session, holders, ground_of(session, holders), out);
}

void add_changes(FeatureOutput& out, const Session& session, const std::string& from, const std::string& to) {
  ExportCommand state;
  state.from = from;
  state.to = to;
  state.add_to(out, session, session.holders());
}

void add_export(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "export",
      "The ground of each holder, or what changed hands, as GeoJSON, GeoPackage, FlatGeobuf, KML, ...");
  const auto state = std::make_shared<ExportCommand>();
  state->query.declare(*command);
  state->query.declare_bands(*command);
  command->add_option("--at", state->at, "dates: one feature for each holder and date")
      ->delimiter(',')
      ->type_name("DATE");
  command->add_option("--from", state->from, "with --to: one feature for each passing from holder to holder")
      ->type_name("DATE");
  command->add_option("--to", state->to, "the later date")->type_name("DATE");
  command->add_flag(
      "--all", state->all,
      "one feature for each holder and each stretch of time in which its ground stays the same");
  command->add_flag("--unknown", state->unknown,
                    "with --at, --all: ground of the scope that nothing is said of, too");
  command->add_flag("--held", state->held, "with --from, --to: ground that did not change hands, too");
  command->add_option("--format", state->format,
                      "geojson, geojsonl, gpkg, fgb, kml, shz or csv (default: the ending)");
  command->add_option("-o,--output", state->output, "file to write; the ending tells the format")
      ->type_name("FILE")
      ->required();
  command->add_flag("--statements", state->with_statements,
                    "of .gpkg: a table of the theme's statements as well, by the ids that features name");
  command->add_option("--decimals", state->decimals, "of a degree, to which coordinates are rounded")
      ->check(CLI::Range(0, 7))
      ->capture_default_str();
  command->add_flag("--overwrite", state->overwrite, "replace a file that exists");
  command->callback([state] { state->run(); });
}

}  // namespace marchland::cli
