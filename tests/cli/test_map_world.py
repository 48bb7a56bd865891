"""The page of the map where the world is round, lines are long and parties are many."""
import math
import unittest

from harness import MANIFEST, box, collection, feature
from map_browser import A, B, PageTest

# The longest step in longitude of any line of the base map.
LONGEST_STEP = """[marchland.mapData.base].map(({land, coast, borders}) => {
    let longest = 0;
    const walk = (list) => {
        if (typeof list[0][0] !== 'number') return list.forEach(walk);
        for (let i = 1; i < list.length; ++i) longest = Math.max(longest, Math.abs(list[i][0] - list[i - 1][0]));
    };
    for (const { geometry } of [land, coast, borders]) walk(geometry.coordinates);
    return longest;
})[0]"""
SEA, LAND = (223, 231, 236), (246, 244, 239)


class MapWorld(PageTest):
    def test_base_map_is_whole_at_the_antimeridian_and_about_the_pole(self):
        # Ground far away, and not on the places looked at.
        self.write("front.geojson", collection(feature([box(0, 0, 1, 1)], holder="a", **{"from": "2000", "to": None})))
        places = {(175, 68): LAND, (-175, 67): LAND, (-179.2, 68): LAND, (-30, 70.2): LAND, (-30, 66): SEA, (60, -80): LAND, (-120, -80): LAND,
                  (100, -60): SEA, (-30, -16.5): SEA, (0, 71): SEA}
        longest, *looks = self.drive(
            self.made(), {"ask": LONGEST_STEP},
            *(step for lon, lat in places for step in ({"go": f"#v=3/{lat}/{lon}"}, {"look": [[lon, lat]]})))
        self.assertLessEqual(longest, 180)
        for (place, color), (look,) in zip(places.items(), looks):
            self.assertLess(max(abs(a - b) for a, b in zip(look["color"], color)), 8, place)

    def test_opens_on_ground_about_the_antimeridian_and_copies_of_the_world_are_one(self):
        self.write("front.geojson", collection(
            feature([box(170, -5, 180, 5)], holder="a", **{"from": "2000", "to": None}),
            feature([box(-180, -5, -170, 5)], holder="b", **{"from": "2000", "to": None})))
        (lng, zoom), looks, place = self.drive(
            self.made(), {"ask": "[marchland.maps[0].map.getCenter().wrap().lng, marchland.maps[0].map.getZoom()]"},
            {"look": [[175, 0], [185, 0]]},
            {"ask": "(marchland.chooseAt(marchland.maps[0].map.unproject(marchland.maps[0].map.project([185, 1])), { x: 600, y: 300 }), marchland.chosen.lonlat)"},
            width=1000, height=700)
        self.assertAlmostEqual(abs(lng), 180, 3)
        self.assertGreater(zoom, 4)
        for look, holder in zip(looks, (A, B)):
            self.assert_near(look["color"], holder)
        self.assertEqual([round(degrees, 6) for degrees in place], [-175, 1])

    def test_lines_of_any_length_are_drawn(self):
        # One ring of more vertices than a buffer of the map library has; the test fails on what it warns of, too.
        count = 120_000
        ring = [[round(2 + (1 + 0.002 * (i % 2)) * math.cos(2 * math.pi * i / count), 7), round(0.5 + math.sin(2 * math.pi * i / count), 7)] for i in range(count)]
        self.write("front.geojson", collection(feature([[*ring, ring[0]]], holder="a", **{"from": "2000", "to": None})))
        (inside, outside), (most, drawn) = self.drive(
            self.made(), {"look": [[2, 0.5], [3.5, 0.5]]},
            {"ask": "((lengths) => [Math.max(...lengths), lengths.reduce((sum, n) => sum + n - 1, 0)])"
                    "(marchland.mapData.lines.features.map((f) => f.geometry.coordinates.length))"}, hash="#v=7/0.5/2")
        self.assert_near(inside["color"], A)
        self.assertEqual(outside["grounds"], 0)
        self.assertLess(most, 5000)
        self.assertGreater(drawn, 65535)

    def test_many_parties_are_listed_in_boxes_and_said_in_short(self):
        actors = "".join(f'[[actor]]\nid = "p{i}"\nname = "Party number {i}"\n' for i in range(60))
        claims = MANIFEST[MANIFEST.index("[[layer]]"):].replace('"front"', '"claims"').replace('"control"', '"claim"').replace("front.geojson", "claim.geojson")
        self.write("atlas.toml", MANIFEST.replace("[[source]]", actors + "[[source]]", 1) + claims)
        each = [(i, [box(i % 10, i // 10, i % 10 + 1, i // 10 + 1)]) for i in range(60)]
        self.write("front.geojson", collection(*(feature(rings, holder=f"p{i}", **{"from": "2000", "to": None}) for i, rings in each)))
        self.write("claim.geojson", collection(*(feature(rings, holder=f"p{(i + 1) % 60}", **{"from": "2000", "to": None}) for i, rings in each)))
        layers, top, spoken, found, hatches = self.drive(
            self.made(),
            {"ask": "marchland.maps[0].map.getStyle().layers.filter((l) => l.id.startsWith('claim')).length"},
            {"ask": "document.getElementById('layers').offsetTop"},
            {"ask": "new Promise((done) => setTimeout(() => done(document.getElementById('live').textContent), 600))"},
            {"ask": "(() => { const f = document.getElementById('filter'); f.value = 'number 17'; f.dispatchEvent(new Event('input'));"
                    " return [...document.querySelectorAll('#figures table:first-of-type tbody')][0].innerText; })()"},
            {"ask": "new Set([...document.querySelectorAll('canvas.hatch')].slice(0, 12).map((c) => c.getContext('2d').getImageData(0, 0, 44, 26).data.filter((_, i) => i % 4 === 3).join())).size"})
        self.assertEqual(layers, 1)
        self.assertLess(top, 1500)
        self.assertLess(len(spoken), 250)
        self.assertRegex(spoken, r"; and 56 more$")
        self.assertRegex(found, r"^Party number 17\s+12.\d{3}\.\d\d$")
        self.assertEqual(hatches, 12)


if __name__ == "__main__":
    unittest.main()
