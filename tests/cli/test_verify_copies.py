"""verify: what stands in a result folder besides its tables is held to them: columns, names, the page, pictures, the map,
the project, published figures. Each fault has the index sealed again, so that fingerprints tell nothing."""
import json
import re
import unittest

from osgeo import gdal, ogr

from verify_harness import RichVerifyTest

gdal.UseExceptions()

FIGURES = """figure,title,printed,low,high,unit,source,kind,holder,passed_to,at,from,to,region,of,theme,reason
held,held by a,24 600,24000,25000,km2,s,area,a,,first,,,,,,
middle,by b in the middle,all,12000,13000,km2,s,area,b,,first,,,middle,,,
region,the middle,12 308,12000,13000,km2,s,area,,,,,,middle,,,
lost,lost by a,half,45,55,%,s,changed,a,,,first,second,,held,,
passed,from a to b,half,45,55,%,s,changed,a,b,,first,second,,held@first,,
claimed,claimed by a,36 925,36000,37000,km2,s,area,a,,second,,,,,claim,
group,held by the west,any,1,,km2,s,area,west,,second,,,,,,
"""


class CopiesTest(RichVerifyTest):
    def setUp(self):
        super().setUp()
        manifest = (self.atlas / "atlas.toml").read_text()
        self.write("atlas.toml", manifest.replace('places = "places.geojson"\n',
                                                  'places = "places.geojson"\nfigures = "published.csv"\n'))
        self.write("published.csv", FIGURES)
        self.folder_ = self.results()
        self.verified(self.folder_)

    def seen(self, check, name, change):
        """The change of the file's bytes makes this check of it fail; then the file is as it was."""
        path = self.folder_ / name
        before = path.read_bytes()
        changed = change(before)
        self.assertNotEqual(changed, before, f"{name}: nothing was planted")
        path.write_bytes(changed)
        self.seal(self.folder_)
        found = self.differences(self.folder_)
        path.write_bytes(before)
        self.seal(self.folder_)
        self.assertIn(check, {each for each, file in found if file == name or check.startswith("map has")}, found)

    def seen_all(self, name, faults):
        for check, label, change in faults:
            with self.subTest(f"{name}: {label}"):
                self.seen(check, name, change)
        self.verified(self.folder_)

    @staticmethod
    def json_of(change):
        def changed(content):
            document = json.loads(content)
            change(document)
            return json.dumps(document).encode()
        return changed

    @staticmethod
    def every(key, change):
        """Every feature has another value."""
        def planted(document):
            for each in document["features"]:
                each["properties"][key] = change(each["properties"][key])
        return CopiesTest.json_of(planted)

    @staticmethod
    def text_of(old, new):
        return lambda content: content.replace(old.encode(), new.encode(), 1)


class Columns(CopiesTest):
    def test_layers_of_dates(self):
        later = lambda value: (value or 0) + 1
        self.seen_all("layers/control-second.geojson", [
            ("columns of time", "t0", self.every("t0", later)), ("columns of time", "t1", self.every("t1", lambda v: v / 2)),
            ("columns of time", "start_decdate", self.every("start_decdate", lambda v: 1900.5)),
            ("columns of time", "end_decdate", self.every("end_decdate", lambda v: 1900.5)),
            ("contested", "contested", self.every("contested", lambda v: not v)),
            ("names", "name", self.every("actor_name", lambda v: "x")),
            ("sources", "source", self.every("source", lambda v: "zzz")),
            ("colours", "colour", self.every("color", lambda v: "#123456"))])

    def test_layers_of_changes(self):
        name = "layers/changes-first-second.geojson"
        self.seen_all(name, [
            ("layers of changes", "from", self.every("from", lambda v: "1999-01-01T00:00:00Z")),
            ("layers of changes", "to", self.every("to", lambda v: "2000-01-01T00:00:00Z")),
            ("layers of changes", "theme", self.every("theme", lambda v: "claim")),
            ("layers of changes", "changed", self.every("changed", lambda v: not v)),
            ("layers of changes", "actor", self.every("actor", lambda v: "a" if v != "a" else "c")),
            ("names", "name", self.every("actor_name", lambda v: "x"))])
        swapped = lambda document: [each["properties"].update({"from": each["properties"]["to"], "to": each["properties"]["from"]})
                                    for each in document["features"]]
        self.seen("layers of changes", name, self.json_of(swapped))

    def test_history(self):
        def sql(statement):
            def changed(content):
                path = self.path / "planted.gpkg"
                path.write_bytes(content)
                source = ogr.Open(str(path), 1)
                source.ExecuteSQL(statement)
                source = None
                return path.read_bytes()
            return changed
        self.seen_all("layers/history.gpkg", [
            (check, statement, sql(statement)) for check, statement in (
                ("columns of time", "update control set t0 = t0 + 365"), ("columns of time", "update claim set t1 = t1 - 365"),
                ("columns of time", "update control set start_decdate = 1900"),
                ("columns of time", "update border set end_decdate = 1900"),
                ("contested", "update control set contested = 1 - contested"),
                ("contested", "update claim set contested = 0"),
                ("names", "update control set actor_name = 'x'"), ("colours", "update claim set color = '#123456'"),
                ("history", "update claim set theme = 'control'"),
                ("history", "update control set \"from\" = '2000-05-05T00:00:00Z', t0 = 11082, start_decdate = 2000.3401639344262 "
                            "where \"from\" is not null"),
                ("sources", "delete from sources"), ("sources", "update sources set licence = 'none'"))])

    def test_certificates(self):
        count = len(json.loads((self.folder_ / "tables/check.json").read_text())["certificates"])
        self.assertGreaterEqual(count, 7)
        for i in range(count):
            with self.subTest(i):
                self.seen("certificates", "tables/check.json", self.json_of(lambda document: document["certificates"].pop(i)))
        self.seen("certificates", "tables/check.json", self.json_of(lambda document: document.pop("certificates")))

    def test_regions(self):
        self.write("atlas.toml", (self.atlas / "atlas.toml").read_text().replace(
            'id = "middle"\n', 'id = "middle"\nname = "The Middle"\ncode = "M-1"\nedition = "2000"\n'))
        self.folder_ = self.results()
        self.seen_all("layers/regions.geojson", [
            ("names", key, self.every(key, lambda v: "Nowhere")) for key in ("name", "code", "edition", "region")])
        self.seen("names", "layers/regions.geojson", self.json_of(lambda document: document["features"].pop()))

    def test_sources(self):
        for name in ("SOURCES.txt", "LICENSES.txt"):
            self.seen_all(name, [("sources", "licence", self.text_of("CC0", "XX0")), ("sources", "more", lambda c: c + b"more\n"),
                                 ("sources", "less", lambda c: c[:len(c) // 2]), ("sources", "accuracy or title",
                                                                                  self.text_of("A map", "Some map"))])
        self.seen("sources", "layers/control-first.geojson",
                  self.json_of(lambda document: document["marchland"]["sources"][0].update(licence="none")))
        self.seen("sources", "layers/control-first.geojson",
                  self.json_of(lambda document: document["marchland"]["sources"].pop()))


class Pages(CopiesTest):
    def test_figures_names_and_links(self):
        page = (self.folder_ / "index.html").read_text()
        row = next(line for line in page.split("\n") if 'data-document="tables/areas.json"' in line)
        figure = re.search(r'<td class="figure">(\d[\d .]*)</td>', row)
        heading = re.search(r'<th scope="col" class="figure"[^>]*data-key="gained_m2"[^>]*>([^<]*)</th>', page)
        name = re.search(r'<t[dh][^>]*>(a|Aland)</t[dh]>', row)
        def in_row(old, new):
            return self.text_of(row, row.replace(old, new, 1))
        self.seen_all("index.html", [
            ("page", "a figure", in_row(figure[1], "9" + figure[1])),
            ("page", "a rounded figure", in_row(figure[1], figure[1][:-1] + ("1" if figure[1][-1] != "1" else "2"))),
            ("page", "a party", in_row(name[0], name[0].replace(name[1], "b"))),
            ("page", "a heading", self.text_of(heading[0], heading[0].replace(heading[1], heading[1].replace("gained", "lost")))),
            ("page", "a figure of another column", self.text_of('data-key="gained_m2"', 'data-key="lost_m2"')),
            ("page", "a unit", self.text_of(heading[0], heading[0].replace("km2", "mi2"))),
            ("page", "a row left out", self.text_of(row, "")),
            ("page", "a row of no table", self.text_of('data-document="tables/areas.json"', 'data-document="tables/none.json"')),
            ("page", "rows that say nothing of where they are from",
             lambda c: re.sub(rb' data-document="tables/areas.json" data-table="rows" data-row="\d+"', b"", c)),
            ("page", "a row told twice as another", self.text_of('data-table="rows" data-row="0"', 'data-table="rows" data-row="1"')),
            ("page", "a link", self.text_of('href="tables/areas.csv"', 'href="tables/none.csv"')),
            ("page", "a picture", self.text_of('src="pictures/', 'src="none/')),
            ("page", "a caption", lambda c: re.sub(rb"<figcaption>[^<]*2000-01-01", b"<figcaption>at 1999-01-01", c, count=1)),
            ("page", "words for a picture", lambda c: re.sub(rb'alt="[^"]*2000-01-01', b'alt="at 1999-01-01', c, count=1)),
            ("page", "a licence", self.text_of("CC0-1.0</span></li>", "CC1-1.0</span></li>")),
            ("page", "the checksum", lambda c: re.sub(rb"<code>[0-9a-f]{64}</code>", b"<code>" + b"0" * 64 + b"</code>", c)),
            ("content", "no page", lambda c: b"")])


class Pictures(CopiesTest):
    def test_ground_colours_and_dates(self):
        first, second = (self.folder_ / f"pictures/control-{name}.svg" for name in ("first", "second"))
        title = re.search(rb"<title>[^<]*</title>", second.read_bytes())[0]
        a = re.search(rb'<path fill="(#[0-9a-f]{6})" data-actor="a"[^>]*/>', second.read_bytes())
        b = re.search(rb'<path fill="(#[0-9a-f]{6})" data-actor="b"', second.read_bytes())
        corner = re.search(rb'd="M([\d.-]+) ([\d.-]+)', a[0])
        def moved(content):
            return content.replace(a[0], a[0].replace(corner[0], b'd="M%.1f %.1f' % (float(corner[1]) + 9, float(corner[2]))), 1)
        self.seen_all("pictures/control-second.svg", [
            ("pictures", "another date", lambda c: first.read_bytes()),
            ("pictures", "another date, by this title", lambda c: re.sub(rb"<title>[^<]*</title>", title, first.read_bytes())),
            ("pictures", "a colour", lambda c: c.replace(a[0], a[0].replace(a[1], b[1]), 1)),
            ("pictures", "a party", lambda c: c.replace(b'data-actor="a"', b'data-actor="c"', 1)),
            ("pictures", "a party left out", lambda c: c.replace(a[0], b"", 1)),
            ("pictures", "a corner", moved),
            ("pictures", "the place", lambda c: re.sub(rb'data-west="[^"]*"', b'data-west="-0.5"', c)),
            ("pictures", "the theme", lambda c: c.replace(b'data-theme="control"', b'data-theme="claim"')),
            ("pictures", "no rings", lambda c: c.replace(b"Z", b"", 1)),
            ("content", "no XML", lambda c: c[:-10])])


class Projects(CopiesTest):
    def test_layers_parties_and_dates(self):
        content = (self.folder_ / "project.qgs").read_text()
        end = re.search(r"<end>[^<]*</end>", content)[0]
        a = re.search(r'<category value="a" label="Aland"', content)[0]
        self.seen_all("project.qgs", [
            ("project", "a file", self.text_of("control-first.geojson</datasource>", "control-third.geojson</datasource>")),
            ("project", "another file", self.text_of("control-first.geojson</datasource>", "control-second.geojson</datasource>")),
            ("project", "a layer", lambda c: c.replace(b"layername=control", b"layername=zone")),
            ("project", "a layer by another name", self.text_of('name="control-first"', 'name="control-second"')),
            ("project", "a name", self.text_of(a, a.replace("Aland", "Bland"))),
            ("project", "a party", self.text_of('<category value="a"', '<category value="x"')),
            ("project", "a colour", lambda c: c.replace(b"0,114,178,", b"1,2,3,")),
            ("project", "the end of its time", self.text_of(end, "<end>2024-01-01T00:00:00Z</end>")),
            ("project", "the date of its page", lambda c: re.sub(rb'(labelText="[^"]* at )2001-01-01', rb"\g<1>1999-01-01", c)),
            ("project", "its title", lambda c: c.replace(b"Three parties", b"Four parties")),
            ("content", "no XML", lambda c: c[:-10])])


class Maps(CopiesTest):
    def test_history_of_the_page(self):
        path = self.folder_ / "map.html"
        if not path.exists():
            self.skipTest("the program has no page of the map (tools/setup viewer)")
        page = path.read_text()
        begin = page.index('id="data">') + len('id="data">')
        end = page.index("</script>", begin)
        def data(change):
            def changed(content):
                document = json.loads(page[begin:end])
                change(document)
                return (page[:begin] + json.dumps(document).replace("<", "\\u003c") + page[end:]).encode()
            return changed
        def holder(document):
            row = document["themes"]["control"]["grounds"][-1]
            row[-1] = 1 if row[-1] != 1 else 2
        def claim(document):
            row = document["themes"]["claim"]["grounds"][-1]
            row[-1] = 1 if row[-1] != 1 else 2
        def later(document):
            document["times"][1] += 86400 * 40
        def ground(document):
            document["topology"]["objects"]["ground"]["geometries"][0]["properties"]["area_m2"] += 1e6
        def moved(document):
            document["topology"]["arcs"][0][0][0] += 100000
        def region(document):
            sets = document["region_sets"]
            sets[:] = [[] for _ in sets]
        def figure(document):
            first = next(figure for figure in document["figures"] if figure["at"] is not None)
            first["rows"][0][1] += 1000.0
        def figure_before_all(document):
            self.assertIsNone(document["figures"][0]["at"])
            document["figures"][0]["rows"][0][1] += 1000.0
        self.seen_all("map.html", [
            ("map", "a figure", data(figure)),
            ("map has the areas", "a figure before the first change", data(figure_before_all)),
            ("map", "a name", data(lambda d: d["actors"][1].update(name="x"))),
            ("map", "a colour", data(lambda d: d["actors"][1].update(color="#123456"))),
            ("map", "a licence", data(lambda d: d["sources"][0].update(licence="x"))),
            ("map", "a place", data(lambda d: d["places"][0].update(lon=1.0))),
            ("map", "a region", data(lambda d: d["regions"][0].update(id="x"))),
            ("map", "the checksum", data(lambda d: d.update(checksum="0" * 64))),
            ("map ground", "an area", data(ground)), ("map ground", "an arc", data(moved)),
            ("map has the areas", "whose ground", data(holder)), ("map has the changes", "whose ground", data(holder)),
            ("map has the history", "whose claim", data(claim)),
            ("map has the areas", "since when", data(later)), ("map has the areas", "in which region", data(region)),
            ("content", "no data", lambda c: c.replace(b'id="data"', b'id="other"', 1)),
            ("content", "data that are none", data(lambda d: d.pop("times")))])

    def test_themes_that_no_table_has(self):
        if not (self.folder_ / "map.html").exists():
            self.skipTest("the program has no page of the map (tools/setup viewer)")
        path = self.folder_ / "layers" / "history.gpkg"
        before = path.read_bytes()
        for statement in ("delete from claim where actor = 'a'", "delete from border", "update border set area_m2 = area_m2 + 1",
                          "update claim set actor = 'c', actor_name = 'Cland', color = '#009e73' where actor = 'b'",
                          "update claim set \"to\" = '2003-01-01T00:00:00Z', t1 = 12053, end_decdate = 2002.9986301369863"):
            with self.subTest(statement):
                source = ogr.Open(str(path), 1)
                source.ExecuteSQL(statement)
                source = None
                self.seal(self.folder_)
                self.assertIn(("map has the history", "map.html"), self.differences(self.folder_))
                path.write_bytes(before)


class Figures(CopiesTest):
    def test_answers_to_published_figures(self):
        rows = json.loads((self.folder_ / "tables/figures.json").read_text())["rows"]
        looked_at = {row["what"] for row in self.verified(self.folder_)["rows"] if row["check"] == "figures are those of polygons"}
        self.assertTrue(looked_at)
        for i, row in enumerate(rows):
            if row["figure"] == "group":
                continue  # who belonged to it is not in the folder
            with self.subTest(row["figure"]):
                self.seen("figures are those of polygons", "tables/figures.json",
                          self.json_of(lambda document: document["rows"][i].update(value=row["value"] * 1.001)))
        for agrees in ("no", "no test", "within the band"):
            if rows[2]["agrees"] != agrees:
                self.seen("figures agree", "tables/figures.json",
                          self.json_of(lambda document: document["rows"][2].update(agrees=agrees)))
        self.seen("figures are those of polygons", "tables/figures.json",
                  self.json_of(lambda document: document["rows"][0].pop("asked")))

    def test_what_a_group_held_is_left_out_and_said(self):
        said = {row["what"] for row in self.verified(self.folder_)["left_out"]}
        self.assertIn("tables/figures.json: west", said)


if __name__ == "__main__":
    unittest.main()
