"""Layers whose areas are made of others: [layer.derived]."""
import json
import math
import unittest

from harness import CELL_M2, CliTest, box, collection, feature

HEAD = """
[atlas]
id = "combined"
[[actor]]
id = "a"
[[actor]]
id = "b"
[[source]]
id = "s"
[[region]]
id = "west"
file = "west.geojson"
[[layer]]
id = "front"
source = "s"
theme = "control"
mode = "event"
files = ["front.geojson"]
actor = {field = "holder"}
from = {field = "from"}
"""
REST = """
[[layer]]
id = "rest"
source = "s"
theme = "zone"
mode = "interval"
actor = "b"
from = "2000-01-01"
to = "2003-01-01"
[layer.derived]
"""
ROAD = """
[[layer]]
id = "corridor"
source = "s"
theme = "zone"
mode = "interval"
files = ["road.geojson"]
actor = "b"
from = {field = "from"}
[layer.derived]
"""


class Combined(CliTest):
    def setUp(self):
        super().setUp()
        # a holds 0..2 from 2000, 0..3 from 2001; of it 1..2 passes to b in 2002.
        self.write("front.geojson", collection(
            feature([box(0, 0, 2, 1)], holder="a", **{"from": "2000"}),
            feature([box(2, 0, 3, 1)], holder="a", **{"from": "2001"}),
            feature([box(1, 0, 2, 1)], holder="b", **{"from": "2002"})))
        self.write("west.geojson", collection(feature([box(0, 0, 2, 1)])))
        self.write("district.geojson", collection(feature([box(0, 0, 4, 1)])))
        self.write("road.geojson", json.dumps({"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": {"from": "2000"},
             "geometry": {"type": "LineString", "coordinates": [[0.5, 0.5], [3.5, 0.5]]}}]}))

    def zone(self, at):
        rows = self.answer("areas", self.atlas, "--theme", "zone", "--at", at)["rows"]
        return sum(row["area_m2"] for row in rows) / CELL_M2

    def test_ground_of_a_layer_is_followed_through_time(self):
        self.write("atlas.toml", HEAD + REST + 'of = [{file = "district.geojson"}]\n'
                                              'minus = [{layer = "front", actor = "a"}]\n')
        for at, cells in (("2000-06-01", 2), ("2001-06-01", 1), ("2002-06-01", 2)):
            self.assertAlmostEqual(self.zone(at), cells, places=9)
        self.assertEqual(self.zone("2003-06-01"), 0)
        rows = self.answer("why", self.atlas, "--theme", "zone", "--at", "2001-06-01", "--lonlat", "3.5,0.5")["rows"]
        self.assertEqual([(row["statement"], row["basis"], row["from"], row["to"]) for row in rows],
                         [("rest@2001-01-01", "inferred", "2001-01-01", "2002-01-01")])
        findings = self.answer("check", self.atlas)["findings"]
        text = "layer 'rest': 3 areas are derived: district.geojson, without layer 'front', actor 'a'"
        self.assertIn(text, [finding["text"] for finding in findings if finding["code"] == "derived-areas"])

    def test_plus_within_and_minus_are_taken_in_that_order(self):
        self.write("atlas.toml", HEAD + REST + 'of = [{layer = "front"}]\nplus = [{file = "district.geojson"}]\n'
                                              'within = [{region = "west"}]\nminus = [{layer = "front", actor = "b"}]\n')
        self.assertAlmostEqual(self.zone("2001-06-01"), 2, places=9)
        self.assertAlmostEqual(self.zone("2002-06-01"), 1, places=9)

    def test_a_corridor_keeps_its_width_and_ends_at_the_border(self):
        self.write("atlas.toml", HEAD + ROAD + "buffer_m = 2500\n")
        # 3 degrees of 111 km about the equator, twice 2.5 km, and a circle.
        length = 3 * math.pi / 180 * 6378137
        whole = self.zone("2001") * CELL_M2
        self.assertAlmostEqual(whole / (2 * 2500 * length + math.pi * 2500 ** 2), 1, delta=1e-4)
        self.write("atlas.toml", HEAD + ROAD + 'buffer_m = 2500\nwithin = [{region = "west"}]\n')
        self.assertAlmostEqual(self.zone("2001") * CELL_M2 / (2 * 2500 * length / 2 + math.pi * 2500 ** 2 / 2), 1,
                               delta=1e-4)

    def test_ground_of_which_nothing_is_left(self):
        self.write("atlas.toml", HEAD + REST + 'of = [{region = "west"}]\nminus = [{layer = "front", actor = "a"}]\n')
        self.assertEqual(self.zone("2001-06-01"), 0)
        self.assertAlmostEqual(self.zone("2002-06-01"), 1, places=9)
        findings = self.answer("check", self.atlas)["findings"]
        self.assertEqual([f["text"] for f in findings if f["code"] == "derived-empty"],
                         ["atlas.toml: layer 'rest': no ground is left of it: region 'west', without layer 'front', "
                          "actor 'a'"])
        self.write("atlas.toml", HEAD + REST + 'of = [{region = "west"}]\nminus = [{region = "west"}]\n')
        self.assertIn("layer 'rest': nothing is left of any of its 1 areas", self.refusal(3, "check", self.atlas))

    def test_ground_of_a_layer_in_doubt_is_refused(self):
        self.write("front.geojson", collection(feature([box(0, 0, 2, 1)], name="x", holder="a", **{"from": "2000-03~"})))
        self.write("atlas.toml", HEAD + REST + 'of = [{layer = "front", actor = "a"}]\n')
        self.write("west.geojson", collection(feature([box(0, 0, 1, 1)])))
        message = self.refusal(3, "check", self.atlas)
        self.assertIn("front.geojson: layer 'front', feature", message)
        self.assertIn("has dates in doubt, and ground derived from it would have exact ones", message)

    def test_refusals_name_line_and_way_out(self):
        for text, expected in (
                ("of = []\n", "of: expected one or more of {region = \"x\"}"),
                ("buffer_m = 100\n", "areas are derived either from each feature of `files` or from `of`"),
                ('of = ["west"]\n', "of: expected {region = \"x\"}, {layer = \"y\", actor = \"a\"} or"),
                ('of = [{region = "wets"}]\n', "there is no [[region]] 'wets'; did you mean 'west'?"),
                ('of = [{layer = "frnt"}]\n', "there is no [[layer]] 'frnt'; did you mean 'front'?"),
                ('of = [{layer = "rest"}]\n', "[[layer]] 'rest' must stand above it"),
                ('of = [{region = "west", actor = "a"}]\n', "actor: has no meaning beside region"),
                ('of = [{region = "west"}]\nbuffer_m = 300000\n', "expected more than 0 and at most 200000 metres"),
                ('of = [{layer = "front", actor = "c"}]\n', "there is no [[actor]] 'c'"),
                ('of = [{region = "west"}]\nwihtin = [{region = "west"}]\n', "unknown key 'wihtin'")):
            self.write("atlas.toml", HEAD + REST + text)
            self.assertIn(expected, self.refusal(3, "check", self.atlas), text)
        self.write("atlas.toml", HEAD + ROAD)
        self.assertIn("nothing is derived; write buffer_m", self.refusal(3, "check", self.atlas))
        self.write("atlas.toml", HEAD + ROAD.replace('from = {field = "from"}', 'from = {field = "from"}\nbasis = "drawn"')
                   + "buffer_m = 9\n")
        self.assertIn("basis: what is derived is always inferred", self.refusal(3, "check", self.atlas))
        self.write("atlas.toml", HEAD.replace('from = {field', 'recorded = "2005"\nfrom = {field') + REST
                   + 'of = [{layer = "front"}]\n')
        self.assertIn("layer 'front' keeps corrections", self.refusal(3, "check", self.atlas))

    def test_a_composite_has_it_and_nothing_is_appended(self):
        self.write("atlas.toml", HEAD + ROAD + "buffer_m = 2500\n")
        composite = self.path / "c.gpkg"
        self.assertEqual(self.run_program("build", self.atlas, "-o", composite).returncode, 0)
        folder = self.answer("areas", self.atlas, "--theme", "zone", "--at", "2001")["rows"]
        self.assertEqual(self.answer("areas", composite, "--theme", "zone", "--at", "2001")["rows"], folder)
        self.assertIn("derived from other ground", self.refusal(2, "append", composite, self.atlas / "road.geojson"))


if __name__ == "__main__":
    unittest.main()
