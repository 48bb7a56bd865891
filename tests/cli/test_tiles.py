"""Vector tiles as a user makes them: read back here, by npm's pmtiles, by GDAL, and drawn by MapLibre in Chromium.

npm's packages are expected in build/cache/browser, or the folder that MARCHLAND_BROWSER names, and Chromium as
/usr/bin/chromium (tools/setup test); what needs them skips without. Nothing is downloaded here.
"""
import datetime
import hashlib
import json
import math
import os
import pathlib
import re
import shutil
import socket
import subprocess
import unittest

import vector_tiles
from harness import FRONT, MANIFEST, CliTest, box, collection, feature
from osgeo import gdal

PROJECT = pathlib.Path(__file__).resolve().parents[2]
BROWSER = pathlib.Path(os.environ.get("MARCHLAND_BROWSER") or PROJECT / "build/cache/browser")
HAS_NODE = shutil.which("node") is not None and (BROWSER / "node_modules/pmtiles").exists()
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
DAY_2000, DAY_2001 = 10957, 11323
OPEN_TO = 100000000
# Of OpenHistoricalMap: noons of the days before.
DECDATES = {"2000-01-01T00:00:00Z": 1999 + 364.5 / 365, "2001-01-01T00:00:00Z": 2000 + 365.5 / 366}

gdal.UseExceptions()


def live(features, day):
    return [f for f in features if f["properties"]["t0"] <= day < f["properties"]["t1"]]


def area(features):
    return sum(vector_tiles.twice_area(ring) for f in features for ring in f["rings"]) / 2


class Tiles(CliTest):
    def made(self, *options, name="t.pmtiles"):
        done = self.run_program("tiles", self.atlas, "-o", self.path / name, *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, "")
        self.said = done.stderr
        return self.path / name

    def archive(self, *options, name="t.pmtiles"):
        return vector_tiles.Pmtiles(self.made(*options, name=name).read_bytes())

    def node(self, script, *arguments):
        done = subprocess.run(["node", PROJECT / "tests/browser" / script, *map(str, arguments)], capture_output=True,
                              text=True, timeout=120, env={**os.environ, "MARCHLAND_NODE": str(BROWSER)})
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_ground_is_stored_once_for_as_long_as_it_is_held(self):
        tiles = self.archive("--max-zoom", "3")
        features = vector_tiles.layers_of(tiles.tiles[3, 4, 3])["control"]
        # 0..1 is a's throughout, 1..2 passes from a to b, 2..4 is b's throughout: four features, not two a date.
        self.assertEqual([(f["id"], f["properties"]) for f in features], [
            (number, {"actor": actor, "name": name, "theme": "control", "color": color, "contested": False,
                      "t0": t0, "t1": t1, "from": start, "start_decdate": DECDATES[start], **end})
            for number, actor, name, color, t0, t1, start, end in [
                (1, "a", "Aland", "#0072b2", DAY_2000, DAY_2001, "2000-01-01T00:00:00Z",
                 {"to": "2001-01-01T00:00:00Z", "end_decdate": DECDATES["2001-01-01T00:00:00Z"]}),
                (2, "a", "Aland", "#0072b2", DAY_2000, OPEN_TO, "2000-01-01T00:00:00Z", {}),
                (3, "b", "Bland", "#e69f00", DAY_2000, OPEN_TO, "2000-01-01T00:00:00Z", {}),
                (4, "b", "Bland", "#e69f00", DAY_2001, OPEN_TO, "2001-01-01T00:00:00Z", {})]])
        unit = 4096 * 8 / 360
        row = round(math.degrees(math.asinh(math.tan(math.radians(1)))) * unit)
        for day, held in ((DAY_2000, {"a": 2, "b": 2}), (DAY_2001, {"a": 1, "b": 3})):
            for actor, degrees in held.items():
                ground = area([f for f in live(features, day) if f["properties"]["actor"] == actor])
                self.assertAlmostEqual(ground, degrees * unit * row, delta=row)
            self.assertEqual(area(live(features, day)), round(4 * unit) * row)

    def test_archive_says_what_it_is(self):
        tiles = self.archive("--max-zoom", "2")
        self.assertIn("t.pmtiles: ", self.said)
        self.assertRegex(self.said, r"\d+ tiles of zooms 0 to 2, 4 features in control, 2 in line; 0\.00 MB, the largest tile 1 kB \(2/2/1\); "
                                    r"a tile unit at zoom 2 is 2446 m$")
        header, metadata = tiles.header, tiles.metadata
        self.assertEqual((header["min_zoom"], header["max_zoom"], header["tile_type"], header["clustered"]), (0, 2, 1, 1))
        self.assertEqual((header["west"], header["south"], header["east"], header["north"]), (0, 0, 40000000, 10000000))
        self.assertEqual(metadata["name"], "Two squares")
        self.assertEqual(metadata["attribution"], "A map (CC0-1.0)")
        self.assertIn("2446 m", metadata["marchland"]["resolution"])
        layer, lines = metadata["vector_layers"]
        self.assertEqual((lines["id"], lines["fields"]["first"], lines["fields"]["length_m"]), ("line", "String", "Number"))
        self.assertEqual((layer["id"], layer["minzoom"], layer["maxzoom"]), ("control", 0, 2))
        self.assertEqual(layer["fields"]["t0"], "Number")
        self.assertEqual(layer["fields"]["from"], "String")
        origin = metadata["marchland"]
        self.assertEqual(origin["atlas"], "small")
        self.assertEqual(origin["command"], "tiles")
        self.assertIn(str(OPEN_TO), origin["time"])
        self.assertEqual(origin["sources"][0]["licence"], "CC0-1.0")

    def test_threads_and_a_composite_give_the_same_bytes(self):
        first = self.made(name="a.pmtiles").read_bytes()
        self.assertEqual(self.made("--threads", "1", name="b.pmtiles").read_bytes(), first)
        done = self.run_program("build", self.atlas, "-o", self.path / "c.gpkg")
        self.assertEqual(done.returncode, 0, done.stderr)
        done = self.run_program("tiles", self.path / "c.gpkg", "-o", self.path / "c.pmtiles")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(vector_tiles.Pmtiles((self.path / "c.pmtiles").read_bytes()).tiles,
                         vector_tiles.Pmtiles(first).tiles)

    def test_folder_is_the_archive_unpacked_and_gdal_reads_it(self):
        tiles = self.archive("--max-zoom", "4").tiles
        folder = self.made("--max-zoom", "4", name="folder")
        found = {tuple(map(int, path.relative_to(folder).with_suffix("").parts)): path.read_bytes()
                 for path in folder.glob("*/*/*.mvt")}
        self.assertEqual(found, tiles)
        metadata = json.loads((folder / "metadata.json").read_text())
        self.assertEqual((metadata["tilejson"], metadata["minzoom"], metadata["maxzoom"]), ("3.0.0", 0, 4))
        self.assertEqual(metadata["bounds"], [0.0, 0.0, 4.0, 1.0])
        data = gdal.OpenEx(f"MVT:{folder}/4", gdal.OF_VECTOR)  # closed as soon as nothing refers to it
        layer = data.GetLayerByName("control")
        # It may leave out what lies in the buffer of a tile alone.
        self.assertEqual({(f.GetField("actor"), f.GetField("t0"), f.GetField("to")) for f in layer}, {
            (f["properties"]["actor"], f["properties"]["t0"], f["properties"].get("to"))
            for f in vector_tiles.layers_of(tiles[4, 8, 7])["control"]})
        west, east, south, north = layer.GetExtent()
        self.assertAlmostEqual(east, 4 * 111319.490793, delta=2504689 / 4096)
        self.assertAlmostEqual(north, 111325.142866, delta=2504689 / 4096)

    def test_every_theme_is_a_layer_and_filters_hold(self):
        claim = FRONT.replace('"holder": "a"', '"holder": "b"')
        self.write("claim.geojson", claim)
        self.write("atlas.toml", MANIFEST + MANIFEST[MANIFEST.index("[[layer]]"):].replace(
            'id = "front"', 'id = "claims"').replace('"control"', '"claim"').replace("front.geojson", "claim.geojson") + """
[[region]]
id = "west"
file = "west.geojson"
""")
        self.write("west.geojson", collection(feature([box(-1, -1, 1, 2)])))
        layers = vector_tiles.layers_of(self.archive("--max-zoom", "0", name="all.pmtiles").tiles[0, 0, 0])
        self.assertEqual(list(layers), ["control", "claim", "line"])
        self.assertEqual({f["properties"]["theme"] for f in layers["line"]}, {"control"})  # all claims are b's
        self.assertEqual({f["properties"]["actor"] for f in layers["claim"]}, {"b"})
        one = vector_tiles.layers_of(
            self.archive("--max-zoom", "0", "--theme", "claim", name="one.pmtiles").tiles[0, 0, 0])
        self.assertEqual(list(one), ["claim"])
        west = vector_tiles.layers_of(self.archive("--max-zoom", "3", "--theme", "control", "--region", "west",
                                                   name="west.pmtiles").tiles[3, 4, 3])
        self.assertEqual([f["properties"]["actor"] for f in west["control"]], ["a"])
        b = vector_tiles.layers_of(self.archive("--max-zoom", "3", "--theme", "control", "--actor", "b",
                                                name="b.pmtiles").tiles[3, 4, 3])
        self.assertEqual({f["properties"]["actor"] for f in b["control"]}, {"b"})

    def test_members_join_and_leave_a_group_while_they_hold(self):
        self.write("atlas.toml", MANIFEST.replace('name = "Aland"', 'name = "Aland"\ngroups = [{id = "g", from = "2005-01-01"}]').replace(
            'name = "Bland"', 'name = "Bland"\ngroups = [{id = "g", from = "1990-01-01", to = "2003-01-01"}, {id = "g", from = "2010-01-01"}]'))
        rows = [feature([box(x, 0, x + 1, 1)], holder=holder, **{"from": "2000", "to": None}) for x, holder in ((0, "a"), (1, "b"))]
        self.write("front.geojson", collection(*rows))
        tiles = self.archive("--group", "g", "--max-zoom", "3")
        layers = vector_tiles.layers_of(tiles.tiles[3, 4, 3])
        times = lambda layer, *keys: [tuple(f["properties"].get(key, "")[:10] for key in keys) for f in layers[layer]]
        self.assertEqual(times("control", "actor", "from", "to"), [
            ("a", "2005-01-01", ""), ("b", "2000-01-01", "2003-01-01"), ("b", "2010-01-01", "")])
        self.assertEqual(times("line", "first", "second", "from", "to"), [("a", "b", "2010-01-01", "")])
        # As areas has it, on every day about a change.
        for date in ("2000-01-01", "2002-12-31", "2003-01-01", "2004-12-31", "2005-01-01", "2009-12-31", "2010-01-01"):
            day = int((datetime.date.fromisoformat(date) - datetime.date(1970, 1, 1)).days)
            held = {f["properties"]["actor"] for f in live(layers["control"], day)}
            told = {r["actor"] for r in self.answer("areas", self.atlas, "--at", date, "--group", "g")["rows"] if r["area_m2"] > 0}
            self.assertEqual(held, told, date)

    def test_dates_of_another_zone_and_open_ends_are_numbers(self):
        self.manifest('title = "Two squares"', 'title = "Two squares"\ntimezone = "+06:00"')
        self.write("front.geojson", collection(feature([box(0, 0, 2, 1)], holder="a", **{"from": None, "to": "2001"})))
        (found,) = vector_tiles.layers_of(self.archive("--max-zoom", "0").tiles[0, 0, 0])["control"]
        self.assertEqual(found["properties"]["t0"], -OPEN_TO)
        self.assertNotIn("from", found["properties"])
        self.assertEqual(found["properties"]["t1"], DAY_2001 - 0.25)
        self.assertEqual(found["properties"]["to"], "2000-12-31T18:00:00Z")

    def test_lines_of_contact_carry_their_dates_and_are_as_long_as_line_says(self):
        tiles = self.archive("--max-zoom", "6")
        lines = vector_tiles.layers_of(tiles.tiles[6, 32, 31])["line"]
        self.assertEqual([(f["id"], {k: v for k, v in f["properties"].items() if k not in ("length_m", "from", "to")})
                          for f in lines], [
            (number, {"first": "a", "second": "b", "first_name": "Aland", "second_name": "Bland", "theme": "control",
                      "t0": t0, "t1": t1, "start_decdate": DECDATES[start], **end})
            for number, t0, t1, start, end in [
                (1, DAY_2000, DAY_2001, "2000-01-01T00:00:00Z", {"end_decdate": DECDATES["2001-01-01T00:00:00Z"]}),
                (2, DAY_2001, OPEN_TO, "2001-01-01T00:00:00Z", {})]])
        unit = 4096 * 64 / 360
        for line, lon in zip(lines, (2, 1)):
            (path,) = line["paths"]
            # a is in the west, on the left of a line that runs north; y runs south.
            self.assertEqual({x for x, _ in path}, {round(lon * unit)})
            self.assertEqual([y for _, y in path], sorted((y for _, y in path), reverse=True))
        for day, date in ((DAY_2000, "2000-06-01"), (DAY_2001, "2001-06-01")):
            done = self.run_program("line", self.atlas, "--at", date, "--between", "a,b", "--format", "json")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertAlmostEqual(sum(f["properties"]["length_m"] for f in live(lines, day)),
                                   json.loads(done.stdout)["length_m"], delta=0.01)

    def test_nobody_and_contested_ground_make_no_line_of_contact(self):
        self.write("front.geojson", collection(*(
            feature([box(west, 0, east, 1)], holder=holder, **{"from": "2000", "to": None})
            for west, east, holder in ((0, 1, "a"), (1, 2, "nobody"), (2, 4, "b"), (3, 5, "a")))))
        layers = vector_tiles.layers_of(self.archive("--max-zoom", "3").tiles[3, 4, 3])
        self.assertEqual({f["properties"]["actor"] for f in layers["control"]}, {"a", "b", "nobody", "a+b"})
        self.assertNotIn("line", layers)

    def test_dates_in_doubt_are_as_in_exports(self):
        self.write("front.geojson", collection(
            feature([box(0, 0, 2, 1)], holder="a", **{"from": "2000-05~", "to": "2002~"}),
            feature([box(2, 0, 4, 1)], holder="b", **{"from": "1999", "to": None})))
        layers = vector_tiles.layers_of(self.archive("--max-zoom", "3").tiles[3, 4, 3])
        done = self.run_program("export", self.atlas, "--all", "-o", self.path / "all.geojson")
        self.assertEqual(done.returncode, 0, done.stderr)
        keys = ("from_earliest", "from_latest", "to_earliest", "to_latest")
        instants = lambda properties: {key: properties[key] for key in keys if properties.get(key)}
        exported = {f["properties"]["actor"]: instants(f["properties"])
                    for f in json.loads((self.path / "all.geojson").read_text())["features"]}
        self.assertEqual(len(exported["a"]), 4)
        self.assertEqual({f["properties"]["actor"]: instants(f["properties"]) for f in layers["control"]}, exported)
        # The line begins and ends as a's ground does.
        self.assertEqual([instants(f["properties"]) for f in layers["line"]], [exported["a"]])

    def test_the_greatest_zoom_keeps_what_is_wider_than_lines_are_accurate(self):
        # Four provinces of 20 degrees, an enclave of 500 m, and one of a centimetre or so.
        provinces = [feature([box(20 * i, 0, 20 * i + 20, 20)], holder="ab"[i % 2], **{"from": "2000", "to": None})
                     for i in range(4)]
        enclave = lambda side: feature([box(3, 3, 3 + side, 3 + side)], holder="b", **{"from": "2001", "to": None})
        self.write("front.geojson", collection(*provinces, enclave(0.005)))
        tiles = self.archive(name="kept.pmtiles")
        self.assertNotIn("vanish", self.said)
        at_greatest = {f["id"] for (z, _, _), tile in tiles.tiles.items() if z == tiles.header["max_zoom"]
                       for f in vector_tiles.layers_of(tile)["control"]}
        self.assertIn(f" {len(at_greatest)} features in control", self.said)
        self.assertEqual(at_greatest, set(range(1, len(at_greatest) + 1)))
        self.made("--max-zoom", "2", name="lost.pmtiles")
        found = re.search(r"(\d+) of (\d+) features vanish below a tile unit, 2\d\d\d m at zoom 2; --max-zoom (\d+) would "
                          "keep them", self.said)
        self.assertIsNotNone(found, self.said)
        self.archive("--max-zoom", found[3], name="again.pmtiles")
        self.assertNotIn("vanish", self.said)
        self.write("front.geojson", collection(*provinces, enclave(1e-7)))
        lost = self.archive("--max-zoom", "5", name="grain.pmtiles")
        self.assertRegex(self.said, r"features vanish below a tile unit, \d+ m at zoom 5; 2 at most 0\.01 m wide are too "
                                    "narrow for any zoom")
        self.assertIn("vanish", lost.metadata["marchland"]["vanished"])

    def test_ground_that_no_zoom_shows_makes_no_file(self):
        self.write("front.geojson", collection(
            feature([box(1, 1, 1.00002, 1.00002)], holder="a", **{"from": "2000", "to": None})))
        said = self.refusal(2, "tiles", self.atlas, "-o", self.path / "t.pmtiles", "--max-zoom", 2)
        self.assertIn("there is no tile to write: 1 of 1 features vanish below a tile unit, 2446 m at zoom 2; --max-zoom 14 "
                      "would keep them", said)
        self.assertFalse((self.path / "t.pmtiles").exists())
        self.archive("--max-zoom", 14)

    def test_ground_beyond_the_square_is_refused_or_said_to_be_cut_off(self):
        polar = feature([box(0, 86, 10, 88)], holder="a", **{"from": "2000", "to": None})
        self.write("front.geojson", collection(polar))
        self.assertIn("all ground lies beyond 85.0511 degrees of latitude, where Web Mercator ends, so no tile can show it; "
                      "export", self.refusal(2, "tiles", self.atlas, "-o", self.path / "polar.pmtiles"))
        self.assertFalse((self.path / "polar.pmtiles").exists())
        self.write("front.geojson", collection(
            polar, feature([box(0, 80, 10, 89)], holder="b", **{"from": "1999", "to": "2000"})))
        tiles = self.archive("--max-zoom", "3")
        self.assertIn("beyond 85.0511 degrees of latitude, where Web Mercator ends: 1 of 2 features", self.said)
        self.assertIn("ground beyond 85.0511 degrees of latitude is cut off", self.said)
        self.assertIn("85.0511", tiles.metadata["marchland"]["cut_off"])

    def test_what_memory_has_no_room_for_is_refused_with_the_zoom_that_fits(self):
        slanting = [[[x, -60], [x + 0.01, -60], [x + 50.01, 60], [x + 50, 60], [x, -60]] for x in range(-170, 130, 10)]
        self.write("front.geojson", collection(
            *(feature([ring], holder="a", **{"from": "2000", "to": None}) for ring in slanting)))
        out = self.path / "t.pmtiles"
        said = self.refusal(1, "tiles", self.atlas, "-o", out, "--max-zoom", 16, "--max-memory", "64M")
        self.assertIn("tiles of zooms 0 to 16 would take about", said)
        fits = re.search(r"--max-zoom (\d+): the greatest that fits", said)[1]
        self.archive("--max-zoom", fits, "--max-memory", "64M")
        self.refusal(1, "tiles", self.atlas, "-o", out, "--overwrite", "--max-zoom", int(fits) + 1, "--max-memory", "64M")

    def test_the_whole_earth_is_a_few_tiles_many_times(self):
        self.write("front.geojson", collection(
            feature([box(-180, -90, 180, 90)], holder="a", **{"from": "2000", "to": None})))
        header = vector_tiles.Pmtiles.header_of(self.made("--max-zoom", "12").read_bytes())
        self.assertEqual(header["addressed"], (4 ** 13 - 1) // 3)
        self.assertLess(header["contents"], 30)
        self.assertIn("22369621 tiles of zooms 0 to 12", self.said)
        self.assertIn("would be a folder of 22369621 files, and 1000000 are the most. Write a .pmtiles",
                      self.refusal(1, "tiles", self.atlas, "-o", self.path / "folder", "--max-zoom", 12))

    def test_addresses_of_a_folder(self):
        folder = self.made("--max-zoom", "1", name="folder")
        self.assertIn('tiles: ["https://.../{z}/{x}/{y}.mvt"], minzoom: 0, maxzoom: 1; with --url', self.said)
        folder = self.made("--max-zoom", "1", "--overwrite", "--url", "https://example.org/t/", name="folder")
        self.assertNotIn("--url", self.said)
        self.assertEqual(json.loads((folder / "metadata.json").read_text())["tiles"],
                         ["https://example.org/t/{z}/{x}/{y}.mvt"])
        self.assertIn("pmtiles://https://example.org/t.pmtiles", self.refusal(
            2, "tiles", self.atlas, "-o", self.path / "t.pmtiles", "--url", "https://example.org/"))
        self.assertIn("--url tiles/: expected where the folder will be served", self.refusal(
            2, "tiles", self.atlas, "-o", self.path / "u", "--url", "tiles/"))

    def test_what_it_refuses(self):
        out = self.path / "t.pmtiles"
        self.assertIn("t.mbtiles: no format of tiles has that ending; expected a name that ends in .pmtiles",
                      self.refusal(2, "tiles", self.atlas, "-o", self.path / "t.mbtiles"))
        self.assertIn("--min-zoom 5 is greater than --max-zoom 4",
                      self.refusal(2, "tiles", self.atlas, "-o", out, "--min-zoom", 5, "--max-zoom", 4))
        self.assertIn("--max-zoom", self.refusal(2, "tiles", self.atlas, "-o", out, "--max-zoom", 17))
        self.assertIn("there is no ground to show of theme zone; the atlas has control",
                      self.refusal(2, "tiles", self.atlas, "-o", out, "--theme", "zone"))
        self.assertIn("--two-layer", self.refusal(2, "tiles", self.atlas, "-o", out, "--two-layer"))
        out.write_bytes(b"mine")
        self.assertIn("exists already", self.refusal(1, "tiles", self.atlas, "-o", out))
        self.assertEqual(out.read_bytes(), b"mine")
        self.assertEqual(sorted(p.name for p in self.path.iterdir()), ["atlas", "t.pmtiles"])
        # Of folders only those that hold tiles are replaced.
        (self.path / "mine").mkdir()
        self.assertIn("has no metadata.json",
                      self.refusal(1, "tiles", self.atlas, "-o", self.path / "mine", "--overwrite"))

    @unittest.skipUnless(HAS_NODE, f"needs node and {BROWSER}/node_modules (tools/setup test)")
    def test_npm_reads_the_same_tiles_through_leaf_directories(self):
        # Thirty slanting strips: so many tiles of different length that the root directory has to name leaves.
        strips = [[[x, -60], [x + 0.01, -60], [x + 50.01, 60], [x + 50, 60], [x, -60]] for x in range(-170, 130, 10)]
        self.write("front.geojson", collection(
            *(feature([ring], holder="a", **{"from": "2000", "to": None}) for ring in strips)))
        ours = self.archive("--max-zoom", "9")
        self.assertGreater(ours.header["leaves_length"], 0)
        self.assertLessEqual(ours.header["root_at"] + ours.header["root_length"], 16384)
        self.assertEqual(len(ours.tiles), ours.header["addressed"])
        asked = sorted(ours.tiles)[::97]
        names = ["/".join(map(str, key)) for key in asked]
        theirs = self.node("read_pmtiles.mjs", self.path / "t.pmtiles", *names, "9/0/0")
        self.assertEqual(theirs["tiles"].pop("9/0/0"), None)
        self.assertEqual(theirs["tiles"], {name: hashlib.sha256(ours.tiles[key]).hexdigest()
                                           for name, key in zip(names, asked)})
        self.assertEqual(theirs["metadata"], ours.metadata)
        self.assertEqual(theirs["header"]["numTileContents"], ours.header["contents"])
        self.assertTrue(theirs["header"]["clustered"])

    @unittest.skipUnless(HAS_NODE and pathlib.Path(CHROMIUM).exists(),
                         f"needs {CHROMIUM}, node and {BROWSER}/node_modules (tools/setup test)")
    def test_maplibre_draws_what_was_held(self):
        # Across the antimeridian, so that the ground lies in the first and in the last column of tiles.
        self.write("front.geojson", FRONT_AT_180)
        self.manifest('title = "Two squares"', 'title = "Two squares"\nattribution = "J. Smith <j@example.org>, A<B & C; CC BY"')
        archive = self.made("--max-zoom", "5")
        folder = self.made("--max-zoom", "5", name="folder")
        # As the url of a source, its templates being absolute.
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        served = self.made("--max-zoom", "5", "--url", f"http://127.0.0.1:{port}/tiles/", name="served")
        shared = {"layer": "control", "line": "line", "center": [180, 0.5], "zoom": 6.5, "days": [DAY_2000, DAY_2001],
                  "points": [[178.5, 0.5], [179.5, 0.5], [180.0, 0.5], [181.5, 0.5], [180, 1.5], [179.9, 0.5], [179, 0.5]]}
        a, b, none = ("#0072b2", ["a"], []), ("#e69f00", ["b"], []), ("#ffffff", [], [])
        for question in ({"archive": str(archive)}, {"folder": str(folder), "zooms": [0, 5]},
                         {"folder": str(served), "port": port}):
            (self.path / "question.json").write_text(json.dumps({**shared, **question}))
            answer = self.node("draw_tiles.mjs", self.path / "question.json")
            self.assertEqual(answer["problems"], [])
            drawn = [[(point["color"], point["actors"], point["lines"]) for point in day["points"]]
                     for day in answer["days"]]
            self.assertEqual([day[:5] for day in drawn], [[a, a, b, b, none], [a, b, b, b, none]])
            # The front is where it was on the day, and nowhere else.
            at_1799, at_179 = zip(*(day[5:] for day in drawn))
            self.assertEqual([point[::2] for point in at_1799], [("#000000", [["a", "b", DAY_2000, DAY_2001]]), b[::2]])
            self.assertEqual([point[::2] for point in at_179], [a[::2], ("#000000", [["a", "b", DAY_2001, OPEN_TO]])])
            if "zooms" not in question:  # such a source has no attribution
                self.assertIn("J. Smith <j@example.org>, A<B & C; CC BY", answer["attribution"])
            self.assertEqual([day["actors"] for day in answer["days"]], [["a", "b"], ["a", "b"]])


# In 2000 a holds 178..179.9, b 179.9..182; in 2001 a holds 178..179, b 179..182.
FRONT_AT_180 = collection(
    feature([box(178, 0, 179.9, 1)], holder="a", **{"from": "2000", "to": "2001"}),
    feature([box(179.9, 0, 182, 1)], holder="b", **{"from": "2000", "to": "2001"}),
    feature([box(178, 0, 179, 1)], holder="a", **{"from": "2001", "to": None}),
    feature([box(179, 0, 182, 1)], holder="b", **{"from": "2001", "to": None}),
)


if __name__ == "__main__":
    unittest.main()
