"""Layers whose areas are derived: lines that divide a frame, places whose cells share it out."""
import json
import os
import pathlib
import unittest

from harness import CliTest, box, collection, feature, CELL_M2

HEAD = """
[atlas]
id = "derived"
study_area = "frame.geojson"
[[actor]]
id = "a"
[[actor]]
id = "b"
[[source]]
id = "s"
[[layer]]
id = "front"
source = "s"
theme = "control"
"""
LINES = HEAD + """
mode = "snapshot"
files = ["lines.geojson"]
from = {field = "date", format = "%m/%d/%Y"}
[layer.lines_to_areas]
frame = "frame.geojson"
left = "a"
right = "b"
extend = "nearest"
within_m = 1000
"""
POINTS = HEAD + """
mode = "event"
files = ["towns.csv"]
from = {field = "date"}
actor = {field = "by", map = {"A?" = "a", "Both" = "a+b"}}
[layer.points_to_areas]
frame = "frame.geojson"
key = "name"
lon = "lon"
lat = "lat"
crs = "EPSG:3857"
unknown = ["?"]
skip = ["Held by"]
"""
TOWNS = "name,by,date,lon,lat\nP,A?,2000-01-01,1,0.5\nQ,b,2000-01-01,3,0.5\nQ,Both,2001-01-01,3,0.5\n" \
        "Q,Held by,2001-06-01,3,0.5\nQ,?,2002-01-01,3,0.5\nR,a,2000-01-01,,\n"


def line(coordinates, date):
    return {"type": "Feature", "properties": {"date": date},
            "geometry": {"type": "LineString", "coordinates": coordinates}}


class Derived(CliTest):
    def setUp(self):
        super().setUp()
        self.write("frame.geojson", collection(feature([box(0, 0, 4, 1)])))
        self.write("lines.geojson", collection(line([[1, -1], [1, 2]], "1/2/2000"), line([[3, -1], [3, 2]], "2/1/2000")))
        self.write("towns.csv", TOWNS)

    def areas(self, at):
        rows = self.answer("areas", self.atlas, "--at", at)["rows"]
        return {row["actor"]: row["area_m2"] / CELL_M2 for row in rows if abs(row["area_m2"]) > 1}

    def test_lines_divide_the_frame_date_by_date(self):
        self.write("atlas.toml", LINES)
        for date, left in (("2000-01-05", 1), ("2000-03-01", 3)):
            areas = self.areas(date)
            self.assertEqual(set(areas), {"a", "b"})
            self.assertAlmostEqual(areas["a"], left, places=9)
            self.assertAlmostEqual(areas["b"], 4 - left, places=9)

    def test_a_line_that_divides_nothing_is_unknown_or_left_out(self):
        self.write("lines.geojson", collection(line([[1, -1], [1, 2]], "1/2/2000"), line([[3, -1], [3, 0.5]], "2/1/2000")))
        self.write("atlas.toml", LINES)
        self.assertEqual(set(self.areas("2000-03-01")), {None})
        codes = {f["code"] for f in self.answer("check", self.atlas)["findings"]}
        self.assertLessEqual({"line-too-short", "line-does-not-divide"}, codes)
        self.write("atlas.toml", LINES + 'unclear = "hold"\n')
        self.assertEqual(set(self.areas("2000-03-01")), {"a", "b"})

    def test_what_keeps_all_lines_from_dividing_is_in_the_refusal(self):
        self.write("lines.geojson", collection(line([[1, 0.5], [1, 2]], "1/2/2000"), line([[10, 0], [10, 1]], "2/1/2000")))
        self.write("atlas.toml", LINES)
        error = self.refusal(3, "areas", self.atlas, "--at", "2000")
        self.assertIn("line-too-short 2000-01-02T00:00:00Z", error)
        self.assertIn("it begins at (1, 0.5), 55.29 km inside the frame, further than within_m = 1000", error)
        self.assertIn("line-does-not-divide", error)
        self.assertIn("more", error)

    def test_a_first_date_left_out_has_none_before(self):
        self.write("lines.geojson", collection(line([[3, -1], [3, 0.5]], "1/2/2000"), line([[1, -1], [1, 2]], "2/1/2000"),
                                               line([[3, -1], [3, 0.5]], "3/1/2000")))
        self.write("atlas.toml", LINES + 'unclear = "hold"\n')
        texts = [f["text"] for f in self.answer("check", self.atlas)["findings"] if f["code"] == "date-left-out"]
        self.assertEqual(len(texts), 2)
        self.assertIn("none before it holds on", texts[0])
        self.assertIn("the one before, 2000-02-01T00:00:00Z, holds on", texts[1])

    def test_a_name_is_one_place_in_either_form_of_unicode(self):
        self.write("towns.csv", "name,by,date,lon,lat\nChe\u0301lm,a,2000-01-01,1,0.5\nCh\u00e9lm,b,2001-01-01,,\nQ,b,2000-01-01,3,0.5\n")
        self.write("atlas.toml", POINTS)
        self.assertEqual(set(self.areas("2001-06-01")), {"b"})
        self.assertEqual(self.codes(), [])
        for name in ("Ch\u00e9lm", "che\u0301lm"):
            why = self.run_program("why", self.atlas, "--place", name, "--at", "2002")
            self.assertEqual(why.returncode, 0, why.stderr)
            self.assertIn("Che\u0301lm", why.stdout)

    def codes(self):
        return [f["code"] for f in self.answer("check", self.atlas)["findings"]
                if f["code"] not in ("frame-noded", "missing-dates")]

    def test_lines_of_a_table_that_are_cut_short_or_too_long(self):
        self.write("atlas.toml", POINTS)
        self.write("towns.csv", TOWNS + "S,b,2000-01-01,2,5,0,5\n")
        error = self.refusal(3, "areas", self.atlas, "--at", "2000-06-01")
        self.assertIn("towns.csv: line 8: 7 fields, while the first line has 5", error)
        self.assertIn("semicolons", error)
        self.write("towns.csv", TOWNS + "T,b,2000-01-01\n")
        texts = [f["text"] for f in self.answer("check", self.atlas)["findings"] if f["code"] == "row-short"]
        self.assertEqual(texts, ["layer 'front': 1 line of the table have fewer fields than its first line, which has 5; the "
                                 "last ones are taken as empty (towns.csv: line 8)"])

    def test_places_share_out_the_frame(self):
        self.write("atlas.toml", POINTS)
        first = self.areas("2000-06-01")
        self.assertAlmostEqual(first["a"], 2, places=6)
        self.assertAlmostEqual(first["b"], 2, places=6)
        self.assertEqual(set(self.areas("2001-06-02")), {"a", "a+b"})
        self.assertEqual(set(self.areas("2002-06-01")), {"a", None})
        unlocated = [f for f in self.answer("check", self.atlas)["findings"] if f["code"] == "place-unlocated"]
        self.assertIn("1 of 3 places have no position and hold no ground: R", unlocated[0]["text"])

    def test_barriers_pass_ground_to_the_place_that_reaches_it(self):
        plain = self.write("atlas.toml", POINTS) or self.areas("2000-06-01")
        river = {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": [[1.5, -1], [1.5, 2]]}}
        self.write("rivers.geojson", collection(river))
        self.write("atlas.toml", POINTS + 'barriers = "rivers.geojson"\n')
        cut = self.areas("2000-06-01")
        self.assertAlmostEqual(plain["a"], 2, places=6)
        self.assertAlmostEqual(cut["a"], 1.5, places=6)
        self.assertAlmostEqual(cut["b"], 2.5, places=6)
        check = self.answer("check", self.atlas)
        self.assertTrue(all(c["residual_units"] in (0, "0") for c in check["certificates"]), check["certificates"])
        self.assertIn("barrier-passed", {f["code"] for f in check["findings"]})
        # Between two barriers nobody holds it.
        self.write("rivers.geojson", collection(river, line([[2, -1], [2, 2]], "")))
        cut = self.areas("2000-06-01")
        self.assertEqual({k: round(v, 6) for k, v in cut.items()}, {"a": 1.5, "b": 2, None: 0.5})
        unreached = [f for f in self.answer("check", self.atlas)["findings"] if f["code"] == "ground-unreached"]
        self.assertEqual(len(unreached), 1)
        self.assertAlmostEqual(unreached[0]["lon"], 1.75, places=3)

    def test_what_barriers_are_not(self):
        self.write("rivers.geojson", collection(feature([box(1, 0.2, 2, 0.8)])))
        self.write("atlas.toml", POINTS + 'barriers = "rivers.geojson"\n')
        self.assertIn("barriers: no line in rivers.geojson", self.refusal(3, "check", self.atlas))
        self.write("atlas.toml", POINTS + 'barrier = "rivers.geojson"\n')
        self.assertIn("did you mean 'barriers'?", self.refusal(3, "check", self.atlas))
        self.write("atlas.toml", POINTS + 'barriers = "streams.geojson"\n')
        self.assertIn("streams.geojson", self.refusal(3, "check", self.atlas))
        self.write("rivers.geojson", collection(feature([box(1, 0.2, 2, 0.8)]), line([[1.5, -1], [1.5, 2]], "")))
        self.write("atlas.toml", POINTS + 'barriers = "rivers.geojson"\n')
        left_out = [f for f in self.answer("check", self.atlas)["findings"] if f["code"] == "not-a-line"]
        self.assertIn("draw the outline as a line", left_out[0]["text"])

    def test_places_that_have_ground_are_those_of_the_atlas(self):
        self.write("atlas.toml", POINTS)
        changes = self.answer("changes", self.atlas, "--from", "2000-06-01", "--to", "2001-06-02")
        self.assertEqual([(p["name"], p["from"], p["to"]) for p in changes["places"]], [("Q", "b", "a+b")])
        why = self.answer("why", self.atlas, "--place", "P", "--at", "2000-06-01")
        self.assertEqual((why["lon"], why["lat"], why["actor"]), (1, 0.5, "a"))
        self.assertIn("'R'", self.refusal(2, "why", self.atlas, "--place", "R", "--at", "2000-06-01"))
        # An atlas with places of its own has no others.
        self.write("places.geojson", json.dumps({"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": {"name": "Own"}, "geometry": {"type": "Point", "coordinates": [3, 0.5]}}]}))
        self.write("atlas.toml", POINTS.replace("[atlas]\n", '[atlas]\nplaces = "places.geojson"\n', 1))
        changes = self.answer("changes", self.atlas, "--from", "2000-06-01", "--to", "2001-06-02")
        self.assertEqual([p["name"] for p in changes["places"]], ["Own"])

    def test_refusals(self):
        for old, new, message in (
                ('left = "a"', 'left = "x"', "there is no [[actor]] 'x'"),
                ('left = "a"', "", "the other side of lines is missing"),
                ('extend = "nearest"', 'extend = "neares"', "did you mean 'nearest'?"),
                ("within_m = 1000", "", "'within_m' is missing"),
                ('mode = "snapshot"', 'mode = "event"', 'lines_to_areas needs mode = "snapshot"'),
                ('mode = "snapshot"', 'mode = "snapshot"\nactor = "a"', "lines_to_areas names the holders")):
            self.write("atlas.toml", LINES.replace(old, new, 1))
            self.assertIn(message, self.refusal(3, "areas", self.atlas, "--at", "2000"))
        self.write("atlas.toml", POINTS.replace('"A?" = "a", ', ""))
        self.assertIn("feature 1: actor (field 'by'): 'A?' is no [[actor]]",
                      self.refusal(3, "areas", self.atlas, "--at", "2000"))


ARCHIVE = pathlib.Path(os.environ.get("MARCHLAND_SHARED_DATA", "")) / "wwi-fronts"


class WesternFront(CliTest):
    def test_both_sides_add_up_to_the_frame(self):
        if not (ARCHIVE / "front_w.geojson").exists():
            self.skipTest(f"no data: expected {ARCHIVE}/front_w.geojson")
        states = json.loads((ARCHIVE / "europe_1914.geojson").read_text(encoding="utf-8"))["features"]
        names = ("Kingdom of Belgium", "Grand Duchy of Luxembourg", "French Third Republic", "German Empire")
        self.write("frame.geojson", collection(*[s for s in states if s["properties"]["country"] in names]))
        self.write("atlas.toml", LINES.replace("lines.geojson", str(ARCHIVE / "front_w.geojson")).replace("1000", "30000"))
        answer = self.answer("check", self.atlas)
        self.assertTrue(all(c["residual_units"] in (0, "0") for c in answer["certificates"]), answer["certificates"])
        rows = self.answer("areas", self.atlas, "--at", "1918-07-18")["rows"]
        self.assertEqual({r["actor"]: round(r["area_m2"] / 1e6, 2) for r in rows},
                         {"a": 497261.36, "b": 598033.06, None: 11636.64})


if __name__ == "__main__":
    unittest.main()
