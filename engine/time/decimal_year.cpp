#include <marchland/time/decimal_year.h>

namespace marchland {

double decimal_year(Instant instant) noexcept {
  using namespace std::chrono;
  const year y = year_month_day(floor<days>(instant)).year();
  const sys_seconds begin = sys_days(y / January / 1);
  const sys_seconds end = sys_days((y + years(1)) / January / 1);
  return static_cast<int>(y) +
         static_cast<double>((instant - begin).count()) / static_cast<double>((end - begin).count());
}

double decimal_date_before(Instant end) noexcept {
  using namespace std::chrono;
  return decimal_year(ceil<days>(end) - hours(12));
}

}  // namespace marchland
