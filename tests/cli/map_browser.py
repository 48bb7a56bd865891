"""A page of the map as a user has it, in Chromium, for the modules that test it.

npm's packages are expected in build/cache/browser, or the folder that MARCHLAND_BROWSER names, and Chromium as
/usr/bin/chromium (tools/setup test), and the program built with its page; without these all of it is skipped. Nothing
is downloaded here.
"""
import json
import os
import pathlib
import shutil
import subprocess
import unittest

from test_map import HAS_PAGE, MapTest

PROJECT = pathlib.Path(__file__).resolve().parents[2]
BROWSER = pathlib.Path(os.environ.get("MARCHLAND_BROWSER") or PROJECT / "build/cache/browser")
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
HAS_BROWSER = (shutil.which("node") is not None and (BROWSER / "node_modules/playwright-core").exists()
               and pathlib.Path(CHROMIUM).exists())
A, B = (0, 114, 178), (230, 159, 0)


@unittest.skipUnless(HAS_PAGE and HAS_BROWSER, f"needs {CHROMIUM}, node, {BROWSER}/node_modules (tools/setup test), and a "
                     "program built after tools/setup viewer")
class PageTest(MapTest):
    def drive(self, page, *steps, **question):
        (self.path / "question.json").write_text(json.dumps({"page": str(page), "steps": steps, **question}))
        done = subprocess.run(["node", PROJECT / "tests/browser/drive_map.mjs", self.path / "question.json"],
                              capture_output=True, text=True, timeout=300, env={**os.environ, "MARCHLAND_NODE": str(BROWSER)})
        self.assertEqual(done.returncode, 0, done.stderr)
        answer = json.loads(done.stdout)
        self.assertEqual((answer["problems"], answer["requests"]), ([], []))
        return answer["seen"]

    def assert_near(self, color, expected, tolerance=75):
        """Of a holder's colour over the base map: the nearest of those that could be."""
        distance = max(abs(x - y) for x, y in zip(color, expected))
        self.assertLess(distance, tolerance, f"{color} is not {expected}")
