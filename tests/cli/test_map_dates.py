"""The page of the map: what dates it takes, how it writes them, and the link to what is shown."""
import unittest

from harness import MANIFEST, box, collection, feature
from map_browser import A, B, PageTest

TYPED = """[document.getElementById('date').validationMessage, document.getElementById('date').getAttribute('aria-invalid'), marchland.view.t]"""
STATE = """[marchland.view.mode, document.getElementById('date').value, document.getElementById('from').value, marchland.scheme,
    document.documentElement.dataset.scheme, [...document.querySelectorAll('[data-layer]')].filter((e) => e.checked).map((e) => e.dataset.layer),
    document.getElementById('party').value, marchland.model.language, marchland.swipeAt, marchland.chosen?.lonlat ?? null]"""
DAY_2000_06, DAY_2001, MOMENT = 959817600, 978307200, 978311730
INSTANTS = MANIFEST.replace('title = "Two squares"', 'title = "Two squares"\ntimezone = "+04:00"')


class MapDates(PageTest):
    def instants(self):
        """Ground passes in a night, at half a minute past five: 01:15:30 in UTC."""
        self.write("atlas.toml", INSTANTS)
        self.write("front.geojson", collection(
            feature([box(0, 0, 1, 1)], holder="a", **{"from": "-0300-05", "to": "2001-01-01T05:15:30"}),
            feature([box(0, 0, 1, 1)], holder="b", **{"from": "2001-01-01T05:15:30", "to": None})))

    def test_dates_outside_of_a_window_are_refused_in_the_words_of_the_command_line(self):
        window = ["--since", "2000-06-01", "--until", "2001-06-01"]
        self.write("atlas.toml", MANIFEST + '[[period]]\nid = "within"\nfrom = "2000-07-01"\nto = "2002-01-01"\n')
        page = self.made(*window)
        asked = ["2000-01-01", "first", "2001-06-01"]
        seen = self.drive(
            page, *(step for text in asked for step in ({"pick": "#date", "value": text}, {"ask": TYPED})),
            {"pick": "#date", "value": "2000-06-01"}, {"ask": TYPED}, {"look": [[1.5, 0.5]]},
            {"pick": "#date", "value": "within"}, {"ask": "document.getElementById('date').value"},
            {"ask": "[...document.getElementById('periods').options].map((o) => o.value)"},
            {"hash": "#d=1999-01-01&v=6/0.5/1.5"}, {"ask": "[document.getElementById('said').textContent, marchland.view.t]"},
            {"press": ["Enter"], "on": "canvas.maplibregl-canvas"}, {"ask": "document.getElementById('detail').innerText"},
            hash="#v=6/0.5/1.5")
        for text, (message, invalid, t) in zip(asked, seen):
            self.assertEqual((invalid, t), ("true", DAY_2001))
            self.assertIn(message, self.refusal(2, "areas", self.atlas, "--at", text, *window))
            self.assertTrue(message.startswith(f"'{text}' lies outside the window (since 2000-06-01 until 2001-06-01)"), message)
        (message, _, t), (look,), within, periods, (said, shown), detail = seen[3:]
        self.assertEqual((message, t), ("", DAY_2000_06))
        self.assert_near(look["color"], A)
        self.assertEqual((within, periods), ("2000-07-01", ["second", "within"]))
        self.assertIn("'1999-01-01' lies outside the window", said)
        self.assertEqual(shown, DAY_2001)
        # 1..2 came to b within the window; of what was before and after nothing is known.
        self.assertRegex(detail, r"(?s)Bland.*from 2001-01-01 until 2001-06-01 or later.*History.*Aland from 2000-06-01 or before until 2001-01-01"
                         .replace("History", "HISTORY"))

    def test_what_is_no_date_is_refused_and_seconds_are_kept(self):
        wrong = ["2020-11-10T24:30", "2020-11-10T10:00:60", "2020-02-30", "2020-13", "May 1994", "+123456-01-01", "2020-11-10T01:00+19:00"]
        right = {"2000-06-01T10:00:30": "2000-06-01 10:00:30 (UTC)", "2000-06-01T24:00": "2000-06-02", "2000-06-01T04:00:00+04:00": "2000-06-01",
                 "-0001-02": "-0001-02-01", "+12020": "+12020-01-01", "20000601T1000Z": None}
        value = {"ask": "[document.getElementById('date').value, document.getElementById('date').validationMessage]"}
        seen = self.drive(self.made(), *(step for text in [*wrong, *right] for step in ({"pick": "#date", "value": text}, value)))
        for text, (shown, message) in zip(wrong, seen):
            self.assertEqual(shown, text)
            self.assertIn(f"'{text}' is not a date", message)
        for (text, expected), (shown, message) in zip(right.items(), seen[len(wrong):]):
            self.assertEqual(shown, expected or text)
            self.assertEqual(message == "", expected is not None)

    def test_instants_are_written_whole_and_read_back(self):
        self.instants()
        page = self.made()
        fits = "[document.documentElement.scrollWidth <= innerWidth, (e => e.scrollWidth <= e.clientWidth + 1)(document.getElementById('date'))]"
        text, link, narrow, wide, reopened = self.drive(
            page, {"ask": "[document.getElementById('when').textContent, document.getElementById('date').value]"}, {"ask": "location.hash"},
            {"ask": fits}, {"hash": "#d=2001-01-01T05:15:30+04:00&m=swipe&from=-0300-05-01"}, {"ask": fits}, {"ask": "marchland.view.t"},
            width=320, height=568)
        self.assertEqual(text, ["2001-01-01 05:15:30 (+04:00)"] * 2)
        self.assertIn("#d=2001-01-01T05:15:30%2B04:00&", link)
        self.assertEqual((narrow, wide, reopened), ([True, True], [True, True], MOMENT))

    def test_compares_with_the_change_before_and_in_the_order_of_time(self):
        shown = {"ask": "[document.getElementById('when').textContent, document.getElementById('from').value, !document.getElementById('order').hidden]"}
        figures = {"ask": "document.getElementById('figures').innerText"}
        last, first, swapped, gained, swiped, tags = self.drive(
            self.made(), {"click": "input[value=change]"}, shown,
            {"hash": "#d=2000-01-01&m=change"}, shown,
            {"hash": "#d=2000-01-01&m=change&from=2001-01-01"}, shown, figures,
            {"click": "input[value=swipe]"}, {"look": [[1.5, 0.5], [3.5, 0.5]]},
            {"ask": "['tag-a', 'tag-b'].map((id) => document.getElementById(id).textContent)"}, hash="#v=5.5/0.5/2")
        self.assertEqual(last, ["2000-01-01 → 2001-01-01", "2000-01-01", False])
        self.assertEqual(first, ["2000-01-01 → 2001-01-01", "2001-01-01", True])
        self.assertEqual(swapped, ["2000-01-01 → 2001-01-01", "2001-01-01", True])
        self.assertRegex(gained, r"Bland\s+\+12 308.46\s+–\s+24 616.93".replace(" ", "\u202f"))
        self.assert_near(swiped[0]["color"], A)
        self.assert_near(swiped[1]["color"], B)
        self.assertEqual(tags, ["2000-01-01", "2001-01-01"])

    def test_a_link_pasted_into_an_open_page_shows_what_it_would_in_a_new_one(self):
        self.write("atlas.toml", MANIFEST.replace('name = "Aland"', 'name = "Aland"\nnames = {hy = "Ալանդ"}'))
        page = self.made()
        full = "#d=2001-01-01&m=change&from=2000-01-01&of=a&at=0.5/1.5&v=7.00/0.4000/1.6000&l=contact&s=dark&lang=hy"
        plain = "#d=2000-01-01"
        view = {"ask": "[marchland.maps[0].map.getZoom(), marchland.maps[0].map.getCenter().lng].map((x) => x.toFixed(3))"}
        hash_of = {"ask": "location.hash"}
        opened, link, pasted, pasted_view, new, new_view, again = self.drive(
            page, {"ask": STATE}, hash_of, {"go": plain}, {"ask": STATE}, view, {"hash": plain}, {"ask": STATE}, view,
            {"go": full}, {"ask": STATE}, hash=full)
        self.assertEqual(opened[:9], ["change", "2001-01-01", "2000-01-01", "dark", "dark", ["contact"], "a", "hy", 0.5])
        self.assertEqual(opened[9], [1.5, 0.5])
        self.assertIn("&at=0.500000/1.500000&v=7.00/0.4000/1.6000&l=contact&s=dark&lang=hy", link)
        self.assertEqual((pasted, pasted_view), (new, new_view))
        self.assertEqual(pasted[:4], ["date", "2000-01-01", "", "light"])
        self.assertEqual(again, opened)

    def test_swipe_is_dragged_by_its_line_and_is_in_the_link(self):
        text = {"ask": "/Control at [^:]*/.exec(document.getElementById('detail').innerText)?.[0]"}
        state = {"ask": "[marchland.swipeAt, marchland.maps[0].map.getCenter().lng.toFixed(3), location.hash]"}
        (part, lng, link), first, after, table, (reopened, _, _) = self.drive(
            self.made(), {"drag": [670, 200, 835, 200]}, state,
            {"click": [620, 285]}, text, {"click": "#scheme"}, text, {"ask": "document.querySelector('#figures thead').innerText"},
            {"hash": "#d=2001-01-01&m=swipe&from=2000-01-01&x=20.0"}, state,
            hash="#d=2001-01-01&m=swipe&from=2000-01-01&v=5.5/0.5/2", width=1000, height=700)
        self.assertAlmostEqual(part, 0.75, 2)
        self.assertEqual(lng, "2.000")
        self.assertIn("&x=75.0&", link)
        self.assertEqual(first, "Control at 2000-01-01")
        # Another colour scheme draws the page anew: the date stays that of the side that was chosen.
        self.assertEqual(after, first)
        self.assertRegex(table, r"2000-01-01\s+2001-01-01")
        self.assertEqual(reopened, 0.2)

    def test_address_follows_play_and_pause_and_focus_stays(self):
        seen = self.drive(
            self.made(), {"press": ["Home"], "on": "#slider"}, {"pick": "#speed", "value": "8"}, {"click": "#play"},
            {"ask": "new Promise((done) => setTimeout(() => done(location.hash.slice(0, 13)), 900))"},
            {"press": ["Enter", "Enter"], "on": "#next"}, {"ask": "[document.activeElement.id, document.getElementById('next').getAttribute('aria-disabled')]"})
        self.assertEqual(seen, ["#d=2001-01-01", ["next", "true"]])


if __name__ == "__main__":
    unittest.main()
