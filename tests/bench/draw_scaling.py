"""The picture of tests/bench/scaling: its JSON on standard input, the file to write as argument."""
import json
import sys

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402

found = json.load(sys.stdin)
fronts = {"local": "10 vertices move a day", "redraw": "redrawn every day with 20 m of noise"}
figure, panels = pyplot.subplots(1, len(fronts), figsize=(11, 4.5), sharey=True, layout="constrained")
for panel, (front, title) in zip(panels, fronts.items()):
    rows = [one for one in found if one["front"] == front]
    sizes = sorted({one["vertices"] for one in rows})
    for number, vertices in enumerate(sizes):
        color = pyplot.cm.viridis(number / max(len(sizes), 2))
        for threads, what, style in ((1, "cpu_ms", "-"), (2, "total_ms", ":")):
            line = sorted((one["days"], one[what]) for one in rows
                          if one["vertices"] == vertices and one["threads"] == threads)
            panel.plot([days for days, _ in line], [ms for _, ms in line], style, color=color, marker="o", markersize=3,
                       label=f"{vertices} vertices" if threads == 1 else None)
    panel.set(xscale="log", yscale="log", xlabel="days", title=title)
    ticks = sorted({one["days"] for one in rows})
    panel.set_xticks(ticks, [str(days) for days in ticks])
    panel.minorticks_off()
    panel.grid(True, color="#dddddd", linewidth=0.5)
    panel.legend(frameon=False, title="solid: processor time, 1 thread\ndotted: by the clock, 2 threads")
panels[0].set_ylabel("milliseconds, build to transitions")
figure.savefig(sys.argv[1])
