"""The picture of the map in the README is that of the page as it is now.

It is drawn anew by the script that draws the committed one. Fonts differ from machine to machine, so what is compared
are means of squares of 16 x 16 pixels: at most 1 in 200 of the map, and 1 in 100 of what stands beside it, may differ by
over 20 of 255 in a colour. A picture that is stale is refreshed by docs/images/draw_map.
"""
import os
import pathlib
import subprocess
import unittest

from osgeo import gdal

from harness import PROGRAM
from map_browser import BROWSER, PROJECT, PageTest

SIDE, MOST = 16, 20
OF_MAP, OF_REST = 1 / 200, 1 / 100
PANEL_WIDTH, MAP_HEIGHT = 352, 656  # to whole squares: the map begins at 340, and ends at 669


def squares(path):
    """Mean colours by square: rows, columns, 3."""
    picture = gdal.Open(str(path)).ReadAsArray()[:3].astype(float)
    _, tall, wide = picture.shape
    parts = picture[:, :tall - tall % SIDE, :wide - wide % SIDE].reshape(3, tall // SIDE, SIDE, wide // SIDE, SIDE)
    return parts.mean(axis=(2, 4)).transpose(1, 2, 0)


def differing(first, second):
    """Parts of the squares that differ: of the map, and of all else."""
    differs = abs(first - second).max(axis=2) > MOST
    on_map = differs[:MAP_HEIGHT // SIDE, PANEL_WIDTH // SIDE:]
    rest = differs.sum() - on_map.sum()
    return on_map.mean(), rest / (differs.size - on_map.size)


class MapInReadme(PageTest):
    def test_committed_picture_is_what_the_page_looks_like(self):
        drawn = pathlib.Path(PROGRAM).resolve().parent.parent / "pictures/karabakh_map.png"
        drawn.parent.mkdir(exist_ok=True)
        done = subprocess.run([PROJECT / "docs/images/draw_map", drawn], capture_output=True, text=True, timeout=120,
                              env={**os.environ, "MARCHLAND": PROGRAM, "MARCHLAND_BROWSER": str(BROWSER)})
        self.assertEqual(done.returncode, 0, done.stderr)
        committed, now = squares(PROJECT / "docs/images/karabakh_map.png"), squares(drawn)
        self.assertEqual(committed.shape, now.shape)
        on_map, beside = differing(committed, now)
        told = f"docs/images/karabakh_map.png differs from {drawn} in {on_map:.1%} of the map, {beside:.1%} of the rest; if that is meant, run docs/images/draw_map"
        self.assertLessEqual(on_map, OF_MAP, told)
        self.assertLessEqual(beside, OF_REST, told)
        # A party's colour that is another, or a panel one line lower, is seen.
        moved = now.copy()
        moved[12:, :PANEL_WIDTH // SIDE] = now[11:-1, :PANEL_WIDTH // SIDE]
        self.assertGreater(differing(now, moved)[1], OF_REST)
        self.assertGreater(differing(now, now[..., ::-1])[0], OF_MAP)


if __name__ == "__main__":
    unittest.main()
