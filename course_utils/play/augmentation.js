// DATA: {images, names, sides, fill, recipes: [[name, recipe], …], classes, truth: class numbers,
// models: [{name, layers, weights}, …]}
const SLIDERS = ["scale", "degrees", "right", "down"], EVERY = 3, MARGIN = 8, WIDEST = 32;
const STEPS = Object.fromEntries(SLIDERS.map(id => [id, Number(here(id).step)]));
let images = null, forwards = [], number = 0, at = [], input = null, augmented = null;
let waiting = false, due = 0;

function loaded(index) {
  const [h, w] = DATA.sides, size = h * w * 3;
  const data = Float32Array.from(images.subarray(index * size, (index + 1) * size));
  return {h, w, c: 3, data};
}

function settings() {
  const values = SLIDERS.map(id => [id, Number(here(id).value)]);
  const {checked} = here("flip"), {value: fill} = here("fill");
  return {...Object.fromEntries(values), flip: checked, fill};
}

function set({flip, fill, ...values}) {
  for (const id of SLIDERS) here(id).value = String(values[id]);
  here("flip").checked = flip;
  here("fill").value = fill;
  later();
}

function colored(canvas, {h, w, data}) {
  const picture = new ImageData(w, h);
  for (let i = 0; i < h * w; i++) picture.data.set([...data.subarray(3 * i, 3 * i + 3), 255], 4 * i);
  Object.assign(canvas, {width: w, height: h});
  canvas.getContext("2d").putImageData(picture, 0, 0);
}

function path(svg, className, points) {
  const d = `M${points.map(point => point.map(value => value.toFixed(3)).join(" ")).join("L")}`;
  for (const name of ["under", "over"]) drawn(svg, "path", {d, class: `${className} ${name}`});
}

// The frame of the output where `rows` put it, and the pixel that is chosen.
function framed(svg, rows) {
  const {h, w} = input, put = points => points.map(point => sampledAt(point, rows));
  const corners = put([[-0.5, -0.5], [w - 0.5, -0.5], [w - 0.5, h - 0.5], [-0.5, h - 0.5]]);
  path(svg, "", [...corners, corners[0]]);
  path(svg, "edge", corners.slice(0, 2));
  return corners;
}

function marked(svg, [x, y]) {
  drawn(svg, "rect", {x: x - 0.5, y: y - 0.5, width: 1, height: 1, class: "mark"});
}

// The input in the middle of what its fill mode puts around it, and where the output samples it.
function showInput(s, rows) {
  const {h, w} = input, [canvas, svg] = here("picture").children;
  svg.replaceChildren();
  const corners = framed(svg, rows);
  const beyond = ([x, y]) => Math.max(-x, -y, x - w, y - h);
  const margin = Math.min(WIDEST, Math.max(MARGIN, Math.ceil(Math.max(...corners.map(beyond)) + 1)));
  const across = w + 2 * margin, tall = h + 2 * margin;
  colored(canvas, sampled(input, [[1, 0, -margin], [0, 1, -margin]], s.fill, tall, across));
  svg.setAttribute("viewBox", `${-margin - 0.5} ${-margin - 0.5} ${across} ${tall}`);
  const ring = `M${-margin - 0.5} ${-margin - 0.5}h${across}v${tall}h${-across}z`
    + `M-.5-.5v${h}h${w}v${-h}z`;
  svg.prepend(drawn(svg, "path", {d: ring, class: "outside"}));
  let d = "";
  for (let y = 2; y < h; y += EVERY) {
    for (let x = 2; x < w; x += EVERY) {
      const [a, b] = sampledAt([x, y], rows).map(value => value.toFixed(3));
      d += `M${a} ${b}h0`;
    }
  }
  for (const name of ["under", "over"]) drawn(svg, "path", {d, class: `points ${name}`});
  const [cx, cy] = corners[0];
  drawn(svg, "circle", {cx, cy, r: across / 50, class: "corner"});
  marked(svg, sampledAt(at, rows));
}

function showOutput(s, rows) {
  const [canvas, svg] = here("output").children, {h, w} = input;
  augmented = sampled(input, rows, s.fill);
  colored(canvas, augmented);
  svg.setAttribute("viewBox", `-0.5 -0.5 ${w} ${h}`);
  svg.replaceChildren();
  framed(svg, [[1, 0, 0], [0, 1, 0]]);
  drawn(svg, "circle", {cx: -0.5, cy: -0.5, r: w / 36, class: "corner"});
  marked(svg, at);
}

const fixed = value => (Math.abs(value) < 0.005 ? 0 : value).toFixed(2).replace("-", "−");

// Numbers in rows between two lines, a name below; those that differ from `plain` stand out.
function block(parent, rows, name, plain = null) {
  const figure = added(parent, "figure"), box = added(figure, "div", {className: "matrix"});
  box.style.setProperty("--k", rows[0].length);
  box.setAttribute("role", "img");
  const text = value => typeof value === "number" ? fixed(value) : value;
  box.setAttribute("aria-label", `${name}: ${rows.map(row => row.map(text).join(", ")).join("; ")}`);
  rows.forEach((row, i) => row.forEach((value, j) => {
    const changed = plain && Math.abs(value - plain[i][j]) > 0.005 ? "changed" : "";
    added(box, "span", {textContent: text(value), className: changed});
  }));
  added(figure, "figcaption", {textContent: name, className: "quiet"});
}

function sign(parent, textContent) {
  added(parent, "span", {textContent, className: "sign"});
}

function showMatrix(s, rows) {
  const plain = [[1, 0, 0], [0, 1, 0]], product = here("product"), whole = here("whole");
  const {h, w} = input, center = [(w - 1) / 2, (h - 1) / 2], names = ["x", "y"];
  product.replaceChildren();
  block(product, names.map((name, i) => [`${name}′ − ${center[i]}`]), "input point");
  sign(product, "=");
  Object.entries(factors(s)).forEach(([name, factor], i) => {
    if (i) sign(product, "·");
    block(product, factor, name, plain);
  });
  sign(product, "·");
  const minus = value => value < 0 ? `+ ${-value}` : `− ${value}`;
  const shifts = [s.right, s.down];
  block(product, names.map((name, i) => [`${name} − ${center[i]} ${minus(shifts[i])}`]),
    "output pixel, shift");
  whole.replaceChildren();
  block(whole, names.map(name => [`${name}′`]), "input point");
  sign(whole, "=");
  block(whole, rows, "matrix of 2 × 3", plain);
  sign(whole, "·");
  block(whole, [["x"], ["y"], ["1"]], "output pixel");
  showPoint(s, rows);
}

function showPoint(s, rows) {
  const point = sampledAt(at, rows), {h, w} = input, sizes = [w, h];
  const sums = rows.map(([a, b, c], i) => `${"xy"[i]}′ = ${fixed(a)} · ${at[0]} + ${fixed(b)} · ${at[1]}`
    + ` + ${fixed(c)} = ${fixed(point[i])}`.replace("+ −", "− "));
  const text = sums.map(sum => sum.replace("+ −", "− ")).join(", ");
  const outside = point.some((value, i) => value < -0.5 || value > sizes[i] - 0.5);
  const inside = point.map((value, i) => fixed(folded(value, sizes[i], s.fill)));
  const filled = !outside ? "" : s.fill === "constant" ? " Outside the input: black."
    : ` Outside the input: the fill mode ${s.fill} takes (${inside.join(", ")}) instead.`;
  here("point").textContent = `Output pixel (${at.join(", ")}): ${text}.${filled}`;
}

// Things look 1 / scale as large as before.
function showValues({scale, degrees, right, down}) {
  const zoom = scale === 1 ? "" : scale > 1 ? ", smaller" : ", larger";
  const side = (value, less, more) => !value ? "0 pixels"
    : `${Math.abs(value)} pixels ${value < 0 ? less : more}`;
  const turn = !degrees ? "0°" : `${Math.abs(degrees)}° ${degrees > 0 ? "counterclockwise" : "clockwise"}`;
  const texts = {
    scale: `× ${scale.toFixed(2)}${zoom}`, degrees: turn,
    right: side(right, "left", "right"), down: side(down, "up", "down"),
  };
  for (const [id, text] of Object.entries(texts)) {
    here(`of-${id}`).textContent = text;
    here(id).setAttribute("aria-valuetext", text);
  }
}

function update() {
  waiting = false;
  const s = settings(), rows = matrix(s, input);
  showInput(s, rows);
  showOutput(s, rows);
  showMatrix(s, rows);
  showValues(s);
  here("name").textContent = `no. ${number}: ${DATA.names[number]}`;
  clearTimeout(due);
  due = setTimeout(classify);
}

function later() {
  if (!waiting) requestAnimationFrame(update);
  waiting = true;
}

// What the networks make of the augmented image; after it has been shown.
function classify() {
  const truth = DATA.truth[number], {data, h, w} = augmented;
  const found = forwards.map(forward => Array.from(forward(data, h, w, 3).at(-1).data));
  const table = here("table");
  table.replaceChildren(added(table, "span"));
  for (const {name} of DATA.models) added(table, "span", {textContent: name, className: "head"});
  DATA.classes.forEach((name, i) => {
    const kind = i === truth ? "true" : "";
    added(table, "span", {textContent: i === truth ? `▸ ${name}` : name, className: kind});
    for (const p of found) {
      const best = p[i] === Math.max(...p);
      const bar = added(table, "div", {className: best && !kind ? "bar wrong" : "bar"});
      added(bar, "div").style.width = `${100 * p[i]}%`;
      added(table, "span", {textContent: p[i].toFixed(2), className: best ? "best" : kind});
    }
  });
  const said = found.map((p, i) => {
    const best = p.indexOf(Math.max(...p)), correct = best === truth;
    const {name} = DATA.models[i];
    return `${name[0].toUpperCase()}${name.slice(1)}: predicted class ${DATA.classes[best]}, `
      + (correct ? `correct, probability ${p[best].toFixed(2)}`
        : `wrong, probability ${p[best].toFixed(2)}, true class ${DATA.classes[truth]} ${p[truth].toFixed(2)}`);
  });
  here("said").textContent = said.length ? `${said.join(". ")}.` : "";
}

function show(index) {
  number = index;
  input = loaded(number);
  [...here("choose").children].forEach((button, i) =>
    button.setAttribute("aria-pressed", String(i === number)));
  later();
}

function reset() {
  set({flip: false, scale: 1, degrees: 0, right: 0, down: 0, fill: DATA.fill});
}

function listen() {
  for (const id of [...SLIDERS, "flip", "fill"]) here(id).addEventListener("input", later);
  const hover = event => {
    const {h, w} = input, sizes = [w, h];
    at = placed(here("output"), event)
      .map((part, i) => Math.max(0, Math.min(sizes[i] - 1, Math.floor(part * sizes[i]))));
    later();
  };
  for (const name of ["pointermove", "pointerdown"]) here("output").addEventListener(name, hover);
  arrows(here("output"), (right, down) => {
    at = [(at[0] + right + input.w) % input.w, (at[1] + down + input.h) % input.h];
    later();
  });
}

function build() {
  DATA.names.forEach((name, i) => {
    const button = added(here("choose"), "button", {onclick: () => show(i)});
    button.setAttribute("aria-label", `no. ${i}: ${name}`);
    colored(added(button, "canvas", {className: "color"}), loaded(i));
  });
  const line = here("recipes");
  for (const [name, recipe] of DATA.recipes) {
    const onclick = () => set(byChance(recipe, input, STEPS));
    const {rotation, shift, zoom, fill} = recipe;
    const title = `rotation ±${rotation}°, shifts ±${shift}, zoom ±${zoom}, flips, fill ${fill}`;
    added(line, "button", {textContent: `Random, ${name}`, onclick, title});
  }
  added(line, "button", {textContent: "Reset", onclick: reset, id: "reset"});
  here("table").style.setProperty("--k", DATA.models.length);
  here("networks").hidden = !DATA.models.length;
}

async function start() {
  images = restored(await unpacked(DATA.images), DATA.sides[1]);
  const weights = await Promise.all(DATA.models.map(model => unpacked(model.weights)));
  forwards = DATA.models.map(({layers}, i) => network(layers, weights[i]));
  at = DATA.sides.map(side => Math.floor(side / 4)).reverse();
  build();
  show(0);
  reset();
  update();
  classify();
  listen();
}

begin(start());
