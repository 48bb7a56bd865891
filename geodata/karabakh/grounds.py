"""What ground a statement speaks of, as an expression over named grounds (drawn/grounds.csv, drawn/statements.csv).

Terms are joined by ` + ` (and), ` & ` (the part inside) and ` - ` (less), read from left to right, no brackets:

    state:armenia  district:shusha  soviet:lachin  province:syunik  oblast  mainland  study
    west-of:line-1994            between the line of 1994 and the state border in the south-west
    drawn:ID                     behind a line of drawn/fronts.geojson
    along:ROAD:METRES            within METRES of a line of drawn/roads.geojson
    around:PLACE:METRES          within METRES of a place of drawn/places.csv (a polygon of 32 corners)
    strip:PLACE:DEPTH:REACH      within DEPTH of the border between the two states, on either side, and within REACH of
                                 the place: what an account gives that names a place and a depth and no line
    NAME                         a row of drawn/grounds.csv above the one that is read
"""
import math
import re
import sys

from shapely.geometry import LineString, MultiLineString, Polygon

from border import metres
from mosaic import rounded

TERM = re.compile(r"^(?:(west-of|drawn|along|around|strip|state|district|soviet|province):)?([a-z0-9-]+)(?::(\d+))?(?::(\d+))?$")
RINGS = ("along", "around", "strip")


def terms(expression):
    """(operator, term) of an expression, the first with `+`."""
    words = expression.split(" ")
    if len(words) % 2 == 0 or any(w not in ("+", "&", "-") for w in words[1::2]):
        sys.exit(f"derive: ground '{expression}': expected terms joined by ' + ', ' & ' or ' - '")
    for term in words[::2]:
        if not TERM.match(term):
            sys.exit(f"derive: ground '{expression}': '{term}' is no term; see grounds.py")
    return list(zip(["+"] + words[1::2], words[::2]))


def disc(point, radius):
    """A ring of 32 corners on the circle of that radius in metres."""
    kx, ky = metres(point[1])
    corners = [(point[0] + radius * math.cos(math.pi * k / 16) / kx, point[1] + radius * math.sin(math.pi * k / 16) / ky)
               for k in range(32)]
    return rounded(corners + corners[:1])


def buffered(lines, lat, distance):
    """Rings around everything within a distance in metres of some lines; local metres of a latitude."""
    kx, ky = metres(lat)
    scaled = MultiLineString([LineString([(x * kx, y * ky) for x, y in line]) for line in lines])
    area = scaled.buffer(distance, resolution=4)
    return [rounded([(x / kx, y / ky) for x, y in ring.coords])
            for part in getattr(area, "geoms", [area]) for ring in [part.exterior, *part.interiors]]


class Shapes:
    """The areas behind along:, around: and strip: terms: their rings for the mosaic, then their geometry."""

    def __init__(self, expressions, places, roads, border):
        self.rings, self.geometry = {}, {}
        for expression in expressions:
            for _, term in terms(expression):
                kind, name, first, second = TERM.match(term).groups()
                if kind not in RINGS or term in self.rings:
                    continue
                source, where = (roads, "drawn/roads.geojson") if kind == "along" else (places, "drawn/places.csv")
                if name not in source or first is None or (kind == "strip") != (second is not None):
                    sys.exit(f"derive: ground '{expression}': '{term}': unknown in {where}, or not the lengths it needs")
                if kind == "along":
                    rings = [buffered([roads[name]], 39.66, int(first))]
                elif kind == "around":
                    rings = [[disc(places[name], int(first))]]
                else:
                    rings = [self._strip(places[name], border, int(first), int(second)), [disc(places[name], int(second))]]
                self.rings[term] = [ring for part in rings for ring in part]
                area = None
                for part in rings:
                    shape = Polygon(part[0], part[1:]) if len(part) == 1 else _even_odd(part)
                    area = shape if area is None else area.intersection(shape)
                self.geometry[term] = area

    @staticmethod
    def _strip(place, border, depth, reach):
        kx, ky = metres(place[1])

        def near(p):
            return math.hypot((p[0] - place[0]) * kx, (p[1] - place[1]) * ky) <= reach + depth + 5000
        lines = [list(edge) for edge in border if near(edge[0]) or near(edge[1])]
        if not lines:
            sys.exit(f"derive: no state border within {reach} m of {place}")
        return buffered(lines, place[1], depth)


def _even_odd(rings):
    area = Polygon()
    for ring in rings:
        area = area.symmetric_difference(Polygon(ring).buffer(0))
    return area


class Grounds:
    """Evaluates expressions to sets of faces.

    `closings`: by drawn: term, the line that closes its polygon. It is no line of the mosaic, so it must keep out of the
    ground that the term is used for: a face that it divides would fall to one side as a whole."""

    def __init__(self, base, inside, shapes, closings, faces):
        self.sets, self.inside, self.shapes, self.closings, self.geometry = dict(base), inside, shapes, closings, faces

    def faces(self, expression):
        result = set()
        for operator, term in terms(expression):
            found = self._term(term, expression)
            result = result | found if operator == "+" else result & found if operator == "&" else result - found
        for _, term in terms(expression):
            if term in self.closings and any(self.geometry[i].intersection(self.closings[term]).length > 0 for i in result):
                sys.exit(f"derive: ground '{expression}': the closing of '{term}' runs through it; lead it outside")
        return result

    def _term(self, term, expression):
        if term not in self.sets:
            if term not in self.shapes.geometry:
                sys.exit(f"derive: ground '{expression}': no ground is called '{term}'")
            self.sets[term] = self.inside(self.shapes.geometry[term])
        return self.sets[term]
