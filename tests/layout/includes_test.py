#!/usr/bin/env python3
"""Holds the table of engine/README.md: which room may include which, and where third parties live.

A shared include root would let a lower room include a higher one and still compile, so every #include is read.
Also: headers carry #pragma once, public headers include no third party, and nothing lies outside the rooms.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])
ENGINE = ROOT / "engine"
TOP_LEVEL = {"CMakeLists.txt", "engine", "geodata", "tools", "tests", "README.md", "docs", "CMakePresets.json",
             "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE"}
THIRD_PARTY = {
    "fmt": r"^fmt/", "proj": r"^(proj|geodesic)\.h$", "boost": r"^boost/", "tbb": r"^(tbb|oneapi)/",
    "gdal": r"^(gdal|ogr|cpl|ogrsf)\w*\.h$", "openssl": r"^openssl/", "simdjson": r"^simdjson",
    "toml++": r"^toml\+\+/", "nlohmann": r"^nlohmann/", "geos": r"^geos", "protozero": r"^protozero/", "tsl": r"^tsl/",
    "sqlite": r"^sqlite3\.h$", "zstd": r"^zstd\.h$", "lzma": r"^lzma\.h$", "zlib": r"^zlib\.h$",
    "utf8proc": r"^utf8proc\.h$", "libxml2": r"^libxml/",
}
SYSTEM = re.compile(r"^([a-z_0-9]+|(dlfcn|fcntl|fnmatch|stdio|unistd|stdlib|sys/\w+)\.h)$")

problems = []


def table():
    rooms = {}
    for line in (ENGINE / "README.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and cells[0] not in ("room", "---"):
            split = lambda text: {part.strip() for part in text.split(",") if part.strip()}
            rooms[cells[0]] = (split(cells[2]), split(cells[3]))
    return rooms


def reachable(rooms, room):
    seen, todo = set(), [room]
    while todo:
        for other in rooms[todo.pop()][0]:
            if other not in seen:
                seen.add(other)
                todo.append(other)
    return seen


rooms = table()
if len(rooms) < 7:
    problems.append("engine/README.md: the table of rooms could not be read")
folders = {path.name for path in ENGINE.iterdir() if path.is_dir()}
for name in folders ^ set(rooms):
    if name not in rooms:
        problems.append(f"engine/{name}: a room that the table of engine/README.md does not have")
for name in rooms:
    for other in rooms[name][0]:
        if other not in rooms:
            problems.append(f"engine/README.md: room {name} may include {other}, which is no room")

for path in sorted(ENGINE.rglob("*")):
    if path.suffix not in (".h", ".cpp"):
        continue
    room = path.relative_to(ENGINE).parts[0]
    if room not in rooms:
        continue
    text = path.read_text()
    where = path.relative_to(ROOT)
    if path.suffix == ".h" and "#pragma once" not in text:
        problems.append(f"{where}: a header without #pragma once")
    for match in re.finditer(r'^\s*#include\s*([<"])([^>"]+)[>"]', text, re.MULTILINE):
        quote, name = match.groups()
        ours = re.match(r"^marchland/(\w+)/", name)
        if quote == '"':
            problems.append(f'{where}: includes "{name}"; write <marchland/room/file.h>')
        elif ours:
            if ours.group(1) != room and ours.group(1) not in reachable(rooms, room):
                problems.append(f"{where}: room {room} may not include {ours.group(1)}")
        elif not SYSTEM.match(name):
            party = next((party for party, pattern in THIRD_PARTY.items() if re.match(pattern, name)), None)
            if party is None or party not in rooms[room][1]:
                problems.append(f"{where}: room {room} may not include <{name}>")
            if path.suffix == ".h" and "detail" not in path.parts:
                problems.append(f"{where}: a public header may not include <{name}>")

for path in ROOT.iterdir():
    if not path.name.startswith(".") and path.name not in TOP_LEVEL | {"build", "results"}:
        problems.append(f"{path.name}: not one of the folders of the top level")

for name in ("server",):
    for path in (ROOT / "tools" / "cli").glob("*"):
        if path.is_file() and f"tools/{name}/" in path.read_text(errors="ignore"):
            problems.append(f"{path.relative_to(ROOT)}: tools/cli and tools/{name} never include each other")

print("\n".join(problems) or f"{len(rooms)} rooms keep to the table")
sys.exit(bool(problems))
