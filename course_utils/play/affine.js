// One affine transform of a color image {h, w, c, data}, as in Keras: each output pixel samples
// the input at one point. The settings: {flip, scale, degrees, right, down, fill}.

function times(a, b) {
  return a.map(row => b[0].map((_, j) => row.reduce((sum, value, k) => sum + value * b[k][j], 0)));
}

// The factors in the order in which the matrix has them.
function factors({flip, scale, degrees}) {
  const angle = degrees * Math.PI / 180, cosine = Math.cos(angle), sine = Math.sin(angle);
  return {
    flip: [[flip ? -1 : 1, 0], [0, 1]],
    zoom: [[scale, 0], [0, scale]],
    rotation: [[cosine, -sine], [sine, cosine]],
  };
}

// Rows [a, b, c] and [d, e, f]: output pixel (x, y) samples the input at (a x + b y + c, d x + e y + f).
function matrix(settings, {h, w}) {
  const {flip, zoom, rotation} = factors(settings), center = [(w - 1) / 2, (h - 1) / 2];
  const whole = times(times(flip, zoom), rotation);
  const from = [center[0] + settings.right, center[1] + settings.down];
  return whole.map((row, i) => [...row, center[i] - row[0] * from[0] - row[1] * from[1]]);
}

function sampledAt([x, y], rows) {
  return rows.map(([a, b, c]) => a * x + b * y + c);
}

// A place outside the image, brought inside as its fill mode says; "constant" leaves it outside.
function folded(at, size, fill) {
  if (fill === "reflect") {
    const inside = at + 0.5 - 2 * size * Math.floor((at + 0.5) / (2 * size));
    at = (inside < size ? inside : 2 * size - inside) - 0.5;
  }
  return fill === "constant" ? at : Math.max(0, Math.min(size - 1, at));
}

// An image of h by w by the matrix `rows`; bilinear: the four pixels around the point, the nearer
// the more.
function sampled(image, rows, fill, h = image.h, w = image.w) {
  const {c, data} = image, out = {h, w, c, data: new Float32Array(h * w * c)};
  for (let i = 0; i < h * w; i++) {
    const point = sampledAt([i % w, Math.floor(i / w)], rows);
    const x = folded(point[0], image.w, fill), y = folded(point[1], image.h, fill);
    const left = Math.floor(x), top = Math.floor(y);
    for (const [column, row] of [[left, top], [left + 1, top], [left, top + 1], [left + 1, top + 1]]) {
      if (column < 0 || row < 0 || column >= image.w || row >= image.h) continue;
      const part = (1 - Math.abs(x - column)) * (1 - Math.abs(y - row));
      const from = (row * image.w + column) * c;
      for (let k = 0; k < c; k++) out.data[i * c + k] += part * data[from + k];
    }
  }
  return out;
}

// Images that were packed as differences: from the pixel to the left, of red and blue from green.
function restored(bytes, width) {
  const n = bytes.length / 3, whole = new Uint8Array(bytes.length);
  for (let i = 0; i < n; i++) {
    const green = bytes[n + i];
    whole.set([bytes[i] + green, green, bytes[2 * n + i] + green], 3 * i);
    if (i % width) for (let k = 3 * i; k < 3 * i + 3; k++) whole[k] += whole[k - 3];
  }
  return whole;
}

// Settings by chance from the ranges of a recipe, rounded to the `steps` of the sliders. As in
// Keras: a rotation to either side, a shift in shares of the side, a zoom around 1.
function byChance({flip, rotation, shift, zoom, fill}, {h, w}, steps) {
  const draw = (range, step) => Math.round((2 * Math.random() - 1) * range / step) * step;
  return {
    flip: flip && Math.random() < 0.5,
    scale: 1 + draw(zoom, steps.scale), degrees: draw(rotation, steps.degrees),
    right: draw(shift * w, steps.right), down: draw(shift * h, steps.down), fill,
  };
}
