// What one further day costs an atlas of daily snapshots that is held in memory: the last days of the archive
// are added one after the other to a composite of those before. Prints JSON: milliseconds of `append` and of
// the two questions a user then has, least and median over the days, and what building anew takes instead.
// That both ways have the same content is what tests/unit/composite/growing_composite_test.cpp is for.
//   bench_append ATLAS [--days N]
#include <marchland/composite/growing_composite.h>
#include <marchland/io/read_atlas.h>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace marchland;
using Clock = std::chrono::steady_clock;

double milliseconds(Clock::duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

struct Day {
  Instant date;
  std::vector<Statement> statements;
};

/// Takes the last dates of the first layer out of the atlas.
std::vector<Day> take_last(Atlas& atlas, std::size_t count) {
  std::vector<Instant> dates = atlas.layers.front().dates;
  count = std::min(count, dates.size() - 1);
  std::vector<Day> days;
  for (auto date = dates.end() - static_cast<std::ptrdiff_t>(count); date != dates.end(); ++date)
    days.push_back({*date, {}});
  dates.resize(dates.size() - count);
  std::vector<Statement> kept;
  for (Statement& s : atlas.statements) {
    const Instant from = s.validity.from();
    const auto day = std::find_if(days.begin(), days.end(), [&](const Day& d) { return d.date == from; });
    if (day == days.end()) {
      kept.push_back(std::move(s));
    } else {
      s.validity = Interval::since(from);
      day->statements.push_back(std::move(s));
    }
  }
  atlas.statements = std::move(kept);
  close_snapshots(atlas, LayerId(0), std::move(dates));
  return days;
}

std::string least_and_median(const char* name, std::vector<double> times) {
  std::sort(times.begin(), times.end());
  return fmt::format(R"("{0}_ms":{1:.4f},"{0}_median_ms":{2:.4f},"{0}_most_ms":{3:.4f})", name, times.front(),
                     times[times.size() / 2], times.back());
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Times what one further day costs.");
  std::string path;
  std::size_t count = 100;
  app.add_option("atlas", path, "Folder of daily snapshots, one layer")->required();
  app.add_option("--days", count, "The last ones, added one by one")->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);

  Atlas atlas = read_atlas(path);
  std::vector<Day> days = take_last(atlas, count);
  const auto start = Clock::now();
  GrowingComposite growing(std::move(atlas));
  const double made = milliseconds(Clock::now() - start);
  std::vector<double> appends;
  std::vector<double> areas;
  std::vector<double> passages;
  Instant before = growing.atlas().layers.front().dates.back();
  std::size_t answers = 0;
  for (Day& day : days) {
    const auto begun = Clock::now();
    growing.append(LayerId(0), day.date, std::move(day.statements));
    const auto added = Clock::now();
    answers += growing.areas_at(day.date).size();
    const auto asked = Clock::now();
    answers += growing.passages(before, day.date).size();
    passages.push_back(milliseconds(Clock::now() - asked));
    areas.push_back(milliseconds(asked - added));
    appends.push_back(milliseconds(added - begun));
    before = day.date;
  }
  const std::size_t faces = growing.face_count();
  const std::size_t rebuilds = growing.rebuilds();
  const Int128 residual = growing.residual();
  const auto frozen_start = Clock::now();
  const Composite frozen = std::move(growing).freeze();
  const double froze = milliseconds(Clock::now() - frozen_start);
  Atlas whole = frozen.atlas();
  const auto anew_start = Clock::now();
  const Composite anew = build_composite(std::move(whole));
  const double built = milliseconds(Clock::now() - anew_start);
  fmt::print(
      R"({{{},{},{},"days":{},"made_ms":{:.2f},"freeze_ms":{:.2f},"build_ms":{:.2f},"faces":{},"edges":{},"rebuilds":{},"answers":{},"residual":{}}})"
      "\n",
      least_and_median("append", appends), least_and_median("areas", areas),
      least_and_median("passages", passages), appends.size(), made, froze, built, anew.plane().face_count(),
      anew.plane().edges().size(), rebuilds, answers, static_cast<double>(residual));
  return faces == anew.plane().face_count() && residual == 0 ? 0 : 1;
}
