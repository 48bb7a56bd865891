"""Bends the state border around the places of drawn/state-border.geojson, before the mosaic is cut.

A place that a 1:10 million border has on the wrong side pulls the border over itself and CLEARANCE_M beyond. The pull
is greatest where the border came nearest to the place and fades out at TAPER_M from there; every other vertex stays.
All rings that share the border get the same vertices.
"""
import math
import sys

from mosaic import rounded

CLEARANCE_M = 500.0  # the border passes no nearer to the place; half of what a village's own point may be off. A place
                     # with `clearance_m` in drawn/state-border.geojson has its own, for the reason given there
TAPER_M = 5000.0     # where the bend has faded out: the borders' correlation length (README.md, "Accuracy"); `taper_m` likewise
STEP_M = 500.0       # longest edge inside a bend
A, E2 = 6378137.0, 0.0066943799901413165


def metres(lat):
    """Metres a degree of longitude and of latitude on WGS84 at a latitude."""
    phi = math.radians(lat)
    w = math.sqrt(1 - E2 * math.sin(phi) ** 2)
    return math.radians(A / w * math.cos(phi)), math.radians(A * (1 - E2) / w ** 3)


def nearest(p, edges, kx, ky):
    """(distance in metres, point in degrees) of the nearest point of any of the edges."""
    best = (math.inf, p)
    for a, b in edges:
        dx, dy = (b[0] - a[0]) * kx, (b[1] - a[1]) * ky
        px, py = (p[0] - a[0]) * kx, (p[1] - a[1]) * ky
        t = min(1.0, max(0.0, (px * dx + py * dy) / (dx * dx + dy * dy)))
        best = min(best, (math.hypot(px - t * dx, py - t * dy), (a[0] + t * dx / kx, a[1] + t * dy / ky)))
    return best


def within(p, polygons):
    """Even-odd rule over all rings of a list of polygons."""
    inside = False
    for polygon in polygons:
        for ring in polygon:
            for (x1, y1), (x2, y2) in zip(ring, ring[1:]):
                if (y1 > p[1]) != (y2 > p[1]) and p[0] < x1 + (p[1] - y1) * (x2 - x1) / (y2 - y1):
                    inside = not inside
    return inside


def edges_of(units):
    return {(a, b) if a < b else (b, a) for polygons in units.values() for polygon in polygons for ring in polygon
            for a, b in zip(ring, ring[1:])}


def divided(edge, centre, kx, ky, taper):
    """The points of an edge (smaller end first), with points between where it comes within `taper` of the centre."""
    a, b = edge
    if nearest(centre, [edge], kx, ky)[0] >= taper:
        return [a, b]
    n = math.ceil(math.hypot((b[0] - a[0]) * kx, (b[1] - a[1]) * ky) / STEP_M)
    return rounded([(a[0] + (b[0] - a[0]) * i / n, a[1] + (b[1] - a[1]) * i / n) for i in range(n + 1)])


def bent(units, states, place, point, clearance=CLEARANCE_M, taper=TAPER_M):
    """The units (code -> polygons) with the border bent, and (metres off, metres moved) of the bend.

    `states`: prefixes of the codes of the state that the point lies in and of the other one."""
    own, other = ({c: p for c, p in units.items() if c.startswith(s)} for s in states)
    if any(within(point, polygons) for polygons in own.values()):
        sys.exit(f"derive: drawn/state-border.geojson: {place}: lies on its side already; no bend is needed")
    border = sorted(edges_of(own) & edges_of(other))
    kx, ky = metres(point[1])
    off, foot = nearest(point, border, kx, ky)
    ux, uy = (point[0] - foot[0]) * kx / off, (point[1] - foot[1]) * ky / off
    pieces = {edge: divided(edge, foot, kx, ky, taper) for edge in border}

    def moved(p, by):
        s = math.hypot((p[0] - foot[0]) * kx, (p[1] - foot[1]) * ky) / taper
        pull = by * (1 + math.cos(math.pi * s)) / 2 if s < 1 else 0.0
        return rounded([(p[0] + pull * ux / kx, p[1] + pull * uy / ky)])[0]

    by = off + clearance
    while True:  # the least pull, in steps of 10 m, that keeps the whole border clear of the place
        line = [[moved(p, by) for p in points] for points in pieces.values()]
        if nearest(point, [e for points in line for e in zip(points, points[1:])], kx, ky)[0] >= clearance:
            break
        by += 10.0
        if by * math.pi / 2 > taper:
            sys.exit(f"derive: drawn/state-border.geojson: {place}: {off:.0f} m off; the bend would fold")
    vertices = {p: moved(p, by) for points in pieces.values() for p in points}

    def ring_of(ring):
        out = []
        for a, b in zip(ring, ring[1:]):
            points = pieces.get((min(a, b), max(a, b)), [min(a, b), max(a, b)])
            out += points if a < b else points[::-1]
        return rounded([vertices.get(p, p) for p in out])

    units = {code: [[ring_of(r) for r in polygon] for polygon in polygons] for code, polygons in units.items()}
    if not any(within(point, polygons) for code, polygons in units.items() if code.startswith(states[0])):
        sys.exit(f"derive: drawn/state-border.geojson: {place}: still on the wrong side")
    return units, (off, by)
