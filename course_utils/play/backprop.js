// Dense layers from two inputs to the logit of a probability, and gradient descent on the mean
// binary cross-entropy. A layer: {inputs, units, activation, kernel: [input × unit], bias, out}.
const ACTIVATIONS = {
  relu: {value: z => Math.max(0, z), derivative: a => (a > 0 ? 1 : 0)},
  tanh: {value: Math.tanh, derivative: a => 1 - a * a},
  linear: {value: z => z, derivative: () => 1},
};

function dense(inputs, units, activation, kernel, bias) {
  const floats = values => Float64Array.from(values);
  return {
    inputs, units, activation, kernel: floats(kernel), bias: floats(bias),
    out: new Float64Array(units), back: new Float64Array(units),
    dKernel: new Float64Array(inputs * units), dBias: new Float64Array(units),
  };
}

function copied(layers) {
  return layers.map(one => dense(one.inputs, one.units, one.activation, one.kernel, one.bias));
}

// Numbers from 0 to 1, always the same from a seed (mulberry32).
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

// New layers as Keras makes them: kernels Glorot uniform, biases 0.
function initialized(hidden, activation, seed) {
  const random = generator(seed), sizes = [2, ...hidden, 1];
  return sizes.slice(1).map((units, i) => {
    const inputs = sizes[i], limit = Math.sqrt(6 / (inputs + units));
    const kernel = Array.from({length: inputs * units}, () => (2 * random() - 1) * limit);
    const last = i === sizes.length - 2;
    return dense(inputs, units, last ? "linear" : activation, kernel, new Array(units).fill(0));
  });
}

// The logit at a point; what every layer gives is left in its `out`.
function logit(layers, point) {
  let before = point;
  for (const {inputs, units, activation, kernel, bias, out} of layers) {
    const {value} = ACTIVATIONS[activation];
    for (let j = 0; j < units; j++) {
      let z = bias[j];
      for (let i = 0; i < inputs; i++) z += before[i] * kernel[i * units + j];
      out[j] = value(z);
    }
    before = out;
  }
  return before[0];
}

function probability(z) {
  return 1 / (1 + Math.exp(-z));
}

// Mean loss and accuracy over all points.
function evaluated(layers, points, labels) {
  let loss = 0, right = 0;
  points.forEach((point, i) => {
    const z = logit(layers, point);
    loss += Math.max(z, 0) - z * labels[i] + Math.log1p(Math.exp(-Math.abs(z)));
    if ((z > 0) === (labels[i] === 1)) right++;
  });
  return {loss: loss / points.length, accuracy: right / points.length};
}

// The derivatives of the mean loss over the points with the numbers in `batch`, in each layer's
// dKernel and dBias.
function derivatives(layers, points, labels, batch) {
  for (const {dKernel, dBias} of layers) {
    dKernel.fill(0);
    dBias.fill(0);
  }
  const top = layers.length - 1;
  for (const at of batch) {
    layers[top].back[0] = (probability(logit(layers, points[at])) - labels[at]) / batch.length;
    for (let k = top; k >= 0; k--) backward(layers[k], k ? layers[k - 1] : null, points[at]);
  }
}

// From what comes back to a layer: its derivatives, and what goes back to the layer below.
function backward({inputs, units, kernel, back, dKernel, dBias}, below, point) {
  const before = below ? below.out : point;
  for (let j = 0; j < units; j++) dBias[j] += back[j];
  for (let i = 0; i < inputs; i++) {
    let sum = 0;
    for (let j = 0; j < units; j++) {
      dKernel[i * units + j] += before[i] * back[j];
      sum += kernel[i * units + j] * back[j];
    }
    if (below) below.back[i] = sum * ACTIVATIONS[below.activation].derivative(before[i]);
  }
}

function descend(layers, points, labels, batch, rate) {
  derivatives(layers, points, labels, batch);
  for (const {kernel, bias, dKernel, dBias} of layers) {
    for (let i = 0; i < kernel.length; i++) kernel[i] -= rate * dKernel[i];
    for (let j = 0; j < bias.length; j++) bias[j] -= rate * dBias[j];
  }
}

// The numbers 0 … n − 1 in a new order, in batches of `size`; all in one where it is 0.
function batches(n, size, random) {
  const order = Array.from({length: n}, (_, i) => i);
  if (!size || size >= n) return [order];
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return Array.from({length: Math.ceil(n / size)}, (_, k) => order.slice(k * size, (k + 1) * size));
}
