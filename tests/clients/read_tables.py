"""python read_tables.py CLIENT FILE [SQL]: an exported file as a package of PyPI reads it, as JSON on standard output.

geopandas FILE...    of each: rows, types of columns, CRS, sums of overlaps between rows of one date, validity
pyarrow FILE         schema, metadata, row groups and their bounds
duckdb FILE SQL      rows of the query; the file is the view `f`
"""
import json
import sys


def geopandas(*paths):
    return [read_with_geopandas(path) for path in paths]


def read_with_geopandas(path):
    import geopandas
    table = geopandas.read_parquet(path) if path.endswith(".parquet") else geopandas.read_file(path, engine="pyogrio")
    shapes = list(table.geometry)
    overlap = sum(a.intersection(b).area for i, a in enumerate(shapes) for b in shapes[:i])
    return {"rows": json.loads(table.drop(columns=table.geometry.name).to_json(orient="records", date_format="iso")),
            "kinds": {name: str(kind) for name, kind in table.dtypes.items()},
            "crs": table.crs.to_authority() if table.crs else None,
            "crs_equals_crs84": table.crs == "OGC:CRS84",
            "valid": bool(table.geometry.is_valid.all()), "overlap": overlap,
            "areas": [shape.area for shape in shapes], "union": table.geometry.union_all().area}


def pyarrow(path):
    import pyarrow.parquet
    file = pyarrow.parquet.ParquetFile(path)
    groups = []
    for i in range(file.metadata.num_row_groups):
        group = file.metadata.row_group(i)
        columns = {group.column(c).path_in_schema: group.column(c) for c in range(group.num_columns)}
        bounds = {name: [str(c.statistics.min), str(c.statistics.max)] for name, c in columns.items()
                  if c.statistics is not None and c.statistics.has_min_max}
        groups.append({"rows": group.num_rows, "bounds": bounds, "codec": group.column(0).compression})
    file.read().validate(full=True)
    metadata = {key.decode(): json.loads(value) for key, value in file.schema_arrow.metadata.items()
                if key in (b"geo", b"marchland")}
    return {"schema": {field.name: str(field.type) for field in file.schema_arrow}, "metadata": metadata,
            "groups": groups}


def duckdb(path, query):
    import duckdb
    answer = duckdb.sql(query.replace("{f}", f"'{path}'"))
    return {"columns": answer.columns, "rows": [list(map(str, row)) for row in answer.fetchall()]}


print(json.dumps({"geopandas": geopandas, "pyarrow": pyarrow, "duckdb": duckdb}[sys.argv[1]](*sys.argv[2:])))
