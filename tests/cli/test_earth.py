"""The whole earth through the command line: the antimeridian, poles, a statement and what is left of the earth."""
import json

from harness import MANIFEST, CliTest, box, collection, feature

# Of the WGS84 ellipsoid, 2 pi a^2 (1 + (1 - e^2) / e artanh e) in 50 digits.
EARTH_M2 = 510065621724088.509
EARTH = box(-180, -90, 180, 90)
# A polygon of the unit grid, away from seam and poles, with slanted edges.
COUNTRY = [[10, 40], [14, 39], [17, 43], [15, 47], [11, 46], [10, 40]]
# Over the seam, in either way of writing it.
ISLANDS = [[170, -20], [190, -10], [195, 5], [175, 0], [170, -20]]
WRAPPED = [[lon - 360 if lon > 180 else lon, lat] for lon, lat in ISLANDS]


def always(rings, holder, **more):
    return feature(rings, holder=holder, **{"from": "2000", "to": None, **more})


def shifted(ring, turn):
    return [[lon + turn, lat] for lon, lat in ring]


class Earth(CliTest):
    def say(self, *features):
        self.write("front.geojson", collection(*features))

    def areas(self, *more):
        document = self.answer("areas", self.atlas, "--at", "2000", *more)
        return {row["actor"]: row["area_m2"] for row in document["rows"]}

    def line(self, *more):
        return self.answer("line", self.atlas, "--at", "2000", "--between", "a,b", *more)

    def certificates(self):
        document = self.answer("check", self.atlas)
        return {row["name"]: row["residual_units"] for row in document["certificates"]}


class Complements(Earth):
    def test_a_country_and_the_rest_of_the_earth(self):
        for name, ring in (("country", COUNTRY), ("islands", ISLANDS), ("islands, wrapped", WRAPPED),
                           ("box along the seam", box(150, -10, 180, 20)), ("box at a pole", box(-30, 80, 50, 90)),
                           ("a band round the earth", box(-180, -10, 180, 10))):
            with self.subTest(name):
                self.say(always([ring], "a"), always([EARTH, ring], "b"))
                areas = self.areas()
                self.assertEqual(set(areas), {"a", "b"})
                # Sums are whole square millimetres; what is printed are the nearest doubles of three of them.
                self.assertAlmostEqual(sum(areas.values()), EARTH_M2, delta=0.2)
                self.assertEqual(set(self.certificates().values()), {0})
                # Alone it has the same area, and the same boundary.
                self.say(always([ring], "a"))
                self.assertEqual(self.areas()["a"], areas["a"])
                boundary = self.line_between("a", "unknown")
                self.say(always([ring], "a"), always([EARTH, ring], "b"))
                self.assertEqual(self.line()["length_m"], boundary)

    def line_between(self, one, other):
        """Of the boundary within the earth: where nothing is said the outside of the box is unknown too."""
        self.write("study.geojson", collection(feature([EARTH])))
        self.manifest('title = "Two squares"', 'title = "Two squares"\nstudy_area = "study.geojson"')
        length = self.answer("line", self.atlas, "--at", "2000", "--between", f"{one},{other}")["length_m"]
        self.write("atlas.toml", MANIFEST)
        return length

    def test_the_whole_earth(self):
        self.say(always([EARTH], "a"))
        self.assertAlmostEqual(self.areas()["a"], EARTH_M2, delta=0.1)
        self.assertEqual(set(self.certificates().values()), {0})

    def test_halves_of_the_earth_meet_at_both_meridians(self):
        self.say(always([box(-180, -90, 0, 90)], "a"), always([box(0, -90, 180, 90)], "b"))
        areas = self.areas()
        self.assertAlmostEqual(areas["a"], EARTH_M2 / 2, delta=0.1)
        document = self.line()
        # Two meridians from pole to pole: a border along 180 degrees is one. Quarter meridian of WGS84: 10 001 965.729 m.
        self.assertAlmostEqual(document["length_m"], 4 * 10001965.7293, delta=0.01)
        self.assertEqual(document["parts"], 2)

    def test_hemispheres(self):
        self.say(always([box(-180, 0, 180, 90)], "a"), always([box(-180, -90, 180, 0)], "b"))
        self.assertAlmostEqual(self.areas()["b"], EARTH_M2 / 2, delta=0.1)
        # The equator; no line along the seam or at the poles.
        document = self.line()
        self.assertAlmostEqual(document["length_m"], 40075016.6856, delta=0.01)

    def test_caps_around_the_poles(self):
        cap = [[0, 70], [90, 70], [180, 70], [-90, 70], [0, 70]]
        self.say(always([cap], "a"), always([EARTH, cap], "b"))
        areas = self.areas()
        self.assertAlmostEqual(sum(areas.values()), EARTH_M2, delta=0.2)
        # By the authalic latitude: what lies north of 70 degrees.
        self.assertLess(areas["a"], areas["b"] / 10)
        self.say(always([box(-180, 70, 180, 90)], "a"))
        self.assertEqual(self.areas()["a"], areas["a"])
        self.say(always([[[lon, -lat] for lon, lat in cap]], "a"))
        # Coefficients of the series are even in latitude, so both caps are the same whole number.
        self.assertAlmostEqual(self.areas()["a"], areas["a"], delta=0.1)


class Turns(Earth):
    def test_whole_turns_change_nothing(self):
        self.say(always([ISLANDS], "a"), always([COUNTRY], "b"))
        expected = self.answer("areas", self.atlas, "--at", "2000")["rows"]
        for turn in (-360, 360):
            self.say(always([shifted(ISLANDS, -360)], "a"), always([shifted(COUNTRY, turn)], "b"))
            self.assertEqual(self.answer("areas", self.atlas, "--at", "2000")["rows"], expected)
        self.say(always([WRAPPED], "a"), always([COUNTRY], "b"))
        self.assertEqual(self.answer("areas", self.atlas, "--at", "2000")["rows"], expected)

    def test_changes_across_the_seam(self):
        # The border moves from 175 degrees east to 175 degrees west.
        def at(border, year, end):
            return (feature([box(160, 0, border, 10)], holder="a", **{"from": year, "to": end}),
                    feature([box(border, 0, 200, 10)], holder="b", **{"from": year, "to": end}))
        self.say(*at(175, "2000", "2001"), *at(185, "2001", None))
        document = self.answer("changes", self.atlas, "--from", "2000", "--to", "2001")
        passed = {(row["from"], row["to"]): row["area_m2"] for row in document["transitions"]}
        self.assertEqual(set(passed), {("a", "a"), ("b", "a"), ("b", "b")})
        degree = sum(passed.values()) / 40
        for key, degrees in ((("a", "a"), 15), (("b", "a"), 10), (("b", "b"), 15)):
            self.assertAlmostEqual(passed[key] / degree, degrees, delta=1e-9)
        self.assertEqual(document["residual_units"], "0")
        # The line crosses no seam, and moves over it.
        for year, lon in (("2000", 175), ("2001", -175)):
            target = self.path / f"{year}.geojson"
            done = self.run_program("line", self.atlas, "--at", year, "--between", "a,b", "--geometry", target)
            self.assertEqual(done.returncode, 0, done.stderr)
            lines = json.loads(target.read_text(encoding="utf-8"))["features"]
            self.assertEqual(len(lines), 1)
            points = [tuple(p) for part in self.parts(lines[0]["geometry"]) for p in part]
            self.assertEqual(sorted(points), [(lon, 0), (lon, 10)])

    @staticmethod
    def parts(geometry):
        return geometry["coordinates"] if geometry["type"] == "MultiLineString" else [geometry["coordinates"]]


class Export(Earth):
    def round_trip(self, actor):
        """Areas of an atlas made of what was exported."""
        target = self.path / "out.geojson"
        done = self.run_program("export", self.atlas, "--at", "2000", "--actor", actor, "-o", target, "--overwrite")
        self.assertEqual(done.returncode, 0, done.stderr)
        document = json.loads(target.read_text(encoding="utf-8"))
        rings = [ring for f in document["features"] for polygon in self.polygons(f["geometry"]) for ring in polygon]
        self.say(*(always(polygon, actor) for f in document["features"] for polygon in self.polygons(f["geometry"])))
        return rings, self.areas()[actor]

    @staticmethod
    def polygons(geometry):
        return geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]

    def test_ground_over_the_seam_is_cut_and_reads_back(self):
        for name, rings in (("islands", [ISLANDS]), ("wrapped", [WRAPPED]), ("all but a country", [EARTH, COUNTRY]),
                            ("all but islands", [EARTH, ISLANDS]), ("cap", [[[0, 70], [120, 70], [-120, 70], [0, 70]]]),
                            ("earth", [EARTH])):
            with self.subTest(name):
                self.say(always(rings, "a"))
                expected = self.areas()["a"]
                written, found = self.round_trip("a")
                for ring in written:
                    for (lon, _), (next_lon, _) in zip(ring, ring[1:]):
                        # RFC 7946 3.1.9: cut so that no part crosses the antimeridian; a frame runs along it.
                        self.assertTrue(-180 <= lon <= 180)
                        self.assertTrue(abs(next_lon - lon) <= 180 or abs(next_lon - lon) == 360)
                self.assertEqual(found, expected)

    def test_raster_over_the_seam(self):
        from osgeo import gdal
        gdal.UseExceptions()
        self.say(always([box(175, -5, 190, 5)], "a"), always([box(-170, -5, -165, 5)], "b"))
        target = self.path / "out.tif"
        done = self.run_program("raster", self.atlas, "--at", "2000", "--res", "1", "-o", target)
        self.assertEqual(done.returncode, 0, done.stderr)
        data = gdal.Open(str(target))
        # One strip over the seam, not once around the earth.
        self.assertEqual((data.RasterXSize, data.RasterYSize), (20, 10))
        self.assertAlmostEqual(data.GetGeoTransform()[0], 175)
        row = data.ReadAsArray()[5].tolist()
        self.assertEqual(row, [1] * 15 + [2] * 5)
