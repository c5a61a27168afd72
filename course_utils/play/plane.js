// DATA: {points, labels, layers: [{inputs, units, activation, kernel, bias}, …], rate, batch, end}
const FINE = 56, COARSE = 28, BUDGET = 20, SHOWN = 8;  // cells along a side, ms a frame, unit maps
const BLUE = [0, 114, 178], VERMILION = [213, 94, 0], PURPLE = [140, 60, 130], GREEN = [0, 140, 100];
const given = DATA.layers.map(one =>
  dense(one.inputs, one.units, one.activation, one.kernel, one.bias));
const along = Array.from({length: FINE + 1}, (_, i) => DATA.end * (2 * i / FINE - 1));
let layers = copied(given), seed = 0, random = generator(0), rate = DATA.rate;
let steps = 0, epochs = 0, waiting = [], history = [], apart = 1, running = false, frames = 0;
let marks = null, maps = [];

const size = () => Number(here("batch").value);
const hidden = () => layers.slice(0, -1);

function step() {
  if (!waiting.length) waiting = batches(DATA.points.length, size(), random);
  descend(layers, DATA.points, DATA.labels, waiting.shift(), rate);
  steps++;
  if (waiting.length) return;
  epochs++;
  if (epochs % apart === 0) note();
}

// The loss of this epoch, for the curve; of a long training every second, fourth, … is kept.
function note() {
  history.push([epochs, evaluated(layers, DATA.points, DATA.labels).loss]);
  if (history.length <= 400) return;
  history = history.filter((_, i) => i % 2 === 0);
  apart *= 2;
}

function epoch() {
  do step(); while (waiting.length);
}

function frame() {
  if (!running) return;
  const speed = Number(here("speed").value), end = performance.now() + BUDGET;
  frames++;
  if (speed >= 1 || frames % Math.round(1 / speed) === 0) {
    for (let i = 0; i < Math.max(1, speed) && performance.now() < end; i++) epoch();
    update();
  }
  requestAnimationFrame(frame);
}

function update() {
  const {loss, accuracy} = evaluated(layers, DATA.points, DATA.labels);
  if (!Number.isFinite(loss)) running = false;
  here("count").textContent = `epoch ${epochs}, step ${steps}: loss ${loss.toFixed(4)}, `
    + `accuracy ${accuracy.toFixed(3)}, `
    + `${Math.round((1 - accuracy) * DATA.points.length)} of ${DATA.points.length} misclassified`;
  here("run").textContent = running ? "Pause" : "Start";
  drawPlane();
  drawLosses(loss);
  if (!running) tell(loss);
}

function tell(loss) {
  const sizes = [2, ...layers.map(one => one.units)].join("–");
  const parameters = layers.reduce((sum, one) => sum + one.kernel.length + one.units, 0);
  const from = seed ? `random weights, seed ${seed}` : "the notebook's weights";
  const dead = deadUnits();
  here("said").textContent = Number.isFinite(loss)
    ? `Network ${sizes}, ${parameters} parameters, started from ${from}.`
      + (dead ? ` Dead units (0 at every point): ${dead}.` : "")
    : "The loss is no longer a number: reset, and take a smaller learning rate.";
}

function deadUnits() {
  const alive = hidden().map(one => new Array(one.units).fill(false));
  for (const point of DATA.points) {
    logit(layers, point);
    hidden().forEach((one, k) => one.out.forEach((a, j) => { alive[k][j] ||= a !== 0; }));
  }
  return alive.flat().filter(one => !one).length;
}

// From white to a color: `part` from 0 to 1.
const tint = (color, part) => color.map(one => 255 + (one - 255) * part);

function drawPlane() {
  const p = [], units = hidden().map(one =>
    Array.from({length: Math.min(one.units, SHOWN)}, () => new Float64Array(COARSE * COARSE)));
  const image = new ImageData(FINE + 1, FINE + 1);
  for (let row = 0; row <= FINE; row++) for (let column = 0; column <= FINE; column++) {
    const value = probability(logit(layers, [along[column], along[FINE - row]]));
    const color = tint(value > 0.5 ? VERMILION : BLUE, 0.5 * Math.abs(2 * value - 1));
    image.data.set([...color, 255], 4 * p.length);
    p.push(value);
    if (row % 2 || column % 2 || row === FINE || column === FINE) continue;
    const at = row / 2 * COARSE + column / 2;
    units.forEach((maps, k) => maps.forEach((map, j) => { map[at] = layers[k].out[j]; }));
  }
  Object.assign(here("heat"), {width: FINE + 1, height: FINE + 1});
  here("heat").getContext("2d").putImageData(image, 0, 0);
  marks.boundary.setAttribute("d", contour(p));
  marks.lines.setAttribute("d", here("lines").checked ? unitLines() : "");
  marks.points.forEach((mark, i) => {
    const missed = (logit(layers, DATA.points[i]) > 0) !== (DATA.labels[i] === 1);
    mark.setAttribute("class", `${DATA.labels[i] ? "one" : "zero"}${missed ? " missed" : ""}`);
  });
  units.forEach((row, k) => row.forEach((map, j) => drawMap(maps[k][j], map)));
}

function drawMap(canvas, values) {
  const most = values.reduce((a, b) => Math.max(a, Math.abs(b)), 1e-9);
  const image = new ImageData(COARSE, COARSE);
  values.forEach((value, i) =>
    image.data.set([...tint(value > 0 ? GREEN : PURPLE, Math.abs(value) / most), 255], 4 * i));
  canvas.getContext("2d").putImageData(image, 0, 0);
}

// Where the probability is 0.5: in each cell of the grid a piece of a line, by marching squares.
function contour(p) {
  const pieces = [], wide = FINE + 1;
  const corners = [[0, 0], [0, 1], [1, 1], [1, 0]];
  for (let row = 0; row < FINE; row++) for (let column = 0; column < FINE; column++) {
    const at = corners.map(([down, right]) => p[(row + down) * wide + column + right] - 0.5);
    if (at.every(v => v > 0) || at.every(v => v <= 0)) continue;
    const ends = [];
    corners.forEach(([down, right], i) => {
      const next = (i + 1) % 4, a = at[i], b = at[next];
      if ((a > 0) === (b > 0)) return;
      const t = a / (a - b), x = column + right + t * (corners[next][1] - right);
      const y = row + down + t * (corners[next][0] - down);
      ends.push(marks.place(DATA.end * (2 * x / FINE - 1), DATA.end * (1 - 2 * y / FINE)));
    });
    for (let i = 0; i + 1 < ends.length; i += 2) pieces.push(`M${ends[i]}L${ends[i + 1]}`);
  }
  return pieces.join("");
}

// Where each unit of the first layer changes sign: w₁x₁ + w₂x₂ + b = 0.
function unitLines() {
  const {kernel, bias, units} = layers[0], pieces = [], far = 4 * DATA.end;
  for (let j = 0; j < units; j++) {
    const a = kernel[j], b = kernel[units + j], long = a * a + b * b;
    if (long < 1e-12) continue;
    const x = -a * bias[j] / long, y = -b * bias[j] / long, scale = far / Math.sqrt(long);
    pieces.push(`M${marks.place(x - b * scale, y + a * scale)}`
      + `L${marks.place(x + b * scale, y - a * scale)}`);
  }
  return pieces.join("");
}

function drawLosses(loss) {
  const last = [steps ? Math.max(epochs, history[history.length - 1][0]) : 0, loss];
  const points = [...history, last].filter(point => Number.isFinite(point[1]));
  const high = 1.05 * Math.max(0.8, ...points.map(point => point[1]));
  const options = {x: [0, 1.02 * Math.max(10, last[0])], y: [0, high], xlabel: "epoch", ylabel: "loss"};
  const to = axes(here("losses"), options);
  to.line(points, "path");
  if (points.length) to.dot(points[points.length - 1], 4, "now");
}

// The parts of the page that depend on the network: one canvas a unit, the controls.
function rebuild() {
  maps = [];
  here("maps").replaceChildren();
  hidden().forEach((one, k) => {
    const row = added(here("maps"), "div"), count = Math.min(one.units, SHOWN);
    const shown = count < one.units ? `, the first ${count} of ${one.units} units` : "";
    added(row, "span", {textContent: `hidden layer ${k + 1}${shown}`});
    maps.push(Array.from({length: count}, (_, j) => {
      const look = {className: "color", width: COARSE, height: COARSE};
      const canvas = added(row, "canvas", look);
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `output of unit ${j + 1} of hidden layer ${k + 1}`);
      return canvas;
    }));
  });
  here("hidden").hidden = layers.length === 1;
  here("depth").value = String(layers.length - 1);
  if (layers.length > 1) here("activation").value = layers[0].activation;
  here("units").replaceChildren();
  hidden().forEach((one, k) => {
    const label = added(here("units"), "label", {textContent: `Units of layer ${k + 1} `});
    const select = added(label, "select", {id: `units-${k + 1}`});
    const sizes = [...new Set([1, 2, 3, 4, 6, 8, 16, one.units])].sort((a, b) => a - b);
    sizes.forEach(n => added(select, "option", {textContent: n}));
    select.value = String(one.units);
    select.addEventListener("change", () => fresh(seed || 1));
  });
}

function restart(with_, from) {
  running = false;
  layers = with_;
  seed = from;
  random = generator(seed + 1000);
  [steps, epochs, waiting, history, apart] = [0, 0, [], [], 1];
  rebuild();
  note();
  update();
}

// Random weights for the network that the controls ask for.
function fresh(from) {
  const sizes = [...here("units").querySelectorAll("select")].map(one => Number(one.value));
  const depth = Number(here("depth").value), wanted = sizes.slice(0, depth);
  while (wanted.length < depth) wanted.push(wanted[wanted.length - 1] || 8);
  restart(initialized(wanted, here("activation").value, from), from);
}

function setRate(value) {
  rate = Number(value.toPrecision(3));
  here("rate").value = Math.log10(rate);
  here("rate").setAttribute("aria-valuetext", numeral(rate));
  here("rate-value").textContent = numeral(rate);
}

function listen() {
  const press = (id, action) => here(id).addEventListener("click", action);
  press("run", () => {
    running = !running;
    update();
    if (running) requestAnimationFrame(frame);
  });
  for (const [id, action] of [["step", step], ["epoch", epoch]]) {
    press(id, () => {
      running = false;
      action();
      update();
    });
  }
  press("reset", () => restart(copied(given), 0));
  press("random", () => fresh(seed + 1));
  for (const id of ["activation", "depth"]) {
    here(id).addEventListener("change", () => fresh(seed || 1));
  }
  here("batch").addEventListener("change", () => { waiting = []; });
  here("rate").addEventListener("input", () => setRate(10 ** here("rate").valueAsNumber));
  here("lines").addEventListener("change", update);
}

function build() {
  const range = [-DATA.end, DATA.end];
  const to = axes(here("plane"), {x: range, y: range, xlabel: "first input", ylabel: "second input"});
  const path = look => drawn(to.inside, "path", {class: look});
  marks = {lines: path("unit"), boundary: path("boundary")};
  marks.place = (x, y) => `${to.across(x).toFixed(1)} ${to.up(y).toFixed(1)}`;
  marks.points = DATA.points.map(([x, y], i) => {
    const a = to.across(x), b = to.up(y);
    return DATA.labels[i] ? drawn(to.inside, "rect", {x: a - 3, y: b - 3, width: 6, height: 6})
      : drawn(to.inside, "circle", {cx: a, cy: b, r: 3.4});
  });
  const sizes = new Set([1, 8, 32, DATA.batch].filter(n => n && n < DATA.points.length));
  added(here("batch"), "option", {value: 0, textContent: `all ${DATA.points.length}`});
  [...sizes].sort((a, b) => a - b)
    .forEach(n => added(here("batch"), "option", {value: n, textContent: n}));
  here("batch").value = String(sizes.has(DATA.batch) ? DATA.batch : 0);
  setRate(rate);
}

async function begun() {
  build();
  restart(copied(given), 0);
  listen();
}

begin(begun());
