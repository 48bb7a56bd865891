// Hatches, told apart by direction and stripe, and not by colour alone.

const SIDE = 28; // pixels of a picture drawn at twice the size

function canvasOf(paint) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  paint(canvas.getContext("2d"));
  return canvas;
}
/// As the map library takes pictures.
function picture(canvas) {
  const { data } = canvas.getContext("2d").getImageData(0, 0, SIDE, SIDE);
  return { width: SIDE, height: SIDE, data: new Uint8Array(data.buffer) };
}

const DIRECTIONS = [[1, 1], [1, -1], [1, 0], [0, 1]];
/// One stripe, two thin ones, one that is broken: where it lies across, how wide it is of the usual.
const STRIPES = [{ at: [0], wide: 1 }, { at: [-0.13, 0.13], wide: 0.55 }, { at: [0], wide: 1, isBroken: true }];
/// Hatches of as many numbers differ.
export const HATCHES = DIRECTIONS.length * STRIPES.length;

/// A tile of the hatch with this number; its stripes meet across the sides. `edge` shows beside them, so that they can
/// be seen on ground of their own colour.
function hatchTile(color, number, edge, width = 4) {
  const [dx, dy] = DIRECTIONS[number % DIRECTIONS.length];
  const { at, wide, isBroken } = STRIPES[Math.floor(number / DIRECTIONS.length) % STRIPES.length];
  return canvasOf((context) => {
    const turn = SIDE * Math.hypot(dx, dy);
    // Along a side a tile has two, or they would lie further apart than slanting ones and be missed on narrow ground.
    const lines = dx !== 0 && dy !== 0 ? at : at.flatMap((part) => [part, part + 0.5]);
    if (isBroken) context.setLineDash([0.3 * turn, 0.2 * turn]);
    for (const [style, thick] of [[edge, wide * width + 2], [color, wide * width]]) {
      context.strokeStyle = style;
      context.lineWidth = thick;
      for (const shift of [-1, 0, 1].flatMap((n) => lines.map((part) => n + part))) {
        const [x, y] = [SIDE / 2 + (dy === 0 ? 0 : shift * SIDE), SIDE / 2 + (dy === 0 ? shift * SIDE : 0)];
        context.beginPath();
        context.moveTo(x - dx * 2 * SIDE, y - dy * 2 * SIDE);
        context.lineTo(x + dx * 2 * SIDE, y + dy * 2 * SIDE);
        context.stroke();
      }
    }
  });
}
export const hatch = (...style) => picture(hatchTile(...style));

/// A box filled with a hatch, in a context that draws `ratio` pixels for one.
export function fillHatched(context, [x, y, wide, tall], color, number, edge, width = 4) {
  const pattern = context.createPattern(hatchTile(color, number, edge, width), "repeat");
  pattern.setTransform(new DOMMatrix().translate(x, y).scale(0.5));
  context.fillStyle = pattern;
  context.fillRect(x, y, wide, tall);
}

/// For ground that several hold.
function dotTile(color) {
  return canvasOf((context) => {
    context.fillStyle = color;
    for (const [x, y] of [[7, 7], [21, 21]]) {
      context.beginPath();
      context.arc(x, y, 3, 0, 2 * Math.PI);
      context.fill();
    }
  });
}
export const dots = (color) => picture(dotTile(color));
export function fillDotted(context, [x, y, wide, tall], color) {
  const pattern = context.createPattern(dotTile(color), "repeat");
  pattern.setTransform(new DOMMatrix().translate(x, y).scale(0.5));
  context.fillStyle = pattern;
  context.fillRect(x, y, wide, tall);
}
