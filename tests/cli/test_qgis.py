"""The project of a result folder as QGIS itself loads, draws and prints it."""
import json
import pathlib
import re
import subprocess
import sys
import unittest
import xml.etree.ElementTree

from harness import CliTest, box, collection, feature

HAS_QGIS = subprocess.run([sys.executable, "-c", "import qgis.core"], capture_output=True).returncode == 0

# Runs in a process of its own: QGIS ends badly where layers are still alive.
LOOK = r"""
import json, os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from qgis.core import *
from qgis.PyQt.QtCore import QDateTime, QSize, Qt
app = QgsApplication([], False)
app.initQgis()
project = QgsProject.instance()
seen = {"read": project.read(sys.argv[1]), "title": project.title(), "crs": project.crs().toProj(), "layers": {}}
tree = project.layerTreeRoot()
for node in tree.findLayers():
    layer = node.layer()
    is_vector = layer.type() == QgsMapLayerType.VectorLayer
    group = node.parent().name()
    seen["layers"][(group + "/" if group else "") + layer.name()] = {
        "valid": layer.isValid(), "shown": node.isVisible(), "in_time": layer.temporalProperties().isActive(),
        "source": layer.source(), "features": layer.featureCount() if is_vector else None,
        "categories": [c.label() for c in layer.renderer().categories()] if is_vector and layer.renderer().type() == "categorizedSymbol" else None}
time = project.timeSettings()
seen["time"] = [t.toString(Qt.ISODate) for t in (time.temporalRange().begin(), time.temporalRange().end())]
seen["step"] = time.timeStepUnit() == QgsUnitTypes.TemporalDays and "day" or time.timeStepUnit() == QgsUnitTypes.TemporalMonths and "month" or "other"
layout = project.layoutManager().layoutByName("A4")
page = [item for item in layout.items() if isinstance(item, QgsLayoutItemMap)][0]
settings = QgsMapSettings()
settings.setLayers(tree.checkedLayers())
settings.setDestinationCrs(project.crs())
settings.setExtent(page.extent())
settings.setOutputSize(QSize(410, 316))
to_map = QgsCoordinateTransform(QgsCoordinateReferenceSystem("EPSG:4326"), project.crs(), project)
seen["colors"] = {}
for date in json.loads(sys.argv[3]):
    at = QDateTime.fromString(date, Qt.ISODate)
    settings.setIsTemporal(True)
    settings.setTemporalRange(QgsDateTimeRange(at, at))
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    image.save(sys.argv[2] + "/" + date[:10] + ".png")
    for lon, lat in json.loads(sys.argv[4]):
        p = settings.mapToPixel().transform(to_map.transform(QgsPointXY(lon, lat)))
        seen["colors"].setdefault(date[:10], []).append(image.pixelColor(int(p.x()), int(p.y())).name())
out = QgsLayoutExporter(layout)
seen["pdf"] = out.exportToPdf(sys.argv[2] + "/a4.pdf", QgsLayoutExporter.PdfExportSettings()) == QgsLayoutExporter.Success
seen["page"] = sorted(type(item).__name__ for item in layout.items() if type(item).__name__.startswith("QgsLayoutItem"))
bar = [item for item in layout.items() if isinstance(item, QgsLayoutItemScaleBar)][0]
seen["bar_km"] = bar.unitsPerSegment()
seen["bar_share"] = bar.unitsPerSegment() * 1000 / page.extent().width()
print(json.dumps(seen), flush=True)
os._exit(0)
"""


class QgisProject(CliTest):
    def setUp(self):
        super().setUp()
        self.manifest('title = "Two squares"\n', 'title = "Two <squares> & more"\nplaces = "places.geojson"\n'
                      'disclaimer = "No opinion on \\"status\\"."\n[[region]]\nid = "west"\nname = "West"\nfile = "west.geojson"\n'
                      )
        self.write("west.geojson", collection(feature([box(0, 0, 1.5, 1)])))
        self.write("places.geojson", json.dumps({"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": {"name": "Middle"}, "geometry": {"type": "Point", "coordinates": [1.5, 0.25]}}]}))
        self.results = self.path / "results"
        done = self.run_program("run", self.atlas, "-o", self.results, "--res", "0.05")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.project = self.results / "project.qgs"

    def look(self, dates, points):
        done = subprocess.run([sys.executable, "-c", LOOK, self.project, self.path, json.dumps(dates), json.dumps(points)],
                              capture_output=True, text=True, timeout=240)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_everything_it_names_is_there(self):
        # What can be seen without QGIS.
        root = xml.etree.ElementTree.fromstring(self.project.read_text())
        self.assertEqual(root.find("title").text, "Two <squares> & more")
        sources = [element.text for element in root.iter("datasource")]
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
        seen = self.look(["2000-06-01T00:00:00Z", "2001-06-01T00:00:00Z"], [[0.5, 0.5], [1.5, 0.6], [3, 0.5]])
        self.assertTrue(seen["read"])
        self.assertEqual(seen["title"], "Two <squares> & more")
        self.assertIn("+proj=laea +lat_0=0.5 +lon_0=2", seen["crs"])
        self.assertTrue(all(layer["valid"] for layer in seen["layers"].values()), seen["layers"])
        control = seen["layers"]["Control"]
        self.assertEqual((control["in_time"], control["shown"], control["categories"]), (True, True, ["Aland", "Bland"]))
        self.assertGreater(control["features"], 2)
        self.assertFalse(seen["layers"]["Control by date/control-first"]["shown"])
        self.assertIn("Rasters/control-second", seen["layers"])
        self.assertIn("Changes/changes-first-second", seen["layers"])
        self.assertEqual(seen["time"], ["2000-01-01T00:00:00Z", "2001-01-01T00:00:00Z"])
        self.assertEqual(seen["step"], "day")
        west, middle, east = (list(colors) for colors in zip(seen["colors"]["2000-06-01"], seen["colors"]["2001-06-01"]))
        # The west stays with a, the east with b, the middle passed from a to b.
        self.assertEqual(west[0], west[1])
        self.assertEqual(east[0], east[1])
        self.assertNotEqual(west[0], east[0])
        self.assertEqual(middle, [west[0], east[0]])
        self.assertNotIn("#ffffff", west + middle + east)
        self.assertTrue(seen["pdf"])
        self.assertTrue((self.path / "a4.pdf").read_bytes().startswith(b"%PDF"))
        self.assertEqual(seen["page"], ["QgsLayoutItemLabel", "QgsLayoutItemLabel", "QgsLayoutItemLabel", "QgsLayoutItemLegend",
                                        "QgsLayoutItemMap", "QgsLayoutItemPage", "QgsLayoutItemScaleBar"])
        self.assertGreater(seen["bar_share"], 0.08)
        self.assertLess(seen["bar_share"], 0.25)


if __name__ == "__main__":
    unittest.main()
