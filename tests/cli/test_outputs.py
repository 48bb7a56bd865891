"""The files that commands write, opened by GDAL as a user would: areas, attributes, cells, and what failing leaves."""
import contextlib
import csv
import itertools
import json
import os
import subprocess
import unittest

from harness import CELL_M2, CliTest, box, collection, feature
from osgeo import gdal, ogr

gdal.UseExceptions()
ogr.UseExceptions()

FIELDS = "actor actor_name contested theme at from to area_m2 source color".split()


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


if __name__ == "__main__":
    unittest.main()
