"""Where each feature comes from: the statements that decide on its ground, held against GEOS (through OGR)."""
import json
import subprocess
import unittest

from osgeo import gdal, ogr

from harness import MANIFEST, CliTest, box, collection, feature

gdal.UseExceptions()

MORE = MANIFEST.replace("""
[[layer]]
id = "front"
source = "s"
""", """
[[source]]
id = "t"
title = "Another map"
author = "B. Author"
licence = "CC BY 4.0"
url = "https://example.org/t"
date = "2001-05-01"
sigma_m = 250
priority = 2
note = "drawn at 1:1 000 000"

[[layer]]
id = "steps"
source = "s"
theme = "control"
mode = "event"
files = ["steps.geojson"]
id_field = "name"
actor = {field = "holder"}
from = {field = "from"}

[[layer]]
id = "later"
source = "t"
theme = "control"
mode = "interval"
files = ["later.geojson"]
id_field = "name"
actor = {field = "holder"}
from = {field = "from"}
to = {field = "to"}

[[layer]]
id = "front"
source = "s"
""").replace('files = ["front.geojson"]\n', 'files = ["front.geojson"]\nid_field = "name"\n')

# Of one layer, actor and date several statements: beside each other, overlapping, crossing off the grid, far away.
FRONT = [
    feature([box(0, 0, 1, 1)], name="a1", holder="a", **{"from": "2000", "to": None}),
    feature([[[0.9, 0.1], [2.3, 0.4], [1.1, 0.93], [0.9, 0.1]]], name="a2", holder="a", **{"from": "2000", "to": "2001"}),
    feature([[[0.8, 0.2], [2.2, 0.31], [1.3, 0.97], [0.8, 0.2]]], name="a3", holder="a", **{"from": "2000", "to": None}),
    feature([box(8, 8, 9, 9), box(8.2, 8.2, 8.8, 8.8)], name="a4", holder="a", **{"from": "2001", "to": None}),
    feature([box(8.4, 8.4, 8.6, 8.6)], name="b1", holder="b", **{"from": "2000", "to": None}),
    feature([box(3, 0, 4, 1)], name="b2", holder="b", **{"from": "2000", "to": "2001"}),
]
STEPS = [
    feature([box(5, 0, 7, 1)], name="e1", holder="a", **{"from": "2000"}),
    feature([box(6, 0, 7, 1)], name="e2", holder="b", **{"from": "2000-06-01"}),
]
LATER = [feature([box(3.5, 0, 4, 1)], name="t1", holder="b", **{"from": "2000", "to": None})]


class ProvenanceTest(CliTest):
    def setUp(self):
        super().setUp()
        self.write("atlas.toml", MORE.replace("id_field = \"name\"\n", "statement = {field = \"name\"}\n"))
        self.write("front.geojson", collection(*FRONT))
        self.write("steps.geojson", collection(*STEPS))
        self.write("later.geojson", collection(*LATER))
        self.shapes = {f["properties"]["name"]: ogr.CreateGeometryFromJson(json.dumps(f["geometry"]))
                       for f in FRONT + STEPS + LATER}

    def features(self, *options, ending="gpkg"):
        target = self.path / f"out.{ending}"
        done = self.run_program("export", self.atlas, *options, "-o", target, "--overwrite")
        self.assertEqual(done.returncode, 0, done.stderr)
        source = gdal.OpenEx(str(target), gdal.OF_VECTOR)
        out = []
        for row in source.GetLayer(0):
            out.append({**row.items(), "shape": row.GetGeometryRef().Clone()})
        return out

    def names(self, row, key="statements"):
        return row[key].split(",") if row[key] else []


class Statements(ProvenanceTest):
    def check_ground(self, row):
        """The statements named meet the feature's ground each, and cover it together."""
        named = self.names(row)
        self.assertEqual(row["statement_count"], len(named))
        together = ogr.Geometry(ogr.wkbMultiPolygon)
        for name in named:
            self.assertGreater(self.shapes[name].Intersection(row["shape"]).Area(), 1e-9, name)
            together = together.Union(self.shapes[name])
        # Crossings were rounded to 1e-7 degree.
        self.assertLess(row["shape"].Difference(together).Area(), 1e-6)

    def test_at_a_date(self):
        rows = {row["actor"]: row for row in self.features("--at", "2000-07-01")}
        self.assertEqual(self.names(rows["a"]), ["e1", "a1", "a2", "a3"])
        self.assertEqual(self.names(rows["b"]), ["e2", "t1", "b1", "b2"])
        self.assertEqual((rows["a"]["sources"], rows["b"]["sources"]), ("s", "s,t"))
        for row in rows.values():
            self.check_ground(row)
        rows = {row["actor"]: row for row in self.features("--at", "2001-07-01")}
        self.assertEqual(self.names(rows["a"]), ["e1", "a1", "a3", "a4"])
        self.assertEqual(self.names(rows["b"]), ["e2", "t1", "b1"])
        for row in rows.values():
            self.check_ground(row)

    def test_through_time_every_statement_of_the_stretch(self):
        rows = self.features("--all")
        self.assertEqual([(row["actor"], self.names(row)) for row in rows],
                         [("a", ["e1", "a1", "a2", "a3"]), ("a", ["e1", "a1", "a2", "a3"]), ("a", ["e1", "a1", "a3", "a4"]),
                          ("b", ["t1", "b1", "b2"]), ("b", ["e2", "t1", "b1", "b2"]), ("b", ["e2", "t1", "b1"])])
        for row in rows:
            self.check_ground(row)

    def test_of_what_changed_hands_both_sides(self):
        rows = {(row["from_actor"], row["to_actor"]): row for row in self.features("--from", "2000", "--to", "2001-07-01")}
        passed = rows["a", "b"]
        self.assertEqual((passed["from_statements"], passed["to_statements"]), ("e1", "e2"))
        self.assertEqual((passed["from_statement_count"], passed["to_statement_count"]), (1, 1))
        gone = rows["b", None]
        self.assertEqual((gone["from_statements"], gone["to_statements"], gone["to_statement_count"]), ("b2", None, None))

    def test_one_source_only(self):
        rows = {row["actor"]: row for row in self.features("--at", "2000-07-01", "--source", "t")}
        self.assertEqual({actor: self.names(row) for actor, row in rows.items()}, {"b": ["t1"]})

    def test_of_a_composite_the_same(self):
        built = self.path / "c.gpkg"
        self.assertEqual(self.run_program("build", self.atlas, "-o", built).returncode, 0)
        of_atlas = self.features("--all")
        self.atlas = built
        of_composite = self.features("--all")
        self.assertEqual([row["statements"] for row in of_atlas], [row["statements"] for row in of_composite])

    def test_very_many_are_counted(self):
        many = [feature([box(i, 20, i + 1, 21)], name=f"m{i}", holder="a", **{"from": "2000", "to": None}) for i in range(25)]
        self.write("front.geojson", collection(*FRONT, *many))
        row = next(row for row in self.features("--at", "2000-07-01") if row["actor"] == "a")
        self.assertEqual((len(self.names(row)), row["statement_count"]), (20, 29))

    def test_a_shapefile_has_no_room_for_lists(self):
        row = self.features("--at", "2000-07-01", ending="shz")[0]
        self.assertNotIn("statements", row)
        self.assertEqual(row["stmt_count"], 4)


class History(ProvenanceTest):
    def history(self, lonlat):
        document = self.answer("why", self.atlas, "--at", "2001-07-01", "--lonlat", lonlat)
        return [(row["actor"], row["sources"], row["statements"]) for row in document["history"]]

    def test_each_stretch_names_what_decided(self):
        self.assertEqual(self.history("6.5,0.5"), [(None, [], []), ("a", ["s"], ["e1"]), ("b", ["s"], ["e2"])])
        # Three overlap here until one of them ends: the holder stays.
        self.assertEqual(self.history("0.95,0.25"), [(None, [], []), ("a", ["s"], ["a1", "a2", "a3"])])
        self.assertEqual(self.history("3.7,0.5"), [(None, [], []), ("b", ["t"], ["t1"])])
        self.assertEqual(self.history("3.2,0.5"), [(None, [], []), ("b", ["s"], ["b2"]), (None, [], [])])

    def test_why_says_who_the_sources_are(self):
        document = self.answer("why", self.atlas, "--at", "2001-06", "--lonlat", "0.5,0.5")
        named = {row["source"] for row in document["rows"]}
        self.assertTrue(named)
        self.assertEqual({row["source"] for row in document["sources"]} & named, named)
        self.assertTrue(all(row["title"] for row in document["sources"]))

    def test_a_source_that_states_nothing_is_no_filter(self):
        self.write("atlas.toml", (self.atlas / "atlas.toml").read_text().replace(
            '\n[[layer]]', '\n[[source]]\nid = "cited"\n\n[[layer]]', 1))
        self.assertIn("--source cited: states nothing itself", self.refusal(2, "areas", self.atlas, "--at", "2001", "--source", "cited"))


class Tables(ProvenanceTest):
    def test_sources_are_attributes_of_the_geopackage(self):
        self.features("--at", "2000-07-01")
        source = gdal.OpenEx(str(self.path / "out.gpkg"), gdal.OF_VECTOR)
        rows = [row.items() for row in source.GetLayerByName("sources")]
        self.assertEqual([row["id"] for row in rows], ["s", "t"])
        self.assertEqual({key: rows[1][key] for key in ("title", "author", "licence", "url", "date", "sigma_m", "priority", "note")},
                         {"title": "Another map", "author": "B. Author", "licence": "CC BY 4.0", "url": "https://example.org/t",
                          "date": "2001-05-01", "sigma_m": 250.0, "priority": 2, "note": "drawn at 1:1 000 000"})
        contents = source.ExecuteSQL("SELECT data_type FROM gpkg_contents WHERE table_name = 'sources'")
        self.assertEqual([row["data_type"] for row in contents], ["attributes"])
        self.assertIsNone(source.GetLayerByName("statements"))
        told = subprocess.run(["ogrinfo", "-q", str(self.path / "out.gpkg")], capture_output=True, text=True)
        self.assertIn("sources (None)", told.stdout)

    def test_statements_where_asked(self):
        self.features("--at", "2000-07-01", "--statements")
        source = gdal.OpenEx(str(self.path / "out.gpkg"), gdal.OF_VECTOR)
        rows = {row["id"]: row.items() for row in source.GetLayerByName("statements")}
        self.assertEqual(set(rows), set(self.shapes))
        self.assertEqual((rows["t1"]["source"], rows["t1"]["layer"], rows["t1"]["actor"], rows["t1"]["to"]), ("t", "later", "b", None))
        self.assertIn("2001", rows["a2"]["to"])
        message = self.refusal(2, "export", self.atlas, "--at", "2000", "--statements", "-o", self.path / "out.geojson")
        self.assertIn("FILE.gpkg", message)


if __name__ == "__main__":
    unittest.main()
