"""The map: its data, and what an atlas cannot do to its page. The page as a user has it: test_map_page.py.

What needs a program that was built with the page (tools/setup viewer) skips without.
"""
import html.parser
import itertools
import json
import math
import pathlib
import re
import subprocess
import tempfile
import unittest

from harness import CELL_M2, MANIFEST, PROGRAM, CliTest, box, collection, feature

HAS_PAGE = "built without" not in subprocess.run(
    [PROGRAM, "map", "/nowhere", "-o", pathlib.Path(tempfile.gettempdir()) / "no-page.html"], capture_output=True, text=True, timeout=60).stderr
DAY_2000, DAY_2001 = 946684800, 978307200

CLAIMS = MANIFEST + MANIFEST[MANIFEST.index("[[layer]]"):].replace('id = "front"', 'id = "claims"').replace(
    '"control"', '"claim"').replace("front.geojson", "claim.geojson")


def needs_page(test):
    return unittest.skipUnless(HAS_PAGE, "needs a program built after tools/setup viewer")(test)


class Links(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found, self.tags = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.found += [value for key, value in attributes if key in ("href", "src")]


class MapTest(CliTest):
    """What both modules share."""

    def made(self, *options, name="m.html"):
        done = self.run_program("map", self.atlas, "-o", self.path / name, *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, "")
        self.said = done.stderr
        return self.path / name

    def data(self, *options, name="m.json"):
        return json.loads(self.made(*options, name=name).read_text(encoding="utf-8"))

    def hostile(self):
        image = "<img src=x onerror=alert(1)>"
        end = "</script><script>alert(2)</script><!--"
        self.write("atlas.toml", MANIFEST.replace('"Two squares"', f'"{image}{end}"\nattribution = "{end}"').replace(
            '"Aland"', f'"{image}"').replace('title = "A map"', f'title = "{image}"\nurl = "javascript:alert(3)"').replace(
                'to = {field = "to"}', 'to = {field = "to"}\nnote = {field = "note"}'))
        self.write("front.geojson", collection(
            feature([box(0, 0, 4, 1)], holder="a", note=image + end, **{"from": "2000", "to": None})))


class Map(MapTest):
    # ---- The data ----

    def test_ground_is_there_once_and_figures_are_those_of_timeline(self):
        data = self.data()
        self.assertRegex(self.said, r"m\.json: 2 dates, 3 grounds, \d+ lines between them; 0\.0\d MB")
        self.assertEqual([data["times"][i] for i in data["dates"]], [DAY_2000, DAY_2001])
        self.assertEqual([data["time_texts"][i] for i in data["dates"]], ["2000-01-01", "2001-01-01"])
        theme = data["themes"]["control"]
        ids = [holder["id"] for holder in theme["holders"]]
        history = {}
        for ground in data["topology"]["objects"]["ground"]["geometries"]:
            spans = theme["grounds"][ground["properties"]["control"]]
            named = tuple((data["times"][t], ids[h]) for t, h in zip(spans[::2], spans[1::2]) if ids[h])
            history[named] = ground["properties"]["area_m2"]
        self.assertEqual({key: round(area / CELL_M2, 9) for key, area in history.items()}, {
            ((DAY_2000, "a"),): 1, ((DAY_2000, "a"), (DAY_2001, "b")): 1, ((DAY_2000, "b"),): 2})
        timeline = self.answer("timeline", self.atlas)["rows"]
        self.assertEqual([[row[0], row[1]] for figure in data["figures"] for row in figure["rows"]],
                         [[row["actor"], row["area_m2"]] for row in timeline])

    def test_topology_is_topojson_on_the_grid(self):
        topology = self.data()["topology"]
        self.assertEqual((topology["type"], topology["bbox"]), ("Topology", [0.0, 0.0, 4.0, 1.0]))
        uses = [0] * len(topology["arcs"])
        for ground in topology["objects"]["ground"]["geometries"]:
            for polygon in ground["arcs"]:
                for ring in polygon:
                    ends = []
                    for ref in ring:
                        uses[ref if ref >= 0 else ~ref] += 1
                        x = y = 0
                        positions = [(x := x + dx, y := y + dy) for dx, dy in topology["arcs"][ref if ref >= 0 else ~ref]]
                        ends += [positions[0], positions[-1]] if ref >= 0 else [positions[-1], positions[0]]
                    self.assertEqual(ends[1:-1:2], ends[2::2])
                    self.assertEqual(ends[0], ends[-1])
        # Between three grounds in a row two lines, around them four.
        self.assertEqual(sorted(uses), [1, 1, 1, 1, 2, 2])

    def test_statements_are_told_apart_by_their_lines(self):
        # Two statements of one actor at one time, so layer, actor and date do not say which holds where.
        self.write("front.geojson", collection(
            feature([box(0, 0, 1, 1)], holder="a", **{"from": "2000", "to": None}),
            feature([box(2, 0, 3, 1)], holder="a", **{"from": "2000", "to": None})))
        self.manifest('mode = "interval"', 'mode = "event"')
        manifest = (self.atlas / "atlas.toml").read_text().replace('to = {field = "to"}\n', "")
        self.write("atlas.toml", manifest)
        data = self.data()
        grounds = data["topology"]["objects"]["ground"]["geometries"]
        covering = {round(g["properties"]["point"][0]): data["statement_sets"][g["properties"]["statements"]] for g in grounds}
        self.assertEqual(covering, {0: [0], 2: [1]})
        self.assertEqual([s["is_listed"] for s in data["statements"]], [True, True])

    def test_dates_before_christ_in_doubt_and_open(self):
        self.write("front.geojson", collection(
            feature([box(0, 0, 1, 1)], holder="a", **{"from": "-0300-05", "to": "[1400..1402]"}),
            feature([box(1, 0, 2, 1)], holder="b", **{"from": None, "to": None})))
        data = self.data()
        self.assertEqual([data["time_texts"][i] for i in data["dates"]], ["-0300-05-01", "1400-01-01"])
        self.assertIsNone(data["times"][0])
        self.assertEqual(data["statements"][0]["to_between"], ["1400-01-01", "1402-12-31"])
        self.assertEqual((data["statements"][1]["from"], data["statements"][1]["to"]), (None, None))
        # Nothing ever changes: one date stands for all.
        self.write("front.geojson", collection(feature([box(1, 0, 2, 1)], holder="b", **{"from": None, "to": None})))
        self.assertEqual(self.data(name="n.json")["dates"], [0])

    def test_language_filters_and_other_themes(self):
        self.write("atlas.toml", CLAIMS.replace('name = "Aland"', 'name = "Aland"\nnames = {de = "Aaland"}'))
        self.write("claim.geojson", collection(feature([box(0, 0, 4, 1)], holder="b", **{"from": "2000", "to": None})))
        data = self.data("--lang", "de")
        self.assertEqual([actor["name"] for actor in data["actors"]], ["nobody", "Aaland", "Bland"])
        self.assertEqual(list(data["themes"]), ["control", "claim"])
        self.assertIn("--lang xx: no party has a name in it; the atlas has names in de",
                      self.refusal(2, "map", self.atlas, "--lang", "xx", "-o", self.path / "x.json"))
        only = self.data("--actor", "b", name="b.json")
        shown = {holder["id"]: holder.get("shown") for holder in only["themes"]["control"]["holders"]}
        self.assertEqual(shown, {None: None, "a": [0, 0], "b": None})
        self.assertEqual(only["filters"], "--actor b")

    def test_it_says_how_it_was_restricted(self):
        self.manifest('title = "Two squares"', 'title = "Two squares"\nharmonise_m = 0.5')
        data = self.data("--since", "2000-06-01", "--until", "2002-01-01", "--as-of", "2020-01-01", "--public", "--source", "s", "--rule", "majority")
        self.assertEqual([data[key] for key in ("since", "until", "as_of", "public", "harmonise_m", "filters", "rule")],
                         ["2000-06-01", "2002-01-01", "2020-01-01", True, 0.5, "--source s", "majority"])
        self.assertFalse({"since", "until", "as_of", "public", "filters"} & self.data(name="all.json").keys())

    def test_coarse_lines_are_near_the_fine_ones_and_meet(self):
        # Two parties beside a border of many vertices, and an island.
        border = [(1 + 0.02 * math.sin(i / 400) + 0.000005 * (i * 7919 % 13), i / 25000) for i in range(25001)]
        self.write("front.geojson", collection(
            feature([[[0, 0], *border, [0, 1], [0, 0]]], holder="a", **{"from": "2000", "to": None}),
            feature([[[3, 0], [3, 1], *reversed(border), [3, 0]], box(2, 0.4, 2.00001, 0.40001)], holder="b", **{"from": "2000", "to": None}),
            feature([box(2, 0.4, 2.00001, 0.40001)], holder="a", **{"from": "2000", "to": None})))
        data = self.data()
        self.assertEqual(self.small_data()["coarse"], [])
        self.assertEqual(len(data["coarse"]), 3)
        for level in data["coarse"]:
            self.assert_coarse_and_near(data["topology"]["arcs"], **level)

    def assert_coarse_and_near(self, arcs, below_zoom, kept):
        world = 512 * 2**below_zoom

        def on_map(x, y):
            latitude = math.radians(y / 1e7)
            return x / 3.6e9 * world, math.asinh(math.tan(latitude)) / (2 * math.pi) * world

        fine = coarse = 0
        self.assertEqual(len(arcs), len(kept))
        for steps, its in zip(arcs, kept):
            x = y = 0
            points = [on_map(x := x + dx, y := y + dy) for dx, dy in steps]
            at = [0, *itertools.accumulate(its), len(points) - 1]
            self.assertEqual(at, sorted(set(at)))
            fine, coarse = fine + len(points), coarse + len(at)
            for i, j in zip(at, at[1:]):
                (ax, ay), (bx, by) = points[i], points[j]
                length = math.hypot(bx - ax, by - ay)
                for px, py in points[i + 1:j]:
                    self.assertLess(abs((bx - ax) * (py - ay) - (by - ay) * (px - ax)) / length, 2)
        self.assertLess(coarse, fine / 10)

    def small_data(self):
        self.write("front.geojson", collection(feature([box(0, 0, 1, 1)], holder="a", **{"from": "2000", "to": None})))
        return self.data(name="small.json")

    def test_what_it_refuses(self):
        out = self.path / "m.html"
        self.assertIn("expected a name that ends in .html", self.refusal(2, "map", self.atlas, "-o", self.path / "m.png"))
        self.assertIn("--two-layer", self.refusal(2, "map", self.atlas, "-o", out, "--two-layer"))
        self.assertIn("there is no ground to show of theme",
                      self.refusal(2, "map", self.atlas, "-o", self.path / "m.json", "--theme", "zone"))
        out.write_text("mine")
        self.assertIn("exists already", self.refusal(1, "map", self.atlas, "-o", out))
        self.assertEqual(out.read_text(), "mine")
        self.assertEqual(sorted(p.name for p in self.path.iterdir()), ["atlas", "m.html"])

    # ---- The page ----

    @needs_page
    def test_nothing_an_atlas_says_becomes_markup(self):
        self.hostile()
        text = self.made().read_text(encoding="utf-8")
        self.assertEqual(len(re.findall(r"</script", text, re.I)), 2)
        self.assertNotIn("<img src=x", text)
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text).group(1)
        self.assertIn("default-src 'none'", policy)
        self.assertNotRegex(policy, r"script-src[^;]*unsafe")
        self.assertEqual(re.search("<title>(.*?)</title>", text, re.S).group(1).count("<"), 0)
        self.assertIn("Full text of license", text)
        self.assertIn("Copyright (c) 2023, MapLibre contributors", text)

    # ---- The result folder ----

    def test_run_has_a_page_whose_links_hold(self):
        self.hostile()
        folder = self.path / "out"
        done = self.run_program("run", self.atlas, "-o", folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        page = Links((folder / "index.html").read_text(encoding="utf-8"))
        tags = [tag for tag, _ in page.tags]
        self.assertNotIn("script", tags)
        self.assertEqual(tags.count("h1"), 1)
        self.assertTrue(all(attributes.get("alt") for tag, attributes in page.tags if tag == "img"))
        local = [link for link in page.found if not link.startswith(("#", "http"))]
        self.assertEqual([link for link in local if not (folder / link).exists()], [])
        index = json.loads((folder / "index.json").read_text())
        self.assertLessEqual({entry["file"] for entry in index["files"]} - {"index.html"}, set(local))
        self.assertEqual((folder / "map.html").exists(), HAS_PAGE)
        if not HAS_PAGE:
            self.assertIn("map.html is left out", done.stderr)
        self.assertIn("pictures/control-first.svg", local)
        self.assertIn('<path fill="#0072b2"', (folder / "pictures/control-first.svg").read_text())


if __name__ == "__main__":
    unittest.main()
