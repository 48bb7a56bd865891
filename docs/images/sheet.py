"""What the maps of this folder share: the piece of the world, its projection to a sheet, and towns by both forms of their name."""
import math

WEST, EAST, SOUTH, NORTH = 45.2, 47.8, 38.75, 40.75
STRETCH = 1 / math.cos(math.radians((SOUTH + NORTH) / 2))
# Forms of a name in alphabetical order: the rule of geodata/karabakh/README.md, "Names". On the left of its point where one
# on the right would meet another.
TOWNS = {"Khankendi/Stepanakert": (46.753, 39.818), "Shusha/Shushi": (46.750, 39.760), "Agdam/Akna": (46.927, 39.991),
         "Berdzor/Lachin": (46.550, 39.637), "Kalbajar/Karvachar": (46.044, 40.110), "Fizuli/Varanda": (47.145, 39.601)}
ON_THE_LEFT = ("Shusha/Shushi", "Berdzor/Lachin")


class Sheet:
    """A map `width` units wide, north up, a degree of longitude and of latitude as long as they are in the middle."""

    def __init__(self, width):
        self.width, self.scale = width, width / (EAST - WEST)
        self.height = round((NORTH - SOUTH) * STRETCH * self.scale)

    def place(self, lon, lat):
        return f"{(lon - WEST) * self.scale:.1f},{(NORTH - lat) * STRETCH * self.scale:.1f}"

    def path(self, geometry):
        polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
        return "".join("M" + "L".join(self.place(*point[:2]) for point in ring) + "Z" for rings in polygons for ring in rings)

    def towns(self, size):
        out = []
        for name, (lon, lat) in TOWNS.items():
            x, y = map(float, self.place(lon, lat).split(","))
            anchor, dx = ("end", -4) if name in ON_THE_LEFT else ("start", 4)
            out.append(f'<circle cx="{x}" cy="{y}" r="1.8" fill="#222"/><text x="{x + dx:.1f}" y="{y + 3:.1f}" font-size="{size}" '
                       f'text-anchor="{anchor}" fill="#222" stroke="#fff" stroke-opacity=".8" stroke-width="{size / 5:.1f}" paint-order="stroke">{name}</text>')
        return out
