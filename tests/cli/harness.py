"""What every test of the command line shares: small atlases in a temporary folder, and running the program.

Run as: MARCHLAND=path/to/marchland python3 -m unittest (ctest does, see CMakeLists.txt beside this file).
"""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

PROGRAM = os.environ["MARCHLAND"]

MANIFEST = """
[atlas]
id = "small"
title = "Two squares"

[[actor]]
id = "a"
name = "Aland"
color = "#0072b2"

[[actor]]
id = "b"
name = "Bland"
color = "#e69f00"

[[source]]
id = "s"
title = "A map"
licence = "CC0-1.0"

[[period]]
id = "first"
from = "2000-01-01"

[[period]]
id = "second"
from = "2001-01-01"

[[layer]]
id = "front"
source = "s"
theme = "control"
mode = "interval"
files = ["front.geojson"]
actor = {field = "holder"}
from = {field = "from"}
to = {field = "to"}
"""


def box(x0, y0, x1, y1):
    return [[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]


def feature(rings, **properties):
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": rings}}


def collection(*features):
    return json.dumps({"type": "FeatureCollection", "features": features})


# In 2000 a holds 0..2, b 2..4; in 2001 a holds 0..1, b 1..4.
FRONT = collection(
    feature([box(0, 0, 2, 1)], holder="a", **{"from": "2000", "to": "2001"}),
    feature([box(2, 0, 4, 1)], holder="b", **{"from": "2000", "to": "2001"}),
    feature([box(0, 0, 1, 1)], holder="a", **{"from": "2001", "to": None}),
    feature([box(1, 0, 4, 1)], holder="b", **{"from": "2001", "to": None}),
)
# One degree of longitude from the equator to the first parallel on WGS84, by 60-digit arithmetic on the closed form.
CELL_M2 = 12308463893.975353


class CliTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.folder.name)
        self.atlas = self.path / "atlas"
        self.atlas.mkdir()
        self.write("atlas.toml", MANIFEST)
        self.write("front.geojson", FRONT)

    def tearDown(self):
        self.folder.cleanup()

    def write(self, name, text):
        (self.atlas / name).write_text(text, encoding="utf-8")

    def manifest(self, old, new):
        """Replaces a part of the manifest that must be there."""
        self.assertIn(old, MANIFEST)
        self.write("atlas.toml", MANIFEST.replace(old, new))

    def run_program(self, *arguments):
        return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=120)

    def answer(self, *arguments):
        """The JSON document of a command that must succeed."""
        done = self.run_program(*arguments, "--format", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr, "")
        return json.loads(done.stdout)

    def refusal(self, status, *arguments):
        """The message of a command that must fail with this status and print no answer."""
        done = self.run_program(*arguments)
        self.assertEqual(done.returncode, status, done.stderr + done.stdout)
        self.assertEqual(done.stdout, "")
        self.assertTrue(done.stderr.startswith("marchland: "), done.stderr)
        return done.stderr
