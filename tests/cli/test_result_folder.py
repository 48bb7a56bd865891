"""The folder that `run` writes: which dates it is about, what its files are called, what it says of itself; and what happens
to folders that are there already."""
import csv
import html.parser
import json
import os
import re
import unittest

from colour_vision import confusions
from harness import MANIFEST, CliTest, box, collection, feature
from osgeo import gdal

gdal.UseExceptions()

NO_PERIODS = re.sub(r'\[\[period\]\]\nid = "\w+"\nfrom = "[\d-]+"\n\n', "", MANIFEST)


class Page(html.parser.HTMLParser):
    """Sections by heading, with their text, tables (rows of cells), links and tags."""

    def __init__(self, text):
        super().__init__()
        self.sections, self.tags, self.links = {}, [], []
        self.title, self.cell = "", None
        self.heading = False
        self.head = ""
        self.feed(text)

    def part(self):
        return self.sections.setdefault(self.title, {"text": "", "tables": [], "links": []})

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag == "h2":
            self.heading, self.title = True, ""
        elif tag == "table":
            self.part()["tables"].append([])
        elif tag == "tr":
            self.part()["tables"][-1].append([])
        elif tag in ("td", "th"):
            self.part()["tables"][-1][-1].append("")
            self.cell = True
        elif tag == "a":
            self.part()["links"].append(dict(attributes).get("href"))
            self.links.append(dict(attributes).get("href"))

    def handle_endtag(self, tag):
        if tag == "h2":
            self.heading = False
        if tag in ("td", "th"):
            self.cell = None

    def handle_data(self, data):
        if self.heading:
            self.title += data
        elif self.cell:
            self.part()["tables"][-1][-1][-1] += data
        else:
            self.part()["text"] += data


class FolderTest(CliTest):
    def setUp(self):
        super().setUp()
        self.results = self.path / "results"

    def run_folder(self, *arguments, res="0.5"):
        done = self.run_program("run", self.atlas, "-o", self.results, "--res", res, *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.index = json.loads((self.results / "index.json").read_text())
        self.page = Page((self.results / "index.html").read_text("utf-8"))
        return done

    def verified(self):
        done = self.run_program("verify", self.results)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def names(self, folder):
        return sorted(path.name for path in (self.results / folder).iterdir())


class Dates(FolderTest):
    def front(self, *stretches, manifest=NO_PERIODS):
        self.write("atlas.toml", manifest)
        self.write("front.geojson", collection(*(feature([box(i, 0, i + 1, 1)], holder=holder, **{"from": start, "to": end})
                                                 for i, (holder, start, end) in enumerate(stretches))))

    def areas(self):
        return json.loads((self.results / "tables" / "areas.json").read_text())["rows"]

    def test_without_periods_they_are_previous_and_latest(self):
        self.front(("a", "2000", "2003"), ("b", "2001", "2003"), ("a", "1999", "2000"))
        self.run_folder()
        named = [self.answer("areas", self.atlas, "--at", word)["rows"][0]["at"] for word in ("previous", "latest")]
        self.assertEqual(named, ["2000-01-01", "2001-01-01"])
        self.assertEqual(list(self.index["dates"].values()), named)
        self.assertNotIn("dates_note", self.index)
        changes = json.loads((self.results / "tables" / "changes-2000-01-01-2001-01-01.json").read_text())
        self.assertEqual([row["lost_m2"] for row in changes["rows"] if row["actor"]], [0, 0])
        self.verified()

    def test_a_theme_that_ended_before_has_its_own(self):
        extra = NO_PERIODS.split("[[layer]]")[1].replace('"front"', '"claims"').replace("control", "claim").replace("front.geojson", "claims.geojson")
        self.front(("a", "2000", None), ("b", "2010", None), manifest=NO_PERIODS + "\n[[layer]]" + extra)
        self.write("claims.geojson", collection(feature([box(0, 0, 1, 1)], holder="b", **{"from": "2001", "to": "2002"})))
        self.run_folder("--theme", "claim")
        self.assertEqual(list(self.index["dates"].values()), ["2001-01-01"])
        self.assertEqual({row["actor"] for row in self.areas()}, {"b"})

    def test_statements_open_at_both_ends(self):
        self.front(("a", None, None))
        done = self.run_folder()
        self.assertEqual(list(self.index["dates"].values()), ["2000-01-01"])
        self.assertIn("the same at every date; 2000-01-01 stands for all", self.index["dates_note"])
        self.assertIn(self.index["dates_note"], done.stderr)
        self.assertIn(self.index["dates_note"], (self.results / "index.html").read_text())
        self.assertEqual([(row["actor"], row["area_m2"] > 0) for row in self.areas()], [("a", True)])
        self.verified()

    def test_statements_that_only_end(self):
        self.front(("a", None, "2010-05-01"))
        self.run_folder()
        self.assertEqual(list(self.index["dates"].values()), ["2010-04-30"])
        self.assertEqual([row["actor"] for row in self.areas()], ["a"])
        self.verified()

    def test_a_window_within_which_nothing_begins(self):
        self.front(("a", "2000", None))
        self.run_folder("--since", "2005")
        self.assertEqual(list(self.index["dates"].values()), ["2005-01-01"])
        self.assertEqual([row["actor"] for row in self.areas()], ["a"])

    def test_a_theme_without_statements_is_refused(self):
        message = self.refusal(2, "run", self.atlas, "-o", self.results, "--theme", "zone")
        self.assertIn("theme zone; the atlas has control (4 statements)", message)
        self.assertFalse(self.results.exists())


class Themes(FolderTest):
    def texts(self):
        for path in sorted(self.results.rglob("*")):
            if path.suffix in (".html", ".svg", ".json", ".geojson", ".csv", ".txt", ".qgs", ".xml") and path.name != "map.html":
                yield path, path.read_text("utf-8")

    def test_files_and_words_are_those_of_the_theme(self):
        self.write("places.geojson", json.dumps({"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": {"name": "Town"}, "geometry": {"type": "Point", "coordinates": [1.5, 0.5]}}]}))
        words = {"control": ("who held what", "Days under each holder"), "claim": ("who claimed what", "Days claimed by each party"),
                 "border": ("what lay within whose borders", "Days within the borders of each party"),
                 "zone": ("what lay in whose zones", "Days in the zones of each party")}
        for theme, (state, days) in words.items():
            with self.subTest(theme):
                self.write("atlas.toml", MANIFEST.replace('theme = "control"', f'theme = "{theme}"')
                           .replace('title = "Two squares"', 'title = "Two squares"\nplaces = "places.geojson"'))
                self.run_folder("--theme", theme, "--overwrite")
                self.assertIn(["Town", "Aland", "Bland"], [row for part in self.page.sections.values() for table in part["tables"] for row in table])
                self.assertEqual(self.names("pictures"), [f"{theme}-first.svg", f"{theme}-second.svg"])
                self.assertLessEqual({f"{theme}-first.geojson", f"{theme}-second.geojson"}, set(self.names("layers")))
                self.assertLessEqual({f"{theme}-first.tif", f"{theme}-second.tif"}, set(self.names("rasters")))
                self.assertIn(f"<title>{state} at first (2000-01-01)</title>", (self.results / f"pictures/{theme}-first.svg").read_text())
                self.assertIn(f"{days}: 2000-01-01 to 2001-01-01", self.page.sections)
                alts = [attributes["alt"] for tag, attributes in self.page.tags if tag == "img"]
                self.assertEqual(alts, [f"Map: {state} at first (2000-01-01)", f"Map: {state} at second (2001-01-01)"])
                for path, text in self.texts():
                    for other, (held, under) in words.items():
                        if other != theme:
                            self.assertNotIn(held, text.lower(), path)
                            self.assertNotIn(under, text, path)
                    if theme != "control":
                        self.assertNotIn("control", path.name)
                        self.assertNotIn("changed hands", text, path)
                self.verified()

    def test_the_index_says_how_to_ask_for_a_raster_again(self):
        self.manifest('theme = "control"', 'theme = "claim"')
        self.run_folder("--theme", "claim")
        [made] = [entry for entry in self.index["files"] if entry["file"] == "rasters/claim-first.tif"]
        again = self.path / "again.tif"
        self.assertEqual(self.run_program("raster", self.atlas, "--layer", made["layer"], "--at", made["at"], "--res", made["res"],
                                          "-o", again).returncode, 0)
        self.assertEqual(gdal.Open(str(again)).ReadAsArray().tolist(), gdal.Open(str(self.results / made["file"])).ReadAsArray().tolist())


class Filters(FolderTest):
    """A part must not be taken for the whole: every kind of output names what left the rest out."""

    def setUp(self):
        super().setUp()
        self.write("west.geojson", collection(feature([box(0, 0, 3, 1)])))
        self.write("atlas.toml", (self.atlas / "atlas.toml").read_text()
                   .replace('color = "#0072b2"', 'color = "#0072b2"\ngroups = [{id = "left"}]')
                   + '\n[[region]]\nid = "west"\nfile = "west.geojson"\n')

    def said(self, *arguments):
        done = self.run_program(*arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_notes_and_heads_of_tables(self):
        for option, value in (("--actor", "a"), ("--region", "west"), ("--source", "s"), ("--group", "left")):
            for ask in (("areas", "--at", "first"), ("changes", "--from", "first", "--to", "second"), ("timeline",), ("dwell",),
                        ("line", "--at", "first", "--between", "a,b"), ("overlaps", "--at", "first", "--rows", "control", "--cols", "region")):
                with self.subTest(command=ask[0], option=option):
                    ask = (ask[0], self.atlas, *ask[1:], option, value)
                    self.assertIn(f"what {option} {value} leaves", self.said(*ask))
                    self.assertEqual(self.answer(*ask)["filters"], f"{option} {value}")
        self.assertNotIn("filters", self.answer("areas", self.atlas, "--at", "first"))

    def test_files(self):
        ask = ("--actor", "a", "--region", "west")
        filters = "--region west --actor a"
        table, layer = self.path / "areas.csv", self.path / "out.geojson"
        self.said("areas", self.atlas, "--at", "first", *ask, "--format", "csv", "-o", table)
        self.assertIn(filters, (self.path / "areas.csv-metadata.json").read_text())
        self.said("export", self.atlas, "--at", "first", *ask, "-o", layer)
        self.assertEqual(json.loads(layer.read_text())["marchland"]["filters"], filters)
        for ending in ("gpkg", "kml", "topojson", "parquet"):
            self.said("export", self.atlas, "--at", "first", *ask, "-o", self.path / f"out.{ending}")
            self.assertIn(filters.encode(), (self.path / f"out.{ending}").read_bytes(), ending)
        self.said("export", self.atlas, "--at", "first", *ask, "-o", self.path / "out.fgb")
        self.assertEqual(json.loads((self.path / "out.fgb-metadata.json").read_text())["filters"], filters)
        self.said("raster", self.atlas, "--at", "first", "--res", "0.5", *ask, "-o", self.path / "out.tif")
        self.assertIn(filters, json.dumps(gdal.Open(str(self.path / "out.tif")).GetMetadata()))
        self.said("raster", self.atlas, "--every", "change", "--res", "0.5", *ask, "-o", self.path / "series")
        self.assertEqual(json.loads((self.path / "series" / "collection.json").read_text())["marchland"]["filters"], filters)
        self.said("raster", self.atlas, "--every", "change", "--res", "0.5", *ask, "-o", self.path / "out.nc")
        self.assertIn(filters.encode(), (self.path / "out.nc").read_bytes())
        self.said("tiles", self.atlas, *ask, "--max-zoom", "3", "-o", self.path / "tiles")
        self.assertEqual(json.loads((self.path / "tiles" / "metadata.json").read_text())["marchland"]["filters"], filters)

    def test_the_folder(self):
        self.run_folder("--actor", "a")
        self.assertEqual(self.index["filters"], "--actor a")
        self.assertIn("A part only: what --actor a leaves.", (self.results / "index.html").read_text())
        for name in ("layers/control-first.geojson", "layers/dwell.geojson", "layers/changes-first-second.geojson"):
            self.assertEqual(json.loads((self.results / name).read_text())["marchland"]["filters"], "--actor a")
        for name in ("areas", "timeline", "check"):
            self.assertEqual(json.loads((self.results / "tables" / f"{name}.json").read_text())["filters"], "--actor a")
        self.verified()
        table = self.results / "tables" / "areas.json"
        document = json.loads(table.read_text())
        del document["filters"]
        table.write_text(json.dumps(document))
        self.assertEqual(self.run_program("verify", self.results).returncode, 4)


class PageTest(FolderTest):
    def setUp(self):
        super().setUp()
        self.write("west.geojson", collection(feature([box(0, 0, 3, 1)])))
        self.write("places.geojson", json.dumps({"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": {"name": "Town"}, "geometry": {"type": "Point", "coordinates": [1.5, 0.5]}}]}))
        self.write("study.geojson", collection(feature([box(-1, 0, 5, 1)])))
        self.write("figures.csv", "figure,title,printed,low,high,unit,source,kind,holder,passed_to,at,from,to,region,of,theme,reason\n"
                                  "one,Aland in 2000,24 600 km2,24000,25000,km2,s,area,a,,first,,,,,,\n")
        self.write("atlas.toml", MANIFEST.replace('title = "Two squares"', 'title = "Two squares"\nfigures = "figures.csv"\n'
                                                  'places = "places.geojson"\nstudy_area = "study.geojson"')
                   .replace("[[source]]", '[[actor]]\nid = "c"\nname = "Cland"\ncolor = "#991f1f"\n\n[[source]]')
                   + '\n[[region]]\nid = "west"\nfile = "west.geojson"\n')

    def test_what_has_no_section_of_its_own_is_linked(self):
        self.run_folder()
        links = set(self.page.links)
        for name in ("areas-by-region", "timeline", "dwell-places", "areas", "changes-first-second", "dwell", "line-a-b"):
            self.assertLessEqual({f"tables/{name}.csv", f"tables/{name}.json"}, links)
            self.assertTrue((self.results / "tables" / f"{name}.csv").exists())
        areas = self.page.sections["Areas"]
        self.assertIn("by region and party", areas["text"])
        self.assertIn("Through time", areas["text"])
        [days] = [part for title, part in self.page.sections.items() if title.startswith("Days under")]
        self.assertIn("places of the gazetteer (1)", days["text"])

    def test_published_figures(self):
        self.run_folder()
        part = self.page.sections["Published figures"]
        self.assertEqual(part["tables"][0][1][0], "Aland in 2000")
        self.assertIn("tables/figures.csv", part["links"])

    def test_nothing_tells_where_the_atlas_lay(self):
        self.write("figures.csv", (self.atlas / "figures.csv").read_text().replace("24000,25000", "1,2"))
        self.run_folder()
        self.assertIn("figures.csv: row 1: 'one' differs", self.page.sections["Published figures"]["text"])
        for path in self.results.rglob("*"):
            if path.is_file():
                self.assertNotIn(str(self.path).encode(), path.read_bytes(), path)

    def test_the_legend_has_who_is_drawn_and_no_one_else(self):
        self.run_folder()
        legend = self.page.sections["Pictures"]["text"]
        self.assertIn("Aland", legend)
        self.assertIn("Bland", legend)
        self.assertNotIn("Cland", legend)
        self.assertIn("unknown: nothing is stated", legend)
        self.assertNotIn("contested", legend)

    def test_contested_ground_is_in_the_legend(self):
        self.write("front.geojson", collection(*(feature([box(0, 0, 2, 1)], holder=holder, **{"from": "2000", "to": None}) for holder in "ab")))
        self.run_folder()
        self.assertEqual(self.page.sections["Pictures"]["text"].split()[-8:], "contested: Aland / Bland unknown: nothing is stated".split())
        self.assertIn('class="swatch contested" style="background-color:#738959"', (self.results / "index.html").read_text())

    def test_lines_are_one_table(self):
        self.run_folder()
        self.assertFalse([title for title in self.page.sections if title.startswith("Line of")])
        [table] = self.page.sections["Lines of contact"]["tables"]
        self.assertEqual(table[0][:4], ["between", "and", "at", "length km"])
        self.assertEqual([row[:3] for row in table[1:]], [["Aland", "Bland", "2000-01-01"], ["Aland", "Bland", "2001-01-01"]])
        self.assertIn("layers/line-a-b.geojson", self.page.sections["Lines of contact"]["links"])

    def test_people_read_names_and_programs_ids(self):
        self.run_folder()
        cells = {cell for title, part in self.page.sections.items() if title not in ("Check", "Files")
                 for table in part["tables"] for row in table for cell in row}
        self.assertFalse(cells & {"a", "b", "c"})
        self.assertLessEqual({"Aland", "Bland"}, cells)
        rows = list(csv.DictReader((self.results / "tables" / "areas.csv").read_text().splitlines()))
        self.assertEqual({row["actor"] for row in rows}, {"a", "b", ""})

    def test_names_that_two_parties_share_keep_the_id(self):
        self.write("atlas.toml", (self.atlas / "atlas.toml").read_text().replace('name = "Bland"', 'name = "Aland"'))
        self.run_folder()
        self.assertIn("Aland (b)", {row[2] for row in self.page.sections["Areas"]["tables"][0]})

    def test_files_are_grouped(self):
        self.run_folder()
        text = self.page.sections["Files"]["text"]
        for folder in ("tables", "layers", "rasters", "pictures"):
            self.assertRegex(text, rf"{folder}: \d+ files?, ")
        self.assertEqual([tag for tag, _ in self.page.tags].count("summary"), 5)
        linked = set(self.page.sections["Files"]["links"])
        self.assertEqual(linked, {entry["file"] for entry in self.index["files"]} - {"index.html"})

    def test_tables_for_readers_that_do_not_see_them(self):
        self.write("atlas.toml", (self.atlas / "atlas.toml").read_text().replace('licence = "CC0-1.0"', 'licence = "CC0-1.0"\nsigma_m = 100.0\ncorrelation_m = 1000.0'))
        self.run_folder()
        for tag, attributes in self.page.tags:
            if tag == "div" and "wide" in attributes.get("class", ""):
                self.assertEqual((attributes.get("tabindex"), attributes.get("role")), ("0", "region"))
                self.assertTrue(attributes.get("aria-label"))
        titled = [table[0] for part in self.page.sections.values() for table in part["tables"]]
        self.assertTrue(any(sum("95 %" in cell for cell in titles) > 1 for titles in titled))
        for titles in titled:
            self.assertEqual(len(titles), len(set(titles)), titles)
        scopes = [attributes.get("scope") for tag, attributes in self.page.tags if tag == "th"]
        self.assertNotIn(None, scopes)
        self.assertIn("row", scopes)


class Names(FolderTest):
    def test_times_have_no_colon_in_names_of_files(self):
        at = "2000-01-01T06:30:15Z"
        self.run_folder("--at", at + ",second")
        files = [str(path.relative_to(self.results)) for path in self.results.rglob("*")]
        self.assertEqual([name for name in files if re.search(r'[<>:"\\|?*]', name)], [])
        self.assertIn("rasters/control-2000-01-01T063015Z.tif", files)
        self.assertIn("tables/changes-2000-01-01T063015Z-second.csv", files)
        self.assertEqual(self.index["dates"], {at: at, "second": "2001-01-01"})
        self.verified()

    def test_dates_that_differ_in_colons_only_have_files_of_their_own(self):
        self.write("atlas.toml", MANIFEST.replace('id = "second"', 'id = "2000-01-01T063015Z"'))
        self.run_folder("--at", "2000-01-01T06:30:15Z,2000-01-01T063015Z")
        self.assertEqual(self.names("pictures"), ["control-2000-01-01T063015Z.svg", "control-2000-01-01T063015Z_2.svg"])
        self.verified()


class Overwriting(FolderTest):
    ASKED = {"run": ("--res", "0.5"), "tiles": ("--max-zoom", "3"), "raster": ("--every", "change", "--res", "0.5")}

    def ask(self, command):
        return (command, self.atlas, *self.ASKED[command], "-o", self.path / command)

    def test_files_that_are_not_its_own_are_named_and_stay(self):
        for command in self.ASKED:
            with self.subTest(command):
                folder = self.path / command
                ask = self.ask(command)
                self.assertEqual(self.run_program(*ask).returncode, 0)
                self.assertEqual(self.run_program(*ask, "--overwrite").returncode, 0)
                (folder / "mynotes.txt").write_text("mine")
                (folder / "more").mkdir()
                (folder / "more" / "photo.jpg").write_text("mine too")
                message = self.refusal(1, *ask, "--overwrite")
                self.assertIn("has 2 files that this command did not write: more/photo.jpg, mynotes.txt", message)
                self.assertEqual((folder / "mynotes.txt").read_text(), "mine")
                self.assertEqual([name for name in os.listdir(self.path) if name.startswith(".")], [])
                (folder / "mynotes.txt").unlink()
                (folder / "more" / "photo.jpg").unlink()
                self.assertEqual(self.run_program(*ask, "--overwrite").returncode, 0)

    def test_a_long_list_is_cut(self):
        self.assertEqual(self.run_program(*self.ask("run")).returncode, 0)
        for i in range(9):
            (self.path / "run" / f"{i}.txt").write_text("")
        self.assertIn("0.txt, 1.txt, 2.txt, 3.txt, 4.txt and 4 more", self.refusal(1, *self.ask("run"), "--overwrite"))

    def test_an_index_that_does_not_say_what_is_its_own(self):
        for command, mark in (("run", "index.json"), ("raster", "collection.json"), ("tiles", "metadata.json")):
            with self.subTest(command):
                self.assertEqual(self.run_program(*self.ask(command)).returncode, 0)
                kept = json.loads((self.path / command / mark).read_text())
                # One that other programs write, too.
                foreign = [{key: value for key, value in kept.items() if key != "marchland"}] if command != "run" else []
                for other in ([], *foreign):
                    (self.path / command / mark).write_text(json.dumps(other))
                    self.assertIn("choose another name", self.refusal(1, *self.ask(command), "--overwrite"))
                    self.assertGreater(len(os.listdir(self.path / command)), 1)

    def test_parties_that_meet_across_the_antimeridian_only(self):
        self.write("front.geojson", collection(
            feature([box(170, -5, 180, 5)], holder="a", **{"from": "2000", "to": None}),
            feature([box(-180, -5, -170, 5)], holder="b", **{"from": "2000", "to": None})))
        self.assertEqual(self.run_program("run", self.atlas, "-o", self.path / "seam").returncode, 0)
        self.assertTrue((self.path / "seam" / "layers" / "line-a-b.geojson").exists())
        done = self.run_program("verify", self.path / "seam")
        self.assertEqual(done.returncode, 0, done.stdout)
        # Pictures are of 20 degrees, too.
        svg = next((self.path / "seam" / "pictures").glob("control-*.svg")).read_text()
        self.assertIn('data-west="170"', svg)
        width, height = map(float, re.search(r'viewBox="-4 -4 (\S+) (\S+)"', svg).groups())
        self.assertAlmostEqual((width - 8) / (height - 8), 2, delta=0.05)
        # Two thousand cells over 20 degrees of ground, not over the width of the world.
        index = json.loads((self.path / "seam" / "index.json").read_text())
        self.assertEqual({file["res"] for file in index["files"] if file.get("command") == "raster"}, {0.01})

    def test_what_is_no_name_of_a_folder(self):
        for command in self.ASKED:
            message = self.refusal(2, *self.ask(command)[:-1], "-")
            self.assertIn("'-'", message)
        for command in (("export", "--at", "first", "--geometry"), ("areas", "--at", "first", "-o"), ("map", "-o"), ("build", "-o")):
            if command[0] != "export":
                self.assertEqual(self.run_program(command[0], self.atlas, *command[1:], "-").returncode, 2, command)
        self.assertIn("leave out the '/'", self.refusal(2, "tiles", self.atlas, "-o", f"{self.path}/a.pmtiles/"))
        self.assertIn("leave out the '/'", self.refusal(2, "raster", self.atlas, "--every", "change", "--res", "1", "-o", f"{self.path}/a.nc/"))
        self.assertIn("FOLDER", self.refusal(2, "raster", self.atlas, "--every", "change", "--res", "1", "-o", f"{self.path}/a.tif/"))
        self.assertEqual(os.listdir(self.path), ["atlas"])
        self.assertFalse(os.path.exists("-"))


class Colours(FolderTest):
    def colors(self, manifest):
        self.write("atlas.toml", manifest)
        target = self.path / "out.geojson"
        done = self.run_program("export", self.atlas, "--at", "first", "-o", target, "--overwrite")
        self.assertEqual(done.returncode, 0, done.stderr)
        return {item["properties"]["actor"]: item["properties"]["color"] for item in json.loads(target.read_text())["features"]}

    def parties(self, *declared):
        """An atlas of these parties side by side; each id with a colour or None."""
        self.write("front.geojson", collection(*(feature([box(i, 0, i + 1, 1)], holder=f"p{i}", **{"from": "2000", "to": None})
                                                 for i in range(len(declared)))))
        head, rest = MANIFEST.split("[[actor]]")[0], MANIFEST[MANIFEST.index("[[source]]"):]
        actors = "".join(f'[[actor]]\nid = "p{i}"\n' + (f'color = "{color}"\n' if color else "") + "\n" for i, color in enumerate(declared))
        return self.colors(head + actors + rest)

    def test_none_declared(self):
        found = self.parties(*[None] * 5)
        self.assertEqual(len(set(found.values())), 5)
        self.assertEqual(confusions(found), [])

    def test_beside_declared_ones(self):
        for color in ("#0072b2", "#e8a000", "#c8503c", "#6e7d32", "#111111"):
            with self.subTest(color):
                found = self.parties(None, color, None)
                self.assertEqual(found["p1"], color)
                self.assertEqual(confusions(found), [])

    def test_many_are_all_different(self):
        found = self.parties(*[None] * 60)
        self.assertEqual(len(set(found.values())), 60)

    def test_another_at_the_end_changes_nobody(self):
        before = self.parties(None, "#c8503c", None, None)
        after = self.parties(None, "#c8503c", None, None, None, None)
        self.assertEqual({key: after[key] for key in before}, before)

    def test_everything_has_the_same(self):
        found = self.parties(None, None)
        self.run_folder()
        swatches = re.findall(r'class="swatch" style="background-color:(#\w+)"></span>(p\d)', (self.results / "index.html").read_text())
        self.assertEqual({name: color for color, name in swatches}, found)
        self.assertIn(f'<path fill="{found["p0"]}"', (self.results / "pictures" / "control-first.svg").read_text())
        file = gdal.Open(str(self.results / "rasters" / "control-first.tif"))  # must outlive its band
        raster = file.GetRasterBand(1)
        self.assertEqual(raster.GetNoDataValue(), 0)  # GDAL 3.6 reads the names with it, not before
        names = raster.GetCategoryNames()
        for actor, color in found.items():
            entry = raster.GetColorTable().GetColorEntry(names.index(actor))
            self.assertEqual("#%02x%02x%02x" % entry[:3], color)
        composite = self.path / "built.gpkg"
        self.assertEqual(self.run_program("build", self.atlas, "-o", composite).returncode, 0)
        target = self.path / "of_composite.geojson"
        self.run_program("export", composite, "--at", "first", "-o", target)
        self.assertEqual({item["properties"]["actor"]: item["properties"]["color"] for item in json.loads(target.read_text())["features"]}, found)

    def test_check_tells_once(self):
        found = self.parties(None, "#c8503c", None)
        said = self.run_program("check", self.atlas).stdout
        self.assertEqual(said.count(f"were given one: p0 {found['p0']}, p2 {found['p2']}"), 1)
        self.parties("#0072b2", "#c8503c")
        self.assertNotIn("were given one", self.run_program("check", self.atlas).stdout)


if __name__ == "__main__":
    unittest.main()
