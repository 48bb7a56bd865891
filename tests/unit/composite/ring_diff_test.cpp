#include <marchland/composite/ring_diff.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <utility>

namespace marchland {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Ring ring_of(std::initializer_list<int> places) {
  Ring ring;
  for (const int p : places) ring.push_back({static_cast<double>(p), static_cast<double>(p % 7)});
  return ring;
}

RingDiff diff(const Ring& before, const Ring& after) {
  RingDiff out;
  diff_rings(before, after, out);
  return out;
}

/// Of the same rings, held by stretches.
RingDiff diff_shared(const Ring& before, const Ring& after) {
  SharedRings shared;
  const SharedRing first = shared.share(before);
  RingDiff out;
  diff_rings(first, shared.share(after), out);
  return out;
}

std::size_t opened(const RingDiff& diff) {
  std::size_t count = 0;
  for (const SegmentRange& range : diff.opened) count += range.end - range.begin;
  return count;
}

/// Directed segments with how often the later ring has them more than the earlier one.
std::map<std::pair<Position, Position>, int> difference(const Ring& before, const Ring& after) {
  std::map<std::pair<Position, Position>, int> count;
  for (std::size_t i = 0; i + 1 < after.size(); ++i) ++count[{after[i], after[i + 1]}];
  for (std::size_t i = 0; i + 1 < before.size(); ++i) --count[{before[i], before[i + 1]}];
  std::erase_if(count, [](const auto& entry) { return entry.second == 0; });
  return count;
}
std::map<std::pair<Position, Position>, int> difference_found(const RingDiff& found, const Ring& before,
                                                              const Ring& after) {
  std::map<std::pair<Position, Position>, int> count;
  for (const SegmentRange& range : found.opened) {
    for (std::uint32_t i = range.begin; i < range.end; ++i) ++count[{after[i], after[i + 1]}];
  }
  for (const SegmentRange& range : found.closed) {
    for (std::uint32_t i = range.begin; i < range.end; ++i) --count[{before[i], before[i + 1]}];
  }
  std::erase_if(count, [](const auto& entry) { return entry.second == 0; });
  return count;
}

TEST(RingDiff, EqualRingsDoNotDiffer) {
  const Ring ring = ring_of({1, 2, 3, 4, 1});
  EXPECT_THAT(diff(ring, ring).closed, IsEmpty());
  EXPECT_THAT(diff(ring, ring).opened, IsEmpty());
  // Nor do those that begin elsewhere.
  const RingDiff turned = diff(ring, ring_of({3, 4, 1, 2, 3}));
  EXPECT_THAT(turned.closed, IsEmpty());
  EXPECT_THAT(turned.opened, IsEmpty());
}

TEST(RingDiff, OneVertexMoved) {
  const RingDiff found = diff(ring_of({1, 2, 3, 4, 5, 1}), ring_of({1, 2, 9, 4, 5, 1}));
  EXPECT_THAT(found.closed, ElementsAre(SegmentRange{1, 3}));
  EXPECT_THAT(found.opened, ElementsAre(SegmentRange{1, 3}));
}

TEST(RingDiff, VerticesInsertedAndRemoved) {
  const Ring few = ring_of({1, 2, 3, 4, 5, 1});
  const Ring more = ring_of({1, 2, 8, 9, 3, 4, 5, 1});
  EXPECT_THAT(diff(few, more).closed, ElementsAre(SegmentRange{1, 2}));
  EXPECT_THAT(diff(few, more).opened, ElementsAre(SegmentRange{1, 4}));
  EXPECT_THAT(diff(more, few).closed, ElementsAre(SegmentRange{1, 4}));
  EXPECT_THAT(diff(more, few).opened, ElementsAre(SegmentRange{1, 2}));
}

TEST(RingDiff, FirstVertexMoved) {
  const RingDiff found = diff(ring_of({1, 2, 3, 4, 5, 1}), ring_of({9, 2, 3, 4, 5, 9}));
  EXPECT_THAT(found.closed, ElementsAre(SegmentRange{4, 5}, SegmentRange{0, 1}));
  EXPECT_THAT(found.opened, ElementsAre(SegmentRange{4, 5}, SegmentRange{0, 1}));
}

TEST(RingDiff, NothingInCommon) {
  const RingDiff found = diff(ring_of({1, 2, 3, 1}), ring_of({4, 5, 6, 7, 4}));
  EXPECT_THAT(found.closed, ElementsAre(SegmentRange{0, 3}));
  EXPECT_THAT(found.opened, ElementsAre(SegmentRange{0, 4}));
}

TEST(RingDiff, OfRingsHeldByStretchesOnlyWhatDiffersIsNamed) {
  std::mt19937 random(5);
  Ring before;
  for (int i = 0; i < 2000; ++i)
    before.push_back({static_cast<double>(random() % 1'000'000), static_cast<double>(i)});
  before.push_back(before.front());
  Ring after = before;
  after[700].lon += 0.5;
  after.insert(after.begin() + 1200, {0.5, 0.5});
  after.erase(after.begin() + 1800);
  const RingDiff found = diff_shared(before, after);
  EXPECT_THAT(found.closed,
              ElementsAre(SegmentRange{699, 701}, SegmentRange{1199, 1200}, SegmentRange{1798, 1800}));
  EXPECT_THAT(found.opened,
              ElementsAre(SegmentRange{699, 701}, SegmentRange{1199, 1201}, SegmentRange{1799, 1800}));
  EXPECT_THAT(diff_shared(before, before).opened, IsEmpty());
  // At the ends of the ring, and where nothing is left of it but its beginning.
  const Ring short_ring{before.front(), before[1], before[2], before.front()};
  EXPECT_EQ(difference_found(diff_shared(before, short_ring), before, short_ring),
            difference(before, short_ring));
  EXPECT_EQ(difference_found(diff_shared(short_ring, before), short_ring, before),
            difference(short_ring, before));
}

TEST(RingDiff, WhatIsNamedAddsUpToTheDifference) {
  constexpr unsigned kSeed = 7;
  std::mt19937 random(kSeed);
  const auto draw = [&](int low, int high) {
    return low + static_cast<int>(random() % static_cast<unsigned>(high - low + 1));
  };
  std::size_t named = 0;
  std::size_t named_by_stretch = 0;
  std::size_t all = 0;
  for (int i = 0; i < 3000; ++i) {
    // Few different places, so that rings pass them more than once.
    const int places = draw(3, i % 3 == 0 ? 8 : 400);
    Ring before;
    for (int k = draw(3, 300); k > 0; --k) {
      const int p = draw(0, places);
      before.push_back({static_cast<double>(p), static_cast<double>(p % 3)});
    }
    Ring after = before;
    for (int k = draw(0, 4); k > 0 && after.size() > 3; --k) {
      const auto at = after.begin() + draw(0, static_cast<int>(after.size()) - 2);
      const int p = draw(0, places);
      switch (draw(0, 3)) {
        case 0:
          *at = {static_cast<double>(p), static_cast<double>(p % 3)};
          break;
        case 1:
          after.insert(at, {static_cast<double>(p), static_cast<double>(p % 3)});
          break;
        case 2:
          after.erase(at, std::min(at + draw(1, 80), after.end() - 1));
          break;
        default:
          std::rotate(after.begin(), at, after.end());
          break;
      }
    }
    before.push_back(before.front());
    after.push_back(after.front());
    const auto expected = difference(before, after);
    ASSERT_EQ(difference_found(diff(before, after), before, after), expected)
        << "seed " << kSeed << ", case " << i;
    const RingDiff by_stretch = diff_shared(before, after);
    ASSERT_EQ(difference_found(by_stretch, before, after), expected) << "seed " << kSeed << ", case " << i;
    named += opened(diff(before, after));
    named_by_stretch += opened(by_stretch);
    all += after.size() - 1;
  }
  // It is also meant to save work.
  EXPECT_LT(named * 3, all);
  EXPECT_LT(named_by_stretch * 3, all);
}

}  // namespace
}  // namespace marchland
