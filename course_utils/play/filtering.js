// One filter on one gray image: a volume of one channel. The settings: {filter: rows of numbers,
// bias, padding: "valid" or "same", stride, dilation, relu, pooling: "", "maximum" or "average"}.

// By 180 degrees: a correlation with this filter is the convolution with the other.
function rotated(filter) {
  return filter.map(row => [...row].reverse()).reverse();
}

// How many pixels a filter of k numbers covers in each direction.
function reach(k, dilation) {
  return dilation * (k - 1) + 1;
}

// The map of all sums, the map after the activation, the pooled map (or null).
function filtered(image, {filter, bias, padding, stride, dilation, relu, pooling: kind}) {
  const side = reach(filter.length, dilation), kernel = new Float32Array(side * side);
  filter.forEach((row, i) => row.forEach((weight, j) => {
    kernel[dilation * (i * side + j)] = weight;
  }));
  const layer = {shape: [side, side, 1, 1], kernel, bias: [bias], strides: [stride, stride], padding};
  const sums = convolution(image, layer), map = relu ? ACTIVATIONS.relu(sums) : sums;
  const pool = {kind, size: [2, 2], strides: [2, 2], padding: "valid"};
  return {sums, map, pooled: kind ? pooling(map, pool) : null};
}

// Of `size` pixels: the number of positions, and the zeros before the first and behind the last.
function along(size, k, {padding, stride, dilation}) {
  const [count, before] = positions(size, reach(k, dilation), stride, padding);
  const all = Math.max((count - 1) * stride + reach(k, dilation) - size, 0);
  return {count, before, after: padding === "same" ? all - before : 0};
}

// The products behind the output at (row, column): the pixel at (y, x), or a zero of the padding.
function products(image, settings, row, column) {
  const {filter, stride, dilation} = settings, k = filter.length;
  const top = along(image.h, k, settings).before, left = along(image.w, k, settings).before;
  return filter.flatMap((weights, i) => weights.map((weight, j) => {
    const y = row * stride + i * dilation - top, x = column * stride + j * dilation - left;
    const inside = y >= 0 && x >= 0 && y < image.h && x < image.w;
    const value = inside ? image.data[y * image.w + x] : 0;
    return {y, x, inside, value, weight, product: value * weight};
  }));
}

// The formula of the size, filled in with the present numbers.
function formula(size, k, settings) {
  const {count, before, after} = along(size, k, settings), {stride, dilation} = settings;
  return `⌊(${size} + ${before} + ${after} − ${dilation} · (${k} − 1) − 1) / ${stride}⌋ + 1 = ${count}`;
}

// What a cell of the filter says, 1/9 or −0.5, as a number; NaN where it says none.
function numberIn(text) {
  const parts = text.trim().replace(/[−–]/g, "-").replace(",", ".").split("/");
  const fits = parts.length < 3 && parts.every(part => /^[-+]?(\d+\.?\d*|\.\d+)$/.test(part.trim()));
  const value = fits ? parts.map(Number).reduce((a, b) => a / b) : NaN;
  return Math.abs(value) <= 100 ? value : NaN;
}

// A number of at most `digits` places, without zeros at its end.
function short(value, digits = 4) {
  return String(Number(value.toFixed(digits)) || 0).replace("-", "−");
}
