"""One noded mosaic for all layers of the atlas.

Every line is rounded to a grid, the lines are noded against each other until rounding adds no new crossing, and the
faces of the result are the only building stones: a layer is a union of faces. So two layers that share a border share
its vertices bit by bit, and no pair of them leaves a sliver.
"""
from shapely.geometry import LineString, MultiLineString, Polygon
from shapely.ops import polygonize, unary_union

INPUT_DIGITS = 5   # of input vertices: 1.1 m; the vertices that two open layers share become equal
NODE_DIGITS = 7    # of crossings: 1.1 cm, the grid of the engine


def rounded(points, digits=INPUT_DIGITS):
    """The points as tuples, rounded; repeated neighbours once."""
    out = []
    for x, y in points:
        p = (round(float(x), digits), round(float(y), digits))
        if not out or out[-1] != p:
            out.append(p)
    return out


def segments_of(geometry):
    """Undirected segments of a (multi)line, rounded to the node grid."""
    found = set()
    for line in getattr(geometry, "geoms", [geometry]):
        points = rounded(line.coords, NODE_DIGITS)
        for a, b in zip(points, points[1:]):
            found.add((a, b) if a < b else (b, a))
    return found


class Mosaic:
    """Faces of the arrangement of `lines` (lists of points). `faces` is sorted by an inner point."""

    def __init__(self, lines):
        current = set()
        for line in lines:
            current |= segments_of(LineString(line))
        for self.passes in range(1, 21):
            nodes = segments_of(unary_union(MultiLineString(sorted(current))))
            if nodes == current:
                break
            current = nodes
        else:
            raise SystemExit("mosaic: no stable noding after 20 passes; use a coarser NODE_DIGITS")
        self.segments = current
        faces = [(face.representative_point(), face) for face in polygonize([LineString(s) for s in sorted(current)])]
        faces.sort(key=lambda f: (f[0].x, f[0].y))
        self.points = [p for p, _ in faces]
        self.faces = [f for _, f in faces]

    def union(self, chosen):
        """The chosen faces (indices) as a list of polygons, each a list of rings: shells counter-clockwise, holes clockwise.

        Raises SystemExit when an edge of the result is no edge of the mosaic.
        """
        chosen = sorted(chosen)
        if not chosen:
            raise SystemExit("mosaic: a layer has no face")
        merged = unary_union([self.faces[i] for i in chosen])
        polygons = []
        for polygon in getattr(merged, "geoms", [merged]):
            holes = sorted(self._ring(h, False) for h in polygon.interiors)
            polygons.append([self._ring(polygon.exterior, True)] + holes)
        polygons.sort(key=lambda p: p[0])
        return polygons

    def _ring(self, ring, counter_clockwise):
        points = list(ring.coords)[:-1]
        for a, b in zip(points, points[1:] + points[:1]):
            if ((a, b) if a < b else (b, a)) not in self.segments:
                raise SystemExit(f"mosaic: {a} - {b} is no edge of the mosaic")
        if ring.is_ccw != counter_clockwise:
            points.reverse()
        start = points.index(min(points))
        points = points[start:] + points[:start]
        return points + points[:1]


def shape_of(polygons):
    """The result of `Mosaic.union` as one shapely geometry."""
    return unary_union([Polygon(p[0], p[1:]) for p in polygons])
