// DATA: {images, count, height, width, names, presets: [[name, rows of texts], …]}
const POSITIVE = [178, 24, 43], NEGATIVE = [33, 102, 172];
const choose = here("choose");
let images = null, image = null, number = 0, offset = [0, 0], ink = null;
let filter = [], at = [0, 0], result = null, running = 0, waiting = false;

// Pixels are hundredths: so each sum can be computed anew from what is shown.
function loaded(index) {
  const {height: h, width: w} = DATA, part = images.subarray(index * h * w, (index + 1) * h * w);
  return {h, w, c: 1, data: Float32Array.from(part, value => value / 100)};
}

function ownDrawing() {
  const data = asDrawn(ink).map(value => Math.round(100 * value) / 100);
  return {h: SIDE, w: SIDE, c: 1, data};
}

function settings() {
  const values = filter.map(row => row.map(numberIn));
  const flipped = here("flip").getAttribute("aria-pressed") === "true";
  return {
    filter: flipped ? rotated(values) : values, flipped,
    bias: numberIn(here("bias").value) || 0,
    padding: here("padding").value, stride: Number(here("stride").value),
    dilation: Number(here("dilation").value), relu: here("relu").checked,
    pooling: here("pooling").value,
  };
}

// Blue below zero, white at zero, red above; `until` is the last position shown.
function tint(canvas, v, end, until) {
  const picture = new ImageData(Math.max(v.w, 1), Math.max(v.h, 1));
  v.data.forEach((value, i) => {
    const part = Math.min(1, Math.abs(value) / end), color = value < 0 ? NEGATIVE : POSITIVE;
    const mixed = i > until ? [127, 127, 127, 60] : [...color.map(c => 255 + part * (c - 255)), 255];
    picture.data.set(mixed, 4 * i);
  });
  Object.assign(canvas, {width: picture.width, height: picture.height});
  canvas.getContext("2d").putImageData(picture, 0, 0);
}

// A frame in black on white: it is seen on any ground.
function framed(svg, x, y, width, height) {
  for (const name of ["under", "over"]) drawn(svg, "rect", {x, y, width, height, class: name});
}

function showInput(s) {
  const k = filter.length, rows = along(image.h, k, s), columns = along(image.w, k, s);
  const h = image.h + rows.before + rows.after, w = image.w + columns.before + columns.after;
  const [canvas, svg] = here("picture").children;
  const pad = [rows.before, rows.after, columns.before, columns.after];
  paint(canvas, padded(image, {pad}), 0, 0, 1);
  svg.setAttribute("viewBox", `${-columns.before} ${-rows.before} ${w} ${h}`);
  svg.replaceChildren();
  const ring = `M${-columns.before} ${-rows.before}h${w}v${h}h${-w}zM0 0v${image.h}h${image.w}v${-image.h}z`;
  drawn(svg, "path", {d: ring, class: "zeros"});
  const padding = h > image.h || w > image.w ? " + zeros" : "";
  here("size-in").textContent = `Input ${image.h} × ${image.w}${padding}`;
  const sizes = [formula(image.h, k, s), formula(image.w, k, s)];
  const both = image.h === image.w ? sizes[0] : `rows ${sizes[0]}, columns ${sizes[1]}`;
  const refused = s.stride > 1 && s.dilation > 1
    ? ". (Keras refuses a stride and a dilation above 1 together.)" : "";
  here("formula").textContent = `Here: ${both}${refused}`;
  return svg;
}

function showProducts(terms) {
  const end = Math.max(1e-6, ...terms.map(term => Math.abs(term.product)));
  here("products").style.setProperty("--k", filter.length);
  here("products").replaceChildren(...terms.map(term => {
    const cell = document.createElement("div");
    cell.className = term.inside ? "" : "zero";
    cell.style.setProperty("--tint", term.product < 0 ? "#2166ac" : "#b2182b");
    cell.style.setProperty("--part", `${50 * Math.abs(term.product) / end}%`);
    added(cell, "span", {textContent: `${short(term.value)} × ${short(term.weight)}`});
    added(cell, "b", {textContent: short(term.product)});
    return cell;
  }));
}

function showWindow(s, svg) {
  const [row, column] = at, {sums, map, pooled} = result, terms = products(image, s, row, column);
  const side = reach(filter.length, s.dilation);
  if (s.dilation > 1) terms.forEach(({y, x}) => drawn(svg, "rect", {x, y, width: 1, height: 1, class: "tap"}));
  framed(svg, terms[0].x, terms[0].y, side, side);
  showProducts(terms);
  const sum = sums.data[row * sums.w + column], relu = Math.max(sum, 0);
  const all = terms.reduce((total, term) => total + term.product, 0);
  const bias = s.bias ? ` ${s.bias < 0 ? "−" : "+"} bias ${short(Math.abs(s.bias))} = ${short(sum)}` : "";
  const behind = s.relu ? `; ReLU makes it ${short(relu)}` : "";
  here("said").textContent = `Row ${row}, column ${column}: the ${terms.length} products add up to `
    + `${short(all)}${bias}${behind}.`;
  const [canvas, over] = here("map").children, end = largest();
  tint(canvas, map, end, running ? row * map.w + column : Infinity);
  over.setAttribute("viewBox", `0 0 ${map.w} ${map.h}`);
  over.replaceChildren();
  framed(over, column, row, 1, 1);
  if (pooled) showPooled(s, Math.floor(row / 2), Math.floor(column / 2), end);
}

function largest() {
  return result.map.data.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
}

function showPooled(s, row, column, end) {
  const {pooled, map} = result, [canvas, svg] = here("pooled").children;
  const name = s.pooling === "maximum" ? "Max" : "Average";
  here("size-pooled").textContent = `${name} pooling: ${pooled.h} × ${pooled.w}`;
  tint(canvas, pooled, end, running ? row * pooled.w + column : Infinity);
  svg.replaceChildren();
  here("said-pooled").textContent = "";
  if (row >= pooled.h || column >= pooled.w) return;
  svg.setAttribute("viewBox", `0 0 ${pooled.w} ${pooled.h}`);
  framed(svg, column, row, 1, 1);
  const four = [0, 1].flatMap(i => [0, 1].map(j => map.data[(2 * row + i) * map.w + 2 * column + j]));
  here("said-pooled").textContent = `${name} of ${four.map(value => short(value)).join(", ")}: `
    + short(pooled.data[row * pooled.w + column]);
}

function update() {
  waiting = false;
  const s = settings();
  result = filtered(image, s);
  at = [Math.min(at[0], result.map.h - 1), Math.min(at[1], result.map.w - 1)];
  here("size-out").textContent = `Output ${result.map.h} × ${result.map.w}`;
  here("operation").textContent = s.flipped
    ? "Convolution, as in mathematics: the filter rotated by 180° before it slides."
    : "Correlation, which Keras calls convolution: the filter slides as it is.";
  here("of-pooled").hidden = !s.pooling;
  const end = largest();
  here("low").textContent = short(-end, 2);
  here("high").textContent = short(end, 2);
  const shifts = ink || !(offset[0] || offset[1]) ? ""
    : `, shifted ${short(offset[0])} right, ${short(offset[1])} down`;
  here("name").textContent = (ink ? "your drawing" : DATA.names[number]) + shifts;
  here("draw").textContent = ink ? "Clear" : "Draw your own";
  here("picture").classList.toggle("drawing", Boolean(ink));
  showWindow(s, showInput(s));
}

function later() {
  if (!waiting) requestAnimationFrame(update);
  waiting = true;
}

function show(index) {
  number = (index + DATA.count) % DATA.count;
  choose.value = String(number);
  ink = null;
  offset = [0, 0];
  image = loaded(number);
  later();
}

// By whole pixels; what leaves the image is lost, and zeros come in.
function nudge(right, down) {
  if (ink) {
    ink = shifted(ink, right * STEP, down * STEP);
    image = ownDrawing();
  } else {
    offset = [offset[0] + right, offset[1] + down];
    const whole = loaded(number), {h, w} = whole;
    image = {...whole, data: whole.data.map((_, i) => {
      const x = i % w - offset[0], y = Math.floor(i / w) - offset[1];
      return x >= 0 && y >= 0 && x < w && y < h ? whole.data[y * w + x] : 0;
    })};
  }
  later();
}

// Row and column, counted on from one map to the next row.
function move(steps) {
  const {h, w} = result.map, next = (at[0] * w + at[1] + steps + h * w) % (h * w);
  at = [Math.floor(next / w), next % w];
  later();
}

function stop() {
  clearInterval(running);
  running = 0;
  here("run").textContent = "Run";
  here("said").setAttribute("aria-live", "polite");
  later();
}

function run() {
  if (running) return stop();
  const {h, w} = result.map;
  if (at[0] === h - 1 && at[1] === w - 1) at = [0, 0];
  here("run").textContent = "Stop";
  here("said").setAttribute("aria-live", "off");
  running = setInterval(() => {
    const {h: rows, w: columns} = result.map;
    if (at[0] === rows - 1 && at[1] === columns - 1) stop();
    else move(1);
  }, Math.max(16, Math.min(200, 20_000 / (h * w))));
}

function fill() {
  here("filter").style.setProperty("--k", filter.length);
  here("filter").replaceChildren(...filter.flatMap((row, i) => row.map((text, j) => {
    const cell = document.createElement("input");
    Object.assign(cell, {value: text, autocomplete: "off"});
    cell.setAttribute("aria-label", `weight in row ${i}, column ${j}`);
    cell.addEventListener("input", () => {
      const good = !Number.isNaN(numberIn(cell.value));
      cell.setAttribute("aria-invalid", String(!good));
      if (!good) return;
      filter[i][j] = cell.value;
      here("preset").value = "-1";
      later();
    });
    return cell;
  })));
  here("size").value = String(filter.length);
  later();
}

// The middle of the filter stays where it is; new cells hold 0.
function resize(k) {
  const by = Math.floor((k - 1) / 2) - Math.floor((filter.length - 1) / 2);
  const cell = (i, j) => (filter[i - by] || [])[j - by] || "0";
  filter = Array.from({length: k}, (_, i) => Array.from({length: k}, (_, j) => cell(i, j)));
  here("preset").value = "-1";
  fill();
}

function preset(index) {
  if (index < 0) return;
  filter = DATA.presets[index][1].map(row => [...row]);
  here("flip").setAttribute("aria-pressed", "false");
  fill();
}

// The output whose window has the pixel under the pointer nearest to its middle.
function windowAt(event) {
  const s = settings(), k = filter.length, [right, down] = placed(here("picture"), event);
  return [[image.h, down, result.map.h], [image.w, right, result.map.w]].map(([size, part, count]) => {
    const {before, after} = along(size, k, s);
    const first = part * (size + before + after) - reach(k, s.dilation) / 2;
    return Math.max(0, Math.min(count - 1, Math.round(first / s.stride)));
  });
}

function listenPointer() {
  drawable(here("picture"), event => {
    if (!ink) at = windowAt(event);
    later();
    return Boolean(ink);
  }, (...line) => {
    const s = settings(), k = filter.length, [rows, columns] = [image.h, image.w].map(n => along(n, k, s));
    const across = SIDE + columns.before + columns.after, tall = SIDE + rows.before + rows.after;
    stroke(ink, ...line.map((part, i) => STEP * (i % 2
      ? part * tall - rows.before : part * across - columns.before)));
    image = ownDrawing();
    later();
  });
  const hover = event => {
    if (running) return;
    const [right, down] = placed(here("map"), event), {h, w} = result.map;
    at = [[down, h], [right, w]].map(([part, n]) => Math.max(0, Math.min(n - 1, Math.floor(part * n))));
    later();
  };
  here("map").addEventListener("pointermove", hover);
  here("map").addEventListener("pointerdown", event => {
    if (running) stop();
    hover(event);
  });
}

function listen() {
  listenPointer();
  arrows(here("picture"), nudge);
  arrows(here("map"), (right, down) => {
    const {h, w} = result.map;
    at = [(at[0] + down + h) % h, (at[1] + right + w) % w];
    later();
  });
  here("step").addEventListener("click", () => move(1));
  here("back").addEventListener("click", () => move(-1));
  here("run").addEventListener("click", run);
  here("before").addEventListener("click", () => show(number - 1));
  here("after").addEventListener("click", () => show(number + 1));
  choose.addEventListener("input", () => show(Number(choose.value)));
  here("draw").addEventListener("click", () => {
    ink = new Float32Array(SIZE * SIZE);
    image = ownDrawing();
    later();
  });
  here("flip").addEventListener("click", () => {
    const pressed = here("flip").getAttribute("aria-pressed") === "true";
    here("flip").setAttribute("aria-pressed", String(!pressed));
    later();
  });
  here("bias").addEventListener("input", () => {
    here("bias").setAttribute("aria-invalid", String(Number.isNaN(numberIn(here("bias").value))));
    later();
  });
  here("preset").addEventListener("change", () => preset(Number(here("preset").value)));
  here("size").addEventListener("change", () => resize(Number(here("size").value)));
  for (const id of ["padding", "stride", "dilation", "relu", "pooling"]) {
    here(id).addEventListener("change", later);
  }
}

async function start() {
  images = await unpacked(DATA.images);
  choose.max = String(DATA.count - 1);
  const own = ["your own", null];
  [...DATA.presets.entries(), [-1, own]].forEach(([value, [textContent]]) =>
    added(here("preset"), "option", {value, textContent}));
  const first = DATA.presets.findIndex(([name]) => name === DATA.first);
  here("preset").value = String(first);
  preset(first);
  show(0);
  result = filtered(image, settings());
  const most = result.map.data.findIndex(value => Math.abs(value) === largest());
  at = [Math.floor(most / result.map.w), most % result.map.w];
  update();
  listen();
}

begin(start());
