#include "tools/cli/run_dates.h"

#include "tools/cli/feature_output.h"
#include "tools/cli/output_names.h"
#include <marchland/analysis/changes.h>
#include <marchland/base/error.h>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>

namespace marchland::cli {
namespace {

/// Of the theme, by what the options leave.
class Ground {
 public:
  explicit Ground(const Session& session)
      : session_(&session), holders_(session.holders()), faces_(ground_of(session, holders_)) {}

  [[nodiscard]] bool is_held(Instant at) const {
    const auto held = holders_.faces_at(session_->composite().times().epoch_of(at));
    for (FaceIndex f = 0; f < held.size(); ++f) {
      if (faces_[f] && held[f] != kUnknown) return true;
    }
    return false;
  }
  /// At which the holder of anything changes and something is held, the later last.
  [[nodiscard]] std::vector<Instant> dates() const {
    std::vector<Instant> out;
    for (const Instant at : series_dates(session_->composite(), holders_, Step::change, session_->scope())) {
      if (session_->atlas().window.when.contains(at) && is_held(at)) out.push_back(at);
    }
    return out;
  }

 private:
  const Session* session_;
  Holders holders_;
  std::vector<bool> faces_;
};

NamedDate dated(const Session& session, Instant at) {
  return {session.date(at), session.date(at), at, {}};
}

std::vector<NamedDate> last_dates(const Session& session, const Ground& ground) {
  std::vector<NamedDate> out;
  for (const char* word : {"previous", "latest"}) {
    const auto at = date_of_data(session, word);
    if (at && ground.is_held(*at)) out.push_back(dated(session, *at));
  }
  // "latest" is of all themes; this one may have ended before.
  const auto latest = date_of_data(session, "latest");
  if (!out.empty() && out.back().at == latest) return out;
  const std::vector<Instant> dates = ground.dates();
  out.clear();
  for (std::size_t i = dates.size() > 2 ? dates.size() - 2 : 0; i < dates.size(); ++i)
    out.push_back(dated(session, dates[i]));
  return out;
}

/// Where nothing begins while the window is open, what holds has an open beginning: one instant of it.
std::optional<Instant> instant_within(const Session& session, const Ground& ground) {
  const Atlas& atlas = session.atlas();
  std::set<Instant> candidates;
  for (const Statement& statement : atlas.statements) {
    const Interval when = statement.validity.intersection(atlas.window.when);
    if (when.is_empty()) continue;
    if (when.has_from()) {
      candidates.insert(when.from());
    } else if (when.has_to()) {
      candidates.insert(when.to() - std::chrono::days(1));
    } else {
      candidates.insert(parse_date("2000-01-01", atlas.days).first);
    }
  }
  for (auto at = candidates.rbegin(); at != candidates.rend(); ++at) {
    if (ground.is_held(*at)) return *at;
  }
  return std::nullopt;
}

[[noreturn]] void refuse(const Session& session) {
  const std::string left =
      session.filters().empty() ? std::string() : fmt::format(" by what {} leaves", session.filters());
  throw InvalidArgument(
      fmt::format("there is nothing to report: no ground is ever held of theme {}{}; the atlas has {}; "
                  "choose with --theme",
                  to_string(session.theme()), left, themes_of(session.atlas())));
}

/// Two dates of one name would overwrite each other's files.
void name_files(std::vector<NamedDate>& dates) {
  std::set<std::string> taken;
  for (NamedDate& date : dates) {
    const std::string name = name_in_files(date.name);
    date.file = name;
    for (int n = 2; !taken.insert(date.file).second; ++n) date.file = fmt::format("{}_{}", name, n);
  }
}

}  // namespace

std::optional<Instant> date_of_data(const Session& session, const char* word) {
  try {
    return session.instant(word);
  } catch (const InvalidArgument&) {
    return std::nullopt;
  }
}

RunDates run_dates(const Session& session, const std::vector<std::string>& at) {
  RunDates out;
  std::vector<NamedDate>& dates = out.dates;
  for (const std::string& text : session.distinct_dates(at))
    dates.push_back({text, text, session.instant(text), {}});
  const Ground ground(session);
  if (dates.empty()) {
    for (const Period& period : session.atlas().periods) {
      if (period.is_instant && session.atlas().window.when.contains(period.when.from()))
        dates.push_back({period.id, period.id, period.when.from(), {}});
    }
    std::stable_sort(dates.begin(), dates.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
    const bool has_any =
        std::any_of(dates.begin(), dates.end(), [&](const NamedDate& d) { return ground.is_held(d.at); });
    if (!has_any) dates.clear();
  }
  if (dates.empty()) dates = last_dates(session, ground);
  if (dates.empty()) {
    const auto within = instant_within(session, ground);
    if (!within) refuse(session);
    dates.push_back(dated(session, *within));
    const auto extent = session.atlas().extent();
    out.note = extent ? fmt::format("nothing that is held begins at a date, so {} stands for what holds then",
                                    session.date(*within))
                      : fmt::format(
                            "nothing the atlas says begins or ends, so its figures are the same at "
                            "every date; {} stands for all",
                            session.date(*within));
  }
  name_files(dates);
  return out;
}

}  // namespace marchland::cli
