// DATA: {x, y, start, steps, presets: [[name, learning rate], …], lowest, highest}
const curve = parabola(DATA.x, DATA.y), MOST = 500;
const reach = 1.4 * Math.max(Math.abs(DATA.start - curve.best), 0.25 * Math.abs(curve.best), 1e-3);
let rate = DATA.presets[1][1], start = DATA.start, path = [start], timer = 0;

const round = (value, digits) => Number(value.toPrecision(digits));
const now = () => path[path.length - 1];
const signed = value => value < 0 ? `(${numeral(value)})` : numeral(value);
const far = w => !(curve.loss(w) < 1e6 * Math.max(curve.loss(start), curve.least, 1e-9));

function update() {
  const at = path.length - 1, w = now(), next = stepped(curve, w, rate);
  here("rate-value").textContent = numeral(rate);
  here("start-value").textContent = `w = ${numeral(start)}`;
  here("count").textContent = `step ${at}: w = ${numeral(w)}, loss = ${numeral(curve.loss(w))}, `
    + `derivative = ${numeral(curve.derivative(w))}`;
  here("update").textContent = "next: w ← w − rate × derivative = "
    + `${numeral(w)} − ${numeral(rate)} × ${signed(curve.derivative(w))} = ${numeral(next)}`;
  here("said").textContent = judged();
  here("step").disabled = far(w) || at >= MOST;
  here("run").disabled = !timer && (far(w) || at >= MOST);
  here("run").textContent = timer ? "Pause" : "Run";
  for (const button of here("presets").children) {
    button.setAttribute("aria-pressed", String(Number(button.value) === rate));
  }
  drawCurve();
  drawLosses();
  drawLine();
}

function judged() {
  if (Math.abs(start - curve.best) < 1e-9) return "The start is the minimum: the derivative is 0.";
  const {factor, left, kind} = verdict(curve, rate, DATA.steps);
  const each = `Each step multiplies the distance to the minimum by 1 − rate × second derivative = `
    + `1 − ${numeral(rate)} × ${numeral(curve.second)} = ${numeral(factor, 3)}.`;
  const rest = `${numeral(100 * left, 2)} %`;
  return {
    slow: `Converges, but slowly: after ${DATA.steps} steps ${rest} of the distance is left. ${each}`,
    converges: `Converges. ${each}`,
    oscillates: `Oscillates, each step to the other side of the minimum, and converges: after `
      + `${DATA.steps} steps ${rest} of the distance is left. ${each}`,
    diverges: `Diverges: each step ends farther away, on the other side. ${each}`,
    neither: `Neither converges nor diverges: the distance stays. ${each}`,
  }[kind];
}

// The frame of the parabola: wide enough for every weight that was visited.
function half() {
  return Math.max(reach, 1.15 * Math.max(...path.map(w => Math.abs(w - curve.best))));
}

function drawCurve() {
  const x = [curve.best - half(), curve.best + half()], top = curve.loss(x[1]);
  const y = [-0.04 * top, 1.02 * top], w = now(), derivative = curve.derivative(w);
  const to = axes(here("curve"), {x, y, xlabel: "weight w", ylabel: "loss"});
  const along = Array.from({length: 101}, (_, i) => x[0] + (x[1] - x[0]) * i / 100);
  to.line(along.map(a => [a, curve.loss(a)]), "curve");
  to.line(path.map(a => [a, curve.loss(a)]), "path");
  path.forEach(a => to.dot([a, curve.loss(a)], 2.5, "point"));
  const tangent = x.map(a => [a, curve.loss(w) + derivative * (a - w)]);
  to.line(tangent, "tangent");
  const a = to.across(start), b = to.up(curve.loss(start));
  drawn(to.inside, "path", {d: `M${a} ${b - 7}l7 7l-7 7l-7 -7z`, class: "start"});
  to.dot([w, curve.loss(w)], 5.5, "now");
}

function drawLosses() {
  const losses = path.map(curve.loss), high = 2 * Math.max(...losses, curve.loss(start));
  const low = Math.max(Math.min(...losses, curve.loss(start) / 3) / 1.5, high / 1e12);
  const last = Math.max(DATA.steps, path.length - 1);
  const points = losses.map((loss, i) => [i, Math.max(loss, low)]);
  const options = {x: [0, last + 0.5], y: [low, high], log: true, xlabel: "step", ylabel: "loss (log scale)"};
  const to = axes(here("losses"), options);
  if (curve.least > low) to.line([[0, curve.least], [last, curve.least]], "least");
  to.line(points, "path");
  points.forEach(point => to.dot(point, 2.5, "point"));
  to.dot(points[points.length - 1], 5.5, "now");
}

function drawLine() {
  const range = values => {
    const low = Math.min(0, ...values), high = Math.max(0, ...values), air = 0.08 * (high - low) || 1;
    return [low - air, high + air];
  };
  const x = range(DATA.x), w = now();
  const to = axes(here("line"), {x, y: range(DATA.y), xlabel: "x", ylabel: "y"});
  DATA.x.forEach((a, i) => to.line([[a, DATA.y[i]], [a, w * a]], "error"));
  DATA.x.forEach((a, i) => to.dot([a, DATA.y[i]], 3, "datum"));
  to.line(x.map(a => [a, w * a]), "path");
}

function step() {
  if (far(now()) || path.length > MOST) return;
  path.push(stepped(curve, now(), rate));
}

function pause() {
  clearInterval(timer);
  timer = 0;
}

// As many steps as asked for, or to the end of a run that was paused.
function run() {
  if (timer) return pause();
  const end = (Math.floor((path.length - 1) / DATA.steps) + 1) * DATA.steps;
  const go = () => {
    step();
    if (path.length > end || far(now())) pause();
    update();
  };
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  while (still && path.length <= end && !far(now())) step();
  if (!still) timer = setInterval(go, 150);
}

function restart(w = start) {
  pause();
  start = round(w, 3);
  here("start").value = start;
  path = [start];
  update();
}

function setRate(value) {
  rate = round(value, 3);
  here("rate").value = Math.log10(rate);
  here("rate").setAttribute("aria-valuetext", numeral(rate));
}

function drag(event) {
  const {width} = here("curve").viewBox.baseVal, {left, right} = MARGIN;
  const at = placed(here("curve"), event)[0] * width;
  const part = Math.min(1, Math.max(0, (at - left) / (width - left - right)));
  restart(curve.best + (2 * part - 1) * reach);
}

function listen() {
  const press = (id, action) => here(id).addEventListener("click", () => {
    action();
    update();
  });
  press("step", () => {
    pause();
    step();
  });
  press("run", run);
  press("reset", () => restart());
  here("rate").addEventListener("input", () => {
    setRate(10 ** here("rate").valueAsNumber);
    restart();
  });
  here("start").addEventListener("input", () => restart(here("start").valueAsNumber));
  const svg = here("curve");
  svg.addEventListener("pointerdown", event => {
    svg.setPointerCapture(event.pointerId);
    drag(event);
  });
  svg.addEventListener("pointermove", event => {
    if (svg.hasPointerCapture(event.pointerId)) drag(event);
  });
}

function build() {
  for (const [name, value] of DATA.presets) {
    const text = `${name}: ${numeral(value)}`;
    const button = added(here("presets"), "button", {textContent: text, value});
    button.addEventListener("click", () => {
      setRate(value);
      restart();
    });
  }
  Object.assign(here("rate"), {min: Math.log10(DATA.lowest), max: Math.log10(DATA.highest)});
  Object.assign(here("start"), {min: curve.best - reach, max: curve.best + reach});
  setRate(rate);
}

async function begun() {
  build();
  restart();
  listen();
}

begin(begun());
