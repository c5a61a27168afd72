// Ink on a square of SIZE by SIZE, from 0 to 1, and the image of 28 by 28 that is made from it.
const SIDE = 28, BOX = 20, SIZE = 224, STEP = SIZE / SIDE, RADIUS = SIZE / 24;

// A line of ink with round ends.
function stroke(ink, x0, y0, x1, y1) {
  const dx = x1 - x0, dy = y1 - y0, long = dx * dx + dy * dy || 1, reach = RADIUS + 1;
  const first = value => Math.max(0, Math.floor(value - reach));
  const last = value => Math.min(SIZE - 1, Math.ceil(value + reach));
  for (let y = first(Math.min(y0, y1)); y <= last(Math.max(y0, y1)); y++) {
    for (let x = first(Math.min(x0, x1)); x <= last(Math.max(x0, x1)); x++) {
      const px = x + 0.5 - x0, py = y + 0.5 - y0;
      const along = Math.min(1, Math.max(0, (px * dx + py * dy) / long));
      const away = Math.hypot(px - along * dx, py - along * dy), at = y * SIZE + x;
      ink[at] = Math.max(ink[at], Math.min(1, Math.max(0, RADIUS + 0.5 - away)));
    }
  }
}

// The ink moved by whole pixels; what leaves the square is lost.
function shifted(ink, right, down) {
  return ink.map((_, at) => {
    const x = at % SIZE - right, y = Math.floor(at / SIZE) - down;
    return x >= 0 && y >= 0 && x < SIZE && y < SIZE ? ink[y * SIZE + x] : 0;
  });
}

// A test digit as ink: each of its pixels is a square of STEP by STEP.
function enlarged(digit) {
  return new Float32Array(SIZE * SIZE).map((_, at) =>
    digit[Math.floor(Math.floor(at / SIZE) / STEP) * SIDE + Math.floor(at % SIZE / STEP)]);
}

// Each of the 28 by 28 pixels is the mean of the ink that it covers: `box` is put, `scale` times
// as large, with its corner at (left, top).
function resampled(ink, box, scale, left, top) {
  const means = new Float32Array(SIDE * SIDE);
  for (let y = 0; y < SIDE; y++) for (let x = 0; x < SIDE; x++) {
    const x0 = box.left + (x - left) / scale, x1 = x0 + 1 / scale;
    const y0 = box.top + (y - top) / scale, y1 = y0 + 1 / scale;
    let sum = 0;
    for (let j = Math.max(0, Math.floor(y0)); j < Math.min(SIZE, y1); j++) {
      const tall = Math.min(y1, j + 1) - Math.max(y0, j);
      for (let i = Math.max(0, Math.floor(x0)); i < Math.min(SIZE, x1); i++) {
        sum += ink[j * SIZE + i] * tall * (Math.min(x1, i + 1) - Math.max(x0, i));
      }
    }
    means[y * SIDE + x] = sum * scale * scale;
  }
  return means;
}

function asDrawn(ink) {
  return resampled(ink, {left: 0, top: 0}, 1 / STEP, 0, 0);
}

// As MNIST's digits were made: the longer side of the ink becomes 20 pixels, and the center of mass
// moves, by whole pixels, to the pixel in row 14 and column 14, counted from 0.
function asMnist(ink) {
  const box = {left: SIZE, top: SIZE}, end = {right: 0, bottom: 0};
  ink.forEach((value, at) => {
    if (value < 0.05) return;
    const x = at % SIZE, y = Math.floor(at / SIZE);
    box.left = Math.min(box.left, x);
    box.top = Math.min(box.top, y);
    end.right = Math.max(end.right, x + 1);
    end.bottom = Math.max(end.bottom, y + 1);
  });
  const wide = end.right - box.left, tall = end.bottom - box.top;
  if (wide < 0) return new Float32Array(SIDE * SIDE);
  const scale = BOX / Math.max(wide, tall);
  const left = Math.floor((SIDE - wide * scale) / 2), top = Math.floor((SIDE - tall * scale) / 2);
  let sum = 0, across = 0, down = 0;
  resampled(ink, box, scale, left, top).forEach((value, at) => {
    sum += value;
    across += value * (at % SIDE);
    down += value * Math.floor(at / SIDE);
  });
  const right = Math.round(SIDE / 2 - across / sum), low = Math.round(SIDE / 2 - down / sum);
  return resampled(ink, box, scale, left + right, top + low);
}
