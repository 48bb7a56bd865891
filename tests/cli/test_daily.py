"""A public archive of 769 daily maps, asked for two layers and for all: the same JSON."""
import pathlib
import tarfile
import unittest

from harness import CliTest
from test_windows import SERIES

DAILY = pathlib.Path(__file__).resolve().parents[2].parent / "shared" / "data" / "deepstate-daily"


@unittest.skipUnless(list(DAILY.glob("*.tar.xz")), f"no data: {DAILY}")
class Daily(CliTest):
    def test_two_layers_of_a_daily_archive(self):
        (self.atlas / "days").mkdir()
        with tarfile.open(next(DAILY.glob("*.tar.xz"))) as archive:
            for member in archive.getmembers():
                if member.name.endswith(".geojson"):
                    self.write(f"days/{pathlib.PurePath(member.name).name}",
                               archive.extractfile(member).read().decode("utf-8"))
        self.write("atlas.toml", SERIES[:SERIES.index('[[layer]]\nid = "raids"')]
                   .replace('{field = "holder"}', '"a"').replace("front_%Y", "deepstatemap_data_%Y"))
        for command, *question in (("areas", "--at", "2024-09-11,2025-03-01,latest"),
                                   ("changes", "--from", "2024-09-11", "--to", "latest"),
                                   ("overlaps", "--at", "2025-01-01", "--with-at", "2025-06-01", "--cols", "control"),
                                   ("line", "--at", "2025-01-01,2025-02-01", "--between", "a,unknown")):
            with self.subTest(command):
                self.assertEqual(self.answer(command, self.atlas, *question, "--two-layer"),
                                 self.answer(command, self.atlas, *question))


if __name__ == "__main__":
    unittest.main()
