// DATA: {x, y, names, given, k, unit, seed}
const COLORS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#999933",
  "#882255", "#6a5acd", "#808080"];
const MOST_DEALS = 300, WIDE = 410, LEFT = 8, RIGHT = 402;
const features = DATA.names.length;
let x = null, y = null, k = DATA.k, state = DATA.seed, deals = [], axis = [0, 1], chosen = 0;

function shown(value) {
  return Math.abs(value) >= 1000 ? numeral(value) : value.toPrecision(3).replace("-", "−");
}

function extremes(values) {
  return [Math.min(...values), Math.max(...values)];
}

function dealt(order) {
  return {order, ...crossValidation(x, y, features, order, k)};
}

function next() {
  if (deals.length >= MOST_DEALS) return;
  let order = Array.from(y, (_, i) => i);
  if (deals.length) [order, state] = shuffledOrder(y.length, state);
  deals.push(dealt(order));
}

// The first deals tell where the axis lies, before they are shown.
function restart() {
  state = DATA.seed;
  deals = [];
  for (let i = 0; i < 20; i++) next();
  axis = extremes(deals.flatMap(({scores}) => scores));
  state = DATA.seed;
  deals = [];
  chosen = 0;
  next();
  show();
}

// Places of dots [value, height above the base]: those in one bin are stacked.
function stacked(values, place, wide) {
  const counts = new Map();
  return values.map(value => {
    const bin = Math.round(place(value) / wide), height = counts.get(bin) || 0;
    counts.set(bin, height + 1);
    return [bin * wide, height];
  });
}

function dots(figure, values, place, base, high, colors, radius) {
  const found = stacked(values, place, 2 * radius);
  const step = Math.min(2 * radius, high / Math.max(...found.map(([, height]) => height + 1)));
  found.forEach(([at, height], i) => drawn(figure, "circle", {
    cx: at, cy: base - radius - height * step, r: radius - 0.4, fill: colors(i),
  }));
}

function range(figure, values, place, base, color) {
  const [low, high] = extremes(values).map(place);
  drawn(figure, "rect", {x: low - 1, y: base + 2, width: high - low + 2, height: 5, fill: color});
}

function plot() {
  const all = deals.flatMap(({scores}) => scores), {scores, mean} = deals[deals.length - 1];
  axis = [Math.min(axis[0], ...all), Math.max(axis[1], ...all)];
  const room = 0.04 * (axis[1] - axis[0]) || 1, low = axis[0] - room, high = axis[1] + room;
  const place = value => LEFT + (value - low) / (high - low) * (RIGHT - LEFT);
  const means = deals.map(one => one.mean), last = deals.length - 1;
  const figure = here("plot"), bottom = 296;
  figure.replaceChildren();
  figure.setAttribute("viewBox", `0 0 ${WIDE} ${bottom + 42}`);
  for (const value of ticks(low, high, 4)) {
    const at = place(value);
    drawn(figure, "line", {x1: at, x2: at, y1: 20, y2: bottom, class: "grid"});
    drawn(figure, "text", {x: at, y: bottom + 16, class: "middle"}, numeral(value));
  }
  drawn(figure, "line", {x1: LEFT, x2: RIGHT, y1: bottom, y2: bottom, class: "axis"});
  const unit = DATA.unit ? ` (${DATA.unit})` : "";
  drawn(figure, "text", {x: WIDE / 2, y: bottom + 36, class: "middle"}, `mean absolute error${unit}`);
  drawn(figure, "text", {x: LEFT, y: 12}, `This deal: its ${k} folds, and their mean (diamond)`);
  dots(figure, scores, place, 58, 36, i => COLORS[i], 6.5);
  const at = place(mean);
  drawn(figure, "path", {d: `M${at} 64l8 8l-8 8l-8-8z`, fill: "var(--ink)"});
  const count = `${deals.length} deal${deals.length > 1 ? "s" : ""}`;
  drawn(figure, "text", {x: LEFT, y: 102}, `Single folds of ${count}`);
  dots(figure, all, place, 188, 74, () => "var(--quiet)", 3);
  range(figure, all, place, 188, "var(--quiet)");
  drawn(figure, "text", {x: LEFT, y: 214}, `Means of ${count}`);
  dots(figure, means, place, bottom - 10, 62, i => i === last ? "var(--ink)" : "var(--mark)", 3.5);
  range(figure, means, place, bottom - 10, "var(--mark)");
}

function samples() {
  const {parts} = deals[deals.length - 1], across = 25, cell = 24, canvas = here("samples");
  const owner = [];
  parts.forEach((part, i) => part.forEach(row => { owner[row] = i; }));
  canvas.width = across * cell;
  canvas.height = Math.ceil(owner.length / across) * cell;
  const context = canvas.getContext("2d");
  owner.forEach((number, row) => {
    context.globalAlpha = number === chosen ? 1 : 0.28;
    context.fillStyle = COLORS[number];
    context.fillRect(row % across * cell, Math.floor(row / across) * cell, cell - 3, cell - 3);
  });
  const text = `${owner.length} samples in reading order, colored by fold; fold ${chosen}, `
    + "which validates, is the strong color";
  canvas.setAttribute("aria-label", text);
}

function folds() {
  const {parts, scores, folds} = deals[deals.length - 1];
  here("scores").replaceChildren();
  scores.forEach((score, i) => {
    const button = added(here("scores"), "button");
    added(button, "i").style.background = COLORS[i];
    added(button, "span", {textContent: `${i}: ${shown(score)}`});
    button.setAttribute("aria-label", `fold ${i}, mean absolute error ${shown(score)}`);
    button.setAttribute("aria-pressed", String(i === chosen));
    button.addEventListener("click", () => {
      chosen = i;
      show();
      here("scores").children[i].focus();
    });
  });
  const weights = folds[chosen].weights;
  const largest = [...weights.keys()].sort((a, b) => Math.abs(weights[b]) - Math.abs(weights[a]));
  const said = largest.slice(0, 3).map(j =>
    `${DATA.names[j]} ${weights[j] > 0 ? "+" : ""}${shown(weights[j])}`);
  const count = parts[chosen].length;
  here("fold").textContent = `Fold ${chosen} validates with ${count} samples, the other `
    + `${y.length - count} train. Largest weights there (features standardized): ${said.join(", ")}.`;
}

function show() {
  const {scores, mean} = deals[deals.length - 1], number = deals.length;
  const all = extremes(deals.flatMap(one => one.scores)), means = extremes(deals.map(one => one.mean));
  const from = ([low, high]) => `from ${shown(low)} to ${shown(high)}`;
  const kind = number === 1 ? "Deal 1 leaves the samples in their order" : `Deal ${number}`;
  const first = `${kind}: folds ${from(extremes(scores))}, mean ${shown(mean)}.`;
  const share = (means[1] - means[0]) / (all[1] - all[0]);
  here("said").textContent = number === 1 ? `${first} Deal again: what moves more?`
    : `${first} In ${number} deals single folds went ${from(all)}, means ${from(means)}: `
      + `a range ${Number((1 / share).toPrecision(2))} times as narrow.`;
  here("which").textContent = `${y.length} samples, colored by fold`;
  here("k").textContent = k;
  here("folds").value = k;
  here("seed").value = DATA.seed;
  here("deal").disabled = here("many").disabled = number >= MOST_DEALS;
  here("plot").setAttribute("aria-label", here("said").textContent);
  samples();
  folds();
  plot();
}

function listen() {
  const deal = count => () => {
    for (let i = 0; i < count; i++) next();
    show();
  };
  here("deal").addEventListener("click", deal(1));
  here("many").addEventListener("click", deal(20));
  here("over").addEventListener("click", restart);
  here("folds").addEventListener("input", event => {
    k = Number(event.target.value);
    restart();
  });
  here("seed").addEventListener("change", event => {
    const value = Math.round(Number(event.target.value));
    DATA.seed = Math.min(MODULUS - 1, Math.max(1, value || 1));
    restart();
  });
}

async function start() {
  const read = async part => new Float64Array((await unpacked(part)).buffer);
  [x, y] = [await read(DATA.x), await read(DATA.y)];
  const left = DATA.given > y.length ? ` The first ${y.length} of ${DATA.given} samples.` : "";
  here("help").textContent = `Linear regression on ${features} features, standardized on the `
    + `training part of each fold, least squares.${left} The deals come from a generator: `
    + `state ← ${FACTOR} · state mod (2³¹ − 1), beginning with the seed; the same seed gives the `
    + "same deals.";
  restart();
  listen();
}

begin(start());
