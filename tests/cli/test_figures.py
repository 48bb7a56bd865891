"""An atlas held against published figures: the questions, the table, what is wrong with it; and the atlas that ships."""
import csv
import json
import pathlib
import re
import shutil
import sys
import unittest

from harness import CELL_M2, CliTest, box, collection, feature

CELL = CELL_M2 / 1e6
HEAD = "figure,title,printed,low,high,unit,source,kind,holder,passed_to,at,from,to,region,of,reason,theme\n"
ROOT = pathlib.Path(__file__).parents[2]
KARABAKH = ROOT / "geodata" / "karabakh"
REGIONS = """
[[region]]
id = {field = "id"}
name = {field = "id"}
file = "regions.geojson"

[[layer]]"""


class FiguresTest(CliTest):
    def setUp(self):
        super().setUp()
        self.write("regions.geojson", collection(feature([box(0, 0, 2, 1)], id="west"), feature([box(1.5, 0, 4, 1)], id="east")))
        self.manifest("\n[[layer]]", REGIONS)

    def declare(self, *rows, head=HEAD):
        self.write("published.csv", head + "".join(row + ("\n" if row.count(",") == head.count(",") else ",\n") for row in rows))
        text = (self.atlas / "atlas.toml").read_text()
        if "figures" not in text:
            self.write("atlas.toml", text.replace('title = "Two squares"', 'title = "Two squares"\nfigures = "published.csv"'))

    def values(self, *rows):
        self.declare(*rows)
        return {row["figure"]: row["value"] for row in self.answer("figures", self.atlas)["rows"]}

    def test_questions(self):
        found = self.values(
            "held,A's part,about 2,0,1e9,km2,s,area,a,,2000,,,,,",
            "inside,B's part of the west,x,0,1e9,km2,,area,b,,second,,,west,,",
            "both,B's part of both,x,0,1e9,km2,,area,b,,2001,,,west;east,,",
            "region,the west,x,0,1e9,km2,,area,,,,,,west,,",
            "lost,what A lost,x,0,1e9,km2,,changed,a,,,first,second,,,",
            "passed,what passed to B in the east,x,0,1e9,km2,,changed,a,b,,2000,2001,east,,",
            "share,of what it held,x,0,100,%,,changed,a,b,,2000,2001,,held,",
            "share-of-region,of the west,x,0,100,%,,area,a,,2001,,,west,west,",
            f"share-of-number,of a number,x,0,100,%,,area,a,,2001,,,,{4 * CELL},",
            "share-of-date,of what it held before,x,0,100,%,,area,a,,2001,,,,held@2000,")
        expected = {"held": 2 * CELL, "inside": CELL, "both": 3 * CELL, "region": 2 * CELL, "lost": CELL, "passed": CELL / 2,
                    "share": 50, "share-of-region": 50, "share-of-number": 25, "share-of-date": 50}
        self.assertEqual(found.keys(), expected.keys())
        for figure, value in expected.items():
            self.assertAlmostEqual(found[figure] / value, 1, 9, figure)

    def test_groups_count_together(self):
        text = (self.atlas / "atlas.toml").read_text()
        for color in ("#0072b2", "#e69f00"):
            text = text.replace(f'color = "{color}"', f'color = "{color}"\ngroups = [{{id = "all", to = "2001"}}]')
        self.write("atlas.toml", text)
        found = self.values("before,all of them,x,0,1e9,km2,,area,all,,2000,,,,,", "after,after,x,0,1e9,km2,,area,all,,2001,,,,,reason")
        self.assertAlmostEqual(found["before"] / (4 * CELL), 1, 9)
        self.assertEqual(found["after"], 0)

    def test_what_differs_needs_a_reason(self):
        row = "held,A's part,2,1,2,km2,s,area,a,,2000,,,,,"
        self.declare(row)
        done = self.run_program("figures", self.atlas)
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn("published.csv: row 1: 'held' differs from what is published, and no reason is given", done.stdout)
        self.declare(row + "the map is small")
        self.assertEqual(self.answer("figures", self.atlas)["rows"][0]["agrees"], "no")
        self.declare("held,A's part,2,1,1e9,km2,s,area,a,,2000,,,,,")
        self.assertEqual(self.answer("figures", self.atlas)["rows"][0]["agrees"], "yes")

    def test_theme(self):
        self.write("claim.geojson", collection(feature([box(0, 0, 3, 1)], holder="a")))
        text = (self.atlas / "atlas.toml").read_text()
        self.write("atlas.toml", text + '''
[[layer]]
id = "claim"
source = "s"
theme = "claim"
mode = "interval"
files = ["claim.geojson"]
actor = {field = "holder"}
from = "1990"
''')
        found = self.values("held,held,x,0,1e9,km2,,area,a,,2000,,,,,,", "claimed,claimed,x,0,1e9,km2,,area,a,,2000,,,,,,claim")
        self.assertAlmostEqual(found["held"] / (2 * CELL), 1, 9)
        self.assertAlmostEqual(found["claimed"] / (3 * CELL), 1, 9)

    def test_bands(self):
        text = (self.atlas / "atlas.toml").read_text()
        self.write("atlas.toml", text.replace('licence = "CC0-1.0"', 'licence = "CC0-1.0"\nsigma_m = 1000\ncorrelation_m = 5000', 1))
        rows = ["held,A's part,x,1,2,km2,,area,a,,2000,,,,,why,",
                "share,of all that it held,x,0,99,%,,area,a,,2001,,,,held@2000,,",
                "same,of itself,x,0,100,%,,area,a,,2000,,,,held,,",
                "region,the west,x,1,2,km2,,area,,,,,,west,,why,",
                "near,what A lost,x,12250,12280,km2,,changed,a,b,,2000,2001,,,,"]
        self.declare(*rows)
        found = {row["figure"]: row for row in self.answer("figures", self.atlas)["rows"]}
        areas = self.answer("areas", self.atlas, "--at", "2000", "--actor", "a")["rows"][0]
        self.assertAlmostEqual(found["held"]["low_value"] * 1e6 / areas["low_m2"], 1, 9)
        self.assertAlmostEqual(found["held"]["high_value"] * 1e6 / areas["high_m2"], 1, 9)
        self.assertLess(found["share"]["low_value"], 50)
        self.assertLess(50, found["share"]["high_value"])
        # All of it is all of it, however its lines run: none of them counts, and a region's edge is a definition.
        self.assertIsNone(found["same"]["low_value"])
        self.assertIsNone(found["region"]["low_value"])
        self.assertEqual(found["near"]["agrees"], "within the band")
        self.assertIn("| 95 % |", self.run_program("figures", self.atlas, "--format", "markdown").stdout)
        self.assertNotIn("| 95 % |", self.run_program("figures", self.atlas, "--format", "markdown", "--no-bands").stdout)

    def test_at_least_has_no_upper_end(self):
        self.declare("reached,A's part,at least 1,1,,km2,,area,a,,2000,,,,,", "missed,A's part,at least 1e9,1e9,,km2,,area,a,,2000,,,,,why")
        rows = self.answer("figures", self.atlas)["rows"]
        self.assertEqual([(row["agrees"], row["high"]) for row in rows], [("yes", None), ("no", None)])

    def test_band_that_would_agree_with_anything_is_no_test(self):
        text = (self.atlas / "atlas.toml").read_text()
        row = "{0},what A lost,x,{1},{2},km2,,changed,a,b,,2000,2001,,,{3},"
        for sigma, found in ((1000, ["yes", "no", "no"]), (60000, ["no test", "no test", "no"])):
            self.write("atlas.toml", text.replace('licence = "CC0-1.0"', f'licence = "CC0-1.0"\nsigma_m = {sigma}\ncorrelation_m = 5000', 1))
            self.declare(row.format("inside", 1, 20000, ""), row.format("reached", 1, 2, "why" if found[1] == "no" else ""),
                         row.format("beyond", 1e8, 1e9, "why"))
            with self.subTest(sigma=sigma):
                self.assertEqual([r["agrees"] for r in self.answer("figures", self.atlas)["rows"]], found)

    def test_markdown(self):
        self.declare("held,A | B,about 2,0,1e9,km2,s,area,a,,2000,,,,,")
        done = self.run_program("figures", self.atlas, "--format", "markdown", "--round", "1")
        self.assertEqual(done.stdout.splitlines()[:3], [
            "| figure | published | here | unit | agrees | published by | why they differ |",
            "| --- | --- | ---: | --- | --- | --- | --- |",
            "| A \\| B | about 2 | 24 616.9 | km2 | yes | s | |"])

    def test_refusals(self):
        for row, part in {
            "f,t,x,1,2,acres,,area,a,,2000,,,,,": "row 1: unit: 'acres': expected km2 or %",
            "f,t,x,1,2,km2,,size,a,,2000,,,,,": "row 1: kind: 'size': expected area or changed",
            "f,t,x,3,2,km2,,area,a,,2000,,,,,": "row 1: high: is below low",
            "f,t,x,many,2,km2,,area,a,,2000,,,,,": "row 1: low: 'many': expected a number",
            "f,t,x,1,2,km2,,area,a,,,,,,,": "row 1: at: is empty",
            "f,t,x,1,2,km2,,area,,,2000,,,west,,": "row 1: at: '2000': without a holder",
            "f,t,x,1,2,km2,,area,a,,2000,,2001,,,": "row 1: to: '2001': an area has a date of its own",
            "f,t,x,1,2,km2,,changed,a,,,2000,,,,": "row 1: to: is empty",
            "f,t,x,1,2,%,,area,a,,2000,,,,,": "row 1: of: is empty",
            "f,t,x,1,2,km2,,area,a,,2000,,,,west,": "row 1: of: 'west': only a share",
            "f,t,x,1,2,km2,,area,aa,,2000,,,,,": "row 1: holder: ",
            "f,t,x,1,2,km2,,area,a,,2000,,,wset,,": "row 1: region: ",
            "f,t,x,1,2,km2,,area,a,,frist,,,,,": "row 1: at: ",
            "f,t,x,1,2,%,,area,a,,2000,,,,nothing,": "row 1: of: ",
            "f,t,x,1,2,km2,z,area,a,,2000,,,,,": "row 1: source: ",
            "f,t,x,1,2,km2,,area,a,,2000,,,,,,clame": "row 1: theme: 'clame': expected control, claim, border or zone",
            "f,t,x,1,2,km2,,area,,,,,,west,,,claim": "row 1: theme: 'claim': without a holder",
        }.items():
            with self.subTest(row=row):
                self.declare(row)
                self.assertIn("published.csv: " + part, self.refusal(3, "figures", self.atlas))
        good = "f,t,x,1,2,km2,,area,a,,2000,,,,,r"
        self.declare(good, good)
        self.assertIn("row 2: figure: 'f' is there twice", self.refusal(3, "figures", self.atlas))
        self.declare(good, head=HEAD.replace("printed", "prnited"))
        self.assertIn("no column 'printed'", self.refusal(3, "figures", self.atlas))
        self.declare(good + ",y,", head=HEAD.replace("reason", "reason,regoin"))
        self.assertIn("unknown column 'regoin'; did you mean 'region'?", self.refusal(3, "figures", self.atlas))
        self.declare()
        self.assertIn("has no row", self.refusal(3, "figures", self.atlas))
        (self.atlas / "published.csv").unlink()
        self.assertIn("published.csv", self.refusal(1, "figures", self.atlas))

    def test_without_a_table(self):
        self.assertIn("declares no published figures; name a file with --figures FILE", self.refusal(2, "figures", self.atlas))
        composite = self.path / "c.gpkg"
        self.assertEqual(self.run_program("build", self.atlas, "-o", composite).returncode, 0)
        self.refusal(2, "figures", composite)
        self.declare("held,A's part,about 2,0,1e9,km2,s,area,a,,2000,,,,,")
        rows = self.answer("figures", composite, "--figures", self.atlas / "published.csv")["rows"]
        self.assertAlmostEqual(rows[0]["value"] / (2 * CELL), 1, 9)

    def test_run_writes_them(self):
        self.declare("held,A's part,about 2,0,1e9,km2,s,area,a,,2000,,,,,")
        folder = self.path / "results"
        done = self.run_program("run", self.atlas, "-o", folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Published figures", done.stdout)
        with open(folder / "tables" / "figures.csv", encoding="utf-8", newline="") as f:
            self.assertAlmostEqual(float(next(csv.DictReader(f))["value"]) / (2 * CELL), 1, 9)
        self.assertIn("| A's part | about 2 | 24 616.9 | km2 | yes | s | |", (folder / "tables" / "figures.md").read_text())
        files = [entry["file"] for entry in json.loads((folder / "index.json").read_text())["files"]]
        self.assertTrue({"tables/figures.csv", "tables/figures.json", "tables/figures.md"} <= set(files))

    def test_figures_outside_a_window_are_left_out_and_named(self):
        self.declare("early,A then,x,0,1e9,km2,s,area,a,,2000,,,,,", "late,A later,x,0,1e9,km2,s,area,a,,2001-06,,,,,")
        done = self.run_program("run", self.atlas, "-o", self.path / "run", "--since", "2001-03", "--at", "2001-06", "--res", "0.1")
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = json.loads((self.path / "run" / "tables" / "figures.json").read_text())["rows"]
        self.assertEqual([row["figure"] for row in rows], ["late"])

    def test_a_composite_says_where_its_figures_are(self):
        self.declare("held,A's part,about 2,0,1e9,km2,s,area,a,,2000,,,,,")
        composite = self.path / "c.gpkg"
        self.assertEqual(self.run_program("build", self.atlas, "-o", composite).returncode, 0)
        self.assertIn("is a composite, and published figures stay in the folder", self.refusal(2, "figures", composite))
        done = self.run_program("run", composite, "-o", self.path / "run", "--res", "0.1")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("published figures (published.csv) stay in the folder", done.stderr)
        self.assertEqual(self.run_program("figures", composite, "--figures", self.atlas / "published.csv").returncode, 0)


class KarabakhTest(CliTest):
    def test_readme_has_the_table_of_figures(self):
        done = self.run_program("figures", KARABAKH, "--format", "markdown", "--round", "1")
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        table = "\n".join(line for line in done.stdout.splitlines() if line.startswith("|"))
        readme = (KARABAKH / "README.md").read_text(encoding="utf-8")
        self.assertEqual(re.search(r"<!-- figures -->\n(.*?)\n<!-- /figures -->", readme, re.S).group(1), table)

    def test_why_is_a_sourced_history(self):
        for place in ("Shusha", "Lachin", "Agdam", "Talish", "Lake Sev"):
            history = self.answer("why", KARABAKH, "--place", place, "--at", "latest")["history"]
            self.assertGreaterEqual(len(history), 3)
            for stretch in history:
                if stretch["actor"] is not None:
                    self.assertTrue(stretch["note"] and stretch["cites"] and stretch["statements"], (place, stretch))

    def test_why_says_that_an_exclave_is_not_drawn(self):
        """Kərki/Tigranashen is in no open layer: the map has it with Armenia, and the answer must say so."""
        for theme in ("control", "border"):
            stretch = self.answer("why", KARABAKH, "--at", "2000", "--lonlat", "44.957,39.789", "--theme", theme)["history"][-1]
            self.assertEqual(stretch["actor"], "armenia")
            self.assertRegex(" ".join(stretch["note"]) if isinstance(stretch["note"], list) else stretch["note"],
                             "Kərki \\(Tigranashen\\), (which )?by recognition .*Azerbaijan.* has no outline")

    def test_every_anchor_lies_with_its_holder(self):
        """Each anchor becomes a place of a copy of the atlas, and the engine says who held it when."""
        sys.path.insert(0, str(KARABAKH))
        from dates import first_instant
        copy = self.path / "karabakh"
        shutil.copytree(KARABAKH, copy)
        with open(copy / "anchors.csv", encoding="utf-8", newline="") as f:
            anchors = list(csv.DictReader(f))
        self.assertGreaterEqual(len(anchors), 60)
        points = [{"type": "Feature", "properties": {"name": str(i)},
                   "geometry": {"type": "Point", "coordinates": [float(a["lon"]), float(a["lat"])]}} for i, a in enumerate(anchors)]
        (copy / "places.geojson").write_text(collection(*points), encoding="utf-8")
        found = {}
        for row in self.answer("timeline", copy, "--places", "--min-changes", "0")["rows"]:
            found[row["name"]] = row["history"]
        for i, anchor in enumerate(anchors):
            if anchor["enforced"] != "yes":
                continue
            when = first_instant(anchor["date"])
            held = [span["actor"] for span in found[str(i)] if span["from"] is None or first_instant(span["from"]) <= when]
            self.assertEqual(held[-1], anchor["holder"], f"{anchor['place']} {anchor['date']}")


if __name__ == "__main__":
    unittest.main()
