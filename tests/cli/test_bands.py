"""Bands beside figures, on maps whose errors can be worked out by hand."""
import csv
import io
import json
import math

from harness import MANIFEST, CliTest, box, collection, feature

SIGMA = 100
WIDE = 2 * 111_319.49 * (1 + math.cos(math.radians(1))) / 2  # two degrees of longitude, in the mean of 0 and 1 north
HIGH = 110_574.3  # a degree of latitude there
# Of a box: each corner moves area of half the diagonal between its neighbours.
BOX_SD = SIGMA * math.hypot(WIDE, HIGH)


class Bands(CliTest):
    def setUp(self):
        super().setUp()
        self.state_sigma(SIGMA)

    def state_sigma(self, sigma, more=""):
        self.manifest('licence = "CC0-1.0"', f'licence = "CC0-1.0"\nsigma_m = {sigma}{more}')

    def test_areas_have_the_band_of_their_lines(self):
        rows = self.answer("areas", self.atlas, "--at", "first")["rows"]
        for row in rows:
            self.assertAlmostEqual((row["high_m2"] - row["area_m2"]) / (1.959964 * BOX_SD), 1, delta=1e-3)
            self.assertAlmostEqual(row["high_m2"] - row["area_m2"], row["area_m2"] - row["low_m2"], delta=1)
            # All four corners of the outer edge move the whole by half a diagonal of it, which only in part
            # cancels in the share.
            self.assertLess(row["share_low"], 0.5)
            self.assertLess(0.5, row["share_high"])
            self.assertLess(row["share_high"] - row["share_low"], (row["high_m2"] - row["low_m2"]) / row["denominator_m2"])
        # The line of 2001 crosses the ground of 2000 and is no part of it.
        self.write("front.geojson", collection(
            feature([box(0, 0, 2, 1)], holder="a", **{"from": "2000", "to": "2001"}),
            feature([box(2, 0, 4, 1)], holder="b", **{"from": "2000", "to": "2001"})))
        alone = self.answer("areas", self.atlas, "--at", "first")["rows"]
        for row, same in zip(rows, alone):
            self.assertAlmostEqual(row["high_m2"] / same["high_m2"], 1, delta=1e-9)

    def test_without_stated_accuracy_there_is_none(self):
        self.write("atlas.toml", MANIFEST)
        plain = self.answer("areas", self.atlas, "--at", "first")["rows"]
        self.assertNotIn("low_m2", plain[0])
        self.state_sigma(SIGMA)
        self.assertEqual(self.answer("areas", self.atlas, "--at", "first", "--no-bands")["rows"], plain)
        self.assertNotIn("95 %", self.run_program("areas", self.atlas, "--at", "first", "--no-bands").stdout)

    def test_a_line_without_accuracy_leaves_the_band_unknown(self):
        self.write("a.geojson", collection(feature([box(0, 0, 2, 1)], holder="a", **{"from": "2000", "to": None})))
        self.write("b.geojson", collection(feature([box(2, 0, 4, 1)], holder="b", **{"from": "2000", "to": None})))
        layer = MANIFEST[MANIFEST.index("[[layer]]"):].replace("front.geojson", "a.geojson")
        other = layer.replace("a.geojson", "b.geojson").replace('"front"', '"other"').replace('"s"', '"t"')
        self.write("atlas.toml", MANIFEST[:MANIFEST.index("[[layer]]")].replace(
            'licence = "CC0-1.0"', f'licence = "CC0-1.0"\nsigma_m = {SIGMA}\n\n[[source]]\nid = "t"\ntitle = "Another"')
            + layer + other)
        rows = {row["actor"]: row for row in self.answer("areas", self.atlas, "--at", "2000")["rows"]}
        self.assertAlmostEqual((rows["a"]["high_m2"] - rows["a"]["area_m2"]) / (1.959964 * BOX_SD), 1, delta=1e-3)
        self.assertIsNone(rows["b"]["low_m2"])
        self.assertIsNone(rows["b"]["high_m2"])
        # Where both meet, the line is as true as a's source says.
        self.assertAlmostEqual(rows["b"]["without_sigma_m"] / (2 * WIDE + HIGH), 1, delta=1e-3)
        table = self.run_program("areas", self.atlas, "--at", "2000").stdout
        self.assertRegex(table, r"control  b +24[0-9 .]+ +-  ")

    def test_tables_round_to_what_the_band_supports(self):
        # 1.96 sd are 48.7 km2, so tens are the last digit that is known.
        lines = self.run_program("areas", self.atlas, "--at", "first").stdout.splitlines()
        self.assertRegex(lines[0], r"area km2 +95 % km2 +share %")
        self.assertRegex(lines[1], r"^2000-01-01  control  a +24 620  24 570-24 670 ")
        self.assertTrue(any(line.startswith("95 %: ") for line in lines))
        # Never to more digits than asked for.
        self.state_sigma(0.001)
        self.assertRegex(self.run_program("areas", self.atlas, "--at", "first", "--round", "0").stdout,
                         r" 24 617  24 617-24 617 ")

    def test_csv_has_both_ends_in_full(self):
        done = self.run_program("areas", self.atlas, "--at", "first", "--format", "csv")
        rows = list(csv.DictReader(io.StringIO(done.stdout)))
        for row, full in zip(rows, self.answer("areas", self.atlas, "--at", "first")["rows"]):
            for key in ("area_m2", "low_m2", "high_m2", "share_low", "share_high"):
                self.assertEqual(float(row[key]), full[key])
        out = self.path / "areas.csv"
        self.run_program("areas", self.atlas, "--at", "first", "--format", "csv", "-o", out)
        told = json.loads((self.path / "areas.csv-metadata.json").read_text())
        names = [column["name"] for column in told["tableSchema"]["columns"]]
        self.assertEqual(names, out.read_text().splitlines()[0].split(","))

    def test_a_scope_is_a_definition(self):
        # A study area within a's and b's outer edges leaves the front, of 110.6 km, alone.
        self.write("study.geojson", collection(feature([box(0.5, 0.2, 3.5, 0.8)])))
        self.manifest('title = "Two squares"', 'title = "Two squares"\nstudy_area = "study.geojson"')
        self.write("atlas.toml", (self.atlas / "atlas.toml").read_text().replace(
            'licence = "CC0-1.0"', f'licence = "CC0-1.0"\nsigma_m = {SIGMA}'))
        for row in self.answer("areas", self.atlas, "--at", "first")["rows"]:
            # Six tenths of the front, in its middle: either end moves 0.3 of it.
            sd = SIGMA * HIGH * 0.3 * math.sqrt(2)
            self.assertAlmostEqual((row["high_m2"] - row["area_m2"]) / (1.959964 * sd), 1, delta=1e-3)
            self.assertAlmostEqual((row["share_high"] - row["share"]) * row["denominator_m2"],
                                   row["high_m2"] - row["area_m2"], delta=1e-3 * sd)

    def test_changes_tell_net_and_gross(self):
        document = self.answer("changes", self.atlas, "--from", "first", "--to", "second")
        rows = {row["actor"]: row for row in document["rows"]}
        b, a = rows["b"], rows["a"]
        self.assertAlmostEqual(b["net_m2"], b["gained_m2"] - b["lost_m2"], delta=1e-3)
        self.assertEqual(a["net_m2"], -b["net_m2"])
        for row in (a, b):
            # Either front, of 110.6 km, with two ends that move half of it, and the new end of the long sides: its
            # last half moves with the outer corner by 1/8 of the side, with the new one by 3/8, and so once more
            # where the side is longer.
            self.assertLess(row["net_low_m2"], row["net_m2"])
            sd = (row["net_high_m2"] - row["net_m2"]) / 1.959964
            self.assertGreater(sd, SIGMA * HIGH)
            self.assertLess(sd, 1.7 * SIGMA * HIGH)
        # Gains may be drawing anew, as far as the noise floor goes; no more than that is added.
        self.assertAlmostEqual(b["gained_m2"] - b["gained_low_m2"],
                               b["gained_high_m2"] - b["gained_m2"] + b["noise_floor_m2"], delta=2e-5 * b["noise_floor_m2"] + 1e4)
        self.assertAlmostEqual(b["held_high_m2"] - b["held_m2"],
                               b["held_m2"] - b["held_low_m2"] + b["noise_floor_m2"], delta=2e-5 * b["noise_floor_m2"] + 1e4)
        passed = {(t["from"], t["to"]): t for t in document["transitions"]}[("a", "b")]
        # The same ground; its long sides were a's line then and are b's now, which differ by where their corners are.
        self.assertEqual(passed["area_m2"], b["gained_m2"])
        for end in ("low_m2", "high_m2"):
            self.assertAlmostEqual((passed[end] - passed["area_m2"]) / (b["gained_" + end] - b["gained_m2"]), 1, delta=0.06)
        self.assertIn("95 %", self.run_program("changes", self.atlas, "--from", "first", "--to", "second").stdout)
        still = self.answer("changes", self.atlas, "--from", "first", "--to", "first")["rows"][0]
        self.assertEqual((still["net_low_m2"], still["net_m2"], still["net_high_m2"]), (0, 0, 0))

    def test_series_and_files_say_what_areas_say(self):
        self.state_sigma(SIGMA, "\ncorrelation_m = 30000")
        expected = {(row["at"], row["actor"]): (row["low_m2"], row["high_m2"])
                    for row in self.answer("areas", self.atlas, "--at", "first,second")["rows"]}
        series = {(row["at"], row["actor"]): (row["low_m2"], row["high_m2"])
                  for row in self.answer("timeline", self.atlas)["rows"]}
        self.assertEqual(series, expected)
        out = self.path / "ground.geojson"
        done = self.run_program("areas", self.atlas, "--at", "first,second", "--geometry", out)
        self.assertEqual(done.returncode, 0, done.stderr)
        for item in json.loads(out.read_text())["features"]:
            values = item["properties"]
            self.assertEqual((values["low_m2"], values["high_m2"]), expected[(values["at"][:10], values["actor"])])
        out = self.path / "changes.geojson"
        self.run_program("export", self.atlas, "--from", "first", "--to", "second", "-o", out)
        values = json.loads(out.read_text())["features"][0]["properties"]
        passed = self.answer("changes", self.atlas, "--from", "first", "--to", "second")["transitions"]
        passed = next(t for t in passed if t["from"] != t["to"])
        self.assertEqual((values["low_m2"], values["high_m2"]), (passed["low_m2"], passed["high_m2"]))
        two = self.answer("areas", self.atlas, "--at", "first,second", "--two-layer")["rows"]
        self.assertEqual({(row["at"], row["actor"]): (row["low_m2"], row["high_m2"]) for row in two}, expected)

    def test_what_passes_in_a_series_is_what_changes_say(self):
        for sigma in ("\ncorrelation_m = 30000", ""):
            self.write("atlas.toml", MANIFEST)
            self.state_sigma(SIGMA, sigma)
            expected = [t for t in self.answer("changes", self.atlas, "--from", "first", "--to", "second")["transitions"]
                        if t["from"] != t["to"]]
            for by in ((), ("--by", "group")):
                passed = self.answer("timeline", self.atlas, *by)["transitions"]
                self.assertEqual([{key: value for key, value in t.items() if key != "at"} for t in passed], expected)
        self.assertNotIn("low_m2", self.answer("timeline", self.atlas, "--no-bands")["transitions"][0])
        self.assertRegex(self.run_program("timeline", self.atlas).stdout, r"a +b +1[0-9 ]+ +1[0-9 ]+-1[0-9 ]+")

    def test_pairs_of_dates(self):
        self.state_sigma(SIGMA, "\ncorrelation_m = 30000")
        rows = {(row["from"], row["to"], row["actor"]): row for row in self.answer("timeline", self.atlas, "--pairs")["rows"]}
        for area in self.answer("areas", self.atlas, "--at", "first,second")["rows"]:
            row = rows[area["at"], area["at"], area["actor"]]
            self.assertEqual((row["low_m2"], row["high_m2"]), (area["low_m2"], area["high_m2"]))
        for change in self.answer("changes", self.atlas, "--from", "first", "--to", "second")["rows"]:
            row, = [row for (one, two, actor), row in rows.items() if one != two and actor == change["actor"]]
            self.assertEqual((row["low_m2"], row["high_m2"]), (change["held_low_m2"], change["held_high_m2"]))
        self.assertNotIn("low_m2", self.answer("timeline", self.atlas, "--pairs", "--no-bands")["rows"][0])
        # Of many pairs they would be all that is waited for.
        done = self.run_program("timeline", self.atlas, "--pairs", "--every", "day", "--format", "json")
        self.assertNotIn("low_m2", json.loads(done.stdout)["rows"][0])
        self.assertIn("no bands", self.run_program("timeline", self.atlas, "--pairs", "--every", "day").stdout)

    def test_ground_that_the_line_swept(self):
        self.state_sigma(SIGMA)
        question = ("line", self.atlas, "--between", "a,b", "--from", "first", "--to", "second")
        document = self.answer(*question)
        passed = {(t["from"], t["to"]): t for t in
                  self.answer("changes", self.atlas, "--from", "first", "--to", "second")["transitions"]}["a", "b"]
        row = next(row for row in document["swept"] if row["from"] == "a")
        for end in ("low_m2", "high_m2"):
            self.assertAlmostEqual(row[end] / passed[end], 1, delta=1e-5)
            self.assertAlmostEqual(row["swept_" + end] / passed[end], 1, delta=1e-5)
        # Drawing anew yields as much either way: net it is no part of the band.
        self.assertAlmostEqual(document["net_swept_high_m2"] - document["net_swept_m2"],
                               document["net_swept_m2"] - document["net_swept_low_m2"], delta=1)
        means = {m["measure"]: m for m in document["displacement"]}
        mean = means["mean_signed"]
        self.assertAlmostEqual((mean["high_m"] - mean["distance_m"]) / abs(mean["distance_m"]),
                               (document["net_swept_high_m2"] - document["net_swept_m2"]) / abs(document["net_swept_m2"]),
                               delta=1e-4)
        self.assertLess(means["mean_absolute"]["low_m"], means["mean_absolute"]["distance_m"])
        self.assertIsNone(means["hausdorff"]["low_m"])
        plain = self.answer(*question, "--no-bands")
        self.assertNotIn("low_m2", plain["swept"][0])
        self.assertNotIn("low_m", plain["displacement"][0])
        self.assertEqual(plain["swept"][0]["swept_m2"], document["swept"][0]["swept_m2"])

    def test_two_sources(self):
        self.write("a.geojson", collection(feature([box(0, 0, 2, 1)], holder="a", **{"from": "2000", "to": None})))
        self.write("b.geojson", collection(feature([box(0, 0, 1, 1)], holder="a", **{"from": "2000", "to": None}),
                                           feature([box(1, 0, 3, 1)], holder="b", **{"from": "2000", "to": None})))
        layer = MANIFEST[MANIFEST.index("[[layer]]"):].replace("front.geojson", "a.geojson")
        other = layer.replace("a.geojson", "b.geojson").replace('"front"', '"other"').replace('"s"', '"t"')
        head = MANIFEST[:MANIFEST.index("[[layer]]")].replace(
            'licence = "CC0-1.0"', f'licence = "CC0-1.0"\nsigma_m = {SIGMA}\n\n[[source]]\nid = "t"\ntitle = "Another"')
        self.write("atlas.toml", head.replace('"Another"', '"Another"\nsigma_m = 300') + layer + other)
        question = ("compare", self.atlas, "--source", "s,t", "--at", "2000")
        document = self.answer(*question)
        rows = {(row["actor_first"], row["actor_second"]): row for row in document["rows"]}
        # What the two say differently may be one line, drawn twice: only the low end knows of that.
        row = rows["a", "b"]
        self.assertGreater(row["area_m2"] - row["low_m2"], 1.1 * (row["high_m2"] - row["area_m2"]))
        both = next(row for row in document["holders"] if row["actor"] == "a")
        self.assertGreater(both["both_high_m2"] - both["both_m2"], both["both_m2"] - both["both_low_m2"])
        self.assertLess(both["only_first_low_m2"], both["only_first_m2"])
        # t's line between a and b, of 300 m, bounds what both give a.
        self.assertGreater(both["both_m2"] - both["both_low_m2"], 1.96 * 300 * HIGH / math.sqrt(2))
        self.assertIn("95 %", self.run_program(*question).stdout)
        plain = self.answer(*question, "--no-bands")
        self.assertNotIn("low_m2", plain["rows"][0])
        self.assertEqual([row["area_m2"] for row in plain["rows"]], [row["area_m2"] for row in document["rows"]])
        # Where the other is silent nothing was drawn twice, and both agree on nothing.
        self.write("b.geojson", collection(feature([box(5, 0, 6, 1)], holder="b", **{"from": "2000", "to": None})))
        both = next(row for row in self.answer(*question)["holders"] if row["actor"] == "a")
        self.assertEqual((both["both_low_m2"], both["both_m2"], both["both_high_m2"]), (0, 0, 0))
        self.assertAlmostEqual(both["only_first_m2"] - both["only_first_low_m2"],
                               both["only_first_high_m2"] - both["only_first_m2"], delta=1)
        self.write("b.geojson", collection(feature([box(0, 0, 1, 1)], holder="a", **{"from": "2000", "to": None}),
                                           feature([box(1, 0, 3, 1)], holder="b", **{"from": "2000", "to": None})))
        # One of them says nothing of its lines.
        self.write("atlas.toml", head + layer + other)
        rows = {(row["actor_first"], row["actor_second"]): row for row in self.answer(*question)["rows"]}
        self.assertIsNone(rows["a", "b"]["low_m2"])

    def test_what_no_drawn_line_bounds_has_no_band(self):
        # The west lies within what a holds: where its border runs nobody says.
        self.write("west.geojson", collection(feature([box(0.2, 0.2, 0.6, 0.6)])))
        self.write("atlas.toml", MANIFEST.replace('licence = "CC0-1.0"', f'licence = "CC0-1.0"\nsigma_m = {SIGMA}').replace(
            "\n[[layer]]", '\n[[region]]\nid = "west"\nfile = "west.geojson"\n\n[[layer]]', 1))
        row, = self.answer("areas", self.atlas, "--at", "first", "--by", "region")["rows"]
        self.assertEqual((row["actor"], row["low_m2"], row["high_m2"], row["share_low"]), ("a", None, None, None))

    def test_gains_of_one_transition_have_its_band_and_nothing_lost_may_be_something(self):
        document = self.answer("changes", self.atlas, "--from", "first", "--to", "second")
        rows = {row["actor"]: row for row in document["rows"]}
        passed = {(t["from"], t["to"]): t for t in document["transitions"]}["a", "b"]
        for row, key in ((rows["b"], "gained"), (rows["a"], "lost")):
            self.assertEqual((row[f"{key}_low_m2"], row[f"{key}_high_m2"]), (passed["low_m2"], passed["high_m2"]))
        b = rows["b"]
        self.assertEqual(b["lost_m2"], 0)
        self.assertGreaterEqual(b["net_low_m2"], b["gained_low_m2"] - b["lost_high_m2"])

    def test_groups_count_as_one(self):
        self.write("atlas.toml", MANIFEST.replace('color = "#0072b2"', 'color = "#0072b2"\ngroups = [{id = "both"}]')
                   .replace('color = "#e69f00"', 'color = "#e69f00"\ngroups = [{id = "both"}]')
                   .replace('licence = "CC0-1.0"', f'licence = "CC0-1.0"\nsigma_m = {SIGMA}'))
        row, = self.answer("areas", self.atlas, "--at", "first", "--by", "group")["rows"]
        self.assertEqual(row["actor"], "both")
        # The front within is no boundary; its ends lie on straight sides.
        sd = SIGMA * math.hypot(2 * WIDE, HIGH)
        self.assertAlmostEqual((row["high_m2"] - row["area_m2"]) / (1.959964 * sd), 1, delta=1e-3)
        # All that is held is held by it, however large.
        self.assertEqual((row["share_low"], row["share"], row["share_high"]), (1, 1, 1))

    def test_overlaps_with_regions_are_cut_by_definition(self):
        self.write("halves.geojson", collection(feature([box(-1, -1, 5, 0.5)])))
        self.write("atlas.toml", MANIFEST.replace('licence = "CC0-1.0"', f'licence = "CC0-1.0"\nsigma_m = {SIGMA}')
                   + '\n[[region]]\nid = "south"\nname = "South"\nfile = "halves.geojson"\n')
        document = self.answer("overlaps", self.atlas, "--at", "first", "--rows", "control", "--cols", "region")
        held = [row for row in document["rows"] if row["row"] is not None]
        self.assertEqual(len(held), 4)
        for row in held:
            # South or north of half a degree: one long side, and half of each short one, of which an outer corner
            # moves 3/8 and the other 1/8.
            sd = SIGMA * math.sqrt(2 * ((WIDE / 2) ** 2 + (HIGH * 3 / 8) ** 2) + 2 * (HIGH / 8) ** 2)
            self.assertAlmostEqual((row["high_m2"] - row["area_m2"]) / (1.959964 * sd), 1, delta=2e-3, msg=row)

    def test_lines_have_one_as_long_as_errors_are_small(self):
        document = self.answer("line", self.atlas, "--at", "first", "--between", "a,b")
        row = document["rows"][0]
        # Either end moves the length by as much as itself.
        self.assertAlmostEqual((row["high_m"] - row["length_m"]) / (1.959964 * SIGMA * math.sqrt(2)), 1, delta=1e-3)
        self.assertAlmostEqual(row["lengthening_m"], SIGMA ** 2 / row["length_m"], delta=1e-6)
        self.state_sigma(50_000)
        row = self.answer("line", self.atlas, "--at", "first", "--between", "a,b")["rows"][0]
        self.assertIsNone(row["low_m"])
        self.assertGreater(row["lengthening_m"], 0.1 * row["length_m"])


if __name__ == "__main__":
    import unittest
    unittest.main()
