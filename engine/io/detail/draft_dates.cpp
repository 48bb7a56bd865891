#include <marchland/io/detail/draft_dates.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <set>
#include <utility>

namespace marchland::detail {

using Names = std::vector<std::string>;

namespace {

void say_unused_date(const LayerDraft& draft, const DateColumn* column, Assumptions& said) {
  if (column == nullptr) return;
  said.say(draft, "from", fmt::format("field '{}' has dates too; those of the names are used", column->field),
           fmt::format("from = {{field = \"{}\"}}", column->field));
}

void say_missing(const LayerDraft& draft, Assumptions& said) {
  const DateSteps steps = find_steps(draft.series->names.dates);
  if (steps.missing.empty()) return;
  Names dates;
  for (const Instant at : steps.missing) dates.push_back(format_instant(at));
  const std::string unit = steps.unit == DateSteps::Unit::day     ? "day"
                           : steps.unit == DateSteps::Unit::month ? "month"
                                                                  : "year";
  said.say(draft, "missing_days",
           fmt::format("{} without a file: {}; the snapshot before goes on through each",
                       counted(dates.size(), unit, unit + "s"), listed(dates)),
           "missing_days = \"unknown\"");
}

void use_name(LayerDraft& draft, Assumptions& said) {
  const NameSeries& names = draft.series->names;
  draft.is_dated_by_name = true;
  draft.spec.layer.mode = LayerMode::snapshot;
  draft.spec.from = ValueSpec{ValueSpec::Kind::pattern, names.pattern, {}, "", false, 0};
  said.say(draft, "mode",
           fmt::format("snapshot: each file is the full state from its date ({} to {}) until the next",
                       format_instant(names.dates.front().first), format_instant(names.dates.back().first)),
           "mode = \"interval\" or \"event\"");
  said.say(draft, "from",
           fmt::format("date in the file's name by the pattern {}; days begin at 0:00 UTC", names.pattern),
           "from = {pattern = \"...\"}, timezone, day_starts");
  if (!names.other_reading.empty()) {
    said.say(draft, "from", "no number above 12 tells day from month; the day is taken to come first",
             fmt::format("from = {{pattern = \"{}\"}}", names.other_reading));
  }
  say_missing(draft, said);
  for (std::size_t i = 1; i < names.dates.size(); ++i) {
    if (names.dates[i].first != names.dates[i - 1].first) continue;
    said.say(draft, "from",
             fmt::format("{} and {} have the same date; together they are its state",
                         draft.series->files[i - 1].name, draft.series->files[i].name),
             "files = [...]");
    return;
  }
}

void use_interval(LayerDraft& draft, const DateColumn& from, const DateColumn& to, Assumptions& said) {
  draft.spec.layer.mode = LayerMode::interval;
  draft.from = from;
  draft.to = to;
  said.say(draft, "mode",
           fmt::format("interval: each feature holds from '{}' to '{}'; empty is open", from.field, to.field),
           "mode, from, to");
}

double ground_shared(const Sample& sample, const DateColumn& day) {
  std::map<Instant, BoundingBox> by_date;
  const Column& column = *sample.column(day.field);
  for (std::size_t i = 0; i < sample.rows(); ++i) {
    if (const auto date = date_of(day, column.values[i])) by_date[date->first].add(sample.boxes[i]);
  }
  if (by_date.size() < 2) return 1.0;
  double sum = 0.0;
  for (auto before = by_date.begin(), next = std::next(before); next != by_date.end(); ++before, ++next)
    sum += shared_part(before->second, next->second);
  return sum / static_cast<double>(by_date.size() - 1);
}

/// One date a feature: states that succeed one another lie on the same ground, events each on their own.
void use_day(LayerDraft& draft, const DateColumn& day, Assumptions& said) {
  if (draft.is_lines) {
    draft.from = day;
    said.say(
        draft, "mode",
        fmt::format("snapshot: one date a line, field '{}'; a line holds until the next date", day.field),
        "");
    return;
  }
  const double shared = ground_shared(draft.sample, day);
  const bool is_snapshot = shared >= 0.5;
  draft.from = day;
  draft.spec.layer.mode = is_snapshot ? LayerMode::snapshot : LayerMode::event;
  said.say(
      draft, "mode",
      fmt::format(
          "{}: one date a feature, field '{}'; what follows one another covers {:.0f} % of the same ground "
          "(boxes), so {}",
          is_snapshot ? "snapshot" : "event", day.field, 100 * shared,
          is_snapshot ? "all features of a date are the state until the next"
                      : "each passes ground on, over what was there"),
      "mode = \"snapshot\", \"event\" or \"interval\"");
}

/// -1: a is never after b and once before; 1: the other way round; 0: neither.
int compare_columns(const Sample& sample, const DateColumn& a, const DateColumn& b) {
  bool before = false;
  bool after = false;
  for (std::size_t i = 0; i < sample.rows(); ++i) {
    const auto x = date_of(a, sample.column(a.field)->values[i]);
    const auto y = date_of(b, sample.column(b.field)->values[i]);
    if (!x || !y) continue;
    before = before || x->first < y->first;
    after = after || x->first > y->first;
  }
  return before == after ? 0 : before ? -1 : 1;
}

/// Columns of dates that no name explains, an end without beginning, or nothing at all.
void use_unnamed_dates(LayerDraft& draft, const std::vector<DateColumn>& dates, const DateColumn* ends,
                       Assumptions& said) {
  std::vector<const DateColumn*> plain;
  for (const DateColumn& column : dates) {
    if (column.role == DateRole::none) plain.push_back(&column);
  }
  if (plain.size() == 2) {
    const auto order = compare_columns(draft.sample, *plain[0], *plain[1]);
    if (order != 0) {
      const DateColumn& from = order < 0 ? *plain[0] : *plain[1];
      const DateColumn& to = order < 0 ? *plain[1] : *plain[0];
      use_interval(draft, from, to, said);
      said.say(draft, "from", fmt::format("'{}' is never after '{}'", from.field, to.field), "from, to");
      return;
    }
  }
  draft.spec.layer.mode = LayerMode::interval;
  if (plain.size() == 1 && ends == nullptr) {
    use_day(draft, *plain.front(), said);
    return;
  }
  if (ends != nullptr) {
    draft.to = *ends;
    said.say(draft, "mode",
             fmt::format("interval: a field for the end only, '{}'; the beginning is open", ends->field),
             "from = {field = \"...\"}");
    return;
  }
  said.say(
      draft, "from",
      "no date in name or fields: its statements hold always, open on both sides; 'areas' wants any date, "
      "'timeline' has nothing to follow",
      "from = \"2024-01-01\" or {field = \"...\"}");
}

}  // namespace

const DateColumn* by_role(const std::vector<DateColumn>& dates, DateRole role) {
  const DateColumn* best = nullptr;
  for (const DateColumn& column : dates) {
    if (column.role == role && (best == nullptr || column.filled > best->filled)) best = &column;
  }
  return best;
}

void say_no_dates(const LayerDraft& draft, Assumptions& said) {
  std::set<std::string> split;
  for (const Names& group : find_split_dates(draft.sample.columns)) split.insert(group.begin(), group.end());
  for (const Column& column : draft.sample.columns) {
    const std::string why = why_no_dates(column);
    if (why.empty() || split.contains(column.name)) continue;
    const std::string_view key = date_role(column.name) == DateRole::ends ? "to" : "from";
    said.say(draft, key, fmt::format("field '{}' has a name of dates, but {}; not used", column.name, why),
             fmt::format("{} = {{field = \"{}\", map = {{...}}}}", key, column.name));
  }
}

ValueSpec field_spec(const DateColumn& column, bool inclusive) {
  ValueSpec spec{ValueSpec::Kind::field, column.field, {}, column.format, inclusive, 0};
  for (const auto& [value, count] : column.odd) spec.map.emplace(value, "..");
  for (const auto& [value, count] : column.stand_ins) spec.map.emplace(value, "..");
  return spec;
}

void say_reading(const LayerDraft& draft, std::string_view key, const DateColumn& column, Assumptions& said) {
  if (!column.format.empty()) {
    said.say(draft, key, fmt::format("field '{}' is written {}", column.field, column.format),
             fmt::format("{} = {{field = \"{}\", format = \"...\"}}", key, column.field));
  }
  if (!column.other_reading.empty()) {
    said.say(
        draft, key,
        fmt::format("no number above 12 tells day from month in '{}'; the day is taken to come first",
                    column.field),
        fmt::format("{} = {{field = \"{}\", format = \"{}\"}}", key, column.field, column.other_reading));
  }
  if (!column.stand_ins.empty()) {
    Names values;
    for (const auto& [value, count] : column.stand_ins)
      values.push_back(fmt::format("'{}' x {}", value, count));
    said.say(
        draft, key,
        fmt::format("field '{}' has dates far from all others that tables write for {}, taken as open: {}",
                    column.field, column.role == DateRole::ends ? "\"not ended\"" : "\"not known\"",
                    listed(values)),
        "the map beside the field: without the value it is the date it says");
  }
  if (column.odd.empty()) return;
  Names values;
  for (const auto& [value, count] : column.odd) values.push_back(fmt::format("'{}' x {}", value, count));
  said.say(
      draft, key,
      fmt::format("field '{}' has values that are no dates, taken as open: {}", column.field, listed(values)),
      "the map beside the field");
}

void choose_dates(LayerDraft& draft, const std::vector<DateColumn>& dates, Assumptions& said) {
  const DateColumn* begins = by_role(dates, DateRole::begins);
  const DateColumn* ends = by_role(dates, DateRole::ends);
  const DateColumn* day = by_role(dates, DateRole::day);
  const bool is_series = !draft.series->names.pattern.empty() && draft.series->files.size() > 1;
  if (const DateColumn* recorded = by_role(dates, DateRole::recorded)) {
    said.say(draft, "from",
             fmt::format("field '{}' says when something was written down, not when it held; not used",
                         recorded->field),
             fmt::format("from = {{field = \"{}\"}}", recorded->field));
  }
  say_no_dates(draft, said);
  if (is_series) {
    use_name(draft, said);
    for (const DateColumn* other : {begins, ends, day}) say_unused_date(draft, other, said);
  } else if (begins != nullptr && ends != nullptr) {
    use_interval(draft, *begins, *ends, said);
  } else if (day != nullptr || begins != nullptr) {
    use_day(draft, day != nullptr ? *day : *begins, said);
  } else if (!draft.series->names.pattern.empty()) {
    use_name(draft, said);
  } else {
    use_unnamed_dates(draft, dates, ends, said);
  }
}

void say_split_dates(const LayerDraft& draft, Assumptions& said) {
  if (draft.from || draft.is_dated_by_name) return;
  for (const Names& group : find_split_dates(draft.sample.columns)) {
    said.say(
        draft, "from",
        fmt::format("fields {} make one date together, which a manifest cannot join", fmt::join(group, ", ")),
        fmt::format("make one field of them, for instance by ogr2ogr -dialect sqlite -sql \"SELECT *, "
                    "printf('%04d-%02d-%02d', {}) AS since FROM ...\"",
                    fmt::join(group, ", ")));
  }
}

}  // namespace marchland::detail
