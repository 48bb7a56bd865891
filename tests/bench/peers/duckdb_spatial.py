"""DuckDB with its spatial extension, as the package of that name carries it. Invalid shapes are repaired first."""
import pathlib
import time

import duckdb
import duckdb_extension_spatial
from work import Work

work = Work()
connection = duckdb.connect()
extension = next(pathlib.Path(duckdb_extension_spatial.__file__).parent.rglob("spatial.duckdb_extension"))
connection.execute(f"LOAD '{extension}'")
start = time.monotonic()
connection.execute("CREATE TABLE texts (id INTEGER, text VARCHAR)")
connection.executemany("INSERT INTO texts VALUES (?, ?)", list(enumerate(work.shapes)))
connection.execute("CREATE TABLE given AS SELECT id, ST_GeomFromGeoJSON(text) AS geom FROM texts")
repaired = connection.execute("SELECT count(*) FROM given WHERE NOT ST_IsValid(geom)").fetchone()[0]
connection.execute("CREATE TABLE shapes AS SELECT id, CASE WHEN ST_IsValid(geom) THEN geom ELSE ST_MakeValid(geom) END "
                   "AS geom FROM given")
connection.execute("CREATE TABLE pairs (step INTEGER, earlier INTEGER, later INTEGER, same INTEGER)")
connection.execute("CREATE TABLE single (step INTEGER, shape INTEGER, kept INTEGER)")
connection.executemany("INSERT INTO pairs VALUES (?, ?, ?, ?)", work.pair_rows())
if work.single_rows():
    connection.executemany("INSERT INTO single VALUES (?, ?, ?)", work.single_rows())
prepared = time.monotonic() - start
extension_version = connection.execute(
    "SELECT extension_version FROM duckdb_extensions() WHERE extension_name = 'spatial'").fetchone()[0]
work.run_in_sql(lambda sql: connection.execute(sql).fetchall(), prepare_s=prepared, repaired=repaired,
                version=f"DuckDB {duckdb.__version__} (spatial {extension_version})")
