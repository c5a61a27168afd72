// A small Keras network. A volume is {h, w, c, data}: rows by columns by channels, in that order.

// Number of positions of a window, and of zeros before the first row, as Keras counts them.
function positions(size, window, stride, padding) {
  if (padding === "valid") return [Math.floor((size - window) / stride) + 1, 0];
  const count = Math.ceil(size / stride);
  return [count, Math.floor(Math.max((count - 1) * stride + window - size, 0) / 2)];
}

function volume(h, w, c) {
  return {h, w, c, data: new Float32Array(h * w * c)};
}

// Calls visit(position of the output, position of the input, place in the window) for each pair.
function slide(v, [kh, kw], layer, visit) {
  const [sy, sx] = layer.strides;
  const [h, top] = positions(v.h, kh, sy, layer.padding);
  const [w, left] = positions(v.w, kw, sx, layer.padding);
  for (let y = 0; y < h; y++) for (let x = 0; x < w; x++) {
    for (let i = 0; i < kh; i++) {
      const row = y * sy + i - top;
      if (row < 0 || row >= v.h) continue;
      for (let j = 0; j < kw; j++) {
        const column = x * sx + j - left;
        if (column >= 0 && column < v.w) visit(y * w + x, row * v.w + column, i * kw + j);
      }
    }
  }
  return [h, w];
}

function size(v, [kh, kw], {strides: [sy, sx], padding}) {
  return [positions(v.h, kh, sy, padding)[0], positions(v.w, kw, sx, padding)[0]];
}

function convolution(v, layer) {
  const channels = v.c, filters = layer.shape[3], kernel = layer.kernel;
  const out = volume(...size(v, layer.shape, layer), filters), sums = out.data, values = v.data;
  for (let at = 0; at < sums.length; at += filters) sums.set(layer.bias, at);
  slide(v, layer.shape, layer, (to, from, place) => {
    to *= filters;
    from *= channels;
    for (let c = 0; c < channels; c++) {
      const value = values[from + c], first = (place * channels + c) * filters;
      if (value !== 0) for (let f = 0; f < filters; f++) sums[to + f] += value * kernel[first + f];
    }
  });
  return out;
}

function pooling(v, layer) {
  const out = volume(...size(v, layer.size, layer), v.c), mean = layer.kind === "average";
  const counts = new Uint32Array(out.h * out.w);
  if (!mean) out.data.fill(-Infinity);
  slide(v, layer.size, layer, (to, from) => {
    counts[to]++;
    for (let c = 0; c < v.c; c++) {
      const value = v.data[from * v.c + c], at = to * v.c + c;
      out.data[at] = mean ? out.data[at] + value : Math.max(out.data[at], value);
    }
  });
  return mean ? each(out, (sum, at) => sum / counts[Math.floor(at / v.c)]) : out;
}

function padded(v, {pad: [top, bottom, left, right]}) {
  const out = volume(v.h + top + bottom, v.w + left + right, v.c), row = v.w * v.c;
  for (let y = 0; y < v.h; y++) {
    out.data.set(v.data.subarray(y * row, (y + 1) * row), ((y + top) * out.w + left) * v.c);
  }
  return out;
}

function each(v, change) {
  return {...v, data: v.data.map(change)};
}

function softmax(v) {
  const data = v.data.slice();
  for (let at = 0; at < data.length; at += v.c) {
    const part = data.subarray(at, at + v.c), top = part.reduce((a, b) => Math.max(a, b));
    part.forEach((value, i) => { part[i] = Math.exp(value - top); });
    const sum = part.reduce((a, b) => a + b);
    part.forEach((value, i) => { part[i] = value / sum; });
  }
  return {...v, data};
}

const ACTIVATIONS = {
  linear: v => v,
  relu: v => each(v, x => Math.max(x, 0)),
  tanh: v => each(v, x => Math.tanh(x)),
  sigmoid: v => each(v, x => 1 / (1 + Math.exp(-x))),
  softmax,
};

const LAYERS = {
  convolution, maximum: pooling, average: pooling, padding: padded,
  reshape: (v, {shape: [h, w, c]}) => ({h, w, c, data: v.data}),
  scale: (v, layer) => each(v, (x, at) => x * layer.factor[at % v.c] + layer.offset[at % v.c]),
  activation: v => v,
};

// The layers that network.py wrote, and their weights: the high bytes of all whole numbers of 16
// bits, the low bytes, then numbers of 32 bits. forward(values, h, w, c) gives the volume after
// each layer.
function network(layers, bytes) {
  const long = ({shape, kind}) => kind === "convolution" ? shape.reduce((a, b) => a * b) : 0;
  const count = layers.reduce((sum, layer) => sum + long(layer), 0);
  const floats = new Float32Array(bytes.slice(2 * count).buffer);
  let whole = 0, single = 0;
  const vector = length => floats.subarray(single, single += length);
  const read = layers.map(layer => {
    if (layer.kind === "scale") {
      return {...layer, factor: vector(layer.channels), offset: vector(layer.channels)};
    }
    if (layer.kind !== "convolution") return layer;
    const filters = layer.shape[3], step = vector(filters), bias = vector(filters);
    const kernel = new Float32Array(long(layer)).map((_, i) => {
      const at = whole + i, value = (bytes[at] << 24 >> 16) + bytes[count + at];
      return value * step[i % filters];
    });
    whole += kernel.length;
    return {...layer, kernel, bias};
  });
  return (values, h, w, c) => {
    let v = {h, w, c, data: values};
    return read.map(layer => {
      v = ACTIVATIONS[layer.activation || "linear"](LAYERS[layer.kind](v, layer));
      return v;
    });
  };
}
