"""What the page of the map answers is what the commands answer: why, groups over time, the line of contact, dates in doubt.

The page's model runs in node, without a browser. It needs the packages of tools/setup viewer in build/cache/viewer, or
the folder that MARCHLAND_VIEWER_MODULES names; without these all of it is skipped.
"""
import json
import os
import pathlib
import random
import shutil
import subprocess
import unittest

from harness import CELL_M2, MANIFEST, box, collection, feature
from test_map import MapTest

PROJECT = pathlib.Path(__file__).resolve().parents[2]
MODULES = pathlib.Path(os.environ.get("MARCHLAND_VIEWER_MODULES") or PROJECT / "build/cache/viewer")
HAS_MODULES = shutil.which("node") is not None and (MODULES / "node_modules/esbuild").exists()
THEMES = ("control", "claim", "border", "zone")


def theme_of(layer, theme, **more):
    text = MANIFEST[MANIFEST.index("[[layer]]"):].replace('id = "front"', f'id = "{layer}"').replace('"control"', f'"{theme}"').replace(
        "front.geojson", f"{layer}.geojson")
    for key, value in more.items():
        text += f"{key} = {value}\n"
    return text


def row(rings, holder, since, until=None, **more):
    return feature(rings, holder=holder, **{"from": since, "to": until, **more})


@unittest.skipUnless(HAS_MODULES, f"needs node and {MODULES}/node_modules (tools/setup viewer)")
class MapAnswers(MapTest):
    maxDiff = None

    def ask(self, data, points=(), ask=None):
        file = self.path / "asked.json"
        file.write_text(json.dumps({"data": str(data), "points": points, "ask": ask}))
        done = subprocess.run(["node", PROJECT / "tests/browser/ask_model.mjs", file], capture_output=True, text=True, timeout=300,
                              env={**os.environ, "MARCHLAND_VIEWER_MODULES": str(MODULES)})
        self.assertEqual(done.returncode, 0, done.stderr)
        answer = json.loads(done.stdout)
        return answer["points"] if ask is None else answer["asked"]

    def assert_told_as_why(self, atlas, points, themes, *options):
        """`points`: (lon, lat, date). Answers how many statements were compared."""
        done = self.run_program("map", atlas, "-o", self.path / "why.json", "--overwrite", *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        compared = 0
        for point, of_themes in zip(points, self.ask(self.path / "why.json", points)):
            lon, lat, at = point
            for theme in themes:
                why = self.answer("why", atlas, "--at", at, f"--lonlat={lon},{lat}", "--theme", theme, *options)
                if of_themes is None:  # outside of all ground
                    self.assertEqual(why["rows"], [], (point, theme))
                    continue
                told = of_themes.get(theme, {"actor": None, "rows": [], "possible": []})
                keys = ("standing", "statement", "actor")
                listed = lambda rows: sorted(tuple(r[key] for key in keys) for r in rows)
                self.assertEqual(listed(told["rows"]), listed(why["rows"]), (point, theme))
                self.assertEqual(told["actor"], why["actor"], (point, theme))
                self.assertEqual(sorted(told["possible"], key=str), sorted(why.get("possible_actors", []), key=str), (point, theme))
                of_page = {r["statement"]: r for r in told["rows"]}
                for each in why["rows"]:
                    for key in ("author", "recorded", "set_aside_by"):
                        self.assertEqual(of_page[each["statement"]][key], each.get(key), (point, theme, each["statement"], key))
                compared += len(why["rows"])
        return compared

    def test_shipped_atlas_at_every_date_in_every_theme(self):
        atlas = PROJECT / "geodata/karabakh"
        built = self.path / "k.gpkg"
        self.assertEqual(self.run_program("build", atlas, "-o", built).returncode, 0)
        self.assertEqual(self.run_program("map", built, "-o", self.path / "dates.json").returncode, 0)
        data = json.loads((self.path / "dates.json").read_text())
        places = [ground["properties"]["point"] for ground in data["topology"]["objects"]["ground"]["geometries"]]
        west, south, east, north = data["topology"]["bbox"]
        seeded = random.Random(20231)
        points = []
        for i in data["dates"]:
            at = data["time_texts"][i]
            # A point anywhere, and one of the many small grounds.
            points.append((round(seeded.uniform(west, east), 6), round(seeded.uniform(south, north), 6), at))
            lon, lat = seeded.choice(places)
            points.append((round(lon, 7), round(lat, 7), at))
        points.append((46.7345575, 39.75112, "2023-04-25"))  # two checkpoints and a blockade in one layer
        self.assertGreater(self.assert_told_as_why(built, points, THEMES), 200)

    def test_statements_of_one_party_that_begin_and_end_between_turns(self):
        # Between the turns of the ground at 2..3 another statement of its layer and actor begins elsewhere.
        self.write("front.geojson", collection(
            row([box(0, 0, 2, 1)], "a", "2000", "2004"), row([box(1, 0, 3, 1)], "a", "2001", "2002"),
            row([box(2, 0, 3, 1)], "a", "2000", "2001"), row([box(2, 0, 3, 1)], "a", "2002"), row([box(3, 0, 4, 1)], "b", "2001", "2003")))
        points = [(x + 0.5, 0.5, f"{year}-06-01") for x in range(4) for year in range(1999, 2005)]
        self.assertEqual(self.assert_told_as_why(self.atlas, points, ["control"]), 16)

    def test_events_of_one_actor_and_of_one_instant(self):
        text = MANIFEST.replace('mode = "interval"', 'mode = "event"').replace('to = {field = "to"}\n', 'seq = {field = "seq"}\n')
        self.write("atlas.toml", text)
        event = lambda rings, holder, since, seq=0: feature(rings, holder=holder, seq=seq, **{"from": since})
        self.write("front.geojson", collection(
            event([box(0, 0, 3, 1)], "a", "2000"), event([box(1, 0, 3, 1)], "a", "2001"), event([box(1, 0, 2, 1)], "b", "2002"),
            event([box(2, 0, 4, 1)], "a", "2003", 1), event([box(2, 0, 4, 1)], "b", "2003", 2), event([box(0, 0, 4, 1)], "a", "2004")))
        points = [(x + 0.5, 0.5, f"{year}-06-01") for x in range(4) for year in range(1999, 2006)]
        self.assertGreater(self.assert_told_as_why(self.atlas, points, ["control"]), 40)

    def test_dates_in_doubt(self):
        self.write("front.geojson", collection(
            row([box(0, 0, 1, 1)], "a", "2000-01-01", "[2001-03-01..2001-09-01]"), row([box(1, 0, 2, 1)], "b", "2000~", "2005"),
            row([box(0, 0, 1, 1)], "b", "2001-09-01", "2005"), row([box(0.5, 0, 1.5, 1)], "a", "2003~", "2004")))
        points = [(x + 0.25, 0.5, at) for x in (0, 0.5, 1, 1.5) for at in (
            "1998-06-01", "1999-06-01", "2000-06-01", "2001-02-01", "2001-05-01", "2001-10-01", "2002-06-01", "2003-06-01", "2004-06-01", "2006-01-01")]
        self.assertGreater(self.assert_told_as_why(self.atlas, points, ["control"]), 30)
        # Bands by dates, as `areas` has them.
        for at in ("1999-06-01", "2001-05-01", "2003-06-01"):
            rows = {r["actor"]: (r["area_m2"], r.get("date_low_m2"), r.get("date_high_m2")) for r in self.answer("areas", self.atlas, "--at", at)["rows"]}
            figures = {r["id"]: (r["area"], r["dateLow"], r["dateHigh"])
                       for r in self.ask(self.path / "why.json", ask=f'model.figuresAt(model.parse("{at}"))') if r["area"] or r["dateHigh"]}
            self.assertEqual(figures, rows, at)

    def test_what_was_taken_back_who_recorded_it_and_what_the_public_sees(self):
        # Ground that only they were about is there because of the study area.
        self.write("study.geojson", collection(feature([box(0, 0, 4, 1)])))
        self.write("atlas.toml", MANIFEST.replace('title = "Two squares"', 'title = "Two squares"\nstudy_area = "study.geojson"').replace('to = {field = "to"}', "\n".join(
            ['to = {field = "to"}', 'statement = {field = "id"}'] + [f'{key} = {{field = "{key}"}}' for key in ("recorded", "author", "supersedes", "retracts")])))
        said = lambda rings, holder, name, recorded, **more: row(rings, holder, "2000", None, id=name, recorded=recorded, author="Ann", **more)
        hole = [box(0, 0, 4, 1), list(reversed(box(1, 0.25, 2, 0.75)))]
        self.write("front.geojson", collection(
            said(hole, "a", "s1", "2010-01-01"), said([box(0, 0, 2, 1)], "a", "s2", "2011-01-01", supersedes="s1"),
            said([box(2, 0, 4, 1)], "b", "s3", "2010-01-01"), {**feature([], id="s4", recorded="2012-01-01", retracts="s3"), "geometry": None}))
        points = [(x, 0.5, "2005-01-01") for x in (0.5, 1.5, 2.5, 3.5)]
        self.assertGreater(self.assert_told_as_why(self.atlas, points, ["control"]), 4)
        text = (self.path / "why.json").read_text()
        self.assertIn("superseded", text)
        self.assertIn("retracted", text)
        done = self.run_program("map", self.atlas, "-o", self.path / "public.json", "--public")
        self.assertEqual(done.returncode, 0, done.stderr)
        public = json.loads((self.path / "public.json").read_text())
        self.assertEqual((public["set_aside"], public["public"]), ([], True))
        self.assertNotIn("Ann", json.dumps(public))

    def test_other_sources_are_told_as_not_asked(self):
        self.write("atlas.toml", MANIFEST + '[[source]]\nid = "s2"\n' + theme_of("other", "control").replace('source = "s"', 'source = "s2"'))
        self.write("other.geojson", collection(row([box(0, 0, 4, 1)], "b", "2000")))
        points = [(x + 0.5, 0.5, f"{year}-06-01") for x in range(4) for year in (1999, 2000, 2001)]
        for options in ((), ("--source", "s"), ("--source", "s2"), ("--rule", "all")):
            self.assertEqual(self.assert_told_as_why(self.atlas, points, ["control"], *options), 16, options)

    # ---- Groups ----

    def grouped(self):
        self.write("atlas.toml", MANIFEST.replace('name = "Aland"', 'name = "Aland"\ngroups = [{id = "g", from = "2005-01-01"}]').replace(
            'name = "Bland"', 'name = "Bland"\ngroups = [{id = "g", from = "2000-01-01", to = "2003-01-01"}]').replace(
                'title = "Two squares"', 'title = "Two squares"\nstudy_area = "study.geojson"'))
        self.write("study.geojson", collection(feature([box(0, 0, 4, 1)])))
        self.write("front.geojson", collection(row([box(0, 0, 1, 1)], "a", "2000"), row([box(1, 0, 2, 1)], "b", "2000"), row([box(2, 0, 3, 1)], "a", "2008")))

    def test_group_shows_who_belongs_to_it_at_the_date(self):
        self.grouped()
        self.made("--group", "g", name="g.json")
        dates = ("1999-06-01", "2000-06-01", "2004-01-01", "2006-01-01", "2009-01-01")
        cells = lambda area: round(area / CELL_M2, 6)
        for at in dates:
            areas = {r["actor"]: cells(r["area_m2"]) for r in self.answer("areas", self.atlas, "--at", at, "--group", "g")["rows"]}
            figures, ground = self.ask(self.path / "g.json", ask=f"""(() => {{
                const t = model.parse("{at}"), sums = {{}};
                model.holdersAt("control", t).forEach((h, i) => {{
                    const id = model.holder("control", h).id; if (id) sums[id] = (sums[id] ?? 0) + model.areas[i]; }});
                return [model.figuresAt(t).map((r) => [r.id, r.area]), Object.entries(sums)]; }})()""")
            self.assertEqual({id: cells(area) for id, area in figures}, areas, at)
            self.assertEqual({id: cells(area) for id, area in ground}, {id: area for id, area in areas.items() if id and area}, at)
        data = json.loads((self.path / "g.json").read_text())
        self.assertEqual([data["time_texts"][i] for i in data["dates"]], ["2000-01-01", "2003-01-01", "2005-01-01", "2008-01-01"])

    def test_who_joins_a_group_gains_nothing_by_it(self):
        self.grouped()
        self.made("--group", "g", name="g.json")
        for a, b in (("2004-01-01", "2006-01-01"), ("2001-01-01", "2009-01-01"), ("2002-01-01", "2004-01-01")):
            told = self.answer("changes", self.atlas, "--from", a, "--to", b, "--group", "g")
            parties, passed = self.ask(self.path / "g.json", ask=f"""(() => {{
                const {{ parties, passed }} = model.changes(model.parse("{a}"), model.parse("{b}")), id = (h) => model.holder("control", h).id;
                return [parties.map((p) => [id(p.holder), p.gained, p.lost, p.held]), passed.map((p) => [id(p.from), id(p.to), p.area])]; }})()""")
            keys = ("actor", "gained_m2", "lost_m2", "held_m2")
            near = lambda rows: sorted([[x if not isinstance(x, (int, float)) else round(x / CELL_M2, 6) for x in r] for r in rows], key=str)
            self.assertEqual(near(parties), near([[r[k] for k in keys] for r in told["rows"] if r["actor"]]), (a, b))
            self.assertEqual(near(passed), near([[t["from"], t["to"], t["area_m2"]] for t in told["transitions"] if t["from"] != t["to"]]), (a, b))

    # ---- Before the first change, and beyond the antimeridian ----

    def test_before_the_first_change(self):
        self.write("atlas.toml", MANIFEST.replace('title = "Two squares"', 'title = "Two squares"\nstudy_area = "study.geojson"'))
        self.write("study.geojson", collection(feature([box(-1, 0, 4, 1)])))
        self.made(name="b.json")
        for at in ("1990-01-01", "1999-12-31", "2000-01-01"):
            rows = {r["actor"]: r["area_m2"] for r in self.answer("areas", self.atlas, "--at", at)["rows"]}
            figures = {r["id"]: r["area"] for r in self.ask(self.path / "b.json", ask=f'model.figuresAt(model.parse("{at}"))')}
            self.assertEqual(figures, rows, at)
        # Of a window that has a beginning nothing is said of what was before it.
        windowed = self.data("--since", "2000-06-01", name="w.json")
        self.assertNotIn(None, [figure["at"] for figure in windowed["figures"]])
        # Nothing ever changes.
        self.write("front.geojson", collection(row([box(0, 0, 1, 1)], "a", None)))
        (figure,) = self.data(name="o.json")["figures"]
        self.assertEqual({actor: round(area / CELL_M2) for actor, area, *_ in figure["rows"]}, {"a": 1, None: 4})

    def test_places_on_lines_lie_where_why_has_them(self):
        # A place on a line is of the ground south of it, on a meridian of that to the west; on a slanting line too.
        self.write("front.geojson", collection(
            row([box(0, 0, 1, 1)], "a", "2000"), row([box(0, 1, 1, 2)], "b", "2000"), row([box(1, 0, 2, 1)], "b", "2000"),
            row([[[1, 1], [2, 1], [2, 2], [1, 1]]], "a", "2000"), row([[[1, 1], [2, 2], [1, 2], [1, 1]]], "b", "2000")))
        self.made(name="l.json")
        places = [[0.5, 1], [1, 0.5], [1, 1], [1.5, 1.5], [1.5, 1], [1, 1.5], [0.5, 0], [0.5, 2], [0, 0.5], [2, 0.5], [0, 0], [2, 2]]
        told = self.ask(self.path / "l.json", ask=f"""{json.dumps(places)}.map((place) => {{
            const ground = model.shapes.groundAt(place), held = model.holdersAt("control", model.parse("2000"));
            return ground < 0 ? null : model.holder("control", held[ground]).id; }})""")
        why = [self.answer("why", self.atlas, "--at", "2000", f"--lonlat={lon},{lat}")["actor"] for lon, lat in places]
        self.assertEqual(told, why)
        self.assertIn(None, why)

    def test_opens_at_the_last_date_at_which_anything_is_held(self):
        asks = "[model.text(model.opening()), model.text(model.parse('latest')), model.text(model.parse('previous'))]"
        # Everything ends: at the last date nothing is held.
        self.write("front.geojson", collection(row([box(0, 0, 1, 1)], "a", "2000", "2005"), row([box(1, 0, 2, 1)], "b", "2002", "2005")))
        self.made(name="e.json")
        self.assertEqual(self.ask(self.path / "e.json", ask="model.text(model.dates.at(-1))"), "2005-01-01")
        self.assertEqual(self.ask(self.path / "e.json", ask=asks), ["2002-01-01", "2002-01-01", "2000-01-01"])
        # A claim is made after all control has ended.
        self.write("atlas.toml", MANIFEST + MANIFEST[MANIFEST.index("[[layer]]"):].replace('id = "front"', 'id = "claims"')
                   .replace('theme = "control"', 'theme = "claim"').replace("front.geojson", "claims.geojson"))
        self.write("claims.geojson", collection(row([box(0, 0, 1, 1)], "a", "2008")))
        self.made(name="c.json")
        self.assertEqual(self.ask(self.path / "c.json", ask=asks), ["2002-01-01", "2008-01-01", "2002-01-01"])

    def test_line_of_contact_along_the_antimeridian(self):
        # Vertices on the two sides are not the same; further on one line along +180 only.
        self.write("front.geojson", collection(
            row([[[170, -5], [180, -5], [180, 1], [180, 5], [170, 5], [170, -5]]], "a", "2000"),
            row([[[-180, -5], [-170, -5], [-170, 5], [-180, 5], [-180, 2], [-180, -5]]], "a", "2000", "2001"),
            row([[[-180, -5], [-170, -5], [-170, 5], [-180, 5], [-180, -2], [-180, -5]]], "b", "2001"),
            row([box(160, -5, 170, 5)], "b", "2000"), row([box(170, 5, 180, 8)], "b", "2000")))
        self.made(name="l.json")
        for at in ("2000-06-01", "2001-06-01"):
            line = self.answer("line", self.atlas, "--at", at, "--between", "a,b")["length_m"]
            ((length, drawn),) = self.ask(self.path / "l.json", ask=f"""(() => {{
                const holders = model.holdersAt("control", model.parse("{at}"));
                return model.contacts(holders).map(({{ length }}) => [length, model.lineFeatures((id) => {{
                    const [a, b] = [model.left[id], model.right[id]];
                    return {{ is: a >= 0 && b >= 0 && model.isContact(holders[a], holders[b]) }}; }})
                    .features.filter((f) => f.properties.is && f.geometry.coordinates.every(([x]) => x === 180)).length]); }})()""")
            self.assertAlmostEqual(length, line, delta=0.01)
            self.assertEqual(drawn > 0, at.startswith("2001"), at)


if __name__ == "__main__":
    unittest.main()
