// Folds of a cross-validation, and linear regression on them: features standardized inside the
// training part, least squares by Cholesky's decomposition.

// The generator of deals: seeds and states from 1 to 2³¹ − 2.
const MODULUS = 2147483647, FACTOR = 48271;

function nextState(state) {
  return state * FACTOR % MODULUS;
}

// The numbers 0 … n − 1 in another order, and the state of the generator after it.
function shuffledOrder(n, state) {
  const order = Array.from({length: n}, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    state = nextState(state);
    const j = Math.floor(state / MODULUS * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return [order, state];
}

// `order` cut into k runs as equal as possible, the longer ones first.
function cut(order, k) {
  const n = order.length, short = Math.floor(n / k), long = n % k;
  return Array.from({length: k}, (_, i) => {
    const start = i * short + Math.min(i, long);
    return order.slice(start, start + short + (i < long ? 1 : 0));
  });
}

// {d, mean, spread}: of each feature over `rows`; a constant feature has spread 1.
function standardization(x, d, rows) {
  const mean = new Float64Array(d), spread = new Float64Array(d);
  for (const row of rows) for (let j = 0; j < d; j++) mean[j] += x[row * d + j] / rows.length;
  for (const row of rows) {
    for (let j = 0; j < d; j++) spread[j] += (x[row * d + j] - mean[j]) ** 2 / rows.length;
  }
  return {mean, spread: spread.map((value, j) =>
    value <= 1e-20 * Math.max(1e-280, mean[j] ** 2) ? 1 : Math.sqrt(value))};
}

// Weights w with a·w = b for a symmetric matrix a (d × d, destroyed). A feature that the ones
// before it determine gets weight 0.
function cholesky(a, b, d) {
  const w = Float64Array.from(b), kept = new Uint8Array(d), size = Float64Array.from(b, (_, j) => a[j * d + j]);
  for (let j = 0; j < d; j++) {
    for (let m = 0; m < j; m++) if (kept[m]) a[j * d + j] -= a[j * d + m] ** 2;
    kept[j] = a[j * d + j] > 1e-11 * size[j] && size[j] > 0 ? 1 : 0;
    if (!kept[j]) {
      w[j] = 0;
      continue;
    }
    const root = a[j * d + j] = Math.sqrt(a[j * d + j]);
    for (let i = j + 1; i < d; i++) {
      for (let m = 0; m < j; m++) if (kept[m]) a[i * d + j] -= a[i * d + m] * a[j * d + m];
      a[i * d + j] /= root;
    }
    for (let m = 0; m < j; m++) if (kept[m]) w[j] -= a[j * d + m] * w[m];
    w[j] /= root;
  }
  for (let j = d - 1; j >= 0; j--) {
    if (!kept[j]) continue;
    for (let i = j + 1; i < d; i++) if (kept[i]) w[j] -= a[i * d + j] * w[i];
    w[j] /= a[j * d + j];
  }
  return w;
}

// {mae, weights}: fitted on `training`, the mean absolute error on `validation`; `x` holds the d
// features of each sample one after the other, the weights are those of standardized features.
function fold(x, y, d, training, validation) {
  const {mean, spread} = standardization(x, d, training), n = training.length;
  const middle = training.reduce((sum, row) => sum + y[row], 0) / n;
  const a = new Float64Array(d * d), b = new Float64Array(d), z = new Float64Array(d);
  const standardized = row => {
    for (let j = 0; j < d; j++) z[j] = (x[row * d + j] - mean[j]) / spread[j];
  };
  for (const row of training) {
    standardized(row);
    for (let i = 0; i < d; i++) {
      b[i] += z[i] * (y[row] - middle);
      for (let j = 0; j <= i; j++) a[i * d + j] += z[i] * z[j];
    }
  }
  const weights = cholesky(a, b, d);
  const error = row => {
    standardized(row);
    return Math.abs(z.reduce((sum, value, j) => sum + value * weights[j], middle) - y[row]);
  };
  return {mae: validation.reduce((sum, row) => sum + error(row), 0) / validation.length, weights};
}

// {parts, scores, mean} of one deal: each part once validates what the others have trained.
function crossValidation(x, y, d, order, k) {
  const parts = cut(order, k);
  const folds = parts.map((part, i) => fold(x, y, d, parts.filter((_, j) => j !== i).flat(), part));
  const scores = folds.map(({mae}) => mae);
  return {parts, scores, folds, mean: scores.reduce((a, b) => a + b) / k};
}
