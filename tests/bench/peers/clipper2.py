"""Clipper2 through pyclipr: grid of 1e-7 degree, even-odd. Timed: execute(), which returns the paths as arrays."""
import functools
import json

import numpy
import pyclipr
from work import Work

SCALE = 10_000_000


def paths(text):
    return [[position[:2] for position in ring] for polygon in json.loads(text)["coordinates"] for ring in polygon]


def path_area(path):
    x, y = path[:, 0] - path[0, 0], path[:, 1] - path[0, 1]
    return 0.5 * float(numpy.dot(x, numpy.roll(y, -1)) - numpy.dot(y, numpy.roll(x, -1)))


def area_of(result):
    """Outer paths run one way, holes the other."""
    return abs(sum(path_area(numpy.asarray(path)) for path in result if len(path) > 2))


work = Work()
shapes = [paths(text) for text in work.shapes]


def overlay(kind, what):
    def run(earlier, later):
        clipper = pyclipr.Clipper()
        clipper.scaleFactor = SCALE
        clipper.addPaths(shapes[earlier], pyclipr.Subject)
        clipper.addPaths(shapes[later], pyclipr.Clip)
        try:
            with work.timed(what):
                result = clipper.execute(kind, pyclipr.FillRule.EvenOdd)
        except RuntimeError:
            return None
        return area_of(result)
    return run


@functools.cache
def area(shape):
    clipper = pyclipr.Clipper()
    clipper.scaleFactor = SCALE
    clipper.addPaths(shapes[shape], pyclipr.Subject)
    return area_of(clipper.execute(pyclipr.Union, pyclipr.FillRule.EvenOdd))


work.run(area, overlay(pyclipr.Intersection, "intersections"), overlay(pyclipr.Difference, "differences"),
         version=f"Clipper2 {pyclipr.clipperVersion} (pyclipr)")
