// A composite that grew day by day is the one that is built at once: every number, after every day.
#include <marchland/analysis/growing_answers.h>

#include <tests/composite_equality.h>
#include <tests/laws/generators.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

namespace marchland::testing_laws {
namespace {

using testing_fixtures::day;
using testing_fixtures::first_difference;

/// Slots that cover, by name, and how much.
std::map<std::string, AreaUnits> named(const std::vector<CoveredArea>& areas, const Composite& composite) {
  std::map<std::string, AreaUnits> out;
  for (const CoveredArea& covered : areas) {
    std::vector<std::string> names;
    for (const CoveringSlot& covering : covered.slots) {
      const auto found = std::find(composite.slots().begin(), composite.slots().end(), covering.slot);
      names.push_back(
          testing_fixtures::slot_name(composite, static_cast<SlotIndex>(found - composite.slots().begin())));
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    out[fmt::format("{}", fmt::join(names, "+"))] += covered.area;
  }
  return out;
}

std::map<std::string, AreaUnits> without_zeros(std::map<std::string, AreaUnits> areas) {
  std::erase_if(areas, [](const auto& entry) { return entry.second == 0; });
  return areas;
}

/// What passed, face by face, from coverages of the composite.
std::vector<CoveredPassage> passages_of(const Composite& composite, Instant from, Instant to) {
  using Covering = std::vector<CoveringSlot>;
  std::map<std::pair<Covering, Covering>, AreaUnits> sums;
  for (FaceIndex f = 1; f < composite.plane().face_count(); ++f) {
    const auto slots = [&](Instant at) {
      const TimeIndex epoch = composite.times().epoch_of(at);
      Covering out;
      for (std::size_t g = 0; g < kLabelGroups; ++g) {
        const auto group = static_cast<LabelGroup>(g);
        for (const CoverageRun& run : composite.runs(group, composite.coverage(f, group))) {
          if (epoch < run.from || run.to <= epoch) continue;
          const Slot& slot = composite.slots()[run.slot];
          const bool is_event =
              slot.layer.is_valid() && composite.atlas()[slot.layer].mode == LayerMode::event;
          out.push_back({slot, is_event ? composite.times()[run.from] : Interval().from()});
        }
      }
      std::sort(out.begin(), out.end());
      return out;
    };
    auto before = slots(from);
    auto after = slots(to);
    if (before != after) sums[{std::move(before), std::move(after)}] += composite.areas()[f];
  }
  std::vector<CoveredPassage> out;
  for (const auto& [slots, area] : sums) {
    if (area != 0) out.push_back({slots.first, slots.second, area});
  }
  return out;
}

/// Who holds what, face by face.
void expect_same_holders(const GrowingComposite& growing, const Composite& built, Instant before,
                         Instant now) {
  for (const Theme theme : {Theme::control, Theme::claim}) {
    const HolderOptions options{theme, SourceRule::all, {}};
    const Holders holders(built, options);
    const auto set = [&](FaceIndex face, Instant at) {
      const auto actors =
          holders.actors(holders.at(built.coverage(face, holders.group()), built.times().epoch_of(at)));
      std::vector<ActorId> sorted(actors.begin(), actors.end());
      std::sort(sorted.begin(), sorted.end());
      return sorted;
    };
    std::map<std::vector<ActorId>, AreaUnits> held;
    std::map<std::pair<std::vector<ActorId>, std::vector<ActorId>>, AreaUnits> passed;
    for (FaceIndex f = 1; f < built.plane().face_count(); ++f) {
      held[set(f, now)] += built.areas()[f];
      if (set(f, before) != set(f, now)) passed[{set(f, before), set(f, now)}] += built.areas()[f];
    }
    std::vector<HeldArea> areas;
    for (const auto& [actors, area] : held) {
      if (!actors.empty() && area != 0) areas.push_back({actors, area});
    }
    std::vector<HeldPassage> passages;
    for (const auto& [actors, area] : passed) {
      if (area != 0) passages.push_back({actors.first, actors.second, area});
    }
    ASSERT_EQ(held_areas(growing, now, options), areas);
    ASSERT_EQ(held_passages(growing, before, now, options), passages);
  }
}

void expect_same(const GrowingComposite& growing, Instant before, Instant now) {
  const Composite built = build_composite(growing.atlas());
  ASSERT_EQ(first_difference(growing.freeze(), built), "");
  ASSERT_EQ(growing.residual(), 0);
  ASSERT_EQ(growing.face_count(), built.plane().face_count());
  for (const Instant at : {before, now}) {
    ASSERT_EQ(named(growing.areas_at(at), built), without_zeros(testing_fixtures::areas_at(built, at)));
  }
  ASSERT_EQ(growing.passages(before, now), passages_of(built, before, now));
  ASSERT_NO_FATAL_FAILURE(expect_same_holders(growing, built, before, now));
}

/// The statements of a day that follows another: mostly the same, here and there a vertex moved, a polygon, a
/// hole or a statement come or gone, a ring turned or begun elsewhere.
class Days {
 public:
  Days(Random& random, Ground ground, std::int64_t side)
      : random_(random), generator_(random, ground, side) {}

  std::vector<Statement> next(const std::vector<Statement>& yesterday, LayerId layer, std::size_t actors) {
    if (random_() % 12 == 0) return {};
    std::vector<Statement> today = yesterday;
    if (random_() % 12 == 0) return today;
    for (Statement& s : today) {
      if (random_() % 3 != 0) continue;
      MultiPolygon area = s.area.polygons();
      change(area);
      s.area = area;
    }
    std::erase_if(today, [&](const Statement& s) { return s.area.empty() || random_() % 16 == 0; });
    while (today.empty() || random_() % 6 == 0) {
      Statement& fresh = today.emplace_back();
      fresh.layer = layer;
      fresh.actor = ActorId(1 + random_() % actors);
      fresh.area = generator_.area();
    }
    if (random_() % 6 == 0) std::swap(today.front(), today.back());
    return today;
  }

 private:
  void change(MultiPolygon& area) {
    switch (random_() % 6) {
      case 0:
        area.push_back(generator_.polygon());
        return;
      case 1:
        area.erase(area.begin() + static_cast<std::ptrdiff_t>(random_() % area.size()));
        return;
      case 2:
        area.front().push_back(generator_.ring());
        return;
      case 3:
        if (area.front().size() > 1) area.front().pop_back();
        return;
      default:
        change(area[random_() % area.size()].front());
    }
  }
  void change(Ring& ring) {
    ring.pop_back();
    const auto at = static_cast<std::ptrdiff_t>(random_() % ring.size());
    switch (random_() % 5) {
      case 0:
        std::reverse(ring.begin(), ring.end());
        break;
      case 1:
        std::rotate(ring.begin(), ring.begin() + at, ring.end());
        break;
      case 2:
        if (ring.size() > 3) ring.erase(ring.begin() + at);
        break;
      case 3:
        ring.insert(ring.begin() + at, generator_.ring().front());
        break;
      default:
        ring[static_cast<std::size_t>(at)] = generator_.ring().front();
    }
    ring.push_back(ring.front());
  }

  Random& random_;
  Generator generator_;
};

/// An atlas of two snapshot layers at one date, beside others that stay as they are.
AtlasBuilder first_day(Random& random, Ground ground, std::int64_t side) {
  AtlasBuilder builder;
  for (const char* id : {"a", "b", "c"}) builder.actor(id);
  builder.layer("daily", LayerMode::snapshot);
  builder.layer("other", LayerMode::snapshot, random() % 2 == 0 ? Theme::control : Theme::claim);
  builder.layer("fixed");
  builder.layer("events", LayerMode::event);
  Generator generator(random, ground, side);
  for (const char* layer : {"daily", "other"}) {
    for (int i = 0; i < 2; ++i)
      builder.say(layer, i == 0 ? "a" : "b", generator.area(), Interval::since(day(0)));
  }
  // Ends at a date that is added later, and after all of them.
  builder.say("fixed", "c", generator.area(), testing_fixtures::days(0, 2));
  builder.say("fixed", "a", generator.area(), testing_fixtures::days(1, 100));
  builder.say("events", "b", generator.area(), Interval::since(day(0)));
  builder.say("events", "c", generator.area(), Interval::since(day(1)));
  if (random() % 2 == 0) {
    builder.atlas.regions.emplace_back().id = "r";
    builder.atlas.regions.back().area = generator.area();
  }
  return builder;
}

std::vector<Statement> open_statements(const Atlas& atlas, LayerId layer) {
  std::vector<Statement> out;
  for (const Statement& s : atlas.statements) {
    if (s.layer == layer && !s.validity.has_to()) out.push_back(s);
  }
  return out;
}

void grow(Random& random, Ground ground, std::int64_t side, int count) {
  AtlasBuilder builder = first_day(random, ground, side);
  GrowingComposite growing(builder.atlas);
  expect_same(growing, day(-1), day(0));
  Days days(random, ground, side);
  std::array<std::vector<Statement>, 2> yesterday{open_statements(growing.atlas(), LayerId(0)),
                                                  open_statements(growing.atlas(), LayerId(1))};
  std::size_t ids = 0;
  for (int d = 1; d <= count; ++d) {
    for (std::size_t l = 0; l < 2; ++l) {
      // The other layer has no state of some days.
      if (l == 1 && random() % 3 == 0) continue;
      std::vector<Statement> today = days.next(yesterday[l], LayerId(l), 3);
      for (Statement& s : today) {
        s.id = fmt::format("new {}", ++ids);
        s.validity = Interval::since(day(d));
      }
      if (!today.empty()) yesterday[l] = today;
      growing.append(LayerId(l), day(d), std::move(today));
      ASSERT_NO_FATAL_FAILURE(expect_same(growing, day(d - 1), day(d))) << "day " << d << ", layer " << l;
    }
  }
  // Only these grounds have the antimeridian.
  if (ground != Ground::box && ground != Ground::globe) {
    ASSERT_EQ(growing.rebuilds(), 0U);
  }
}

TEST(GrowingLaws, ACompositeThatGrewIsTheOneThatIsBuiltAtOnce) {
  constexpr std::array kGrounds{Ground::units, Ground::fields, Ground::odd};
  for (int i = 0; i < cases(240); ++i) {
    const std::uint64_t seed = seed_of(7100) + static_cast<std::uint64_t>(i);
    Random random(seed);
    // Where little coincides there are islands, in faces and in one another.
    const std::int64_t side = i % 2 == 0 ? 5 : 40;
    const Ground ground = kGrounds[static_cast<std::size_t>(i) % kGrounds.size()];
    ASSERT_NO_FATAL_FAILURE(grow(random, ground, side, 6)) << "seed " << seed;
  }
}

/// Many small islands, frames around some of them, and walls that divide what frames enclose: each a polygon
/// that comes one day and goes another.
class Archipelago {
 public:
  explicit Archipelago(Random& random) : random_(random) {}

  MultiPolygon next(MultiPolygon area) {
    for (int i = 0; i < 4 && !area.empty(); ++i) {
      if (random_() % 2 == 0) area.erase(area.begin() + static_cast<std::ptrdiff_t>(random_() % area.size()));
    }
    for (std::int64_t i = draw(random_, 1, 5); i > 0; --i) area.push_back(polygon());
    return area;
  }

 private:
  Polygon polygon() {
    switch (random_() % 4) {
      case 0: {  // a frame
        const std::int64_t x = draw(random_, 0, 30);
        const std::int64_t y = draw(random_, 0, 30);
        const std::int64_t size = draw(random_, 8, 30);
        return {box(x, y, x + size, y + size), box(x + 1, y + 1, x + size - 1, y + size - 1)};
      }
      case 1: {  // a wall
        const std::int64_t x = draw(random_, 0, 60);
        const std::int64_t y = draw(random_, 0, 60);
        const std::int64_t length = draw(random_, 10, 40);
        return random_() % 2 == 0 ? Polygon{box(x, y, x + length, y + 1)}
                                  : Polygon{box(x, y, x + 1, y + length)};
      }
      default: {
        const std::int64_t x = draw(random_, 0, 60);
        const std::int64_t y = draw(random_, 0, 60);
        return {box(x, y, x + draw(random_, 1, 2), y + draw(random_, 1, 2))};
      }
    }
  }
  static Ring box(std::int64_t x0, std::int64_t y0, std::int64_t x1, std::int64_t y1) {
    const auto at = [](std::int64_t x, std::int64_t y) {
      return from_grid(440000000 + 1000000 * x, 390000000 + 1000000 * y);
    };
    return {at(x0, y0), at(x1, y0), at(x1, y1), at(x0, y1), at(x0, y0)};
  }

  Random& random_;
};

TEST(GrowingLaws, ComponentsThatAreEnclosedAndDividedFromOneAnotherKeepTheirFaces) {
  for (int i = 0; i < cases(60); ++i) {
    const std::uint64_t seed = seed_of(7700) + static_cast<std::uint64_t>(i);
    Random random(seed);
    Archipelago archipelago(random);
    AtlasBuilder builder;
    builder.actor("a");
    const LayerId daily = builder.layer("daily", LayerMode::snapshot);
    builder.say("daily", "a", archipelago.next({}), Interval::since(day(0)));
    GrowingComposite growing(builder.atlas);
    for (int d = 1; d <= 12; ++d) {
      Statement today = growing.atlas().statements.back();
      today.id = fmt::format("day {}", d);
      today.validity = Interval::since(day(d));
      today.area = archipelago.next(today.area.polygons());
      growing.append(daily, day(d), {today});
      ASSERT_NO_FATAL_FAILURE(expect_same(growing, day(d - 1), day(d))) << "seed " << seed << ", day " << d;
    }
    ASSERT_EQ(growing.rebuilds(), 0U);
  }
}

TEST(GrowingLaws, WhereTheAntimeridianIsReachedAllIsBuiltAnew) {
  for (int i = 0; i < cases(6); ++i) {
    const std::uint64_t seed = seed_of(7600) + static_cast<std::uint64_t>(i);
    Random random(seed);
    ASSERT_NO_FATAL_FAILURE(grow(random, i % 2 == 0 ? Ground::box : Ground::globe, 5, 2)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace marchland::testing_laws
