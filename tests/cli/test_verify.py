"""verify: a folder that run wrote holds; every planted fault is found, by its bytes and by measuring anew.

Faults are planted twice over where that is the point: as they are, so that the fingerprint tells; and with the index
sealed again, so that only PROJ, GEOS or GDAL can tell.
"""
import hashlib
import json
import pathlib
import shutil
import unittest

from osgeo import gdal, ogr

from harness import FRONT, box, collection, feature
from verify_harness import ALWAYS_LEFT_OUT, PLAIN, SLANTED, RichVerifyTest, VerifyTest, left_out

gdal.UseExceptions()
IN_THE_MAP = {"map", "map ground", "map has the areas", "map has the changes", "map has the history"}
KARABAKH = pathlib.Path(__file__).resolve().parents[2] / "geodata" / "karabakh"


class GoodFolders(VerifyTest):
    def test_everything_is_looked_at(self):
        folder = self.results()
        document = self.verified(folder)
        self.assertEqual({row["check"] for row in document["rows"]},
                         {"rounding stated", "dwell is that of the series", "dwell is that of polygons", "dwell adds up",
                          "dwell is that of accounts", "days add up", "history", "layers of dates", "heads",
                          "file", "polygons valid", "polygon areas", "no overlaps", "csv is its json", "shares",
                          "areas add up", "areas are those of polygons", "changes add up",
                          "changes are those of polygons", "changes are intersections", "changes are differences",
                          "timeline adds up", "timeline has the areas", "timeline is that of polygons", "line lengths",
                          "lines lie on polygons", "lines are those of the layer", "certificates", "raster grid",
                          "cells are those of polygons", "cells have the areas", "cells changed", "columns of time",
                          "contested", "layers of changes", "names", "colours", "sources", "page", "pictures", "project"} |
                         (IN_THE_MAP if (folder / "map.html").exists() else set()))
        files = {row["file"] for row in document["rows"] if row["check"] == "file"}
        self.assertEqual(files, {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()} - {"index.json"})
        self.assertEqual(left_out(document), ALWAYS_LEFT_OUT)
        # Rounding and quadrature, no more.
        for row in document["rows"]:
            if row["check"] == "polygon areas":
                self.assertLess(row["bound"], 1.0)
        self.verified(folder)  # reading left no trace

    def test_crossings_that_were_rounded(self):
        document = self.verified(self.results(front=SLANTED))
        rounded = [abs(row["difference"]) for row in document["rows"] if row["check"] == "polygon areas"]
        self.assertGreater(max(rounded), 100.0)

    def test_the_index_says_how_each_file_was_made(self):
        folder = self.results("--actor", "a")
        index = json.loads((folder / "index.json").read_text())
        self.assertEqual(index["options"], {"theme": "control", "actor": ["a"]})
        by_name = {entry["file"]: entry for entry in index["files"]}
        for name, made in {"tables/areas.json": {"command": "areas", "at": ["first", "second"]},
                           "layers/control-first.geojson": {"command": "export", "at": ["first"]},
                           "layers/changes-first-second.geojson": {"command": "export", "from": "first", "to": "second"},
                           "rasters/control-first.tif": {"command": "raster", "layer": "control", "at": "first"},
                           "tables/line-a-b.csv": {"command": "line", "between": ["a", "b"], "at": ["first", "second"]},
                           }.items():
            self.assertEqual({key: by_name[name][key] for key in made}, made)
            content = (folder / name).read_bytes()
            self.assertEqual((by_name[name]["bytes"], by_name[name]["sha256"]),
                             (len(content), hashlib.sha256(content).hexdigest()))
        self.assertIn("rounding_m2", by_name["layers/history.gpkg"])
        for beside in ("rasters/control-first.tif.aux.xml", "rasters/control-first.qml"):
            self.assertEqual("belongs to rasters/control-first.tif", by_name[beside]["what"])

    def test_what_filters_leave_out_is_never_called_verified(self):
        for options, left_out in ((("--actor", "a"), "sums over all parties"), (("--method", "geodesic"), "areas of polygons")):
            with self.subTest(options):
                document = self.verified(self.results(*options))
                self.assertIn(left_out, [row["what"] for row in document["left_out"]])
        document = self.verified(self.results("--method", "geodesic"))
        self.assertNotIn("polygon areas", {row["check"] for row in document["rows"]})

    def test_a_sphere_can_be_recomputed(self):
        document = self.verified(self.results("--method", "sphere:6371000"))
        self.assertIn("polygon areas", {row["check"] for row in document["rows"]})

    def test_study_area_regions_and_time_zone(self):
        self.manifest('title = "Two squares"\n', 'title = "Two squares"\ntimezone = "+04:00"\nday_starts = "06:00"\n'
                      'study_area = "study.geojson"\n[[region]]\nid = "west"\nfile = "west.geojson"\n')
        self.write("study.geojson", collection(feature([box(-1, -1, 5, 2)])))
        self.write("west.geojson", collection(feature([box(0, 0, 1.5, 1)])))
        document = self.verified(self.results())
        self.assertEqual(left_out(document), ALWAYS_LEFT_OUT)
        self.assertIn("areas in regions are common ground", {row["check"] for row in document["rows"]})
        self.verified(self.results("--region", "west"))

    def test_areas_in_regions_are_held_against_polygons(self):
        self.manifest('title = "Two squares"\n', 'title = "Two squares"\n[[region]]\nid = "west"\nfile = "west.geojson"\n'
                      '[[region]]\nid = "all"\nfile = "all.geojson"\n')
        # One within the other, beyond all parties' ground, and off the grid's lines.
        self.write("west.geojson", collection(feature([[[-1, 0.3], [1.5, -0.2], [1.1, 1.7], [-1, 0.3]]])))
        self.write("all.geojson", collection(feature([box(-2, -1, 5, 2)])))
        folder = self.results()
        document = self.verified(folder)
        rows = {row["check"]: row for row in document["rows"]}
        # Two regions, two dates, two parties and what is unknown; b does not reach the west in 2000.
        self.assertGreaterEqual(rows["areas in regions are common ground"]["figures"], 10)
        path = folder / "tables" / "areas-by-region.json"

        def swapped(document):
            west = [row for row in document["rows"] if row["region"] == "west" and row["actor"] in ("a", None)]
            west[0]["area_m2"] += 1e6
            west[1]["area_m2"] -= 1e6  # what adds up need not be so
        self.change_json(path, swapped)
        self.seal(folder)
        self.assertIn(("areas in regions are common ground", "tables/areas-by-region.json"), self.differences(folder))

    def test_the_atlas_is_that_of_the_folder(self):
        folder = self.results()
        self.verified(folder, "--atlas", self.atlas)
        self.write("front.geojson", FRONT)
        self.assertEqual(self.differences(folder, "--atlas", self.atlas), {("atlas", "index.json")})

    def test_nothing_changed_hands(self):
        still = collection(feature([box(0, 0, 2, 1)], holder="a", **{"from": "2000", "to": None}),
                           feature([box(2, 0, 4, 1)], holder="b", **{"from": "2000", "to": None}))
        self.verified(self.results(front=still))

    def test_contested_ground_and_ground_nobody_holds(self):
        shared = collection(feature([box(0, 0, 2, 1)], holder="a", **{"from": "2000", "to": None}),
                            feature([[[1, 0.1], [4, 0], [3.3, 1], [1.2, 0.8], [1, 0.1]]], holder="b",
                                    **{"from": "2000", "to": "2001"}),
                            feature([box(5, 0, 6, 1)], holder="nobody", **{"from": "2000", "to": None}))
        document = self.verified(self.results(front=shared))
        self.assertIn("a+b", json.dumps(json.loads((self.path / "results/tables/areas.json").read_text())))
        self.assertEqual(left_out(document), ALWAYS_LEFT_OUT)

    def test_a_date_by_two_names(self):
        self.verified(self.results("--at", "first,2000-01-01,second"))

    def test_for_people(self):
        folder = self.results()
        done = self.run_program("verify", folder)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("all within their bounds", done.stdout)
        self.assertIn("does not say that the lines are true", done.stdout)
        done = self.run_program("verify", folder, "--format", "csv")
        self.assertTrue(done.stdout.startswith("check,file,figures,different,what,expected,found,difference,bound"))

    @unittest.skipUnless(KARABAKH.is_dir(), f"no data: expected {KARABAKH}")
    def test_karabakh(self):
        folder = self.path / "karabakh"
        done = self.run_program("run", KARABAKH, "-o", folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        document = self.verified(folder, "--atlas", KARABAKH)
        self.assertGreater(document["figures"], 1000)


class PlantedFaults(VerifyTest):
    def setUp(self):
        super().setUp()
        self.folder_ = self.results()

    def found(self, check, file):
        found = self.differences(self.folder_)
        self.assertIn((check, file), found)
        return found

    def test_a_file_touched_dropped_or_added(self):
        with (self.folder_ / "SOURCES.txt").open("a") as file:
            file.write("\n")
        (self.folder_ / "tables" / "timeline.csv").unlink()
        (self.folder_ / "layers" / "mine.geojson").write_text("{}")
        self.assertEqual(self.differences(self.folder_),
                         {("file", "SOURCES.txt"), ("file", "tables/timeline.csv"), ("file", "layers/mine.geojson"),
                          ("sources", "SOURCES.txt"), ("page", "index.html")})

    def test_a_figure_of_a_csv(self):
        path = self.folder_ / "tables" / "areas.csv"
        text = path.read_text()
        digit = text.index(".", text.index("\n")) - 1
        path.write_text(text[:digit] + str((int(text[digit]) + 1) % 10) + text[digit + 1:])
        self.assertEqual(self.found("csv is its json", "tables/areas.csv"),
                         {("file", "tables/areas.csv"), ("csv is its json", "tables/areas.csv")})
        self.seal(self.folder_)
        self.assertEqual(self.differences(self.folder_), {("csv is its json", "tables/areas.csv")})
        path.write_text(text + "2000-01-01,control,c,1.0\n")
        self.seal(self.folder_)
        self.assertEqual(self.differences(self.folder_), {("csv is its json", "tables/areas.csv")})

    def test_figures_of_tables(self):
        def area(document):
            document["rows"][0]["area_m2"] += 1.0  # of 29 293 478 905
        def gained(document):
            document["rows"][0]["gained_m2"] += 1.0
        def passed(document):
            next(t for t in document["transitions"] if t["from"] != t["to"])["area_m2"] += 1.0
        def series(document):
            document["rows"][-1]["area_m2"] += 1.0
        def length(document):
            document["rows"][0]["length_m"] += 1e-3
        def residual(document):
            document["certificates"][0]["residual_units"] = 1
        def share(document):
            document["rows"][0]["share"] += 1e-12
        def dwell(document):
            document["rows"][0]["area_days_m2"] += 1000.0  # of some 1e13
        for file, change, checks in (
                ("areas", area, {"areas are those of polygons", "areas add up", "shares"}),
                ("areas", share, {"shares"}),
                ("changes-first-second", gained, {"changes add up"}),
                ("changes-first-second", passed, {"changes add up", "changes are those of polygons"}),
                ("dwell", dwell, {"dwell is that of the series", "dwell is that of polygons"}),
                ("timeline", series, {"timeline adds up", "timeline has the areas", "timeline is that of polygons"}),
                ("line-a-b", length, {"lines are those of the layer"}),
                ("check", residual, {"certificates"})):
            with self.subTest(change.__name__):
                path = self.folder_ / "tables" / f"{file}.json"
                before = path.read_text()
                self.change_json(path, change)
                self.seal(self.folder_)
                found = self.differences(self.folder_)
                for check in checks:
                    self.assertIn((check, f"tables/{file}.json"), found)
                path.write_text(before)
                self.seal(self.folder_)
        self.verified(self.folder_)

    def test_rounding_beyond_what_the_lines_can_have_swept(self):
        path = self.folder_ / "index.json"
        index = json.loads(path.read_text())
        next(f for f in index["files"] if f["file"] == "layers/dwell.geojson")["rounding_m2"] = 1e6
        path.write_text(json.dumps(index))
        self.assertEqual(self.differences(self.folder_), {("rounding stated", "layers/dwell.geojson")})

    def test_a_vertex_moved(self):
        def move(document):
            document["features"][0]["geometry"]["coordinates"][0][0][1][0] += 1e-4
        self.change_json(self.folder_ / "layers" / "control-first.geojson", move)
        self.seal(self.folder_)
        found = self.found("polygon areas", "layers/control-first.geojson")
        self.assertIn(("areas are those of polygons", "tables/areas.json"), found)
        self.assertNotIn(("file", "layers/control-first.geojson"), found)

    def test_a_vertex_of_a_line_moved(self):
        def move(document):
            document["features"][0]["geometry"]["coordinates"][0][0][0] += 1e-4
        self.change_json(self.folder_ / "layers" / "line-a-b.geojson", move)
        self.seal(self.folder_)
        self.assertLessEqual({("line lengths", "layers/line-a-b.geojson"),
                              ("lines lie on polygons", "layers/line-a-b.geojson")}, self.differences(self.folder_))

    def test_a_polygon_dropped(self):
        self.change_json(self.folder_ / "layers" / "control-second.geojson", lambda d: d["features"].pop())
        self.seal(self.folder_)
        found = self.found("areas are those of polygons", "tables/areas.json")
        self.assertIn(("cells are those of polygons", "rasters/control-second.tif"), found)
        self.change_json(self.folder_ / "layers" / "changes-first-second.geojson", lambda d: d["features"].pop())
        self.seal(self.folder_)
        self.found("changes are those of polygons", "tables/changes-first-second.json")

    def test_an_overlap(self):
        def widen(document):
            ring = document["features"][1]["geometry"]["coordinates"][0][0]
            for position in ring:
                if position[0] < 3:
                    position[0] -= 1e-4
        self.change_json(self.folder_ / "layers" / "control-first.geojson", widen)
        self.seal(self.folder_)
        self.found("no overlaps", "layers/control-first.geojson")

    def test_a_polygon_that_crosses_itself(self):
        def twist(document):
            ring = document["features"][0]["geometry"]["coordinates"][0][0]
            ring[1], ring[2] = ring[2], ring[1]
        self.change_json(self.folder_ / "layers" / "control-first.geojson", twist)
        self.seal(self.folder_)
        self.found("polygons valid", "layers/control-first.geojson")

    def test_a_layer_that_cannot_be_read(self):
        (self.folder_ / "layers" / "control-first.geojson").write_text('{"no": "map"}')
        (self.folder_ / "rasters" / "control-first.tif").write_bytes(b"II*\0 no raster")
        (self.folder_ / "tables" / "areas.json").write_text("[")
        self.seal(self.folder_)
        self.assertLessEqual({("layer read", "layers/control-first.geojson"), ("table", "tables/areas.json"),
                              ("raster read", "rasters/control-first.tif")}, self.differences(self.folder_))

    def test_history_changed(self):
        source = ogr.Open(str(self.folder_ / "layers" / "history.gpkg"), 1)
        layer = source.GetLayerByName("control")
        row = next(iter(layer))
        row["area_m2"] = row["area_m2"] + 1.0
        layer.SetFeature(row)
        source = layer = row = None
        self.seal(self.folder_)
        self.assertEqual(self.differences(self.folder_) - {("map has the history", "map.html")},
                         {("polygon areas", "layers/history.gpkg")})

    def test_a_raster_replaced(self):
        for ending in ("", ".aux.xml"):
            shutil.copy(self.folder_ / "rasters" / f"control-second.tif{ending}",
                        self.folder_ / "rasters" / f"control-first.tif{ending}")
        found = self.found("cells are those of polygons", "rasters/control-first.tif")
        self.assertIn(("file", "rasters/control-first.tif"), found)
        self.assertIn(("cells changed", "rasters/change-first-second.tif"), found)
        raster = gdal.Open(str(self.folder_ / "rasters" / "control-second.tif"), gdal.GA_Update)
        transform = list(raster.GetGeoTransform())
        transform[0] += 0.01
        raster.SetGeoTransform(transform)
        raster = None
        self.seal(self.folder_)
        self.found("raster grid", "rasters/control-second.tif")


class RichFolders(RichVerifyTest):
    def test_no_false_alarm(self):
        for options in ((), ("--region", "middle"), ("--region", "middle,beside"), ("--group", "west"), ("--actor", "a"),
                        ("--actor", "a", "--region", "middle"), ("--group", "west", "--region", "beside"),
                        ("--theme", "claim"), ("--theme", "border"), ("--method", "sphere:6371000"), ("--method", "geodesic"),
                        ("--public",), ("--source", "s"), ("--since", "2000-02", "--until", "2000-12", "--at", "2000-02,2000-06"),
                        ("--at", "1999,2000-07"), ("--no-bands",)):
            with self.subTest(options):
                self.verified(self.results(*options))

    def test_figures_that_stand_once(self):
        folder = self.results()
        def first(key, change, table="rows", where=lambda row: True):
            def plant(document):
                row = next(row for row in document[table] if where(row) and row.get(key) is not None)
                row[key] = change(row[key])
            return plant
        more = lambda value: value * 1.3 + 7
        def empty(document):
            for key in ("rows", "transitions", "places", "changes", "certificates"):
                if key in document:
                    document[key] = []
        def dropped(document):
            document["places"].pop(0)
        changes, dwell, places, line = "changes-first-second", "dwell", "dwell-places", "line-a-b"
        for file, check, plant in (
                ("areas", "bands", first("low_m2", more)),
                ("areas", "bands", first("high_m2", lambda value: value / 2)),
                ("areas", "bands", first("share_low", more)),
                ("timeline", "bands", first("date_low_m2", lambda value: value + 1e12)),
                (changes, "bands", first("gained_low_m2", lambda value: value + 1e12)),
                (changes, "changes add up", first("net_m2", more)),
                (changes, "changes add up", first("within_noise", lambda value: not value)),
                (changes, "changes add up", lambda document: document.update(residual_units="17")),
                (changes, "changes add up", empty),
                (changes, "places lie in polygons", dropped),
                (changes, "places lie in polygons", first("to", lambda value: "c", "places")),
                (changes, "places lie in polygons", first("lon", lambda value: value - 1, "places")),
                (dwell, "dwell adds up", first("share", more)),
                (dwell, "dwell is that of accounts", first("area_m2", more)),
                (dwell, "dwell adds up", first("days_mean", more)),
                (dwell, "dwell is that of accounts", first("days_median", lambda value: value - 1)),
                (dwell, "dwell is that of accounts", first("days_min", lambda value: value - 1)),
                (dwell, "dwell is that of the series", empty),
                (places, "places lie in polygons", first("first_holder", lambda value: "c")),
                (places, "places lie in polygons", first("last_holder", lambda value: "c")),
                (places, "places lie in polygons", first("changes", lambda value: value + 1)),
                (places, "places lie in polygons", first("last_change", lambda value: "1999-01-01")),
                (places, "places lie in polygons", empty),
                (line, "lines are those of the layer", first("on_border_m", more)),
                (line, "lines are those of the layer", empty),
                ("timeline", "timeline has the areas", empty),
                ("check", "certificates", empty),
                ("areas", "heads", lambda document: document.update(method="geodesic")),
                ("areas", "heads", lambda document: document.update(rule="majority")),
                ("areas", "heads", lambda document: document.update(checksum="0" * 64))):
            with self.subTest(f"{file}: {check}"):
                self.assertIn((check, f"tables/{file}.json"), self.planted(folder, f"tables/{file}.json", plant))
        def other_party(document):
            document["features"][0]["properties"]["left_actor"] = "c"
        self.assertIn(("lines are those of the layer", "layers/line-a-b.geojson"),
                      self.planted(folder, "layers/line-a-b.geojson", other_party))
        def other_rule(document):
            document["marchland"]["rule"] = "majority"
        self.assertIn(("heads", "layers/control-first.geojson"),
                      self.planted(folder, "layers/control-first.geojson", other_rule))
        self.verified(folder)

    def test_history_of_another_theme(self):
        for plant in ("update claim set actor = 'a'", "delete from claim", "delete from border",
                      "update control set from_earliest = '1900-01-01T00:00:00Z'"):
            with self.subTest(plant):
                folder = self.results()
                source = ogr.Open(str(folder / "layers" / "history.gpkg"), 1)
                source.ExecuteSQL(plant)
                source = None
                self.seal(folder)
                found = {check for check, _ in self.differences(folder)}
                self.assertTrue(found & {"history", "layers of dates"}, found)

    def test_content_that_is_none(self):
        folder = self.results()
        tables = sorted(path for path in (folder / "tables").glob("*.json"))
        for content in ('{"rows":[1]}', '{"rows":{}}', '{"rows":[{"at":"x"}]}', '{"rows":[{"at":5,"actor":[]}]}',
                        '{"rows":[{}]}', "[]", "{}"):
            with self.subTest(content):
                kept = {path: path.read_bytes() for path in tables}
                for path in tables:
                    path.write_text(content)
                self.seal(folder)
                done = self.run_program("verify", folder, "--format", "json")
                self.assertEqual((done.returncode, done.stderr), (4, ""))
                for path, before in kept.items():
                    path.write_bytes(before)
        (folder / "tables" / "areas.json").write_text('{"rows":[{"at":"2000-01-01"},1]}')
        self.change_json(folder / "layers" / "line-a-b.geojson",
                         lambda document: document["features"][0]["properties"].update(at="x"))
        self.seal(folder)
        document = json.loads(self.run_program("verify", folder, "--format", "json").stdout)
        said = {(row["file"], row["what"], row["found"]) for row in document["differences"]}
        self.assertIn(("tables/areas.json", "rows, row 2", "is no object: 1"), said)
        self.assertTrue(any(file == "layers/line-a-b.geojson" and what.endswith(": at") and found == "x"
                            for file, what, found in said), said)

    def test_links_and_ways_out(self):
        folder = self.results()
        outside = self.path / "outside"
        outside.mkdir()
        (outside / "SOURCES.txt").write_bytes((folder / "SOURCES.txt").read_bytes())
        (folder / "linked").symlink_to(outside)
        self.assertEqual(self.differences(folder), {("file", "linked")})
        (folder / "linked").unlink()
        (folder / "layers" / "dwell.geojson").rename(outside / "dwell.geojson")
        (folder / "layers" / "dwell.geojson").symlink_to(outside / "dwell.geojson")
        self.assertIn(("file", "layers/dwell.geojson"), self.differences(folder))
        folder = self.results()
        path = folder / "index.json"
        index = json.loads(path.read_text())
        entry = next(entry for entry in index["files"] if entry["file"] == "SOURCES.txt")
        for name in ("../outside/SOURCES.txt", str(outside / "SOURCES.txt"), "tables/../SOURCES.txt"):
            with self.subTest(name):
                path.write_text(json.dumps({**index, "files": index["files"] + [{**entry, "file": name}]}))
                self.assertEqual(self.differences(folder), {("file", name)})
        # What names other files is not read, whatever it is called.
        path.write_text(json.dumps(index))
        (folder / "layers" / "dwell.geojson").write_text("<OGRVRTDataSource/>")
        self.seal(folder)
        self.assertIn(("file", "layers/dwell.geojson"), self.differences(folder))


class Refusals(VerifyTest):
    def test_what_is_no_result_folder(self):
        self.assertIn("is no folder", self.refusal(1, "verify", self.path / "nothing"))
        self.assertIn("has no index.json", self.refusal(1, "verify", self.atlas))
        folder = self.results()
        (folder / "index.json").write_text("{")
        self.assertIn("is no JSON", self.refusal(3, "verify", folder))
        (folder / "index.json").write_text('{"atlas": "x"}')
        self.assertIn("has no 'checksum'", self.refusal(3, "verify", folder))

    def test_an_index_that_cannot_be_understood(self):
        folder = self.results()
        path = folder / "index.json"
        index = json.loads(path.read_text())
        for key, value, words in (("dates", [], "dates: expected"), ("dates", {"first": "x"}, "dates: first: 'x' is not a date"),
                                  ("method", 5, "method: expected a text"), ("files", {}, "files: expected a list"),
                                  ("files", [1], "files, entry 1"), ("options", [], "options: expected"),
                                  ("utc_offset_minutes", "x", "utc_offset_minutes: expected")):
            with self.subTest(f"{key} {value}"):
                path.write_text(json.dumps({**index, key: value}))
                message = self.refusal(3, "verify", folder)
                self.assertIn("index.json", message)
                self.assertIn(words, message)
        for key, value in (("at", 5), ("between", ["a"]), ("rounding_m2", "x"), ("command", [])):
            with self.subTest(f"{key} {value}"):
                path.write_text(json.dumps({**index, "files": [{**entry, key: value} for entry in index["files"]]}))
                self.assertIn(f"{index['files'][0]['file']}: {key}: expected", self.refusal(3, "verify", folder))

    def test_a_folder_of_an_earlier_version(self):
        folder = self.results()
        self.change_json(folder / "index.json", lambda d: [entry.pop("sha256") for entry in d["files"]])
        self.assertIn("run again", self.refusal(3, "verify", folder))


class Licences(VerifyTest):
    def test_each_once_with_its_sources(self):
        self.manifest('[[source]]\nid = "s"\ntitle = "A map"\nlicence = "CC0-1.0"\n',
                      '[[source]]\nid = "s"\ntitle = "A map"\nlicence = "CC0-1.0"\nauthor = "A. Author"\n'
                      '[[source]]\nid = "t"\ntitle = "Another map"\nlicence = "CC0-1.0"\nurl = "https://example.org/t"\n'
                      '[[source]]\nid = "u"\ntitle = "A rumour"\n')
        text = (self.results() / "LICENSES.txt").read_text()
        self.assertEqual(text.count("CC0-1.0"), 1)
        self.assertLess(text.index("CC0-1.0"), text.index("- s: A map"))
        self.assertLess(text.index("- s: A map"), text.index("- t: Another map"))
        self.assertIn("https://example.org/t", text)
        self.assertLess(text.index("No licence is stated"), text.index("- u: A rumour"))


if __name__ == "__main__":
    unittest.main()
