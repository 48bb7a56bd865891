"""Dates in doubt, from the manifest to the answers."""
import json

from harness import CELL_M2, FRONT, CliTest, box, collection, feature


def rows_by_actor(document):
    return {row["actor"]: row for row in document["rows"]}


class DatesInDoubt(CliTest):
    """a holds 0..2, then 0..1; b 2..4, then 1..4; the second square passed about April 2001."""

    def setUp(self):
        super().setUp()
        self.write("front.geojson", collection(
            feature([box(0, 0, 1, 1)], holder="a", **{"from": "2000", "to": None}),
            feature([box(1, 0, 2, 1)], holder="a", **{"from": "2000", "to": "2001-04~"}),
            feature([box(1, 0, 2, 1)], holder="b", **{"from": "2001-04~", "to": None}),
            feature([box(2, 0, 4, 1)], holder="b", **{"from": "2000", "to": None})))

    def assert_cells(self, row, low, area, high):
        for key, cells in (("date_low_m2", low), ("area_m2", area), ("date_high_m2", high)):
            self.assertAlmostEqual(row[key] / CELL_M2, cells, places=6, msg=key)

    def test_areas_say_the_least_and_the_most(self):
        rows = rows_by_actor(self.answer("areas", self.atlas, "--at", "2001-03-15"))
        self.assert_cells(rows["a"], 1, 2, 2)
        self.assert_cells(rows["b"], 2, 2, 3)
        rows = rows_by_actor(self.answer("areas", self.atlas, "--at", "2001-04-01"))
        self.assert_cells(rows["a"], 1, 1, 2)
        for date in ("2001-02", "2001-06"):
            self.assertNotIn("date_low_m2", rows_by_actor(self.answer("areas", self.atlas, "--at", date))["a"])
        self.assertIn("least by dates", self.run_program("areas", self.atlas, "--at", "2001-03-15").stdout)

    def test_a_party_that_only_may_hold_has_a_row(self):
        self.write("front.geojson", collection(
            feature([box(0, 0, 1, 1)], holder="a", **{"from": "2000", "to": "[2001-04-01,2001-05-01]"}),
            feature([box(0, 0, 1, 1)], holder="b", **{"from": "[2001-04-01,2001-05-01]", "to": None})))
        rows = rows_by_actor(self.answer("areas", self.atlas, "--at", "2001-04-10"))
        self.assert_cells(rows["a"], 0, 0, 1)
        self.assert_cells(rows["b"], 0, 1, 1)

    def test_the_series_has_the_bounds_among_its_dates(self):
        document = self.answer("timeline", self.atlas)
        self.assertEqual(sorted({row["at"] for row in document["rows"]}),
                         ["2000-01-01", "2001-03-01", "2001-04-01", "2001-05-31"])
        for row in document["rows"]:
            if row["actor"] == "a":
                self.assert_cells(row, *{"2000-01-01": (2, 2, 2), "2001-03-01": (1, 2, 2), "2001-04-01": (1, 1, 2),
                                         "2001-05-31": (1, 1, 1)}[row["at"]])
        self.assertEqual([row["at"] for row in document["transitions"]], ["2001-04-01"])

    def test_an_atlas_of_exact_dates_says_nothing_of_doubt(self):
        self.write("front.geojson", FRONT)
        for command in (("areas", "--at", "first"), ("timeline",)):
            for row in self.answer(command[0], self.atlas, *command[1:])["rows"]:
                self.assertFalse({"date_low_m2", "date_high_m2"} & set(row))

    def test_why_names_what_may_hold(self):
        document = self.answer("why", self.atlas, "--lonlat", "1.5,0.5", "--at", "2001-03-15")
        self.assertEqual(document["actor"], "a")
        self.assertEqual(document["possible_actors"], ["a", "b"])
        self.assertEqual([(row["standing"], row["actor"]) for row in document["rows"]],
                         [("decides", "a"), ("may hold", "b")])
        first = document["rows"][0]
        self.assertEqual([first[f"to_{bound}"] for bound in ("earliest", "latest")], ["2001-03-01", "2001-05-31"])
        self.assertEqual([first[f"from_{bound}"] for bound in ("earliest", "latest")], ["2000-01-01"] * 2)
        self.assertIn("a or b", self.run_program("why", self.atlas, "--lonlat", "1.5,0.5", "--at", "2001-03-15").stdout)

    def test_features_carry_the_bounds_of_their_ends(self):
        target = self.path / "all.geojson"
        self.assertEqual(self.run_program("export", self.atlas, "--all", "-o", target).returncode, 0)
        properties = [f["properties"] for f in json.loads(target.read_text())["features"]]
        first = next(p for p in properties if p["actor"] == "a" and p["from"].startswith("2000"))
        self.assertEqual((first["to_earliest"], first["to_latest"]), ("2001-03-01T00:00:00Z", "2001-05-31T00:00:00Z"))
        self.assertIsNone(first["from_earliest"])

    def test_a_composite_answers_as_the_atlas(self):
        composite = self.path / "c.gpkg"
        self.assertEqual(self.run_program("build", self.atlas, "-o", composite).returncode, 0)
        self.assertEqual(self.answer("areas", composite, "--at", "2001-03-15")["rows"],
                         self.answer("areas", self.atlas, "--at", "2001-03-15")["rows"])

    def test_a_window_holds_what_may_hold_in_it(self):
        rows = rows_by_actor(self.answer("areas", self.atlas, "--at", "2001-03-15", "--since", "2001-03-10",
                                         "--until", "2001-03-20"))
        self.assert_cells(rows["b"], 2, 2, 3)
        rows = rows_by_actor(self.answer("areas", self.atlas, "--at", "2001-03-15", "--two-layer"))
        self.assert_cells(rows["b"], 2, 2, 3)

    def test_a_question_has_one_date(self):
        message = self.refusal(2, "areas", self.atlas, "--at", "2001-04~")
        self.assertIn("a question is asked of one instant; write one, such as 2001-04-01", message)

    def test_what_names_no_date_is_refused_with_its_feature(self):
        self.write("front.geojson", collection(feature([box(0, 0, 1, 1)], holder="a", **{"from": "2001-21", "to": None})))
        message = self.refusal(3, "areas", self.atlas, "--at", "2001")
        self.assertIn("front.geojson: layer 'front', feature 0: from (field 'from'): '2001-21' is not a date", message)
        self.assertIn("other hemisphere", message)

    def test_answers_without_bounds_say_that_dates_are_in_doubt(self):
        note = "dates of statements are in doubt"
        for command in (("changes", "--from", "2000-06", "--to", "2001-04-01"), ("dwell",),
                        ("line", "--at", "2001-04-01", "--between", "a,b"),
                        ("overlaps", "--at", "2001-04-01", "--rows", "control", "--cols", "control")):
            done = self.run_program(command[0], self.atlas, *command[1:])
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(done.stdout.count(note), 1, command)
        for command in (("changes", "--from", "2000-06", "--to", "2002"), ("line", "--at", "2002", "--between", "a,b"),
                        ("areas", "--at", "2001-04-01")):
            self.assertNotIn("this goes by the dates that are told", self.run_program(command[0], self.atlas, *command[1:]).stdout)

    def test_bounds_of_very_many_dates_are_marked_as_outer(self):
        # At one place more dates than are tried one by one.
        self.write("front.geojson", collection(*(
            feature([box(0, 0, 1, 1)], holder="a" if i % 2 else "b",
                    **{"from": f"[2001-04-{i + 1:02}..2001-05-{i + 1:02}]", "to": None})
            for i in range(14))))
        document = self.answer("areas", self.atlas, "--at", "2001-04-25")
        self.assertTrue(any(row.get("date_outer") for row in document["rows"]))
        self.assertIn("than can be tried one by one", self.run_program("areas", self.atlas, "--at", "2001-04-25").stdout)
