#include "tools/cli/state_features.h"

#include "tools/cli/bands.h"
#include "tools/cli/feature_statements.h"
#include "tools/cli/layers.h"
#include "tools/cli/time_columns.h"
#include "tools/cli/wanted_times.h"
#include <marchland/analysis/date_doubt.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
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

/// Category of a face by what holds it: holder + 1, so that unknown ground can be asked for. `wanted`: by
/// holder.
std::vector<Category> faces_at(const Holders& holders, const std::vector<bool>& ground, TimeIndex epoch,
                               const std::vector<bool>& wanted) {
  std::vector<Category> faces = holders.faces_at(epoch);
  for (FaceIndex f = 0; f < faces.size(); ++f) faces[f] = ground[f] && wanted[faces[f]] ? faces[f] + 1 : 0;
  return faces;
}

/// With the dates at which something is.
std::string nothing_at(const Session& session, const Holders& holders, const std::vector<std::string>& at) {
  const auto dates = series_dates(session.composite(), holders, Step::change);
  std::string text =
      fmt::format("nothing of theme {} is held at {}", to_string(holders.theme()), fmt::join(at, ", "));
  if (!dates.empty()) {
    text += fmt::format("; its statements are of {} to {}", session.date(dates.front()),
                        session.date(dates.back()));
  }
  return text;
}

}  // namespace

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

void StateFeatures::add_to(FeatureOutput& out, const Session& session, const Holders& holders) const {
  const bool all = at.empty();
  const std::vector<bool> ground = ground_of(session, holders);
  const Composite& composite = session.composite();
  const TimeAxis& times = composite.times();
  const ExtentChanges changes(composite, holders, ground);
  // Which holders' ground is asked for at which epoch. Through all time, of a stretch that begins then, those
  // that are asked for in any part of it.
  struct Question {
    TimeIndex epoch;
    FieldValue at;
    std::vector<bool> wanted;
  };
  std::vector<Question> questions;
  if (all) {
    std::map<TimeIndex, std::vector<bool>> by_epoch;
    for (HolderIndex h = 0; h < holders.size(); ++h) {
      for (const TimeIndex epoch : changes.of(h)) {
        by_epoch.try_emplace(epoch, holders.size(), false).first->second[h] =
            h == kUnknown ? unknown : !wanted_times(session, holders, h, changes.around(h, epoch)).empty();
      }
    }
    for (auto& [epoch, wanted] : by_epoch) questions.push_back({epoch, {}, std::move(wanted)});
  } else {
    for (const Instant instant : session.instants(at)) {
      std::vector<bool> wanted(holders.size());
      for (HolderIndex h = 0; h < holders.size(); ++h)
        wanted[h] = h == kUnknown ? unknown : session.wants(holders, h, instant);
      questions.push_back({times.epoch_of(instant), instant, std::move(wanted)});
    }
    out.note("at", fmt::format("{}", fmt::join(at, ", ")));
    out.explain_none(nothing_at(session, holders, at));
  }

  std::vector<bool> lines(composite.plane().edges().size(), false);
  const auto faces_of = [&](const Question& question) {
    return faces_at(holders, ground, question.epoch, question.wanted);
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
  const TimeColumns times_of_features(session, holders);
  if (has_stretch) times_of_features.add_fields(set.fields);
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
  constexpr std::ptrdiff_t kColumnsBeforeTimes = 4;  // through all time: actor to theme
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
    std::vector<HolderIndex> whose;
    auto features = out.polygons(dissolver, faces, [&](Category c, AreaUnits area) {
      const HolderIndex holder = c - 1;
      const Interval interval = changes.around(holder, question.epoch);
      whose.push_back(holder);
      std::vector<FieldValue> values{holder_value(holders, holder), name_of(session.atlas(), holders, holder),
                                     holders.is_contested(holder), std::string(to_string(holders.theme()))};
      if (!all) values.push_back(question.at);
      if (has_stretch) times_of_features.add_values(values, holder, interval);
      values.emplace_back(square_meters(area));
      if (bands) {
        BandValues band = band_values(square_meters(area), errors[holder], 0.0, kNoLimit);
        values.push_back(std::move(band.low));
        values.push_back(std::move(band.high));
      }
      values.push_back(text_value(sources[c]));
      values.push_back(named[c].sources);
      if (has_lists) values.push_back(named[c].statements);
      values.push_back(named[c].count);
      values.push_back(color_of(session.atlas(), holders, holder));
      return values;
    });
    for (std::size_t i = 0; i < features.size(); ++i) {
      const std::string id = holders.id(whose[i]);
      if (!all || !has_stretch || !session.asks_for_groups() || whose[i] == kUnknown) {
        sorted.push_back({id, std::move(features[i])});
        continue;
      }
      // A feature for each part of the stretch in which the holder is asked for.
      for (const Interval& when :
           wanted_times(session, holders, whose[i], changes.around(whose[i], question.epoch))) {
        std::vector<FieldValue> its_times;
        times_of_features.add_values(its_times, whose[i], when);
        Feature part = features[i];
        std::copy(its_times.begin(), its_times.end(), part.values.begin() + kColumnsBeforeTimes);
        sorted.push_back({id, std::move(part)});
      }
    }
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

void add_states(FeatureOutput& out, const Session& session, const std::vector<std::string>& at) {
  StateFeatures{.at = at, .unknown = true}.add_to(out, session, session.holders());
}

void add_history(FeatureOutput& out, const Session& session, Theme theme) {
  StateFeatures{}.add_to(out, session, session.holders(theme));
}

}  // namespace marchland::cli
