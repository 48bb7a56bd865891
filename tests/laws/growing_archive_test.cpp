// The last days of a real archive, added one by one: 769 daily maps of one front. Needs ../shared/data/
// deepstate-daily beside the project, and skips without it.
#include <marchland/composite/growing_composite.h>
#include <marchland/io/read_atlas.h>
#include <marchland/io/write_composite.h>

#include <gtest/gtest.h>
#include <tests/composite_equality.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace marchland {
namespace {

namespace fs = std::filesystem;

constexpr const char* kManifest = R"([atlas]
id = "deepstate"
[[actor]]
id = "a"
[[source]]
id = "s"
[[layer]]
id = "daily"
source = "s"
theme = "control"
mode = "snapshot"
files = ["days/**/*.geojson"]
actor = "a"
from = {pattern = "deepstatemap_data_%Y%m%d"}
)";

TEST(GrowingArchive, TheLastDaysOfTheArchiveAreThoseThatAreBuiltAtOnce) {
  const fs::path data = fs::path(MARCHLAND_SHARED_DATA) / "deepstate-daily";
  fs::path archive;
  if (fs::is_directory(data)) {
    for (const auto& entry : fs::directory_iterator(data)) {
      if (entry.path().extension() == ".xz") archive = entry.path();
    }
  }
  if (archive.empty()) GTEST_SKIP() << "no data: expected " << data << "/*.tar.xz";
  const fs::path folder = fs::path(testing::TempDir()) / "growing_archive";
  fs::remove_all(folder);
  fs::create_directories(folder / "days");
  const std::string unpack = "tar -xJf '" + archive.string() + "' -C '" + (folder / "days").string() + "'";
  ASSERT_EQ(std::system(unpack.c_str()), 0);
  std::ofstream(folder / "atlas.toml") << kManifest;
  const Atlas whole = read_atlas(folder);
  fs::remove_all(folder);

  constexpr std::size_t kDays = 30;
  std::vector<Instant> dates = whole.layers.front().dates;
  ASSERT_GT(dates.size(), kDays);
  const std::vector<Instant> last(dates.end() - kDays, dates.end());
  dates.resize(dates.size() - kDays);
  Atlas first = whole;
  std::erase_if(first.statements, [&](const Statement& s) { return s.validity.from() >= last.front(); });
  close_snapshots(first, LayerId(0), dates);
  GrowingComposite growing(std::move(first));
  for (const Instant date : last) {
    std::vector<Statement> today;
    for (const Statement& s : whole.statements) {
      if (s.validity.from() == date) today.emplace_back(s).validity = Interval::since(date);
    }
    growing.append(LayerId(0), date, std::move(today));
    ASSERT_EQ(growing.residual(), 0);
    const Composite built = build_composite(growing.atlas());
    ASSERT_EQ(testing_fixtures::first_difference(growing.freeze(), built), "");
  }
  EXPECT_EQ(growing.rebuilds(), 0U);
  const Composite built = build_composite(whole);
  const Composite frozen = std::move(growing).freeze();
  EXPECT_EQ(testing_fixtures::first_difference(frozen, built), "");
  EXPECT_EQ(content_hash(frozen), content_hash(built));
}

}  // namespace
}  // namespace marchland
