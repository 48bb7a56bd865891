"""The page of the map in use: what is drawn and said of a date, two dates and changes, from a file on the disk."""
import csv
import io
import json
import pathlib
import unittest

from harness import CELL_M2, MANIFEST, box, collection, feature
from map_browser import A, B, PageTest
from test_map import CLAIMS, DAY_2001


class MapPage(PageTest):
    def test_hostile_names_are_text_in_the_page(self):
        self.hostile()
        seen = self.drive(self.made(), {"press": ["Enter"], "on": "canvas.maplibregl-canvas"}, {"ask": """[
            document.querySelectorAll('#app img, #about img').length, document.getElementById('title').textContent.slice(0, 4),
            document.getElementById('detail').hidden, document.getElementById('detail').textContent.includes('<img src=x'),
            [...document.querySelectorAll('a')].filter((a) => /^javascript/i.test(a.getAttribute('href'))).length]"""})
        self.assertEqual(seen, [[0, "<img", False, True, 0]])

    def test_slider_swipe_and_changes_show_what_was_held(self):
        points = [[0.5, 0.5], [1.5, 0.5], [3, 0.5], [2, 3]]
        page = self.made()
        # One party's red of what it lost and green of what it gained are fixed.
        seen = self.drive(
            page, {"look": points},
            {"press": ["Home"], "on": "#slider"}, {"look": points}, {"ask": "document.getElementById('date').value"},
            {"press": ["ArrowRight"]}, {"ask": "document.getElementById('slider').getAttribute('aria-valuetext')"},
            {"pick": "#date", "value": "2000-06"}, {"look": points}, {"ask": "document.getElementById('count').textContent"},
            {"pick": "#date", "value": "second"}, {"ask": "document.getElementById('date').value"},
            {"click": "input[value=change]"}, {"look": points}, {"ask": "document.getElementById('figures').innerText"},
            {"pick": "#party", "value": "a"}, {"look": points},
            {"click": "input[value=swipe]"}, {"pick": "#from", "value": "2000"}, {"look": points},
            hash="#d=2001-01-01&v=5.5/0.5/2")
        last, first, start, second, middle, count, period, changed, figures, of_a, swiped = seen
        for look, holders in ((last, (A, B, B)), (first, (A, A, B)), (middle, (A, A, B))):
            self.assertEqual([point["grounds"] for point in look], [1, 1, 1, 0])
            for point, holder in zip(look, holders):
                self.assert_near(point["color"], holder)
                self.assertTrue(point["fill"].startswith(f"rgba({holder[0]},{holder[1]},{holder[2]},"), point["fill"])
        self.assertEqual((start, second, count, period), ("2000-01-01", "2001-01-01", "after change 1 of 2", "2001-01-01"))
        # What passed is strong, what did not is pale.
        self.assert_near(changed[1]["color"], B)
        self.assertGreater(changed[0]["color"][0], 140)
        self.assertRegex(figures, r"Bland\s+\+12.308\.46\s+–\s+24.616\.93")
        self.assert_near(of_a[1]["color"], (213, 94, 0), 130)
        # Left of the middle (longitude 2) the first date, at which a still has 1..2.
        self.assert_near(swiped[1]["color"], A)
        self.assert_near(swiped[2]["color"], B)

    def test_ground_is_asked_about_by_mouse_keyboard_and_place(self):
        self.write("atlas.toml", MANIFEST + '[[region]]\nid = "west"\nname = "The west"\nfile = "west.geojson"\n')
        self.write("west.geojson", collection(feature([box(-1, -1, 2, 2)])))
        text = {"ask": "document.getElementById('detail').innerText"}
        clicked, entered, closed = self.drive(
            self.made(), {"press": ["Enter"], "on": "canvas.maplibregl-canvas"}, text,
            {"pick": "#date", "value": "2000-01-01"}, text, {"press": ["Escape"]},
            {"ask": "document.getElementById('detail').hidden"}, hash="#d=2001-01-01&v=6/0.5/1.5")
        self.assertRegex(clicked, r"(?s)Bland.*Control at 2001-01-01: from 2001-01-01, no end stated.*One source speaks: s"
                                  r".*decides.*A map.*The west")
        self.assertRegex(entered, r"(?s)Aland.*Control at 2000-01-01: from 2000-01-01 until 2001-01-01")
        self.assertTrue(closed)

    def test_link_reopens_what_was_shown_and_files_say_it(self):
        page = self.made()
        out = {ending: str(self.path / f"saved.{ending}") for ending in ("csv", "geojson", "png")}
        seen = self.drive(
            page, {"click": "input[value=change]"}, {"ask": "location.hash"},
            *({"save": f"[data-save={ending}]", "to": name} for ending, name in out.items()),
            {"click": "input[value=date]"}, {"save": "[data-save=geojson]", "to": str(self.path / "date.geojson")})
        link = seen[0]
        self.assertRegex(link, r"^#d=2001-01-01&m=change&from=2000-01-01&v=\d+\.\d+/0\.\d+/2\.\d+&l=contact")
        self.assertEqual(seen[1:4], [f"small-2000-01-01-to-2001-01-01.{ending}" for ending in out])
        rows = list(csv.DictReader(io.StringIO(pathlib.Path(out["csv"]).read_text())))
        self.assertEqual([(row["actor"], round(float(row["gained_m2"]) / CELL_M2, 6), round(float(row["lost_m2"]) / CELL_M2, 6))
                          for row in rows], [("b", 1, 0), ("a", 0, 1)])
        (change,) = json.loads(pathlib.Path(out["geojson"]).read_text())["features"]
        self.assertEqual((change["properties"]["from_actor"], change["properties"]["to_actor"]), ("a", "b"))
        ((ring,),) = change["geometry"]["coordinates"]
        self.assertEqual({tuple(position) for position in ring}, {(1, 0), (2, 0), (2, 1), (1, 1)})
        self.assertEqual((len(ring), ring[0]), (5, ring[-1]))
        self.assertEqual(pathlib.Path(out["png"]).read_bytes()[:8], b"\x89PNG\r\n\x1a\n")
        features = json.loads((self.path / "date.geojson").read_text())["features"]
        self.assertEqual({f["properties"]["actor"]: round(f["properties"]["area_m2"] / CELL_M2, 6) for f in features},
                         {"a": 1, "b": 3})
        reopened = self.drive(page, {"ask": "[marchland.view.mode, document.getElementById('from').value, location.hash]"}, hash=link)
        self.assertEqual(reopened[0][:2], ["change", "2000-01-01"])

    def test_claims_contact_phone_and_dark(self):
        self.write("atlas.toml", CLAIMS)
        self.write("claim.geojson", collection(feature([box(0, 0, 4, 1)], holder="b", **{"from": "2000", "to": None})))
        (lines,), labels, wide, dark = self.drive(
            self.made(),
            {"ask": """[marchland.maps[0].map.queryRenderedFeatures({layers: ['contact']}).filter((f) => f.state.contact).length]"""},
            {"ask": """[...document.querySelectorAll('button, input, select')].filter((e) => !(e.getAttribute('aria-label') ||
                e.textContent.trim() || e.labels?.length)).map((e) => e.outerHTML)"""},
            {"ask": "document.documentElement.scrollWidth <= innerWidth"},
            {"ask": "document.documentElement.dataset.scheme"}, width=390, height=844, scheme="dark")
        self.assertGreaterEqual(lines, 1)
        self.assertEqual((labels, wide, dark), ([], True, "dark"))

    def test_play_stops_at_the_last_date(self):
        seen = self.drive(self.made(), {"press": ["Home"], "on": "#slider"}, {"pick": "#speed", "value": "8"}, {"click": "#play"},
                          {"ask": "new Promise((done) => setTimeout(() => done([marchland.view.t, "
                                  "document.getElementById('play').textContent]), 900))"})
        self.assertEqual(seen, [[DAY_2001, "Play"]])


if __name__ == "__main__":
    unittest.main()
