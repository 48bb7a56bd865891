"""What tests of `verify` share: small atlases, folders that run wrote, and faults planted in them.

A fault is planted twice over where that is the point: as it is, so that the fingerprint tells; and with the index sealed
again, so that only measuring anew can tell.
"""
import hashlib
import json

from harness import CliTest, box, collection, feature

# Long lines of two dates that cross at places that are no multiples of the grid, so that rounding has something to do.
SLANTED = collection(
    feature([[[0, 0], [2.0, 0.1], [1.7, 1], [0, 1], [0, 0]]], holder="a", **{"from": "2000", "to": "2001"}),
    feature([[[2.0, 0.1], [4, 0], [4, 1.3], [1.7, 1], [2.0, 0.1]]], holder="b", **{"from": "2000", "to": "2001"}),
    feature([[[0, 0], [1.0, 0.05], [1.3, 1], [0, 1], [0, 0]]], holder="a", **{"from": "2001", "to": None}),
    feature([[[1.0, 0.05], [4, -0.1], [4, 1.1], [1.3, 1], [1.0, 0.05]]], holder="b", **{"from": "2001", "to": None}),
)

# Slanted edges without a crossing: written as they are, so that a square metre in 29 000 km2 can be told.
PLAIN = collection(
    feature([[[0, 0], [2.0, 0.1], [1.7, 1], [0, 1], [0, 0]]], holder="a", **{"from": "2000", "to": "2001"}),
    feature([[[2.0, 0.1], [4, 0], [4, 1.3], [1.7, 1], [2.0, 0.1]]], holder="b", **{"from": "2000", "to": "2001"}),
    feature([[[0, 0], [1.0, 0.05], [1.3, 1], [0, 1], [0, 0]]], holder="a", **{"from": "2001", "to": None}),
    feature([[[1.0, 0.05], [2, 0.1], [4, 0], [4, 1.3], [1.7, 1], [1.3, 1], [1.0, 0.05]]], holder="b",
            **{"from": "2001", "to": None}),
)


# Of any folder, as the statements themselves are not in it.
ALWAYS_LEFT_OUT = {"which statements and sources features go by", "findings of tables/check.json",
                   "looks and expressions of project.qgs, of layer_styles in history.gpkg, and the tables of classes beside "
                   "rasters"}
IN_THE_MAP = "statements and their standing in map.html, its periods, its program"


def left_out(document):
    """What was not recomputed, the page of the map apart: a program without it writes none."""
    return {row["what"] for row in document["left_out"]} - {IN_THE_MAP}


# One source with an accuracy, three parties of two groups, dates in doubt, places, regions, claims and borders.
RICH_MANIFEST = """
[atlas]
id = "rich"
title = "Three parties"
study_area = "study.geojson"
places = "places.geojson"

[[actor]]
id = "a"
name = "Aland"
color = "#0072b2"
groups = [{id = "west", from = "2000-06-01"}]

[[actor]]
id = "b"
name = "Bland"
color = "#e69f00"

[[actor]]
id = "c"
name = "Cland"
color = "#009e73"
groups = [{id = "west"}]

[[source]]
id = "s"
title = "A map"
licence = "CC0-1.0"
sigma_m = 500
correlation_m = 5000

[[source]]
id = "t"
title = "Another map"
licence = "CC0-1.0"

[[period]]
id = "first"
from = "2000-01-01"

[[period]]
id = "second"
from = "2001-01-01"

[[region]]
id = "middle"
file = "middle.geojson"

[[region]]
id = "beside"
file = "beside.geojson"
"""

for _id, _theme in (("front", "control"), ("claims", "claim"), ("borders", "border")):
    RICH_MANIFEST += f"""
[[layer]]
id = "{_id}"
source = "s"
theme = "{_theme}"
mode = "interval"
files = ["{_id}.geojson"]
actor = {{field = "holder"}}
from = {{field = "from"}}
to = {{field = "to"}}
"""


class VerifyTest(CliTest):
    def results(self, *options, front=PLAIN):
        self.write("front.geojson", front)
        folder = self.path / "results"
        done = self.run_program("run", self.atlas, "-o", folder, "--res", "0.05", "--overwrite", *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return folder

    def verified(self, folder, *options):
        done = self.run_program("verify", folder, "--format", "json", *options)
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout[-2000:])
        self.assertEqual(done.stderr, "")
        document = json.loads(done.stdout)
        self.assertTrue(document["ok"])
        self.assertEqual((document["different"], document["differences"]), (0, []))
        return document

    def differences(self, folder, *options):
        done = self.run_program("verify", folder, "--format", "json", *options)
        self.assertEqual(done.returncode, 4, done.stderr + done.stdout[-2000:])
        document = json.loads(done.stdout)
        self.assertFalse(document["ok"])
        self.assertEqual(document["different"], len(document["differences"]))
        return {(row["check"], row["file"]) for row in document["differences"]}

    def seal(self, folder):
        """The index as whoever planted the fault would leave it."""
        path = folder / "index.json"
        index = json.loads(path.read_text())
        there = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
        index["files"] = [entry for entry in index["files"] if entry["file"] in there]
        for entry in index["files"]:
            content = (folder / entry["file"]).read_bytes()
            entry.update(bytes=len(content), sha256=hashlib.sha256(content).hexdigest())
        path.write_text(json.dumps(index))

    def change_json(self, path, change):
        document = json.loads(path.read_text())
        change(document)
        path.write_text(json.dumps(document))


class RichVerifyTest(VerifyTest):
    """Bands, places, claims, borders, regions, groups: what the small atlas has not."""

    def setUp(self):
        super().setUp()
        def since(rings, holder, begin, end=None):
            return feature(rings, holder=holder, **{"from": begin, "to": end})
        self.write("atlas.toml", RICH_MANIFEST)
        self.write("study.geojson", collection(feature([box(-1, -1, 5, 2)])))
        # Its west side runs along the line between a and b of 2000: there one of both is outside of it.
        self.write("middle.geojson", collection(feature([box(2, 0, 3, 1)])))
        self.write("beside.geojson", collection(feature([box(3.5, 0, 4.5, 1)])))
        self.write("front.geojson", collection(
            since([box(0, 0, 2, 1)], "a", "2000", "2001"), since([box(2, 0, 4, 1)], "b", "2000", "2001"),
            since([box(0, 0, 1, 1)], "a", "2001"), since([box(1, 0, 4, 1)], "b", "2001"),
            since([box(4, 0, 5, 1)], "c", "2000-03~")))
        self.write("claims.geojson", collection(since([box(0, 0, 3, 1)], "a", "2000"), since([box(1, 0, 5, 1)], "b", "2000")))
        self.write("borders.geojson", collection(since([box(0, 0, 2, 1)], "a", "2000"), since([box(2, 0, 4, 1)], "b", "2000")))
        def point(name, lon, lat):
            return {"type": "Feature", "properties": {"name": name}, "geometry": {"type": "Point", "coordinates": [lon, lat]}}
        self.write("places.geojson", collection(point("Westham", 0.5, 0.5), point("Midham", 1.5, 0.5),
                                                point("Lineham", 2, 0.5), point("Eastham", 4.5, 0.5),
                                                point("Farham", -0.5, 1.5)))

    def results(self, *options):
        folder = self.path / "results"
        done = self.run_program("run", self.atlas, "-o", folder, "--res", "0.05", "--overwrite", *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return folder

    def planted(self, folder, name, change):
        path = folder / name
        before = path.read_bytes()
        self.change_json(path, change)
        document = json.loads(path.read_text())
        csv = path.with_suffix(".csv")
        kept = csv.read_bytes() if csv.exists() else None
        if kept is not None:
            head = kept.decode().split("\n")[0].split(",")
            def cell(value):
                text = "" if value is None else value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
                return '"' + text.replace('"', '""') + '"' if set(text) & set(',"') else text
            csv.write_text("\n".join([",".join(head)] + [",".join(cell(row.get(key)) for key in head)
                                                         for row in document["rows"]]) + "\n")
        self.seal(folder)
        found = self.differences(folder)
        path.write_bytes(before)
        if kept is not None:
            csv.write_bytes(kept)
        self.seal(folder)
        return found
