"""How far apart two colours are for a reader without colour, or with one kind of cone missing.

Simulation: G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, A Physiologically-based Model for Simulation of Color Vision
Deficiency, IEEE TVCG 15 (2009), matrices of severity 1.0, on linear sRGB (IEC 61966-2-1). Distance: CIEDE2000, as G. Sharma,
W. Wu, E. N. Dalal, Color Res. Appl. 30 (2005) write it. CIELAB of the D65 white.
"""
import math

MACHADO = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
LEAST_LIGHTNESS = 12.0  # CIE L*: two areas of a grey print are told apart
LEAST_DISTANCE = 15.0   # CIEDE2000: so are two areas that do not touch, with a legend beside them


def linear(color):
    """'#rrggbb' as linear sRGB, each 0 to 1."""
    coded = [int(color[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in coded]


def lab(rgb):
    """CIELAB (D65) of linear sRGB."""
    def f(t):
        return t ** (1 / 3) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29
    r, g, b = rgb
    x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047)
    y = f(0.2126729 * r + 0.7151522 * g + 0.0721750 * b)
    z = f((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def seen(color, vision):
    """CIELAB of '#rrggbb' as that vision has it; a channel that leaves 0 to 1 is cut there."""
    rgb = linear(color)
    return lab([min(1.0, max(0.0, sum(m * c for m, c in zip(row, rgb)))) for row in MACHADO[vision]])


def ciede2000(one, other):
    l1, a1, b1 = one
    l2, a2, b2 = other
    c7 = ((math.hypot(a1, b1) + math.hypot(a2, b2)) / 2) ** 7
    g = 0.5 * (1 - math.sqrt(c7 / (c7 + 25.0 ** 7)))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1, h2 = math.degrees(math.atan2(b1, a1)) % 360, math.degrees(math.atan2(b2, a2)) % 360
    turn = h2 - h1
    if c1 * c2 == 0:
        turn = 0.0
    elif abs(turn) > 180:
        turn -= math.copysign(360, turn)
    dl, dc, dh = l2 - l1, c2 - c1, 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2))
    l, c, h = (l1 + l2) / 2, (c1 + c2) / 2, h1 + h2
    if c1 * c2 != 0:
        h = h / 2 if abs(h1 - h2) <= 180 else (h + 360) / 2 if h < 360 else (h - 360) / 2
    t = (1 - 0.17 * math.cos(math.radians(h - 30)) + 0.24 * math.cos(math.radians(2 * h))
         + 0.32 * math.cos(math.radians(3 * h + 6)) - 0.20 * math.cos(math.radians(4 * h - 63)))
    sl = 1 + 0.015 * (l - 50) ** 2 / math.sqrt(20 + (l - 50) ** 2)
    sc, sh = 1 + 0.045 * c, 1 + 0.015 * c * t
    rt = -2 * math.sqrt(c ** 7 / (c ** 7 + 25.0 ** 7)) * math.sin(math.radians(60 * math.exp(-((h - 275) / 25) ** 2)))
    return math.sqrt((dl / sl) ** 2 + (dc / sc) ** 2 + (dh / sh) ** 2 + rt * dc / sc * dh / sh)


def confusions(colors):
    """What is too near, in words; `colors`: name -> '#rrggbb' of areas that a reader must tell apart."""
    found, names = [], sorted(colors)
    for i, one in enumerate(names):
        for other in names[:i]:
            light = abs(seen(colors[one], "normal")[0] - seen(colors[other], "normal")[0])
            if light < LEAST_LIGHTNESS:
                found.append(f"{other} and {one}: in grey {light:.1f} of lightness apart")
            for vision in MACHADO:
                distance = ciede2000(seen(colors[one], vision), seen(colors[other], vision))
                if distance < LEAST_DISTANCE:
                    found.append(f"{other} and {one}: {vision}: {distance:.1f} apart")
    return found
