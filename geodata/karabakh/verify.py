"""Checks the files of this atlas as they are shipped, by other means than those that made them: python3 and nothing
else. `derive --verify` calls it.

Sums of the files; features per file as README.md lists them; one mesh of edges for all files (no edge crosses or
touches another but at a common vertex, so borders that coincide are the same edges bit for bit); anchors and places,
in whole numbers; certainties and sources; areas, and the figures of published.csv, as README.md prints them, by
quadrature of the authalic integral.
"""
import csv
import hashlib
import json
import math
import os
import re
import tomllib

from anchors import EVEN_HANDED
from dates import first_instant

HERE = os.path.dirname(os.path.abspath(__file__))
UNIT = 10 ** 7  # vertices in whole units of 1e-7 degree
A, E2 = 6378137.0, 0.0066943799901413165
NODES = ((0.8611363115940526, 0.3478548451374538), (0.3399810435848563, 0.6521451548625461))  # Gauss-Legendre, 4


def read(*path):
    with open(os.path.join(HERE, *path), encoding="utf-8", newline="") as f:
        return f.read()


def units(xy):
    return tuple(round(float(v) * UNIT) for v in xy)


class Shape:
    """A feature's area: directed edges with the inside on their left, and an exact test for points."""

    BIN = UNIT // 50

    def __init__(self, geometry):
        polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
        self.edges, self.bins, self.badly_wound = [], {}, False
        for polygon in polygons:
            for i, ring in enumerate(polygon):
                points = [units(p) for p in ring]
                edges = list(zip(points, points[1:]))
                doubled = sum(a[0] * b[1] - b[0] * a[1] for a, b in edges)
                self.badly_wound |= points[0] != points[-1] or (doubled > 0) != (i == 0)
                self.edges += edges
        for a, b in self.edges:
            low, high = sorted((a[1], b[1]))
            for k in range(low // self.BIN, high // self.BIN + 1):
                self.bins.setdefault(k, []).append((a, b))

    def contains(self, x, y, scale=1):
        """Of the point (x, y)/scale, which lies on no edge."""
        inside = False
        for (x1, y1), (x2, y2) in self.bins.get(y // scale // self.BIN, ()):
            x1, y1, x2, y2 = x1 * scale, y1 * scale, x2 * scale, y2 * scale
            if (y1 > y) != (y2 > y):
                side = (x - x1) * (y2 - y1) - (y - y1) * (x2 - x1)
                inside ^= (side < 0) == (y2 > y1)
        return inside


def under_edge(a, b):
    """Ground between an edge, straight in longitude and latitude, and the equator on WGS84, in km2: the integral of
    b^2/2 (s / (1 - e^2 s^2) + artanh(e s) / e), s = sin(latitude), over the longitude."""
    e, total = math.sqrt(E2), 0.0
    for node, weight in NODES:
        for t in (-node, node):
            s = math.sin(math.radians(((a[1] + b[1]) + t * (b[1] - a[1])) / 2 / UNIT))
            total += weight / 2 * (s / (1 - E2 * s * s) + math.atanh(e * s) / e)
    return total * A * A * (1 - E2) / 2 * math.radians((b[0] - a[0]) / UNIT) / 1e6


class Mesh:
    """Which of the named shapes lie left and right of every edge of any of them."""

    def __init__(self, shapes):
        left, right = {}, {}
        for name, shape in shapes.items():
            for a, b in shape.edges:
                left.setdefault((a, b) if a < b else (b, a), set())
                right.setdefault((a, b) if a < b else (b, a), set())
                (left if a < b else right)[(a, b) if a < b else (b, a)].add(name)
        self.sides = []
        for (a, b), on_left in left.items():
            on_right = right[a, b]
            x, y = a[0] + b[0], a[1] + b[1]
            both = {n for n, s in shapes.items()
                    if n not in on_left and n not in on_right and s.contains(x, y, 2)}
            self.sides.append((frozenset(on_left | both), frozenset(on_right | both), under_edge(a, b)))

    def area(self, chosen):
        """km2 of the ground whose set of shapes `chosen` accepts."""
        memo, total = {}, 0.0
        for on_left, on_right, under in self.sides:
            for side in (on_left, on_right):
                if side not in memo:
                    memo[side] = bool(chosen(side))
            total += (memo[on_right] - memo[on_left]) * under
        return total


def crossings(edges):
    """Pairs of edges that meet elsewhere than at a vertex of both."""
    size, cells, found = UNIT // 20, {}, set()
    for a, b in edges:
        for i in range(min(a[0], b[0]) // size, max(a[0], b[0]) // size + 1):
            for j in range(min(a[1], b[1]) // size, max(a[1], b[1]) // size + 1):
                cells.setdefault((i, j), []).append((a, b))

    def turn(p, q, r):
        v = (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])
        return (v > 0) - (v < 0)

    def on(p, q, r):  # r, collinear with p and q, lies strictly between them
        return r not in (p, q) and min(p, q) < r < max(p, q)

    for members in cells.values():
        for i, (a, b) in enumerate(members):
            for c, d in members[:i]:
                if max(a[0], b[0]) < min(c[0], d[0]) or max(c[0], d[0]) < min(a[0], b[0]) or \
                        max(a[1], b[1]) < min(c[1], d[1]) or max(c[1], d[1]) < min(a[1], b[1]):
                    continue
                w = turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)
                if w[0] * w[1] < 0 and w[2] * w[3] < 0 or not w[0] and on(a, b, c) or not w[1] and on(a, b, d) \
                        or not w[2] and on(c, d, a) or not w[3] and on(c, d, b):
                    found.add(((a, b), (c, d)))
    return found


def rows(text, heading):
    """Cells of the table rows under a heading of README.md, up to the next heading."""
    section = text.split("\n## " + heading + "\n", 1)[1].split("\n## ", 1)[0]
    return [[c.strip() for c in line.strip("|").split("|")] for line in section.splitlines() if line.startswith("|")]


def numbers(cell):
    """(value, half a unit of its last digit) of each number of a cell; digits grouped by spaces."""
    found = [re.sub(r"\s", "", n) for n in re.findall(r"\d+(?:\s\d{3})*(?:\.\d+)?", cell)]
    return [(float(n), 0.5 * 10.0 ** -len(n.partition(".")[2])) for n in found]


class Figures:
    """The rows of published.csv, computed anew. `painted[theme](side, when)` says who holds the ground on that side of an
    edge."""

    def __init__(self, mesh, painted, periods):
        self.mesh, self.painted, self.periods = mesh, painted, periods

    def when(self, date):
        return self.periods.get(date) or first_instant(date)

    def held(self, holder, date, regions=(), theme="control"):
        when, painted = self.when(date), self.painted[theme]
        return self.mesh.area(lambda s: painted(s, when) == holder and (not regions or s.intersection(regions)))

    def value(self, row):
        regions, theme = [r for r in row["region"].split(";") if r], row["theme"] or "control"
        painted = self.painted[theme]
        if row["kind"] == "changed":
            start, end = self.when(row["from"]), self.when(row["to"])

            def passed(side):
                if painted(side, start) != row["holder"] or regions and not side.intersection(regions):
                    return False
                after = painted(side, end)
                return after == row["passed_to"] if row["passed_to"] else after != row["holder"]
            counted = self.mesh.area(passed)
        elif row["holder"]:
            counted = self.held(row["holder"], row["at"], regions, theme)
        else:
            counted = self.mesh.area(lambda s: s.intersection(regions))
        if row["unit"] == "km2":
            return counted
        of = row["of"]
        if of.startswith("held"):
            whole = self.held(row["holder"], of[5:] or row["at"] or row["from"], (), theme)
        else:
            whole = float(of) if of.isdigit() else self.mesh.area(lambda s: of in s)
        return 100 * counted / whole


def main():
    problems, readme = [], read("README.md")
    manifest = tomllib.loads(read("atlas.toml"))
    periods = {p["id"]: first_instant(p["from"]) for p in manifest["period"]}

    # sums
    listed = dict(reversed(line.split("  ", 1)) for line in read("SHA256SUMS").splitlines())
    shipped = {"anchors.csv", "atlas.toml", "places.geojson", "published.csv"}
    for folder in ("drawn", "layers", "regions"):
        shipped |= {f"{folder}/{name}" for name in os.listdir(os.path.join(HERE, folder))}
    problems += [f"SHA256SUMS: {p}: listed or there, not both" for p in sorted(shipped ^ set(listed))]
    for path in sorted(shipped & set(listed)):
        with open(os.path.join(HERE, path), "rb") as f:
            if hashlib.sha256(f.read()).hexdigest() != listed[path]:
                problems.append(f"SHA256SUMS: {path}: another sum")

    # features per file
    data = {p: json.loads(read(p))["features"] for p in sorted(shipped) if p.endswith(".geojson")}
    counts = {p: len(f) for p, f in data.items() if not p.startswith("drawn/")}
    tables = {p: list(csv.DictReader(read(*p.split("/")).splitlines())) for p in shipped if p.endswith(".csv")}
    counts.update({p: len(tables[p]) for p in ("anchors.csv", "published.csv")})
    stated = {cells[0].strip("`"): int(cells[1]) for cells in rows(readme, "What is where")[2:] if cells[1].isdigit()}
    problems += [f"README.md, features: {p}: {stated.get(p)} stated, {counts.get(p)} there"
                 for p in sorted(set(stated) | set(counts)) if stated.get(p) != counts.get(p)]

    # one mesh
    shapes, edges = {}, set()
    for path, features in data.items():
        if path.startswith(("layers/", "regions/")):
            for feature in features:
                shape = Shape(feature["geometry"])
                shapes[path, feature["properties"]["id"]] = shape
                if shape.badly_wound:
                    problems.append(f"{path}: {feature['properties']['id']}: ring not closed or wound the wrong way")
                edges |= {(a, b) if a < b else (b, a) for a, b in shape.edges}
    problems += [f"edges meet without a common vertex: {pair}" for pair in sorted(crossings(sorted(edges)))[:10]]

    # sources and certainties: what rests on no document is reported
    sources = {source["id"] for source in manifest["source"]}
    cited = [(p, f["properties"]["id"], f["properties"]["cites"]) for p, fs in data.items() for f in fs
             if "cites" in f["properties"]]
    cited += [("anchors.csv", r["place"], r["source"]) for r in tables["anchors.csv"]]
    cited += [("published.csv", r["figure"], r["source"]) for r in tables["published.csv"]]
    problems += [f"{path}: {id}: cites '{source}', which atlas.toml does not declare" for path, id, text in cited
                 for source in re.split("; *", text) if source not in sources]
    for path, features in data.items():
        for p in (f["properties"] for f in features):
            if p.get("certainty") == "confirmed" and set(p["cites"].split(";")) <= {"public-record"}:
                problems.append(f"{path}: {p['id']}: confirmed, but cites no document")

    # no line is held or bent by one party's statement, or by what has no document
    firm = [("anchors.csv", r["place"], r["asserted_by"], r["source"]) for r in tables["anchors.csv"] if r["enforced"] == "yes"]
    bends = "drawn/state-border.geojson"
    firm += [(bends, p["id"], p["asserted_by"], p["cites"]) for p in (f["properties"] for f in data[bends])]
    problems += [f"{path}: {id}: asserted by {by}, by {source}: not to be enforced" for path, id, by, source in firm
                 if by not in EVEN_HANDED or set(re.split("; *", source)) <= {"public-record"}]

    # anchors and places
    control = "layers/control.geojson"
    events = [(first_instant(f["properties"]["from"]), f["properties"]["seq"], f["properties"]["actor"],
               (control, f["properties"]["id"])) for f in data[control]]
    if [e[:2] for e in events] != sorted(e[:2] for e in events):
        problems.append(f"{control}: events are not in the order of their dates")
    agree = differ = 0
    for row in tables["anchors.csv"]:
        point, when = units((row["lon"], row["lat"])), first_instant(row["date"])
        found = [actor for start, _, actor, key in events if start <= when and shapes[key].contains(*point)]
        holder = found[-1] if found else "no statement"
        agree += holder == row["holder"]
        if holder != row["holder"]:
            differ += 1
            if row["enforced"] == "yes":
                problems.append(f"anchors.csv: {row['place']} {row['date']}: {row['holder']}, but {holder} in {control}")
    places = {f["properties"]["id"]: units(f["geometry"]["coordinates"]) for f in data["places.geojson"]}
    for row in tables["drawn/places.csv"]:
        point = units((row["lon"], row["lat"]))
        if places.pop(row["id"], None) != point:
            problems.append(f"places.geojson: {row['id']}: not where drawn/places.csv has it")
        found = [s for s in ("armenia", "azerbaijan") if shapes["regions/states.geojson", s].contains(*point)]
        if row["state"] != "divided" and found != [row["state"]]:
            problems.append(f"drawn/places.csv: {row['id']}: {row['state']}, but {found} in regions/states.geojson")
    problems += [f"places.geojson: {p}: not in drawn/places.csv" for p in places]

    # areas
    def name(key):
        return key[1] if key[0].startswith("regions/") else key
    mesh = Mesh({name(key): shape for key, shape in shapes.items() if key[1] != "study"})

    def events_at(side, when):
        return next((actor for start, _, actor, key in reversed(events) if start <= when and key in side), None)

    def intervals_at(theme):
        paths = [layer["files"][0] for layer in manifest["layer"] if layer["theme"] == theme]
        stated = [(first_instant(p["from"]), p["to"] and first_instant(p["to"]), p["actor"], (path, p["id"]))
                  for path in paths for p in (f["properties"] for f in data[path])]
        return lambda side, when: next((actor for start, end, actor, key in stated
                                        if start <= when and not (end and end <= when) and key in side), None)
    figures = Figures(mesh, {"control": events_at, "border": intervals_at("border")}, periods)
    expected = {p: [figures.held(a, p) for a in ("armenia", "azerbaijan", "nagorno-karabakh")]
                for p in (q["id"] for q in manifest["period"] if "to" not in q) if periods[p] >= periods["line-1994"]}
    expected.update({r["title"]: [figures.value(r)] for r in tables["published.csv"]})
    compared = 0
    for cells in rows(readme, "Areas at the periods")[2:] + rows(readme, "Held against published figures")[2:]:
        if cells[0] not in expected:
            problems.append(f"README.md: {cells[0]}: no such period or figure")
            continue
        values = expected.pop(cells[0])
        printed = [n for cell in cells[1:4] for n in numbers(cell)] if len(values) == 3 else numbers(cells[2])
        compared += len(values)
        if len(printed) != len(values) or any(abs(p - v) > half + 1e-9 for (p, half), v in zip(printed, values)):
            problems.append(f"README.md: {cells[0]}: {[p for p, _ in printed]} printed, {[round(v, 3) for v in values]} measured")
    problems += [f"README.md: {label}: no row, measured {values}" for label, values in expected.items()]

    for problem in problems:
        print("verify:", problem)
    print(f"verify: {len(shipped)} files, {sum(counts.values())} features and rows, {len(edges)} edges; anchors: {agree} agree, "
          f"{differ} differ; {compared} figures compared; {len(problems)} problems")
    return 1 if problems else 0
