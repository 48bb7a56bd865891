"""What the page of the map saves: a picture with its legend, features that are valid, tables."""
import csv
import io
import json
import re
import unittest

from osgeo import gdal, ogr

from harness import MANIFEST, box, collection, feature
from map_browser import PageTest
from test_map import CLAIMS

# What is written into a picture, and the colours of its key.
WRITTEN = """(async () => {
    const { prototype } = CanvasRenderingContext2D;
    const { fillText } = prototype;
    const words = new Set();
    prototype.fillText = function (text, ...rest) { words.add(text); return fillText.call(this, text, ...rest); };
    await marchland.picture();
    prototype.fillText = fillText;
    return [...words];
})()"""
THIN = "\u202f"


def checkers():
    """Boxes that meet in corners: a board; an edge of eight about a hole; holes that touch in corners, and a corner of the outside."""
    out = []
    for i in range(6):
        for j in range(6):
            out.append(((i, j), "ab"[(i + j) % 2], "2000", "2001"))
            if i < 3 and j < 3:
                out.append(((i, j), "b" if (i, j) == (1, 1) else "a", "2001", "2002"))
            if i < 5 and j < 5:
                out.append(((i, j), "b" if (i, j) in ((1, 1), (2, 2), (3, 3), (0, 4)) else "a", "2002", "2003"))
                out.append(((i, j), "b" if (i, j) in ((1, 1), (2, 2), (1, 3), (3, 1), (3, 3)) else "a", "2003", "2004"))
                # Four holes about a box that is thereby a piece of its own.
                out.append(((i, j), "b" if (i, j) in ((1, 2), (2, 1), (2, 3), (3, 2)) else "a", "2004", None))
    return collection(*(feature([box(x, y, x + 1, y + 1)], holder=holder, **{"from": begin, "to": end})
                        for (x, y), holder, begin, end in out))


class MapFiles(PageTest):
    def saved(self, page, ending, hash, *steps):
        out = self.path / f"saved.{ending}"
        *_, name = self.drive(page, *steps, {"save": f"[data-save={ending}]", "to": str(out)}, hash=hash)
        return name, out.read_text(encoding="utf-8")

    def test_saved_ground_is_valid_where_holes_touch_and_is_what_export_writes(self):
        self.write("front.geojson", checkers())
        page = self.made()
        gdal.PushErrorHandler("CPLQuietErrorHandler")
        self.addCleanup(gdal.PopErrorHandler)
        for year in ("2000", "2001", "2002", "2003", "2004"):
            out = self.path / f"export-{year}.geojson"
            self.assertEqual(self.run_program("export", self.atlas, "--at", year, "-o", out).returncode, 0)
            exported = {}
            for each in json.loads(out.read_text())["features"]:
                shape = ogr.CreateGeometryFromJson(json.dumps(each["geometry"]))
                actor = each["properties"]["actor"]
                exported[actor] = exported[actor].Union(shape) if actor in exported else shape
            _, text = self.saved(page, "geojson", f"#d={year}")
            saved = {each["properties"]["actor"]: each for each in json.loads(text)["features"]}
            self.assertEqual(set(saved), set(exported))
            for actor, each in saved.items():
                shape = ogr.CreateGeometryFromJson(json.dumps(each["geometry"]))
                self.assertTrue(shape.IsValid(), f"{year} {actor}")
                self.assertEqual(shape.SymDifference(exported[actor]).Area(), 0, f"{year} {actor}")
                for polygon in each["geometry"]["coordinates"]:
                    for ring in polygon:
                        self.assertEqual(len({tuple(p) for p in ring}), len(ring) - 1)

    def test_files_of_one_party_have_that_party(self):
        self.write("front.geojson", collection(
            feature([box(0, 0, 1, 1)], holder="a", **{"from": "2000", "to": "2001"}), feature([box(0, 0, 1, 1)], holder="b", **{"from": "2001", "to": None}),
            feature([box(1, 0, 2, 1)], holder="b", **{"from": "2000", "to": "2001"}), feature([box(1, 0, 2, 1)], holder="nobody", **{"from": "2001", "to": None})))
        page = self.made()
        name, table = self.saved(page, "csv", "#d=2001-01-01&m=change&from=2000-01-01&of=a")
        self.assertEqual(name, "small-2000-01-01-to-2001-01-01-a.csv")
        self.assertEqual([row["actor"] for row in csv.DictReader(io.StringIO(table))], ["a"])
        _, text = self.saved(page, "geojson", "#d=2001-01-01&m=change&from=2000-01-01&of=a")
        self.assertEqual([(f["properties"]["from_actor"], f["properties"]["to_actor"]) for f in json.loads(text)["features"]], [("a", "b")])
        _, text = self.saved(page, "geojson", "#d=2001-01-01&m=change&from=2000-01-01")
        self.assertEqual(len(json.loads(text)["features"]), 2)

    def test_tables_keep_years_before_christ_and_no_formula(self):
        self.manifest('name = "Aland"', 'name = "=1+1"')
        self.write("front.geojson", collection(feature([box(0, 0, 1, 1)], holder="a", **{"from": "-0300-05", "to": None})))
        name, table = self.saved(self.made(), "csv", "")
        (row,) = csv.DictReader(io.StringIO(table))
        self.assertEqual((name, row["at"], row["name"]), ("small--0300-05-01.csv", "-0300-05-01", "'=1+1"))

    def test_page_picture_and_features_say_how_the_page_is_restricted(self):
        self.write("atlas.toml", MANIFEST.replace('[[actor]]', 'harmonise_m = 0.2\n\n[[actor]]', 1))
        page = self.made("--since", "2000-06-01", "--actor", "b")
        words = ["only the time since 2000-06-01", "only what --actor b leaves", "lines within 0.2 m of earlier ones taken to be the same"]
        about, credit, picture = self.drive(page, {"ask": "document.getElementById('about').textContent"},
                                            {"ask": "document.getElementById('credit').textContent"}, {"ask": WRITTEN})
        for text in (about, credit, " ".join(picture)):
            for each in words:
                self.assertIn(each, text)
        _, text = self.saved(page, "geojson", "")
        member = json.loads(text)["marchland"]
        self.assertEqual((member["since"], member["filters"], member["harmonise_m"], member["rule"]), ("2000-06-01", "--actor b", 0.2, "priority"))
        self.assertNotIn("until", member)

    def test_legend_of_a_picture_is_of_what_it_shows(self):
        self.write("atlas.toml", CLAIMS.replace('licence = "CC0-1.0"', 'licence = "CC0-1.0"\nsigma_m = 100\ncorrelation_m = 1000').replace(
            'title = "Two squares"', 'title = "Two squares"\ndisclaimer = "Lines are drawn by hand."'))
        self.write("claim.geojson", collection(feature([box(0, 0, 4, 1)], holder="b", **{"from": "2000", "to": None})))
        page = self.made()
        link = "#d=2001-01-01&from=2000-01-01&v=6/0.5/2"
        date, swipe, change, party = self.drive(
            page, {"ask": WRITTEN}, *(step for mode in ("&m=swipe", "&m=change", "&m=change&of=a") for step in ({"hash": link + mode}, {"ask": WRITTEN})),
            hash=link)
        table = self.run_program("areas", self.atlas, "--at", "2001").stdout
        figure, band = re.search(r"^2001-01-01  control  b +(\S+(?: \d+)*)  +(\S+(?: \d+)*-\d+(?: \d+)*)  ", table, re.M).groups()
        for words in (date, swipe, change, party):
            self.assertIn("Two squares", words)
            self.assertTrue(any(word.endswith(" km") and word[0].isdigit() for word in words), words)
            self.assertIn("Lines are drawn by hand.", words)
        self.assertIn(f"Bland: {figure} ({band.replace('-', '–')})".replace(" ", THIN).replace(f":{THIN}", ": ").replace(f"{THIN}(", " ("), date)
        self.assertIn("claimed by Bland, held by others", date)
        self.assertTrue(any(word.startswith("line of contact: 11") for word in date), date)
        # Two dates: which side is which, and both figures.
        self.assertIn("2000-01-01 → 2001-01-01", swipe)
        self.assertLessEqual({"2000-01-01", "2001-01-01"}, set(swipe))
        self.assertTrue(any(word.startswith("Bland: ") and " → " in word for word in swipe), swipe)
        # Changes: no areas, no claims, no line of contact, which are not drawn either.
        self.assertTrue(any(word.startswith("Bland: gained 12") and "lost 0.00" in word for word in change), change)
        self.assertTrue(any(word.startswith("lost: 12") for word in party) and "gained: 0.00" in party, party)
        for words in (change, party):
            self.assertFalse([word for word in words if word.startswith(("claimed", "line of contact"))])

    def test_picture_has_its_key_in_the_colours_of_the_map(self):
        out = str(self.path / "saved.png")
        self.drive(self.made(), {"save": "[data-save=png]", "to": out}, hash="#d=2001-01-01&m=change&from=2000-01-01&of=a&v=6/0.5/2")
        picture = gdal.Open(out).ReadAsArray()[:3]
        map_height = 700
        foot = picture[:, -150:].reshape(3, -1).T.tolist()
        self.assertGreater(picture.shape[1], map_height * 0.7)
        for color in ([0, 158, 115], [213, 94, 0]):  # gained, lost
            self.assertGreater(sum(max(abs(a - b) for a, b in zip(pixel, color)) < 4 for pixel in foot), 60, color)


if __name__ == "__main__":
    unittest.main()
