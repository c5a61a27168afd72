// DATA: {layers, weights, digits, labels, names, scale, first, maps}
const pad = here("pad"), choose = here("choose"), center = here("center");
const bars = DATA.names.map(bar), maps = Array.from({length: DATA.maps}, map);
let ink = new Float32Array(SIZE * SIZE), chosen = -1, waiting = false;
let forward = null, digits = null;

function bar(name) {
  const label = added(here("bars"), "span", {textContent: name});
  const fill = added(added(here("bars"), "div", {className: "bar"}), "div");
  return {label, fill, value: added(here("bars"), "span")};
}

function map(_, number) {
  const canvas = added(here("maps"), "canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `feature map ${number}`);
  return canvas;
}

function digit(number) {
  const pixels = digits.subarray(number * SIDE * SIDE, (number + 1) * SIDE * SIDE);
  return Float32Array.from(pixels, value => value / 255);
}

// A test digit has been centered and scaled already.
function input() {
  if (!center.checked) return asDrawn(ink);
  return chosen < 0 ? asMnist(ink) : digit(chosen);
}

function update() {
  waiting = false;
  const values = input(), volumes = forward(values.map(v => v * DATA.scale), SIDE, SIDE, 1);
  const p = volumes[volumes.length - 1].data, best = p.indexOf(Math.max(...p));
  paint(pad, {h: SIZE, w: SIZE, c: 1, data: ink}, 0, 0, 1);
  paint(here("input"), {h: SIDE, w: SIDE, c: 1, data: values}, 0, 0, 1);
  bars.forEach(({label, fill, value}, i) => {
    fill.style.width = `${100 * p[i]}%`;
    value.textContent = p[i].toFixed(3);
    label.className = value.className = i === best ? "best" : "";
  });
  const label = chosen < 0 ? "" : ` True class: ${DATA.names[DATA.labels[chosen]]}.`;
  here("said").textContent = values.some(v => v > 0)
    ? `Predicted class: ${DATA.names[best]}, probability ${p[best].toFixed(3)}.${label}`
    : "Draw a digit, or choose a test digit.";
  if (!maps.length) return;
  const v = volumes[DATA.first], extreme = f => v.data.reduce((a, b) => f(a, b));
  const low = Math.min(0, extreme(Math.min)), high = Math.max(low + 1e-6, extreme(Math.max));
  maps.forEach((canvas, c) => paint(canvas, v, c, low, high));
  here("low").textContent = low.toFixed(2).replace("-", "−");
  here("high").textContent = high.toFixed(2);
}

function later() {
  if (!waiting) requestAnimationFrame(update);
  waiting = true;
}

function show(number) {
  chosen = number;
  choose.value = String(number);
  ink = number < 0 ? new Float32Array(SIZE * SIZE) : enlarged(digit(number));
  later();
}

function listen() {
  drawable(pad, () => {
    if (chosen >= 0) show(-1);
    return true;
  }, (...line) => {
    stroke(ink, ...line.map(part => part * SIZE));
    later();
  });
  arrows(pad, (right, down) => {
    ink = shifted(ink, right * STEP, down * STEP);
    later();
  });
  here("clear").addEventListener("click", () => show(-1));
  center.addEventListener("change", later);
  choose.addEventListener("change", () => show(Number(choose.value)));
}

async function start() {
  forward = network(DATA.layers, await unpacked(DATA.weights));
  digits = await unpacked(DATA.digits);
  DATA.labels.forEach((label, number) => added(choose, "option", {
    value: number, textContent: `no. ${number}: ${DATA.names[label]}`,
  }));
  here("first").hidden = !maps.length;
  here("maps").style.setProperty("--side", maps.length > 6 ? "48px" : "74px");
  show(0);
  update();
  listen();
}

begin(start());
