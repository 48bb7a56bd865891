// Hatches, told apart by direction and not by colour alone.

const SIDE = 28; // pixels of a picture drawn at twice the size

function picture(paint) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  const context = canvas.getContext("2d");
  paint(context);
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  return { width: SIDE, height: SIDE, data: new Uint8Array(data.buffer) };
}

const DIRECTIONS = [[1, 1], [1, -1], [1, 0], [0, 1]];

/// Stripes in the direction with this number; they meet across the sides of the picture. `edge` shows beside them, so
/// that they can be seen on ground of their own colour.
export function hatch(color, direction, edge, width = 4) {
  const [dx, dy] = DIRECTIONS[direction % DIRECTIONS.length];
  return picture((context) => {
    for (const [style, thick] of [[edge, width + 2], [color, width]]) {
      context.strokeStyle = style;
      context.lineWidth = thick;
      for (const shift of [-1, 0, 1]) {
        const [x, y] = [SIDE / 2 + (dy === 0 ? 0 : shift * SIDE), SIDE / 2 + (dy === 0 ? shift * SIDE : 0)];
        context.beginPath();
        context.moveTo(x - dx * 2 * SIDE, y - dy * 2 * SIDE);
        context.lineTo(x + dx * 2 * SIDE, y + dy * 2 * SIDE);
        context.stroke();
      }
    }
  });
}

/// For ground that several hold.
export function dots(color) {
  return picture((context) => {
    context.fillStyle = color;
    for (const [x, y] of [[7, 7], [21, 21]]) {
      context.beginPath();
      context.arc(x, y, 3, 0, 2 * Math.PI);
      context.fill();
    }
  });
}
