#include <marchland/base/error.h>
#include <marchland/io/detail/column_roles.h>
#include <marchland/time/edtf.h>
#include <marchland/time/name_pattern.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <iterator>
#include <set>
#include <tuple>

namespace marchland::detail {
namespace {

bool is_alpha(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0;
}
bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}
char lower(char c) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

template <std::size_t N>
bool is_among(std::string_view word, const std::array<std::string_view, N>& list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}
template <std::size_t N>
bool has_word(const std::vector<std::string>& words, const std::array<std::string_view, N>& list) {
  return std::any_of(words.begin(), words.end(),
                     [&](const std::string& word) { return is_among(word, list); });
}

constexpr std::array<std::string_view, 16> kRecorded{
    "modification", "creation", "updated",  "update",     "modified",  "created", "recorded", "edited",
    "retrieved",    "accessed", "imported", "downloaded", "published", "entered", "edit",     "revision"};
/// What statistics are of: "POP_YEAR" dates a count of people.
constexpr std::array<std::string_view, 9> kStatistics{"pop",     "population", "gdp",    "gni",  "econ",
                                                      "economy", "income",     "census", "birth"};
constexpr std::array<std::string_view, 22> kBegins{
    "start",     "starts",    "started",   "begin",    "begins",   "beginning", "began",     "from",
    "since",     "startdate", "datestart", "fromdate", "datefrom", "begindate", "datebegin", "validfrom",
    "startyear", "startyr",   "gwsdate",   "cowsdate", "sdate",    "dtstart"};
constexpr std::array<std::string_view, 22> kEnds{
    "end",     "ends",    "ended",    "ending", "to",     "until",   "till",       "thru",
    "through", "enddate", "dateend",  "todate", "dateto", "validto", "validuntil", "endyear",
    "endyr",   "gwedate", "cowedate", "edate",  "dtend",  "finish"};
constexpr std::array<std::string_view, 9> kDay{"date",     "day",  "datum", "fecha", "timestamp",
                                               "datetime", "time", "year",  "when"};

/// A year or a day written as one number, which only the column's name tells from any other number.
bool is_whole_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

constexpr int kFirstYear = 1000;
constexpr int kLastYear = 2199;

bool is_likely_year(const DateSpan& span) {
  using namespace std::chrono;
  const int year = static_cast<int>(year_month_day(floor<days>(span.first)).year());
  return year >= kFirstYear && year <= kLastYear;
}

bool is_open_end(std::string_view text) {
  return text.empty() || text == "..";
}

// What tables write where something has not ended yet, or where a date is not known.
constexpr std::array<std::string_view, 20> kOpenWords{
    "present", "current", "currently", "ongoing", "now", "today", "open", "todate", "continuing", "active",
    "unknown", "none",    "null",      "na",      "nan", "nil",   "tbd",  "never",  "undefined",  "infinity"};

/// A date that databases write for "never": of the year 9999.
bool is_never(std::string_view text) {
  return text.starts_with("9999") || text.ends_with("9999");
}

/// What some databases write where there is no date: "0000-00-00".
bool is_all_zeros(std::string_view text) {
  return text.starts_with("00") && text.find_first_not_of("0-/.: T") == std::string_view::npos;
}

bool is_open_word(const std::string& text) {
  const std::string plain = letters_and_digits(text);
  return plain.empty() || is_never(text) || is_all_zeros(text) || is_among(plain, kOpenWords);
}

std::optional<DateSpan> read_date(const std::string& text) {
  try {
    // A date in doubt counts by what it names: "1993-04~" as April 1993. Manifests read the doubt.
    if (has_edtf_sign(text)) return parse_edtf(text).nominal;
    const DateSpan span = parse_date(text);
    if (is_whole_number(text) && !is_likely_year(span)) return std::nullopt;
    return span;
  } catch (const InvalidArgument&) {
    return std::nullopt;
  }
}

// ---- actors
// --------------------------------------------------------------------------------------------------------

// By how surely the name means who holds the ground; compared without punctuation.
constexpr std::array<std::string_view, 46> kActorNames{
    "claimant",    "claimedby", "holder",    "heldby",     "controlledby", "controller",  "control",
    "occupiedby",  "occupier",  "actor",     "party",      "belligerent",  "faction",     "side",
    "power",       "ruler",     "polity",    "sovereignt", "sovereign",    "countryname", "cntryname",
    "country",     "statename", "state",     "nation",     "admin",        "nameen",      "nameeng",
    "name",        "owner",     "ownername", "occupant",   "army",         "group",       "team",
    "affiliation", "who",       "entity",    "territory",  "title",        "label",       "iso3",
    "isoa3",       "adm0a3",    "status",    "type"};

struct Values {
  std::size_t rows = 0;
  std::size_t filled = 0;
  std::set<std::string> different;
  bool are_numbers = true;
  bool are_short = true;
};

Values values_of(const Column& column) {
  constexpr std::size_t kLongName = 120;
  Values values;
  values.rows = column.values.size();
  for (const auto& value : column.values) {
    const std::string text = trimmed(value.value_or(""));
    if (text.empty()) continue;
    ++values.filled;
    values.are_numbers = values.are_numbers && text.find_first_not_of("0123456789.-+") == std::string::npos;
    values.are_short = values.are_short && text.size() <= kLongName;
    values.different.insert(text);
  }
  return values;
}

/// Greater is likelier; nothing if it cannot be.
std::optional<double> actor_score(const Column& column, const Values& values) {
  constexpr std::size_t kMostActors = 5000;
  if (2 * values.filled < values.rows || values.different.empty() || !values.are_short) return std::nullopt;
  if (values.different.size() > kMostActors) return std::nullopt;
  const auto* named = std::find(kActorNames.begin(), kActorNames.end(), letters_and_digits(column.name));
  double score = static_cast<double>(kActorNames.end() - named);
  if (named == kActorNames.end()) {
    // A column of another name only if its texts repeat, as holders do.
    const bool repeats = values.different.size() > 1 && 2 * values.different.size() <= values.filled;
    if (values.are_numbers || !repeats) return std::nullopt;
    score = 0.5;
  }
  // Codes are names only where there are no others.
  if (values.are_numbers) score -= static_cast<double>(kActorNames.size());
  return score;
}

// ---- dates in several columns
// --------------------------------------------------------------------------------------

bool holds_numbers_within(const Column& column, int least, int greatest) {
  bool any = false;
  for (const auto& value : column.values) {
    const std::string text = trimmed(value.value_or(""));
    if (text.empty()) continue;
    if (!is_whole_number(text) || text.size() > 4) return false;
    const int number = std::stoi(text);
    if (number < least || number > greatest) return false;
    any = true;
  }
  return any;
}

const Column* find_column(const std::vector<Column>& columns, const std::string& name) {
  const auto found = std::find_if(columns.begin(), columns.end(), [&](const Column& column) {
    return letters_and_digits(column.name) == name;
  });
  return found == columns.end() ? nullptr : &*found;
}

}  // namespace

std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words;
  bool is_new = true;
  char before = ' ';
  for (const char c : name) {
    const bool is_hump = std::isupper(static_cast<unsigned char>(c)) != 0 &&
                         std::islower(static_cast<unsigned char>(before)) != 0;
    before = c;
    if (!is_alpha(c)) {
      is_new = true;
      continue;
    }
    if (is_new || is_hump) words.emplace_back();
    is_new = false;
    words.back() += lower(c);
  }
  return words;
}

std::string letters_and_digits(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (is_alpha(c) || is_digit(c)) out += lower(c);
  }
  return out;
}

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

DateRole date_role(std::string_view field) {
  const std::vector<std::string> words = words_of(field);
  std::string joined = letters_and_digits(field);
  if (has_word(words, kStatistics)) return DateRole::none;
  if (has_word(words, kRecorded)) return DateRole::recorded;
  if (has_word(words, kBegins) || is_among(joined, kBegins)) return DateRole::begins;
  if (has_word(words, kEnds) || is_among(joined, kEnds)) return DateRole::ends;
  if (has_word(words, kDay) || is_among(joined, kDay)) return DateRole::day;
  return DateRole::none;
}

namespace {

// Forms other than ISO 8601, days before months where both would do.
constexpr std::array<std::string_view, 9> kFormats{"%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y",
                                                   "%Y-%m-%d", "%Y/%m/%d", "%d.%m.%y", "%m/%d/%y"};

std::optional<DateSpan> read_date_as(const std::string& format, const std::string& text) {
  if (is_never(text)) return std::nullopt;
  if (format.empty()) return read_date(text);
  try {
    return NamePattern(format).read_date(text, {});
  } catch (const InvalidArgument&) {
    return std::nullopt;
  }
}

/// The values of `column` that are no dates of the form, with how often they occur.
std::map<std::string, std::size_t> odd_values(const Column& column, const std::string& format) {
  std::map<std::string, std::size_t> odd;
  for (const auto& value : column.values) {
    const std::string text = trimmed(value.value_or(""));
    if (value && !is_open_end(text) && !read_date_as(format, text)) ++odd[*value];
  }
  return odd;
}

std::size_t total(const std::map<std::string, std::size_t>& counts) {
  std::size_t sum = 0;
  for (const auto& [value, count] : counts) sum += count;
  return sum;
}

/// Tries every form; the first of those that leave the fewest odd values.
void choose_format(const Column& column, DateColumn& dates) {
  dates.odd = odd_values(column, "");
  if (dates.odd.empty()) return;
  for (const std::string_view form : kFormats) {
    auto odd = odd_values(column, std::string(form));
    if (total(odd) < total(dates.odd)) {
      dates.format = form;
      dates.odd = std::move(odd);
    }
  }
  if (dates.format.starts_with("%Y")) return;
  std::string other = dates.format;
  for (char& c : other) c = c == 'd' ? 'm' : c == 'm' ? 'd' : c;
  if (!other.empty() && odd_values(column, other) == dates.odd) dates.other_reading = other;
}

/// Those of `odd` that one of the other forms reads.
std::map<std::string, std::size_t> of_other_forms(const std::map<std::string, std::size_t>& odd) {
  std::map<std::string, std::size_t> found;
  const auto is_date = [](const std::string& text) {
    return read_date(text) || std::any_of(kFormats.begin(), kFormats.end(), [&](std::string_view form) {
             return read_date_as(std::string(form), text).has_value();
           });
  };
  for (const auto& [value, count] : odd) {
    const std::string text = trimmed(value);
    if (!is_never(text) && is_date(text)) found.emplace(value, count);
  }
  return found;
}

/// Whether as few values are odd as a column of dates may have.
bool are_few(std::size_t odd, const DateColumn& dates) {
  // One value in twenty may be a remark; more, and the column is something else, unless its name says dates.
  return 20 * odd <= dates.filled;
}

bool has_name_of_dates(const DateColumn& dates) {
  return dates.role == DateRole::begins || dates.role == DateRole::ends || dates.role == DateRole::day;
}

bool are_dates(const DateColumn& dates) {
  const std::size_t odd = total(dates.odd);
  if (are_few(odd, dates)) return true;
  if (!has_name_of_dates(dates)) return false;
  const bool are_open = std::all_of(dates.odd.begin(), dates.odd.end(),
                                    [](const auto& value) { return is_open_word(trimmed(value.first)); });
  // Nothing has ended yet: that is what a column of ends can say.
  if (odd == dates.filled) return are_open && dates.role == DateRole::ends;
  // Open is not what is written there, though a manifest reads one form only.
  if (!are_few(total(of_other_forms(dates.odd)), dates)) return false;
  return are_open || 2 * odd <= dates.filled;
}

constexpr std::chrono::sys_days kYearOne = std::chrono::year(1) / 1 / 1;
constexpr std::chrono::sys_days kFirstNever = std::chrono::year(2099) / 1 / 1;
/// The last day of the smalldatetime of SQL Server.
constexpr std::chrono::sys_days kLastSmallDay = std::chrono::year(2079) / 6 / 6;
/// The day 0 or 1 of spreadsheets and OLE, Unix, SQL Server and Windows, and what people take.
constexpr std::array<std::chrono::sys_days, 7> kFirstDays{
    std::chrono::year(1899) / 12 / 30, std::chrono::year(1899) / 12 / 31, std::chrono::year(1900) / 1 / 1,
    std::chrono::year(1970) / 1 / 1,   std::chrono::year(1753) / 1 / 1,   std::chrono::year(1601) / 1 / 1,
    std::chrono::year(1800) / 1 / 1};

/// Dates that mean "not yet" or "not known" move to the stand-ins.
void find_stand_ins(const Column& column, DateColumn& dates) {
  if (dates.role != DateRole::begins && dates.role != DateRole::ends) return;
  struct Written {
    std::size_t rows = 0;
    std::map<std::string, std::size_t> values;
  };
  std::map<std::chrono::sys_days, Written> by_day;
  for (const auto& value : column.values) {
    const auto date = date_of(dates, value);
    if (!date) continue;
    Written& written = by_day[std::chrono::floor<std::chrono::days>(date->first)];
    ++written.rows;
    ++written.values[*value];
  }
  constexpr std::chrono::years kFarFromAll{20};
  for (auto day = by_day.begin(); day != by_day.end(); ++day) {
    const auto next = std::next(day);
    const bool is_shared_first =
        day == by_day.begin() && day->second.rows > 1 && next != by_day.end() &&
        next->first - day->first >= kFarFromAll &&
        std::find(kFirstDays.begin(), kFirstDays.end(), day->first) != kFirstDays.end();
    const bool is_outright = dates.role == DateRole::ends
                                 ? day->first >= kFirstNever || day->first == kLastSmallDay
                                 : day->first == kYearOne;
    if (is_outright || is_shared_first)
      dates.stand_ins.insert(day->second.values.begin(), day->second.values.end());
  }
}

/// The column as dates, whether it is one or not.
DateColumn read_as_dates(const Column& column) {
  DateColumn dates{.field = column.name,
                   .role = date_role(column.name),
                   .format = {},
                   .other_reading = {},
                   .odd = {},
                   .stand_ins = {},
                   .filled = 0};
  for (const auto& value : column.values) {
    if (!is_open_end(trimmed(value.value_or("")))) ++dates.filled;
  }
  choose_format(column, dates);
  find_stand_ins(column, dates);
  return dates;
}

}  // namespace

std::optional<DateSpan> date_of(const DateColumn& column, const std::optional<std::string>& value) {
  const std::string text = trimmed(value.value_or(""));
  const std::string raw = value.value_or("");
  if (is_open_end(text) || column.odd.contains(raw) || column.stand_ins.contains(raw)) return std::nullopt;
  return read_date_as(column.format, text);
}

std::optional<DateColumn> find_date_column(const Column& column) {
  if (date_role(column.name) == DateRole::none &&
      std::any_of(column.values.begin(), column.values.end(),
                  [](const auto& value) { return is_whole_number(trimmed(value.value_or(""))); })) {
    return std::nullopt;
  }
  DateColumn dates = read_as_dates(column);
  if (dates.filled == 0 || !are_dates(dates)) return std::nullopt;
  return dates;
}

std::string why_no_dates(const Column& column) {
  const DateColumn dates = read_as_dates(column);
  if (!has_name_of_dates(dates) || (dates.filled > 0 && are_dates(dates))) return {};
  if (dates.filled == 0) return "it is empty throughout";
  const auto others = of_other_forms(dates.odd);
  if (!are_few(total(others), dates)) {
    return fmt::format(
        "its dates are written in several forms, {} of {} otherwise than the rest (such as '{}'), and a "
        "manifest reads one: write all of them YYYY-MM-DD",
        total(others), dates.filled, others.begin()->first);
  }
  return fmt::format("{} of its {} values are no dates (such as '{}')", total(dates.odd), dates.filled,
                     dates.odd.begin()->first);
}

std::vector<std::vector<std::string>> find_split_dates(const std::vector<Column>& columns) {
  std::vector<std::vector<std::string>> groups;
  for (const Column& column : columns) {
    const std::string name = letters_and_digits(column.name);
    if (!name.ends_with("year") || !holds_numbers_within(column, kFirstYear, kLastYear)) continue;
    const std::string stem = name.substr(0, name.size() - 4);
    const Column* month = find_column(columns, stem + "month");
    const Column* day = find_column(columns, stem + "day");
    if (month == nullptr || !holds_numbers_within(*month, 0, 12)) continue;
    groups.push_back({column.name, month->name});
    if (day != nullptr && holds_numbers_within(*day, 0, 31)) groups.back().push_back(day->name);
  }
  return groups;
}

std::optional<ActorColumn> find_actor_column(const std::vector<Column>& columns,
                                             const std::vector<std::string>& dates) {
  std::vector<std::tuple<double, std::string>> scored;
  for (const Column& column : columns) {
    if (std::find(dates.begin(), dates.end(), column.name) != dates.end()) continue;
    if (const auto score = actor_score(column, values_of(column))) scored.emplace_back(*score, column.name);
  }
  if (scored.empty()) return std::nullopt;
  std::stable_sort(scored.begin(), scored.end(),
                   [](const auto& a, const auto& b) { return std::get<0>(a) > std::get<0>(b); });
  ActorColumn actor{std::get<1>(scored.front()), {}};
  for (std::size_t i = 1; i < scored.size(); ++i) actor.others.push_back(std::get<1>(scored[i]));
  return actor;
}

}  // namespace marchland::detail
