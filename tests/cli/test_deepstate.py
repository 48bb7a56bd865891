"""Harmonising a real archive: 769 daily maps of one front, written with two precisions of the same line.

Needs ../shared/data/deepstate-daily beside the project, and skips without it.
"""
import json
import os
import pathlib
import tarfile
import tempfile
import unittest

from harness import CliTest

ARCHIVE = pathlib.Path(os.environ.get("MARCHLAND_SHARED_DATA", "")) / "deepstate-daily"
MANIFEST = """[atlas]
id = "deepstate"
{declared}
[[actor]]
id = "a"
[[source]]
id = "s"
[[layer]]
id = "daily"
source = "s"
theme = "control"
mode = "snapshot"
files = ["{folder}/*.geojson"]
actor = "a"
from = {{pattern = "deepstatemap_data_%Y%m%d"}}
"""


class DeepState(CliTest):
    @classmethod
    def setUpClass(cls):
        packed = sorted(ARCHIVE.glob("*.tar.xz"))
        if not packed:
            raise unittest.SkipTest(f"no data: expected {ARCHIVE}/*.tar.xz")
        cls.unpacked = tempfile.TemporaryDirectory()
        with tarfile.open(packed[0]) as tar:
            for member in tar:
                if member.isfile() and member.name.endswith(".geojson"):
                    member.name = pathlib.PurePosixPath(member.name).name
                    tar.extract(member, cls.unpacked.name)

    @classmethod
    def tearDownClass(cls):
        cls.unpacked.cleanup()

    def declare(self, declared):
        self.write("atlas.toml", MANIFEST.format(declared=declared, folder=self.unpacked.name))

    def built(self):
        stats = self.path / "stats.json"
        done = self.run_program("build", self.atlas, "-o", self.path / "c.gpkg", "--stats", stats, "--overwrite")
        self.assertEqual(done.returncode, 0, done.stderr)
        document = json.loads(stats.read_text())
        self.assertEqual({c["residual_units"] for c in document["certificates"]}, {0})
        return document

    def areas(self):
        return {row["at"]: row["area_m2"] for row in self.answer("timeline", self.atlas)["rows"] if row["actor"] == "a"}

    def test_a_result_folder_verifies(self):
        self.declare("")
        folder = self.path / "results"
        done = self.run_program("run", self.atlas, "-o", folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        done = self.run_program("verify", folder, "--format", "json", "--atlas", self.atlas)
        self.assertEqual(done.returncode, 0, done.stdout[-2000:])
        document = json.loads(done.stdout)
        self.assertEqual({row["what"].split(",")[0] for row in document["left_out"]},
                         {"which statements and sources features go by", "findings of tables/check.json",
                          "looks and expressions of project.qgs", "statements and their standing in map.html"})
        looked_at = {row["check"]: row["figures"] for row in document["rows"] if row["file"] == "layers/history.gpkg"}
        self.assertEqual(looked_at["polygon areas"], 656)

    def test_two_precisions_of_one_line(self):
        self.declare("")
        off = self.built()
        areas_off = self.areas()
        self.declare("harmonise_m = 0.2")
        on = self.built()
        self.assertEqual((off["faces"], on["faces"]), (9074, 4587))
        summary = on["harmonise"]
        self.assertEqual([summary[key] for key in ("vertices_moved", "vertices_inserted", "vertices_dropped")],
                         [3502, 8, 0])
        self.assertEqual(summary["rings_left_out"], 0)
        self.assertLess(summary["greatest_distance_m"], 0.2)
        # Each day is as much larger as the ledger says of its statements. Areas of 1.1e11 m2 are multiples of 1.6e-5
        # m2 as doubles, so a difference of two is known to 3.1e-5 m2 at best.
        ledger = self.path / "ledger.json"
        self.answer("check", self.atlas, "--ledger", ledger)
        effects = {}
        for row in json.loads(ledger.read_text())["statements"]:
            effects[row["from"]] = effects.get(row["from"], 0) + int(row["area_mm2"])
        areas_on = self.areas()
        compared = 0
        for at, area in areas_on.items():
            if at not in areas_off:
                continue
            self.assertAlmostEqual(area - areas_off[at], effects.get(at, 0) / 1e6, delta=3.2e-5, msg=at)
            compared += 1
        self.assertGreater(compared, 600)
        self.assertEqual(max(abs(e) for e in effects.values()), 4871307275)
