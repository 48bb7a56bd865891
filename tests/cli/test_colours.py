"""Parties that stand side by side are told apart in a grey print and by every kind of colour vision: those of the atlas
that ships, and the first five that `init` proposes."""
import json
import pathlib
import tomllib
import unittest

from colour_vision import ciede2000, confusions
from harness import CliTest, box, collection, feature

KARABAKH = pathlib.Path(__file__).parents[2] / "geodata" / "karabakh"


class ColourVisionTest(unittest.TestCase):
    def test_distance_is_that_of_the_published_pairs(self):
        # Five pairs of table 1 of Sharma, Wu, Dalal (2005).
        for one, other, distance in (((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
                                     ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0),
                                     ((50, 2.5, 0), (73, 25, -18), 27.1492),
                                     ((22.7233, 20.0904, -46.694), (23.0331, 14.973, -42.5619), 2.0373),
                                     ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082)):
            self.assertAlmostEqual(ciede2000(one, other), distance, 4)

    def test_known_confusions_are_found(self):
        self.assertTrue(any("deuteranopia" in found for found in confusions({"red": "#c8503c", "green": "#6e7d32"})))
        self.assertTrue(any("in grey" in found for found in confusions({"orange": "#e69f00", "sky": "#56b4e9"})))


class PartiesTest(CliTest):
    def test_karabakh(self):
        manifest = tomllib.loads((KARABAKH / "atlas.toml").read_text("utf-8"))
        colors = {actor["id"]: actor["color"] for actor in manifest["actor"]}
        together = {}
        for layer in manifest["layer"]:
            for file in layer["files"]:
                for found in json.loads((KARABAKH / file).read_text("utf-8"))["features"]:
                    together.setdefault(layer["theme"], set()).add(found["properties"]["actor"])
        self.assertEqual(set(together), {"control", "border", "zone", "claim"})
        self.assertEqual(set().union(*together.values()), set(colors))
        for theme, actors in together.items():
            self.assertEqual(confusions({actor: colors[actor] for actor in actors}), [], theme)

    def test_five_that_init_proposes(self):
        names = ("Aland", "Bland", "Cland", "Dland", "Eland")
        self.write("day_2000-01-01.geojson", collection(*(feature([box(i, 0, i + 1, 1)], holder=name)
                                                          for i, name in enumerate(names))))
        proposed = self.path / "proposed.toml"
        done = self.run_program("init", self.atlas / "day_2000-01-01.geojson", "-o", proposed)
        self.assertEqual(done.returncode, 0, done.stderr)
        actors = tomllib.loads(proposed.read_text("utf-8"))["actor"]
        self.assertEqual(len(actors), len(names))
        self.assertEqual(confusions({actor["id"]: actor["color"] for actor in actors}), [])


if __name__ == "__main__":
    unittest.main()
