"""Vector tiles as a user makes them: read back here, by npm's pmtiles, by GDAL, and drawn by MapLibre in Chromium.

npm's packages are expected in build/cache/browser, or the folder that MARCHLAND_BROWSER names, and Chromium as
/usr/bin/chromium (tools/setup test); what needs them skips without. Nothing is downloaded here.
"""
import hashlib
import json
import math
import os
import pathlib
import shutil
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
        self.assertRegex(self.said, r"\d+ tiles of zooms 0 to 2, 4 features in control; 0\.00 MB, the largest tile 1 kB")
        header, metadata = tiles.header, tiles.metadata
        self.assertEqual((header["min_zoom"], header["max_zoom"], header["tile_type"], header["clustered"]), (0, 2, 1, 1))
        self.assertEqual((header["west"], header["south"], header["east"], header["north"]), (0, 0, 40000000, 10000000))
        self.assertEqual(metadata["name"], "Two squares")
        self.assertEqual(metadata["attribution"], "A map")
        (layer,) = metadata["vector_layers"]
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
        self.assertEqual(list(layers), ["control", "claim"])
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

    def test_dates_of_another_zone_and_open_ends_are_numbers(self):
        self.manifest('title = "Two squares"', 'title = "Two squares"\ntimezone = "+06:00"')
        self.write("front.geojson", collection(feature([box(0, 0, 2, 1)], holder="a", **{"from": None, "to": "2001"})))
        (found,) = vector_tiles.layers_of(self.archive("--max-zoom", "0").tiles[0, 0, 0])["control"]
        self.assertEqual(found["properties"]["t0"], -OPEN_TO)
        self.assertNotIn("from", found["properties"])
        self.assertEqual(found["properties"]["t1"], DAY_2001 - 0.25)
        self.assertEqual(found["properties"]["to"], "2000-12-31T18:00:00Z")

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
        archive = self.made("--max-zoom", "5")
        folder = self.made("--max-zoom", "5", name="folder")
        shared = {"layer": "control", "center": [180, 0.5], "zoom": 6.5, "days": [DAY_2000, DAY_2001],
                  "points": [[178.5, 0.5], [179.5, 0.5], [180.0, 0.5], [181.5, 0.5], [180, 1.5]]}
        a, b, none = ("#0072b2", ["a"]), ("#e69f00", ["b"]), ("#ffffff", [])
        for question in ({"archive": str(archive)}, {"folder": str(folder), "zooms": [0, 5]}):
            (self.path / "question.json").write_text(json.dumps({**shared, **question}))
            answer = self.node("draw_tiles.mjs", self.path / "question.json")
            self.assertEqual(answer["problems"], [])
            drawn = [[(point["color"], point["actors"]) for point in day["points"]] for day in answer["days"]]
            self.assertEqual(drawn, [[a, a, b, b, none], [a, b, b, b, none]])
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
