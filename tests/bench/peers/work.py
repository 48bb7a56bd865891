"""The work all pairwise peers do, read from what bench_history wrote, and the answer they print."""
import contextlib
import json
import pathlib
import sys
import time


class Work:
    """FOLDER K SECONDS on the command line: every K-th step, until the time is up.

    shapes: GeoJSON texts. Each step says which shapes to intersect (earlier, later, same actor), which stay as they
    are and which appear or vanish whole (tests/bench/history.h).
    """

    def __init__(self):
        folder = pathlib.Path(sys.argv[1])
        self.every = int(sys.argv[2])
        self.limit = float(sys.argv[3])
        self.folder = folder
        self.shapes = (folder / "shapes.geojsonl").read_text().splitlines()
        self.steps = json.loads((folder / "steps.json").read_text())
        self.answer = {"steps": len(self.steps), "done": [], "held": [], "passed": [], "intersections_s": 0.0,
                       "differences_s": 0.0, "intersections_cpu_s": 0.0, "differences_cpu_s": 0.0, "prepare_s": 0.0,
                       "repaired": 0, "failed": 0}

    @contextlib.contextmanager
    def timed(self, what):
        """Adds to "intersections" or "differences" what the block takes, by the clock and of the processor."""
        cpu, start = time.process_time(), time.monotonic()
        try:
            yield
        finally:
            self.answer[what + "_s"] += time.monotonic() - start
            self.answer[what + "_cpu_s"] += time.process_time() - cpu

    def run(self, area, intersection, difference, **facts):
        """area(shape) -> planar area; the two others take (earlier, later) shapes and return planar areas, or None
        where they failed, and time themselves. Shapes are indices."""
        answer = self.answer
        begin = time.monotonic()

        def checked(value):
            if value is None:
                answer["failed"] += 1
                return 0.0
            return value

        for index in range(0, len(self.steps), self.every):
            if time.monotonic() - begin > self.limit:
                break
            step = self.steps[index]
            held = sum(area(shape) for shape in step["kept"])
            passed = sum(area(shape) for shape in step["one_sided"])
            for earlier, later, same in step["pairs"]:
                value = checked(intersection(earlier, later))
                if same:
                    held += value
                    passed += checked(difference(earlier, later)) + checked(difference(later, earlier))
            answer["done"].append(index)
            answer["held"].append(held)
            answer["passed"].append(passed)
        self.print(**facts)

    def run_in_sql(self, query, **facts):
        """The same for a database that has tables shapes(id, geom), pairs(step, earlier, later, same) and
        single(step, shape, kept). query(sql) -> rows, and the time it takes is the database's. Some steps a query."""
        answer = self.answer
        chosen = list(range(0, len(self.steps), self.every))
        size = 16
        begin = time.monotonic()
        for first in range(0, len(chosen), size):
            if time.monotonic() - begin > self.limit:
                break
            part = chosen[first:first + size]
            within = f"step IN ({', '.join(map(str, part))})"
            held = dict.fromkeys(part, 0.0)
            passed = dict.fromkeys(part, 0.0)
            for step, kept, area in query(f"SELECT step, kept, sum(ST_Area(geom)) FROM single "
                                          f"JOIN shapes ON id = shape WHERE {within} GROUP BY step, kept"):
                (held if kept else passed)[step] += area
            with self.timed("intersections"):
                rows = query(f"SELECT step, same, sum(ST_Area(ST_Intersection(a.geom, b.geom))) FROM pairs "
                             f"JOIN shapes a ON a.id = earlier JOIN shapes b ON b.id = later WHERE {within} "
                             f"GROUP BY step, same")
            for step, same, area in rows:
                held[step] += area if same else 0.0
            with self.timed("differences"):
                rows = query(f"SELECT step, sum(ST_Area(ST_Difference(a.geom, b.geom)) "
                             f"+ ST_Area(ST_Difference(b.geom, a.geom))) FROM pairs "
                             f"JOIN shapes a ON a.id = earlier JOIN shapes b ON b.id = later "
                             f"WHERE same = 1 AND {within} GROUP BY step")
            for step, area in rows:
                passed[step] += area
            answer["done"] += part
            answer["held"] += [held[step] for step in part]
            answer["passed"] += [passed[step] for step in part]
        self.print(**facts)

    def pair_rows(self):
        return [(i, earlier, later, same) for i, step in enumerate(self.steps) for earlier, later, same in step["pairs"]]

    def single_rows(self):
        return [(i, shape, kept) for i, step in enumerate(self.steps)
                for kept, shapes in ((1, step["kept"]), (0, step["one_sided"])) for shape in shapes]

    def print(self, **facts):
        print(json.dumps({**self.answer, **facts}))
