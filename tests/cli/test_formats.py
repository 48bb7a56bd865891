"""Exported files in the programs users open them with: GeoPandas, DuckDB, PyArrow, hyparquet, topojson-client, d3-geo,
mapshaper, flatgeobuf, maplibre-gl-dates, and a PostGIS of the test's own.

tools/setup clients installs them into build/cache/clients, or the folder that MARCHLAND_CLIENTS names; what needs one
that is missing skips. Nothing is downloaded here.
"""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest
import xml.etree.ElementTree
import zipfile

from harness import CELL_M2, MANIFEST, CliTest, box, collection, feature
from osgeo import gdal

PROJECT = pathlib.Path(__file__).resolve().parents[2]
CLIENTS = pathlib.Path(os.environ.get("MARCHLAND_CLIENTS") or PROJECT / "build/cache/clients")
VENV = CLIENTS / "venv/bin/python"
HAS_NODE = shutil.which("node") is not None and (CLIENTS / "node_modules/mapshaper").exists()
POSTGRES = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"))
HAS_POSTGIS = bool(POSTGRES) and any(pathlib.Path("/usr/share/postgresql").glob("*/extension/postgis.control"))
OPEN_TO = 100000000
gdal.UseExceptions()

needs_node = unittest.skipUnless(HAS_NODE, "npm's clients are missing; tools/setup clients")
needs_python = unittest.skipUnless(VENV.exists(), "PyPI's clients are missing; tools/setup clients")


def coast(points, wiggle, phase):
    """From west to east along the parallel 0.5 with steps that a tolerance of `wiggle` degrees takes away."""
    return [[4 * i / points, 0.5 + wiggle * ((i * 7 + phase) % 5 - 2) / 2 * (0 < i < points)] for i in range(points + 1)]


class FormatTest(CliTest):
    def export(self, name, *options, at=("--at", "first")):
        done = self.run_program("export", self.atlas, *at, "-o", self.path / name, *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.said = done.stderr
        return self.path / name

    def web(self, *arguments):
        return self.json_of("node", PROJECT / "tests/clients/read_web.mjs", *arguments)

    def table(self, *arguments):
        return self.json_of(VENV, PROJECT / "tests/clients/read_tables.py", *arguments)

    def json_of(self, *arguments):
        done = subprocess.run([str(a) for a in arguments], capture_output=True, text=True, timeout=120,
                              env={**os.environ, "MARCHLAND_NODE": str(CLIENTS)})
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def mapshaper(self, *arguments):
        done = subprocess.run(["node", CLIENTS / "node_modules/mapshaper/bin/mapshaper", *map(str, arguments)],
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout


class GeoParquet(FormatTest):
    @needs_python
    def test_geopandas_reads_types_crs_and_shapes(self):
        read = self.table("geopandas", self.export("t.parquet", at=("--all",)))[0]
        self.assertEqual([(r["actor"], r["from"][:10], r["to"] and r["to"][:10], r["t0"], r["t1"], r["contested"])
                          for r in sorted(read["rows"], key=lambda r: (r["actor"], r["t0"]))],
                         [("a", "2000-01-01", "2001-01-01", 10957, 11323, False),
                          ("a", "2001-01-01", None, 11323, OPEN_TO, False),
                          ("b", "2000-01-01", "2001-01-01", 10957, 11323, False),
                          ("b", "2001-01-01", None, 11323, OPEN_TO, False)])
        self.assertIn("datetime64", read["kinds"]["from"])
        self.assertIn("UTC", read["kinds"]["from"])
        self.assertTrue(read["crs_equals_crs84"])
        self.assertEqual(read["crs"], ["OGC", "CRS84"])
        self.assertTrue(read["valid"])
        self.assertAlmostEqual(sum(read["areas"]), 8)

    @needs_python
    def test_pyarrow_reads_metadata_and_bounds_of_row_groups(self):
        read = self.table("pyarrow", self.export("t.parquet"))
        geo = read["metadata"]["geo"]
        self.assertEqual((geo["version"], geo["primary_column"]), ("1.1.0", "geometry"))
        column = geo["columns"]["geometry"]
        self.assertEqual(column["covering"]["bbox"], {side: ["bbox", side] for side in ("xmin", "ymin", "xmax", "ymax")})
        self.assertEqual((column["encoding"], column["geometry_types"], column["orientation"], column["bbox"]),
                         ("WKB", ["MultiPolygon"], "counterclockwise", [0, 0, 4, 1]))
        self.assertEqual(column["crs"]["id"], {"authority": "OGC", "code": "CRS84"})
        self.assertEqual(read["metadata"]["marchland"]["atlas"], "small")
        self.assertEqual(read["schema"]["from"], "timestamp[us, tz=UTC]")
        self.assertEqual(read["schema"]["bbox"], "struct<xmin: double not null, ymin: double not null, "
                                                 "xmax: double not null, ymax: double not null>")
        [group] = read["groups"]
        self.assertEqual(group["codec"], "ZSTD")
        self.assertEqual([float(bound) for bound in group["bounds"]["bbox.xmin"]], [0, 2])
        self.assertEqual(group["bounds"]["actor"], ["a", "b"])

    @needs_python
    def test_duckdb_asks_in_sql(self):
        path = self.export("t.parquet", at=("--all",))
        read = self.table("duckdb", path, "SELECT actor, count(*), sum(area_m2), min(\"from\") FROM {f} "
                                          "WHERE bbox.xmax > 1.5 GROUP BY actor ORDER BY actor")
        self.assertEqual([row[:2] for row in read["rows"]], [["a", "1"], ["b", "2"]])
        self.assertAlmostEqual(float(read["rows"][1][2]) / CELL_M2, 5)

    @needs_node
    def test_hyparquet_reads_it_in_the_browser(self):
        read = self.web("hyparquet", self.export("t.parquet", at=("--all",)))
        self.assertEqual(read["groups"], 1)
        rows = sorted(read["rows"], key=lambda row: (row["actor"], row["t0"]))
        self.assertEqual([(row["actor"], row["from"], row["to"]) for row in rows[:2]],
                         [("a", "2000-01-01T00:00:00.000Z", "2001-01-01T00:00:00.000Z"),
                          ("a", "2001-01-01T00:00:00.000Z", None)])
        self.assertEqual(rows[0]["geometry"]["type"], "MultiPolygon")
        self.assertEqual(rows[0]["bbox"], {"xmin": 0, "ymin": 0, "xmax": 2, "ymax": 1})

    @needs_python
    def test_row_groups_are_near_one_another(self):
        # Sixteen boxes about the globe, row by row; four each lie in a quarter of it.
        cells = [(x, y) for y in (-67.5, -22.5, 22.5, 67.5) for x in (-135, -45, 45, 135)]
        self.write("atlas.toml", MANIFEST + "".join(f'\n[[actor]]\nid = "c{i}"\n' for i in range(16)))
        self.write("front.geojson", collection(*(
            feature([box(x - 10, y - 10, x + 10, y + 10)], holder=f"c{i}", **{"from": "2000", "to": None})
            for i, (x, y) in enumerate(cells))))
        read = self.table("pyarrow", self.export("t.parquet", "--row-group", "4"))
        self.assertEqual([group["rows"] for group in read["groups"]], [4, 4, 4, 4])
        bounds = [tuple(float(group["bounds"][f"bbox.{side}"][end])
                        for side, end in (("xmin", 0), ("ymin", 0), ("xmax", 1), ("ymax", 1))) for group in read["groups"]]
        self.assertEqual(sorted(bounds), [(-145, -77.5, -35, -12.5), (-145, 12.5, -35, 77.5), (35, -77.5, 145, -12.5),
                                          (35, 12.5, 145, 77.5)])

    @needs_python
    def test_no_features(self):
        read = self.table("pyarrow", self.export("t.parquet", at=("--at", "1990")))
        self.assertEqual(read["groups"], [])
        self.assertNotIn("bbox", read["metadata"]["geo"]["columns"]["geometry"])


class TopoJson(FormatTest):
    @needs_node
    def test_shared_lines_stand_there_once(self):
        for options in ((), ("--degrees",)):
            with self.subTest(options):
                path = self.export("t.topojson", "--overwrite", *options)
                self.assertEqual("transform" in json.loads(path.read_text()), not options)
                read = self.web("topojson", path)
                # The border, and what each has on the other sides.
                self.assertEqual(read["arcs"], 3)
                shapes = {f["properties"]["actor"]: f for f in read["objects"]["control"]}
                self.assertEqual(sorted(shapes), ["a", "b"])
                [[ring]] = shapes["a"]["geometry"]["coordinates"]
                self.assertEqual(sorted(set(map(tuple, ring))), [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1)])
                # D3 takes a ring the other way round for the rest of the globe.
                self.assertLess(shapes["a"]["steradians"], 0.001)

    @needs_node
    def test_all_dates_share_lines(self):
        read = self.web("topojson", self.export("t.topojson", at=("--all",)))
        self.assertEqual(len(read["objects"]["control"]), 4)
        # Borders at 1 and 2; stretches of the outline west of 1, from 1 to 2 above and below, east of 2.
        self.assertEqual(read["arcs"], 6)

    @needs_node
    def test_mapshaper_and_gdal_read_it(self):
        path = self.export("t.topojson")
        out = self.path / "back.geojson"
        self.mapshaper(path, "-o", out, "format=geojson")
        back = json.loads(out.read_text())
        self.assertEqual([f["properties"]["actor"] for f in back["features"]], ["a", "b"])
        source = gdal.OpenEx(str(path), gdal.OF_VECTOR)
        layer = source.GetLayerByName("control")
        self.assertEqual([(f.GetField("actor"), f.GetGeometryRef().Area()) for f in layer], [("a", 2), ("b", 2)])

    def test_degrees_are_of_topojson_only(self):
        message = self.refusal(2, "export", self.atlas, "--at", "first", "-o", self.path / "t.geojson", "--degrees")
        self.assertIn("expected -o FILE.topojson", message)


class Others(FormatTest):
    @needs_node
    def test_flatgeobuf_in_the_browser(self):
        read = self.web("flatgeobuf", self.export("t.fgb"))
        self.assertEqual(sorted((f["properties"]["actor"], f["geometry"]["type"]) for f in read["features"]),
                         [("a", "MultiPolygon"), ("b", "MultiPolygon")])

    @needs_python
    def test_geopackage_geojson_and_shapefile_in_geopandas(self):
        endings = ("gpkg", "geojson", "geojsonl", "geojsons", "fgb", "shz")
        answers = self.table("geopandas", *(self.export(f"t.{ending}") for ending in endings))
        for ending, read in zip(endings, answers):
            with self.subTest(ending):
                self.assertEqual(sorted(row["actor"] for row in read["rows"]), ["a", "b"])
                self.assertTrue(read["valid"])
                self.assertEqual((read["overlap"], read["union"]), (0, 4))
                self.assertEqual(read["crs"], ["EPSG", "4326"])

    def test_sequence_has_a_separator_before_each_text(self):
        texts = self.export("t.geojsons").read_bytes().split(b"\x1e")
        self.assertEqual(texts[0], b"")
        self.assertEqual([json.loads(text)["properties"]["actor"] for text in texts[1:]], ["a", "b"])
        self.assertTrue(all(text.endswith(b"\n") for text in texts[1:]))
        self.assertNotIn(b"\x1e", self.export("t.geojsonl").read_bytes())

    def test_kml_has_time_spans_and_colours(self):
        kml = "{http://www.opengis.net/kml/2.2}"
        root = xml.etree.ElementTree.parse(self.export("t.kml", at=("--all",))).getroot()
        marks = root.findall(f".//{kml}Placemark")
        self.assertEqual([(mark.findtext(f"{kml}name"), mark.findtext(f"{kml}TimeSpan/{kml}begin"),
                           mark.findtext(f"{kml}TimeSpan/{kml}end"),
                           mark.findtext(f"{kml}Style/{kml}PolyStyle/{kml}color")) for mark in marks],
                         [("Aland", "2000-01-01T00:00:00Z", "2001-01-01T00:00:00Z", "99b27200"),
                          ("Aland", "2001-01-01T00:00:00Z", None, "99b27200"),
                          ("Bland", "2000-01-01T00:00:00Z", "2001-01-01T00:00:00Z", "99009fe6"),
                          ("Bland", "2001-01-01T00:00:00Z", None, "99009fe6")])

    def test_kml_in_gdal(self):
        path = self.export("t.kml", at=("--all",))
        source = gdal.OpenEx(str(path), gdal.OF_VECTOR, allowed_drivers=["LIBKML"])
        rows = [(f.GetField("Name"), f.GetFieldAsString("begin")[:10], f.GetFieldAsString("end")[:10],
                 f.GetStyleString()) for f in source.GetLayer(0)]
        self.assertEqual([row[:3] for row in rows], [("Aland", "2000/01/01", "2001/01/01"), ("Aland", "2001/01/01", ""),
                                                     ("Bland", "2000/01/01", "2001/01/01"), ("Bland", "2001/01/01", "")])
        self.assertIn("#0072B2", rows[0][3])

    def test_shapefile_says_what_its_fields_are_short_for(self):
        with zipfile.ZipFile(self.export("t.shz")) as archive:
            note = json.loads(archive.read("marchland.json"))
            self.assertEqual(note["fields"], {"start_dec": "start_decdate", "end_dec": "end_decdate",
                                              "stmt_count": "statement_count"})
            names = [archive.read("control.dbf")[32 + 32 * i:43 + 32 * i].split(b"\0")[0].decode() for i in range(17)]
        for short in note["fields"]:
            self.assertIn(short, names)


class Times(FormatTest):
    @needs_node
    def test_openhistoricalmap_shows_what_holds(self):
        path = self.export("t.geojson", at=("--all",))
        dates = ["1999-12-31", "2000-01-01", "2000-07-02", "2000-12-31", "2001-01-01", "2024-02-29"]
        read = self.web("ohm", path, *dates)
        first, second = [["a", 10957], ["b", 10957]], [["a", 11323], ["b", 11323]]
        self.assertEqual(read["shown"], [[], first, first, first, second, second])
        ends = {f["properties"]["start_decdate"] for f in json.loads(path.read_text())["features"]}
        # Noon of the day before, by the same formula: half a day of 365 or of 366 before the year.
        self.assertEqual(sorted(ends), [1999 + 364.5 / 365, 2000 + 365.5 / 366])


class Simplified(FormatTest):
    def setUp(self):
        super().setUp()
        line = coast(400, 0.002, 0)
        self.write("front.geojson", collection(
            feature([[[0, 0], [4, 0], *reversed(line), [0, 0]]], holder="a", **{"from": "2000", "to": None}),
            feature([[*line, [4, 1], [0, 1], line[0]]], holder="b", **{"from": "2000", "to": None})))

    def test_area_effect_is_told_by_actor(self):
        path = self.export("t.geojson", "--simplify", "500")
        document = json.loads(path.read_text())
        effect = document["marchland"]["simplified"]
        self.assertEqual((effect["within_m"], effect["vertices_before"]), (500, 405))
        self.assertLess(effect["vertices"], 50)
        self.assertIn(f"lines simplified within 500 m: {effect['vertices']} of 405 vertices remain", self.said)
        a, b = effect["actors"]
        for actor, row in zip("ab", (a, b)):
            self.assertEqual((row["actor"], row["features"]), (actor, 1))
            self.assertRegex(self.said, rf"(?m)^  {actor}: {row['area_m2'] / 1e6:.6f} km2, as written "
                                        rf"{row['written_m2'] / 1e6:.6f} km2")
            [shown] = [f["properties"]["area_m2"] for f in document["features"] if f["properties"]["actor"] == actor]
            self.assertEqual(shown, row["area_m2"])
            self.assertNotEqual(row["written_m2"], row["area_m2"])
        # What one loses the other gains.
        self.assertAlmostEqual(a["written_m2"] + b["written_m2"], a["area_m2"] + b["area_m2"], delta=0.01)
        self.assertNotIn("simplified", json.loads(self.export("plain.geojson").read_text())["marchland"])

    @needs_node
    def test_mapshaper_finds_neither_overlap_nor_gap(self):
        path = self.export("t.geojson", "--simplify", "500")
        # Rings of the mosaic that -clean would make: no ground of two features, none of neither inside.
        self.mapshaper(path, "-mosaic", "calc=n = count()", "-o", self.path / "mosaic.geojson", "format=geojson")
        mosaic = json.loads((self.path / "mosaic.geojson").read_text())
        tiles = mosaic["features"] if "features" in mosaic else [{"properties": None}] * len(mosaic["geometries"])
        self.assertEqual(len(tiles), 2)
        self.mapshaper(path, "-dissolve", "-o", self.path / "whole.geojson", "format=geojson")
        whole = json.loads((self.path / "whole.geojson").read_text())
        shape = whole["geometries"][0] if "geometries" in whole else whole["features"][0]["geometry"]
        rings = shape["coordinates"] if shape["type"] == "Polygon" else [r for p in shape["coordinates"] for r in p]
        self.assertEqual(len(rings), 1)

    @needs_python
    def test_geos_finds_neither_overlap_nor_gap(self):
        [read] = self.table("geopandas", self.export("t.geojson", "--simplify", "500"))
        self.assertTrue(read["valid"])
        self.assertEqual(read["overlap"], 0)
        self.assertAlmostEqual(read["union"], 4, delta=1e-12)
        self.assertAlmostEqual(sum(read["areas"]), 4, delta=1e-12)

    def test_of_many_actors_those_that_changed_most_are_told(self):
        self.write("atlas.toml", MANIFEST + "".join(f'\n[[actor]]\nid = "c{i:02}"\n' for i in range(22)))
        # Fields a degree wide; two have a notch that goes.
        notch = {7: [[7.5, 0.001]], 20: [[20.5, 0.001]]}
        self.write("front.geojson", collection(*(
            feature([[[i, 0], *notch.get(i, []), [i + 1, 0], [i + 1, 1], [i, 1], [i, 0]]], holder=f"c{i:02}",
                    **{"from": "2000", "to": None}) for i in range(22))))
        document = json.loads(self.export("t.geojson", "--simplify", "500").read_text())
        self.assertEqual(len(document["marchland"]["simplified"]["actors"]), 22)
        told = [line.split(":")[0].strip() for line in self.said.splitlines() if line.startswith("  c")]
        self.assertEqual(len(told), 20)
        self.assertLess({"c07", "c20"}, set(told))
        self.assertIn("  2 more changed by 0 % or less; its provenance has all, under simplified\n", self.said)

    def test_refuses_what_is_no_distance(self):
        for value in ("-1", "nan", "far"):
            done = self.run_program("export", self.atlas, "--at", "first", "-o", self.path / "t.geojson", "--simplify",
                                    value)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertFalse((self.path / "t.geojson").exists())


@unittest.skipUnless(HAS_POSTGIS, "PostgreSQL with PostGIS is missing; tools/setup clients")
class PostGis(FormatTest):
    """A server on a socket in a folder of its own and on no port. initdb refuses root; then everything of it runs as
    the user nobody."""

    @classmethod
    def setUpClass(cls):
        cls.folder_of_server = pathlib.Path(tempfile.mkdtemp(prefix="marchland-postgis-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder_of_server, ignore_errors=True)
        cls.as_user = []
        if os.getuid() == 0:
            shutil.chown(cls.folder_of_server, "nobody")
            cls.as_user = ["runuser", "-u", "nobody", "--"]
        programs, data = POSTGRES[-1].parent, cls.folder_of_server / "data"
        subprocess.run([*cls.as_user, programs / "initdb", "-D", data, "-A", "trust", "-U", "test", "--no-sync"],
                       check=True, stdout=subprocess.DEVNULL, cwd=cls.folder_of_server)
        with open(cls.folder_of_server / "log", "w", encoding="utf-8") as log:
            server = subprocess.Popen([*cls.as_user, programs / "postgres", "-D", data, "-k", cls.folder_of_server,
                                       "-c", "listen_addresses=", "-c", "fsync=off"], stdout=log, stderr=log,
                                      cwd=cls.folder_of_server)

        def stop():
            subprocess.run([*cls.as_user, programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"], check=False,
                           stdout=subprocess.DEVNULL, cwd=cls.folder_of_server)
            server.wait(30)

        cls.addClassCleanup(stop)
        for _ in range(200):
            if subprocess.run([programs / "pg_isready", "-h", cls.folder_of_server, "-q"], check=False).returncode == 0:
                break
            time.sleep(0.1)
        cls.sql("CREATE DATABASE plain")
        cls.sql("CREATE EXTENSION postgis")

    @classmethod
    def sql(cls, text):
        return subprocess.run(["psql", "-h", cls.folder_of_server, "-U", "test", "-d", "postgres", "-v",
                               "ON_ERROR_STOP=1", "-qAt"], input=text, check=True, capture_output=True,
                              text=True).stdout.strip()

    def target(self, database="postgres"):
        return f"PG:host={self.folder_of_server} user=test dbname={database} password=secret"

    def write_table(self, *options, at=("--at", "first")):
        done = self.run_program("export", self.atlas, *at, "-o", self.target(), *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stderr

    def test_table_has_types_shapes_and_provenance(self):
        said = self.write_table("--table", "history", "--overwrite", at=("--all",))
        self.assertNotIn("secret", said)
        self.assertIn("password=***: 4 features", said)
        self.assertEqual(self.sql('SELECT actor, "from", "to" IS NULL, t0 FROM history ORDER BY actor, t0').split("\n"),
                         ["a|2000-01-01 00:00:00+00|f|10957", "a|2001-01-01 00:00:00+00|t|11323",
                          "b|2000-01-01 00:00:00+00|f|10957", "b|2001-01-01 00:00:00+00|t|11323"])
        self.assertEqual(self.sql("SELECT pg_typeof(\"from\"), pg_typeof(contested), pg_typeof(statement_count) "
                                  "FROM history LIMIT 1"), "timestamp with time zone|boolean|bigint")
        self.assertEqual(self.sql("SELECT DISTINCT ST_SRID(geom), GeometryType(geom), ST_IsValid(geom) FROM history"),
                         "4326|MULTIPOLYGON|t")
        # Of one date no two cover the same ground; together they are all of it.
        self.assertEqual(self.sql("SELECT count(*) FROM history x JOIN history y ON x.fid < y.fid AND x.t0 < y.t1 AND "
                                  "y.t0 < x.t1 AND ST_Relate(x.geom, y.geom, 'T********')"), "0")
        self.assertEqual(self.sql("SELECT ST_Area(ST_Union(geom)) FROM history WHERE t0 = 10957"), "4")
        self.assertEqual(self.sql("SELECT count(*) FROM pg_indexes WHERE tablename = 'history' AND indexdef LIKE "
                                  "'%gist%'"), "1")
        comment = json.loads(self.sql("SELECT obj_description('history'::regclass)"))
        self.assertEqual(comment["atlas"], "small")

    def test_existing_table_is_refused_or_replaced_whole(self):
        self.sql("CREATE TABLE control (mine int); INSERT INTO control VALUES (7)")
        self.addCleanup(self.sql, "DROP TABLE control")
        message = self.refusal(1, "export", self.atlas, "--at", "first", "-o", self.target())
        self.assertIn("table 'control' exists in schema 'public'; choose another --table, or --overwrite", message)
        self.assertNotIn("secret", message)
        self.assertEqual(self.sql("SELECT mine FROM control"), "7")
        self.write_table("--overwrite")
        self.assertEqual(self.sql("SELECT count(*) FROM control"), "2")

    def tables_named(self, name):
        return self.sql(f"SELECT schemaname FROM pg_tables WHERE tablename = '{name}' ORDER BY 1").split()

    def test_tables_of_other_schemas_are_others(self):
        self.sql("CREATE SCHEMA hist; CREATE TABLE front (mine int); INSERT INTO front VALUES (7)")
        self.addCleanup(self.sql, "DROP SCHEMA hist CASCADE; DROP TABLE front")
        in_hist = self.target() + " active_schema=hist"
        export = ("export", self.atlas, "--at", "first", "--table", "front", "-o")
        # Nothing of that name is in the schema: there is nothing to refuse, and nothing to replace.
        for options in ((), ("--overwrite",)):
            done = self.run_program(*export, in_hist, *options)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(self.sql("SELECT mine FROM public.front"), "7")
            self.assertEqual(self.sql("SELECT count(*) FROM hist.front"), "2")
        message = self.refusal(1, *export, in_hist)
        self.assertIn("table 'front' exists in schema 'hist'; choose another --table, or --overwrite", message)
        # What the search path reaches only behind its first schema.
        first = self.target() + " options='-csearch_path=hist,public'"
        self.sql("DROP TABLE hist.front")
        done = self.run_program(*export, first, "--overwrite")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.tables_named("front"), ["hist", "public"])
        self.assertEqual(self.sql("SELECT mine FROM public.front"), "7")

    def test_a_schema_that_is_not_there_is_no_other(self):
        for asked in ("active_schema=hits", "options='-csearch_path=hits,public'", "active_schema=PUBLIC"):
            message = self.refusal(1, "export", self.atlas, "--at", "first", "--table", "gone", "-o",
                                   f"{self.target()} {asked}", "--overwrite")
            self.assertRegex(message, "schema '(hits|PUBLIC)' is not there, or not to be used by this user; create it "
                                      "or choose another active_schema")
        self.assertEqual(self.tables_named("gone"), [])

    def test_the_user_s_own_schema_comes_first_once_it_is_there(self):
        by_path = self.target() + " options='-csearch_path=\"$user\",public'"
        export = ("export", self.atlas, "--at", "first", "--table", "own", "--overwrite", "-o")
        self.addCleanup(self.sql, "DROP SCHEMA test CASCADE; DROP TABLE public.own")
        for expected in (["public"], ["public", "test"]):
            done = self.run_program(*export, by_path)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(self.tables_named("own"), expected)
            self.sql("CREATE SCHEMA IF NOT EXISTS test")

    def test_dates_before_year_1_are_timestamps(self):
        self.write("front.geojson", collection(
            feature([box(0, 0, 2, 1)], holder="a", **{"from": "-0043-03-15T06:07:08Z", "to": "0001-01-01"}),
            feature([box(0, 0, 2, 1)], holder="b", **{"from": "0001-01-01", "to": "+10000-02-03"})))
        said = self.write_table("--table", "ancient", at=("--all",))
        self.assertNotIn("text", said)
        self.assertEqual(self.sql("SELECT pg_typeof(\"from\"), pg_typeof(\"to\") FROM ancient LIMIT 1"),
                         "timestamp with time zone|timestamp with time zone")
        self.assertEqual(self.sql('SELECT actor, "from", "to" FROM ancient ORDER BY "from"').split("\n"),
                         ["a|0044-03-15 06:07:08+00 BC|0001-01-01 00:00:00+00",
                          "b|0001-01-01 00:00:00+00|10000-02-03 00:00:00+00"])
        # The same days since 1970 by either calendar: PostgreSQL's is proleptic Gregorian, too.
        self.assertEqual(self.sql("SELECT count(*) FROM ancient WHERE "
                                  "abs(t0 - extract(epoch FROM \"from\") / 86400) < 1e-6 AND "
                                  "abs(t1 - extract(epoch FROM \"to\") / 86400) < 1e-6"), "2")
        # Before its time, a column is text, and that is said.
        self.write("front.geojson", collection(
            feature([box(0, 0, 2, 1)], holder="a", **{"from": "-9000-01-01", "to": "0001-01-01"})))
        said = self.write_table("--table", "ancient", "--overwrite", at=("--all",))
        self.assertIn("dates are ISO 8601 text in ancient.from: its times have no such year\n", said)
        self.assertEqual(self.sql('SELECT "from", pg_typeof("to") FROM ancient'),
                         "-9000-01-01T00:00:00Z|timestamp with time zone")

    def test_addresses_are_shown_without_their_password(self):
        target = f"PG:postgresql://test:secret@/postgres?host={self.folder_of_server}"
        shown = f"PG:postgresql://test:***@/postgres?host={self.folder_of_server}"
        export = ("export", self.atlas, "--at", "first", "--table", "masked", "-o", target)
        done = self.run_program(*export)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(done.stderr.startswith(shown + ": 2 features"), done.stderr)
        self.assertNotIn("secret", done.stderr + self.sql("SELECT obj_description('masked'::regclass)"))
        message = self.refusal(1, *export)
        self.assertIn(shown + ": table 'masked' exists", message)
        self.assertNotIn("secret", message)

    def test_nothing_is_left_of_what_fails(self):
        # Something depends on the table: it can neither be dropped nor half replaced.
        self.sql("CREATE TABLE held (mine int); INSERT INTO held VALUES (7); CREATE VIEW seen AS SELECT * FROM held")
        self.addCleanup(self.sql, "DROP VIEW seen; DROP TABLE held")
        message = self.refusal(1, "export", self.atlas, "--at", "first", "-o", self.target(), "--table", "held",
                               "--overwrite")
        self.assertIn("table 'held' of schema 'public' cannot be replaced", message)
        self.assertIn("view seen depends on table held", message)
        self.assertEqual(self.sql("SELECT mine FROM seen"), "7")

    def test_databases_that_cannot_take_it(self):
        message = self.refusal(1, "export", self.atlas, "--at", "first", "-o", self.target("plain"))
        self.assertIn("no PostGIS on its search path; have its owner run CREATE EXTENSION postgis", message)
        message = self.refusal(1, "export", self.atlas, "--at", "first", "-o", self.target("absent"))
        self.assertIn("absent", message)
        self.assertNotIn("secret", message)
        message = self.refusal(2, "export", self.atlas, "--at", "first", "-o", self.target(), "--table", "My Table")
        self.assertIn("a-z, 0-9 and _", message)
        message = self.refusal(2, "export", self.atlas, "--at", "first", "-o", self.target(), "--table", 64 * "a")
        self.assertIn("a name of 64 bytes, PostgreSQL has room for 63", message)

    @needs_python
    def test_simplified_history_agrees_with_geojson(self):
        self.write_table("--overwrite", "--table", "ground", "--simplify", "1000", at=("--all",))
        read = self.table("geopandas", self.export("t.geojson", "--simplify", "1000", at=("--all",)))[0]
        self.assertAlmostEqual(float(self.sql("SELECT sum(ST_Area(geom)) FROM ground")), sum(read["areas"]))


if __name__ == "__main__":
    unittest.main()
