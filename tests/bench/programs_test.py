#!/usr/bin/env python3
"""The programs of tests/bench say the same of a front in memory and of the same front written to files and read again,
and the work they hand to peers adds up to what marchland says.   programs_test.py FOLDER-OF-PROGRAMS"""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

PROGRAMS = pathlib.Path(sys.argv.pop(1))
FRONT = ["--vertices", "60", "--days", "6", "--changes", "4", "--seed", "5"]


def run(name, *arguments):
    return subprocess.run([PROGRAMS / name, *map(str, arguments)], check=True, capture_output=True, text=True).stdout


class Programs(unittest.TestCase):
    def test_files_say_what_memory_says(self):
        with tempfile.TemporaryDirectory() as folder:
            atlas = pathlib.Path(folder) / "front"
            run("bench_generate", atlas, *FRONT)
            self.assertEqual(len(list((atlas / "days").glob("front_2000010?.geojson"))), 6)
            memory = json.loads(run("bench_build", *FRONT, "--runs", 1, "--steps"))
            files = json.loads(run("bench_build", atlas, "--runs", 1, "--steps"))
            for key in ("edges", "faces", "segments", "crossings", "dates", "transitions", "held", "passed"):
                self.assertEqual(memory[key], files[key], key)
            self.assertEqual(memory["residual"], 0)
            # Two actors share a study area of 50 square degrees; what one loses the other gains.
            for held, passed in zip(memory["held"], memory["passed"]):
                self.assertAlmostEqual(held + passed / 2, 50.0, places=9)

    def test_days_that_are_added_end_where_a_build_does(self):
        with tempfile.TemporaryDirectory() as folder:
            atlas = pathlib.Path(folder) / "front"
            run("bench_generate", atlas, *FRONT)
            added = json.loads(run("bench_append", atlas, "--days", 4))
            built = json.loads(run("bench_build", *FRONT, "--runs", 1))
            for key in ("edges", "faces"):
                self.assertEqual(added[key], built[key], key)
            self.assertEqual((added["days"], added["rebuilds"], added["residual"]), (4, 0, 0))
            # Each day two actors hold ground, and ground passes both ways.
            self.assertEqual(added["answers"], 16)

    def test_work_of_peers(self):
        with tempfile.TemporaryDirectory() as folder:
            atlas, history = pathlib.Path(folder) / "front", pathlib.Path(folder) / "history"
            run("bench_generate", atlas, *FRONT)
            run("bench_history", atlas, history)
            shapes = [json.loads(line) for line in (history / "shapes.geojsonl").read_text().splitlines()]
            self.assertEqual(len(shapes), 12)
            self.assertEqual({shape["type"] for shape in shapes}, {"MultiPolygon"})
            self.assertEqual(len(shapes[0]["coordinates"][0][0]), 63)
            steps = json.loads((history / "steps.json").read_text())
            self.assertEqual(len(steps), 5)
            # a with a, a with b, b with a, b with b: their boxes meet along the front.
            self.assertEqual(sorted(steps[0]["pairs"]), [[0, 2, 1], [0, 3, 0], [1, 2, 0], [1, 3, 1]])
            self.assertEqual((steps[0]["kept"], steps[0]["one_sided"]), ([], []))

    def test_an_existing_folder_is_not_written_to(self):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([PROGRAMS / "bench_generate", folder, *FRONT], check=False, capture_output=True, text=True)
            self.assertEqual(done.returncode, 1)
            self.assertIn("name a folder that does not", done.stderr)
            self.assertEqual(list(pathlib.Path(folder).iterdir()), [])


if __name__ == "__main__":
    unittest.main()
