"""The project of a result folder as QGIS itself loads, plays, draws and prints it."""
import json
import os
import re
import subprocess
import sys
import unittest
import xml.etree.ElementTree

from harness import CliTest, box, collection, feature

HAS_QGIS = subprocess.run([sys.executable, "-c", "import qgis.core, qgis.gui"], capture_output=True).returncode == 0

# Runs in a process of its own: QGIS ends badly where layers are still alive. Arguments: the project, a folder for pictures,
# and what to look at: {"dates": [...], "points": [[lon, lat], ...], "alone": {layer: [[lon, lat], ...]}, "frames": [...]}.
LOOK = r"""
import json, os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from qgis.core import *
from qgis.gui import *
from qgis.PyQt.QtCore import QDateTime, QSize, Qt
from qgis.PyQt.QtGui import QColor
app = QgsApplication([], True)
app.initQgis()
asked = json.loads(sys.argv[3])
project = QgsProject.instance()
canvas = QgsMapCanvas()
widget = QgsTemporalControllerWidget()
controller = widget.temporalController()
canvas.setTemporalController(controller)
iso = lambda t: t.toString(Qt.ISODate)
seen = {"read": project.read(sys.argv[1]), "title": project.title(), "crs": project.crs().toProj(), "layers": {}}
for _ in range(20):
    app.processEvents()
seen["mode"] = int(controller.navigationMode())
seen["canvas"] = [iso(t) for t in (canvas.mapSettings().temporalRange().begin(), canvas.mapSettings().temporalRange().end())] if canvas.mapSettings().isTemporal() else None
seen["frames"] = controller.totalFrameCount()
seen["rate"] = controller.framesPerSecond()
seen["step"] = [controller.frameDuration().originalDuration(), QgsUnitTypes.toString(controller.frameDuration().originalUnit())]
seen["frame"] = [[iso(t) for t in (r.begin(), r.end())] for r in (controller.dateTimeRangeForFrameNumber(i) for i in range(min(seen["frames"], 1500)))]
tree = project.layerTreeRoot()
by_name = {}
for node in tree.findLayers():
    layer = node.layer()
    is_vector = layer.type() == QgsMapLayerType.VectorLayer
    group = node.parent().name()
    name = (group + "/" if group else "") + layer.name()
    by_name[name] = layer
    renderer = layer.renderer()
    categories = None
    if is_vector and renderer.type() == "categorizedSymbol":
        categories = [[c.label(), c.symbol().color().name()] for c in renderer.categories()]
    elif not is_vector:
        categories = [[c.label, c.color.name()] for c in renderer.classes()] if renderer.type() == "paletted" else renderer.type()
    seen["layers"][name] = {
        "valid": layer.isValid(), "spatial": layer.isSpatial(), "crs": layer.crs().authid(), "shown": node.isVisible(),
        "in_time": bool(layer.temporalProperties() and layer.temporalProperties().isActive()), "opacity": layer.opacity(),
        "features": layer.featureCount() if is_vector else None, "categories": categories}
time = project.timeSettings()
seen["time"] = [iso(t) for t in (time.temporalRange().begin(), time.temporalRange().end())]
layout = project.layoutManager().layoutByName("A4")
items = layout.items()
page = [item for item in items if isinstance(item, QgsLayoutItemMap)][0]
seen["page_time"] = iso(page.temporalRange().begin()) if page.isTemporal() else None
to_map = QgsCoordinateTransform(QgsCoordinateReferenceSystem("EPSG:4326"), project.crs(), project)

def colors(layers, points, time, name, extent):
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setDestinationCrs(project.crs())
    settings.setExtent(extent)
    settings.setOutputSize(QSize(820, 632))
    settings.setBackgroundColor(QColor("white"))
    if time:
        settings.setIsTemporal(True)
        settings.setTemporalRange(time)
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    image.save(sys.argv[2] + "/" + name + ".png")
    found = []
    for lon, lat in points:
        p = settings.mapToPixel().transform(to_map.transform(QgsPointXY(lon, lat)))
        found.append(image.pixelColor(int(p.x()), int(p.y())).name())
    return found

points = asked.get("points", [])
seen["colors"] = {}
for date in asked.get("dates", []):
    at = QDateTime.fromString(date, Qt.ISODate)
    seen["colors"][date] = colors(tree.checkedLayers(), points, QgsDateTimeRange(at, at), date[:10], page.extent())
seen["frame_colors"] = [colors(tree.checkedLayers(), points, controller.dateTimeRangeForFrameNumber(i), "frame", page.extent())
                        for i in asked.get("frames", [])]
seen["untimed"] = colors(tree.checkedLayers(), points, None, "untimed", page.extent())
seen["alone"] = {name: colors([by_name[name]], where, None, "alone", page.extent()) for name, where in asked.get("alone", {}).items()}
whole = [[to_map.transform(QgsPointXY(lon, lat)) for lon, lat in points]]
seen["share_of_page"] = [[(p.x() - page.extent().xMinimum()) / page.extent().width(), (p.y() - page.extent().yMinimum()) / page.extent().height()] for p in whole[0]]
out = QgsLayoutExporter(layout)
seen["pdf"] = out.exportToPdf(sys.argv[2] + "/a4.pdf", QgsLayoutExporter.PdfExportSettings()) == QgsLayoutExporter.Success
if not asked.get("no_picture"):
    out.exportToImage(sys.argv[2] + "/a4.png", QgsLayoutExporter.ImageExportSettings())
seen["page"] = sorted(type(item).__name__ for item in layout.items() if type(item).__name__.startswith("QgsLayoutItem"))
where = lambda item: [item.page()] + [round(v, 2) for v in (item.pagePos().x(), item.pagePos().y(), item.rect().width(), item.rect().height())]
legend = [item for item in items if isinstance(item, QgsLayoutItemLegend)][0]
seen["legend"] = {"place": where(legend), "size": legend.style(QgsLegendStyle.SymbolLabel).font().pointSize(), "rows": {}}
for node in legend.model().rootGroup().findLayers():
    seen["legend"]["rows"][node.name()] = [
        n.evaluateLabel(QgsExpressionContext()) if hasattr(n, "evaluateLabel") else n.data(Qt.DisplayRole) for n in legend.model().layerLegendNodes(node)]
seen["labels"] = [item.currentText() for item in items if isinstance(item, QgsLayoutItemLabel)]
bar = [item for item in items if isinstance(item, QgsLayoutItemScaleBar)][0]
seen["bar"] = {"place": where(bar), "km": bar.unitsPerSegment(), "share": bar.unitsPerSegment() * 1000 / page.extent().width()}
print(json.dumps(seen), flush=True)
os._exit(0)
"""

RASTERS = r"""
import json, os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from qgis.core import *
app = QgsApplication([], False)
app.initQgis()
seen = []
for path in sys.argv[1:]:
    layer = QgsRasterLayer(path, "raster", "gdal")
    renderer = layer.renderer()
    seen.append({"valid": layer.isValid(), "type": renderer.type(), "legend": len(renderer.legendSymbologyItems()),
                 "classes": [[c.value, c.label, c.color.name()] for c in renderer.classes()]})
print(json.dumps(seen), flush=True)
os._exit(0)
"""

HOLDERS = 'actor = {field = "holder"}\nfrom = {field = "from"}\nto = {field = "to"}\n'
A, B = "#0072b2", "#e69f00"
UNKNOWN = "#d9d9d9"


def through(color, opacity=0.75):
    """A colour over white, as channels."""
    return [round(255 + (int(color[i:i + 2], 16) - 255) * opacity) for i in (1, 3, 5)]


class QgisTest(CliTest):
    def edit(self, old, new):
        """Replaces a part of the manifest as it is, which must be there."""
        text = (self.atlas / "atlas.toml").read_text()
        self.assertIn(old, text)
        self.write("atlas.toml", text.replace(old, new))

    def run_atlas(self, *options, resolution="0.05"):
        self.results = self.path / "results"
        done = self.run_program("run", self.atlas, "-o", self.results, "--res", resolution, *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.project = self.results / "project.qgs"

    def look(self, environment=None, **asked):
        done = subprocess.run([sys.executable, "-c", LOOK, self.project, self.path, json.dumps(asked)], capture_output=True,
                              text=True, timeout=120, env={**os.environ, **(environment or {})})
        self.assertEqual(done.returncode, 0, done.stderr)
        seen = json.loads(done.stdout)
        self.assertTrue(seen["read"] and seen["pdf"])
        self.assertTrue(all(layer["valid"] and layer["spatial"] for layer in seen["layers"].values()), seen["layers"])
        self.assertEqual({layer["crs"] for layer in seen["layers"].values()}, {"EPSG:4326"})
        return seen

    def assert_color(self, found, expected):
        """Equal but for the rounding of what is drawn translucent."""
        channels = [int(found[i:i + 2], 16) for i in (1, 3, 5)]
        self.assertTrue(all(abs(a - b) <= 2 for a, b in zip(channels, expected)), (found, expected))

    def sources(self):
        return [element.text for element in xml.etree.ElementTree.fromstring(self.project.read_text()).iter("datasource")]


class QgisProject(QgisTest):
    def setUp(self):
        super().setUp()
        self.edit('title = "Two squares"\n', 'title = "Two <squares> & more"\nplaces = "places.geojson"\n'
                      'disclaimer = "No opinion on \\"status\\", [% 1+1 %] or [%% 2 %]."\n'
                      '[[region]]\nid = "west"\nname = "West"\nfile = "west.geojson"\n')
        self.write("west.geojson", collection(feature([box(0, 0, 1.5, 1)])))
        self.write("places.geojson", json.dumps({"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": {"name": "Middle"}, "geometry": {"type": "Point", "coordinates": [1.5, 0.25]}}]}))

    def test_everything_it_names_is_there(self):
        # What can be seen without QGIS.
        self.run_atlas()
        root = xml.etree.ElementTree.fromstring(self.project.read_text())
        self.assertEqual(root.find("title").text, "Two <squares> & more")
        sources = self.sources()
        self.assertGreater(len(sources), 8)
        for source in sources:
            self.assertTrue(source.startswith("./"), source)
            self.assertTrue((self.results / re.sub(r"\|.*", "", source)).is_file(), source)
        ids = {element.text for element in root.iter("id")}
        self.assertEqual(ids, {element.get("id") for element in root.iter("layer-tree-layer")})
        self.assertTrue(all(len(id) > 10 for id in ids))
        index = json.loads((self.results / "index.json").read_text())
        self.assertIn("project.qgs", {entry["file"] for entry in index["files"]})
        self.assertNotIn(str(self.path), self.project.read_text())
        # Equal for equal input.
        again = self.path / "again"
        self.assertEqual(self.run_program("run", self.atlas, "-o", again, "--res", "0.05").returncode, 0)
        self.assertEqual((again / "project.qgs").read_text(), self.project.read_text())

    @unittest.skipUnless(HAS_QGIS, "no QGIS for this Python: tools/setup qgis")
    def test_qgis_loads_draws_and_prints_it(self):
        self.run_atlas()
        raster = [[0.5, 0.5], [1.5, 0.6], [3, 0.5]]
        seen = self.look(dates=["2000-06-01T00:00:00Z", "2001-06-01T00:00:00Z"], points=raster,
                         alone={"Rasters/control-first": raster, "Rasters/control-second": raster})
        self.assertEqual(seen["title"], "Two <squares> & more")
        self.assertIn("+proj=laea +lat_0=0.5 +lon_0=2", seen["crs"])
        control = seen["layers"]["Control"]
        self.assertEqual((control["in_time"], control["shown"], control["categories"]), (True, True, [["Aland", A], ["Bland", B]]))
        self.assertGreater(control["features"], 2)
        self.assertFalse(seen["layers"]["Control by date/control-first"]["shown"])
        self.assertIn("Changes/changes-first-second", seen["layers"])
        west, middle, east = (list(colors) for colors in zip(seen["colors"]["2000-06-01T00:00:00Z"], seen["colors"]["2001-06-01T00:00:00Z"]))
        # The west stays with a, the east with b, the middle passed from a to b.
        for found, expected in ((west, [A, A]), (middle, [A, B]), (east, [B, B])):
            for one, color in zip(found, expected):
                self.assert_color(one, through(color))
        # The latest state lies on top where no date is set.
        self.assertEqual(seen["untimed"], seen["colors"]["2001-06-01T00:00:00Z"])
        # Rasters lie where they belong, in the colours of their classes, of which no others are listed.
        self.assertEqual(seen["layers"]["Rasters/control-second"]["categories"], [["Aland", A], ["Bland", B]])
        self.assertEqual(len(seen["layers"]["Rasters/change-first-second"]["categories"]), 3)
        self.assertEqual(seen["alone"], {"Rasters/control-first": [A, A, B], "Rasters/control-second": [A, B, B]})
        self.assertTrue((self.path / "a4.pdf").read_bytes().startswith(b"%PDF"))
        self.assertEqual(seen["page"], ["QgsLayoutItemLabel", "QgsLayoutItemLabel", "QgsLayoutItemLabel", "QgsLayoutItemLegend",
                                        "QgsLayoutItemMap", "QgsLayoutItemPage", "QgsLayoutItemScaleBar"])
        self.assertEqual(seen["page_time"], "2001-01-01T00:00:00Z")
        self.assertGreater(seen["bar"]["share"], 0.08)
        self.assertLess(seen["bar"]["share"], 0.25)
        self.assertEqual(seen["legend"]["rows"], {"Places": ["Places"], "Control": ["Aland", "Bland"]})
        # Texts are no programs.
        self.assertIn("Who held what at 2001-01-01", seen["labels"])
        self.assertTrue(any('No opinion on "status", [% 1+1 %] or [%% 2 %].' in label for label in seen["labels"]), seen["labels"])

    @unittest.skipUnless(HAS_QGIS, "no QGIS for this Python: tools/setup qgis")
    def test_it_plays_at_once(self):
        self.run_atlas()
        seen = self.look(points=[[1.5, 0.6]], frames=[0, 1, 2])
        self.assertEqual(seen["mode"], 1)  # animated
        # A year tells the two states apart, and the last is drawn as long as the first.
        self.assertEqual(seen["step"], [1, "years"])
        self.assertEqual(seen["time"], ["2000-01-01T00:00:00Z", "2002-01-01T00:00:00Z"])
        self.assertEqual(seen["frame"][0], ["2000-01-01T00:00:00Z", "2001-01-01T00:00:00Z"])
        # The map is at the frame nearest to now; played from there, QGIS begins anew.
        self.assertEqual(seen["canvas"], ["2001-01-01T00:00:00Z", "2002-01-01T00:00:00Z"])
        for found, color in zip(seen["frame_colors"], [A, B, B]):
            self.assert_color(found[0], through(color))

    @unittest.skipUnless(HAS_QGIS, "no QGIS for this Python: tools/setup qgis")
    def test_at_the_instant_of_a_change_the_new_state_holds(self):
        self.edit('id = "small"\n', 'id = "small"\ntimezone = "+04:00"\n')
        self.run_atlas()
        instants = {"2000-12-31T19:59:59Z": A, "2000-12-31T20:00:00Z": B, "2000-12-31T20:00:01Z": B}
        for zone in ("UTC", "Asia/Yerevan", "America/New_York", "Pacific/Kiritimati"):
            with self.subTest(zone):
                seen = self.look({"TZ": zone}, dates=list(instants), points=[[1.5, 0.6]], frames=[0, 1], no_picture=True)
                for date, color in instants.items():
                    self.assert_color(seen["colors"][date][0], through(color))
                self.assertEqual(seen["page_time"], "2000-12-31T20:00:00Z")
                self.assertEqual(seen["time"][0], "1999-12-31T20:00:00Z")
                for found, color in zip(seen["frame_colors"], [A, B]):
                    self.assert_color(found[0], through(color))


@unittest.skipUnless(HAS_QGIS, "no QGIS for this Python: tools/setup qgis")
class QgisOfOtherAtlases(QgisTest):
    def test_the_last_state_of_a_frame_lies_on_top(self):
        # A century with a day of war in it: months are the shortest steps that can be sat through.
        days = [["1900-01-01", "2000-05-10", "a"], ["2000-05-10", "2000-05-11", "b"], ["2000-05-11", None, "a"]]
        self.write("front.geojson", collection(
            feature([box(0, 0, 2, 1)], holder="a", **{"from": "1900-01-01", "to": None}),
            *(feature([box(2, 0, 4, 1)], holder=holder, **{"from": since, "to": until}) for since, until, holder in days)))
        self.edit('id = "small"\n', 'id = "small"\ntimezone = "+04:00"\n')
        self.edit('from = "2000-01-01"', 'from = "2000-05-10"')
        self.run_atlas()
        seen = self.look(dates=["2000-05-10T12:00:00Z"], points=[[3, 0.5]], frames=[4 + 12 * 100 - 1, 4 + 12 * 100])
        self.assertEqual(seen["step"], [1, "months"])
        # Frames are months of the atlas, whatever the length of months in UTC.
        self.assertEqual(seen["frame"][0], ["1899-12-31T20:00:00Z", "1900-01-31T20:00:00Z"])
        self.assertEqual(seen["frame"][1202], ["2000-02-29T20:00:00Z", "2000-03-31T20:00:00Z"])
        self.assertEqual(seen["frame"][1204], ["2000-04-30T20:00:00Z", "2000-05-31T20:00:00Z"])
        self.assert_color(seen["colors"]["2000-05-10T12:00:00Z"][0], through(B))
        for found in seen["frame_colors"]:
            self.assert_color(found[0], through(A))
        self.assert_color(seen["untimed"][0], through(A))

    def test_years_that_it_does_not_read(self):
        self.write("front.geojson", collection(
            feature([box(0, 0, 1, 1)], holder="a", **{"from": "-0300", "to": "-0100"}),
            feature([box(0, 0, 1, 1)], holder="b", **{"from": "-0100", "to": "2000"}),
            feature([box(0, 0, 1, 1)], holder="a", **{"from": "2000", "to": "2001"}),
            feature([box(0, 0, 1, 1)], holder="b", **{"from": "2001", "to": "+12000"}),
            feature([box(0, 0, 1, 1)], holder="a", **{"from": "+12000", "to": None})))
        self.run_atlas("--at", "2000,2001")
        for zone in ("UTC", "America/New_York"):
            dates = {"0001-01-01T00:00:00Z": B, "1999-12-31T23:59:59Z": B, "2000-01-01T00:00:00Z": A, "2000-12-31T23:59:59Z": A,
                     "2001-01-01T00:00:00Z": B, "9999-12-31T00:00:00Z": B}
            seen = self.look({"TZ": zone}, dates=list(dates), points=[[0.5, 0.5]])
            self.assertEqual(seen["time"], ["2000-01-01T00:00:00Z", "2002-01-01T00:00:00Z"])
            for date, color in dates.items():
                self.assert_color(seen["colors"][date][0], through(color))
        # A page about a date that it does not read shows the layer of that date.
        self.run_atlas("--at=-0200", "--overwrite")
        seen = self.look(points=[[0.5, 0.5]])
        self.assertEqual([name for name, layer in seen["layers"].items() if layer["shown"]], ["Control by date/control--0200"])
        self.assertIsNone(seen["page_time"])
        self.assert_color(seen["untimed"][0], through(A))
        self.assertEqual(list(seen["legend"]["rows"].values()), [["Aland"]])

    def grid(self, count, name="Province of the number {}"):
        """That many parties from 2000 on, none beside another, before which all is with one."""
        side = int(count ** 0.5) + 1
        features = [feature([box(0, 0, 2 * side, 2 * side)], holder="old", **{"from": "1990", "to": "2000"})]
        actors = '[[actor]]\nid = "old"\nname = "The old one"\ncolor = "#aaaaaa"\n'
        for i in range(count):
            x, y = i % side, i // side
            features.append(feature([box(2 * x, 2 * y, 2 * x + 1, 2 * y + 1)], holder=f"p{i:03}", **{"from": "2000", "to": None}))
            actors += f'[[actor]]\nid = "p{i:03}"\nname = "{name.format(i)}"\ncolor = "#{(i * 7919) % 0xffffff:06x}"\n'
        self.write("front.geojson", collection(*features))
        self.edit("[[source]]\n", actors + "[[source]]\n")

    def assert_legend_has_room(self, seen):
        page, x, y, width, height = seen["legend"]["place"]
        _, bar_x, bar_y, _, _ = seen["bar"]["place"]
        self.assertLessEqual(x + width, 297 - 5)
        self.assertLessEqual(y + height, 210 - 5 if page == 1 else bar_y, seen["legend"]["place"])
        if page == 0:
            self.assertGreaterEqual(x, 10 + 205)

    def test_a_legend_of_many_stays_on_its_page(self):
        places = {}
        for count in (3, 40, 90, 230, 700):
            with self.subTest(count):
                manifest = (self.atlas / "atlas.toml").read_text()
                self.grid(count)
                self.run_atlas("--at", "2000", "--overwrite", resolution="0.5")
                seen = self.look(no_picture=True)
                self.assert_legend_has_room(seen)
                rows = seen["legend"]["rows"]["Control"]
                places[count] = (seen["legend"]["place"][0], seen["legend"]["size"])
                # The one that held everything before does not at the date of the page.
                self.assertNotIn("The old one", rows)
                self.assertIn(["The old one", "#aaaaaa"], seen["layers"]["Control"]["categories"])
                more = [label for label in seen["labels"] if label.endswith(" more")]
                if count < 700:
                    self.assertEqual(len(rows), count)
                    self.assertEqual(more, [])
                else:
                    self.assertGreater(len(rows), 200)
                    self.assertEqual(more, [f"and {count - len(rows)} more"])
                self.write("atlas.toml", manifest)
        self.assertEqual((places[3], places[230][0], places[700]), ((0, 7), 1, (1, 5)))

    def test_ground_that_passed_to_nobody_known(self):
        self.edit('title = "Two squares"\n', 'title = "Two squares"\nstudy_area = "study.geojson"\n')
        self.write("study.geojson", collection(feature([box(0, 0, 5, 1)])))
        self.write("front.geojson", collection(
            feature([box(0, 0, 2, 1)], holder="a", **{"from": "2000", "to": None}),
            feature([box(2, 0, 4, 1)], holder="b", **{"from": "2000", "to": "2001"})))
        self.run_atlas()
        lost = [[1, 0.5], [3, 0.5], [4.5, 0.5]]
        seen = self.look(alone={"Changes/changes-first-second": lost, "Control by date/control-second": lost})
        self.assertEqual(seen["layers"]["Changes/changes-first-second"]["categories"], [["unknown", UNKNOWN]])
        self.assertEqual(seen["layers"]["Control by date/control-second"]["categories"], [["Aland", A], ["unknown", UNKNOWN]])
        drawn = seen["alone"]["Changes/changes-first-second"]
        self.assertEqual([drawn[0], drawn[2]], ["#ffffff", "#ffffff"])
        self.assert_color(drawn[1], through(UNKNOWN))
        for found, color in zip(seen["alone"]["Control by date/control-second"], [A, UNKNOWN, UNKNOWN]):
            self.assert_color(found, through(color))
        # The style that a GeoPackage brings along says so too.
        done = self.run_program("export", self.atlas, "--at", "second", "--unknown", "-o", self.path / "o.gpkg")
        self.assertEqual(done.returncode, 0, done.stderr)
        labels = subprocess.run([sys.executable, "-c", """
import os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from qgis.core import *
app = QgsApplication([], False)
app.initQgis()
layer = QgsVectorLayer(sys.argv[1] + "|layername=control", "x", "ogr")
print([c.label() for c in layer.renderer().categories()], flush=True)
os._exit(0)
""", self.path / "o.gpkg"], capture_output=True, text=True)
        self.assertEqual(labels.stdout.strip(), "['Aland', 'unknown']", labels.stderr)

    def test_across_the_antimeridian(self):
        self.write("front.geojson", collection(
            feature([[[178, -18], [-179, -18], [-179, -16], [178, -16], [178, -18]]], holder="a", **{"from": "2000", "to": None}),
            feature([[[-179, -18], [-177, -18], [-177, -16], [-179, -16], [-179, -18]]], holder="b", **{"from": "2000", "to": None})))
        self.run_atlas("--at", "first")
        seen = self.look(dates=["2000-01-01T00:00:00Z"], points=[[179, -17], [-179.5, -17], [-178, -17], [178, -17], [-177, -17]])
        self.assertIn("+proj=laea +lat_0=-17 +lon_0=-179.5", seen["crs"])
        for found, color in zip(seen["colors"]["2000-01-01T00:00:00Z"], [A, A, B]):
            self.assert_color(found, through(color))
        # From side to side.
        self.assertLess(seen["share_of_page"][3][0], 0.1)
        self.assertGreater(seen["share_of_page"][4][0], 0.9)

    def test_a_part_fills_the_page(self):
        self.edit('[[source]]\n', '[[region]]\nid = "west"\nname = "West"\nfile = "west.geojson"\n[[source]]\n')
        self.write("west.geojson", collection(feature([box(0, 0, 0.5, 1)])))
        self.write("zones.geojson", collection(feature([box(0, 0, 1, 1)], holder="b", **{"from": "2000", "to": None})))
        text = (self.atlas / "atlas.toml").read_text()
        self.write("atlas.toml", text + '[[layer]]\nid = "zones"\nsource = "s"\ntheme = "zone"\nmode = "interval"\nfiles = ["zones.geojson"]\n' + HOLDERS)
        self.run_atlas("--region", "west", "--actor", "a")
        seen = self.look(points=[[0, 0], [0.5, 1]])
        # As high as the page, which is wider; nothing but the part.
        self.assertLess(seen["share_of_page"][0][1], 0.1)
        self.assertGreater(seen["share_of_page"][1][1], 0.9)
        self.assertIn("Who held what at 2001-01-01 (of what --region west --actor a leaves)", seen["labels"])
        self.assertEqual(seen["legend"]["rows"], {"Control": ["Aland"]})
        # Nothing changed there, and no zone of it is left: layers without a feature have no place in a project.
        self.assertNotIn("Changes/changes-first-second", seen["layers"])
        self.assertNotIn("Zones", seen["layers"])
        self.assertTrue(all(layer["features"] != 0 for layer in seen["layers"].values()))

    def test_words_go_by_the_theme(self):
        self.edit('theme = "control"', 'theme = "claim"')
        self.run_atlas("--theme", "claim")
        seen = self.look()
        self.assertTrue(seen["layers"]["Claims"]["shown"])
        self.assertEqual([name for name in seen["layers"] if "ontrol" in name.split("/")[0]], [])
        self.assertEqual(len([name for name in seen["layers"] if name.startswith("Claims by date/")]), 2)
        self.assertIn("Who claimed what at 2001-01-01", seen["labels"])

    def test_names_are_no_programs(self):
        self.edit('name = "Aland"', 'name = "[% 1+1 %]"')
        self.run_atlas()
        self.assertEqual(self.look()["legend"]["rows"]["Control"], ["[% 1+1 %]", "Bland"])


class QgisRasters(CliTest):
    """Rasters of classes as QGIS opens them from a folder, by the style beside each."""

    @unittest.skipUnless(HAS_QGIS, "no QGIS for this Python: tools/setup qgis")
    def test_their_legends_have_the_classes_alone(self):
        def done(*arguments):
            ended = self.run_program(*arguments)
            self.assertEqual(ended.returncode, 0, ended.stderr)

        done("raster", self.atlas, "--at", "first", "--res", "0.5", "-o", self.path / "control.tif")
        done("raster", self.atlas, "--every", "change", "--res", "0.5", "-o", self.path / "series")
        done("run", self.atlas, "-o", self.path / "results", "--res", "0.05")
        # More dates than bytes have values.
        boxes = []
        for i in range(300):
            date = f"{1700 + i}-01-01"
            boxes.append(feature([box(i % 20, i // 20, i % 20 + 1, i // 20 + 1)], holder="a", **{"from": "1600", "to": date}))
            boxes.append(feature([box(i % 20, i // 20, i % 20 + 1, i // 20 + 1)], holder="b", **{"from": date, "to": None}))
        self.write("front.geojson", collection(*boxes))
        done("raster", self.atlas, "--layer", "last-change", "--at", "2005", "--res", "0.5", "-o", self.path / "last.tif")
        files = [self.path / name for name in ("control.tif", "series/control-2001-01-01.tif", "results/rasters/control-second.tif",
                                               "results/rasters/change-first-second.tif", "last.tif")]
        ended = subprocess.run([sys.executable, "-c", RASTERS, *map(str, files)], capture_output=True, text=True, timeout=240)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        seen = json.loads(ended.stdout)
        self.assertTrue(all(one["valid"] and one["type"] == "paletted" for one in seen))
        for one in seen:
            self.assertEqual(one["legend"], len(one["classes"]))
        both = [[1, "a", "#0072b2"], [2, "b", "#e69f00"]]
        self.assertEqual([one["classes"] for one in seen[:3]], [both] * 3)
        self.assertEqual([c[1] for c in seen[3]["classes"]], ["a -> b", "a unchanged", "b unchanged"])
        self.assertEqual(len(seen[4]["classes"]), 300)
        self.assertEqual(seen[4]["classes"][0], [1, "1700-01-01", "#440154"])


if __name__ == "__main__":
    unittest.main()
