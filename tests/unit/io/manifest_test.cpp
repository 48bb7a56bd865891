#include "tests/unit/io/io_fixture.h"
#include <marchland/io/manifest.h>

namespace marchland {
namespace {

using test::error_of;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::SizeIs;
using testing::StartsWith;

constexpr const char* kAtlas = R"([atlas]
id = "test"
[[actor]]
id = "a"
[[source]]
id = "survey"
)";

constexpr const char* kLayer = R"([[layer]]
id = "daily"
source = "survey"
theme = "control"
mode = "interval"
files = ["days/*.geojson"]
actor = "a"
)";

Manifest parse(const std::string& text) {
  return parse_manifest(text, "folder/atlas.toml");
}

std::string parse_error(const std::string& text) {
  return error_of([&] { static_cast<void>(parse(text)); });
}

Instant at(const char* date) {
  return parse_date(date).first;
}

TEST(Manifest, RingsAtTheAntimeridianAndThePolesAreDeclared) {
  const std::string literal = "antimeridian = \"literal\"\n";
  const std::string with_layer = std::string(kAtlas) + kLayer;
  EXPECT_EQ(parse(with_layer).atlas.layers[0].rings, RingConvention{});
  EXPECT_TRUE(parse(with_layer + literal).atlas.layers[0].rings.is_literal);
  const std::string region = "[[region]]\nid = \"r\"\nfile = \"r.geojson\"\n";
  const Manifest north = parse(with_layer + "pole = \"north\"\n" + region + literal);
  EXPECT_EQ(north.atlas.layers[0].rings.pole_side, PoleSide::north);
  EXPECT_TRUE(north.regions[0].source.rings.is_literal);

  const auto in_atlas = [&](const std::string& keys) {
    return std::string(with_layer).insert(std::string("[atlas]\n").size(), keys + "\n");
  };
  EXPECT_EQ(
      parse(in_atlas("study_area = {file = \"s.geojson\", pole = \"south\"}")).study_area->rings.pole_side,
      PoleSide::south);

  EXPECT_THAT(parse_error(with_layer + "antimeridian = \"litteral\"\n"),
              AllOf(HasSubstr("antimeridian: 'litteral'"), HasSubstr("\"literal\"")));
  EXPECT_THAT(parse_error(with_layer + "pole = \"N\"\n"), HasSubstr("\"north\""));
  EXPECT_THAT(parse_error(with_layer + "pole = \"north\"\n" + literal), HasSubstr("no meaning"));
  EXPECT_THAT(parse_error(in_atlas("places = {file = \"p.csv\", pole = \"north\"}")), HasSubstr("pole"));
}

TEST(Manifest, ReadsEveryKeyOfTheAtlasTable) {
  const Manifest manifest = parse(std::string(R"([atlas]
id = "karabakh"
title = "Karabakh"
timezone = "+04:00"
day_starts = "06:30"
rule = "majority"
harmonise_m = 0.2
disclaimer = "lines are approximate"
attribution = "public domain"
study_area = "regions/study.geojson"
places = {file = "places.gpkg", layer = "towns", where = "rank < 3", crs = "EPSG:4326"}
[[source]]
id = "survey"
[[actor]]
id = "a"
)") + kLayer);
  EXPECT_EQ(manifest.atlas.id, "karabakh");
  EXPECT_EQ(manifest.atlas.title, "Karabakh");
  EXPECT_EQ(manifest.atlas.days, (DayConvention{std::chrono::minutes(240), std::chrono::minutes(390)}));
  EXPECT_EQ(manifest.atlas.rule, SourceRule::majority);
  EXPECT_EQ(manifest.atlas.harmonise, Meters(0.2));
  EXPECT_EQ(manifest.atlas.disclaimer, "lines are approximate");
  EXPECT_EQ(manifest.atlas.attribution, "public domain");
  ASSERT_TRUE(manifest.study_area);
  EXPECT_EQ(manifest.study_area->file, "regions/study.geojson");
  EXPECT_EQ(manifest.study_area->line, 10U);
  ASSERT_TRUE(manifest.places);
  EXPECT_EQ(manifest.places->file, "places.gpkg");
  EXPECT_EQ(manifest.places->layer, "towns");
  EXPECT_EQ(manifest.places->where, "rank < 3");
  EXPECT_EQ(manifest.places->crs, "EPSG:4326");
}

TEST(Manifest, ReadsActorsBehindNobody) {
  const Manifest manifest = parse(std::string(kAtlas) + R"([[actor]]
id = "az"
name = "Azerbaijan"
names = {az = "Azərbaycan", hy = "Ադրբեջան"}
color = "#1b9E77"
groups = [{id = "east", from = 1991-10-18}, {id = "west", from = "1994", to = {const = "1995", inclusive = true}}]
)" + kLayer);
  ASSERT_THAT(manifest.atlas.actors, SizeIs(3));
  EXPECT_EQ(manifest.atlas[kNobodyId].id, "nobody");
  const Actor& actor = manifest.atlas.actors[2];
  EXPECT_EQ(actor.id, "az");
  EXPECT_EQ(actor.name, "Azerbaijan");
  EXPECT_THAT(actor.names, ElementsAre(Pair("az", "Azərbaycan"), Pair("hy", "Ադրբեջան")));
  EXPECT_EQ(actor.color, "#1b9E77");
  ASSERT_THAT(actor.groups, SizeIs(2));
  EXPECT_EQ(actor.groups[0].group, "east");
  EXPECT_EQ(actor.groups[0].when, Interval::since(at("1991-10-18")));
  EXPECT_EQ(actor.groups[1].when, Interval(at("1994"), at("1996")));
  EXPECT_EQ(manifest.atlas.actors[1].name, "a") << "the id stands in for a missing name";
}

TEST(Manifest, ReadsSourcesAndPeriods) {
  const Manifest manifest = parse(std::string(kAtlas) + R"([[source]]
id = "map"
title = "A map"
author = "Somebody"
licence = "CC BY 4.0"
url = "https://example.org"
date = 2021-05-12
note = "redrawn"
sigma_m = 250
correlation_m = 1500.5
priority = -2
[[period]]
id = "ceasefire"
title = "The ceasefire"
from = "2020-11-10T00:00+03:00"
[[period]]
id = "war"
from = "2020-09-27"
to = {const = "2020-11-09", inclusive = true}
)" + kLayer);
  const Source& source = manifest.atlas.sources.at(1);
  EXPECT_EQ(source.title, "A map");
  EXPECT_EQ(source.author, "Somebody");
  EXPECT_EQ(source.licence, "CC BY 4.0");
  EXPECT_EQ(source.url, "https://example.org");
  EXPECT_EQ(source.date, "2021-05-12");
  EXPECT_EQ(source.note, "redrawn");
  EXPECT_EQ(source.sigma, Meters{250.0});
  EXPECT_EQ(source.correlation, Meters{1500.5});
  EXPECT_EQ(source.priority, -2);
  const Period& instant = manifest.atlas.periods.at(0);
  EXPECT_TRUE(instant.is_instant);
  EXPECT_EQ(instant.when.from(), at("2020-11-09T21:00:00Z"));
  const Period& war = manifest.atlas.periods.at(1);
  EXPECT_FALSE(war.is_instant);
  EXPECT_EQ(war.when, Interval(at("2020-09-27"), at("2020-11-10")));
}

TEST(Manifest, DatesFollowTheAtlasTimeZone) {
  const Manifest manifest =
      parse(std::string("[atlas]\nid = \"x\"\ntimezone = \"+04:00\"\n[[source]]\nid = "
                        "\"survey\"\n[[actor]]\nid=\"a\"\n[[period]]\nid = \"p\"\nfrom = "
                        "1994-05-12\n") +
            kLayer);
  EXPECT_EQ(manifest.atlas.periods.at(0).when.from(), at("1994-05-11T20:00:00Z"));
}

TEST(Manifest, ReadsLayers) {
  const Manifest manifest = parse(std::string(kAtlas) + R"([[layer]]
id = "x"
source = "survey"
theme = "zone"
mode = "event"
files = ["a.gpkg", "b/*.zip"]
layer = "inner"
where = "status = 1"
crs = "EPSG:32638"
actor = {field = "holder", map = {"1" = "a", "0" = "nobody"}}
from = {pattern = "data_%Y%m%d"}
seq = {field = "n"}
statement = {field = "id"}
basis = "surveyed"
certainty = {field = "c", map = {x = "reported"}}
note = {const = "said so"}
)");
  const LayerSpec& layer = manifest.layers.at(0);
  EXPECT_EQ(layer.layer.id, "x");
  EXPECT_EQ(layer.layer.theme, Theme::zone);
  EXPECT_EQ(layer.layer.mode, LayerMode::event);
  EXPECT_EQ(layer.layer.source, SourceId(std::size_t{0}));
  EXPECT_THAT(layer.files, ElementsAre("a.gpkg", "b/*.zip"));
  EXPECT_EQ(layer.layer_in_file, "inner");
  EXPECT_EQ(layer.where, "status = 1");
  EXPECT_EQ(layer.crs, "EPSG:32638");
  EXPECT_EQ(layer.actor.kind, ValueSpec::Kind::field);
  EXPECT_EQ(layer.actor.text, "holder");
  EXPECT_THAT(layer.actor.map, ElementsAre(Pair("0", "nobody"), Pair("1", "a")));
  EXPECT_EQ(layer.from->kind, ValueSpec::Kind::pattern);
  EXPECT_EQ(layer.from->text, "data_%Y%m%d");
  EXPECT_EQ(layer.seq->text, "n");
  EXPECT_EQ(layer.statement->text, "id");
  EXPECT_EQ(layer.basis->kind, ValueSpec::Kind::constant);
  EXPECT_EQ(layer.basis->text, "surveyed");
  EXPECT_EQ(layer.certainty->map.at("x"), "reported");
  EXPECT_EQ(layer.note->text, "said so");
  EXPECT_EQ(layer.line, 7U);
  EXPECT_EQ(layer.actor.line, 16U);
  EXPECT_THAT(manifest.atlas.layers, SizeIs(1));
}

TEST(Manifest, ReadsRegions) {
  const Manifest manifest = parse(std::string(kAtlas) + kLayer + R"([[region]]
id = "nkao"
name = "The oblast"
code = "NK"
edition = "1923"
file = "nkao.geojson"
[[region]]
id = {field = "code"}
name = {field = "title"}
file = "districts.gpkg"
layer = "adm2"
where = "country = 'AZ'"
crs = "EPSG:4326"
)");
  ASSERT_THAT(manifest.regions, SizeIs(2));
  EXPECT_EQ(manifest.regions[0].id.text, "nkao");
  EXPECT_EQ(manifest.regions[0].name.text, "The oblast");
  EXPECT_EQ(manifest.regions[0].code.text, "NK");
  EXPECT_EQ(manifest.regions[0].edition, "1923");
  EXPECT_EQ(manifest.regions[1].id.kind, ValueSpec::Kind::field);
  EXPECT_EQ(manifest.regions[1].source.layer, "adm2");
  EXPECT_EQ(manifest.regions[1].source.where, "country = 'AZ'");
  EXPECT_EQ(manifest.regions[1].source.crs, "EPSG:4326");
}

TEST(Manifest, KeepsItsBytes) {
  const std::string text = std::string(kAtlas) + kLayer + "# a comment\n";
  EXPECT_EQ(parse(text).text, text);
}

struct Refusal {
  const char* name;
  std::string text;                   ///< of the manifest
  std::vector<std::string> expected;  ///< parts of the message
};

class ManifestRefusal : public testing::TestWithParam<Refusal> {};

TEST_P(ManifestRefusal, NamesPlaceAndAdvice) {
  const std::string message = parse_error(GetParam().text);
  EXPECT_THAT(message, StartsWith("invalid data: folder/atlas.toml:"));
  EXPECT_THAT(message, Not(HasSubstr("\n")));
  for (const std::string& part : GetParam().expected) EXPECT_THAT(message, HasSubstr(part));
}

std::string with_layer_key(const std::string& line) {
  return std::string(kAtlas) + kLayer + line + "\n";
}
std::string with_atlas_key(const std::string& line) {
  return "[atlas]\nid = \"x\"\n" + line + "\n[[source]]\nid = \"survey\"\n[[actor]]\nid = \"a\"\n" + kLayer;
}
std::string with_block(const std::string& block) {
  return std::string(kAtlas) + block + kLayer;
}
std::string replaced(const std::string& what, const std::string& by) {
  std::string text = std::string(kAtlas) + kLayer;
  return text.replace(text.find(what), what.size(), by);
}

INSTANTIATE_TEST_SUITE_P(
    All, ManifestRefusal,
    testing::ValuesIn(std::vector<Refusal>{
        Refusal{"NotToml", "[atlas\nid = 1", {"atlas.toml:1: this is not TOML: "}},
        Refusal{"BinaryGarbage", std::string("\x00\xff\x7f\x01", 4), {"this is not TOML"}},
        Refusal{"Empty", "", {"'atlas' is missing", "[atlas]"}},
        Refusal{"NoAtlasId",
                "[atlas]\ntitle = \"x\"\n",
                {"atlas.toml:1: [atlas]: 'id' is missing", "id = \"my-atlas\""}},
        Refusal{"NoLayer", kAtlas, {"there is no [[layer]]"}},
        Refusal{"UnknownTable",
                with_block("[[actors]]\nid = \"q\"\n"),
                {":7: manifest: unknown key 'actors'; did you mean 'actor'?"}},
        Refusal{"UnknownAtlasKey",
                with_atlas_key("time_zone = \"+04:00\""),
                {":3: [atlas]: unknown key 'time_zone'; did you mean 'timezone'?"}},
        Refusal{"UnknownLayerKey",
                with_layer_key("form = \"1994\""),
                {":14: [[layer]] 'daily': unknown key 'form'; did you mean 'from'?"}},
        Refusal{"UnknownSourceKey",
                with_block("[[source]]\nid = \"q\"\nlicense = \"x\"\n"),
                {":9: [[source]] 'q': unknown key 'license'; did you mean 'licence'?"}},
        Refusal{"UnknownActorKey",
                with_block("[[actor]]\nid = \"q\"\ncolour = \"x\"\n"),
                {":9: [[actor]] 'q': unknown key 'colour'; did you mean 'color'?"}},
        Refusal{"UnknownPeriodKey",
                with_block("[[period]]\nid = \"q\"\nform = \"1994\"\n"),
                {":9:", "did you mean 'from'?"}},
        Refusal{"UnknownRegionKey",
                with_block("[[region]]\nid = \"q\"\nfiles = \"x\"\n"),
                {":9:", "did you mean 'file'?"}},
        Refusal{"UnknownValueKey",
                with_layer_key("from = {feild = \"x\"}"),
                {":14: [[layer]] 'daily': from: unknown key 'feild'; did you mean 'field'?"}},
        Refusal{"UnknownPlaceKey",
                with_atlas_key("places = {fil = \"x\"}"),
                {":3: [atlas]: places: unknown key 'fil'; did you mean 'file'?"}},
        Refusal{"UnknownGroupKey",
                with_block("[[actor]]\nid = \"q\"\ngroups = [{name = \"x\"}]\n"),
                {":9: [[actor]] 'q': groups: unknown key 'name'"}},
        Refusal{"MisspeltBeforeMissing",
                replaced("source = ", "sorce = "),
                {":9: [[layer]] 'daily': unknown key 'sorce'; did you mean 'source'?"}},
        Refusal{"HarmoniseByNothing",
                with_atlas_key("harmonise_m = 0"),
                {":3: [atlas]: harmonise_m: expected metres above 0 and up to 1000", "without the key"}},
        Refusal{"HarmoniseTooFar",
                with_atlas_key("harmonise_m = 1000.5"),
                {":3: [atlas]: harmonise_m: expected metres above 0 and up to 1000"}},
        Refusal{"HarmoniseNegative", with_atlas_key("harmonise_m = -0.2"), {":3:", "-0.2 is no length"}},
        Refusal{"WrongTypeText",
                with_atlas_key("title = 7"),
                {":3: [atlas]: title: expected a text in quotes, found a whole number"}},
        Refusal{"WrongTypeNumber",
                with_block("[[source]]\nid = \"q\"\nsigma_m = \"250\"\n"),
                {":9: [[source]] 'q': sigma_m: expected a number of metres, found a text"}},
        Refusal{"NegativeLength",
                with_block("[[source]]\nid = \"q\"\nsigma_m = -1\n"),
                {":9:", "-1 is no length"}},
        Refusal{"WrongTypePriority",
                with_block("[[source]]\nid = \"q\"\npriority = 1.5\n"),
                {"priority: expected a whole number, found a number"}},
        Refusal{"SingleBrackets",
                "[atlas]\nid = \"x\"\n[layer]\nid = \"y\"\n",
                {":3: 'layer' is a list: write [[layer]] before each"}},
        Refusal{"ListOfNumbers",
                "layer = [1]\n[atlas]\nid = \"x\"\n",
                {":1: 'layer' is a list: write [[layer]] before each"}},
        Refusal{"BadTheme",
                replaced("\"control\"", "\"contrl\""),
                {":10: [[layer]] 'daily': theme: 'contrl' is none of control, claim, border, zone; did you "
                 "mean 'control'?"}},
        Refusal{"BadMode",
                replaced("\"interval\"", "\"snapshots\""),
                {":11: [[layer]] 'daily': mode: 'snapshots' is none of interval, snapshot, event; did you "
                 "mean 'snapshot'?"}},
        Refusal{"BadRule",
                with_atlas_key("rule = \"vote\""),
                {":3: [atlas]: rule: 'vote' is none of priority, majority, all"}},
        Refusal{"BadBasis",
                with_layer_key("basis = \"draw\""),
                {"basis: 'draw' is none of surveyed, drawn, inferred; did you mean 'drawn'?"}},
        Refusal{"BadCertaintyInMap",
                with_layer_key("certainty = {field = \"c\", map = {x = \"sure\"}}"),
                {"certainty: 'sure' is none of confirmed, reported"}},
        Refusal{"BadTimeZone",
                with_atlas_key("timezone = \"Asia/Baku\""),
                {":3: [atlas]: timezone: 'Asia/Baku' is not a time zone offset; expected +04:00"}},
        Refusal{"BadDayStart",
                with_atlas_key("day_starts = \"6\""),
                {":3: [atlas]: day_starts: '6' is not a time of day; expected HH:MM"}},
        Refusal{"BadColor",
                with_block("[[actor]]\nid = \"q\"\ncolor = \"red\"\n"),
                {":9: [[actor]] 'q': color: 'red' is no colour; expected #rrggbb"}},
        Refusal{"NobodyDeclared",
                with_block("[[actor]]\nid = \"nobody\"\n"),
                {":8: [[actor]] 'nobody': id: 'nobody' is built in"}},
        Refusal{"PlusInActor",
                with_block("[[actor]]\nid = \"a+b\"\n"),
                {"'a+b' may have only a-z, 0-9, '_' and '-'"}},
        Refusal{"CapitalsInActor", with_block("[[actor]]\nid = \"AZ\"\n"), {"'AZ' may have only a-z"}},
        Refusal{"EmptyActorId", with_block("[[actor]]\nid = \"\"\n"), {"id: is empty"}},
        Refusal{"ActorTwice",
                with_block("[[actor]]\nid = \"a\"\n"),
                {":8: [[actor]] 'a': id: 'a' is declared twice; ids must differ"}},
        Refusal{"LayerTwice",
                std::string(kAtlas) + kLayer + kLayer,
                {":15: [[layer]] 'daily': id: 'daily' is declared twice"}},
        Refusal{"NoSource",
                replaced("\"survey\"\ntheme", "\"surveys\"\ntheme"),
                {":9: [[layer]] 'daily': source: there is no [[source]] 'surveys'; did you mean 'survey'? "
                 "(declared: survey)"}},
        Refusal{"NoActor",
                replaced("actor = \"a\"", "actor = \"b\""),
                {":13: [[layer]] 'daily': actor: there is no [[actor]] 'b'", "(declared: nobody, a)"}},
        Refusal{"NoActorInMap",
                replaced("actor = \"a\"", "actor = {field = \"h\", map = {x = \"bb\"}}"),
                {":13:", "there is no [[actor]] 'bb'"}},
        Refusal{"MissingMode",
                replaced("mode = \"interval\"\n", ""),
                {":7: [[layer]] 'daily': 'mode' is missing; write mode = \"interval\""}},
        Refusal{"MissingFiles", replaced("files = [\"days/*.geojson\"]\n", ""), {"'files' is missing"}},
        Refusal{"NoFiles",
                replaced("[\"days/*.geojson\"]", "[]"),
                {":12: [[layer]] 'daily': files: expected one file or more"}},
        Refusal{"FileIsNumber",
                replaced("[\"days/*.geojson\"]", "[1]"),
                {"files: expected a text in quotes, found a whole number"}},
        Refusal{"TwoKinds",
                with_layer_key("from = {const = \"1994\", field = \"x\"}"),
                {":14: [[layer]] 'daily': from: expected exactly one of const, field and pattern"}},
        Refusal{"NoKind",
                with_layer_key("to = {inclusive = true}"),
                {"expected exactly one of const, field and pattern"}},
        Refusal{"PatternOfActor",
                replaced("actor = \"a\"", "actor = {pattern = \"%Y\"}"),
                {"actor: pattern: file names state dates only, in from and to"}},
        Refusal{"PatternWithoutYear",
                with_layer_key("from = {pattern = \"%m%d\"}"),
                {":14:", "pattern '%m%d' names no year"}},
        Refusal{"PatternUnknownField", with_layer_key("from = {pattern = \"%Y%b\"}"), {"unknown field '%b'"}},
        Refusal{"FormatOfActor",
                replaced("actor = \"a\"", "actor = {field = \"h\", format = \"%Y\"}"),
                {"actor: format: belongs to dates only, in from and to"}},
        Refusal{"FormatOfConst",
                with_layer_key("from = {const = \"1994\", format = \"%Y\"}"),
                {":14:", "from: format: says how the dates of a field are written; write it beside field"}},
        Refusal{"FormatWithoutYear",
                with_layer_key("from = {field = \"x\", format = \"%m/%d\"}"),
                {":14:", "pattern '%m/%d' names no year"}},
        Refusal{"FormatEmpty",
                with_layer_key("from = {field = \"x\", format = \"\"}"),
                {"format: is empty; write format = \"%m/%d/%Y\""}},
        Refusal{"InclusiveFrom",
                with_layer_key("from = {field = \"x\", inclusive = true}"),
                {"inclusive: belongs to ends only: write it in 'to'"}},
        Refusal{"InclusiveText",
                with_layer_key("to = {field = \"x\", inclusive = \"yes\"}"),
                {"inclusive: expected true or false, found a text"}},
        Refusal{"MapOfConst",
                with_layer_key("note = {const = \"x\", map = {a = \"b\"}}"),
                {"map: is possible only beside the field of a layer"}},
        Refusal{"MapOfNumbers",
                with_layer_key("note = {field = \"x\", map = {a = 1}}"),
                {"map: 'a': expected a text in quotes"}},
        Refusal{"ValueIsArray",
                with_layer_key("note = [\"x\"]"),
                {"note: expected a text or {field = \"...\", map = {...}}, found an array"}},
        Refusal{"StatementConst",
                with_layer_key("statement = \"id\""),
                {"statement: 'id' would be the same for all; expected {field = \"...\"}"}},
        Refusal{"BadConstDate",
                with_layer_key("from = \"12.5.1994\""),
                {":14: [[layer]] 'daily': from: '12.5.1994' is not a date", "ISO 8601"}},
        Refusal{"BadMappedDate",
                with_layer_key("to = {field = \"x\", map = {open = \"never\"}}"),
                {"to: 'never' is not a date"}},
        Refusal{"BadPeriodDate",
                with_block("[[period]]\nid = \"q\"\nfrom = \"May\"\n"),
                {":9: [[period]] 'q': from: 'May' is not a date"}},
        Refusal{"PeriodWithoutFrom",
                with_block("[[period]]\nid = \"q\"\n"),
                {":7: [[period]] 'q': 'from' is missing"}},
        Refusal{"PeriodBackwards",
                with_block("[[period]]\nid = \"q\"\nfrom = 1995\nto = 1994\n"),
                {":10: [[period]] 'q': to: '1994' is not after from"}},
        Refusal{"PeriodOfOneDay",
                with_block("[[period]]\nid = \"q\"\nfrom = 1994-05-12\nto = 1994-05-12\n"),
                {"inclusive = true"}},
        Refusal{"PeriodOfField",
                with_block("[[period]]\nid = \"q\"\nfrom = {field = \"x\"}\n"),
                {"field: is not possible here"}},
        Refusal{"SnapshotWithoutFrom",
                replaced("\"interval\"", "\"snapshot\""),
                {":7: [[layer]] 'daily': 'from' is missing; mode snapshot needs the date of each file"}},
        Refusal{"EventWithoutFrom",
                replaced("\"interval\"", "\"event\""),
                {"'from' is missing; mode event needs the date of each feature"}},
        Refusal{"SnapshotWithTo",
                replaced("\"interval\"", "\"snapshot\"\nfrom = \"1994\"\nto = \"1995\""),
                {"to: a snapshot ends with the next one"}},
        Refusal{"EventWithTo",
                replaced("\"interval\"", "\"event\"\nfrom = \"1994\"\nto = \"1995\""),
                {"to: an event ends with the next one"}},
        Refusal{"SeqOfInterval",
                with_layer_key("seq = {field = \"n\"}"),
                {"seq: orders events of one instant; the mode is not \"event\""}},
        Refusal{"MissingDays",
                replaced("\"interval\"", "\"snapshot\"\nfrom = \"1994\"\nmissing_days = \"skip\""),
                {"missing_days: 'skip': only \"hold\" is supported"}},
        Refusal{"MissingDaysOfInterval",
                with_layer_key("missing_days = \"hold\""),
                {"missing_days: belongs to mode = \"snapshot\" only"}},
        Refusal{"RegionWithoutFile",
                with_block("[[region]]\nid = \"q\"\n"),
                {"[[region]] 'q': 'file' is missing"}},
        Refusal{"RegionNameByField",
                with_block("[[region]]\nid = \"q\"\nname = {field = \"n\"}\nfile = \"x\"\n"),
                {":9: [[region]] 'q': a field needs one region per feature: write id = {field = \"...\"}"}},
        Refusal{"GroupsNotArray",
                with_block("[[actor]]\nid = \"q\"\ngroups = \"x\"\n"),
                {"groups: expected an array such as"}},
        Refusal{"NamesNotTable",
                with_block("[[actor]]\nid = \"q\"\nnames = \"x\"\n"),
                {"names: expected a table by language"}}}),
    [](const auto& test) { return test.param.name; });

using ManifestFile = test::IoTest;

TEST_F(ManifestFile, IsFoundInItsFolderOrByName) {
  write("atlas.toml", std::string(kAtlas) + kLayer);
  write("other.toml", std::string(kAtlas) + kLayer);
  EXPECT_EQ(read_manifest(folder_).path, folder_ / "atlas.toml");
  EXPECT_EQ(read_manifest(folder_ / "other.toml").path, folder_ / "other.toml");
}

TEST_F(ManifestFile, MissingIsAFailureThatNamesThePath) {
  EXPECT_EQ(error_of([&] { static_cast<void>(read_manifest(folder_)); }),
            "failure: " + folder_.string() + ": there is no atlas.toml in this folder");
  EXPECT_EQ(error_of([&] { static_cast<void>(read_manifest(folder_ / "x.toml")); }),
            "failure: " + path("x.toml") + ": there is no such file");
}

TEST_F(ManifestFile, ByteOrderMarkIsNoText) {
  write("atlas.toml", "\xEF\xBB\xBF" + std::string(kAtlas) + kLayer);
  EXPECT_EQ(read_manifest(folder_).atlas.id, "test");
}

}  // namespace
}  // namespace marchland
