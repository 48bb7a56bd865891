// A composite read from its file is the composite that was written, and a damaged file is said to be one.
#include <marchland/analysis/changes.h>
#include <marchland/io/detail/composite_records.h>
#include <marchland/io/detail/sqlite.h>
#include <marchland/io/read_composite.h>
#include <marchland/io/write_composite.h>

#include <tests/composite_fixtures.h>
#include <tests/laws/generators.h>
#include <tests/unit/io/io_fixture.h>

namespace marchland {
namespace {

using namespace testing_fixtures;
using test::error_of;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

/// Everything that can be declared, ground over the seam and about a pole, events, contested ground.
Atlas rich_atlas() {
  AtlasBuilder builder;
  Atlas& atlas = builder.atlas;
  atlas.id = "rich";
  atlas.title = "Rich \"quoted\"";
  atlas.disclaimer = "drawn";
  atlas.attribution = "us";
  atlas.checksum = "abc";
  atlas.manifest = "[atlas]\n";
  atlas.files = {{"atlas.toml", "00"}, {"x\xff.geojson", "11"}};
  atlas.days = {std::chrono::minutes(240), std::chrono::minutes(60)};
  atlas.rule = SourceRule::majority;
  atlas.periods.push_back({"war", "The war", days(1, 2), false});
  atlas.places.push_back({"Town", {"Stadt"}, Lon(1.5), Lat(0.5)});
  atlas.sources.front() = {"s",    "S",        "who",        "CC0-1.0",    "link", "1999",
                           "note", Meters(50), Meters(2000), Meters(-2.5), 3,      Visibility::internal};
  Source& exact = atlas.sources.emplace_back();
  exact.id = "exact";
  exact.sigma = Meters(0);
  atlas.findings.push_back(
      {"x", Severity::info, "1", "", GeoLocation{Lon(1.25), Lat(2)}, "found on reading"});
  static_cast<void>(builder.actor("a"));
  atlas.actors.back().names = {{"de", "Ah"}};
  atlas.actors.back().color = "#123456";
  atlas.actors.back().groups.push_back({"allies", Interval::since(day(1))});
  static_cast<void>(builder.layer("daily", LayerMode::snapshot));
  atlas.layers.back().dates = {day(0), day(1)};
  static_cast<void>(builder.layer("moves", LayerMode::event));
  static_cast<void>(builder.layer("claims", LayerMode::interval, Theme::claim));
  atlas.layers.back().rings.pole_side = PoleSide::north;
  builder.say("daily", "a", box_wkt(0, 0, 2, 1), days(0, 1))
      .say("daily", "a", box_wkt(0, 0, 1, 1), Interval::since(day(1)))
      .say("daily", "b", "POLYGON((1 0,3 0,1 1,3 1,1 0))", days(0, 3))
      .say("moves", "b", box_wkt(0.5, 0.25, 1.5, 0.75), Interval::since(day(2)), 7)
      .say("claims", "b", "POLYGON((170 -10,-170 -10,-170 10,170 10,170 -10))")
      .say("claims", "a", "POLYGON((0 80,120 80,-120 80,0 80))", Interval::until(day(5)));
  atlas.statements.front().note = "a note";
  atlas.statements.front().origin = "x.geojson, feature 1";
  atlas.statements.front().certainty = Certainty::reported;
  atlas.statements.front().basis = Basis::surveyed;
  Statement& doubted = atlas.statements.back();
  doubted.doubt = {{Interval().from(), day(7)}, {Interval().from(), day(4)}};
  doubted.accuracy = Accuracy{std::nullopt, Meters(0.1), Meters(-3)};
  doubted.cites = {SourceId(1), SourceId(0)};
  doubted.recorded = day(9);
  doubted.author = "an editor";
  doubted.state = State::reviewed;
  Statement& event = atlas.statements[3];
  event.doubt = doubt_between({day(2), Interval().from(), day(3)}, FuzzyInstant::exactly(Interval().to()));
  event.visibility = Visibility::internal;
  atlas.layers.front().doubtful_dates = {{day(1), day(0), day(2)}};
  builder.region("r", box_wkt(-1, -1, 1, 2));
  atlas.regions.back().name = "R";
  atlas.regions.back().code = "R1";
  atlas.study_area = parse_wkt(box_wkt(-5, -5, 5, 5));
  return atlas;
}

std::string describe_all(const Composite& c) {
  const Atlas& atlas = c.atlas();
  std::string out =
      fmt::format("{}|{}|{}|{}|{}|{}|{}|{}|{}|{}\n", atlas.id, atlas.title, atlas.disclaimer,
                  atlas.attribution, atlas.checksum, atlas.manifest, atlas.days.utc_offset.count(),
                  atlas.days.day_starts.count(), static_cast<int>(atlas.rule), c.plane().table().occurrences);
  const auto when = [](const Interval& i) {
    return fmt::format("[{},{})", i.from().time_since_epoch().count(), i.to().time_since_epoch().count());
  };
  const auto accuracy = [](const Accuracy& a) {
    return fmt::format("{} {} {}", a.sigma ? fmt::format("{}", a.sigma->value()) : "none",
                       a.correlation.value(), a.bias.value());
  };
  for (const Actor& a : atlas.actors) {
    out += fmt::format("actor {} {} {} {}", a.id, a.name, a.color, fmt::join(a.names, ","));
    for (const GroupMembership& g : a.groups) out += g.group + when(g.when);
    out += "\n";
  }
  for (const Source& s : atlas.sources)
    out += fmt::format("source {} {} {} {} {} {} {} {} {} {}\n", s.id, s.title, s.author, s.licence, s.url,
                       s.date, s.note, accuracy(s.accuracy()), s.priority, to_string(s.visibility));
  for (const Period& p : atlas.periods)
    out += fmt::format("period {} {} {} {}\n", p.id, p.title, when(p.when), p.is_instant);
  for (const Region& r : atlas.regions)
    out += fmt::format("region {} {} {} {}\n", r.id, r.name, r.code, r.edition);
  for (const Place& p : atlas.places)
    out += fmt::format("place {} {} {} {}\n", p.name, fmt::join(p.other_names, ","), p.lon.value(),
                       p.lat.value());
  for (const Layer& l : atlas.layers) {
    out += fmt::format("layer {} {} {} {} {} {}", l.id, l.source.index(), to_string(l.theme),
                       to_string(l.mode), l.rings.is_literal, static_cast<int>(l.rings.pole_side));
    for (const Instant date : l.dates) out += fmt::format(" {}", date.time_since_epoch().count());
    for (const FuzzyInstant& date : l.doubtful_dates)
      out += " in doubt " + when({date.earliest, date.latest}) + when(Interval::since(date.nominal));
    out += "\n";
  }
  for (const Statement& s : atlas.statements) {
    if (s.doubt) out += "possible " + when(s.doubt->possible) + " certain " + when(s.doubt->certain) + " ";
    if (s.accuracy) out += "accuracy " + accuracy(*s.accuracy) + " ";
    for (const SourceId source : s.cites) out += fmt::format("cites {} ", source.index());
    if (s.recorded) out += fmt::format("recorded {} ", s.recorded->time_since_epoch().count());
    out += fmt::format("by '{}' for {} not {} {} {} ", s.author, fmt::join(s.supersedes, ","),
                       fmt::join(s.retracts, ","), to_string(s.state), to_string(s.visibility));
    out += fmt::format("statement {} {} {} {} {} {} {} {} {}\n", s.id, s.layer.index(), s.actor.index(),
                       when(s.validity), s.seq, to_string(s.basis), to_string(s.certainty), s.note, s.origin);
  }
  for (const Slot& slot : c.slots()) out += fmt::format("slot variant {}\n", slot.variant);
  for (const Finding& f : c.findings())
    out += fmt::format("finding {} {} {} {} {} {} {}\n", f.code, to_string(f.severity), f.statement, f.at,
                       f.location ? f.location->lon.value() : 999, f.location ? f.location->lat.value() : 999,
                       f.text);
  for (const Certificate& proof : c.certificates())
    out += fmt::format("certificate {} {} {}\n", proof.name, to_string(proof.residual), proof.states);
  for (FaceIndex f = 0; f < c.plane().face_count(); ++f)
    out += fmt::format("face {} {} {}\n", f, to_string(c.areas()[f]), coverage_name(c, f));
  for (EdgeIndex e = 0; e < c.plane().edges().size(); ++e) {
    const Edge& edge = c.plane().edges()[e];
    out += fmt::format("edge {} {} {} {} {} {}\n", e, edge.u, edge.v, edge.segment, c.plane().face(2 * e),
                       c.plane().face(2 * e + 1));
    for (const WindingEvent& event : c.plane().events_of(e))
      out += fmt::format("  {} {} {}\n", event.label, event.time, event.change);
  }
  return out;
}

class CompositeFile : public test::IoTest {
 protected:
  std::string write_file_of(const Composite& composite, const std::string& name = "c.gpkg") const {
    return write_composite(path(name), composite, {}, provenance(composite.atlas(), "lonlat"),
                           Existing::overwrite);
  }
  /// Runs SQL on a file written before.
  void damage(const std::string& sql) const {
    detail::SqliteDatabase db(path("c.gpkg"), "c.gpkg", detail::SqliteDatabase::Mode::write);
    db.run(sql);
    db.close();
  }
  /// And states the hash of the rows as they are then, as a program that writes such files would.
  void damage_and_sign(const std::string& sql) const {
    damage(sql);
    std::string hash;
    {
      const detail::SqliteDatabase db(path("c.gpkg"), "c.gpkg", detail::SqliteDatabase::Mode::read);
      hash = detail::hash_rows(db, detail::kLoadedRows);
    }
    damage("UPDATE marchland_meta SET value = '" + hash + "' WHERE key = 'loaded_rows_sha256'");
  }
  [[nodiscard]] std::string loading_error(Load load = Load::with_areas) const {
    return error_of([&] { static_cast<void>(read_composite(path("c.gpkg"), load)); });
  }
};

TEST_F(CompositeFile, ComesBackWhole) {
  const Composite built = build_composite(rich_atlas());
  const std::string content = write_file_of(built);
  const Composite loaded = read_composite(path("c.gpkg"));
  std::string expected = describe_all(built);
  EXPECT_EQ(describe_all(loaded), expected);
  EXPECT_EQ(content_hash(loaded), content);
  EXPECT_EQ(stated_content_hash(path("c.gpkg")), content);
  EXPECT_TRUE(is_composite_file(path("c.gpkg")));
  // A name that is no UTF-8 is the one thing that JSON cannot hold.
  EXPECT_EQ(loaded.atlas().files.back().name, "x\xEF\xBF\xBD.geojson");
  for (const Statement& s : loaded.atlas().statements) EXPECT_TRUE(s.area.empty());

  const Atlas again = read_composite(path("c.gpkg"), Load::with_areas).atlas();
  const Atlas& first = built.atlas();
  for (std::size_t i = 0; i < first.statements.size(); ++i)
    EXPECT_EQ(again.statements[i].area, first.statements[i].area);
  EXPECT_EQ(again.regions.front().area, first.regions.front().area);
  EXPECT_EQ(again.study_area, first.study_area);
  EXPECT_EQ(content_hash(build_composite(again)), content);
}

TEST_F(CompositeFile, OtherMethodsMeasureWhatWasLoadedAlike) {
  const Composite built = build_composite(rich_atlas());
  write_file_of(built);
  const Composite loaded = read_composite(path("c.gpkg"));
  for (const char* method : {"geodesic", "sphere:6371008.8,arcs", "crs:EPSG:6933"}) {
    const AreaMethod how = AreaMethod::parse(method);
    EXPECT_EQ(measure_faces(loaded, how).area, measure_faces(built, how).area) << method;
  }
}

TEST_F(CompositeFile, RandomHostileAtlasesComeBack) {
  using namespace testing_laws;
  for (std::uint64_t i = 0; i < 24; ++i) {
    Random random(4000 + i);
    const Ground ground = kTurns[i % kTurns.size()];
    AtlasBuilder builder = random_atlas(random, ground, 7);
    add_doubt(random, builder.atlas);
    const Composite built = builder.build();
    const std::string content = write_file_of(built);
    const Composite loaded = read_composite(path("c.gpkg"), Load::with_areas);
    EXPECT_EQ(describe_all(loaded), describe_all(built)) << describe(builder.atlas);
    EXPECT_EQ(content_hash(build_composite(loaded.atlas())), content);
  }
}

TEST_F(CompositeFile, TheLedgerOfHarmonisingComesBackAndLinesAsGiven) {
  AtlasBuilder builder;
  builder.atlas.harmonise = Meters(200);
  builder.say("daily", "a", box_wkt(0, 0, 2, 1), days(0, 1))
      .say("daily", "b", box_wkt(2.001, 0, 4, 1), days(0, 1))
      .say("daily", "a", "POLYGON((0 0,2.0005 0,2.0005 1,0 1,0 0))", days(1, 2))
      .say("other", "b", "POLYGON((-1 0.0005,5 0.0005,5 2,-1 2,-1 0.0005))", days(2, 3));
  const Composite built = builder.build();
  ASSERT_FALSE(built.ledger().entries.empty());
  ASSERT_FALSE(built.ledger().statements.empty());
  EXPECT_EQ(built.atlas().statements[2].area, builder.atlas.statements[2].area);
  const std::string content = write_file_of(built);
  const Composite loaded = read_composite(path("c.gpkg"), Load::with_areas);
  const auto describe_ledger = [](const HarmoniseLedger& ledger) {
    std::string out = fmt::format("{} {}\n", ledger.epsilon.value(), ledger.rings_left_out);
    for (const LedgerEntry& e : ledger.entries)
      out += fmt::format("{} {} {} {} {} {} {} {} {} {}\n", static_cast<int>(e.kind), e.statement, e.polygon,
                         e.ring, e.vertex, e.from.x, e.from.y, e.to.x, e.to.y, e.distance.value());
    for (const StatementEffect& e : ledger.statements)
      out += fmt::format("{} {} {} {} {}\n", e.statement, to_string(e.area), e.moved, e.inserted, e.dropped);
    return out;
  };
  EXPECT_EQ(describe_ledger(loaded.ledger()), describe_ledger(built.ledger()));
  EXPECT_EQ(describe_all(loaded), describe_all(built));
  // What is built from it again is harmonised again, from the lines as they were given.
  const Composite again = build_composite(loaded.atlas());
  EXPECT_EQ(content_hash(again), content);
  EXPECT_EQ(describe_ledger(again.ledger()), describe_ledger(built.ledger()));
}

TEST_F(CompositeFile, WithoutAreasItIsNotWrittenAgain) {
  write_file_of(build_composite(rich_atlas()));
  const Composite loaded = read_composite(path("c.gpkg"));
  EXPECT_EQ(
      error_of([&] { write_file_of(loaded, "d.gpkg"); }),
      "invalid argument: the composite was read without the areas of its statements; read it with them");
  EXPECT_EQ(listing(), std::vector<std::string>{"c.gpkg"});
  const Composite whole = read_composite(path("c.gpkg"), Load::with_areas);
  EXPECT_EQ(write_file_of(whole, "d.gpkg"), stated_content_hash(path("c.gpkg")));
}

TEST_F(CompositeFile, EveryMissingOrDamagedArrayIsNamed) {
  const Composite composite = build_composite(rich_atlas());
  for (const char* name : {"vertex",
                           "segment_ends",
                           "segment_event_offset",
                           "segment_event",
                           "cut_segment",
                           "cut_parent",
                           "crossing",
                           "segment_node_offset",
                           "segment_node",
                           "face_area",
                           "face_coverage",
                           "coverage_size_0",
                           "coverage_run_0",
                           "instant",
                           "slot",
                           "position",
                           "ring_position",
                           "ring_size",
                           "polygon_ring_count",
                           "area_polygon_count"}) {
    write_file_of(composite);
    damage(fmt::format("DELETE FROM marchland_array WHERE name = '{}'", name));
    EXPECT_EQ(
        loading_error(),
        fmt::format(
            "invalid data: {}: table marchland_array: '{}' is missing; the file is damaged: build it anew",
            path("c.gpkg"), name));
    write_file_of(composite);
    damage(fmt::format(
        "UPDATE marchland_array SET zstd = substr(zstd, 1, length(zstd) - 3) WHERE name = '{}'", name));
    EXPECT_THAT(loading_error(),
                AllOf(StartsWith("invalid data: "), HasSubstr(name), HasSubstr("build it anew")));
    write_file_of(composite);
    damage(fmt::format("UPDATE marchland_array SET byte_count = byte_count + 1 WHERE name = '{}'", name));
    EXPECT_THAT(loading_error(),
                AllOf(StartsWith("invalid data: "), HasSubstr(name), HasSubstr("build it anew")));
  }
}

TEST_F(CompositeFile, WhatIsNoCompositeIsRefused) {
  EXPECT_THAT(loading_error(), StartsWith("failure: " + path("c.gpkg") + ": unable to open"));
  EXPECT_FALSE(is_composite_file(path("c.gpkg")));
  write("c.gpkg", "not a database, but long enough to be taken for one by its name alone");
  EXPECT_THAT(loading_error(),
              AllOf(StartsWith("invalid data: " + path("c.gpkg")), HasSubstr("no GeoPackage")));
  EXPECT_FALSE(is_composite_file(path("c.gpkg")));
  const Composite composite = build_composite(rich_atlas());
  write_file_of(composite);
  damage("UPDATE marchland_meta SET value = '1' WHERE key = 'schema'");
  EXPECT_EQ(loading_error(), "invalid data: " + path("c.gpkg") +
                                 ": is a composite of schema 1, this program reads schema 5; build it anew");
  EXPECT_TRUE(is_composite_file(path("c.gpkg")));
  write_file_of(composite);
  damage_and_sign("UPDATE marchland_meta SET value = '0123456789abcdef' WHERE key = 'face_numbering'");
  EXPECT_THAT(loading_error(), HasSubstr("numbered as another version of the program does"));
  write_file_of(composite);
  damage_and_sign("UPDATE marchland_statement SET actor = 'nobody-knows' WHERE id = 0");
  EXPECT_THAT(loading_error(), HasSubstr("statement '1' refers to what is not there"));
  write_file_of(composite);
  damage_and_sign("UPDATE marchland_meta SET value = '{' WHERE key = 'atlas'");
  EXPECT_THAT(loading_error(), AllOf(StartsWith("invalid data: "), HasSubstr("build it anew")));
  write_file_of(composite);
  damage("DROP TABLE marchland_meta");
  EXPECT_THAT(loading_error(), HasSubstr("is no composite (it has no table marchland_meta)"));
}

TEST_F(CompositeFile, RowsSayWhatWasStatedByWhom) {
  write_file_of(build_composite(rich_atlas()));
  detail::SqliteDatabase db(path("c.gpkg"), "c.gpkg", detail::SqliteDatabase::Mode::read);
  auto select = db.prepare(
      "SELECT statement, layer, actor, seq, basis, certainty, note, origin, valid_from, valid_to FROM "
      "marchland_statement WHERE id = 0");
  ASSERT_TRUE(select.step());
  std::vector<std::string> row;
  for (int i = 0; i < 10; ++i) row.emplace_back(select.text(i));
  EXPECT_THAT(row,
              testing::ElementsAre("1", "daily", "a", "0", "surveyed", "reported", "a note",
                                   "x.geojson, feature 1", "1970-01-01T00:00:00Z", "1970-01-02T00:00:00Z"));
}

// ---- appending

class Appending : public test::IoTest {
 protected:
  static std::string layer(const std::string& id, const std::string& mode, const std::string& files,
                           const std::string& from) {
    return fmt::format(
        "[[layer]]\nid = \"{}\"\nsource = \"s\"\ntheme = \"control\"\nmode = \"{}\"\nfiles = [\"{}\"]\n"
        "actor = {{field = \"h\"}}\nfrom = {}\n",
        id, mode, files, from);
  }
  void SetUp() override {
    IoTest::SetUp();
    write_manifest(layer("daily", "snapshot", "days/*.geojson", R"({pattern = "%Y%m%d"})") +
                   layer("moves", "event", "moves-*.geojson", R"({field = "d"})"));
  }
  [[nodiscard]] static std::string day_file(int left, int right) {
    return test::collection({test::feature(R"({"h":"a"})", test::polygon(test::square(left, 0))),
                             test::feature(R"({"h":"b"})", test::polygon(test::square(right, 0)))});
  }
  [[nodiscard]] static std::string move_file(const std::string& date, int lon) {
    return test::collection(
        {test::feature(fmt::format(R"({{"h":"b","d":"{}"}})", date), test::polygon(test::square(lon, 0)))});
  }
  [[nodiscard]] Atlas append(const Atlas& atlas, const std::vector<std::string>& names,
                             const std::string& to_layer = {}) const {
    std::vector<std::filesystem::path> files;
    for (const std::string& name : names) files.emplace_back(path(name));
    return append_files(atlas, "c.gpkg", files, to_layer);
  }
  [[nodiscard]] std::string append_error(const Atlas& atlas, const std::vector<std::string>& names,
                                         const std::string& to_layer = {}) const {
    return error_of([&] { static_cast<void>(append(atlas, names, to_layer)); });
  }
};

void expect_same(const Atlas& found, const Atlas& expected) {
  EXPECT_EQ(found.checksum, expected.checksum);
  EXPECT_EQ(found.files, expected.files);
  ASSERT_EQ(found.statements.size(), expected.statements.size());
  for (std::size_t i = 0; i < found.statements.size(); ++i) {
    EXPECT_EQ(found.statements[i].id, expected.statements[i].id);
    EXPECT_EQ(found.statements[i].validity, expected.statements[i].validity) << found.statements[i].id;
    EXPECT_EQ(found.statements[i].origin, expected.statements[i].origin);
  }
  EXPECT_EQ(content_hash(build_composite(found)), content_hash(build_composite(expected)));
}

TEST_F(Appending, EqualsReadingTheFolderAgain) {
  write("days/20200101.geojson", day_file(0, 2));
  write("moves-1.geojson", move_file("2020-01-02", 0));
  const Atlas before = read();
  // From another folder, a date after and one between those there are, and one of another layer.
  write("new/20200201.geojson", day_file(0, 1));
  write("new/20200115.geojson", day_file(1, 2));
  write("new/moves-2.geojson", move_file("2020-01-20", 2));
  const Atlas at_once =
      append(before, {"new/20200201.geojson", "new/20200115.geojson", "new/moves-2.geojson"});
  const Atlas one_by_one = append(append(append(before, {"new/20200115.geojson"}), {"new/moves-2.geojson"}),
                                  {"new/20200201.geojson"});
  for (const char* name : {"20200201.geojson", "20200115.geojson"})
    std::filesystem::rename(folder_ / "new" / name, folder_ / "days" / name);
  std::filesystem::rename(folder_ / "new/moves-2.geojson", folder_ / "moves-2.geojson");
  expect_same(at_once, read());
  EXPECT_EQ(one_by_one.checksum, at_once.checksum);
  EXPECT_EQ(content_hash(build_composite(one_by_one)), content_hash(build_composite(at_once)));
}

TEST_F(Appending, MissingDaysStayUnknownThroughTheFile) {
  write_manifest(layer("daily", "snapshot", "days/*.geojson", R"({pattern = "%Y%m%d"})") +
                 "missing_days = \"unknown\"\n" +
                 layer("moves", "event", "moves-*.geojson", R"({field = "d"})") + "taken_from = \"a\"\n");
  write("days/20200101.geojson", day_file(0, 2));
  write("days/20200104.geojson", day_file(0, 2));
  write("moves-1.geojson", move_file("2020-01-02", 0));
  const std::filesystem::path file = path("c.gpkg");
  const Composite built = build_composite(read());
  static_cast<void>(write_composite(file, built, {}, provenance(built.atlas(), "lonlat"), Existing::refuse));
  const Atlas loaded = read_composite(file, Load::with_areas).atlas();
  EXPECT_EQ(loaded.layers, read().layers);
  EXPECT_EQ(loaded.statements.back().taken_from, read().statements.back().taken_from);
  EXPECT_TRUE(loaded.statements.back().taken_from.is_valid());
  write("new/20200102.geojson", day_file(1, 2));
  const Atlas appended = append(loaded, {"new/20200102.geojson"});
  std::filesystem::rename(folder_ / "new/20200102.geojson", folder_ / "days/20200102.geojson");
  expect_same(appended, read());
  EXPECT_EQ(appended.layers, read().layers);
}

TEST_F(Appending, AnEmptyDayEndsWhatWasHeld) {
  write("days/20200101.geojson", day_file(0, 2));
  write("moves-1.geojson", move_file("2020-01-02", 0));
  const Atlas before = read();
  write("days/20200102.geojson", test::collection({}));
  const Atlas after = append(before, {"days/20200102.geojson"});
  expect_same(after, read());
  EXPECT_TRUE(after.statements.front().validity.has_to());
}

TEST_F(Appending, SaysWhyAFileCannotBeAdded) {
  write("days/20200101.geojson", day_file(0, 2));
  write("moves-1.geojson", move_file("2020-01-02", 0));
  const Atlas before = read();
  EXPECT_EQ(append_error(before, {"none.geojson"}),
            "failure: " + path("none.geojson") + ": there is no such file");
  EXPECT_EQ(append_error(before, {"days"}),
            "failure: " + path("days") + ": is a folder; name the files (" + path("days") + "/*)");
  EXPECT_EQ(append_error(before, {"days/20200101.geojson"}),
            "invalid argument: " + path("days/20200101.geojson") +
                ": 'days/20200101.geojson' is in the composite already, with the same bytes; there is "
                "nothing to add");
  write("days/20200101.geojson", day_file(0, 1));
  EXPECT_THAT(append_error(before, {"days/20200101.geojson"}),
              HasSubstr("is in the composite already with other content; append only adds"));
  write("odd.txt.geojson", day_file(0, 1));
  // It fits days/*.geojson.
  EXPECT_THAT(append_error(before, {"odd.txt.geojson"}), HasSubstr("has no date of the form '%Y%m%d'"));
  write("odd.json", day_file(0, 1));
  EXPECT_EQ(append_error(before, {"odd.json"}),
            "invalid argument: " + path("odd.json") +
                ": by its name it belongs to no layer of the atlas; say which: --layer daily or moves");
  write("moves-20200101.geojson", day_file(0, 1));
  Atlas of_two = before;
  of_two.manifest += layer("other", "event", "else/*.geojson", R"({field = "d"})");
  of_two.layers.push_back(of_two.layers.back());
  of_two.layers.back().id = "other";
  EXPECT_EQ(append_error(of_two, {"20200105.geojson"}),
            "failure: " + path("20200105.geojson") + ": there is no such file");
  write("20200105.geojson", day_file(0, 1));
  EXPECT_EQ(append_error(of_two, {"20200105.geojson"}),
            "invalid argument: " + path("20200105.geojson") +
                ": by its name it can belong to the layers daily, other; say which by --layer");
  EXPECT_EQ(append_error(before, {"odd.json"}, "dayly"),
            "invalid argument: the atlas has no layer 'dayly'; did you mean 'daily'?; it has: daily, moves");
  write("moves-3.geojson",
        test::collection({test::feature(R"({"h":"c","d":"2020"})", test::polygon(test::square(0, 0)))}));
  EXPECT_THAT(append_error(before, {"moves-3.geojson"}, "moves"), HasSubstr("there is no [[actor]] 'c'"));
  Atlas of_years = before;
  of_years.manifest =
      "[atlas]\nid = \"test\"\n[[actor]]\nid = \"a\"\n[[actor]]\nid = \"b\"\n[[source]]\nid = \"s\"\n" +
      layer("daily", "snapshot", "2020/*.geojson\", \"2021/*.geojson", R"({pattern = "%Y%m%d"})") +
      layer("moves", "event", "moves-*.geojson", R"({field = "d"})");
  write("new/20210105.geojson", day_file(0, 1));
  EXPECT_EQ(append_error(of_years, {"new/20210105.geojson"}),
            "invalid argument: " + path("new/20210105.geojson") +
                ": in the folder of the atlas it could be 2020/20210105.geojson or 2021/20210105.geojson; "
                "put it there first");
  write("2021/20210105.geojson", day_file(0, 1));
  EXPECT_EQ(append(of_years, {"2021/20210105.geojson"}).files.back().name, "moves-1.geojson");
  EXPECT_EQ(append(of_years, {"2021/20210105.geojson"}).files[1].name, "2021/20210105.geojson");
  Atlas in_memory = before;
  in_memory.manifest.clear();
  EXPECT_THAT(append_error(in_memory, {"odd.json"}), HasSubstr("made in memory"));
}

}  // namespace
}  // namespace marchland
