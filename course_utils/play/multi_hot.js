// A dense network on a multi-hot vector: its first layer adds up the rows of the words that occur.

const ACTIVATE = {linear: x => x, relu: x => Math.max(x, 0), tanh: Math.tanh};

function sigmoid(logit) {
  return 1 / (1 + Math.exp(-logit));
}

// `layers` are {inputs, units, activation}, `floats` their kernels and biases, one after the other.
// The result takes the numbers of the rows and gives the number before the sigmoid.
function denseNetwork(layers, floats) {
  let at = 0;
  const taken = count => floats.subarray(at, at += count);
  const [first, ...others] = layers.map(({inputs, units, activation}) => ({
    units, activate: ACTIVATE[activation], kernel: taken(inputs * units), bias: taken(units),
  }));
  // values · kernel + bias, of the inputs `rows` and their `values`.
  const apply = ({units, activate, kernel, bias}, rows, values) => {
    const sums = Float64Array.from(bias);
    for (const row of rows) {
      for (let i = 0; i < units; i++) sums[i] += values(row) * kernel[row * units + i];
    }
    return sums.map(activate);
  };
  return rows => {
    let values = apply(first, rows, () => 1);
    for (const layer of others) {
      const inputs = values;
      values = apply(layer, inputs.keys(), row => inputs[row]);
    }
    return values[0];
  };
}

// What each of the words `rows` adds to the logit: that of all of them less that without it.
function effects(logit, rows) {
  const all = logit(rows);
  return new Map(rows.map(row => [row, all - logit(rows.filter(other => other !== row))]));
}
