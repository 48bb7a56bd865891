#include <marchland/base/error.h>
#include <marchland/model/atlas.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <unordered_set>

namespace marchland {
namespace {

template <class Enum>
struct Names;
template <>
struct Names<Theme> {
  static constexpr std::array<std::string_view, 4> value{"control", "claim", "border", "zone"};
};
template <>
struct Names<Basis> {
  static constexpr std::array<std::string_view, 3> value{"surveyed", "drawn", "inferred"};
};
template <>
struct Names<Certainty> {
  static constexpr std::array<std::string_view, 2> value{"confirmed", "reported"};
};
template <>
struct Names<State> {
  static constexpr std::array<std::string_view, 3> value{"draft", "reviewed", "published"};
};
template <>
struct Names<Visibility> {
  static constexpr std::array<std::string_view, 2> value{"public", "internal"};
};
template <>
struct Names<LayerMode> {
  static constexpr std::array<std::string_view, 3> value{"interval", "snapshot", "event"};
};
template <>
struct Names<SourceRule> {
  static constexpr std::array<std::string_view, 3> value{"priority", "majority", "all"};
};

template <class Enum>
std::string_view name_of(Enum value) {
  return Names<Enum>::value[static_cast<std::size_t>(value)];
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

template <class Range>
void check_unique_ids(const Range& items, std::string_view kind) {
  std::unordered_set<std::string_view> seen;
  for (const auto& item : items) {
    if (item.id.empty()) throw InvalidData(fmt::format("a {} has no id; give it one", kind));
    if (!seen.insert(item.id).second) {
      throw InvalidData(fmt::format("{} '{}' is declared twice; ids must differ", kind, item.id));
    }
  }
}

/// Actors and groups stand in one column of a table.
void check_groups(const std::vector<Actor>& actors) {
  for (const Actor& actor : actors) {
    for (const GroupMembership& membership : actor.groups) {
      const std::string& group = membership.group;
      const bool is_actor =
          std::any_of(actors.begin(), actors.end(), [&](const Actor& other) { return other.id == group; });
      if (is_actor || group.empty() || group.find('+') != std::string::npos) {
        throw InvalidData(fmt::format(
            "actor '{}': group '{}': {}; call it by another id", actor.id, group,
            is_actor ? "is the id of an actor" : "a group's id may be neither empty nor have '+' in it"));
      }
    }
  }
}

void check_accuracy(const Accuracy& accuracy) {
  const bool is_sound =
      (!accuracy.sigma || (accuracy.sigma->value() >= 0.0 && std::isfinite(accuracy.sigma->value()))) &&
      accuracy.correlation.value() >= 0.0 && std::isfinite(accuracy.correlation.value()) &&
      std::isfinite(accuracy.bias.value());
  if (!is_sound)
    throw InvalidData(
        "accuracy is no number of metres; expected sigma and correlation of 0 or more, and a finite bias");
  if (accuracy.bias.value() != 0.0 && accuracy.sigma && accuracy.sigma->value() == 0.0) {
    throw InvalidData(fmt::format(
        "bias_m is {} and sigma_m 0, which says that lines are exact; state sigma_m above 0, or no bias",
        accuracy.bias.value()));
  }
}

void check_statement(const Atlas& atlas, const Statement& statement) {
  if (statement.layer.index() >= atlas.layers.size() || statement.actor.index() >= atlas.actors.size()) {
    throw InvalidData("refers to a layer or actor that the atlas does not have");
  }
  if (statement.validity.is_empty()) {
    throw InvalidData(fmt::format("from ({}) is not before to ({}); swap them, or state an inclusive end",
                                  format_instant(statement.validity.from(), atlas.days),
                                  format_instant(statement.validity.to(), atlas.days)));
  }
  if (statement.doubt) {
    const FuzzyInstant from = statement.from();
    const FuzzyInstant to = statement.to();
    if (from.earliest > from.nominal || from.nominal > from.latest || to.earliest > to.nominal ||
        to.nominal > to.latest)
      throw InvalidData("its dates do not lie within the doubt that is stated of them");
  }
  if (statement.accuracy) check_accuracy(*statement.accuracy);
  for (const SourceId source : statement.cites) {
    if (source.index() >= atlas.sources.size())
      throw InvalidData("cites a source that the atlas does not have");
  }
}

template <class Check>
void in_context(const Statement& statement, Check check) {
  try {
    check();
  } catch (Error& error) {
    error.add_context(fmt::format("{}: statement '{}'", statement.origin, statement.id));
    throw;
  }
}

/// Whether a statement holds then, or a snapshot layer says that none does.
bool is_stated(const Atlas& atlas, Instant at) {
  return std::any_of(atlas.statements.begin(), atlas.statements.end(),
                     [&](const Statement& s) { return s.validity.contains(at); }) ||
         std::any_of(atlas.layers.begin(), atlas.layers.end(), [&](const Layer& layer) {
           return std::binary_search(layer.dates.begin(), layer.dates.end(), at);
         });
}

std::set<Instant> turning_points(const Atlas& atlas) {
  std::set<Instant> instants;
  for (const Statement& statement : atlas.statements) {
    if (statement.validity.has_from()) instants.insert(statement.validity.from());
    if (statement.validity.has_to()) instants.insert(statement.validity.to());
  }
  return instants;
}

}  // namespace

std::string_view to_string(Theme theme) {
  return name_of(theme);
}
std::string_view to_string(Basis basis) {
  return name_of(basis);
}
std::string_view to_string(Certainty certainty) {
  return name_of(certainty);
}
std::string_view to_string(State state) {
  return name_of(state);
}
std::string_view to_string(Visibility visibility) {
  return name_of(visibility);
}
std::string_view to_string(LayerMode mode) {
  return name_of(mode);
}
std::string_view to_string(SourceRule rule) {
  return name_of(rule);
}

template <class Enum>
std::optional<Enum> parse_enum(std::string_view name) {
  const auto& names = Names<Enum>::value;
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}
template std::optional<Theme> parse_enum<Theme>(std::string_view);
template std::optional<Basis> parse_enum<Basis>(std::string_view);
template std::optional<Certainty> parse_enum<Certainty>(std::string_view);
template std::optional<State> parse_enum<State>(std::string_view);
template std::optional<Visibility> parse_enum<Visibility>(std::string_view);
template std::optional<LayerMode> parse_enum<LayerMode>(std::string_view);
template std::optional<SourceRule> parse_enum<SourceRule>(std::string_view);

std::optional<DateDoubt> doubt_between(const FuzzyInstant& from, const FuzzyInstant& to) {
  if (from.is_exact() && to.is_exact()) return std::nullopt;
  return DateDoubt{{from.earliest, to.latest}, {from.latest, to.earliest}};
}

FuzzyInstant Statement::from() const {
  if (!doubt) return FuzzyInstant::exactly(validity.from());
  return {validity.from(), doubt->possible.from(), doubt->certain.from()};
}
FuzzyInstant Statement::to() const {
  if (!doubt) return FuzzyInstant::exactly(validity.to());
  return {validity.to(), doubt->certain.to(), doubt->possible.to()};
}

void Atlas::check_declarations() const {
  check_unique_ids(actors, "actor");
  check_groups(actors);
  check_unique_ids(sources, "source");
  for (const Source& source : sources) {
    try {
      check_accuracy(source.accuracy());
    } catch (Error& error) {
      error.add_context(fmt::format("source '{}'", source.id));
      throw;
    }
  }
  check_unique_ids(periods, "period");
  check_unique_ids(regions, "region");
  check_unique_ids(layers, "layer");
  if (!(harmonise.value() >= 0.0 && harmonise <= kMostHarmonise)) {
    throw InvalidData(fmt::format("lines are to be harmonised by {} m; expected 0 (not at all) to {} m",
                                  harmonise.value(), kMostHarmonise.value()));
  }
  for (const Layer& layer : layers) {
    if (layer.source.index() >= sources.size()) {
      throw InvalidData(fmt::format("layer '{}' has no source; declare one", layer.id));
    }
  }
  // Where all were taken back since, nothing counts, and that is an answer.
  if (statements.empty() && set_aside.empty() && window.is_all()) {
    throw InvalidData(fmt::format("atlas '{}' has no statement; its layers are empty or filtered away", id));
  }
  std::unordered_set<std::string_view> seen;
  seen.reserve(statements.size() + set_aside.size());
  for (const auto* list : {&statements, &set_aside}) {
    for (const Statement& statement : *list) {
      in_context(statement, [&] {
        if (!seen.insert(statement.id).second) {
          throw InvalidData("the id is used by an earlier statement; ids must differ");
        }
        // A retraction states nothing: it has neither ground nor holder.
        if (statement.retracts.empty()) {
          check_statement(*this, statement);
        } else if (list == &statements) {
          throw InvalidData("takes statements back, and cannot count as one; call settle_records");
        }
      });
    }
  }
}

void Atlas::check() const {
  check_declarations();
  for (const auto* list : {&statements, &set_aside}) {
    for (const Statement& statement : *list) in_context(statement, [&] { check_readable(statement.area); });
  }
  for (const Region& region : regions) {
    try {
      check_readable(region.area);
    } catch (Error& error) {
      error.add_context(fmt::format("region '{}'", region.id));
      throw;
    }
  }
  try {
    if (study_area) check_readable(*study_area);
  } catch (Error& error) {
    error.add_context("study area");
    throw;
  }
}

std::optional<Interval> Atlas::extent() const {
  auto instants = turning_points(*this);
  // What was left out may have ended where the window begins.
  if (window.when.has_from()) instants.insert(window.when.from());
  if (instants.empty()) return std::nullopt;
  return Interval(*instants.begin(), *instants.rbegin()).intersection(window.when);
}

bool TimeWindow::meets(const Interval& validity) const {
  if (dates.empty()) return !validity.intersection(when).is_empty();
  return std::any_of(dates.begin(), dates.end(),
                     [&](Instant date) { return when.contains(date) && validity.contains(date); });
}

Atlas restricted_to(const Atlas& atlas, const TimeWindow& window) {
  Atlas out{.id = atlas.id,
            .title = atlas.title,
            .disclaimer = atlas.disclaimer,
            .attribution = atlas.attribution,
            .checksum = atlas.checksum,
            .manifest = atlas.manifest,
            .files = atlas.files,
            .days = atlas.days,
            .rule = atlas.rule,
            .harmonise = atlas.harmonise,
            .study_area = atlas.study_area,
            .study_area_rings = atlas.study_area_rings,
            .actors = atlas.actors,
            .sources = atlas.sources,
            .periods = atlas.periods,
            .regions = atlas.regions,
            .places = atlas.places,
            .layers = atlas.layers,
            .statements = {},
            .set_aside = {},
            .knowledge = atlas.knowledge,
            .window = {atlas.window.when.intersection(window.when),
                       window.dates.empty() ? atlas.window.dates : window.dates},
            .findings = atlas.findings};
  for (const Statement& statement : atlas.statements) {
    if (out.window.meets(statement.possible())) out.statements.push_back(statement);
  }
  for (const Statement& statement : atlas.set_aside) {
    if (out.window.meets(statement.possible())) out.set_aside.push_back(statement);
  }
  return out;
}

namespace {

/// Dates of a snapshot layer with their doubt: whatever they were, none came after the next.
std::vector<FuzzyInstant> in_order(const std::vector<Instant>& dates,
                                   const std::vector<FuzzyInstant>& doubtful) {
  std::vector<FuzzyInstant> out;
  for (const Instant date : dates) out.push_back(FuzzyInstant::exactly(date));
  for (const FuzzyInstant& date : doubtful) {
    const auto found = std::lower_bound(dates.begin(), dates.end(), date.nominal);
    if (found != dates.end() && *found == date.nominal)
      out[static_cast<std::size_t>(found - dates.begin())] = date;
  }
  for (std::size_t i = 1; i < out.size(); ++i)
    out[i].earliest = std::max(out[i].earliest, out[i - 1].earliest);
  for (std::size_t i = out.size(); i-- > 1;) out[i - 1].latest = std::min(out[i - 1].latest, out[i].latest);
  return out;
}

}  // namespace

void close_snapshots(Atlas& atlas, LayerId layer, std::vector<Instant> dates) {
  std::sort(dates.begin(), dates.end());
  dates.erase(std::unique(dates.begin(), dates.end()), dates.end());
  const std::vector<FuzzyInstant> ordered = in_order(dates, atlas[layer].doubtful_dates);
  const auto with_doubt = [&](Instant date) {
    const auto found = std::lower_bound(dates.begin(), dates.end(), date);
    return found != dates.end() && *found == date ? ordered[static_cast<std::size_t>(found - dates.begin())]
                                                  : FuzzyInstant::exactly(date);
  };
  for (auto* list : {&atlas.statements, &atlas.set_aside}) {
    for (Statement& statement : *list) {
      if (statement.layer != layer || !statement.retracts.empty()) continue;
      const Instant from = statement.validity.from();
      const auto next = std::upper_bound(dates.begin(), dates.end(), from);
      const Instant to = next == dates.end() ? Interval().to() : *next;
      statement.validity = Interval(from, to);
      statement.doubt = doubt_between(with_doubt(from), with_doubt(to));
    }
  }
  atlas.layers[layer.index()].dates = std::move(dates);
}

void close_snapshots(Atlas& atlas, LayerId layer, const std::map<Instant, Instant>& date_ends) {
  if (!atlas[layer].doubtful_dates.empty()) {
    throw InvalidData(fmt::format(
        "layer '{}': the date {} is in doubt, and missing days are unknown, so its end would be in doubt "
        "with it; state when it was, or let states hold until the next",
        atlas[layer].id, format_instant(atlas[layer].doubtful_dates.front().nominal, atlas.days)));
  }
  std::vector<Instant> dates;
  std::vector<Instant> ends;
  for (const auto& [date, end] : date_ends) {
    dates.push_back(date);
    ends.push_back(end);
  }
  close_snapshots(atlas, layer, std::move(dates));
  for (auto* list : {&atlas.statements, &atlas.set_aside}) {
    for (Statement& statement : *list) {
      if (statement.layer == layer && statement.retracts.empty())
        statement.validity =
            statement.validity.intersection(Interval::until(date_ends.at(statement.validity.from())));
    }
  }
  atlas.layers[layer.index()].date_ends = std::move(ends);
}

Instant resolve_date(const Atlas& atlas, std::string_view text) {
  for (const Period& period : atlas.periods) {
    if (period.id == text) return period.when.from();
  }
  if (text == "latest" || text == "previous") {
    const std::set<Instant> instants = turning_points(atlas);
    std::size_t found = 0;
    for (auto at = instants.rbegin(); at != instants.rend(); ++at) {
      if (!atlas.window.when.contains(*at) || !is_stated(atlas, *at)) continue;
      if (++found == (text == "latest" ? 1U : 2U)) return *at;
    }
    throw InvalidArgument(fmt::format("'{}': the atlas has {} dated change(s)", text, found));
  }
  if (has_edtf_sign(text)) {
    std::optional<FuzzyDate> date;
    try {
      date = parse_edtf(text, atlas.days);
    } catch (const InvalidArgument&) {  // no date at all is told below
    }
    if (date)
      throw InvalidArgument(fmt::format(
          "'{}' is a date in doubt, and a question is asked of one instant; write one, such as {}. "
          "Where statements "
          "have dates in doubt the answer says so",
          text, format_instant(date->nominal.first, atlas.days)));
  }
  try {
    return parse_date(text, atlas.days).first;
  } catch (const Error& error) {
    std::vector<std::string> ids{"latest", "previous"};
    for (const Period& period : atlas.periods) ids.push_back(period.id);
    const std::string near = nearest_name(text, ids);
    const bool starts_like_a_date = !text.empty() && (text.front() == '-' || text.front() == '+' ||
                                                      (text.front() >= '0' && text.front() <= '9'));
    if (starts_like_a_date && near.empty()) throw;
    ids.erase(ids.begin(), ids.begin() + 2);
    throw InvalidArgument(fmt::format("'{}' is neither a date nor a period of this atlas{}; periods: {}",
                                      text, near.empty() ? "" : fmt::format(" (did you mean '{}'?)", near),
                                      ids.empty() ? "none" : fmt::format("{}", fmt::join(ids, ", "))));
  }
}

std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, name.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(name, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace marchland
