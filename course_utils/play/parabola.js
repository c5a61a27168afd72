// The loss mean((w x − y)²) over one weight w: a parabola, and gradient descent on it.
function parabola(x, y) {
  const mean = values => values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = mean(x.map(a => a * a)), best = mean(x.map((a, i) => a * y[i])) / square;
  const least = mean(x.map((a, i) => (best * a - y[i]) ** 2));
  return {
    best, least,
    loss: w => square * (w - best) ** 2 + least,
    derivative: w => 2 * square * (w - best),
    second: 2 * square,
    critical: 1 / square,
  };
}

function stepped(curve, w, rate) {
  return w - rate * curve.derivative(w);
}

// What becomes of the distance to the minimum: every step multiplies it by the same factor.
function verdict(curve, rate, steps) {
  const factor = 1 - rate * curve.second, left = Math.abs(factor) ** steps;
  if (Math.abs(Math.abs(factor) - 1) < 1e-9) return {factor, left, kind: "neither"};
  if (Math.abs(factor) > 1) return {factor, left, kind: "diverges"};
  if (factor < -0.02) return {factor, left, kind: "oscillates"};
  return {factor, left, kind: left > 0.05 ? "slow" : "converges"};
}
