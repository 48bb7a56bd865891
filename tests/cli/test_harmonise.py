"""Harmonising as a user sees it: declared in the manifest, said by every output, accounted for in the ledger."""
import csv
import json

from harness import CliTest, box, collection, feature


class Harmonise(CliTest):
    def setUp(self):
        super().setUp()
        # The second date writes one corner of the first 5.6 cm beside, and a vertex 3 cm beside an edge.
        again = [[0, 0], [1, 0.0000003], [2, 0.0000005], [2, 1], [0, 1], [0, 0]]
        self.write("front.geojson", collection(
            feature([box(0, 0, 2, 1)], holder="a", **{"from": "2000-01-01", "to": "2001-01-01"}),
            feature([again], holder="a", **{"from": "2001-01-01"})))

    def declare(self, metres=0.2):
        self.manifest('title = "Two squares"', f'title = "Two squares"\nharmonise_m = {metres}')

    def test_off_is_never_mentioned(self):
        for command in (("check",), ("areas", "--at", "second")):
            self.assertNotIn("harmonise", json.dumps(self.answer(command[0], self.atlas, *command[1:])))
        self.assertIn("there is no ledger", self.refusal(2, "check", self.atlas, "--ledger", self.path / "l.csv"))
        self.assertFalse((self.path / "l.csv").exists())

    def test_the_same_line_is_one(self):
        area = lambda at: self.answer("areas", self.atlas, "--at", at)["rows"][0]["area_m2"]
        before = area("second")
        self.assertNotEqual(area("first"), before)
        self.declare()
        self.assertEqual(area("first"), area("second"))
        [change] = self.answer("changes", self.atlas, "--from", "first", "--to", "second")["rows"]
        self.assertEqual((change["gained_m2"], change["lost_m2"]), (0, 0))
        ledger = self.path / "ledger.json"
        check = self.answer("check", self.atlas, "--ledger", ledger)
        summary = check["harmonise"]
        self.assertEqual((summary["harmonise_m"], summary["vertices_moved"], summary["vertices_inserted"],
                          summary["vertices_dropped"], summary["rings_left_out"]), (0.2, 1, 0, 1, 0))
        self.assertTrue(0.05 < summary["greatest_distance_m"] < 0.06)
        self.assertEqual([(row["layer"], row["actor"], row["moved"]) for row in check["harmonised"]],
                         [("front", "a", 1)])
        document = json.loads(ledger.read_text())
        self.assertEqual(document["harmonise"], summary)
        self.assertEqual([(e["kind"], e["vertex"], e["lon"], e["lat"], e["to_lon"], e["to_lat"])
                          for e in document["entries"]],
                         [("dropped", 2, 1, 0.0000003, None, None), ("moved", 3, 2, 0.0000005, 2, 0)])
        [statement] = document["statements"]
        # To the square millimetre: figures in square metres have six decimals of it.
        self.assertEqual(int(statement["area_mm2"]), round((area("second") - before) * 1e6))
        self.assertEqual([c["residual_units"] for c in check["certificates"]], [0] * len(check["certificates"]))

    def test_ledger_as_csv_with_its_provenance(self):
        self.declare()
        target = self.path / "ledger.csv"
        self.answer("check", self.atlas, "--ledger", target)
        with target.open() as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([row["kind"] for row in rows], ["dropped", "moved", "area"])
        self.assertEqual(rows[1]["to_lat"], "0.0")
        self.assertEqual(rows[0]["to_lat"], "")
        self.assertNotEqual(int(rows[2]["area_mm2"]), 0)
        metadata = json.loads((self.path / "ledger.csv-metadata.json").read_text())
        self.assertEqual([c["name"] for c in metadata["tableSchema"]["columns"]], list(rows[0]))
        self.assertEqual(metadata["marchland"]["harmonise_m"], "0.2")
        self.assertIn("--overwrite", self.refusal(1, "check", self.atlas, "--ledger", target))
        self.answer("check", self.atlas, "--ledger", target, "--overwrite")

    def test_every_output_says_it(self):
        self.declare()
        self.assertEqual(self.answer("areas", self.atlas, "--at", "first")["harmonise_m"], 0.2)
        table = self.run_program("areas", self.atlas, "--at", "first").stdout
        self.assertIn("harmonised by 0.2 m", table)
        self.assertIn("harmonised (harmonise_m = 0.2", self.run_program("check", self.atlas).stdout)
        target = self.path / "out.geojson"
        self.run_program("export", self.atlas, "--at", "first", "-o", target)
        self.assertEqual(json.loads(target.read_text())["marchland"]["harmonise_m"], "0.2")
        stats = self.path / "stats.json"
        self.run_program("build", self.atlas, "-o", self.path / "c.gpkg", "--stats", stats)
        self.assertEqual(json.loads(stats.read_text())["harmonise"]["vertices_moved"], 1)

    def test_refusals(self):
        self.assertIn(".csv or .json", self.refusal(2, "check", self.atlas, "--ledger", self.path / "l.txt"))
        one = self.path / "l.json"
        self.assertIn("same file", self.refusal(2, "check", self.atlas, "--ledger", one, "-o", one))
        self.declare(0)
        self.assertIn("above 0", self.refusal(3, "check", self.atlas))
        self.declare(5000)
        self.assertIn("up to 1000", self.refusal(3, "check", self.atlas))
