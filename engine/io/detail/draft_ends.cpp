#include <marchland/base/error.h>
#include <marchland/io/detail/draft_dates.h>
#include <marchland/io/detail/draft_ends.h>
#include <marchland/io/detail/interval_ends.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

namespace marchland::detail {
namespace {

using Names = std::vector<std::string>;

std::vector<DatedRow> dated_rows(const LayerDraft& draft) {
  const auto value = [&](const std::optional<DateColumn>& dates, std::size_t row) {
    return dates ? date_of(*dates, draft.rows.column(dates->field)->values[row]) : std::optional<DateSpan>();
  };
  const Column* key =
      draft.spec.actor.kind == ValueSpec::Kind::field ? draft.rows.column(draft.spec.actor.text) : nullptr;
  const std::vector<std::size_t> grounds = number_grounds(draft.rows.boxes);
  std::vector<DatedRow> rows;
  rows.reserve(draft.rows.rows());
  for (std::size_t i = 0; i < draft.rows.rows(); ++i) {
    rows.push_back({key == nullptr ? "" : trimmed(key->values[i].value_or("")), value(draft.from, i),
                    value(draft.to, i), grounds[i]});
  }
  return rows;
}

/// Where nothing is open to the end, figures of later dates are empty.
void say_last(const LayerDraft& draft, bool inclusive, Assumptions& said) {
  std::optional<DateSpan> last;
  if (!draft.to) return;
  for (const auto& value : draft.rows.column(draft.to->field)->values) {
    const auto end = date_of(*draft.to, value);
    if (!end) return;
    if (!last || last->first < end->first) last = end;
  }
  if (!last) return;
  said.say(draft, "to",
           fmt::format("every interval ends, the last {} {}; nothing is said of later dates",
                       inclusive ? "with" : "at", format_instant(last->first)),
           "leave ends empty that are still open");
}

void say_successions(const LayerDraft& draft, const std::vector<Succession>& list, std::string_view one,
                     std::string_view many, Assumptions& said) {
  if (list.empty()) return;
  Names texts;
  texts.reserve(list.size());
  for (const Succession& s : list) {
    // As the file writes them.
    texts.push_back(fmt::format("{} ends {}, {} begins {}", s.key, format_instant(s.end.first),
                                s.next_key.empty() ? "next" : s.next_key, format_instant(s.begin.first)));
  }
  // Each is a place to look at in the file.
  constexpr std::size_t kSuccessionsShown = 50;
  said.say(draft, "to",
           fmt::format("{}: {}", counted(list.size(), one, many), listed(texts, kSuccessionsShown)), "");
}

void say_ends(const LayerDraft& draft, const IntervalEnds& ends, Assumptions& said) {
  const bool inclusive = ends.is_inclusive();
  const std::size_t meet = inclusive ? ends.meet_after : ends.meet_at;
  const std::string change = fmt::format("inclusive = {}", inclusive ? "false" : "true");
  const std::string verdict =
      inclusive ? "the last day named still belongs to it" : "it ends as that day begins";
  const std::size_t ground_meet = inclusive ? ends.ground_after : ends.ground_at;
  if (meet + ground_meet > 0) {
    Names counts;
    if (meet > 0 || ends.successions() > 0)
      counts.push_back(fmt::format("{} of {} successions of one holder", meet, ends.successions()));
    if (ends.ground_successions() > 0)
      counts.push_back(fmt::format("{} of {} successions of different holders on the same ground",
                                   ground_meet, ends.ground_successions()));
    said.say(draft, "to",
             fmt::format("{} meet {}: ends are {}, {}", fmt::join(counts, " and "),
                         inclusive ? "the day after" : "on the same day",
                         inclusive ? "inclusive" : "exclusive", verdict),
             change);
  } else if (ends.one_day > 0) {
    said.say(
        draft, "to",
        fmt::format("{} on the same day: ends are inclusive, {}",
                    counted(ends.one_day, "interval begins and ends", "intervals begin and end"), verdict),
        change);
  } else {
    said.say(draft, "to",
             fmt::format(
                 "no interval follows another of its holder or its ground; ends are taken as exclusive, {}",
                 verdict),
             change);
  }
  const std::size_t otherwise =
      inclusive ? ends.meet_at + ends.ground_at : ends.meet_after + ends.ground_after;
  if (otherwise > 0) {
    said.say(draft, "to",
             fmt::format("{} the other way ({})", counted(otherwise, "succession meets", "successions meet"),
                         inclusive ? "both hold on the day named" : "a day is left between"),
             "the dates in the file");
  }
  say_last(draft, inclusive, said);
  say_successions(draft, ends.gaps, "succession of one holder leaves a gap",
                  "successions of one holder leave gaps", said);
  say_successions(draft, ends.overlaps, "succession of one holder overlaps",
                  "successions of one holder overlap", said);
  say_successions(draft, ends.ground_gaps, "succession of different holders on the same ground leaves a gap",
                  "successions of different holders on the same ground leave gaps", said);
  say_successions(draft, ends.ground_overlaps, "succession of different holders on the same ground overlaps",
                  "successions of different holders on the same ground overlap", said);
}

}  // namespace

void check_intervals(LayerDraft& draft, Assumptions& said) {
  if (draft.from) {
    draft.spec.from = field_spec(*draft.from, false);
    say_reading(draft, "from", *draft.from, said);
  }
  if (!draft.to) return;
  const auto rows = dated_rows(draft);
  const IntervalEnds ends = find_interval_ends(rows);
  if (!ends.backward.empty()) {
    Names places;
    for (const std::size_t row : ends.backward) places.push_back(draft.rows.places[row]);
    throw InvalidData(fmt::format("{} before beginning ('{}' after '{}'); mend: {}",
                                  counted(ends.backward.size(), "interval ends", "intervals end"),
                                  draft.from ? draft.from->field : "", draft.to->field, listed(places)));
  }
  draft.spec.to = field_spec(*draft.to, ends.is_inclusive());
  say_reading(draft, "to", *draft.to, said);
  say_ends(draft, ends, said);
}

}  // namespace marchland::detail
