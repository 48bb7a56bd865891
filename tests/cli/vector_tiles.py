"""Reads Mapbox vector tiles (2.1) and PMTiles (3), written from the specifications alone, so that what the program writes
is judged by another reading of them.
"""
import gzip
import json
import struct


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def varints(data):
    values, at = [], 0
    while at < len(data):
        value, at = varint(data, at)
        values.append(value)
    return values


def zigzag(value):
    return (value >> 1) ^ -(value & 1)


def fields(data):
    """Numbers and contents of a protobuf message, in order."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        if key & 7 == 0:
            value, at = varint(data, at)
        elif key & 7 == 1:
            value, at = data[at:at + 8], at + 8
        elif key & 7 == 2:
            length, at = varint(data, at)
            value, at = data[at:at + length], at + length
        else:
            value, at = data[at:at + 4], at + 4
        yield key >> 3, value


def value_of(data):
    (number, value), = fields(data)
    return {1: lambda: value.decode(), 3: lambda: struct.unpack("<d", value)[0], 6: lambda: zigzag(value),
            7: lambda: bool(value)}[number]()


def rings_of(commands):
    """Rings as lists of vertices, the first not repeated."""
    rings, x, y, at = [], 0, 0, 0
    while at < len(commands):
        command, count = commands[at] & 7, commands[at] >> 3
        at += 1
        if command == 7:
            continue
        if command == 1:
            rings.append([])
        for _ in range(count):
            x, y, at = x + zigzag(commands[at]), y + zigzag(commands[at + 1]), at + 2
            rings[-1].append((x, y))
    return rings


def twice_area(ring):
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1]))


def layers_of(tile):
    """{layer: [{"id", "properties", "rings"}]}; of lines "paths" in place of "rings"."""
    layers = {}
    for number, layer in fields(tile):
        assert number == 3, number
        name, keys, values, features, head = None, [], [], [], {}
        for number, value in fields(layer):
            if number == 1:
                name = value.decode()
            elif number == 2:
                features.append(dict(fields(value)))
            elif number == 3:
                keys.append(value.decode())
            elif number == 4:
                values.append(value_of(value))
            else:
                head[number] = value
        assert head == {15: 2, 5: 4096}, head
        layers[name] = []
        for feature in features:
            assert feature[3] in (2, 3), "lines or polygons"
            tags = varints(feature[2])
            layers[name].append({"id": feature[1],
                                 "properties": {keys[k]: values[v] for k, v in zip(tags[::2], tags[1::2])},
                                 "rings" if feature[3] == 3 else "paths": rings_of(varints(feature[4]))})
    return layers


def tile_of(identifier):
    """z, x, y of a tile's number along the Hilbert curves."""
    z = 0
    while identifier >= 4 ** z:
        identifier -= 4 ** z
        z += 1
    x = y = 0
    for bit in range(z):
        side, quarter = 1 << bit, identifier >> (2 * bit) & 3
        east, south = quarter >> 1, (quarter >> 1) ^ (quarter & 1)
        if not south:
            if east:
                x, y = side - 1 - x, side - 1 - y
            x, y = y, x
        x, y = x + side * east, y + side * south
    return z, x, y


class Pmtiles:
    """The header, metadata and all tiles of an archive."""
    HEADER = struct.Struct("<7sB11Q6B4iB2i")
    NAMES = ("magic version root_at root_length metadata_at metadata_length leaves_at leaves_length data_at data_length "
             "addressed entries contents clustered internal_compression tile_compression tile_type min_zoom max_zoom "
             "west south east north center_zoom center_lon center_lat").split()

    @classmethod
    def header_of(cls, data):
        return dict(zip(cls.NAMES, cls.HEADER.unpack(data[:cls.HEADER.size])))

    def __init__(self, data):
        self.data = data
        self.header = self.header_of(data)
        assert self.HEADER.size == 127 and self.header["magic"] == b"PMTiles" and self.header["version"] == 3
        self.metadata = json.loads(self.section("metadata"))
        self.runs = list(self.entries(self.section("root")))
        self.tiles = {}
        for identifier, offset, length, run in self.runs:
            begin = self.header["data_at"] + offset
            for i in range(run):
                self.tiles[tile_of(identifier + i)] = gzip.decompress(data[begin:begin + length])

    def section(self, name):
        begin = self.header[name + "_at"]
        return gzip.decompress(self.data[begin:begin + self.header[name + "_length"]])

    def entries(self, directory):
        numbers = varints(directory)
        count = numbers[0]
        deltas, runs, lengths, offsets = (numbers[1 + i * count:1 + (i + 1) * count] for i in range(4))
        identifier = end = 0
        for delta, run, length, offset in zip(deltas, runs, lengths, offsets):
            identifier += delta
            begin = end if offset == 0 else offset - 1
            end = begin + length
            if run:
                yield identifier, begin, length, run
            else:
                begin += self.header["leaves_at"]
                yield from self.entries(gzip.decompress(self.data[begin:begin + length]))
