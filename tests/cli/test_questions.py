"""What the commands answer: the contract of the JSON documents, on maps that can be worked out by hand."""
import csv
import hashlib
import io
import json
import math
import os
import pty
import subprocess

from harness import CELL_M2, FRONT, MANIFEST, PROGRAM, CliTest, box, collection, feature


class NoiseFloor(CliTest):
    def test_changes_say_it_where_a_source_states_its_accuracy(self):
        plain = self.answer("changes", self.atlas, "--from", "first", "--to", "second")
        self.assertNotIn("noise_floor_m2", plain["rows"][0])
        for sigma, within in ((100, False), (200_000, True)):
            self.manifest('licence = "CC0-1.0"', f'licence = "CC0-1.0"\nsigma_m = {sigma}')
            answer = self.answer("changes", self.atlas, "--from", "first", "--to", "second", "--no-bands")
            self.assertEqual(answer["transitions"], plain["transitions"])
            for row in answer["rows"]:
                # a and b meet along a degree of the meridian of 2, then of 1, of 110.57 km each. All other lines stay.
                self.assertAlmostEqual(row["noise_floor_m2"] / (sigma * 110.57e3 * math.pi ** -0.5), 1, delta=1e-3)
                self.assertEqual(row["within_noise"], within)
        self.assertIn("noise floor", self.run_program("changes", self.atlas, "--from", "first", "--to", "second").stdout)


class Areas(CliTest):
    def test_rows_follow_the_contract(self):
        document = self.answer("areas", self.atlas, "--at", "first,second")
        self.assertEqual([document[key] for key in ("atlas", "method", "grid", "unit")],
                         ["small", "lonlat", "1e-7 degree", "m2"])
        # What `sha256sum atlas.toml front.geojson | sha256sum` prints.
        lines = "".join(f"{hashlib.sha256((self.atlas / name).read_bytes()).hexdigest()}  {name}\n"
                        for name in ("atlas.toml", "front.geojson"))
        self.assertEqual(document["checksum"], hashlib.sha256(lines.encode()).hexdigest())
        rows = document["rows"]
        self.assertEqual([(row["at"], row["actor"]) for row in rows],
                         [("2000-01-01", "a"), ("2000-01-01", "b"), ("2001-01-01", "b"), ("2001-01-01", "a")])
        for row, cells in zip(rows, (2, 2, 3, 1)):
            self.assertEqual(row["theme"], "control")
            self.assertAlmostEqual(row["area_m2"] / CELL_M2, cells, delta=1e-12)
            self.assertAlmostEqual(row["share"], cells / 4, delta=1e-12)
            self.assertEqual(row["share_of"], "held")
            self.assertAlmostEqual(row["denominator_m2"] / CELL_M2, 4, delta=1e-12)

    def test_contested_ground_is_a_holder_of_its_own(self):
        self.write("front.geojson", collection(
            feature([box(0, 0, 2, 1)], holder="a", **{"from": "2000", "to": None}),
            feature([box(1, 0, 4, 1)], holder="b", **{"from": "2000", "to": None})))
        rows = {row["actor"]: row for row in self.answer("areas", self.atlas, "--at", "2000")["rows"]}
        self.assertEqual(set(rows), {"a", "b", "a+b"})
        self.assertIs(rows["a+b"]["contested"], True)
        self.assertNotIn("contested", rows["a"])
        self.assertAlmostEqual(rows["a"]["area_m2"] / CELL_M2, 1, delta=1e-12)

    def test_unknown_exists_only_inside_a_study_area(self):
        self.write("study.geojson", collection(feature([box(-1, 0, 3, 1)])))
        self.manifest('title = "Two squares"', 'title = "Two squares"\nstudy_area = "study.geojson"')
        rows = {row["actor"]: row for row in self.answer("areas", self.atlas, "--at", "2000")["rows"]}
        self.assertAlmostEqual(rows[None]["area_m2"] / CELL_M2, 1, delta=1e-12)
        self.assertAlmostEqual(rows["b"]["area_m2"] / CELL_M2, 1, delta=1e-12)
        self.assertAlmostEqual(rows["b"]["outside_study_area_m2"] / CELL_M2, 1, delta=1e-12)
        self.assertEqual(rows["b"]["share_of"], "study_area")

    def test_by_region_and_group(self):
        self.write("west.geojson", collection(feature([box(0, 0, 1, 1)])))
        self.write("atlas.toml", MANIFEST.replace('color = "#e69f00"', 'color = "#e69f00"\ngroups = [{id = "league"}]')
                   + '\n[[region]]\nid = "west"\nfile = "west.geojson"\n')
        rows = self.answer("areas", self.atlas, "--at", "2000", "--by", "region,group")["rows"]
        self.assertEqual([(row["region"], row["actor"]) for row in rows], [("west", "a")])
        rows = self.answer("areas", self.atlas, "--at", "2000", "--by", "group")["rows"]
        self.assertEqual([row["actor"] for row in rows], ["a", "league"])

    def test_formats_and_units(self):
        text = self.run_program("areas", self.atlas, "--at", "first", "--unit", "ha", "--round", "0").stdout
        self.assertIn("2 461 693", text)
        rows = list(csv.DictReader(io.StringIO(
            self.run_program("areas", self.atlas, "--at", "first", "--format", "csv").stdout)))
        self.assertEqual(rows[0]["actor"], "a")
        self.assertAlmostEqual(float(rows[0]["area_m2"]) / CELL_M2, 2, delta=1e-12)
        lines = self.run_program("areas", self.atlas, "--at", "first", "--format", "ndjson").stdout.splitlines()
        self.assertEqual(len(lines), 2)

    def test_the_number_of_threads_changes_nothing(self):
        answers = [self.answer("timeline", self.atlas, *more) for more in ((), ("--threads", "1"), ("--threads", "3"))]
        self.assertEqual(answers[1], answers[0])
        self.assertEqual(answers[2], answers[0])

    def test_methods_differ_as_they_should(self):
        by_method = {}
        for method in ("lonlat", "geodesic", "sphere:6371008.8", "sphere:6371008.8,arcs", "crs:EPSG:6933"):
            document = self.answer("areas", self.atlas, "--at", "first", "--actor", "a", "--method", method)
            self.assertEqual(document["method"], method)
            by_method[method] = document["rows"][0]["area_m2"]
        self.assertEqual(len(set(by_method.values())), 5)
        for area in by_method.values():
            self.assertAlmostEqual(area / by_method["lonlat"], 1, delta=0.01)


class Changes(CliTest):
    def test_gains_losses_and_the_matrix_agree(self):
        document = self.answer("changes", self.atlas, "--from", "first", "--to", "second")
        rows = {row["actor"]: row for row in document["rows"]}
        for actor, gained, lost, held in (("a", 0, 1, 1), ("b", 1, 0, 2)):
            self.assertAlmostEqual(rows[actor]["gained_m2"] / CELL_M2, gained, delta=1e-12)
            self.assertAlmostEqual(rows[actor]["lost_m2"] / CELL_M2, lost, delta=1e-12)
            self.assertAlmostEqual(rows[actor]["held_m2"] / CELL_M2, held, delta=1e-12)
        self.assertEqual([(row["from"], row["to"]) for row in document["transitions"]],
                         [("a", "a"), ("a", "b"), ("b", "b")])
        self.assertEqual(document["residual_units"], "0")

    def test_places_that_changed_hands(self):
        self.write("places.geojson", '{"type":"FeatureCollection","features":['
                   '{"type":"Feature","properties":{"name":"Midtown"},"geometry":{"type":"Point","coordinates":[1.5,0.5]}},'
                   '{"type":"Feature","properties":{"name":"Westtown"},"geometry":{"type":"Point","coordinates":[0.5,0.5]}}'
                   ']}')
        self.manifest('title = "Two squares"', 'title = "Two squares"\nplaces = "places.geojson"')
        document = self.answer("changes", self.atlas, "--from", "first", "--to", "second")
        self.assertEqual(document["places"], [{"name": "Midtown", "from": "a", "to": "b", "lon": 1.5, "lat": 0.5}])

    def test_reversed_dates_mirror(self):
        there = self.answer("changes", self.atlas, "--from", "first", "--to", "second")["rows"]
        back = self.answer("changes", self.atlas, "--from", "second", "--to", "first")["rows"]
        for one, other in zip(there, back):
            self.assertEqual((one["actor"], one["gained_m2"], one["lost_m2"], one["held_m2"]),
                             (other["actor"], other["lost_m2"], other["gained_m2"], other["held_m2"]))


class Series(CliTest):
    def test_timeline_by_change_and_by_year(self):
        document = self.answer("timeline", self.atlas)
        self.assertEqual([(row["at"], row["actor"]) for row in document["rows"]],
                         [("2000-01-01", "a"), ("2000-01-01", "b"), ("2001-01-01", "a"), ("2001-01-01", "b")])
        self.assertEqual([(row["at"], row["from"], row["to"]) for row in document["transitions"]],
                         [("2001-01-01", "a", "b")])
        months = self.answer("timeline", self.atlas, "--every", "month", "--actor", "a")["rows"]
        self.assertEqual(len(months), 13)
        self.assertAlmostEqual(months[11]["area_m2"] / months[12]["area_m2"], 2, delta=1e-12)

    def test_pairs_of_dates(self):
        document = self.answer("timeline", self.atlas, "--pairs")
        rows = {(row["from"], row["to"], row["actor"]): row["area_m2"] / CELL_M2 for row in document["rows"]}
        expected = {("2000-01-01", "2000-01-01", "a"): 2, ("2000-01-01", "2001-01-01", "a"): 1,
                    ("2001-01-01", "2001-01-01", "a"): 1, ("2000-01-01", "2000-01-01", "b"): 2,
                    ("2000-01-01", "2001-01-01", "b"): 2, ("2001-01-01", "2001-01-01", "b"): 3}
        self.assertEqual(list(rows), list(expected))
        for key, cells in expected.items():
            self.assertAlmostEqual(rows[key], cells, delta=1e-12)
        target = self.path / "pairs.csv"
        done = self.run_program("timeline", self.atlas, "--pairs", "--actor", "b", "--every", "year", "--format", "csv",
                                "-o", target)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(target, encoding="utf-8") as file:
            table = list(csv.DictReader(file))
        self.assertEqual(list(table[0]), ["from", "to", "actor", "area_m2"])
        self.assertEqual([(row["from"], row["to"]) for row in table],
                         [("2000-01-01", "2000-01-01"), ("2000-01-01", "2001-01-01"), ("2001-01-01", "2001-01-01")])

    def test_places_by_how_often_they_changed_hands(self):
        def place(name, lon):
            return {"type": "Feature", "properties": {"name": name}, "geometry": {"type": "Point", "coordinates": [lon, 0.5]}}
        self.write("places.geojson", collection(place("Stay", 0.5), place("Thrice", 1.5), place("Once", 2.5), place("Nowhere", 9)))
        self.manifest('title = "Two squares"', 'title = "Two squares"\nplaces = "places.geojson"')
        # Thrice: a, nobody knows, b, a, a and b. What nobody knows passes to no one.
        self.write("front.geojson", collection(
            feature([box(0, 0, 2, 1)], holder="a", **{"from": "2000", "to": "2001"}),
            feature([box(0, 0, 1, 1)], holder="a", **{"from": "2001", "to": None}),
            feature([box(2, 0, 3, 1)], holder="a", **{"from": "2000", "to": "2002"}),
            feature([box(2, 0, 3, 1)], holder="b", **{"from": "2002", "to": None}),
            feature([box(1, 0, 2, 1)], holder="b", **{"from": "2002", "to": "2003"}),
            feature([box(1, 0, 2, 1)], holder="a", **{"from": "2003", "to": None}),
            feature([box(1, 0, 2, 1)], holder="b", **{"from": "2004", "to": None})))
        rows = self.answer("timeline", self.atlas, "--places")["rows"]
        self.assertEqual([(row["name"], row["changes"], row["last_change"], row["holders"]) for row in rows],
                         [("Thrice", 3, "2004-01-01", "a > b > a > a+b"), ("Once", 1, "2002-01-01", "a > b")])
        self.assertEqual([(row["first"], row["now"]) for row in rows], [("a", "a+b"), ("a", "b")])
        table = self.run_program("timeline", self.atlas, "--places").stdout
        self.assertRegex(table, r"(?m)^Thrice +3  2004-01-01 +a +a\+b +1\.5 +0\.5$")
        self.assertEqual([(span["from"], span["to"], span["actor"]) for span in rows[1]["history"]],
                         [(None, "2000-01-01", None), ("2000-01-01", "2002-01-01", "a"), ("2002-01-01", None, "b")])
        more = self.answer("timeline", self.atlas, "--places", "--min-changes", "2")["rows"]
        self.assertEqual([row["name"] for row in more], ["Thrice"])
        every = self.answer("timeline", self.atlas, "--places", "--min-changes", "0")["rows"]
        self.assertEqual([row["name"] for row in every], ["Thrice", "Once", "Nowhere", "Stay"])
        self.refusal(2, "timeline", self.atlas, "--places", "--pairs")
        self.refusal(2, "timeline", self.atlas, "--places", "--min-changes=-1")
        self.refusal(2, "timeline", self.atlas, "--min-changes", "2")
        self.write("atlas.toml", MANIFEST)
        self.assertIn("gazetteer", self.refusal(2, "timeline", self.atlas, "--places"))

    def test_line_of_contact(self):
        document = self.answer("line", self.atlas, "--at", "first", "--between", "a,b")
        # One degree of meridian at the equator: 110 574.4 m (WGS84).
        self.assertAlmostEqual(document["length_m"], 110574.39, delta=0.01)
        self.assertEqual(document["parts"], 1)
        mirrored = self.answer("front", self.atlas, "--at", "first", "--between", "b,a")
        self.assertEqual(mirrored["length_m"], document["length_m"])

    def test_overlaps_of_two_dates(self):
        document = self.answer("overlaps", self.atlas, "--at", "first", "--with-at", "second", "--cols", "control")
        self.assertEqual([(row["row"], row["col"]) for row in document["rows"]], [("a", "a"), ("a", "b"), ("b", "b")])
        # Of two cells a kept one; b had two, and has three.
        self.assertEqual([(row["row_share"], round(row["col_share"], 12)) for row in document["rows"]],
                         [(0.5, 1.0), (0.5, round(1 / 3, 12)), (1.0, round(2 / 3, 12))])
        self.assertEqual([round(row["row_area_m2"] / CELL_M2, 9) for row in document["rows"]], [2, 2, 2])

    def test_overlaps_at_several_dates(self):
        self.manifest('title = "Two squares"\n', 'title = "Two squares"\n[[region]]\nid = "west"\nfile = "west.geojson"\n'
                      '[[region]]\nid = "all"\nfile = "all.geojson"\n')
        self.write("west.geojson", collection(feature([box(0, 0, 2, 1)])))
        self.write("all.geojson", collection(feature([box(0, 0, 4, 1)])))
        document = self.answer("overlaps", self.atlas, "--at", "first,second", "--rows", "region", "--cols", "control")
        self.assertNotIn("rows_at", document)
        # The share of each district that each party held, and the share of each party's ground in it: regions overlap,
        # so the latter add up to more than 1.
        self.assertEqual([(row["at"][:4], row["row"], row["col"], row["row_share"], round(row["col_share"], 12))
                          for row in document["rows"]],
                         [("2000", "all", "a", 0.5, 1), ("2000", "all", "b", 0.5, 1), ("2000", "west", "a", 1, 1),
                          ("2001", "all", "a", 0.25, 1), ("2001", "all", "b", 0.75, 1),
                          ("2001", "west", "a", 0.5, 1), ("2001", "west", "b", 0.5, round(1 / 3, 12))])
        message = self.refusal(2, "overlaps", self.atlas, "--at", "first,second", "--with-at", "second", "--cols", "control")
        self.assertIn("one date", message)

    def test_unknown_ground_without_an_edge_has_no_share(self):
        self.write("front.geojson", collection(feature([box(0, 0, 1, 1)], holder="a", **{"from": "2000", "to": "2001"}),
                                               feature([box(0, 0, 2, 1)], holder="b", **{"from": "2001", "to": None})))
        rows = self.answer("overlaps", self.atlas, "--at", "first", "--with-at", "second", "--cols", "control")["rows"]
        unknown = next(row for row in rows if row["row"] is None)
        self.assertEqual((unknown["row_share"], unknown["row_area_m2"], unknown["col_share"]), (None, None, 0.5))


class Check(CliTest):
    def test_clean_atlas_has_certificates_of_zero(self):
        document = self.answer("check", self.atlas)
        self.assertEqual(document["findings"], [])
        # A table without rows still has its head.
        self.assertEqual(self.run_program("check", self.atlas, "--format", "csv").stdout,
                         "severity,code,statement,at,lon,lat,text\n")
        self.assertLessEqual({"slot_areas", "closure", "euler", "face_sum"},
                             {row["name"] for row in document["certificates"]})
        self.assertEqual({row["residual_units"] for row in document["certificates"]}, {0})

    def test_crossing_rings_are_labelled_and_reported_with_place(self):
        self.write("front.geojson", collection(
            feature([[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]], holder="a", **{"from": "2000", "to": None})))
        document = self.answer("check", self.atlas)
        crossing = [row for row in document["findings"] if row["code"] == "ring-crosses-itself"]
        self.assertEqual([(row["lon"], row["lat"], row["severity"]) for row in crossing], [(1.0, 1.0, "warning")])
        self.assertEqual(set(crossing[0]), {"code", "severity", "statement", "at", "lon", "lat", "text"})

    def test_event_tie_is_an_error(self):
        self.manifest('mode = "interval"', 'mode = "event"')
        self.write("atlas.toml", (self.atlas / "atlas.toml").read_text().replace('to = {field = "to"}\n', ""))
        self.write("front.geojson", collection(
            feature([box(0, 0, 2, 1)], holder="a", **{"from": "2000"}),
            feature([box(1, 0, 4, 1)], holder="b", **{"from": "2000"})))
        done = self.run_program("check", self.atlas)
        self.assertEqual(done.returncode, 3)
        self.assertIn("event-tie", done.stdout)


class Narrow(CliTest):
    def test_changes_tell_what_passed_in_strips(self):
        # a loses a degree, and elsewhere a strip of 11 m.
        self.write("front.geojson", collection(
            feature([box(0, 0, 2, 1)], holder="a", **{"from": "2000", "to": "2001"}),
            feature([box(5, 0, 6, 1e-4)], holder="a", **{"from": "2000", "to": "2001"}),
            feature([box(0, 0, 1, 1)], holder="a", **{"from": "2001", "to": None}),
            feature([box(5, 0, 6, 1e-4)], holder="b", **{"from": "2001", "to": None})))
        document = self.answer("changes", self.atlas, "--from", "first", "--to", "second", "--within-noise", "20")
        self.assertEqual(document["within_noise_sigma_m"], 20)
        passed = {(row["from"], row["to"]): row for row in document["transitions"]}
        self.assertEqual([passed["a", "b"][key] for key in ("pieces", "narrow_pieces")], [1, 1])
        self.assertEqual(passed["a", "b"]["narrow_m2"], passed["a", "b"]["area_m2"])
        self.assertEqual([passed["a", None][key] for key in ("pieces", "narrow_pieces", "narrow_m2")], [1, 0, 0])
        rows = {row["actor"]: row for row in document["rows"]}
        self.assertEqual(rows["a"]["lost_narrow_m2"], passed["a", "b"]["area_m2"])
        self.assertEqual(rows["b"]["gained_narrow_m2"], passed["a", "b"]["area_m2"])
        self.assertIn("twice sigma", self.run_program("changes", self.atlas, "--from", "first", "--to", "second",
                                                      "--within-noise", "20").stdout)
        for value in ("0", "nan", "inf", "-1"):
            self.assertIn("expected metres above 0", self.refusal(2, "changes", self.atlas, "--from", "first", "--to", "second",
                                                                  "--within-noise=" + value))

    def test_check_counts_faces_by_width(self):
        self.write("front.geojson", collection(feature([box(0, 0, 1, 1)], holder="a", **{"from": "2000", "to": "2001"}),
                                               feature([box(0, 1, 1, 1.000001)], holder="b", **{"from": "2000", "to": None})))
        widths = self.answer("check", self.atlas)["widths"]
        self.assertEqual([row["faces"] for row in widths], [0, 1, 0, 0, 0, 0, 1])
        self.assertEqual((widths[1]["from_m"], widths[1]["below_m"], widths[-1]["below_m"]), (0.1, 1, None))


class Breakdown(CliTest):
    def setUp(self):
        super().setUp()
        # b belongs to the league all along, a from the second half of 2000 on.
        manifest = MANIFEST.replace('color = "#e69f00"', 'color = "#e69f00"\ngroups = [{id = "league"}]').replace(
            'color = "#0072b2"', 'color = "#0072b2"\ngroups = [{id = "league", from = "2000-07-01"}]')
        self.write("west.geojson", collection(feature([box(0, 0, 1, 1)])))
        self.write("middle.geojson", collection(feature([box(1, 0, 3, 1)])))
        self.write("atlas.toml", manifest + '\n[[region]]\nid = "west"\nfile = "west.geojson"\n'
                   '\n[[region]]\nid = "middle"\nfile = "middle.geojson"\n')

    def cells(self, rows, *keys):
        return [tuple(row[key] for key in keys) +
                tuple(round(row[key] / CELL_M2, 9) for key in row if key.endswith("_m2")) for row in rows]

    def test_changes_by_region_add_up_to_those_of_the_whole(self):
        document = self.answer("changes", self.atlas, "--from", "first", "--to", "second", "--by", "region")
        self.assertEqual(self.cells(document["rows"], "region", "actor"),
                         [("west", "a", 0, 0, 1), ("middle", "a", 0, 1, 0), ("middle", "b", 1, 0, 1)])
        self.assertEqual(self.cells(document["transitions"], "region", "from", "to"),
                         [("west", "a", "a", 1), ("middle", "a", "b", 1), ("middle", "b", "b", 1)])
        only = self.answer("changes", self.atlas, "--from", "first", "--to", "second", "--by", "region", "--region", "west")
        self.assertEqual(only["rows"], document["rows"][:1])

    def test_ground_passes_to_a_group_by_joining_it(self):
        document = self.answer("changes", self.atlas, "--from", "2000-01-01", "--to", "2000-08-01", "--by", "group")
        self.assertEqual(self.cells(document["rows"], "actor"), [("a", 0, 2, 0), ("league", 2, 0, 2)])
        self.assertEqual(self.cells(document["transitions"], "from", "to"), [("a", "league", 2), ("league", "league", 2)])
        # Within the group nothing changes hands.
        later = self.answer("changes", self.atlas, "--from", "2000-08-01", "--to", "second", "--by", "group")
        self.assertEqual(self.cells(later["rows"], "actor"), [("league", 0, 0, 4)])

    def test_series_by_group_has_the_dates_of_joining(self):
        document = self.answer("timeline", self.atlas, "--by", "group")
        self.assertEqual(self.cells(document["rows"], "at", "actor"),
                         [("2000-01-01", "a", 2), ("2000-01-01", "league", 2), ("2000-07-01", "league", 4),
                          ("2001-01-01", "league", 4)])
        self.assertEqual(self.cells(document["transitions"], "at", "from", "to"), [("2000-07-01", "a", "league", 2)])

    def test_series_by_region(self):
        document = self.answer("timeline", self.atlas, "--by", "region", "--region", "middle")
        self.assertEqual(self.cells(document["rows"], "at", "region", "actor"),
                         [("2000-01-01", "middle", "a", 1), ("2000-01-01", "middle", "b", 1),
                          ("2001-01-01", "middle", "a", 0), ("2001-01-01", "middle", "b", 2)])

    def test_actors_stay_wanted_where_they_count_for_their_group(self):
        rows = self.answer("timeline", self.atlas, "--by", "group", "--actor", "a")["rows"]
        self.assertEqual([(row["at"], row["actor"]) for row in rows],
                         [("2000-01-01", "a"), ("2000-07-01", "league"), ("2001-01-01", "league")])

    def test_membership_may_change_after_the_last_change_of_ground(self):
        self.write("atlas.toml", (self.atlas / "atlas.toml").read_text().replace('from = "2000-07-01"', 'from = "2005"'))
        rows = self.answer("timeline", self.atlas, "--by", "group")["transitions"]
        self.assertEqual([(row["at"], row["from"], row["to"]) for row in rows],
                         [("2001-01-01", "a", "league"), ("2005-01-01", "a", "league")])

    def test_a_group_is_no_actor(self):
        for group, message in (("a", "is the id of an actor"), ("nobody", "is the id of an actor"), ("a+b", "'+'")):
            self.write("atlas.toml", MANIFEST.replace('color = "#e69f00"', f'color = "#e69f00"\ngroups = [{{id = "{group}"}}]'))
            self.assertIn(message, self.refusal(3, "areas", self.atlas, "--at", "2000"))

    def test_polygons_by_group(self):
        def features(*command):
            target = self.path / "x.geojson"
            done = self.run_program(command[0], self.atlas, *command[1:], "--by", "group", "--geometry", target, "--overwrite")
            self.assertEqual(done.returncode, 0, done.stderr)
            return [f["properties"] for f in json.loads(target.read_text())["features"]]
        rows = features("areas", "--at", "2000-01-01,2000-08-01")
        self.assertEqual([(row["at"], row["actor"], round(row["area_m2"] / CELL_M2)) for row in rows],
                         [("2000-01-01T00:00:00Z", "a", 2), ("2000-01-01T00:00:00Z", "league", 2),
                          ("2000-08-01T00:00:00Z", "league", 4)])
        rows = features("changes", "--from", "2000-01-01", "--to", "2000-08-01")
        self.assertEqual([(row["from_actor"], row["to_actor"], round(row["area_m2"] / CELL_M2)) for row in rows], [("a", "league", 2)])
        # Within the group nothing changes hands.
        self.assertEqual(features("changes", "--from", "2000-08-01", "--to", "second"), [])

    def test_group_filters_by_the_members_of_the_date(self):
        rows = self.answer("areas", self.atlas, "--at", "2000-01-01,2000-08-01", "--group", "league")["rows"]
        self.assertEqual([(row["at"], row["actor"]) for row in rows],
                         [("2000-01-01", "b"), ("2000-08-01", "a"), ("2000-08-01", "b")])
        self.assertIn("did you mean 'league'", self.refusal(2, "areas", self.atlas, "--at", "2000", "--group", "leage"))

    def test_group_filters_through_time_by_the_members_of_each_date(self):
        document = self.answer("timeline", self.atlas, "--group", "league")
        self.assertEqual(self.cells(document["rows"], "at", "actor"),
                         [("2000-01-01", "b", 2), ("2000-07-01", "a", 2), ("2000-07-01", "b", 2), ("2001-01-01", "a", 1), ("2001-01-01", "b", 3)])
        # Joining passes no ground.
        self.assertEqual(self.cells(document["transitions"], "at", "from", "to"), [("2001-01-01", "a", "b", 1)])
        target = self.path / "all.geojson"
        done = self.run_program("export", self.atlas, "--all", "--group", "league", "-o", target)
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = [f["properties"] for f in json.loads(target.read_text())["features"]]
        self.assertEqual([(row["actor"], row["from"][:10], row["to"] and row["to"][:10]) for row in rows],
                         [("a", "2000-07-01", "2001-01-01"), ("a", "2001-01-01", None),
                          ("b", "2000-01-01", "2001-01-01"), ("b", "2001-01-01", None)])

    def test_what_does_not_go_together_is_refused(self):
        self.assertIn("--pairs", self.refusal(2, "timeline", self.atlas, "--pairs", "--by", "group"))
        self.write("atlas.toml", MANIFEST)
        self.assertIn("no [[region]]", self.refusal(2, "changes", self.atlas, "--from", "first", "--to", "second",
                                                    "--by", "region"))
        self.assertIn("no [[region]]", self.refusal(2, "areas", self.atlas, "--at", "first", "--by", "region"))


class TwoSources(CliTest):
    """Source s as in MANIFEST; t says that a holds 0..3 in 2000 and nothing else."""

    RIVAL = '\n[[source]]\nid = "t"\ntitle = "Another map"\npriority = {}\n\n[[layer]]\nid = "rival"\nsource = "t"\n' \
            'theme = "control"\nmode = "interval"\nfiles = ["rival.geojson"]\nactor = "a"\nfrom = "2000"\nto = "2001"\n'

    def setUp(self):
        super().setUp()
        self.write("rival.geojson", collection(feature([box(0, 0, 3, 1)])))
        self.rank(0)

    def rank(self, priority, rule=""):
        self.write("atlas.toml", MANIFEST.replace('title = "Two squares"', 'title = "Two squares"\n' + rule) +
                   self.RIVAL.format(priority))

    def test_compare_keeps_silence_and_contradiction_apart(self):
        target = self.path / "compare.geojson"
        done = self.run_program("compare", self.atlas, "--source", "s", "--source", "t", "--at", "2000", "--format", "json",
                                "--geometry", target)
        self.assertEqual(done.returncode, 0, done.stderr)
        document = json.loads(done.stdout)
        self.assertEqual([(row["actor_first"], row["actor_second"], row["agreement"], round(row["area_m2"] / CELL_M2, 9))
                          for row in document["rows"]],
                         [("a", "a", "same", 2), ("b", "a", "different", 1), ("b", None, "only s", 1)])
        self.assertEqual([round(document[key] / CELL_M2, 9)
                          for key in ("same_m2", "different_m2", "only_first_m2", "only_second_m2")], [2, 1, 1, 0])
        holders = {row["actor"]: row for row in document["holders"]}
        self.assertAlmostEqual(holders["a"]["overlap"], 2 / 3, delta=1e-9)
        self.assertEqual(holders["b"]["overlap"], 0)
        features = json.loads(target.read_text())["features"]
        self.assertEqual([f["properties"]["agreement"] for f in features], ["same", "different", "only s"])
        # Sides exchanged, the same is said.
        mirrored = self.answer("compare", self.atlas, "--source", "t,s", "--at", "2000")
        self.assertEqual([(row["actor_first"], row["agreement"]) for row in mirrored["rows"]],
                         [("a", "same"), ("a", "different"), (None, "only s")])
        self.assertEqual(mirrored["different_m2"], document["different_m2"])

    def test_compare_of_one_date_alone_is_the_same(self):
        arguments = ("compare", self.atlas, "--source", "s,t", "--at", "2000")
        self.assertEqual(self.answer(*arguments, "--two-layer")["rows"], self.answer(*arguments)["rows"])

    def test_compare_needs_two_sources_that_speak(self):
        self.assertIn("two sources", self.refusal(2, "compare", self.atlas, "--source", "s", "--at", "2000"))
        self.assertIn("itself", self.refusal(2, "compare", self.atlas, "--source", "s,s", "--at", "2000"))
        self.assertIn("says nothing of theme claim",
                      self.refusal(2, "compare", self.atlas, "--source", "s,t", "--at", "2000", "--theme", "claim"))

    def why(self, *more):
        return self.answer("why", self.atlas, "--at", "2000-06", "--lonlat", "2.5,0.5", *more)

    def test_why_names_rule_and_what_was_overruled(self):
        both = self.why()
        self.assertEqual((both["actor"], both["contested"]), ("a+b", True))
        self.assertIn("contested", both["because"])
        self.rank(1)
        document = self.why()
        self.assertEqual((document["actor"], document["from"], document["to"]), ("a", "2000-01-01", "2001-01-01"))
        self.assertIn("rule priority", document["because"])
        self.assertIn("t (priority 1)", document["because"])
        self.assertEqual([(row["standing"], row["actor"], row["source"], row["statement"]) for row in document["rows"]],
                         [("decides", "a", "t", "rival/0"), ("overruled", "b", "s", "front/1")])
        self.assertEqual([(row["from"], row["to"], row["actor"]) for row in document["history"]],
                         [(None, "2000-01-01", None), ("2000-01-01", "2001-01-01", "a"), ("2001-01-01", None, "b")])
        self.assertEqual(self.why("--rule", "all")["actor"], "a+b")
        asked = self.why("--source", "s")
        self.assertEqual((asked["actor"], asked["rows"][1]["standing"]), ("b", "not asked"))
        shortened = self.why("--from", "2000", "--to", "2000-12-31")["history"]
        self.assertEqual([row["actor"] for row in shortened], ["a"])

    def test_why_says_who_was_outvoted(self):
        self.write("atlas.toml", (self.atlas / "atlas.toml").read_text().replace('id = "small"', 'id = "small"\nrule = "majority"')
                   + '\n[[source]]\nid = "u"\ntitle = "Third"\n\n[[layer]]\nid = "third"\nsource = "u"\ntheme = "control"\n'
                   'mode = "interval"\nfiles = ["rival.geojson"]\nactor = "a"\n')
        document = self.why()
        self.assertEqual(document["actor"], "a")
        self.assertEqual([(row["standing"], row["source"]) for row in document["rows"]],
                         [("decides", "t"), ("decides", "u"), ("outvoted", "s")])

    def test_why_of_a_composite_file_is_that_of_the_folder(self):
        target = self.path / "small.gpkg"
        self.assertEqual(self.run_program("build", self.atlas, "-o", target).returncode, 0)
        arguments = ("--at", "2000", "--lonlat", "2.5,0.5")
        self.assertEqual(self.answer("why", target, *arguments), self.answer("why", self.atlas, *arguments))

    def test_why_by_place_and_on_unknown_ground(self):
        self.write("places.geojson", '{"type":"FeatureCollection","features":['
                   '{"type":"Feature","properties":{"name":"Midtown","name_b":"Mittstadt"},"geometry":{"type":"Point","coordinates":[1.5,0.5]}},'
                   '{"type":"Feature","properties":{"name":"Midtown"},"geometry":{"type":"Point","coordinates":[3.5,0.5]}}]}')
        self.rank(0, 'places = "places.geojson"')
        self.assertEqual(self.answer("why", self.atlas, "--at", "2000", "--place", "mittstadt")["actor"], "a")
        self.assertIn("2 places are called", self.refusal(2, "why", self.atlas, "--at", "2000", "--place", "Midtown"))
        self.assertIn("did you mean 'Mittstadt'", self.refusal(2, "why", self.atlas, "--at", "2000", "--place", "Mitstadt"))
        nowhere = self.answer("why", self.atlas, "--at", "2000", "--lonlat", "50,0.5")
        self.assertEqual((nowhere["actor"], nowhere["rows"]), (None, []))
        self.assertIn("unknown", nowhere["because"])

    def test_why_names_every_event_that_covers_the_point(self):
        self.manifest('mode = "interval"', 'mode = "event"')
        self.write("atlas.toml", (self.atlas / "atlas.toml").read_text().replace('to = {field = "to"}\n', ""))
        self.write("front.geojson", collection(*[feature([box(0, 0, 1, 1)], holder=holder, **{"from": year})
                                                 for holder, year in (("a", "2000"), ("b", "2001"), ("a", "2002"), ("b", "2003"))]))
        rows = self.answer("why", self.atlas, "--at", "2004", "--lonlat", "0.5,0.5")["rows"]
        self.assertEqual([(row["statement"], row["standing"]) for row in rows],
                         [("front/3", "decides"), ("front/0", "painted over"), ("front/1", "painted over"),
                          ("front/2", "painted over")])

    def test_why_within_a_window_tells_of_the_window(self):
        self.rank(1)
        self.assertEqual(self.why()["from"], "2000-01-01")
        windowed = self.why("--since", "2000-03-01")
        self.assertEqual((windowed["actor"], windowed["from"], windowed["to"]), ("a", "2000-03-01", "2001-01-01"))
        self.assertEqual([row["actor"] for row in windowed["history"]], ["a", "b"])

    def test_why_in_csv_has_every_column_and_takes_no_option_in_vain(self):
        text = self.run_program("why", self.atlas, "--at", "2000-06", "--lonlat", "2.5,0.5", "--format", "csv").stdout
        self.assertEqual(text.splitlines()[0], "standing,actor,from,to,statement,source,basis,certainty,layer,mode,source_title,"
                         "source_url,licence,priority,sigma_m,note,origin")
        for option in (("--actor", "a"), ("--region", "r"), ("--method", "geodesic"), ("--unit", "ha")):
            self.refusal(2, "why", self.atlas, "--at", "2000", "--lonlat", "1,1", *option)

    def test_places_of_other_turns_and_at_the_sides_of_the_map(self):
        def place(name, lon, lat):
            return {"type": "Feature", "properties": {"name": name}, "geometry": {"type": "Point", "coordinates": [lon, lat]}}
        self.write("front.geojson", collection(
            feature([box(295, 0, 305, 1)], holder="a", **{"from": "2000", "to": None}),
            feature([box(170, 0, 190, 1)], holder="b", **{"from": "2000", "to": None}),
            feature([[[x, -89] for x in range(-180, 181, 10)] + [[180, -90], [-180, -90], [-180, -89]]], holder="b",
                    **{"from": "2000", "to": None})))
        self.write("places.geojson", collection(place("P300", 300, 0.5), place("West", -180, 0.5), place("East", 180, 0.5),
                                                place("Far", -535, 0.5), place("Pole", 0, -90)))
        self.rank(0, 'places = "places.geojson"')
        self.write("rival.geojson", collection(feature([box(0, 50, 3, 51)])))
        for name, actor in (("P300", "a"), ("West", "b"), ("East", "b"), ("Far", "b"), ("Pole", "b")):
            self.assertEqual(self.answer("why", self.atlas, "--at", "2001", "--place", name)["actor"], actor, name)
        self.assertEqual(self.answer("why", self.atlas, "--at", "2001", "--lonlat=-180,0.5")["actor"], "b")
        self.assertEqual({row["name"] for row in self.answer("changes", self.atlas, "--from", "1999", "--to", "2001")["places"]},
                         {"P300", "West", "East", "Far", "Pole"})

    def test_why_refuses_what_is_no_point(self):
        for text in ("1", "1,2,3", "1,91", "x,1", "181,0"):
            self.assertIn("--lonlat", self.refusal(2, "why", self.atlas, "--at", "2000", "--lonlat", text))
        self.assertIn("one of", self.refusal(2, "why", self.atlas, "--at", "2000"))
        self.assertIn("gazetteer", self.refusal(2, "why", self.atlas, "--at", "2000", "--place", "Midtown"))


class Latest(CliTest):
    def test_is_the_last_state_that_holds(self):
        # With missing days unknown the last state ends with its day, and nothing holds then.
        (self.atlas / "days").mkdir()
        for day, width in ((1, 1), (2, 2), (3, 3)):
            self.write(f"days/2020010{day}.geojson", collection(feature([box(0, 0, width, 1)], holder="a")))
        self.write("atlas.toml", MANIFEST.replace('"front.geojson"', '"days/*.geojson"').replace(
            'from = {field = "from"}\nto = {field = "to"}\n', 'from = {pattern = "%Y%m%d"}\nmissing_days = "unknown"\n').replace(
            'mode = "interval"', 'mode = "snapshot"'))
        rows = self.answer("areas", self.atlas, "--at", "previous,latest")["rows"]
        self.assertEqual([(row["at"], round(row["area_m2"] / CELL_M2, 9)) for row in rows], [("2020-01-02", 2), ("2020-01-03", 3)])
        # A state without anything is a state.
        self.write("days/20200104.geojson", collection())
        self.assertEqual(self.answer("areas", self.atlas, "--at", "latest")["rows"], [])


class Progress(CliTest):
    """A bar on a terminal, and nothing of it elsewhere."""

    def test_many_files_show_a_bar_on_a_terminal_and_take_it_away(self):
        (self.atlas / "days").mkdir()
        for day in range(200):
            (self.atlas / "days" / f"{2000 + day}.geojson").write_text(collection(feature([box(0, 0, 1, 1)], holder="a")))
        self.write("atlas.toml", MANIFEST.replace('"front.geojson"', '"days/*.geojson"').replace(
            'from = {field = "from"}\nto = {field = "to"}\n', 'from = {pattern = "%Y"}\n').replace(
            'mode = "interval"', 'mode = "snapshot"'))
        arguments = [PROGRAM, "areas", str(self.atlas), "--at", "latest"]
        leader, follower = pty.openpty()
        with subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=follower) as running:
            os.close(follower)
            shown = b""
            while True:
                try:
                    part = os.read(leader, 4096)
                except OSError:  # the other side is closed
                    break
                if not part:
                    break
                shown += part
        os.close(leader)
        self.assertEqual(running.returncode, 0, shown)
        self.assertRegex(shown.decode(), r"reading front \[#+\.+\] 64 of 200")
        self.assertTrue(shown.endswith(b"\r\x1b[K"))
        self.assertEqual(self.run_program(*arguments[1:]).stderr, "")
