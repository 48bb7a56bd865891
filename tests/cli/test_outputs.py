"""The files that commands write, opened by GDAL as a user would: areas, attributes, cells, and what failing leaves."""
import contextlib
import csv
import itertools
import json
import os
import re
import subprocess
import unittest

from harness import CELL_M2, FRONT, MANIFEST, CliTest, box, collection, feature
from osgeo import gdal, ogr

gdal.UseExceptions()
ogr.UseExceptions()

FIELDS = ("actor actor_name contested theme at from to t0 t1 start_decdate end_decdate area_m2 source sources statements "
          "statement_count color").split()


def rows_of(path, layer=None):
    """Every feature as a dictionary of texts (None for null), with its geometry as 'shape'."""
    source = gdal.OpenEx(str(path), gdal.OF_VECTOR)
    rows = []
    for item in source.GetLayerByName(layer) if layer else source.GetLayer(0):
        row = {}
        for i in range(item.GetFieldCount()):
            name = item.GetFieldDefnRef(i).GetName()
            # Shapefile, KML and CSV have no null that differs from an empty text.
            row[name] = item.GetFieldAsString(i) if item.IsFieldSetAndNotNull(i) else None
            row[name] = row[name] or None
        shape = item.GetGeometryRef()
        row["shape"] = shape.Clone() if shape is not None else None
        rows.append(row)
    return rows


def day(text):
    """The date of an instant in any of the ways that drivers write it: 2000/01/01 00:00:00+00, 2000-01-01T00:00:00Z."""
    return text and text[:10].replace("/", "-")


def truth(text):
    return text in ("1", "true")


class OutputTest(CliTest):
    def done(self, *arguments):
        """What a command that must succeed says on standard error."""
        done = self.run_program(*arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stderr

    def listing(self, folder=None):
        folder = folder or self.path
        return sorted(path.name for path in folder.iterdir() if path != self.atlas)

    def study_area(self, shape):
        self.write("study.geojson", collection(feature([shape])))
        self.manifest('title = "Two squares"', 'title = "Two squares"\nstudy_area = "study.geojson"')


class Export(OutputTest):
    def check_square(self, row, cells):
        self.assertAlmostEqual(row["shape"].Area(), cells, delta=1e-9)  # in square degrees
        self.assertAlmostEqual(float(row["area_m2"]) / CELL_M2, cells, delta=1e-12)
        self.assertTrue(row["shape"].IsValid())

    def test_every_format_has_the_same_features(self):
        for ending in ("geojson", "json", "geojsonl", "geojsons", "gpkg", "fgb", "kml", "shz", "shp.zip", "csv"):
            with self.subTest(ending):
                target = self.path / f"out.{ending}"
                said = self.done("export", self.atlas, "--at", "first", "-o", target)
                self.assertIn("2 features; coordinates rounded to 7 decimals of a degree; no area changed", said)
                # FlatGeobuf sorts by place.
                rows = sorted(rows_of(target), key=lambda row: row["actor"])
                self.assertEqual([row["actor"] for row in rows], ["a", "b"])
                for row, west, name, color in zip(rows, (0, 2), ("Aland", "Bland"), ("#0072b2", "#e69f00")):
                    self.check_square(row, 2)
                    self.assertEqual(row["shape"].GetEnvelope(), (west, west + 2, 0, 1))
                    self.assertEqual((row["actor_name"], row["theme"], row["source"], row["color"]),
                                     (name, "control", "s", color))
                    self.assertFalse(truth(row["contested"]))
                    self.assertEqual([day(row[key]) for key in ("at", "from", "to")],
                                     ["2000-01-01", "2000-01-01", "2001-01-01"])

    def test_types_that_the_format_knows(self):
        for ending in ("gpkg", "fgb"):
            target = self.path / f"out.{ending}"
            self.done("export", self.atlas, "--at", "first", "-o", target)
            source = gdal.OpenEx(str(target), gdal.OF_VECTOR)  # must outlive its layer
            definition = source.GetLayer(0).GetLayerDefn()
            fields = [definition.GetFieldDefn(i) for i in range(definition.GetFieldCount())]
            self.assertEqual([field.GetName() for field in fields], FIELDS)
            kinds = {field.GetName(): (field.GetType(), field.GetSubType()) for field in fields}
            self.assertEqual(kinds["area_m2"][0], ogr.OFTReal)
            self.assertEqual(kinds["contested"][1], ogr.OFSTBoolean)
            self.assertEqual(kinds["from"][0], ogr.OFTDateTime)

    def test_several_dates_come_in_the_order_given(self):
        target = self.path / "out.gpkg"
        self.done("export", self.atlas, "--at", "second,first", "-o", target)
        rows = rows_of(target)
        self.assertEqual([(day(row["at"]), row["actor"]) for row in rows],
                         [("2001-01-01", "a"), ("2001-01-01", "b"), ("2000-01-01", "a"), ("2000-01-01", "b")])
        for row, cells in zip(rows, (1, 3, 2, 2)):
            self.check_square(row, cells)
        self.assertEqual([row["to"] for row in rows[:2]], [None, None])

    def test_all_has_a_feature_for_each_stretch(self):
        target = self.path / "out.gpkg"
        self.done("export", self.atlas, "--all", "-o", target)
        rows = rows_of(target)
        self.assertNotIn("at", rows[0])
        self.assertEqual([(row["actor"], day(row["from"]), day(row["to"])) for row in rows],
                         [("a", "2000-01-01", "2001-01-01"), ("a", "2001-01-01", None),
                          ("b", "2000-01-01", "2001-01-01"), ("b", "2001-01-01", None)])
        for row, cells in zip(rows, (2, 1, 2, 3)):
            self.check_square(row, cells)

    def test_from_to_has_a_feature_for_each_passing(self):
        target = self.path / "out.geojson"
        ask = ("export", self.atlas, "--from", "first", "--to", "second")
        self.done(*ask, "-o", target)
        [row] = rows_of(target)
        self.assertEqual([row[key] for key in ("from_actor", "to_actor", "actor", "actor_name", "color")],
                         ["a", "b", "b", "Bland", "#e69f00"])
        self.assertTrue(truth(row["changed"]))
        self.assertEqual((day(row["from"]), day(row["to"])), ("2000-01-01", "2001-01-01"))
        self.check_square(row, 1)
        self.done(*ask, "--held", "-o", target, "--overwrite")
        self.assertEqual([(row["from_actor"], row["to_actor"], truth(row["changed"])) for row in rows_of(target)],
                         [("a", "a", False), ("a", "b", True), ("b", "b", False)])

    def test_unknown_ground_of_the_study_area(self):
        self.study_area(box(-1, 0, 4, 1))
        target = self.path / "out.gpkg"
        self.done("export", self.atlas, "--at", "first", "--unknown", "-o", target)
        rows = rows_of(target)
        self.assertEqual([row["actor"] for row in rows], ["a", "b", None])
        self.check_square(rows[2], 1)

    def test_one_actor_and_one_region(self):
        self.write("west.geojson", collection(feature([box(0, 0, 3, 0.5)])))
        self.write("atlas.toml", (self.atlas / "atlas.toml").read_text()
                   + '\n[[region]]\nid = "west"\nfile = "west.geojson"\n')
        target = self.path / "out.gpkg"
        self.done("export", self.atlas, "--at", "first", "--actor", "b", "--region", "west", "-o", target)
        [row] = rows_of(target)
        self.assertEqual((row["actor"], row["shape"].GetEnvelope()), ("b", (2, 3, 0, 0.5)))

    def test_provenance_is_in_the_file(self):
        target = self.path / "out.geojson"
        self.done("export", self.atlas, "--at", "first", "-o", target)
        origin = json.loads(target.read_text())["marchland"]
        self.assertEqual([origin[key] for key in ("atlas", "title", "method", "rule", "command", "at")],
                         ["small", "Two squares", "lonlat", "priority", "export", "first"])
        self.assertEqual(origin["sources"], [{"id": "s", "title": "A map", "licence": "CC0-1.0"}])
        self.assertIn("7 decimals", origin["rounding"])

    def test_fewer_decimals_say_what_they_did(self):
        self.write("front.geojson", collection(
            feature([[[0, 0], [2.004, 0], [2.004, 1], [0, 1], [0, 0]]], holder="a", **{"from": "2000", "to": None}),
            feature([box(3, 0, 3.004, 0.004)], holder="b", **{"from": "2000", "to": None})))
        target = self.path / "out.geojson"
        said = self.done("export", self.atlas, "--at", "2000", "--decimals", "2", "-o", target)
        self.assertIn("areas changed by at most", said)
        self.assertIn("1 features vanished", said)
        [row] = rows_of(target)
        self.assertEqual(row["shape"].GetEnvelope(), (0, 2, 0, 1))
        self.assertAlmostEqual(float(row["area_m2"]) / CELL_M2, 2.004, delta=1e-9)  # exact: of the ground, not the file

    def test_what_cannot_be_asked(self):
        target = self.path / "out.geojson"
        for wrong in ((), ("--at", "first", "--all"), ("--from", "first"), ("--at", "first", "--from", "first")):
            self.assertIn("expected one of --at DATE", self.refusal(2, "export", self.atlas, *wrong, "-o", target))
        self.assertIn("--format gpkg", self.refusal(2, "export", self.atlas, "--all", "--format", "gpkg", "-o", target))
        self.assertEqual(self.listing(), [])


# Slanted, crossing, with a hole, and in places claimed by both.
TANGLE = collection(
    feature([[[0, 0], [3, 0.1], [2.7, 2.9], [0.2, 3], [0, 0]], [[1, 1], [1.5, 2], [2, 1.1], [1, 1]]],
            holder="a", **{"from": "2000", "to": "2001"}),
    feature([[[2, -0.3], [5, 0], [4.6, 3.3], [2.2, 2], [2, -0.3]]], holder="b", **{"from": "2000", "to": "2001"}),
    feature([[[-0.4, 0.7], [2.1, -0.6], [3.9, 1.9], [1.3, 3.4], [-0.4, 0.7]]], holder="a", **{"from": "2001", "to": None}),
    feature([[[1.1, 0.3], [4.9, 1.2], [3.3, 3.1], [0.9, 2.2], [1.1, 0.3]]], holder="b", **{"from": "2001", "to": None}),
)


class Changes(OutputTest):
    def setUp(self):
        super().setUp()
        self.write("front.geojson", TANGLE)

    def assert_disjoint(self, rows):
        for one, other in itertools.combinations(rows, 2):
            self.assertTrue(one["shape"].IsValid() and other["shape"].IsValid())
            # Predicates of GEOS are exact; an area of intersection would not be.
            self.assertTrue(one["shape"].Disjoint(other["shape"]) or one["shape"].Touches(other["shape"]),
                            (one["from_actor"], one["to_actor"], other["from_actor"], other["to_actor"]))

    def test_gained_and_lost_ground_never_overlap_and_add_up(self):
        target = self.path / "changes.gpkg"
        self.done("changes", self.atlas, "--from", "first", "--to", "second", "--geometry", target)
        rows = rows_of(target)
        self.assertGreater(len(rows), 6)
        self.assert_disjoint(rows)
        answer = self.answer("changes", self.atlas, "--from", "first", "--to", "second")
        for entry in answer["rows"]:
            gained = sum(float(row["area_m2"]) for row in rows if row["to_actor"] == entry["actor"])
            lost = sum(float(row["area_m2"]) for row in rows if row["from_actor"] == entry["actor"])
            self.assertAlmostEqual(gained / CELL_M2, entry["gained_m2"] / CELL_M2, delta=1e-12)
            self.assertAlmostEqual(lost / CELL_M2, entry["lost_m2"] / CELL_M2, delta=1e-12)

    def test_export_gives_the_same_and_held_ground_fills_the_rest(self):
        changed, whole = self.path / "changed.fgb", self.path / "whole.gpkg"
        ask = ("export", self.atlas, "--from", "first", "--to", "second")
        self.done(*ask, "-o", changed)
        self.done(*ask, "--held", "-o", whole)
        rows = rows_of(whole)
        self.assert_disjoint(rows)
        self.assertEqual({(row["from_actor"], row["to_actor"]) for row in rows_of(changed)},
                         {(row["from_actor"], row["to_actor"]) for row in rows if truth(row["changed"])})
        states = self.path / "states.gpkg"
        self.done("export", self.atlas, "--at", "first", "-o", states)
        before = sum(row["shape"].Area() for row in rows_of(states))
        # Crossings move by up to half an output position, 5e-8 degrees, along lines of some 40 degrees.
        self.assertAlmostEqual(sum(row["shape"].Area() for row in rows if row["from_actor"]), before, delta=2e-6)

    def test_what_passed_between_two_dates_has_columns_of_time(self):
        self.write("front.geojson", FRONT)
        between = ("--from", "first", "--to", "second", "--geometry")
        for command, layer in ((("changes", self.atlas, *between), "changes"),
                               (("changes", self.atlas, "--by", "group", *between), "changes"),
                               (("line", self.atlas, "--between", "a,b", *between), "swept")):
            target = self.path / "t.gpkg"
            self.done(*command, target, "--overwrite")
            found = [tuple(round(float(row[name]), 9) for name in ("t0", "t1", "start_decdate", "end_decdate"))
                     for row in rows_of(target, layer)]
            # 2000-01-01 and 2001-01-01; noons of the days before.
            self.assertEqual(found, [(10957.0, 11323.0, *(round(year, 9) for year in (1999 + 364.5 / 365, 2000 + 365.5 / 366)))],
                             command)

    def test_geopackages_are_coloured_by_the_field_that_colours_go_by(self):
        self.write("front.geojson", FRONT)
        self.write("atlas.toml", MANIFEST + MANIFEST[MANIFEST.index("[[source]]"):MANIFEST.index("[[period]]")].replace(
            '"s"', '"t"') + MANIFEST[MANIFEST.index("[[layer]]"):].replace('"front"', '"other"').replace('"s"', '"t"'))
        for command, layer, attribute, values in (
                (("line", "--between", "a,b", "--from", "first", "--to", "second"), "swept", "to_actor", {"b"}),
                (("compare", "--source", "s,t", "--at", "first"), "compare", "agreement", {"same"}),
                (("changes", "--from", "first", "--to", "second"), "changes", "actor", {"b"})):
            target = self.path / "t.gpkg"
            self.done(command[0], self.atlas, *command[1:], "--geometry", target, "--overwrite")
            styles = {row["f_table_name"]: row["styleQML"] for row in rows_of(target, "layer_styles")}
            self.assertEqual(list(styles), [layer])
            self.assertIn(f'attr="{attribute}"', styles[layer])
            self.assertEqual(set(re.findall('<category value="([^"]*)"', styles[layer])), values)


class Dates(OutputTest):
    """An instant that is named twice is asked about once."""
    TWICE = ("--at", "first,2000-01-01,second,2000")

    def rows(self, *arguments):
        return self.answer(*arguments)["rows"]

    def test_every_command_with_a_list_of_dates(self):
        for command in (("areas", self.atlas), ("overlaps", self.atlas, "--rows", "control", "--cols", "control"),
                        ("line", self.atlas, "--between", "a,b")):
            for more in ((), ("--two-layer",)):
                self.assertEqual(self.rows(*command, *self.TWICE, *more),
                                 self.rows(*command, "--at", "first,second", *more), command)
        # One date is one: the document is that of a single date.
        line = self.answer("line", self.atlas, "--between", "a,b", "--at", "2000,first")
        self.assertIn("length_m", line)
        overlaps = self.answer("overlaps", self.atlas, "--cols", "control", "--at", "2000,first")
        self.assertEqual(overlaps, self.answer("overlaps", self.atlas, "--cols", "control", "--at", "2000"))

    def test_features_and_folders(self):
        self.done("export", self.atlas, *self.TWICE, "-o", self.path / "t.gpkg")
        self.assertEqual([(row["actor"], row["at"][:4]) for row in rows_of(self.path / "t.gpkg")],
                         [("a", "2000"), ("b", "2000"), ("a", "2001"), ("b", "2001")])
        self.done("areas", self.atlas, "--at", "2000,first", "--geometry", self.path / "a.geojson")
        self.assertEqual(len(rows_of(self.path / "a.geojson")), 2)
        done = self.run_program("run", self.atlas, "--at", "first,2000,second", "-o", self.path / "r")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual({path.name for path in (self.path / "r/tables").glob("changes-*.csv")},
                         {"changes-first-second.csv"})

    def test_years_that_times_of_a_file_do_not_have(self):
        self.write("front.geojson", FRONT.replace('"2000"', '"-0300"'))
        for name in ("t.gpkg", "t.fgb"):
            said = self.done("export", self.atlas, "--all", "-o", self.path / name)
            self.assertIn(f"{name}: dates are ISO 8601 text in control.from: its times have no such year\n", said)
            self.assertEqual({row["from"] for row in rows_of(self.path / name)},
                             {"-0300-01-01T00:00:00Z", "2001-01-01T00:00:00Z"})
        self.assertIn("dates_as_text", (self.path / "t.fgb-metadata.json").read_text())
        self.assertNotIn("text", self.done("export", self.atlas, "--all", "-o", self.path / "t.geojson"))


class Formats(OutputTest):
    def test_the_format_asked_for_is_that_of_the_name_whatever_its_case(self):
        for asked, name in (("geojson", "t.json"), ("json", "u.json"), ("shp.zip", "u.shp.zip"), ("shz", "t.shp.zip"), ("gpkg", "t.GPKG"), ("GeoJSON", "t.geojson"),
                            ("topojson", "t.TopoJSON")):
            self.done("export", self.atlas, "--at", "first", "--format", asked, "-o", self.path / name)
        # Options that belong to a format go by it, too.
        self.done("export", self.atlas, "--at", "first", "--degrees", "-o", self.path / "u.TOPOJSON")
        self.done("export", self.atlas, "--at", "first", "--statements", "-o", self.path / "u.GPKG")

    def test_another_format_is_refused(self):
        def refusal(asked, name):
            return self.refusal(2, "export", self.atlas, "--at", "first", "--format", asked, "-o", self.path / name)
        self.assertIn("t.gpkg' is gpkg by its name; expected -o FILE.geojson", refusal("geojson", "t.gpkg"))
        self.assertIn("t.json' is geojson by its name; expected -o FILE.topojson", refusal("topojson", "t.json"))
        self.assertIn("there is no such format; expected geojson, topojson,", refusal("geojsn", "t.geojson"))
        self.assertIn("is no database; expected -o 'PG:", refusal("postgis", "t.gpkg"))
        self.assertEqual(sorted(path.name for path in self.path.iterdir()), ["atlas"])


class Raster(OutputTest):
    def check(self, path, expected, names, colors, epsg, transform):
        raster = gdal.Open(str(path))
        band = raster.GetRasterBand(1)
        self.assertEqual((raster.RasterXSize, raster.RasterYSize), (len(expected[0]), len(expected)))
        self.assertEqual(raster.GetGeoTransform(), transform)
        self.assertEqual(raster.GetSpatialRef().GetAuthorityCode(None), epsg)
        self.assertEqual(band.DataType, gdal.GDT_Byte)
        self.assertEqual(band.GetNoDataValue(), 0)
        cells = band.ReadRaster()
        self.assertEqual([list(cells[row * len(line):(row + 1) * len(line)]) for row, line in enumerate(expected)],
                         expected)
        self.assertEqual(band.GetCategoryNames()[:len(names)], names)
        palette = band.GetColorTable()
        for value, color in enumerate(colors, start=1):
            self.assertEqual(palette.GetColorEntry(value)[:3], color)
        table = band.GetDefaultRAT()
        columns = {table.GetNameOfCol(i): i for i in range(table.GetColumnCount())}
        self.assertEqual([(table.GetValueAsInt(row, columns["value"]), table.GetValueAsString(row, columns["class"]),
                           table.GetValueAsInt(row, columns["count"])) for row in range(table.GetRowCount())],
                         [(value, name, sum(line.count(value) for line in expected))
                          for value, name in enumerate(names) if value > 0])
        return raster

    def test_control(self):
        target = self.path / "control.tif"
        said = self.done("raster", self.atlas, "--layer", "control", "--at", "first", "--res", "0.5", "-o", target)
        self.assertIn("8 x 2 cells", said)
        raster = self.check(target, [[1, 1, 1, 1, 2, 2, 2, 2]] * 2, ["no data", "a", "b"],
                            [(0, 114, 178), (230, 159, 0)], "4326", (0.0, 0.5, 0.0, 1.0, 0.0, -0.5))
        self.assertEqual(raster.GetRasterBand(1).GetDescription(), "control at 2000-01-01")
        self.assertEqual(json.loads(raster.GetMetadataItem("marchland"))["at"], "2000-01-01")
        self.assertEqual(self.listing(), ["control.qml", "control.tif", "control.tif.aux.xml"])

    def test_last_change(self):
        # a held 0..4 from the beginning; the last degree passed in 2001, the one before it in 2002.
        self.write("front.geojson", collection(
            feature([box(0, 0, 4, 1)], holder="a", **{"from": "2000", "to": "2001"}),
            feature([box(0, 0, 3, 1)], holder="a", **{"from": "2001", "to": "2002"}),
            feature([box(3, 0, 4, 1)], holder="b", **{"from": "2001", "to": "2002"}),
            feature([box(0, 0, 2, 1)], holder="a", **{"from": "2002", "to": None}),
            feature([box(2, 0, 4, 1)], holder="b", **{"from": "2002", "to": None})))
        target = self.path / "last.tif"
        ask = ("raster", self.atlas, "--layer", "last-change", "--res", "0.5", "-o", target, "--at")
        self.done(*ask, "2002-07-02")
        # The first and last stop of viridis. What never passed is grey.
        raster = self.check(target, [[1, 1, 1, 1, 3, 3, 2, 2]] * 2,
                            ["no data", "since the beginning", "2001-01-01", "2002-01-01"],
                            [(224, 224, 224), (68, 1, 84), (253, 231, 37)], "4326", (0.0, 0.5, 0.0, 1.0, 0.0, -0.5))
        self.assertEqual(raster.GetRasterBand(1).GetDescription(), "control: date of the last change until 2002-07-02")
        self.done(*ask, "2001-06", "--overwrite")
        self.check(target, [[1, 1, 1, 1, 1, 1, 2, 2]] * 2, ["no data", "since the beginning", "2001-01-01"],
                   [(224, 224, 224)], "4326", (0.0, 0.5, 0.0, 1.0, 0.0, -0.5))
        self.assertIn("expected --at DATE", self.refusal(2, "raster", self.atlas, "--layer", "last-change", "--res", "1",
                                                         "--from", "first", "--to", "second", "-o", target))
        self.assertIn("--two-layer", self.refusal(2, *ask, "2001-06", "--two-layer", "--overwrite"))

    def test_a_raster_without_any_class_says_so(self):
        target = self.path / "none.tif"
        for layer, told in (("last-change", "nothing of theme control is held at 1990, nor was by then"),
                            ("control", "nothing of theme control is held at 1990")):
            done = self.run_program("raster", self.atlas, "--layer", layer, "--res", "1", "--at", "1990", "-o", target, "--overwrite")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(f"{target}: every cell is without data: {told}\n", done.stderr)
        done = self.run_program("raster", self.atlas, "--at", "first", "--res", "50", "-o", target, "--overwrite")
        self.assertIn("the centre of no cell lies in such ground; choose a smaller --res", done.stderr)

    def test_last_change_of_what_was_held_before_the_first_date(self):
        self.write("front.geojson", collection(
            feature([box(0, 0, 2, 1)], holder="a", **{"from": None, "to": "2000"}),
            feature([box(0, 0, 2, 1)], holder="b", **{"from": "2000", "to": None}),
            feature([box(2, 0, 4, 1)], holder="b", **{"from": None, "to": None})))
        target = self.path / "last.tif"
        self.done("raster", self.atlas, "--layer", "last-change", "--res", "0.5", "-o", target, "--at", "2001")
        self.check(target, [[2, 2, 2, 2, 1, 1, 1, 1]] * 2, ["no data", "since the beginning", "2000-01-01"],
                   [(224, 224, 224)], "4326", (0.0, 0.5, 0.0, 1.0, 0.0, -0.5))

    def test_control_in_metres(self):
        # Columns end at 0.898, 1.797, 2.695, 3.593, 4.492 degrees; centres at 0.449, 1.347, 2.246, 3.144, 4.042.
        target = self.path / "control.tif"
        self.done("raster", self.atlas, "--at", "first", "--res", "100000", "--crs", "EPSG:3857", "-o", target)
        self.check(target, [[0, 0, 0, 0, 0], [1, 1, 2, 2, 0]], ["no data", "a", "b"],
                   [(0, 114, 178), (230, 159, 0)], "3857", (0.0, 100000.0, 0.0, 200000.0, 0.0, -100000.0))

    def test_change(self):
        target = self.path / "change.tif"
        self.done("raster", self.atlas, "--layer", "change", "--from", "first", "--to", "second", "--res", "0.5",
                  "-o", target)
        # Four fifths of b's colour and one of a's; a third of the colour and white.
        self.check(target, [[2, 2, 1, 1, 3, 3, 3, 3]] * 2, ["no data", "a -> b", "a unchanged", "b unchanged"],
                   [(184, 150, 36), (166, 206, 228), (246, 221, 166)], "4326", (0.0, 0.5, 0.0, 1.0, 0.0, -0.5))

    def test_classes_are_the_same_at_every_date(self):
        names = []
        for date in ("1999", "first", "second"):
            target = self.path / f"{date}.tif"
            self.done("raster", self.atlas, "--at", date, "--res", "0.5", "-o", target)
            raster = gdal.Open(str(target))
            names.append(raster.GetRasterBand(1).GetCategoryNames())
        self.assertEqual(names[0], names[1])
        self.assertEqual(names[1], names[2])

    def test_each_of_the_three_files_is_kept_unless_told(self):
        target = self.path / "control.tif"
        other = self.path / "control.tif.aux.xml"
        other.write_text("precious")
        ask = ("raster", self.atlas, "--at", "first", "--res", "0.5", "-o", target)
        self.assertIn("control.tif.aux.xml: exists already", self.refusal(1, *ask))
        self.assertEqual((other.read_text(), self.listing()), ("precious", ["control.tif.aux.xml"]))
        self.done(*ask, "--overwrite")
        self.assertIn("<CategoryNames>", other.read_text())
        style = self.path / "second.qml"
        style.write_text("precious")
        ask = ("raster", self.atlas, "--at", "second", "--res", "0.5", "-o", self.path / "second.tif")
        self.assertIn("second.qml: exists already", self.refusal(1, *ask))
        self.assertEqual((style.read_text(), self.listing()), ("precious", ["control.qml", "control.tif", "control.tif.aux.xml", "second.qml"]))
        # A raster of values has no classes, and no style.
        self.done("raster", self.atlas, "--layer", "dwell", "--actor", "a", "--res", "0.5", "-o", self.path / "second.tif")
        self.assertEqual(style.read_text(), "precious")

    def test_what_cannot_be_asked(self):
        def ask(*more):
            return self.refusal(2, "raster", self.atlas, *more, "-o", self.path / "x.tif")
        self.assertIn("expected --at", ask("--res", "1"))
        self.assertIn("expected --from", ask("--layer", "change", "--at", "first", "--res", "1"))
        self.assertIn("--res", ask("--at", "first", "--res", "0"))
        self.assertIn("choose a side of", ask("--at", "first", "--res", "1e-6"))
        self.assertIn("EPSG:1", ask("--at", "first", "--res", "1", "--crs", "EPSG:1"))
        self.assertEqual(self.listing(), [])


class Build(OutputTest):
    def test_opens_with_ogr_and_has_the_tables(self):
        target, stats = self.path / "small.gpkg", self.path / "stats.json"
        self.done("build", self.atlas, "-o", target, "--stats", stats)
        self.assertEqual(self.listing(), ["small.gpkg", "stats.json"])
        source = gdal.OpenEx(str(target), gdal.OF_VECTOR)
        names = {source.GetLayer(i).GetName() for i in range(source.GetLayerCount())}
        tables = "meta instant variant slot node edge face coverage statement set_aside ledger ledger_effect".split()
        self.assertEqual(names, {"control", "layer_styles", "sources", *(f"marchland_{table}" for table in tables)})
        self.assertEqual([(row["actor"], day(row["from"])) for row in rows_of(target, "control")],
                         [("a", "2000-01-01"), ("a", "2000-01-01"), ("b", "2000-01-01"), ("b", "2001-01-01")])
        # What holds at a date divides the ground at that date, whenever it began.
        for date, of_a, of_b in (("2000-06-01", 2 * CELL_M2, 2 * CELL_M2), ("2001-06-01", CELL_M2, 3 * CELL_M2)):
            holding = [row for row in rows_of(target, "control")
                       if day(row["from"]) <= date and (row["to"] is None or date < day(row["to"]))]
            for actor, area in (("a", of_a), ("b", of_b)):
                self.assertAlmostEqual(sum(float(row["area_m2"]) for row in holding if row["actor"] == actor) / area, 1, 9)
        document = json.loads(stats.read_text())
        self.assertLessEqual({"layers", "segment_occurrences", "segments", "vertices", "edges", "faces", "seconds",
                              "peak_rss_bytes", "certificates"}, set(document))
        self.assertEqual(set(document["seconds"]), {"read", "build", "write"})
        # Three columns of squares: 0..1, 1..2, 2..4, and the ground outside.
        self.assertEqual([document[key] for key in ("layers", "segment_occurrences", "vertices", "edges", "faces")],
                         [1, 16, 8, 10, 4])
        self.assertEqual({row["residual_units"] for row in document["certificates"]}, {0})
        self.assertEqual([len(rows_of(target, f"marchland_{table}")) for table in ("node", "edge", "face")], [8, 10, 4])
        meta = {row["key"]: row["value"] for row in rows_of(target, "marchland_meta")}
        self.assertEqual(meta["content_sha256"], document["content_sha256"])

    def test_either_output_is_kept_unless_told(self):
        target, stats = self.path / "small.gpkg", self.path / "stats.json"
        stats.write_text("precious")
        ask = ("build", self.atlas, "-o", target, "--stats", stats)
        self.assertIn("stats.json: exists already", self.refusal(1, *ask))
        self.assertEqual((stats.read_text(), self.listing()), ("precious", ["stats.json"]))
        self.done(*ask, "--overwrite")
        self.assertEqual(self.listing(), ["small.gpkg", "stats.json"])

    def test_one_name_for_two_outputs_is_refused(self):
        target = self.path / "small.gpkg"
        self.assertIn("same file", self.refusal(2, "build", self.atlas, "-o", target, "--stats", target))
        self.assertIn("same file", self.refusal(2, "areas", self.atlas, "--at", "first", "-o", target,
                                                "--geometry", target))
        self.assertEqual(self.listing(), [])

    def test_no_output_is_written_when_another_is_refused(self):
        table, polygons = self.path / "areas.csv", self.path / "areas.gpkg"
        table.write_text("precious")
        self.refusal(1, "areas", self.atlas, "--at", "first", "--format", "csv", "-o", table, "--geometry", polygons)
        self.assertEqual(self.listing(), ["areas.csv"])


class Run(OutputTest):
    def opens(self, path):
        if path.suffix == ".json":
            self.assertTrue(json.loads(path.read_text()))
        elif path.suffix == ".csv":
            with path.open() as file:
                self.assertGreater(len(list(csv.DictReader(file))), 0, path)
        elif path.suffix == ".tif":
            self.assertGreater(gdal.Open(str(path)).RasterXSize, 0)
        elif path.suffix in (".geojson", ".gpkg"):
            source = gdal.OpenEx(str(path), gdal.OF_VECTOR)
            self.assertGreater(source.GetLayer(0).GetFeatureCount(), 0, path)
        elif path.suffix in (".html", ".svg"):
            self.assertRegex(path.read_text(encoding="utf-8"), r"^<(!doctype html|svg )")
        else:
            self.assertTrue(path.name in ("SOURCES.txt", "LICENSES.txt", "project.qgs") or path.name.endswith((".tif.aux.xml", ".qml")), path)
            if path.suffix == ".txt":
                self.assertIn("A map", path.read_text())

    def test_a_date_given_twice_is_one(self):
        folder = self.path / "results"
        self.done("run", self.atlas, "-o", folder, "--res", "0.5", "--at", "first,first,second")
        self.assertEqual(list(json.loads((folder / "index.json").read_text())["dates"]), ["first", "second"])

    def test_everything_listed_exists_and_opens(self):
        folder = self.path / "results"
        done = self.run_program("run", self.atlas, "-o", folder, "--res", "0.1")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stderr, r"^(map\.html is left out: .*\n)?$")
        for part in ("Areas", "Changes: first to second", "Lines of contact", "Check", str(folder)):
            self.assertIn(part, done.stdout)
        self.assertEqual(self.listing(), ["results"])
        index = json.loads((folder / "index.json").read_text())
        self.assertEqual(index["dates"], {"first": "2000-01-01", "second": "2001-01-01"})
        listed = [entry["file"] for entry in index["files"]]
        there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
        self.assertEqual(set(listed), there - {"index.json"})
        self.assertEqual(len(listed), len(set(listed)))
        self.assertLessEqual({"tables/areas.csv", "tables/changes-first-second.json", "tables/timeline.csv",
                              "layers/control-first.geojson", "layers/changes-first-second.geojson",
                              "layers/line-a-b.geojson", "layers/history.gpkg", "rasters/control-second.tif",
                              "rasters/change-first-second.tif", "SOURCES.txt", "LICENSES.txt", "index.html",
                              "pictures/control-first.svg"}, set(listed))
        for name in listed:
            self.opens(folder / name)

    def test_a_folder_that_exists_is_kept_unless_told(self):
        folder = self.path / "results"
        ask = ("run", self.atlas, "-o", folder, "--res", "0.5")
        self.done(*ask)
        (folder / "note.txt").write_text("mine")
        message = self.refusal(1, *ask)
        self.assertIn("exists already", message)
        self.assertIn("--overwrite", message)
        self.assertTrue((folder / "note.txt").exists())
        self.assertIn("note.txt", self.refusal(1, *ask, "--overwrite"))
        (folder / "note.txt").unlink()
        self.done(*ask, "--overwrite")
        self.assertEqual(self.listing(), ["results"])

    def test_a_folder_of_something_else_is_never_replaced(self):
        folder = self.path / "photos"
        folder.mkdir()
        (folder / "cat.jpg").write_text("precious")
        self.assertIn("not written by this command",
                      self.refusal(1, "run", self.atlas, "-o", folder, "--overwrite"))
        self.assertEqual(self.listing(folder), ["cat.jpg"])

    def test_what_fails_leaves_nothing(self):
        self.refusal(2, "run", self.atlas, "-o", self.path / "results", "--at", "nosuch")
        self.write("front.geojson", "this is no map")
        self.assertIn(self.run_program("run", self.atlas, "-o", self.path / "results").returncode, (1, 3))
        self.assertEqual(self.listing(), [])


class NoFeatures(OutputTest):
    """An empty file is an answer, not a failure; why it is empty is said on standard error."""

    def said(self, *arguments):
        target = self.path / "out.gpkg"
        said = self.done(*arguments, target, "--overwrite")
        self.assertEqual(rows_of(target), [])
        self.assertEqual(said.count("\n"), 1, said)
        self.assertIn("out.gpkg: no features: ", said)
        return said

    def test_a_theme_that_the_atlas_does_not_have(self):
        self.manifest('theme = "control"', 'theme = "border"')
        for command in (("export", self.atlas, "--at", "first", "-o"), ("export", self.atlas, "--all", "-o"),
                        ("export", self.atlas, "--from", "first", "--to", "second", "-o"),
                        ("areas", self.atlas, "--at", "first", "--geometry")):
            said = self.said(*command)
            self.assertIn("nothing of theme control; it has border (4 statements)", said)
            self.assertIn("--theme", said)
        self.assertIn("the atlas has border (4 statements)",
                      self.refusal(2, "raster", self.atlas, "--at", "first", "--res", "1", "-o", self.path / "x.tif"))

    def test_a_date_without_statements_is_told_the_dates(self):
        self.assertIn("nothing of theme control is held at 1999; its statements are of 2000-01-01 to 2001-01-01",
                      self.said("export", self.atlas, "--at", "1999", "-o"))

    def test_what_options_leave_out_is_named(self):
        self.write("west.geojson", collection(feature([box(0, 0, 1, 1)])))
        self.write("atlas.toml", (self.atlas / "atlas.toml").read_text()
                   + '\n[[region]]\nid = "west"\nfile = "west.geojson"\n')
        self.assertIn("(of what --region west --actor b leaves)",
                      self.said("export", self.atlas, "--at", "first", "--actor", "b", "--region", "west", "-o"))

    def test_nothing_changed_and_nothing_touched(self):
        self.assertIn("no ground changed hands between first and first",
                      self.said("changes", self.atlas, "--from", "first", "--to", "first", "--geometry"))
        self.assertIn("a and b do not touch at 1999-01-01",
                      self.said("line", self.atlas, "--at", "1999", "--between", "a,b", "--geometry"))

    def test_features_that_rounding_took(self):
        self.write("front.geojson", collection(
            feature([box(0, 0, 0.004, 0.004)], holder="a", **{"from": "2000", "to": None})))
        self.assertIn("all 1 vanished", self.said("export", self.atlas, "--at", "2000", "--decimals", "2", "-o"))


class Metadata(OutputTest):
    """What a format has no room for stands beside the file; both appear or none."""

    def test_features(self):
        for ending in ("csv", "geojsonl", "geojsons", "fgb"):
            target = self.path / f"out.{ending}"
            self.done("export", self.atlas, "--at", "first", "-o", target)
            document = json.loads((self.path / f"out.{ending}-metadata.json").read_text())
            origin = document["marchland"] if ending == "csv" else document
            self.assertEqual([origin[key] for key in ("atlas", "method", "command", "at")],
                             ["small", "lonlat", "export", "first"])
            self.assertEqual(origin["sources"][0]["licence"], "CC0-1.0")
        document = json.loads((self.path / "out.csv-metadata.json").read_text())
        with (self.path / "out.csv").open() as file:
            head = next(csv.reader(file))
        self.assertEqual([column["titles"] for column in document["tableSchema"]["columns"]], head)
        self.assertEqual((document["@context"], document["url"]), ("http://www.w3.org/ns/csvw", "out.csv"))

    def test_tables(self):
        types = {"areas": {"at": "string", "area_m2": "double", "share": "double"},
                 "changes": {"actor": "string", "gained_m2": "double"},
                 "line": {"length_m": "double", "parts": "integer"},
                 "timeline": {"at": "string", "area_m2": "double"},
                 "overlaps": {"row": "string", "area_m2": "double"},
                 "check": {"code": "string"}}
        options = {"areas": ("--at", "first"), "changes": ("--from", "first", "--to", "second"),
                   "line": ("--at", "first", "--between", "a,b"), "timeline": (), "check": (),
                   "overlaps": ("--at", "first", "--cols", "control")}
        for command, columns in types.items():
            with self.subTest(command):
                target = self.path / f"{command}.csv"
                self.done(command, self.atlas, *options[command], "--format", "csv", "-o", target)
                document = json.loads((self.path / f"{command}.csv-metadata.json").read_text())
                found = {column["name"]: column["datatype"] for column in document["tableSchema"]["columns"]}
                self.assertLessEqual(columns.items(), found.items())
                with target.open() as file:
                    self.assertEqual(list(found), next(csv.reader(file)))
                self.assertIn("Two squares", document["dc:title"])
                self.assertEqual(document["marchland"]["command"], command)
        said = {column["name"]: column.get("dc:description") for column in
                json.loads((self.path / "areas.csv-metadata.json").read_text())["tableSchema"]["columns"]}
        self.assertEqual([said[name] for name in ("at", "area_m2", "share")], [None, "in square metres", "0 to 1"])
        origin = json.loads((self.path / "changes.csv-metadata.json").read_text())["marchland"]
        self.assertEqual((origin["from"], origin["to"], origin["unit"]), ("2000-01-01", "2001-01-01", "m2"))

    def test_refusal_and_overwrite_hold_for_both(self):
        for command in (("areas", self.atlas, "--at", "first", "--format", "csv"),
                        ("export", self.atlas, "--at", "first")):
            target, beside = self.path / "x.csv", self.path / "x.csv-metadata.json"
            beside.write_text("precious")
            self.assertIn("x.csv-metadata.json: exists already", self.refusal(1, *command, "-o", target))
            self.assertEqual((self.listing(), beside.read_text()), ([beside.name], "precious"))
            self.done(*command, "-o", target, "--overwrite")
            self.assertEqual(self.listing(), ["x.csv", beside.name])
            self.assertEqual(json.loads(beside.read_text())["url"], "x.csv")
            target.unlink()
            beside.unlink()

    def test_formats_with_room_have_nothing_beside(self):
        for target in ("x.json", "x.txt"):
            self.done("areas", self.atlas, "--at", "first", "--format", "json", "-o", self.path / target)
        self.done("export", self.atlas, "--at", "first", "-o", self.path / "x.kml")
        self.assertEqual(self.listing(), ["x.json", "x.kml", "x.txt"])


class Endings(OutputTest):
    def test_an_unknown_ending_is_told_the_known_ones(self):
        for command, target, expected in (
                (("export", self.atlas, "--all"), "x.xyz", (".geojson", ".gpkg", ".fgb", ".kml", ".shz", ".csv")),
                (("export", self.atlas, "--all"), "x", (".geojson", ".gpkg")),
                (("export", self.atlas, "--all"), "x.shp", (".shz",)),
                (("raster", self.atlas, "--at", "first", "--res", "1"), "x.png", (".tif",)),
                (("build", self.atlas), "x.geojson", (".gpkg",))):
            message = self.refusal(2, *command, "-o", self.path / target)
            for ending in (target, *expected):
                self.assertIn(ending, message)
        message = self.refusal(2, "changes", self.atlas, "--from", "first", "--to", "second", "--geometry",
                               self.path / "x.xyz")
        self.assertIn(".geojson", message)
        self.assertEqual(self.listing(), [])


class DiskFull(OutputTest):
    @contextlib.contextmanager
    def disk(self, size):
        """A folder with so much room, as tmpfs takes it."""
        if os.getuid() != 0:
            self.skipTest("needs root to mount a small file system")
        disk = self.path / "disk"
        disk.mkdir(exist_ok=True)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)],
                                 capture_output=True)
        if mounted.returncode != 0:
            self.skipTest("this machine mounts no file systems")
        try:
            yield disk
        finally:
            subprocess.run(["umount", str(disk)], check=True)

    def check(self, kilobytes, name, *command):
        with self.disk(kilobytes if isinstance(kilobytes, str) else f"{kilobytes}k") as disk:
            if kilobytes == 4:
                (disk / "filler").write_bytes(b"x" * 4096)
            message = self.refusal(1, *command, "-o", disk / name)
            self.assertIn(name, message)
            self.assertIn(str(disk / name), message)  # not the temporary name
            self.assertRegex(message, "(?i)no space|disk is full")
            self.assertNotIn("defect", message)
            self.assertEqual([path.name for path in disk.iterdir() if path.name != "filler"], [])

    def test_export(self):
        for ending in ("geojson", "geojsonl", "gpkg", "fgb", "kml", "shz", "csv"):
            with self.subTest(ending):
                self.check(4, f"out.{ending}", "export", self.atlas, "--at", "first")

    def test_raster(self):
        # Also with room for one of the two files only.
        for kilobytes in (4, 8):
            with self.subTest(kilobytes):
                self.check(kilobytes, "out.tif", "raster", self.atlas, "--at", "first", "--res", "0.002")

    def test_cube(self):
        # The library writes most of it, and learns of a full disk, when the file is closed.
        cells = ["raster", self.atlas, "--every", "change", "--res", "0.002"]
        self.done(*cells, "-o", self.path / "whole.nc")
        size = (self.path / "whole.nc").stat().st_size // 1024
        for kilobytes in (4, size // 2, size - 4):
            with self.subTest(kilobytes):
                self.check(kilobytes // 4 * 4, "out.nc", *cells)

    def test_build(self):
        # No room at all; room for the layers but not for the tables, which SQLite writes in place.
        whole = self.path / "whole.gpkg"
        self.done("build", self.atlas, "-o", whole)
        layers = self.path / "layers.gpkg"
        self.done("export", self.atlas, "--all", "-o", layers)
        for kilobytes in (4, (layers.stat().st_size // 4096 + 3) * 4, whole.stat().st_size // 1024 - 4):
            with self.subTest(kilobytes):
                self.check(kilobytes, "out.gpkg", "build", self.atlas)

    def test_run(self):
        for kilobytes in (4, 16, 100):
            with self.subTest(kilobytes):
                self.check(kilobytes, "results", "run", self.atlas, "--res", "0.1")
        # Room for bytes, but for one more name only.
        self.check("1024k,nr_inodes=2", "results", "run", self.atlas, "--res", "0.1")


if __name__ == "__main__":
    unittest.main()
