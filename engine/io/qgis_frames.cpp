#include <marchland/io/qgis_frames.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace marchland {
namespace {

using namespace std::chrono;

constexpr std::size_t kMostFrames = 1500;
constexpr Instant kFirst = sys_days(year(1) / January / 1);
constexpr long long kFirstMonth = 12;  // of it, counted from the year 0
constexpr Instant kLast = Instant(sys_days(year(10000) / January / 1)) - seconds(1);

struct FrameLength {
  int count;
  const char* unit;
  seconds length;  ///< 0: counted in months
  int months = 0;
};

constexpr std::array<FrameLength, 11> kFrameLengths{{
    {1, "s", seconds(1)},
    {1, "min", minutes(1)},
    {10, "min", minutes(10)},
    {1, "h", hours(1)},
    {6, "h", hours(6)},
    {1, "d", days(1)},
    {1, "wk", weeks(1)},
    {1, "mon", seconds(0), 1},
    {1, "y", seconds(0), 12},
    {10, "y", seconds(0), 120},
    {100, "y", seconds(0), 1200},
}};

/// Frames of one step, the first of which begins at or before a given instant.
class Ruler {
 public:
  Ruler(const FrameLength& step, Instant first, const DayConvention& convention)
      : step_(&step), shift_(convention.utc_offset - convention.day_starts) {
    const Instant local = first + shift_;
    const sys_days day = floor<days>(local);
    if (step.months == 0) {
      // Of a day its parts; whole days and weeks from this one on.
      const seconds into_day = local - day;
      begin_ = day + (step.length < days(1) ? into_day - into_day % step.length : seconds(0));
      return;
    }
    const auto month = month_of(local);
    first_month_ = month - ((month % step.months) + step.months) % step.months;
    // QGIS adds months to the date in UTC and cuts at the end of shorter ones. East of Greenwich a month
    // begins on the last day of the one before: from a 31st every frame begins with a month, from a 30th
    // it does not.
    while (!keeps_its_day(first_month_)) first_month_ -= step.months;
    first_month_ = std::max(first_month_, kFirstMonth);
    begin_ = month_begin(first_month_);
  }

  [[nodiscard]] Instant begin_of(long long frame) const {
    if (step_->months == 0) return begin_ + frame * step_->length - shift_;
    return month_begin(first_month_ + frame * step_->months) - shift_;
  }
  [[nodiscard]] long long frame_of(Instant at) const {
    const Instant local = at + shift_;
    if (step_->months == 0) return (local - begin_) / step_->length;
    return (month_of(local) - first_month_) / step_->months;
  }

 private:
  static long long month_of(Instant local) {
    const year_month_day date(floor<days>(local));
    return static_cast<int>(date.year()) * 12LL + static_cast<unsigned>(date.month()) - 1;
  }
  static Instant month_begin(long long month) {
    const auto y = month >= 0 ? month / 12 : (month - 11) / 12;
    return sys_days(year(static_cast<int>(y)) /
                    std::chrono::month(static_cast<unsigned>(month - 12 * y) + 1) / 1);
  }
  [[nodiscard]] bool keeps_its_day(long long month) const {
    constexpr unsigned kOfEveryMonth = 28;
    constexpr unsigned kLongest = 31;
    const year_month_day date(floor<days>(month_begin(month) - shift_));
    const auto day = static_cast<unsigned>(date.day());
    return day <= kOfEveryMonth || day == kLongest;
  }

  const FrameLength* step_;
  seconds shift_;  ///< from UTC to what counts from the beginning of its day
  Instant begin_;  ///< shifted
  long long first_month_ = 0;
};

}  // namespace

bool is_qgis_date(Instant at) {
  return kFirst <= at && at <= kLast;
}

std::optional<QgisFrames> qgis_frames(std::vector<Instant> changes, const DayConvention& convention) {
  std::erase_if(changes, [](Instant at) { return !is_qgis_date(at); });
  std::sort(changes.begin(), changes.end());
  changes.erase(std::unique(changes.begin(), changes.end()), changes.end());
  if (changes.size() < 2) return std::nullopt;
  const FrameLength* chosen = nullptr;
  // From long to short: the last that is short enough to be sat through stays, unless one told all apart.
  for (auto step = kFrameLengths.rbegin(); step != kFrameLengths.rend(); ++step) {
    const Ruler ruler(*step, changes.front(), convention);
    if (chosen != nullptr && ruler.frame_of(changes.back()) >= static_cast<long long>(kMostFrames)) break;
    chosen = &*step;
    const auto share = [&](Instant a, Instant b) { return ruler.frame_of(a) == ruler.frame_of(b); };
    if (std::adjacent_find(changes.begin(), changes.end(), share) == changes.end()) break;
  }
  const Ruler ruler(*chosen, changes.front(), convention);
  const long long count = ruler.frame_of(changes.back()) + 1;
  return QgisFrames{{std::max(ruler.begin_of(0), kFirst), std::min(ruler.begin_of(count), kLast)},
                    chosen->count,
                    chosen->unit,
                    static_cast<std::size_t>(count)};
}

}  // namespace marchland
