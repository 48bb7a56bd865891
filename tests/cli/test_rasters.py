"""Shares of cells, what other rasters count by who holds the ground, and series of rasters, as GDAL and others read them.

xarray, pystac and exactextract are taken from build/cache/python (tools/setup python); what needs them skips without.
"""
import array
import json
import math
import pathlib
import subprocess
import unittest

from osgeo import gdal, osr

from harness import CELL_M2, CliTest, box, collection, feature

gdal.UseExceptions()
PYTHON = pathlib.Path(__file__).resolve().parents[2] / "build" / "cache" / "python" / "bin" / "python"


def values_of(path, band=1):
    raster = gdal.Open(str(path))
    cells = raster.GetRasterBand(band)
    data = array.array("d", cells.ReadRaster(buf_type=gdal.GDT_Float64))
    return [list(data[row * raster.RasterXSize:(row + 1) * raster.RasterXSize]) for row in range(raster.RasterYSize)]


def area_of_row(south, north):
    """Square metres of one degree of longitude between two parallels of WGS84, by the closed form."""
    e2 = (1 / 298.257223563) * (2 - 1 / 298.257223563)
    e = math.sqrt(e2)

    def authalic(lat):
        s = math.sin(math.radians(lat))
        return (1 - e2) * (s / (1 - e2 * s * s) + math.atanh(e * s) / e) / 2
    return 6378137.0 ** 2 * math.radians(1) * (authalic(north) - authalic(south))


def polygon_of(geometry):
    from osgeo import ogr
    return ogr.CreateGeometryFromJson(json.dumps(geometry))


class RasterTest(CliTest):
    def done(self, *arguments):
        done = self.run_program(*arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stderr

    def people(self, rows, name="people_2015.tif", west=0.25, north=1.0, cell=0.5, no_data=-1, bands=1, epsg=4326, **metadata):
        path = self.path / name
        raster = gdal.GetDriverByName("GTiff").Create(str(path), len(rows[0]), len(rows), bands, gdal.GDT_Int32)
        raster.SetGeoTransform((west, cell, 0, north, 0, -cell))
        crs = osr.SpatialReference()
        crs.ImportFromEPSG(epsg)
        raster.SetProjection(crs.ExportToWkt())
        for band in range(1, bands + 1):
            raster.GetRasterBand(band).SetNoDataValue(no_data)
            for y, row in enumerate(rows):
                raster.GetRasterBand(band).WriteRaster(0, y, len(row), 1, b"".join(v.to_bytes(4, "little", signed=True) for v in row))
        for key, value in metadata.items():
            raster.SetMetadataItem(key, value)
        raster = None
        return path


class Fraction(RasterTest):
    def test_shares_times_areas_of_cells_are_the_area(self):
        self.write("front.geojson", collection(
            feature([[[0.1, 0.1], [3.7, 0.4], [2.2, 1.9], [0.1, 0.1]]], holder="a", **{"from": "2000", "to": None}),
            feature([[[3.7, 0.4], [4.0, 1.8], [2.2, 1.9], [3.7, 0.4]]], holder="b", **{"from": "2000", "to": None})))
        target = self.path / "share.tif"
        said = self.done("raster", self.atlas, "--layer", "fraction", "--actor", "a", "--at", "2000", "--res", "0.3", "-o", target)
        self.assertIn("14 x 7 cells of 0.3", said)
        raster = gdal.Open(str(target))
        band = raster.GetRasterBand(1)
        self.assertEqual((gdal.GetDataTypeName(band.DataType), band.GetNoDataValue(), band.GetUnitType()), ("Float64", -1.0, "1"))
        west, width, _, north, _, _ = gdal.Open(str(target)).GetGeoTransform()
        total = 0.0
        for row, line in enumerate(values_of(target)):
            top = north - row * width
            total += area_of_row(top - width, top) * width * sum(v for v in line if v != -1)
        rows = self.answer("areas", self.atlas, "--at", "2000", "--actor", "a")["rows"]
        self.assertAlmostEqual(total / rows[0]["area_m2"], 1.0, delta=1e-11)
        self.assertIn(0.0, [v for line in values_of(target) for v in line])  # wholly of the other party
        self.assertIn("expected --actor", self.refusal(2, "raster", self.atlas, "--layer", "fraction", "--at", "2000",
                                                       "--res", "1", "-o", self.path / "x.tif"))

    def test_a_system_that_geotiff_cannot_hold(self):
        # Equal Earth: shares and days, where statistics go into the same file beside it.
        for name, more in (("share", ("--layer", "fraction", "--at", "2000")), ("days", ("--layer", "dwell", "--from", "2000", "--to", "2001"))):
            target = self.path / f"{name}.tif"
            self.done("raster", self.atlas, *more, "--actor", "a", "--res", "50000", "--crs", "EPSG:8857", "-o", target)
            raster = gdal.Open(str(target))
            self.assertEqual(raster.GetSpatialRef().GetAuthorityCode(None), "8857")
            self.assertEqual(float(raster.GetRasterBand(1).GetMetadataItem("STATISTICS_MAXIMUM")), 1 if name == "share" else 366)
            self.assertAlmostEqual({row["actor"]: row["cells"] for row in self.answer(
                "zonal", self.atlas, "--raster", target, "--at", "2000")["rows"]}["a"], 2 * CELL_M2 / 50000 ** 2, delta=1e-5)

    def test_cells_of_another_raster(self):
        other = self.people([[0] * 9] * 3, west=-0.25, north=1.25)
        target = self.path / "share.tif"
        self.done("raster", self.atlas, "--layer", "fraction", "--actor", "a", "--at", "2000", "--like", other, "-o", target)
        self.assertEqual(gdal.Open(str(target)).GetGeoTransform(), gdal.Open(str(other)).GetGeoTransform())
        middle = values_of(target)[1]
        self.assertEqual([round(v, 12) for v in middle], [0.5, 1, 1, 1, 0.5, 0, 0, 0, 0])
        self.assertIn("--like", self.refusal(2, "raster", self.atlas, "--at", "2000", "-o", self.path / "x.tif"))
        self.assertIn("--like", self.refusal(2, "raster", self.atlas, "--at", "2000", "--like", other, "--res", "1", "-o",
                                             self.path / "x.tif"))
        broken = self.path / "broken.tif"
        broken.write_text("no raster")
        self.assertIn("broken.tif: cannot be opened", self.refusal(1, "raster", self.atlas, "--at", "2000", "--like", broken,
                                                                   "-o", self.path / "x.tif"))

    def test_the_largest_share_decides(self):
        # Of the cell from 1.6 to 2.4 either has half, b its centre; of equal shares the first class counts.
        self.write("front.geojson", collection(
            feature([box(0, 0, 1.9, 1)], holder="a", **{"from": "2000", "to": None}),
            feature([box(1.9, 0, 2.3, 1)], holder="b", **{"from": "2000", "to": None}),
            feature([box(2.3, 0, 3.3, 1)], holder="a", **{"from": "2000", "to": None})))
        target = self.path / "control.tif"
        shown = {}
        for rule in ("centre", "share"):
            self.done("raster", self.atlas, "--at", "2000", "--res", "0.8", "--cells", rule, "-o", target, "--overwrite")
            shown[rule] = values_of(target)
            self.assertIn(rule if rule == "share" else "centre", json.loads(gdal.Open(str(target)).GetMetadataItem("marchland"))["cells"])
        self.assertEqual(shown["centre"], [[0, 0, 0, 0, 0], [1, 1, 2, 1, 0]])
        self.assertEqual(shown["share"], [[0, 0, 0, 0, 0], [1, 1, 1, 1, 0]])
        self.write("front.geojson", collection(feature([box(0, 0, 1.9, 0.5)], holder="a", **{"from": "2000", "to": None}),
                                               feature([box(0, 0.5, 0.9, 1)], holder="b", **{"from": "2000", "to": None})))
        for rule, expected in (("centre", [[1, 1]]), ("share", [[1, 0]])):
            self.done("raster", self.atlas, "--at", "2000", "--res", "1", "--cells", rule, "-o", target, "--overwrite")
            self.assertEqual(values_of(target), expected, rule)
        # Half of a cell, less a sliver, is not the most of it; its centre lies on it all the same.
        self.write("front.geojson", collection(feature([[[0, 0], [0.7, 0], [0.7, 0.7], [0, 0.6], [0, 0]]], holder="a",
                                                       **{"from": "2000", "to": None})))
        for rule, expected in (("centre", [[1]]), ("share", [[0]])):
            self.done("raster", self.atlas, "--at", "2000", "--res", "1", "--cells", rule, "-o", target, "--overwrite")
            self.assertEqual(values_of(target), expected, rule)

    def test_claims(self):
        manifest = (self.atlas / "atlas.toml").read_text() + """
[[layer]]
id = "claims"
source = "s"
theme = "claim"
mode = "interval"
files = ["claims.geojson"]
actor = {field = "holder"}
from = {field = "from"}
"""
        self.write("atlas.toml", manifest)
        self.write("claims.geojson", collection(feature([box(0, 0, 3, 1)], holder="b", **{"from": "2000"})))
        target = self.path / "claim.tif"
        self.done("raster", self.atlas, "--layer", "claim", "--at", "2000", "--res", "1", "-o", target)
        self.assertEqual(values_of(target), [[1, 1, 1]])
        raster = gdal.Open(str(target))
        self.assertEqual(raster.GetRasterBand(1).GetDescription(), "claim at 2000-01-01")
        self.assertIn("not border", self.refusal(2, "raster", self.atlas, "--layer", "claim", "--theme", "border", "--at",
                                                 "2000", "--res", "1", "-o", self.path / "x.tif"))


class Zonal(RasterTest):
    # Cells from 0.25 to 3.75 in two rows that fill latitudes 0 to 1; the fourth lies astride the line of 2000.
    ROWS = [[1, 10, 100, 1000, 10000, 100000, -1], [2, 20, 200, 2000, 20000, 200000, 2000000]]

    def rows(self, *arguments):
        return self.answer("zonal", self.atlas, *arguments)["rows"]

    def test_sums_and_means(self):
        people = self.people(self.ROWS)
        answer = self.answer("zonal", self.atlas, "--raster", people, "--at", "2000,2001")
        self.assertEqual({key: answer["raster"][key] for key in ("title", "year", "year_from", "band", "values", "covers_ground")},
                         {"title": "people_2015.tif", "year": "2015", "year_from": "file name", "band": 1,
                          "values": "per cell", "covers_ground": False})
        found = {(row["at"], row["actor"]): row for row in answer["rows"]}
        a, b = found["2000-01-01", "a"], found["2000-01-01", "b"]
        self.assertAlmostEqual(a["sum"], 333 + 1500, delta=1e-9)
        self.assertAlmostEqual(a["cells"], 7, delta=1e-12)
        self.assertAlmostEqual(a["mean"], 1833 / 7, delta=1e-9)
        self.assertAlmostEqual(b["sum"], 1500 + 330000 + 2000000, delta=1e-6)
        self.assertAlmostEqual(b["cells"], 6, delta=1e-12)
        self.assertAlmostEqual(b["cells_without_value"], 1, delta=1e-12)
        self.assertAlmostEqual(a["share"] + b["share"], 1, delta=1e-12)
        self.assertAlmostEqual(found["2001-01-01", "a"]["sum"], 3 + 15, delta=1e-9)
        total = sum(row["sum"] for key, row in found.items() if key[0] == "2001-01-01")
        self.assertAlmostEqual(total, a["sum"] + b["sum"], delta=1e-6)

    def test_what_passed(self):
        people = self.people(self.ROWS)
        answer = self.answer("zonal", self.atlas, "--raster", people, "--from", "first", "--to", "second")
        rows = {row["actor"]: row for row in answer["rows"]}
        self.assertAlmostEqual(rows["b"]["gained"], 315 + 1500, delta=1e-9)
        self.assertAlmostEqual(rows["a"]["lost"], 315 + 1500, delta=1e-9)
        self.assertAlmostEqual(rows["a"]["held"], 18, delta=1e-9)
        passed = {(row["from"], row["to"]): row["sum"] for row in answer["transitions"]}
        self.assertEqual(set(passed), {("a", "a"), ("a", "b"), ("b", "b")})

    def test_series_regions_and_formats(self):
        people = self.people(self.ROWS)
        self.assertEqual([row["at"] for row in self.rows("--raster", people, "--every", "change")],
                         ["2000-01-01"] * 2 + ["2001-01-01"] * 2)
        self.manifest('[[period]]\nid = "first"', '[[region]]\nid = "west"\nname = "West"\nfile = "west.geojson"\n\n[[period]]\nid = "first"')
        self.write("west.geojson", collection(feature([box(0, 0, 1.5, 1)])))
        rows = self.rows("--raster", people, "--at", "second", "--by", "region")
        self.assertEqual([(row["region"], row["actor"]) for row in rows], [("west", "b"), ("west", "a")])
        self.assertAlmostEqual(rows[0]["sum"], 15 + 150, delta=1e-9)
        done = self.run_program("zonal", self.atlas, "--raster", people, "--at", "second")
        self.assertIn("people_2015.tif, year 2015 (by file name)", done.stdout)
        self.assertIn("outside the raster", done.stdout)
        target = self.path / "people.csv"
        self.done("zonal", self.atlas, "--raster", people, "--at", "second", "--format", "csv", "-o", target)
        self.assertTrue(target.read_text().startswith("at,theme,actor,sum,mean,share,cells,cells_without_value\n"))
        columns = json.loads((self.path / "people.csv-metadata.json").read_text())["tableSchema"]["columns"]
        self.assertEqual([column["name"] for column in columns], target.read_text().splitlines()[0].split(","))

    def test_scale_title_bands_and_densities(self):
        people = self.people([[10] * 8] * 2, name="density.tif", west=0, title="People per square kilometre, 1999")
        raster = gdal.Open(str(people), gdal.GA_Update)
        raster.GetRasterBand(1).SetScale(0.5)
        raster.GetRasterBand(1).SetOffset(1)
        raster = None
        answer = self.answer("zonal", self.atlas, "--raster", people, "--at", "2000", "--per", "km2")
        self.assertEqual((answer["raster"]["year"], answer["raster"]["year_from"]), ("1999", "metadata"))
        for row in answer["rows"]:
            self.assertAlmostEqual(row["sum"] / (6 * 2 * CELL_M2 / 1e6), 1, delta=1e-12)
            self.assertAlmostEqual(row["mean"], 6, delta=1e-11)
        self.assertTrue(answer["raster"]["covers_ground"])
        answer = self.answer("zonal", self.atlas, "--raster", people, "--at", "2000", "--year", "2001", "--title", "T")
        self.assertEqual((answer["raster"]["year"], answer["raster"]["title"]), ("2001", "T"))
        two = self.people([[1] * 8] * 2, name="two.tif", bands=2)
        self.assertIn("it has 2 bands: 1, 2", self.refusal(2, "zonal", self.atlas, "--raster", two, "--at", "2000"))
        self.assertIn("no band '3'", self.refusal(2, "zonal", self.atlas, "--raster", two, "--at", "2000", "--band", "3"))
        self.assertEqual(len(self.rows("--raster", two, "--at", "2000", "--band", "2")), 2)

    def test_what_cannot_be_asked(self):
        people = self.people(self.ROWS)
        self.assertIn("expected --at", self.refusal(2, "zonal", self.atlas, "--raster", people))
        self.assertIn("expected --at", self.refusal(2, "zonal", self.atlas, "--raster", people, "--from", "2000"))
        self.assertIn("none.tif: cannot be opened", self.refusal(1, "zonal", self.atlas, "--raster", self.path / "none.tif",
                                                                 "--at", "2000"))
        far = self.people(self.ROWS, name="far.tif", west=50)
        self.assertIn("is it of another place?", self.refusal(2, "zonal", self.atlas, "--raster", far, "--at", "2000"))
        turned = gdal.Open(str(far), gdal.GA_Update)
        turned.SetGeoTransform((0, 0.5, 0.1, 1, 0, -0.5))
        turned = None
        self.assertIn("gdalwarp", self.refusal(1, "zonal", self.atlas, "--raster", far, "--at", "2000"))

    def test_a_projected_raster(self):
        people = self.people([[1] * 60] * 20, name="p.tif", west=-50000, north=150000, cell=10000, epsg=3857)
        rows = self.rows("--raster", people, "--at", "2000")
        # Web Mercator is stretched by 1 / cos(latitude): the degree of latitude 0 to 1 is 111.325 km there, not 111.319.
        height = 6378137 * math.atanh(math.sin(math.radians(1))) / 10000
        width = 2 * math.radians(1) * 6378137 / 10000
        for row in rows:
            self.assertAlmostEqual(row["sum"] / (width * height), 1, delta=1e-4)

    def polar(self, name, crs, west, north, cell, columns, rows):
        raster = gdal.GetDriverByName("GTiff").Create(str(self.path / name), columns, rows, 1, gdal.GDT_Byte)
        raster.SetGeoTransform((west, cell, 0, north, 0, -cell))
        system = osr.SpatialReference()
        system.SetFromUserInput(crs)
        raster.SetSpatialRef(system)
        raster.GetRasterBand(1).Fill(10)
        return self.path / name

    def test_densities_about_a_pole(self):
        # Ground that holds the pole, and ground far from it whose window holds it.
        self.write("front.geojson", collection(
            feature([box(-180, -90, 180, -82)], holder="a", **{"from": "2000", "to": None}),
            feature([box(10, -66, 20, -65)], holder="b", **{"from": "2000", "to": None}),
            feature([box(-170, -66, -160, -65)], holder="b", **{"from": "2000", "to": None})))
        areas = {row["actor"]: row["area_m2"] for row in self.answer("areas", self.atlas, "--at", "2000")["rows"]}
        for name, crs in (("equal.tif", "+proj=laea +lat_0=-90 +lon_0=0 +datum=WGS84"), ("stereo.tif", "EPSG:3031")):
            people = self.polar(name, crs, -3000000, 3000000, 100000, 60, 60)
            answer = self.answer("zonal", self.atlas, "--raster", people, "--at", "2000", "--per", "km2")
            for row in answer["rows"]:
                self.assertAlmostEqual(row["sum"] / (10 * areas[row["actor"]] / 1e6), 1, delta=1e-9)
                self.assertAlmostEqual(row["mean"], 10, delta=1e-9)

    def test_densities_on_the_rim_of_a_map_of_the_world(self):
        self.write("front.geojson", collection(feature([box(160, -60, 180, 60)], holder="a", **{"from": "2000", "to": None}),
                                               feature([box(0, 0, 20, 20)], holder="b", **{"from": "2000", "to": None})))
        people = self.polar("moll.tif", "ESRI:54009", -18100000, 9100000, 200000, 181, 91)
        areas = {row["actor"]: row["area_m2"] for row in self.answer("areas", self.atlas, "--at", "2000")["rows"]}
        for row in self.answer("zonal", self.atlas, "--raster", people, "--at", "2000", "--per", "km2")["rows"]:
            self.assertAlmostEqual(row["sum"] / (10 * areas[row["actor"]] / 1e6), 1, delta=1e-3 if row["actor"] == "a" else 1e-7)

    def test_ground_at_both_ends_of_a_raster(self):
        self.write("front.geojson", collection(feature([box(178.5, 0, 181.5, 1)], holder="a", **{"from": "2000", "to": None})))
        for west in (-180, 0):
            people = self.people([[1] * 360] * 2, name="world.tif", west=west, cell=1)
            answer = self.answer("zonal", self.atlas, "--raster", people, "--at", "2000")
            self.assertAlmostEqual(answer["rows"][0]["sum"], 3, delta=1e-12)
            self.assertTrue(answer["raster"]["covers_ground"])

    def test_as_exactextract(self):
        if not PYTHON.exists():
            self.skipTest("no exactextract: tools/setup python")
        import random
        random.seed(4)
        people = self.people([[random.randrange(1000) for _ in range(41)] for _ in range(13)], west=-0.03, north=1.1, cell=0.1)
        self.write("front.geojson", collection(
            feature([[[0, 0], [1.7, 0.2], [2.3, 0.9], [0.4, 1.0], [0, 0]]], holder="a", **{"from": "2000", "to": None}),
            feature([[[1.7, 0.2], [3.9, 0.1], [3.6, 0.8], [2.3, 0.9], [1.7, 0.2]]], holder="b", **{"from": "2000", "to": None})))
        code = ("import sys, json, exactextract; print(json.dumps([f['properties'] for f in exactextract.exact_extract("
                "sys.argv[1], json.load(open(sys.argv[2]))['features'], ['sum', 'mean', 'count'], include_cols=['holder'])]))")
        done = subprocess.run([str(PYTHON), "-c", code, str(people), str(self.atlas / "front.geojson")], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        theirs = {row["holder"]: row for row in json.loads(done.stdout)}
        for row in self.rows("--raster", people, "--at", "2000"):
            peer = theirs[row["actor"]]
            # Theirs are shares of planar area in single precision; within a cell of 0.1 degree at the equator areas on
            # the ellipsoid differ from that by less than 1e-5 of the cell.
            self.assertAlmostEqual(row["sum"] / peer["sum"], 1, delta=2e-6)
            self.assertAlmostEqual(row["mean"] / peer["mean"], 1, delta=2e-6)
            self.assertAlmostEqual(row["cells"] / peer["count"], 1, delta=2e-6)


class NetCdf(RasterTest):
    """Files as climate and population archives have them: coordinates with units and bounds, and nothing about a system."""

    def make(self, name, variables, times=None, units="days since 1970-01-01", calendar="standard"):
        """Variables by name: cells by row from the north, or one such list for each time."""
        path = self.path / name
        file = gdal.GetDriverByName("netCDF").CreateMultiDimensional(str(path))
        root = file.GetRootGroup()
        number = gdal.ExtendedDataType.Create(gdal.GDT_Float64)
        text = gdal.ExtendedDataType.CreateString()

        def array_of(name, dimensions, values, **attributes):
            made = root.CreateMDArray(name, dimensions, number)
            for key, value in attributes.items():
                made.CreateAttribute(key, [], text).Write(value)
            made.Write(array.array("d", values).tobytes(), buffer_datatype=number)

        rows = next(iter(variables.values()))
        rows = rows if times is None else rows[0]
        lat = root.CreateDimension("lat", None, None, len(rows))
        lon = root.CreateDimension("lon", None, None, len(rows[0]))
        sides = root.CreateDimension("nv", None, None, 2)
        south = [1 - 0.5 * (i + 1) for i in range(len(rows))]
        west = [0.5 * i for i in range(len(rows[0]))]
        array_of("lat", [lat], [v + 0.25 for v in south], units="degrees_north", bounds="lat_bnds")
        array_of("lon", [lon], [v + 0.25 for v in west], units="degrees_east", bounds="lon_bnds")
        array_of("lat_bnds", [lat, sides], [v + s for v in south for s in (0, 0.5)])
        array_of("lon_bnds", [lon, sides], [v + s for v in west for s in (0, 0.5)])
        dimensions = [lat, lon]
        if times is not None:
            time = root.CreateDimension("time", None, None, len(times))
            array_of("time", [time], times, units=units, calendar=calendar)
            dimensions = [time, *dimensions]
        for key, value in variables.items():
            flat = [v for r in value for v in r] if times is None else [v for t in value for r in t for v in r]
            array_of(key, dimensions, flat, units="people")
        root = file = None
        return path

    def sums(self, path, *more):
        answer = self.answer("zonal", self.atlas, "--raster", path, "--at", "2000", *more)
        return {row["actor"]: row["sum"] for row in answer["rows"]}, answer["raster"]

    def test_bounds_are_no_raster(self):
        path = self.make("pop.nc", {"population": [[1] * 8, [2] * 8]})
        sums, raster = self.sums(path)
        self.assertEqual(sums, {"a": 12, "b": 12})
        self.assertEqual((raster["variable"], raster["crs"], raster["band"]), ("population", "OGC:CRS84", 1))
        self.assertEqual(self.sums(path, "--band", "population")[0], sums)
        self.done("raster", self.atlas, "--at", "2000", "--like", path, "-o", self.path / "like.tif")
        self.assertEqual(values_of(self.path / "like.tif"), [[1, 1, 1, 1, 2, 2, 2, 2]] * 2)

    def test_one_of_several_is_named(self):
        path = self.make("pop.nc", {"population": [[1] * 8, [2] * 8], "density": [[5] * 8] * 2})
        said = self.refusal(2, "zonal", self.atlas, "--raster", path, "--at", "2000")
        self.assertIn("--band", said)
        self.assertIn("2 rasters: population, density", said)
        self.assertNotIn("bnds", said)
        self.assertEqual(self.sums(path, "--band", "density")[0], {"a": 40, "b": 40})
        self.assertEqual(self.sums(path, "--band", "population:1")[1]["variable"], "population")
        self.assertIn("no raster 'lat_bnds'", self.refusal(2, "zonal", self.atlas, "--raster", path, "--at", "2000", "--band",
                                                           "lat_bnds"))
        self.assertIn("no band '7'; it has 1 band", self.refusal(2, "zonal", self.atlas, "--raster", path, "--at", "2000",
                                                                 "--band", "density:7"))

    def test_a_date_along_time(self):
        rows = [[[k] * 8] * 2 for k in (1, 2, 3)]
        times = [10957, 11323, 11504]  # 2000-01-01, 2001-01-01, 2001-07-01
        for variables in ({"population": rows}, {"population": rows, "density": [[[9] * 8] * 2] * 3}):
            path = self.make("pop_1999.nc", variables, times)
            at = "population:" if len(variables) > 1 else ""
            self.assertIn("3 bands: 1 (2000-01-01), 2 (2001-01-01), 3 (2001-07-01)",
                          self.refusal(2, "zonal", self.atlas, "--raster", path, "--at", "2000", "--band", at or "x"))
            for band, expected, year in (("2001-01-01", 2, "2001"), ("2000", 1, "2000"), ("3", 3, "2001"), ("2001-07", 3, "2001")):
                sums, raster = self.sums(path, "--band", at + band)
                self.assertEqual(sums["a"], 8 * expected, band)
                self.assertEqual((raster["year"], raster["year_from"]), (year, "metadata"))
                self.assertEqual(raster["variable"], "population")
            self.assertIn("2 bands are of '2001'", self.refusal(2, "zonal", self.atlas, "--raster", path, "--at", "2000", "--band",
                                                                at + "2001"))
        self.assertEqual(self.sums(path, "--band", "density:2000-01-01")[0]["a"], 72)
        # A calendar of its own has no dates of ours.
        path = self.make("model.nc", {"population": rows}, times, calendar="360_day")
        self.assertEqual(self.sums(path, "--band", "time=11323")[0]["a"], 16)
        self.assertIsNone(self.sums(path, "--band", "2")[1]["year"])


class Reading(RasterTest):
    def test_a_system_is_named_where_none_is_stated(self):
        people = self.people([[1] * 8] * 2, west=0)
        raster = gdal.Open(str(people))
        bare = self.path / "bare.tif"
        copy = gdal.GetDriverByName("GTiff").CreateCopy(str(bare), raster)
        copy.SetProjection("")
        copy = raster = None
        for ask in (("zonal", self.atlas, "--at", "2000", "--raster", bare),
                    ("raster", self.atlas, "--at", "2000", "--like", bare, "-o", self.path / "x.tif")):
            said = self.refusal(1, *ask)
            self.assertIn("bare.tif: states no coordinate system", said)
            self.assertIn("--raster-crs", said)
            self.assertIn("gdal_translate -a_srs", said)
            self.assertIn("bare.tif: its CRS 'EPSG:999999'", self.refusal(2, *ask, "--raster-crs", "EPSG:999999"))
            self.done(*ask, "--raster-crs", "EPSG:4326")
        self.assertIn("--like", self.refusal(2, "raster", self.atlas, "--at", "2000", "--res", "1", "--raster-crs", "EPSG:4326",
                                             "-o", self.path / "y.tif"))

    def test_several_years_are_none(self):
        people = self.people([[1] * 8] * 2, name="gpw-v4_rev11_lon_1800_2020.tif", west=0)
        done = self.run_program("zonal", self.atlas, "--raster", people, "--at", "2000")
        self.assertIn("no year for certain (1800 or 2020); say which by --year", done.stdout)
        answer = self.answer("zonal", self.atlas, "--raster", people, "--at", "2000")
        self.assertEqual((answer["raster"]["year"], answer["raster"]["year_from"]), (None, None))
        done = self.run_program("zonal", self.atlas, "--raster", people, "--at", "2000", "--year", "2020")
        self.assertIn("year 2020 (by --year)", done.stdout)

    def test_a_world_with_a_column_too_many(self):
        # Cells about whole quarters of a degree, from -180.125 to 180.125: 1441 columns, the last is the first.
        self.write("front.geojson", collection(
            feature([box(179, 0, 180, 1)], holder="a", **{"from": "2000", "to": None}),
            feature([box(-180, 0, -179, 1)], holder="b", **{"from": "2000", "to": None})))
        people = self.people([[1] * 1441] * 4, west=-180.125, cell=0.25)
        answer = self.answer("zonal", self.atlas, "--raster", people, "--at", "2000")
        self.assertEqual({row["actor"]: round(row["sum"], 9) for row in answer["rows"]}, {"a": 16, "b": 16})
        self.assertTrue(answer["raster"]["covers_ground"])
        done = self.run_program("zonal", self.atlas, "--raster", people, "--at", "2000")
        self.assertIn("its last 1 column repeats the first ones", done.stdout)

    def test_sides_that_are_none(self):
        for side in ("0", "-1", "inf", "nan", "1e-300", "x"):
            for ask in (("raster", self.atlas, "--at", "2000"), ("run", self.atlas)):
                said = self.refusal(2, *ask, f"--res={side}", "-o", self.path / "x.tif")
                self.assertIn(f"'{side}' is no side of a cell", said)
                self.assertLess(len(said), 250)


class Series(RasterTest):
    def listing(self, folder):
        return sorted(path.name for path in folder.iterdir())

    def python(self, code, *arguments):
        if not PYTHON.exists():
            self.skipTest("no xarray and pystac: tools/setup python")
        done = subprocess.run([str(PYTHON), "-c", code, *map(str, arguments)], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout.splitlines()[-1])

    def test_a_raster_for_every_date(self):
        folder = self.path / "series"
        said = self.done("raster", self.atlas, "--every", "change", "--res", "0.5", "-o", folder)
        self.assertIn("2 dates, 8 x 2 cells", said)
        names = [f"control-{date}{ending}" for date in ("2000-01-01", "2001-01-01") for ending in (".json", ".qml", ".tif", ".tif.aux.xml")]
        self.assertEqual(self.listing(folder), ["collection.json", *names])
        single = self.path / "single.tif"
        for date in ("2000-01-01", "2001-01-01"):
            self.done("raster", self.atlas, "--at", date, "--res", "0.5", "-o", single, "--overwrite")
            self.assertEqual(values_of(folder / f"control-{date}.tif"), values_of(single))
            self.assertEqual((folder / f"control-{date}.tif.aux.xml").read_text(), (self.path / "single.tif.aux.xml").read_text())
        item = json.loads((folder / "control-2000-01-01.json").read_text())
        self.assertEqual([item["properties"][key] for key in ("datetime", "start_datetime", "end_datetime")],
                         [None, "2000-01-01T00:00:00Z", "2001-01-01T00:00:00Z"])
        self.assertEqual([(c["value"], c["description"], c.get("color_hint")) for c in item["assets"]["control"]["classification:classes"]],
                         [(0, "no data", None), (1, "a", "0072B2"), (2, "b", "E69F00")])
        collection_ = json.loads((folder / "collection.json").read_text())
        self.assertEqual(collection_["extent"]["temporal"]["interval"], [["2000-01-01T00:00:00Z", None]])
        self.assertEqual(collection_["license"], "CC0-1.0")
        self.assertIn("exists", self.refusal(1, "raster", self.atlas, "--every", "change", "--res", "0.5", "-o", folder))
        self.done("raster", self.atlas, "--every", "year", "--res", "1", "--cells", "share", "-o", folder, "--overwrite")
        self.assertEqual(values_of(folder / "control-2001-01-01.tif"), [[1, 2, 2, 2]])
        self.assertEqual(self.listing(self.path), ["atlas", "series", "single.qml", "single.tif", "single.tif.aux.xml"])

    def test_pystac_validates_it(self):
        folder = self.path / "series"
        self.done("raster", self.atlas, "--every", "change", "--res", "0.5", "-o", folder)
        answer = self.python("""
import json, sys, pystac
from pystac.validation.stac_validator import JsonSchemaSTACValidator
import pathlib
collection = pystac.Collection.from_file(sys.argv[1])
items = list(collection.get_items())
for path in pathlib.Path(sys.argv[1]).parent.glob("*.json"):
    # As written. The core schemas come with pystac; those of extensions lie on the network.
    text = json.loads(path.read_text())
    kind = pystac.STACObjectType.COLLECTION if text["type"] == "Collection" else pystac.STACObjectType.ITEM
    assert JsonSchemaSTACValidator().validate_core(text, kind, "1.1.0"), path
print(json.dumps([[i.id, i.common_metadata.start_datetime.isoformat(), i.common_metadata.end_datetime.isoformat(), sorted(i.assets)] for i in items]))
""", folder / "collection.json")
        self.assertEqual(answer, [["control-2000-01-01", "2000-01-01T00:00:00+00:00", "2001-01-01T00:00:00+00:00", ["control", "style", "table"]],
                                  ["control-2001-01-01", "2001-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00", ["control", "style", "table"]]])

    def test_one_file_of_all_dates(self):
        target = self.path / "series.nc"
        self.done("raster", self.atlas, "--every", "change", "--res", "0.5", "-o", target)
        self.assertEqual(self.listing(self.path), ["atlas", "series.nc"])
        answer = self.python("""
import json, sys, xarray
with xarray.open_dataset(sys.argv[1], decode_coords="all", mask_and_scale=False) as cube:
    control = cube["control"]
    print(json.dumps({"dims": control.dims, "type": str(control.dtype), "times": [str(t)[:10] for t in cube["time"].values],
                      "values": control.attrs["flag_values"].tolist(), "kind": str(control.attrs["flag_values"].dtype),
                      "meanings": control.attrs["flag_meanings"], "lon": cube["lon"].values.tolist(),
                      "lat": cube["lat"].values.tolist(), "cells": control.values.tolist(),
                      "bounds": [str(t)[:10] for t in cube["time_bnds"].values[0]],
                      "conventions": cube.attrs["Conventions"], "atlas": json.loads(cube.attrs["marchland"])["atlas"],
                      "mapping": [n for n in cube.coords if "grid_mapping_name" in cube[n].attrs]}))
""", target)
        self.assertEqual(answer["dims"], ["time", "lat", "lon"])
        self.assertEqual((answer["type"], answer["kind"]), ("uint8", "uint8"))
        self.assertEqual(answer["times"], ["2000-01-01", "2001-01-01"])
        self.assertEqual(answer["bounds"], ["2000-01-01", "2001-01-01"])
        self.assertEqual((answer["values"], answer["meanings"]), ([1, 2], "a b"))
        self.assertEqual(answer["lon"], [0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3.25, 3.75])
        self.assertEqual(answer["lat"], [0.75, 0.25])
        self.assertEqual(answer["cells"], [[[1, 1, 1, 1, 2, 2, 2, 2]] * 2, [[1, 1, 2, 2, 2, 2, 2, 2]] * 2])
        self.assertTrue(answer["conventions"].startswith("CF-1."))
        self.assertEqual((answer["atlas"], len(answer["mapping"])), ("small", 1))

    def test_a_series_of_another_system_lies_where_its_cells_do(self):
        # Cells of an equal-area system turned against the pair of squares: the box is that of the cells, not of the ground.
        folder = self.path / "series"
        self.done("raster", self.atlas, "--every", "change", "--res", "20000", "--crs", "+proj=laea +lat_0=40 +lon_0=60", "-o", folder)
        item = json.loads((folder / "control-2000-01-01.json").read_text())
        raster = gdal.Open(str(folder / "control-2000-01-01.tif"))
        west, cell, _, north, _, _ = raster.GetGeoTransform()
        crs = raster.GetSpatialRef()
        lonlat = osr.SpatialReference()
        lonlat.ImportFromEPSG(4326)
        for system in (crs, lonlat):
            system.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
        back = osr.CoordinateTransformation(crs, lonlat)
        rim = [(x, y) for x in range(raster.RasterXSize + 1) for y in range(raster.RasterYSize + 1)]
        places = [back.TransformPoint(west + x * cell, north - y * cell)[:2] for x, y in rim]
        expected = [min(p[0] for p in places), min(p[1] for p in places), max(p[0] for p in places), max(p[1] for p in places)]
        for found, wanted in zip(item["bbox"], expected):
            self.assertAlmostEqual(found, wanted, delta=0.02)
        self.assertLess(item["bbox"][0], -0.05)  # the ground begins at 0
        self.assertIsNone(item["properties"]["proj:code"])
        self.assertEqual(item["properties"]["proj:projjson"]["type"], "ProjectedCRS")
        again = osr.SpatialReference()
        again.ImportFromWkt(item["properties"]["proj:wkt2"])
        self.assertTrue(again.IsSame(crs))
        outline = polygon_of(item["geometry"])
        self.assertTrue(outline.IsValid())
        self.assertEqual([round(v, 6) for v in (outline.GetEnvelope()[k] for k in (0, 2, 1, 3))], [round(v, 6) for v in item["bbox"]])

    def test_an_open_end_is_found_by_a_search_for_later(self):
        folder = self.path / "series"
        self.done("raster", self.atlas, "--every", "change", "--res", "0.5", "-o", folder)
        last = json.loads((folder / "control-2001-01-01.json").read_text())["properties"]
        self.assertEqual([last[key] for key in ("start_datetime", "end_datetime", "marchland:open_end", "marchland:known_until")],
                         ["2001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", True, "2001-01-01T00:00:00Z"])
        first = json.loads((folder / "control-2000-01-01.json").read_text())["properties"]
        self.assertNotIn("marchland:open_end", first)

    def test_dates_before_the_year_0(self):
        self.write("front.geojson", collection(
            feature([box(0, 0, 2, 1)], holder="a", **{"from": "-0043-03-15", "to": "-0030"}),
            feature([box(2, 0, 4, 1)], holder="b", **{"from": "-0030", "to": None})))
        ask = ("raster", self.atlas, "--every", "change", "--res", "0.5")
        said = self.refusal(2, *ask, "-o", self.path / "series")
        self.assertIn("-0043-03-15", said)
        self.assertIn("-o FILE.nc", said)
        self.assertEqual(self.listing(self.path), ["atlas"])
        self.done(*ask, "-o", self.path / "series.nc")
        self.write("front.geojson", collection(feature([box(0, 0, 2, 1)], holder="a", **{"from": "0043-03-15", "to": "0050"})))
        self.done(*ask, "-o", self.path / "series")
        item = json.loads((self.path / "series" / "control-0043-03-15.json").read_text())
        self.assertEqual(item["properties"]["start_datetime"], "0043-03-15T00:00:00Z")

    def test_what_cannot_be_asked(self):
        def ask(*more, to="x"):
            return self.refusal(2, "raster", self.atlas, "--every", "year", "--res", "1", *more, "-o", self.path / to)
        self.assertIn("control or claim", ask("--layer", "change"))
        self.assertIn("--since", ask("--at", "2000"))
        self.assertIn("--two-layer", ask("--two-layer"))
        self.assertIn("expected -o FOLDER", ask(to="x.tif"))
        self.assertEqual(self.listing(self.path), ["atlas"])


if __name__ == "__main__":
    unittest.main()
