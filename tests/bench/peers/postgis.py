"""PostGIS in a PostgreSQL of its own: made below FOLDER, on a socket there and on no port, stopped and removed
whatever happens. initdb refuses to run as root; then everything of the server runs as the user nobody.

Timed inside the server, by clock_timestamp(), overlay by overlay; a failing overlay is counted, not hidden.
"""
import atexit
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from work import Work

USER = "nobody"
SETUP = """
CREATE EXTENSION postgis;
CREATE TABLE texts (id int, text text);
CREATE TABLE pairs (step int, earlier int, later int, same int);
CREATE TABLE single (step int, shape int, kept int);
"""
RUN = """
CREATE TABLE given AS SELECT id, ST_GeomFromGeoJSON(text) AS geom FROM texts;
CREATE TABLE shapes AS SELECT id, CASE WHEN ST_IsValid(geom) THEN geom ELSE ST_MakeValid(geom) END AS geom FROM given;
ALTER TABLE shapes ADD PRIMARY KEY (id);
CREATE INDEX ON pairs (step);
CREATE INDEX ON single (step);
ANALYZE;
CREATE TABLE answer (step int, held float8, passed float8, intersections_s float8, differences_s float8, failed int);
CREATE FUNCTION run(every int, seconds float8) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  begun timestamptz := clock_timestamp();
  start timestamptz;
  middle timestamptz;
  one record;
  area float8;
  held float8;
  passed float8;
  failed int;
BEGIN
  FOR i IN 0 .. (SELECT max(step) FROM (SELECT step FROM pairs UNION ALL SELECT step FROM single) s) BY every LOOP
    EXIT WHEN extract(epoch FROM clock_timestamp() - begun) > seconds;
    failed := 0;
    SELECT coalesce(sum(ST_Area(geom)) FILTER (WHERE kept = 1), 0), coalesce(sum(ST_Area(geom)) FILTER (WHERE kept = 0), 0)
      INTO held, passed FROM single JOIN shapes ON id = shape WHERE step = i;
    start := clock_timestamp();
    FOR one IN SELECT same, a.geom AS a, b.geom AS b FROM pairs JOIN shapes a ON a.id = earlier
               JOIN shapes b ON b.id = later WHERE step = i LOOP
      BEGIN
        area := ST_Area(ST_Intersection(one.a, one.b));
        IF one.same = 1 THEN held := held + area; END IF;
      EXCEPTION WHEN OTHERS THEN failed := failed + 1;
      END;
    END LOOP;
    middle := clock_timestamp();
    FOR one IN SELECT a.geom AS a, b.geom AS b FROM pairs JOIN shapes a ON a.id = earlier
               JOIN shapes b ON b.id = later WHERE step = i AND same = 1 LOOP
      BEGIN
        passed := passed + ST_Area(ST_Difference(one.a, one.b)) + ST_Area(ST_Difference(one.b, one.a));
      EXCEPTION WHEN OTHERS THEN failed := failed + 1;
      END;
    END LOOP;
    INSERT INTO answer VALUES (i, held, passed, extract(epoch FROM middle - start),
                               extract(epoch FROM clock_timestamp() - middle), failed);
  END LOOP;
END $$;
"""


def binaries():
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if not found:
        sys.exit("postgis: no initdb below /usr/lib/postgresql; run tools/setup bench")
    return found[-1].parent


def main():
    work = Work()
    # A path of a socket may have 107 characters, and the user nobody has to reach it.
    folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-postgis-"))
    as_user = []
    if os.getuid() == 0:
        shutil.chown(folder, USER)
        as_user = ["runuser", "-u", USER, "--"]
    programs = binaries()
    data = folder / "data"
    server = None

    def stop():
        if server is not None and server.poll() is None:
            subprocess.run([*as_user, programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"], check=False,
                           stdout=subprocess.DEVNULL, cwd=folder)
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    subprocess.run([*as_user, programs / "initdb", "-D", data, "-A", "trust", "-U", "bench", "--no-sync"], check=True,
                   stdout=subprocess.DEVNULL, cwd=folder)
    server = subprocess.Popen([*as_user, programs / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses="],
                              stdout=subprocess.DEVNULL, stderr=open(folder / "log", "w"), cwd=folder)
    psql = ["psql", "-h", folder, "-U", "bench", "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-qAt"]
    ready = [programs / "pg_isready", "-h", folder, "-q"]
    for _ in range(100):
        if subprocess.run(ready, check=False).returncode == 0:
            break
        time.sleep(0.1)

    def sql(text):
        return subprocess.run(psql, input=text, check=True, capture_output=True, text=True).stdout.strip()

    def rows(table, lines):
        return f"COPY {table} FROM stdin;\n" + "".join(line + "\n" for line in lines) + "\\.\n"

    start = time.monotonic()
    sql(SETUP + rows("texts", (f"{i}\t{text}" for i, text in enumerate(work.shapes)))
        + rows("pairs", ("\t".join(map(str, row)) for row in work.pair_rows()))
        + rows("single", ("\t".join(map(str, row)) for row in work.single_rows())) + RUN)
    prepared = time.monotonic() - start
    sql(f"SELECT run({work.every}, {work.limit})")
    answer = json.loads(sql(
        "SELECT json_build_object('done', json_agg(step ORDER BY step), 'held', json_agg(held ORDER BY step), 'passed', "
        "json_agg(passed ORDER BY step), 'intersections_s', sum(intersections_s), 'differences_s', sum(differences_s), "
        "'failed', sum(failed)) FROM answer"))
    answer["repaired"] = int(sql("SELECT count(*) FROM given WHERE NOT ST_IsValid(geom)"))
    answer["prepare_s"] = prepared
    answer["intersections_cpu_s"] = answer["differences_cpu_s"] = None  # the server does not say
    versions = sql("SELECT postgis_lib_version() || ' (GEOS ' || split_part(postgis_geos_version(), '-', 1) || "
                   "', PostgreSQL ' || split_part(current_setting('server_version'), ' ', 1) || ')'")
    work.print(version="PostGIS " + versions, **answer)


main()
