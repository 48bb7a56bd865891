"""GeoPandas as a user scripts it: FOLDER of daily files, overlay(how="union") of each with the day before."""
import json
import pathlib
import sys
import time

import geopandas

files = sorted(pathlib.Path(sys.argv[1]).glob("*.geojson"))
every, limit = int(sys.argv[2]), float(sys.argv[3])
begin, begin_cpu = time.monotonic(), time.process_time()
repaired = done = 0
last = None
for index, path in enumerate(files):
    if every > 1 and index % every > 1:
        continue
    if time.monotonic() - begin > limit:
        break
    frame = geopandas.read_file(path)[["geometry"]]
    repaired += int((~frame.is_valid).sum())
    frame["geometry"] = frame.geometry.make_valid()
    if index > 0 and (every == 1 or index % every == 1):
        geopandas.overlay(last, frame, how="union", keep_geom_type=True).to_crs("EPSG:6933").area.sum()
        done += 1
    last = frame
print(json.dumps({"version": f"GeoPandas {geopandas.__version__}", "steps": len(files) - 1, "done": done,
                  "process_s": time.monotonic() - begin,
                  "process_cpu_s": time.process_time() - begin_cpu, "repaired": repaired, "failed": 0}))
