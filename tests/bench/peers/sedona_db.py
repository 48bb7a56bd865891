"""SedonaDB, one query for some steps at a time. Invalid shapes are repaired by Shapely first (it has no such function)."""
import importlib.metadata
import time

import geopandas
import pandas
import sedonadb
import shapely
from work import Work

work = Work()
session = sedonadb.connect()
start = time.monotonic()
shapes = shapely.from_geojson(work.shapes)
invalid = ~shapely.is_valid(shapes)
shapes[invalid] = shapely.make_valid(shapes[invalid])
frames = {
    "shapes": geopandas.GeoDataFrame({"id": range(len(shapes))}, geometry=shapes).rename_geometry("geom"),
    "pairs": pandas.DataFrame(work.pair_rows(), columns=["step", "earlier", "later", "same"]),
    "single": pandas.DataFrame(work.single_rows(), columns=["step", "shape", "kept"], dtype="int64"),
}
for name, frame in frames.items():
    session.create_data_frame(frame).to_memtable().to_view(name)
prepared = time.monotonic() - start


def query(sql):
    return list(session.sql(sql).to_pandas().itertuples(index=False, name=None))


work.run_in_sql(query, prepare_s=prepared, repaired=int(invalid.sum()),
                version=f"SedonaDB {importlib.metadata.version('sedonadb')}")
