"""Ctrl-C, and worse: what a process that was ended leaves behind."""
import os
import re
import signal
import subprocess
import time
import unittest

from harness import PROGRAM, CliTest, box, collection, feature


class Interruption(CliTest):
    def setUp(self):
        super().setUp()
        # Each year every square changes hands: a history that takes a while to be written.
        features = []
        for year in range(2000, 2012):
            for x in range(24):
                for y in range(10):
                    ring = box(x, y, x + 1, y + 1)
                    features.append(feature([ring], holder="ab"[(x + y + year) % 2],
                                            **{"from": str(year), "to": str(year + 1)}))
        self.write("front.geojson", collection(*features))

    def listing(self):
        return sorted(path.name for path in self.path.iterdir() if path != self.atlas)

    def start(self, *arguments):
        # Out of the shell's background: SIGINT ignored, as `&` in a script leaves it.
        return subprocess.Popen([PROGRAM, *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))

    def until_hidden(self, process):
        """Waits for an unfinished output; its name, or nothing when the process was too quick."""
        while process.poll() is None:
            hidden = [name for name in self.listing() if name.startswith(".")]
            if hidden:
                return hidden[0]
            time.sleep(0.001)
        return None

    def ended(self, process):
        process.wait(timeout=60)
        process.stderr.close()
        return process.returncode

    def check_interrupted(self, ask, result, signals=(signal.SIGINT,), delays=(0, 0.01, 0.05, 0.1, 0.2, 0.4)):
        interrupted = 0
        for number in signals:
            for delay in delays:
                with self.subTest(delay=delay, number=number):
                    process = self.start(*ask)
                    self.until_hidden(process)
                    time.sleep(delay)
                    process.send_signal(number)
                    status = self.ended(process)
                    if status == 0:  # it was done already
                        self.assertEqual(self.listing(), [result])
                    else:
                        self.assertEqual(status, 130 if number == signal.SIGINT else -number)
                        self.assertEqual(self.listing(), [])
                        interrupted += 1
                    self.discard(result)
        self.assertGreater(interrupted, 0)

    def discard(self, result):
        subprocess.run(["rm", "-rf", "--", self.path / result], check=True)

    def test_a_folder(self):
        self.check_interrupted(("run", self.atlas, "-o", self.path / "results", "--res", "0.01"), "results")

    def test_other_signals_end_it_as_they_do_by_default(self):
        self.check_interrupted(("run", self.atlas, "-o", self.path / "results", "--res", "0.01"), "results",
                               (signal.SIGTERM, signal.SIGHUP), (0.05,))

    def test_a_folder_of_many_files_that_threads_write(self):
        self.check_interrupted(("raster", self.atlas, "--every", "month", "--res", "0.02", "-o", self.path / "series"), "series")

    def test_a_folder_of_tiles(self):
        self.check_interrupted(("tiles", self.atlas, "--max-zoom", "9", "-o", self.path / "tiles"), "tiles",
                               delays=(0, 0.005, 0.02))

    def test_a_file(self):
        self.check_interrupted(("build", self.atlas, "-o", self.path / "atlas.gpkg"), "atlas.gpkg", delays=(0, 0.005, 0.02, 0.05))

    def test_what_was_there_stays(self):
        ask = ("run", self.atlas, "-o", self.path / "results", "--res", "0.05")
        self.assertEqual(self.run_program(*ask).returncode, 0)
        before = (self.path / "results" / "index.json").read_bytes()
        process = self.start(*ask, "--overwrite")
        self.assertIsNotNone(self.until_hidden(process))
        process.send_signal(signal.SIGINT)
        self.assertEqual(self.ended(process), 130)
        self.assertEqual(self.listing(), ["results"])
        self.assertEqual((self.path / "results" / "index.json").read_bytes(), before)

    def killed(self, *ask):
        process = self.start(*ask)
        hidden = self.until_hidden(process)
        process.kill()
        self.ended(process)
        self.assertEqual(self.listing(), [hidden])
        return hidden

    def test_what_a_killed_process_left_goes_with_the_next(self):
        for ask, result in ((("run", self.atlas, "--res", "0.05", "-o"), "results"),
                            (("build", self.atlas, "-o"), "atlas.gpkg")):
            with self.subTest(result):
                hidden = self.killed(*ask, self.path / result)
                number = re.search(r"-(\d+)(?:-|\.gpkg)$", hidden)[1]
                # Of a process that lives, of another host, of another output, and of the user's own.
                others = [hidden.replace(f"-{number}", f"-{os.getpid()}"), hidden.replace(".marchland-", ".marchland-0"),
                          "." + result, f".{result}.{number}", "." + "x" + hidden[1:]]
                for name in others:
                    (self.path / name).write_text("not ours")
                self.assertEqual(self.run_program(*ask, self.path / result).returncode, 0)
                self.assertEqual(self.listing(), sorted([result, *others]))
                for name in (result, *others):
                    self.discard(name)

    def test_a_folder_whose_replacing_was_cut_off_comes_back(self):
        hidden = self.killed("run", self.atlas, "--res", "0.05", "-o", self.path / "results")
        self.discard(hidden)
        old = self.path / (hidden + ".replaced")
        old.mkdir()
        (old / "index.json").write_text("{}")
        message = self.refusal(1, "run", self.atlas, "-o", self.path / "results")
        self.assertIn("exists already", message)
        self.assertEqual(self.listing(), ["results"])
        self.assertEqual((self.path / "results" / "index.json").read_text(), "{}")


if __name__ == "__main__":
    unittest.main()
