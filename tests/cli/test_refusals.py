"""Every refusal: exit status, place and advice. Messages are held to what a user needs, not to their wording."""
import os
import pwd
import stat
import subprocess

from harness import FRONT, MANIFEST, PROGRAM, CliTest, box, collection, feature


class Usage(CliTest):
    def test_bad_options_and_names_on_the_command_line(self):
        areas = ("areas", self.atlas, "--at")
        self.assertIn("did you mean 'first'", self.refusal(2, *areas, "frist"))
        self.assertIn("2000-13-01", self.refusal(2, *areas, "2000-13-01"))
        self.assertIn("no actor 'c'", self.refusal(2, *areas, "first", "--actor", "c"))
        self.assertIn("no region 'west'", self.refusal(2, *areas, "first", "--region", "west"))
        self.assertIn("no source 'x'", self.refusal(2, *areas, "first", "--source", "x"))
        self.assertIn("'contrl' is no theme", self.refusal(2, *areas, "first", "--theme", "contrl"))
        self.assertIn("'lonlta' is no method", self.refusal(2, *areas, "first", "--method", "lonlta"))
        self.assertIn("projected CRS", self.refusal(2, *areas, "first", "--method", "crs:EPSG:4326"))
        self.assertIn("--max-memory", self.refusal(2, *areas, "first", "--max-memory", "much"))
        self.assertIn("--threads", self.refusal(2, *areas, "first", "--threads", "0"))
        self.assertIn("--unit", self.refusal(2, *areas, "first", "--unit", "acre"))
        self.assertIn("--frm", self.refusal(2, *areas, "first", "--frm", "first"))
        self.assertIn("'arees' is no command (did you mean 'areas'?); expected one of run,", self.refusal(2, "arees", self.atlas))
        self.assertIn("'nosuchcommand' is no command; expected one of", self.refusal(2, "nosuchcommand"))
        self.refusal(2)
        self.assertEqual(self.run_program("front", self.atlas, "--at", "first", "--between", "a,b").returncode, 0)  # as `line`

    def test_options_that_would_do_nothing(self):
        changes = ("--from", "first", "--to", "second")
        for options, name in ((("--at", "first", "--held"), "x.geojson"), (("--all", "--held"), "x.geojson"),
                              ((*changes, "--unknown"), "x.geojson"), (("--at", "first", "--row-group", "3"), "x.geojson")):
            message = self.refusal(2, "export", self.atlas, *options, "-o", self.path / name)
            self.assertTrue(any(option in message for option in options), message)
            self.assertFalse((self.path / name).exists())

    def test_help_is_no_failure(self):
        done = self.run_program("areas", "--help")
        self.assertEqual(done.returncode, 0)
        self.assertIn("--at", done.stdout)


class Outputs(CliTest):
    def areas(self, *more):
        return ("areas", self.atlas, "--at", "first", "--format", "csv", *more)

    def test_existing_output_is_kept_unless_told(self):
        target = self.path / "areas.csv"
        target.write_text("precious")
        self.assertIn("--overwrite", self.refusal(1, *self.areas("-o", target)))
        self.assertEqual(target.read_text(), "precious")
        done = self.run_program(*self.areas("-o", target, "--overwrite"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("area_m2", target.read_text())
        self.assertEqual(sorted(path.name for path in self.path.iterdir()), ["areas.csv", "areas.csv-metadata.json", "atlas"])

    def test_what_is_no_file_is_left_alone(self):
        # Renaming the finished file onto it would replace it, /dev/null for instance.
        pipe = self.path / "pipe"
        os.mkfifo(pipe)
        for more in ((), ("--overwrite",)):
            self.assertIn("is a device, pipe or socket", self.refusal(1, *self.areas("-o", pipe, *more)))
        self.assertTrue(stat.S_ISFIFO(os.stat(pipe).st_mode))
        self.assertEqual(sorted(path.name for path in self.path.iterdir()), ["atlas", "pipe"])

    def test_missing_folder(self):
        self.assertIn("does not exist", self.refusal(1, *self.areas("-o", self.path / "none" / "areas.csv")))

    def test_folder_not_writable(self):
        # Root may write anywhere, so the program runs as another user.
        if os.getuid() != 0:
            self.skipTest("needs root to become another user")
        os.chmod(self.path, 0o755)
        locked = self.path / "locked"
        locked.mkdir(mode=0o755)
        nobody = pwd.getpwnam("nobody")
        done = subprocess.run([PROGRAM, *map(str, self.areas("-o", locked / "areas.csv"))], capture_output=True, text=True,
                              user=nobody.pw_uid, group=nobody.pw_gid)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("cannot be written", done.stderr)
        self.assertIn(str(locked / "areas.csv"), done.stderr)

    def test_disk_full_leaves_nothing(self):
        if os.getuid() != 0:
            self.skipTest("needs root to mount a small file system")
        disk = self.path / "disk"
        disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", str(disk)], capture_output=True)
        if mounted.returncode != 0:
            self.skipTest("this machine mounts no file systems")
        try:
            (disk / "filler").write_bytes(b"x" * 4096)
            message = self.refusal(1, *self.areas("-o", disk / "areas.csv"))
            self.assertIn("areas.csv", message)
            self.assertEqual([path.name for path in disk.iterdir()], ["filler"])
        finally:
            subprocess.run(["umount", str(disk)], check=True)


class Data(CliTest):
    """Anything wrong inside the atlas is status 3; an atlas that is not there is 1."""

    def areas(self):
        return ("areas", self.atlas, "--at", "2000")

    def test_missing_atlas_and_file(self):
        self.assertIn("nosuch", self.refusal(1, "areas", self.path / "nosuch", "--at", "2000"))
        (self.atlas / "front.geojson").unlink()
        self.assertIn("front.geojson", self.refusal(3, *self.areas()))

    def test_misspelt_key_is_named_with_the_nearest(self):
        self.manifest('mode = "interval"', 'moed = "interval"')
        message = self.refusal(3, *self.areas())
        self.assertIn("moed", message)
        self.assertIn("mode", message)
        self.assertIn("atlas.toml:", message)

    def test_field_absent(self):
        self.manifest('actor = {field = "holder"}', 'actor = {field = "holdr"}')
        message = self.refusal(3, *self.areas())
        self.assertIn("holdr", message)
        self.assertIn("holder", message)

    def test_unknown_actor(self):
        self.write("front.geojson", FRONT.replace('"holder": "b"', '"holder": "c"'))
        message = self.refusal(3, *self.areas())
        self.assertIn("'c'", message)
        self.assertIn("feature", message)

    def test_unreadable_date_names_file_and_feature(self):
        self.write("front.geojson", FRONT.replace('"from": "2001"', '"from": "last spring"'))
        message = self.refusal(3, *self.areas())
        for part in ("front.geojson", "feature", "last spring", "ISO 8601"):
            self.assertIn(part, message)

    def test_from_after_to(self):
        self.write("front.geojson", FRONT.replace('"to": "2001"', '"to": "1999"'))
        self.assertIn("is not before", self.refusal(3, *self.areas()))

    def test_broken_rings(self):
        for rings, part in (([[[0, 0], [1, 1], [0, 0]]], "a ring needs 4"),
                            ([box(0, 0, 1, 91)], "latitude 91")):
            self.write("front.geojson", collection(feature(rings, holder="a", **{"from": "2000", "to": None})))
            message = self.refusal(3, *self.areas())
            self.assertIn(part, message)
            self.assertIn("feature", message)

    def test_numbers_that_are_none(self):
        self.write("front.geojson", FRONT.replace("[2, 0]", "[1e999, 0]", 1))
        self.refusal(3, *self.areas())

    def test_empty_layer_and_garbage(self):
        self.write("front.geojson", collection())
        message = self.refusal(3, *self.areas())
        self.assertIn("layer 'front'", message)
        self.assertIn("no feature", message)
        self.write("front.geojson", "this is no map")
        message = self.run_program(*self.areas())
        self.assertIn(message.returncode, (1, 3))
        self.assertIn("front.geojson", message.stderr)

    def test_atlas_without_layers(self):
        self.write("atlas.toml", MANIFEST[:MANIFEST.index("[[layer]]")])
        self.refusal(3, *self.areas())
