#include <marchland/base/error.h>
#include <marchland/composite/tracks.h>
#include <marchland/geometry/wkt.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

namespace marchland {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class Versions {
 public:
  Versions& add(std::string_view wkt, TimeIndex from, TimeIndex to, SlotIndex slot = 0) {
    for (const SharedPolygon& polygon : shared_.share(parse_wkt(wkt))) {
      polygons_.push_back(polygon);
      PolygonVersion version;
      version.area = &polygons_.back();
      version.slot = slot;
      version.from = from;
      version.to = to;
      versions_.push_back(version);
    }
    return *this;
  }
  [[nodiscard]] TracedTracks trace(bool rejoin = true) const {
    return trace_tracks(versions_, std::vector<bool>(3, rejoin));
  }

 private:
  SharedRings shared_;
  std::deque<SharedPolygon> polygons_;
  std::vector<PolygonVersion> versions_;
};

constexpr const char* kSquare = "POLYGON((0 0,4 0,4 4,0 4,0 0))";
constexpr const char* kDented = "POLYGON((0 0,4 0,3 2,4 4,0 4,0 0))";
constexpr const char* kPierced = "POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,1 2,2 2,2 1,1 1))";
constexpr const char* kFarAway = "POLYGON((10 0,14 0,14 4,10 4,10 0))";

TEST(Tracks, PolygonGoesOnWhereOneStatementEndsAndAnotherBegins) {
  const TracedTracks traced = Versions().add(kSquare, 0, 1).add(kDented, 1, 2).add(kSquare, 2, 5).trace();
  EXPECT_THAT(traced.track_slot, ElementsAre(0U));
  EXPECT_THAT(traced.labels, SizeIs(1));
  EXPECT_THAT(traced.rings, SizeIs(3));
  // Three sides hold throughout and have two events each; the fourth and the dent come and go.
  ASSERT_THAT(traced.segments.segments, SizeIs(6));
  EXPECT_THAT(traced.segments.events, SizeIs(3 * 2 + 4 + 2 * 2));
  EXPECT_EQ(traced.segments.occurrences, 4U + 5U + 4U);
}

TEST(Tracks, GapsOtherSlotsAndEventsBeginAnew) {
  EXPECT_THAT(Versions().add(kSquare, 0, 1).add(kSquare, 2, 3).trace().track_slot, ElementsAre(0U, 0U));
  EXPECT_THAT(Versions().add(kSquare, 0, 1).add(kSquare, 1, 2, 1).trace().track_slot, ElementsAre(0U, 1U));
  EXPECT_THAT(Versions().add(kSquare, 0, 1).add(kSquare, 1, 2).trace(false).track_slot, ElementsAre(0U, 0U));
  EXPECT_THAT(Versions().add(kSquare, 0, 1).add(kFarAway, 1, 2).trace().track_slot, ElementsAre(0U, 0U));
}

TEST(Tracks, OnePolygonGoesOnAsOneOnly) {
  const TracedTracks split = Versions().add(kSquare, 0, 1).add(kSquare, 1, 2).add(kDented, 1, 2).trace();
  EXPECT_THAT(split.track_slot, SizeIs(2));
  const TracedTracks merged = Versions().add(kSquare, 0, 1).add(kDented, 0, 1).add(kSquare, 1, 2).trace();
  EXPECT_THAT(merged.track_slot, SizeIs(2));
}

TEST(Tracks, RingsKeepTheirPartInThePolygon) {
  const TracedTracks traced = Versions().add(kSquare, 0, 1).add(kPierced, 1, 2).add(kPierced, 2, 3).trace();
  EXPECT_THAT(traced.track_slot, SizeIs(1));
  ASSERT_THAT(traced.labels, SizeIs(2));
  EXPECT_EQ(traced.labels[0].is_first_ring, true);
  EXPECT_EQ(traced.labels[1].is_first_ring, false);
  // A hole never goes on as an outer ring, even where it is drawn alike.
  const TracedTracks filled =
      Versions().add(kPierced, 0, 1).add("POLYGON((1 1,1 2,2 2,2 1,1 1))", 1, 2).trace();
  EXPECT_THAT(filled.track_slot, SizeIs(2));
}

TEST(Tracks, TurnsAreThoseOfTheRingThen) {
  const TracedTracks traced = Versions()
                                  .add(kSquare, 0, 1)
                                  .add("POLYGON((0 0,0 4,4 4,4 0,0 0))", 1, 2)
                                  .add("POLYGON((0 0,4 4,4 0,0 4,0 0))", 2, 3)
                                  .trace();
  ASSERT_THAT(traced.rings, SizeIs(3));
  EXPECT_EQ(traced.rings[0].turn, 1);
  EXPECT_EQ(traced.rings[1].turn, -1);
  EXPECT_EQ(traced.rings[2].turn, 0);
}

TEST(Tracks, SeamIsCutAgainFromTheDayThatCrossesIt) {
  const char* near = "POLYGON((170 0,179 0,179 10,170 10,170 0))";
  const char* across = "POLYGON((170 0,-179 0,-179 10,170 10,170 0))";
  const TracedTracks traced = Versions().add(near, 0, 1).add(across, 1, 2).add(near, 2, 3).trace();
  ASSERT_THAT(traced.rings, SizeIs(3));
  EXPECT_FALSE(traced.rings[0].is_cut);
  EXPECT_TRUE(traced.rings[1].is_cut);
  EXPECT_FALSE(traced.rings[2].is_cut);
  for (const GridSegment& s : traced.segments.segments) EXPECT_LE(s.dx(), 10 * kGridUnitsPerDegree);
}

TEST(Tracks, UnreadableRingsAreRefusedWhereverTheyAre) {
  Ring ring = parse_wkt(kSquare).front().front();
  ring[2].lat = 91.0;
  SharedPolygon broken{SharedRing(ring)};
  const SharedPolygon good = SharedArea(parse_wkt(kSquare)).front();
  std::vector<PolygonVersion> versions(2);
  versions[0] = {&good, {}, 0, 0, 1, 0};
  versions[1] = {&broken, {}, 0, 1, 2, 0};
  EXPECT_THROW((void)trace_tracks(versions, {true}), InvalidData);
  broken.front() = SharedRing();
  EXPECT_THROW((void)trace_tracks(versions, {true}), InvalidData);
}

TEST(Tracks, RunsOfATrack) {
  const std::vector<LabelMeaning> labels{{0, true}, {0, false}, {0, false}};
  std::vector<TrackRun> runs;
  const auto read = [&](std::vector<WindingEvent> events) {
    runs_of_track(events, labels, runs);
    std::vector<std::pair<TimeIndex, TimeIndex>> out;
    for (const TrackRun& run : runs) out.emplace_back(run.from, run.to);
    return out;
  };
  EXPECT_THAT(read({{0, 1, 1}, {0, 4, -1}}), ElementsAre(std::pair(1U, 4U)));
  EXPECT_THAT(read({{0, 1, -2}, {0, 2, 1}, {0, 4, 1}}), ElementsAre(std::pair(1U, 4U)));
  EXPECT_THAT(read({{1, 1, 1}, {1, 4, -1}}), IsEmpty());
  EXPECT_THAT(read({{0, 1, 1}, {0, 9, -1}, {1, 2, 1}, {1, 4, -1}, {2, 3, -1}, {2, 6, 1}}),
              ElementsAre(std::pair(1U, 2U), std::pair(6U, 9U)));
}

// Of a polygon with many holes a face knows few: what is read must not depend on how far apart their labels
// are.
TEST(Tracks, RunsOfATrackOfManyRings) {
  std::vector<LabelMeaning> labels(70'000);
  for (LabelIndex label = 1; label < labels.size(); ++label) labels[label].is_first_ring = false;
  const std::vector<WindingEvent> events{{0, 1, 1},      {0, 9, -1},      {3, 2, 1},       {3, 5, -1},
                                         {69'998, 4, 1}, {69'998, 7, -1}, {69'999, 7, -1}, {69'999, 8, 1}};
  std::vector<TrackRun> runs;
  runs_of_track(events, labels, runs);
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(std::pair(runs[0].from, runs[0].to), std::pair(1U, 2U));
  EXPECT_EQ(std::pair(runs[1].from, runs[1].to), std::pair(8U, 9U));
}

}  // namespace
}  // namespace marchland
