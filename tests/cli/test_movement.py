"""How a line of contact moved between two dates, and for how long ground was under whom.

Figures are of boxes of one degree along the equator, of CELL_M2 each; 2000 had 366 days.
"""
import csv
import io
import json
import math

from osgeo import gdal

from harness import CELL_M2, MANIFEST, CliTest, box, collection, feature

gdal.UseExceptions()

MERIDIAN_DEGREE = 110574.38856
EQUATOR_DEGREE = 6378137 * math.pi / 180
MOVE = ("--from", "first", "--to", "second", "--between", "a,b")


def place(name, lon, lat=0.5):
    return {"type": "Feature", "properties": {"name": name}, "geometry": {"type": "Point", "coordinates": [lon, lat]}}


class MovementTest(CliTest):
    def with_places(self):
        self.write("places.geojson", collection(place("West", 0.5), place("Mid", 1.5), place("East", 3.5), place("Nowhere", 9)))
        self.manifest('title = "Two squares"', 'title = "Two squares"\nplaces = "places.geojson"')


class Line(MovementTest):
    def test_a_front_that_moves_a_degree(self):
        self.with_places()
        document = self.answer("line", self.atlas, *MOVE)
        self.assertEqual((document["from"], document["to"], document["days"], document["between"]),
                         ("2000-01-01", "2001-01-01", 366.0, ["a", "b"]))
        self.assertEqual([row["at"] for row in document["rows"]], ["2000-01-01", "2001-01-01"])
        for row in document["rows"]:
            self.assertAlmostEqual(row["length_m"], MERIDIAN_DEGREE, delta=0.01)
            self.assertEqual((row["unchanged_m"], row["parts"]), (0.0, 1))
        to_a, to_b = document["swept"]
        self.assertEqual((to_a["from"], to_a["to"], to_a["area_m2"], to_a["pieces"]), ("b", "a", 0.0, 0))
        self.assertEqual((to_b["from"], to_b["to"], to_b["pieces"], to_b["apart_m2"]), ("a", "b", 1, 0.0))
        self.assertAlmostEqual(to_b["swept_m2"] / CELL_M2, 1, delta=1e-12)
        self.assertAlmostEqual(to_b["swept_per_day_m2"], CELL_M2 / 366, delta=1e-3)
        self.assertEqual(document["net_m2"], -to_b["area_m2"])
        far = {row["measure"]: row for row in document["displacement"]}
        self.assertEqual(list(far), ["mean_signed", "mean_absolute", "mean_where_moved", "depth", "hausdorff", "frechet"])
        self.assertAlmostEqual(far["mean_absolute"]["distance_m"], CELL_M2 / MERIDIAN_DEGREE, delta=0.01)
        self.assertEqual(far["mean_signed"]["distance_m"], -far["mean_absolute"]["distance_m"])
        for measure in ("depth", "hausdorff", "frechet"):
            row = far[measure]
            self.assertAlmostEqual(row["distance_m"], EQUATOR_DEGREE, delta=0.01)
            self.assertAlmostEqual(row["per_day_m"], EQUATOR_DEGREE / 366, delta=0.01)
            self.assertEqual([row[key] for key in ("from_lon", "from_lat", "to_lon", "to_lat")], [2, 0, 1, 0])
            # West and Mid are equally near up to rounding.
            self.assertIn(row["place"], ("West", "Mid"))
        stretch, = document["stretches"]
        self.assertEqual((stretch["from"], stretch["to"], stretch["swept"], stretch["places"]), ("a", "b", True, ["Mid"]))
        self.assertAlmostEqual(stretch["depth_m"], EQUATOR_DEGREE, delta=0.01)
        self.assertTrue(1 < stretch["lon"] < 2 and 0 < stretch["lat"] < 1)
        # What it is made of is what changes says.
        passed = {(row["from"], row["to"]): row["area_m2"]
                  for row in self.answer("changes", self.atlas, "--from", "first", "--to", "second")["transitions"]}
        self.assertEqual(passed["a", "b"], to_b["area_m2"])
        self.assertEqual(self.answer("line", self.atlas, *MOVE, "--two-layer")["stretches"], document["stretches"])

    def test_the_table_for_people_and_rows_of_stretches(self):
        done = self.run_program("line", self.atlas, *MOVE)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for part in ("ground that passed between them in 366 days", "hausdorff", "12 308.46",
                     "what passed to a counts up and to b down", "at positions 250 m apart at most, so within 125 m"):
            self.assertIn(part, done.stdout)
        self.assertNotIn("nearest place", done.stdout)  # there is no gazetteer
        done = self.run_program("line", self.atlas, *MOVE, "--stretches", "--format", "csv")
        row, = csv.DictReader(io.StringIO(done.stdout))
        self.assertEqual((row["from"], row["to"], row["swept"], row["days"]), ("a", "b", "true", "366.0"))
        self.assertAlmostEqual(float(row["area_m2"]) / CELL_M2, 1, delta=1e-12)

    def test_lines_and_ground_as_features(self):
        target = self.path / "moved.gpkg"
        done = self.run_program("line", self.atlas, *MOVE, "--geometry", target)
        self.assertEqual(done.returncode, 0, done.stderr)
        source = gdal.OpenEx(str(target), gdal.OF_VECTOR)
        lines = source.GetLayerByName("line")
        self.assertEqual([(f["left_actor"], f["at"][:10], f["unchanged"], f.GetGeometryRef().GetGeometryName())
                          for f in lines],
                         [("a", "2000/01/01", 0, "MULTILINESTRING"), ("a", "2001/01/01", 0, "MULTILINESTRING")])
        for f in lines:
            self.assertAlmostEqual(f["displacement_m"], EQUATOR_DEGREE, delta=0.01)
        ground, = source.GetLayerByName("swept")
        self.assertEqual((ground["from_actor"], ground["to_actor"], ground["by_the_line"]), ("a", "b", 1))
        self.assertAlmostEqual(ground.GetGeometryRef().Area(), 1.0, delta=1e-12)
        self.assertIn("holds one layer", self.refusal(2, "line", self.atlas, *MOVE, "--geometry", self.path / "x.csv"))

    def test_lengths_on_and_off_borders(self):
        self.write("border.geojson", collection(feature([box(0, 0, 2, 0.5)], holder="a"), feature([box(2, 0, 4, 0.5)], holder="b")))
        self.write("atlas.toml", MANIFEST + '\n[[layer]]\nid = "borders"\nsource = "s"\ntheme = "border"\nmode = "interval"\n'
                   'files = ["border.geojson"]\nactor = {field = "holder"}\n')
        before, after = self.answer("line", self.atlas, *MOVE)["rows"]
        self.assertAlmostEqual(before["on_border_m"], MERIDIAN_DEGREE / 2, delta=5)
        self.assertAlmostEqual(before["on_border_m"] + before["off_border_m"], before["length_m"], delta=1e-6)
        self.assertEqual((before["parts"], after["on_border_m"], after["parts"]), (2, 0.0, 1))

    def test_a_line_that_appears(self):
        self.write("front.geojson", collection(
            feature([box(0, 0, 1, 1)], holder="a", **{"from": "2000", "to": None}),
            feature([box(2, 0, 4, 1)], holder="b", **{"from": "2000", "to": "2001"}),
            feature([box(1, 0, 4, 1)], holder="b", **{"from": "2001", "to": None})))
        document = self.answer("line", self.atlas, *MOVE)
        self.assertEqual([row["parts"] for row in document["rows"]], [0, 1])
        self.assertEqual({row["distance_m"] for row in document["displacement"]}, {None})
        self.assertEqual(document["stretches"], [])
        said = self.run_program("line", self.atlas, *MOVE).stdout
        self.assertIn("a and b do not touch at 2000-01-01: there is no line then", said)
        # Nothing of the first date is drawn.
        target = self.path / "moved.geojson"
        self.assertEqual(self.run_program("line", self.atlas, *MOVE, "--geometry", target).returncode, 0)
        self.assertEqual([f["properties"]["at"][:4] for f in json.loads(target.read_text())["features"]], ["2001"])

    def test_refusals(self):
        for dates in (("--at", "first"), ("--from", "first", "--to", "second")):
            self.assertIn("'a' is named twice", self.refusal(2, "line", self.atlas, *dates, "--between", "a,a"))
        between = ("--between", "a,b")
        self.assertIn("expected --at DATE, or --from DATE --to DATE", self.refusal(2, "line", self.atlas, *between))
        self.assertIn("expected --at DATE, or", self.refusal(2, "line", self.atlas, *between, "--from", "first"))
        self.assertIn("expected --at DATE, or", self.refusal(2, "line", self.atlas, *MOVE, "--at", "first"))
        self.assertIn("--from 2001-01-01 is not before --to 2000-01-01",
                      self.refusal(2, "line", self.atlas, *between, "--from", "second", "--to", "first"))
        self.assertIn("--stretches: expected --from DATE --to DATE",
                      self.refusal(2, "line", self.atlas, *between, "--at", "first", "--stretches"))
        self.refusal(2, "line", self.atlas, *MOVE, "--step", "0")
        self.assertIn("so a step of 0.0221 m or more", self.refusal(2, "line", self.atlas, *MOVE, "--step", "0.01"))


class Dwell(MovementTest):
    def test_days_under_each_holder(self):
        document = self.answer("dwell", self.atlas)
        self.assertEqual((document["from"], document["to"], document["days"], document["residual_units_seconds"]),
                         ("2000-01-01", "2001-01-01", 366.0, "0"))
        a, b = document["rows"]
        self.assertEqual((a["actor"], b["actor"], a["share_of"]), ("a", "b", "held"))
        for row in (a, b):
            self.assertAlmostEqual(row["area_days_m2"] / CELL_M2, 2 * 366, delta=1e-9)
            self.assertAlmostEqual(row["share"], 0.5, delta=1e-12)
            self.assertEqual((row["days_min"], row["days_median"], row["days_max"]), (366.0,) * 3)
        self.assertEqual([row["changes"] for row in document["changes"]], [0, 1])
        self.assertAlmostEqual(document["changes"][1]["area_m2"] / CELL_M2, 1, delta=1e-12)

    def test_a_stretch_of_time(self):
        document = self.answer("dwell", self.atlas, "--from", "2000-12-02", "--to", "2001-01-11")
        self.assertEqual(document["days"], 40.0)
        a, b = document["rows"]
        self.assertAlmostEqual(a["area_days_m2"] / CELL_M2, 40 + 30, delta=1e-9)
        self.assertAlmostEqual(b["area_days_m2"] / CELL_M2, 2 * 40 + 10, delta=1e-9)
        self.assertEqual((a["days_min"], a["days_max"], b["days_min"], b["days_max"]), (30.0, 40.0, 10.0, 40.0))
        self.assertAlmostEqual(b["days_mean"], 30.0, delta=1e-6)
        only = self.answer("dwell", self.atlas, "--from", "2000-12-02", "--to", "2001-01-11", "--actor", "b")["rows"]
        self.assertEqual(only, [b])
        since = self.answer("dwell", self.atlas, "--since", "2000-12-02", "--to", "2001-01-11")["rows"]
        self.assertEqual([row["days_max"] for row in since], [40.0, 40.0])

    def test_places_as_the_timeline_has_them(self):
        self.with_places()
        rows = {row["name"]: row for row in self.answer("dwell", self.atlas, "--places")["rows"]}
        self.assertEqual([rows["Mid"][key] for key in ("first_holder", "last_holder", "changes", "last_change", "days")],
                         ["a", "b", 1, "2001-01-01", {"a": 366.0}])
        self.assertEqual((rows["Nowhere"]["first_holder"], rows["Nowhere"]["days_unknown"]), (None, 366.0))
        for row in self.answer("timeline", self.atlas, "--places", "--min-changes", "0")["rows"]:
            self.assertEqual((row["first"], row["now"], row["changes"], row["last_change"]),
                             tuple(rows[row["name"]][key] for key in ("first_holder", "last_holder", "changes", "last_change")))
        said = self.run_program("dwell", self.atlas, "--places", "--to", "2001-01-11").stdout
        self.assertIn("a 366.0, b 10.0", said)
        self.assertIn("counted from 2000-01-01 to 2001-01-11, 376 days", said)

    def test_by_region_with_unknown_ground(self):
        self.write("east.geojson", collection(feature([box(3, 0, 5, 1)])))
        self.write("atlas.toml", MANIFEST + '\n[[region]]\nid = "east"\nfile = "east.geojson"\n')
        document = self.answer("dwell", self.atlas, "--by", "region")
        self.assertEqual([(row["region"], row["actor"], row["share_of"]) for row in document["rows"]],
                         [("east", "b", "region"), ("east", None, "region")])
        for row in document["rows"]:
            self.assertAlmostEqual(row["share"], 0.5, delta=1e-9)
        self.assertEqual(document["residual_units_seconds"], "0")

    def test_polygons_carry_the_account(self):
        target = self.path / "dwell.geojson"
        self.assertEqual(self.run_program("dwell", self.atlas, "--geometry", target).returncode, 0)
        found = [feature["properties"] for feature in json.loads(target.read_text())["features"]]
        self.assertEqual([(f["first_holder"], f["last_holder"], f["changes"], f["days_a"], f["days_b"]) for f in found],
                         [("a", "a", 0, 366.0, 0.0), ("a", "b", 1, 366.0, 0.0), ("b", "b", 0, 0.0, 366.0)])
        self.assertEqual([json.loads(f["days"]) for f in found], [{"a": 366.0}, {"a": 366.0}, {"b": 366.0}])
        self.assertEqual([f["color"] for f in found], ["#0072b2", "#0072b2", "#e69f00"])
        for f, cells in zip(found, (1, 1, 2)):
            self.assertAlmostEqual(f["area_m2"] / CELL_M2, cells, delta=1e-12)

    def test_raster_has_the_days_of_the_polygons(self):
        target = self.path / "dwell.tif"
        ask = ("raster", self.atlas, "--layer", "dwell", "--res", "0.5", "-o", target)
        done = self.run_program(*ask, "--actor", "b", "--to", "2001-01-11")
        self.assertEqual(done.returncode, 0, done.stderr)
        raster = gdal.Open(str(target))
        band = raster.GetRasterBand(1)
        self.assertEqual(band.ReadAsArray().tolist(), [[0, 0, 10, 10, 376, 376, 376, 376]] * 2)
        self.assertEqual((band.DataType, band.GetNoDataValue(), band.GetUnitType()), (gdal.GDT_Float32, -1.0, "days"))
        self.assertEqual(band.GetDescription(), "days under b from 2000-01-01 to 2001-01-11")
        origin = json.loads(raster.GetMetadataItem("marchland"))
        self.assertEqual([origin[key] for key in ("layer", "actor", "to")], ["dwell", "b", "2001-01-11"])
        self.assertIn("of one actor", self.refusal(2, *ask, "--overwrite"))
        self.assertIn("of one actor", self.refusal(2, *ask, "--overwrite", "--actor", "a,b"))
        self.assertIn("neither", self.refusal(2, *ask, "--overwrite", "--actor", "a", "--at", "first"))
        self.assertIn("--two-layer", self.refusal(2, *ask, "--overwrite", "--actor", "a", "--two-layer"))

    def test_run_writes_it(self):
        self.with_places()
        done = self.run_program("run", self.atlas, "-o", self.path / "results", "--res", "0.5")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Days under each holder: 2000-01-01 to 2001-01-01", done.stdout)
        listed = {entry["file"] for entry in json.loads((self.path / "results/index.json").read_text())["files"]}
        self.assertLessEqual({"tables/dwell.csv", "tables/dwell.json", "tables/dwell-places.csv", "layers/dwell.geojson"}, listed)

    def test_an_atlas_of_one_date(self):
        self.write("front.geojson", collection(feature([box(0, 0, 1, 1)], holder="a", **{"from": "2000", "to": None})))
        self.assertIn("no time passes; give --from DATE and --to DATE", self.refusal(2, "dwell", self.atlas))
        self.assertEqual(self.answer("dwell", self.atlas, "--to", "2000-01-31")["rows"][0]["days_max"], 30.0)
        self.assertEqual(self.run_program("run", self.atlas, "-o", self.path / "r", "--res", "0.5").returncode, 0)
        self.write("front.geojson", collection(feature([box(0, 0, 1, 1)], holder="a", **{"from": None, "to": None})))
        self.assertIn("no statement begins or ends at any date", self.refusal(2, "dwell", self.atlas))

    def test_refusals(self):
        self.assertIn("--from must be before --to", self.refusal(2, "dwell", self.atlas, "--from", "second", "--to", "first"))
        self.assertIn("gazetteer", self.refusal(2, "dwell", self.atlas, "--places"))
        self.assertIn("no [[region]]", self.refusal(2, "dwell", self.atlas, "--by", "region"))
        self.assertIn("choose one of", self.refusal(2, "dwell", self.atlas, "--by", "region", "--places"))
        self.assertIn("needs all dates at once", self.refusal(2, "dwell", self.atlas, "--two-layer"))
        self.refusal(2, "dwell", self.atlas, "--by", "group")
