"""When it held and when it was recorded: corrections, retractions, drafts, and what is not for the public."""
import json
import subprocess
import unittest

from harness import CELL_M2, CliTest, box, collection, feature

MANIFEST = """
[atlas]
id = "two-times"
study_area = "study.geojson"
places = "places.geojson"
[[actor]]
id = "a"
[[actor]]
id = "b"
[[source]]
id = "desk"
title = "Desk"
sigma_m = 50
[[source]]
id = "secret-source"
title = "SECRET"
visibility = "internal"
[[layer]]
id = "control"
source = "desk"
theme = "control"
mode = "interval"
files = ["control.geojson"]
actor = {field = "actor"}
from = {field = "from"}
to = {field = "to"}
statement = {field = "id"}
recorded = {field = "recorded"}
author = {field = "author"}
supersedes = {field = "supersedes"}
retracts = {field = "retracts"}
state = {field = "state"}
visibility = {field = "visibility"}
note = {field = "note"}
cites = {field = "cites"}
[[layer]]
id = "secret-layer"
source = "secret-source"
theme = "control"
mode = "interval"
files = ["secret-file.geojson"]
actor = "b"
from = "2024-01-15"
"""

# (id, actor, from, to, west, east, recorded, more)
STATEMENTS = [
    ("s1", "a", "2024-01-01", None, 0, 6, "2024-01-02", {"author": "kim", "note": "first sketch"}),
    ("s2", "b", "2024-01-01", None, 6, 10, "2024-01-02", {"cites": "secret-source"}),
    ("s1b", "a", "2024-01-01", "2024-03-01", 0, 5, "2024-02-10", {"supersedes": "s1", "author": "lee", "note": "further west"}),
    ("s1c", "b", "2024-01-01", None, 5, 6, "2024-02-10", {}),
    ("s3", "a", "2024-03-01", None, 0, 4, "2024-03-02", {}),
    ("s4", "b", "2024-03-01", None, 4, 5, "2024-03-02", {}),
    ("secret-draft", "b", "2024-03-15", None, 3, 4, "2024-03-16", {"state": "draft", "note": "SECRET"}),
    ("secret-one", "b", "2024-03-15", None, 2, 3, "2024-03-16", {"visibility": "internal", "note": "SECRET"}),
]
RETRACTION = {"type": "Feature", "geometry": None, "properties": {
    "id": "r1", "recorded": "2024-04-01", "retracts": "s4", "author": "pat", "note": "a rumour"}}


def statement(row):
    id, actor, begins, ends, west, east, recorded, more = row
    every = dict.fromkeys(("author", "note", "cites", "supersedes", "retracts", "state", "visibility"))
    return feature([box(west, 0, east, 10)],
                   **{**every, "id": id, "actor": actor, "recorded": recorded, "from": begins, "to": ends, **more})


class TwoTimes(CliTest):
    def setUp(self):
        super().setUp()
        self.statements = [statement(row) for row in STATEMENTS] + [RETRACTION]
        self.put(self.atlas)

    def put(self, folder, features=None, manifest=MANIFEST):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "atlas.toml").write_text(manifest)
        for name, features in {
                "control": self.statements if features is None else features,
                "study": [feature([box(0, 0, 10, 10)])],
                "secret-file": [feature([box(8, 8, 9, 9)])],
                "places": [{"type": "Feature", "properties": {"name": "Mid"},
                            "geometry": {"type": "Point", "coordinates": [5.5, 5]}}]}.items():
            (folder / f"{name}.geojson").write_text(collection(*features))
        return folder

    def done(self, *arguments):
        done = self.run_program(*arguments)
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        return done

    def document(self, *arguments):
        return json.loads(self.done(*arguments, "--format", "json").stdout)

    def test_as_of_any_record_is_the_answer_given_then(self):
        full = self.path / "full.gpkg"
        self.done("build", self.atlas, "-o", full)
        for known in ("2024-01-02", "2024-02-10", "2024-03-05", "2024-03-16", "2024-04-01"):
            told = [f for f in self.statements if f["properties"]["recorded"] <= known]
            then = self.put(self.path / f"then-{known}", told)
            for command in (["areas", "--at", "2024-03-20,2024-02-01"], ["timeline"], ["dwell"], ["changes", "--from", "2024-02-01", "--to", "2024-03-20"]):
                expected = self.document(command[0], then, *command[1:])
                for atlas in (self.atlas, full):
                    found = self.document(command[0], atlas, *command[1:], "--as-of", known)
                    self.assertEqual(found.pop("as_of"), known)
                    for document in (found, expected):
                        document.pop("checksum", None)
                    self.assertEqual(found, expected, f"{command} as of {known}")

    def test_changes_tell_corrections_from_ground_that_changed_hands(self):
        document = self.document("changes", self.atlas, "--from", "2024-02-01", "--from-as-of", "2024-01-05",
                                 "--to", "2024-03-10", "--as-of", "2024-03-05")
        areas = {(row["at"], row["actor"]): row["area_m2"] for row in self.document(
            "areas", self.atlas, "--at", "2024-02-01,2024-03-10", "--as-of", "2024-03-05")["rows"]}
        published = {row["actor"]: row["area_m2"] for row in self.document(
            "areas", self.atlas, "--at", "2024-02-01", "--as-of", "2024-01-05")["rows"]}
        a, b = document["rows"]
        self.assertEqual([a["actor"], b["actor"]], ["a", "b"])
        for row in (a, b):
            self.assertEqual(row["published_m2"], published[row["actor"]])
            self.assertAlmostEqual(row["published_m2"] + row["corrected_gained_m2"] - row["corrected_lost_m2"],
                                   areas["2024-02-01", row["actor"]], delta=1e-3)
            self.assertAlmostEqual(areas["2024-02-01", row["actor"]] + row["gained_m2"] - row["lost_m2"],
                                   areas["2024-03-10", row["actor"]], delta=1e-3)
        self.assertGreater(a["corrected_lost_m2"], 1e11)
        self.assertEqual(document["corrections"], [{"from": "a", "to": "b", "area_m2": a["corrected_lost_m2"]}])
        self.assertEqual([(p["name"], p["from"], p["to"]) for p in document["corrected_places"]], [("Mid", "a", "b")])
        self.assertEqual(document["from_as_of"], "2024-01-05")
        # One that had ground by the published map only has a row of its own.
        later = self.document("changes", self.atlas, "--from", "2024-03-05", "--from-as-of", "2024-03-05", "--to", "2024-03-06", "--actor", "b")
        self.assertGreater(later["rows"][0]["corrected_lost_m2"], 0)
        self.assertEqual(later["corrections"][0]["to"], None)

    def test_corrections_as_polygons(self):
        out = self.path / "corrections.geojson"
        self.done("changes", self.atlas, "--from", "2024-02-01", "--from-as-of", "2024-01-05", "--to", "2024-03-10",
                  "--corrections", out)
        features = json.loads(out.read_text())["features"]
        self.assertEqual([(f["properties"]["before"], f["properties"]["after"]) for f in features], [("a", "b")])
        self.assertEqual(sorted({x for x, _ in features[0]["geometry"]["coordinates"][0][0]}), [5, 6])
        self.assertIn("--from-as-of", self.refusal(2, "changes", self.atlas, "--from", "2024-02-01", "--to", "2024-03-10", "--corrections", self.path / "x.geojson"))
        self.assertIn("is later than --as-of", self.refusal(
            2, "changes", self.atlas, "--from", "2024-02-01", "--from-as-of", "2024-03-05", "--as-of", "2024-02-15", "--to", "2024-03-10"))

    def test_why_tells_what_was_set_aside_by_whom(self):
        rows = self.document("why", self.atlas, "--at", "2024-04-01", "--lonlat", "4.5,5")["rows"]
        found = {row["statement"]: row for row in rows}
        self.assertEqual(found["s1"]["standing"], "superseded")
        self.assertEqual((found["s1"]["set_aside_by"], found["s1"]["set_aside_at"], found["s1"]["set_aside_note"]), ("s1b", "2024-02-10", "further west"))
        self.assertEqual(found["s4"]["standing"], "retracted")
        self.assertEqual(found["s4"]["set_aside_note"], "a rumour")
        text = self.done("why", self.atlas, "--at", "2024-04-01", "--lonlat", "3.5,5").stdout
        self.assertIn("draft", text)
        before = self.document("why", self.atlas, "--at", "2024-03-10", "--lonlat", "4.5,5", "--as-of", "2024-03-05")
        self.assertEqual([(r["statement"], r["standing"]) for r in before["rows"]], [("s4", "decides"), ("s1", "superseded")])

    def test_nothing_internal_reaches_the_public(self):
        out = self.path / "public"
        out.mkdir()
        shown = ["--public"]
        said = [self.done("run", self.atlas, *shown, "-o", out / "run").stdout,
                self.done("build", self.atlas, *shown, "-o", out / "public.gpkg", "--stats", out / "stats.json").stdout]
        for ending in ("geojson", "gpkg", "kml", "fgb", "csv"):
            said.append(self.done("export", self.atlas, *shown, "--all", "-o", out / f"all.{ending}").stderr)
        self.done("export", self.atlas, *shown, "--at", "latest", "--statements", "-o", out / "statements.gpkg")
        self.done("tiles", self.atlas, *shown, "-o", out / "tiles.pmtiles")
        self.done("raster", self.atlas, *shown, "--layer", "control", "--at", "latest", "--res", "0.5", "-o", out / "raster.tif")
        for command in (["check"], ["areas", "--at", "latest"], ["timeline"], ["dwell"],
                        ["changes", "--from", "2024-02-01", "--from-as-of", "2024-01-05", "--to", "2024-04-10"],
                        ["line", "--at", "latest", "--between", "a,b"],
                        *(["why", "--at", "2024-04-10", "--lonlat", point] for point in ("2.5,5", "3.5,5", "8.5,8.5", "9.5,5"))):
            for layout in ("table", "json"):
                said.append(self.done(command[0], self.atlas, *command[1:], *shown, "--format", layout).stdout)
        # From a composite that has it all, too.
        self.done("build", self.atlas, "-o", self.path / "all.gpkg")
        said.append(self.done("areas", self.path / "all.gpkg", "--at", "latest", *shown).stdout)
        self.assertEqual(self.document("areas", self.path / "all.gpkg", "--at", "2024-04-10", *shown)["rows"],
                         self.document("areas", out / "public.gpkg", "--at", "2024-04-10")["rows"])
        traces = (b"secret", b"SECRET", b"internal")
        for text in said:
            for trace in traces:
                self.assertNotIn(trace.decode(), text.replace("neither it nor its source internal", ""))
        files = [path for path in out.rglob("*") if path.is_file()]
        self.assertGreater(len(files), 20)
        for path in files:
            content = path.read_bytes().replace(b"neither it nor its source internal", b"")
            if path.suffix == ".gpkg":
                content = subprocess.run(["python3", "-c", "import sqlite3,sys\nfor l in sqlite3.connect(sys.argv[1]).iterdump(): print(l)", path],
                                         check=True, capture_output=True).stdout.replace(b"neither it nor its source internal", b"")
            for trace in traces:
                self.assertNotIn(trace, content, path)
        self.assertTrue(any(trace in (self.atlas / "atlas.toml").read_bytes() for trace in traces))
        self.assertIn("built for the public", self.refusal(2, "append", out / "public.gpkg", self.atlas / "control.geojson"))
        self.assertIn("nothing of this atlas is for the public", self.refusal(2, "areas", self.atlas, "--at", "latest", "--public", "--as-of", "2023"))

    def test_appended_corrections_set_aside_what_they_correct(self):
        first = self.put(self.path / "first", [f for f in self.statements if f["properties"]["recorded"] < "2024-02"],
                         MANIFEST.replace('files = ["control.geojson"]', 'files = ["control*.geojson"]'))
        composite = self.path / "composite.gpkg"
        self.done("build", first, "-o", composite)
        later = first / "control2.geojson"
        later.write_text(collection(*[f for f in self.statements if f["properties"]["recorded"] >= "2024-02"]))
        self.assertIn("1 statement superseded or retracted", self.done("append", composite, later).stdout)
        for more in ([], ["--as-of", "2024-01-05"], ["--public"]):
            from_composite = self.document("areas", composite, "--at", "2024-03-20", *more)
            from_folder = self.document("areas", first, "--at", "2024-03-20", *more)
            self.assertEqual(from_composite, from_folder)

    def test_review_says_superseded_and_retracted(self):
        composite = self.path / "published.gpkg"
        told = self.put(self.path / "told", [f for f in self.statements if f["properties"]["recorded"] < "2024-02"])
        self.done("build", told, "-o", composite)
        document = json.loads(self.run_program("review", self.atlas, "--against", composite, "--format", "json").stdout)
        kinds = {row["id"]: (row["kind"], row["by"]) for row in document["statements"]}
        self.assertEqual(kinds["s1"], ("superseded", "s1b"))
        self.assertEqual(kinds["s1b"], ("added", None))
        self.assertEqual(kinds["s4"], ("added", None))
        self.assertEqual(kinds["r1"], ("added", None))
        self.assertNotIn("s2", kinds)

    def test_what_cannot_be_is_refused_by_name(self):
        def error_of(*rows, manifest=MANIFEST):
            return self.refusal(3, "check", self.put(self.path / "bad", [*self.statements, *rows], manifest))
        wrong = {"type": "Feature", "geometry": None, "properties": {"id": "x", "recorded": "2024-05-01", "retracts": "s44"}}
        self.assertIn("retracts 's44', and the atlas has no such statement (did you mean 's4'?)", error_of(wrong))
        with_ground = statement(("x", "a", "2024", None, 0, 1, "2024-05-01", {"retracts": "s2"}))
        self.assertIn("what takes statements back states nothing itself", error_of(with_ground))
        both = statement(("x", "a", "2024", None, 0, 1, "2024-05-01", {"retracts": "s2", "supersedes": "s3"}))
        self.assertIn("either replaces others or takes them back", error_of({**both, "geometry": None}))
        early = statement(("x", "a", "2024", None, 0, 1, "2023-05-01", {"supersedes": "s2"}))
        self.assertIn("which was recorded later (2024-01-02, this one: 2023-05-01)", error_of(early))
        state = statement(("x", "a", "2024", None, 0, 1, "2023-05-01", {"state": "finished"}))
        self.assertIn("'finished' is none of draft, reviewed, published", error_of(state))
        self.assertIn("belongs to mode = \"snapshot\"", error_of(manifest=MANIFEST.replace('mode = "interval"', 'mode = "interval"\ncorrections = "by-date"', 1)))

    def test_a_date_recorded_anew_replaces_what_was_recorded_of_it(self):
        folder = self.path / "daily"
        folder.mkdir()
        (folder / "atlas.toml").write_text("""
[atlas]
id = "daily"
[[actor]]
id = "a"
[[source]]
id = "s"
[[layer]]
id = "days"
source = "s"
theme = "control"
mode = "snapshot"
files = ["*.geojson"]
actor = "a"
from = {pattern = "day_%Y%m%d"}
recorded = {pattern = "rec_%Y-%m-%d"}
corrections = "by-date"
""")
        for day, recorded, east in (("20240101", "2024-01-02", 4), ("20240102", "2024-01-03", 5), ("20240101", "2024-02-01", 3)):
            (folder / f"day_{day}_rec_{recorded}.geojson").write_text(collection(feature([box(0, 0, east, 1)])))
        (folder / "day_20240103_rec_2024-01-04.geojson").write_text(collection())

        def width(at, *more):
            rows = self.document("areas", folder, "--at", at, *more)["rows"]
            return round(rows[0]["area_m2"] / CELL_M2) if rows else 0
        self.assertEqual([width(d) for d in ("2024-01-01", "2024-01-02", "2024-01-03")], [3, 5, 0])
        self.assertEqual([width("2024-01-01", "--as-of", d) for d in ("2024-01-02", "2024-01-31", "2024-02-01")], [4, 4, 3])
        # Before the empty day was recorded, the day before it held on.
        self.assertEqual([width("2024-01-03", "--as-of", d) for d in ("2024-01-02", "2024-01-03", "2024-01-04")], [4, 5, 0])

    def test_the_latest_record_for_the_public_is_a_public_one(self):
        full = self.path / "full.gpkg"
        self.done("build", self.atlas, "-o", full)
        without = self.put(self.path / "without", [f for f in self.statements if not f["properties"]["id"].startswith("secret")])
        for atlas in (self.atlas, full):
            for record in ("latest", "previous"):
                found = self.document("areas", atlas, "--at", "2024-04-10", "--public", "--as-of", record)
                expected = self.document("areas", without, "--at", "2024-04-10", "--public", "--as-of", record)
                self.assertEqual(found["as_of"], expected["as_of"])
                self.assertEqual(found["rows"], expected["rows"])
        self.assertEqual(expected["as_of"], "2024-03-02")
        origin = self.document("why", self.atlas, "--at", "2024-04-10", "--lonlat", "0.5,5", "--public")["rows"][0]["origin"]
        self.assertEqual(origin, "control.geojson")

    def test_all_retracted_is_an_answer_and_what_was_told_is_told_again(self):
        self.put(self.atlas, [self.statements[0], self.statements[1],
                              {**RETRACTION, "properties": {**RETRACTION["properties"], "retracts": "s1;s2"}}],
                 MANIFEST.replace('from = "2024-01-15"', 'from = "2030"').replace("secret-file", "control")
                 .split('[[layer]]\nid = "secret-layer"')[0])
        now = self.document("areas", self.atlas, "--at", "2024-05-01")["rows"]
        self.assertEqual([row["actor"] for row in now], [None])
        then = self.document("areas", self.atlas, "--at", "2024-05-01", "--as-of", "2024-01-05")["rows"]
        self.assertEqual({row["actor"] for row in then}, {"a", "b"})


class NothingRecorded(CliTest):
    def test_as_of_of_an_atlas_without_records_says_that_it_changes_nothing(self):
        question = ("areas", self.atlas, "--at", "first")
        expected = self.answer(*question)
        said = ": no statement of the atlas says when it was recorded, so all of them count"
        done = self.run_program(*question, "--as-of", "1990", "--format", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(done.stderr.startswith("--as-of 1990" + said), done.stderr)
        self.assertEqual(json.loads(done.stdout)["rows"], expected["rows"])
        done = self.run_program("changes", self.atlas, "--from", "first", "--from-as-of", "1990", "--to", "second")
        self.assertIn("--from-as-of 1990" + said, done.stderr)


if __name__ == "__main__":
    unittest.main()
