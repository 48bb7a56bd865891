"""Parts of a history: --two-layer, --since and --until, and the guard that advises them. Figures must be those of the
whole atlas."""
import json
import unittest

from harness import MANIFEST, CliTest, box, collection, feature

DAYS = 6
SERIES = MANIFEST[:MANIFEST.index("[[layer]]")] + """
[[layer]]
id = "front"
source = "s"
theme = "control"
mode = "snapshot"
files = ["days/*.geojson"]
actor = {field = "holder"}
from = {pattern = "front_%Y%m%d"}

[[layer]]
id = "raids"
source = "s"
theme = "zone"
mode = "event"
files = ["raids.geojson"]
actor = {field = "holder"}
from = {field = "from"}
"""


class Redrawn(CliTest):
    """A front drawn anew every day, and events that paint over one another."""

    def setUp(self):
        super().setUp()
        (self.atlas / "days").mkdir()
        for d in range(DAYS):
            line = [[2 + 0.1 * ((7 * i + 3 * d) % 5), 0.1 * i] for i in range(31)]
            west = [[0, 0]] + line + [[0, 3], [0, 0]]
            east = [[4, 3]] + line[::-1] + [[4, 0], [4, 3]]
            self.write(f"days/front_2000010{d + 1}.geojson", collection(feature([west], holder="a"),
                                                                      feature([east], holder="b")))
        self.write("raids.geojson", collection(
            feature([box(1, 1, 3, 2)], holder="a", **{"from": "1999-12-01"}),
            feature([box(2, 1, 4, 2)], holder="b", **{"from": "2000-01-02"}),
            feature([box(0, 0, 4, 3)], holder="nobody", **{"from": "2000-01-05"})))
        self.write("atlas.toml", SERIES)


class Parts(Redrawn):
    QUESTIONS = (
        ("areas", "--at", "2000-01-01,2000-01-03,latest,1990"),
        ("areas", "--at", "2000-01-04", "--theme", "zone"),
        ("changes", "--from", "2000-01-02", "--to", "2000-01-05"),
        ("changes", "--from", "2000-01-05", "--to", "1999-12-24", "--theme", "zone"),
        ("overlaps", "--at", "2000-01-02", "--with-at", "2000-01-06", "--cols", "control"),
        ("overlaps", "--at", "2000-01-03", "--cols", "zone"),
        ("line", "--at", "2000-01-02,2000-01-03", "--between", "a,b"),
        ("line", "--at", "2000-01-02", "--between", "a,b"),
        ("areas", "--at", "2000-01-01,2000-01-03", "--method", "sphere:6371000"),
    )

    def test_two_layers_give_the_figures_of_the_whole(self):
        for command, *question in self.QUESTIONS:
            with self.subTest(command, question=question):
                whole = self.answer(command, self.atlas, *question)
                self.assertEqual(self.answer(command, self.atlas, *question, "--two-layer"), whole)

    def test_windows_give_the_figures_of_the_whole(self):
        for command, *question in self.QUESTIONS[1:3] + self.QUESTIONS[6:]:
            with self.subTest(command, question=question):
                whole = self.answer(command, self.atlas, *question)
                part = self.answer(command, self.atlas, *question, "--since", "2000-01-01", "--until", "2000-01-06")
                self.assertEqual((part.pop("since"), part.pop("until")), ("2000-01-01", "2000-01-06"))
                self.assertEqual(part, whole)

    def test_timeline_of_a_window(self):
        whole = self.answer("timeline", self.atlas)
        part = self.answer("timeline", self.atlas, "--since", "2000-01-02", "--until", "2000-01-05")
        self.assertEqual(part["rows"], [row for row in whole["rows"] if "2000-01-02" <= row["at"] < "2000-01-05"])
        self.assertEqual(part["transitions"],
                         [row for row in whole["transitions"] if "2000-01-02" < row["at"] < "2000-01-05"])
        text = self.run_program("timeline", self.atlas, "--since", "2000-01-02").stdout
        self.assertIn("since 2000-01-02", text)
        self.assertIn("findings of the window only", text)

    def test_windows_that_cannot_be(self):
        areas = ("areas", self.atlas, "--at")
        self.assertIn("outside the window (since 2000-01-02 until 2000-01-04)",
                      self.refusal(2, *areas, "2000-01-04", "--since", "2000-01-02", "--until", "2000-01-04"))
        self.assertIn("is not before --until", self.refusal(2, *areas, "latest", "--since", "2001", "--until", "2000"))
        self.assertIn("they are of 1999-12-01 to", self.refusal(2, *areas, "latest", "--until", "1900"))
        self.assertIn("--sincce", self.refusal(2, *areas, "latest", "--sincce", "1900"))

    def test_what_needs_all_dates_refuses_two_layers(self):
        for command in (("timeline",), ("check",), ("build", "-o", self.path / "out.gpkg"),
                        ("run", "-o", self.path / "out"), ("export", "--all", "-o", self.path / "out.gpkg")):
            with self.subTest(command[0]):
                message = self.refusal(2, command[0], self.atlas, *command[1:], "--two-layer")
                self.assertIn("needs all dates at once", message)
                self.assertIn("--since DATE --until DATE", message)
        self.assertEqual([path.name for path in self.path.iterdir()], ["atlas"])

    def features(self, *arguments):
        target = self.path / "out.geojson"
        done = self.run_program("export", self.atlas, *arguments, "-o", target, "--overwrite")
        self.assertEqual(done.returncode, 0, done.stderr)
        document = json.loads(target.read_text(encoding="utf-8"))
        return [feature["properties"] for feature in document["features"]]

    def test_export_of_two_layers(self):
        for question in (("--at", "2000-01-02,2000-01-04"), ("--from", "2000-01-02", "--to", "2000-01-04", "--held")):
            with self.subTest(question):
                whole = self.features(*question)
                part = self.features(*question, "--two-layer")
                # Since when is not known of what was not arranged.
                if question[0] == "--at":
                    for row in whole:
                        for column in ("from", "to", "t0", "t1", "start_decdate", "end_decdate"):
                            del row[column]
                self.assertEqual(part, whole)

    def test_raster_of_two_layers(self):
        from osgeo import gdal
        gdal.UseExceptions()
        rasters = []
        for number, more in enumerate(((), ("--two-layer",))):
            target = self.path / f"{number}.tif"
            done = self.run_program("raster", self.atlas, "--at", "2000-01-03", "--res", "0.05", "-o", target, *more)
            self.assertEqual(done.returncode, 0, done.stderr)
            rasters.append(gdal.Open(str(target)).ReadRaster())
        self.assertEqual(rasters[0], rasters[1])

    def test_build_of_a_window_says_so(self):
        target, stats = self.path / "part.gpkg", self.path / "stats.json"
        done = self.run_program("build", self.atlas, "-o", target, "--stats", stats, "--since", "2000-01-02",
                                "--until", "2000-01-04")
        self.assertEqual(done.returncode, 0, done.stderr)
        document = json.loads(stats.read_text(encoding="utf-8"))
        self.assertEqual((document["since"], document["until"]), ("2000-01-02", "2000-01-04"))
        self.assertEqual(document["statements"], 2 * 2 + 2)
        self.assertEqual({c["residual_units"] for c in document["certificates"]}, {0})


class Guard(Redrawn):
    """The limit is counted in crossings, so what is refused does not depend on the machine."""

    def test_refusal_names_the_estimate_and_the_choices(self):
        message = self.refusal(1, "areas", self.atlas, "--at", "latest", "--max-memory", "400k")
        self.assertRegex(message, r"its \d+ different lines cross about \d+ times, most of them about 2\.\d+, \d\.\d+")
        self.assertRegex(message, r"would take about \d\.\d MB, and 0\.4 MB are allowed for")
        for choice in ("harmonise_m", "--since DATE --until DATE", "--two-layer", "--max-memory SIZE"):
            self.assertIn(choice, message)

    def test_its_advice_helps(self):
        for more in (("--two-layer",), ("--since", "2000-01-05")):
            done = self.run_program("areas", self.atlas, "--at", "2000-01-05", "--max-memory", "400k", *more)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_check_says_what_it_can(self):
        bow = [[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]
        self.write(f"days/front_2000010{DAYS}.geojson", collection(feature([bow], holder="a")))
        done = self.run_program("check", self.atlas, "--format", "json", "--max-memory", "350k")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("too large", done.stderr)
        document = json.loads(done.stdout)
        self.assertEqual(document["at"], f"2000-01-0{DAYS}")
        self.assertIn("ring-crosses-itself", [finding["code"] for finding in document["findings"]])
        self.assertEqual({row["residual_units"] for row in document["certificates"]}, {0})


if __name__ == "__main__":
    unittest.main()
