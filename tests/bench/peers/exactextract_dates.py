"""exactextract as a user scripts it: FOLDER of polygons, a file a date, and the sum of a raster on each party's ground.

FACTS (JSON of bench_rasters) says which cells; the raster is in memory and polygons are read before the clock starts.
"""
import json
import pathlib
import sys
import time

import exactextract
import numpy
from exactextract.feature import JSONFeatureSource
from exactextract.raster import NumPyRasterSource

facts = json.loads(pathlib.Path(sys.argv[2]).read_text())
rows, columns = numpy.mgrid[0:facts["rows"], 0:facts["columns"]]
raster = NumPyRasterSource(((rows * 7919 + columns * 104729) % 1000).astype(numpy.float64), xmin=facts["west"],
                           xmax=facts["west"] + facts["columns"] * facts["cell"], ymax=facts["north"],
                           ymin=facts["north"] - facts["rows"] * facts["cell"])
dates = [json.loads(path.read_text())["features"] for path in sorted(pathlib.Path(sys.argv[1]).glob("*.geojson"))]
sources = [JSONFeatureSource(features) for features in dates]
sums = []
begin, begin_cpu = time.monotonic(), time.process_time()
for source in sources:
    found = exactextract.exact_extract(raster, source, ["sum"], include_cols=["actor"])
    sums.append({feature["properties"]["actor"]: feature["properties"]["sum"] for feature in found})
print(json.dumps({"version": f"exactextract {exactextract.__version__}", "ms": (time.monotonic() - begin) * 1e3,
                  "cpu_ms": (time.process_time() - begin_cpu) * 1e3, "sums": sums}))
