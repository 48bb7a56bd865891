"""build, append, review, and questions to a composite file: what it answers, and that nothing is ever half there."""
import fcntl
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time
import unittest
import zipfile

from harness import CELL_M2, MANIFEST, PROGRAM, CliTest, box, collection, feature

DAILY = MANIFEST[:MANIFEST.index("[[layer]]")] + """
[[layer]]
id = "daily"
source = "s"
theme = "control"
mode = "snapshot"
files = ["days/*.geojson"]
actor = {field = "holder"}
from = {pattern = "%Y%m%d"}
"""


def front(at, **more):
    """a holds 0..at, b the rest of 0..4."""
    return collection(feature([box(0, 0, at, 1)], holder="a", **more), feature([box(at, 0, 4, 1)], holder="b", **more))


class CompositeTest(CliTest):
    """An atlas of three days, and a fourth waiting outside."""

    def setUp(self):
        super().setUp()
        (self.atlas / "front.geojson").unlink()
        (self.atlas / "days").mkdir()
        self.write("atlas.toml", DAILY)
        for day, at in (("20000101", 2), ("20000102", 1.5), ("20000103", 1)):
            self.write(f"days/{day}.geojson", front(at))
        self.next = self.path / "20000104.geojson"
        self.next.write_text(front(0.5))
        self.file = self.path / "small.gpkg"

    def done(self, *arguments, status=0):
        done = self.run_program(*arguments)
        self.assertEqual(done.returncode, status, done.stderr + done.stdout)
        return done.stdout

    def build(self):
        return self.content_of(self.done("build", self.atlas, "-o", self.file, "--overwrite"))

    @staticmethod
    def content_of(text):
        return text.split(" content ")[1].split()[0]


class Answers(CompositeTest):
    def test_are_those_of_the_folder(self):
        self.write("places.geojson", collection({"type": "Feature", "properties": {"name": "Town"}, "geometry": {
            "type": "Point", "coordinates": [1.25, 0.5]}}))
        self.write("land.geojson", collection(feature([box(0, 0, 3, 1)])))
        self.write("atlas.toml", DAILY.replace('title = "Two squares"', 'title = "T"\nplaces = "places.geojson"\n'
                                               'study_area = "land.geojson"')
                   + '[[region]]\nid = "land"\nfile = "land.geojson"\n')
        self.build()
        for question in (("areas", "--at", "2000-01-01,latest", "--by", "region"), ("areas", "--at", "latest", "--method", "geodesic"),
                         ("changes", "--from", "2000-01-01", "--to", "latest"), ("timeline",), ("timeline", "--every", "day"),
                         ("line", "--at", "latest", "--between", "a,b"),
                         ("overlaps", "--at", "latest", "--rows", "control", "--cols", "region")):
            with self.subTest(question):
                self.assertEqual(self.answer(question[0], self.file, *question[1:]),
                                 self.answer(question[0], self.atlas, *question[1:]))
        of_folder, of_file = self.answer("check", self.atlas), self.answer("check", self.file)
        self.assertEqual(of_file["findings"], of_folder["findings"])
        self.assertEqual([c["name"] for c in of_file["certificates"]],
                         [c["name"] for c in of_folder["certificates"]][:4] + ["study_area_control", "content", "rows"])
        self.assertTrue(all(c["residual_units"] == 0 for c in of_file["certificates"]))
        for name in ("file", "folder"):
            source = self.file if name == "file" else self.atlas
            self.done("export", source, "--all", "-o", self.path / f"{name}.geojson")
            self.done("run", source, "-o", self.path / f"run-{name}")
        self.assertEqual((self.path / "file.geojson").read_bytes(), (self.path / "folder.geojson").read_bytes())

    def test_windows_and_two_layers_of_a_composite(self):
        self.build()
        for more in (("--since", "2000-01-02"), ("--since", "2000-01-02", "--until", "2000-01-03"), ("--two-layer",)):
            question = ("areas", "--at", "2000-01-02")
            self.assertEqual(self.answer(question[0], self.file, *question[1:], *more),
                             self.answer(question[0], self.atlas, *question[1:], *more))

    def test_a_copy_can_be_built_from_it(self):
        content = self.build()
        copy = self.path / "copy.gpkg"
        self.assertEqual(self.content_of(self.done("build", self.file, "-o", copy)), content)

    def test_files_that_are_no_composite(self):
        self.file.write_bytes(b"")
        self.assertIn("is no composite (it has no table marchland_meta)", self.refusal(3, "areas", self.file, "--at", "latest"))
        self.file.write_text("x" * 2000)
        self.assertIn("is damaged or no GeoPackage", self.refusal(3, "check", self.file))
        self.assertIn("unable to open", self.refusal(1, "check", self.path / "none.gpkg"))
        self.done("export", self.atlas, "--at", "latest", "-o", self.path / "plain.gpkg")
        self.assertIn("name an atlas, or what 'build' wrote", self.refusal(3, "timeline", self.path / "plain.gpkg"))

    def test_a_changed_row_is_noticed(self):
        self.build()
        whole = self.file.read_bytes()
        for sql in ("UPDATE marchland_meta SET value = replace(value, substr(value, 1, 4), 'ffff') WHERE key = 'content_sha256'",
                    "UPDATE marchland_statement SET actor = 'b' WHERE id = 0",
                    "UPDATE marchland_statement SET valid_from = NULL WHERE id = 0",
                    "UPDATE marchland_meta SET value = replace(value, '#0072b2', '#0072b3') WHERE key = 'atlas'",
                    "INSERT INTO marchland_ledger (kind, statement) VALUES ('x', 0)"):
            with sqlite3.connect(self.file) as file:
                self.assertEqual(file.execute(sql).rowcount, 1)
            self.assertIn("are not those that were written", self.refusal(3, "areas", self.file, "--at", "latest"))
            self.file.write_bytes(whole)
        for sql in ("DELETE FROM marchland_edge WHERE id = 1", "UPDATE marchland_face SET area_mm2 = '1' WHERE id = 1"):
            with sqlite3.connect(self.file) as file:
                self.assertEqual(file.execute(sql).rowcount, 1)
            done = self.run_program("check", self.file, "--format", "json")
            self.assertEqual(done.returncode, 3)
            self.assertEqual([c["residual_units"] for c in json.loads(done.stdout)["certificates"] if c["name"] == "rows"], [1])
            self.file.write_bytes(whole)

    def test_truncated_anywhere_it_is_refused(self):
        self.build()
        whole = self.file.read_bytes()
        for size in range(100, len(whole) - 1, len(whole) // 40):
            self.file.write_bytes(whole[:size])
            done = self.run_program("areas", self.file, "--at", "latest")
            self.assertIn(done.returncode, (1, 3), f"{size} bytes: {done.stdout}{done.stderr}")
            self.assertTrue(done.stderr.startswith("marchland: "), done.stderr)


class Append(CompositeTest):
    def test_equals_building_anew(self):
        self.build()
        appended = self.content_of(self.done("append", self.file, self.next))
        rows = self.answer("timeline", self.file)
        shutil.copy(self.next, self.atlas / "days")
        self.assertEqual(self.build(), appended)
        self.assertEqual(rows, self.answer("timeline", self.atlas))
        self.assertEqual(rows["checksum"], self.answer("areas", self.atlas, "--at", "latest")["checksum"])

    def test_one_by_one_in_any_order(self):
        days = {name: at for name, at in (("20000104", 0.5), ("20000107", 3), ("20000105", 2.5), ("20000106", 0.25))}
        self.build()
        for name, at in days.items():
            path = self.path / f"{name}.geojson"
            path.write_text(front(at))
            before = self.answer("areas", self.file, "--at", "2000-01-01,2000-01-02")["rows"]
            appended = self.content_of(self.done("append", self.file, path))
            self.assertEqual(self.answer("areas", self.file, "--at", "2000-01-01,2000-01-02")["rows"], before)
            shutil.copy(path, self.atlas / "days")
            self.assertEqual(self.content_of(self.done("build", self.atlas, "-o", self.path / "anew.gpkg", "--overwrite")), appended)

    def test_can_leave_the_composite_as_it_is(self):
        content = self.build()
        before = self.file.read_bytes()
        stats = self.path / "stats.json"
        self.done("append", self.file, self.next, "-o", self.path / "new.gpkg", "--stats", stats)
        self.assertEqual(self.file.read_bytes(), before)
        document = json.loads(stats.read_text())
        self.assertEqual(document["statements_added"], 2)
        self.assertNotEqual(document["content_sha256"], content)
        self.assertIn("exists already", self.refusal(1, "append", self.file, self.next, "-o", self.path / "new.gpkg"))

    def test_refusals_leave_the_file_alone(self):
        self.build()
        before = self.file.read_bytes()
        self.assertIn("is in the composite already, with the same bytes",
                      self.refusal(2, "append", self.file, self.atlas / "days/20000103.geojson"))
        broken = self.path / "20000105.geojson"
        broken.write_text('{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"holder":"a"},'
                          '"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[0,0]]]}}]}')
        self.assertIn(f"{broken}: layer '20000105', feature 0: ring 1: 3 positions, a ring needs 4",
                      self.refusal(3, "append", self.file, broken))
        broken.write_text(front(1).replace('"a"', '"c"'))
        self.assertIn("there is no [[actor]] 'c'", self.refusal(3, "append", self.file, broken))
        self.assertIn("the atlas has no layer 'dayly'; did you mean 'daily'?",
                      self.refusal(2, "append", self.file, self.next, "--layer", "dayly"))
        self.assertIn("choose a name ending in .gpkg", self.refusal(2, "append", self.atlas / "atlas.toml", self.next))
        self.assertEqual(self.file.read_bytes(), before)

    def test_with_harmonising_only_later_dates_are_added(self):
        self.write("atlas.toml", DAILY.replace("[atlas]", "[atlas]\nharmonise_m = 100"))
        self.build()
        self.next.write_text(front(0.5004))
        between = self.path / "20000103x.geojson"
        between.write_text(front(1.0004))
        message = self.refusal(2, "append", self.file, between)
        self.assertIn("statement 'daily/20000103x/0' begins at 2000-01-03, not after the last one there (2000-01-03)", message)
        later = self.content_of(self.done("append", self.file, self.next))
        shutil.copy(self.next, self.atlas / "days")
        self.assertEqual(self.build(), later)
        self.assertEqual(self.answer("check", self.file)["harmonise"], self.answer("check", self.atlas)["harmonise"])

    def test_a_window_of_time_is_no_base(self):
        self.done("build", self.atlas, "-o", self.file, "--since", "2000-01-02")
        self.assertIn("was built of a window of time", self.refusal(2, "append", self.file, self.next))
        self.assertIn("nothing would change", self.done("review", self.atlas, "--against", self.file))

    def test_part_of_a_harmonised_atlas_is_not_arranged_again(self):
        self.write("atlas.toml", DAILY.replace("[atlas]", "[atlas]\nharmonise_m = 500"))
        for day, at in (("20000101", 2), ("20000102", 2.003), ("20000103", 2.006)):
            self.write(f"days/{day}.geojson", front(at))
        self.done("build", self.atlas, "-o", self.file, "--since", "2000-01-02")
        question = ("areas", "--at", "2000-01-03")
        self.assertEqual(self.answer(question[0], self.file, *question[1:])["rows"],
                         self.answer(question[0], self.atlas, *question[1:])["rows"])
        for message in (self.refusal(2, *question[:1], self.file, *question[1:], "--since", "2000-01-03"),
                        self.refusal(2, "review", self.atlas, "--against", self.file)):
            self.assertIn("harmonised with those of all of time, which it does not have", message)

    def test_a_link_stays_a_link_and_permissions_stay(self):
        self.build()
        link = self.path / "link.gpkg"
        link.symlink_to(self.file.name)
        self.file.chmod(0o600)
        appended = self.content_of(self.done("append", link, self.next))
        self.assertTrue(link.is_symlink())
        self.assertIn("2000-01-04", self.done("timeline", self.file))
        self.assertEqual(self.file.stat().st_mode & 0o777, 0o600)
        shutil.copy(self.next, self.atlas / "days")
        self.assertEqual(self.content_of(self.done("build", self.atlas, "-o", self.path / "x.gpkg")), appended)

    def test_a_journal_of_another_program_is_not_rolled_into_the_new_file(self):
        self.build()
        for ending in ("-journal", "-wal"):
            journal = self.path / (self.file.name + ending)
            journal.write_bytes(b"x" * 512)
            for command in (("append", self.file, self.next), ("build", self.atlas, "-o", self.file, "--overwrite"),
                            ("areas", self.file, "--at", "latest")):
                self.assertIn(f"{ending} lies beside it", self.refusal(1, *command))
            journal.unlink()
        self.done("append", self.file, self.next)

    def test_archives_are_to_be_unpacked(self):
        self.build()
        with zipfile.ZipFile(self.path / "more.zip", "w") as archive:
            archive.write(self.next, self.next.name)
        self.assertIn("is an archive; unpack it and name the files", self.refusal(2, "append", self.file, self.path / "more.zip"))

    def test_findings_are_those_of_building_anew(self):
        clockwise = collection(feature([box(0, 0, 1, 1)[::-1]], holder="a"))
        self.write("days/20000103b.geojson", clockwise)
        self.build()
        early = self.path / "20000103a.geojson"
        early.write_text(clockwise)
        self.done("append", self.file, early)
        shutil.copy(early, self.atlas / "days")
        self.assertEqual(self.answer("check", self.file)["findings"], self.answer("check", self.atlas)["findings"])
        self.assertIn("nothing would change", self.done("review", self.atlas, "--against", self.file))

    def test_outputs_never_replace_the_composite(self):
        self.build()
        os.chdir(self.path)
        before = self.file.read_bytes()
        self.assertIn("name the same file", self.refusal(2, "append", "small.gpkg", self.next, "--stats", "./small.gpkg", "--overwrite"))
        self.assertIn("name the same file", self.refusal(2, "build", self.atlas, "-o", "small.gpkg", "--stats", "./small.gpkg", "--overwrite"))
        self.assertIn("is what is compared", self.refusal(2, "review", self.atlas, "--against", "small.gpkg", "--geometry", "./small.gpkg", "--overwrite"))
        self.assertIn("is the atlas itself", self.refusal(2, "export", "small.gpkg", "--at", "latest", "-o", "./small.gpkg", "--overwrite"))
        self.assertEqual(self.file.read_bytes(), before)

    def test_one_writer_at_a_time(self):
        self.build()
        with open(self.file, "rb") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            self.assertIn("another program is writing it", self.refusal(1, "append", self.file, self.next))
        self.done("append", self.file, self.next)

    def test_killed_at_any_instant_the_file_is_the_old_or_the_new(self):
        old = self.build()
        start = time.monotonic()
        new = self.content_of(self.done("append", self.file, self.next, "-o", self.path / "new.gpkg"))
        duration = time.monotonic() - start
        old_bytes = self.file.read_bytes()
        seen = set()
        rng = random.Random(20000104)
        for i in range(60):
            with subprocess.Popen([PROGRAM, "append", str(self.file), str(self.next)], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL) as program:
                # When it dies is left to chance; nothing that is asserted depends on it.
                time.sleep(rng.uniform(0, 1.3) * duration)
                program.send_signal(signal.SIGKILL)
                program.wait()
            with sqlite3.connect(self.file) as file:
                content = file.execute("SELECT value FROM marchland_meta WHERE key = 'content_sha256'").fetchone()[0]
                self.assertEqual(file.execute("PRAGMA integrity_check").fetchone()[0], "ok")
            self.assertIn(content, (old, new))
            if i % 10 == 0:
                self.done("check", self.file)
            seen.add(content)
            if content == new:
                self.file.write_bytes(old_bytes)
        # What was left under temporary names is in nobody's way.
        self.assertEqual(self.content_of(self.done("append", self.file, self.next)), new)
        self.assertLessEqual(seen, {old, new})


class Review(CompositeTest):
    def test_nothing_new_is_0_and_writes_nothing(self):
        self.build()
        before = self.file.read_bytes()
        listing = sorted(os.listdir(self.path))
        self.assertIn("nothing would change", self.done("review", self.atlas, "--against", self.file))
        self.assertIn("nothing would change", self.done("review", self.file, "--against", self.file))
        self.assertEqual(self.file.read_bytes(), before)
        self.assertEqual(sorted(os.listdir(self.path)), listing)

    def review(self, *more):
        done = self.run_program("review", self.atlas, "--against", self.file, "--format", "json", *more)
        self.assertEqual(done.returncode, 4, done.stderr + done.stdout)
        return json.loads(done.stdout)

    def test_a_new_day_is_new_and_a_redrawn_one_a_correction(self):
        self.write("places.geojson", collection({"type": "Feature", "properties": {"name": "Town"}, "geometry": {
            "type": "Point", "coordinates": [1.75, 0.5]}}))
        self.write("atlas.toml", DAILY.replace("[atlas]", '[atlas]\nplaces = "places.geojson"'))
        old = self.build()
        shutil.copy(self.next, self.atlas / "days")
        self.write("days/20000102.geojson", front(1.75))
        document = self.review("--geometry", self.path / "review.geojson")
        self.assertEqual(document["against"]["content_sha256"], old)
        self.assertIs(document["different"], True)
        self.assertEqual(document["published_until"], "2000-01-03")

        def row(kind, since, until, actor, before, after):
            return kind, since, until, actor, round(before * 4), round(after * 4)
        self.assertEqual([(r["kind"], r["from"], r["to"], r["actor"], round(r["before_m2"] / CELL_M2 * 4),
                           round(r["after_m2"] / CELL_M2 * 4)) for r in document["rows"]],
                         [row("corrected", "2000-01-02", "2000-01-03", "a", 1.5, 1.75),
                          row("corrected", "2000-01-02", "2000-01-03", "b", 2.5, 2.25),
                          row("new", "2000-01-04", None, "a", 1, 0.5),
                          row("new", "2000-01-04", None, "b", 3, 3.5)])
        self.assertEqual([(r["kind"], r["from"], r["to"], r["before"], r["after"], round(r["area_m2"] / CELL_M2, 9))
                          for r in document["revisions"]],
                         [("corrected", "2000-01-02", "2000-01-03", "b", "a", 0.25), ("new", "2000-01-04", None, "a", "b", 0.5)])
        # On the line: a point on a vertical line belongs to the face west of it.
        self.assertEqual([(p["name"], p["from"], p["before"], p["after"]) for p in document["places"]],
                         [("Town", "2000-01-02", "b", "a")])
        self.assertEqual([(s["kind"], s["id"], s["what"]) for s in document["statements"]],
                         [("changed", "daily/20000102/0", ["area"]), ("changed", "daily/20000102/1", ["area"]),
                          ("closed", "daily/20000103/0", ["validity"]), ("closed", "daily/20000103/1", ["validity"]),
                          ("added", "daily/20000104/0", []), ("added", "daily/20000104/1", [])])
        shapes = json.loads((self.path / "review.geojson").read_text())["features"]
        self.assertEqual([(s["properties"]["kind"], s["properties"]["before"], s["properties"]["after"]) for s in shapes],
                         [("corrected", "b", "a"), ("new", "a", "b")])
        # The difference of figures is what appending and asking gives.
        self.build()
        self.assertIn("nothing would change", self.done("review", self.atlas, "--against", self.file))

    def test_the_last_map_redrawn_is_a_correction(self):
        self.build()
        self.write("days/20000103.geojson", front(1.25))
        self.assertEqual([(r["kind"], r["from"], r["to"], r["actor"]) for r in self.review()["rows"]],
                         [("corrected", "2000-01-03", None, "a"), ("corrected", "2000-01-03", None, "b")])

    def test_of_a_window_nothing_outside_it_is_compared(self):
        self.write("days/20000106.geojson", front(1))
        self.done("build", self.atlas, "-o", self.file, "--until", "2000-01-03")
        self.write("days/20000104.geojson", front(3))
        self.write("days/20000102.geojson", front(1.75))
        document = self.review()
        self.assertEqual(document["until"], "2000-01-03")
        self.assertEqual([(r["kind"], r["from"], r["to"], r["actor"]) for r in document["rows"]],
                         [("corrected", "2000-01-02", "2000-01-03", "a"), ("corrected", "2000-01-02", "2000-01-03", "b")])

    def test_what_is_declared_otherwise_or_found_anew(self):
        self.build()
        self.write("atlas.toml", DAILY.replace("#0072b2", "#0072b3"))
        self.assertEqual(self.review()["declarations"], ["actors"])
        self.write("atlas.toml", DAILY)
        self.write("days/20000102.geojson", collection(feature([box(0, 0, 1.5, 1)], holder="a"),
                                                       feature([box(1.5, 0, 3, 1)], holder="b"),
                                                       feature([box(2.5, 0, 4, 1)], holder="b")))
        document = self.review()
        self.assertEqual([(f["kind"], f["code"]) for f in document["findings"]], [("appeared", "self-overlap")])
        self.assertEqual(document["rows"], [], "the overlap counts once")
        self.assertEqual([(s["kind"], s["id"]) for s in document["statements"]],
                         [("changed", "daily/20000102/1"), ("added", "daily/20000102/2")])

    def test_a_ring_that_begins_elsewhere_is_the_same(self):
        self.build()
        shape = box(0, 0, 1.5, 1)
        self.write("days/20000102.geojson", collection(feature([shape[2:4] + shape[:3]], holder="a"),
                                                       feature([box(1.5, 0, 4, 1)], holder="b")))
        self.assertIn("nothing would change", self.done("review", self.atlas, "--against", self.file))

    def test_refusals(self):
        self.build()
        self.assertIn("--against is required", self.refusal(2, "review", self.atlas))
        self.assertIn("is no composite", self.refusal(3, "review", self.atlas, "--against", self.plain()))
        self.assertIn("is no theme", self.refusal(2, "review", self.atlas, "--against", self.file, "--theme", "x"))

    def plain(self):
        target = self.path / "plain.gpkg"
        self.done("export", self.atlas, "--at", "latest", "-o", target)
        return target


if __name__ == "__main__":
    unittest.main()
