// What pages with controls share: their elements, SVG, gray images, a canvas to draw on.
const here = id => document.getElementById(id);

function added(parent, tag, properties = {}) {
  const element = Object.assign(document.createElement(tag), properties);
  parent.append(element);
  return element;
}

// Into an SVG.
function drawn(parent, tag, attributes, text = "") {
  const element = document.createElementNS(parent.namespaceURI, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.textContent = text;
  parent.append(element);
  return element;
}

// Channel c of a volume, `low` as paper and `high` as ink.
function paint(canvas, v, c, low, high) {
  const image = new ImageData(v.w, v.h);
  for (let i = 0; i < v.w * v.h; i++) {
    const gray = 255 * (1 - (v.data[i * v.c + c] - low) / (high - low));
    image.data.set([gray, gray, gray, 255], 4 * i);
  }
  canvas.width = v.w;
  canvas.height = v.h;
  canvas.getContext("2d").putImageData(image, 0, 0);
}

// Where a pointer is on an element, in parts of its width and of its height.
function placed(element, event) {
  const box = element.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
}

// While a pointer draws on `pad`: line(x0, y0, x1, y1). Before, begins(event) says whether it may.
function drawable(pad, begins, line) {
  let last = null;
  const draw = event => {
    const point = placed(pad, event);
    line(...(last || point), ...point);
    last = point;
  };
  pad.addEventListener("pointerdown", event => {
    last = null;
    if (!begins(event)) return;
    pad.setPointerCapture(event.pointerId);
    draw(event);
  });
  pad.addEventListener("pointermove", event => { if (last) draw(event); });
  for (const end of ["pointerup", "pointercancel"]) {
    pad.addEventListener(end, () => { last = null; });
  }
}

// Arrow keys on `element`: moved(right, down), by one.
function arrows(element, moved) {
  const moves = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};
  element.addEventListener("keydown", event => {
    if (!moves[event.key]) return;
    event.preventDefault();
    moved(...moves[event.key]);
  });
}
