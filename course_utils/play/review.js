// DATA: {layers, weights, texts, vocabulary, unknown, addable, labels, reviews: [{words, unknown,
// rest, hidden}, …]}. A word is the number of its row in the first kernel; rows behind the words are the
// sums of the words of each review that are not shown.
const SHOWN = 3, CLASSES = ["negative", "positive"];
let logit = null, review = 0, now = 0, scale = 1, before = 0;
let on = new Set(), tokens = [];

// Near 0 and 1 more digits, so that a change is seen.
function digits(p) {
  const least = Math.min(p, 1 - p);
  return p.toFixed(least >= 0.001 ? 3 : least >= 0.00001 ? 5 : 7);
}

function name(row) {
  return row < DATA.texts.length ? DATA.texts[row] : "the other words";
}

function token(row, text, kind) {
  const button = added(here("words"), "button", {textContent: text, className: kind, tabIndex: -1});
  const place = tokens.length;
  tokens.push({row, text, button});
  button.addEventListener("click", () => {
    choose(place);
    toggle(row);
  });
  return button;
}

function choose(place) {
  tokens[now]?.button.classList.remove("now");
  if (tokens[now]) tokens[now].button.tabIndex = -1;
  now = place;
  const {button, row} = tokens[now];
  button.classList.add("now");
  button.tabIndex = 0;
  here("only").textContent = `Only “${name(row)}”`;
}

function toggle(row) {
  if (!on.delete(row)) on.add(row);
  update();
}

function build(number) {
  review = number;
  const {words, unknown, rest} = DATA.reviews[review], outside = unknown[Symbol.iterator]();
  here("words").replaceChildren();
  tokens = [];
  for (const row of words) {
    // An unknown word is shown as it was written.
    const written = row === DATA.unknown ? outside.next().value ?? name(row) : name(row);
    const strange = row === DATA.unknown;
    const button = token(row, written, strange ? "unknown" : "");
    if (strange) button.title = `not among the ${DATA.vocabulary} words that the network knows`;
  }
  if (rest) token(DATA.texts.length + review, `… and ${rest} more words`, "");
  on = new Set(tokens.map(({row}) => row));
  before = logit([...on]);
  const found = effects(logit, [...on]);
  scale = Math.max(1e-9, ...[...found].filter(([row]) => row < DATA.texts.length)
    .map(([, effect]) => Math.abs(effect)));
  now = 0;
  const sizes = tokens.map(({row}) => Math.abs(found.get(row)) * (row < DATA.texts.length));
  choose(sizes.indexOf(Math.max(...sizes)));
  here("added").textContent = "";
  update();
}

function list(table, kind, rows, z) {
  table.replaceChildren();
  for (const [row, effect] of rows) {
    const line = added(table, "tr");
    added(line, "th", {textContent: name(row), className: kind, scope: "row"});
    added(line, "td", {textContent: `${digits(sigmoid(z))} → ${digits(sigmoid(z - effect))}`});
  }
  if (!rows.length) added(added(table, "tr"), "th", {textContent: "none", className: kind});
}

function update() {
  const rows = [...on], z = logit(rows), p = sigmoid(z), found = effects(logit, rows);
  for (const {row, text, button} of tokens) {
    const effect = found.get(row) ?? 0, share = Math.min(1, Math.abs(effect) / scale);
    button.setAttribute("aria-pressed", String(on.has(row)));
    const side = effect > 0 ? ", for positive" : effect < 0 ? ", against" : "";
    button.setAttribute("aria-label", text + side);
    button.style.setProperty("--tint", effect > 0 ? "var(--mark)" : "var(--wrong)");
    button.style.setProperty("--part", `${65 * share ** 0.8}%`);
  }
  const start = sigmoid(before), change = p - start;
  here("fill").style.width = `${100 * p}%`;
  here("before").style.left = `${100 * start}%`;
  here("track").setAttribute("aria-label", `bar: probability ${digits(p)}`);
  here("probability").textContent = `Probability of “positive”: ${digits(p)}.`;
  const sign = change < 0 ? "−" : "+";
  const all = change ? `As written ${digits(start)}: ${sign}${digits(Math.abs(change))}.` : "";
  const truth = DATA.labels ? ` True class: ${CLASSES[DATA.labels[review]]}.` : "";
  here("change").textContent = all + truth;
  const words = [...found].filter(([row]) => row < DATA.texts.length);
  const up = words.filter(([, e]) => e > 0).sort((a, b) => b[1] - a[1]).slice(0, SHOWN);
  const down = words.filter(([, e]) => e < 0).sort((a, b) => a[1] - b[1]).slice(0, SHOWN);
  list(here("for"), "for", up, z);
  list(here("against"), "against", down, z);
}

// A word from the list behind the review; what is in it already is switched on.
function add(text) {
  const row = DATA.addable.find(one => DATA.texts[one] === text);
  const place = tokens.findIndex(one => one.row < DATA.texts.length && name(one.row) === text);
  const hidden = DATA.reviews[review].hidden.includes(row);
  if (place < 0 && (row === undefined || hidden)) {
    here("added").textContent = `“${text}” is ${hidden ? "in the review, behind those shown"
      : `not among the ${DATA.addable.length} words that can be added here`}.`;
    return;
  }
  if (place < 0) token(row, `+ ${text}`, "");
  choose(place < 0 ? tokens.length - 1 : place);
  on.add(tokens[now].row);
  here("added").textContent = `“${text}” is on.`;
  here("more").value = "";
  update();
}

// The word above or below: the nearest in the next line.
function beside(step) {
  const boxes = tokens.map(({button}) => button.getBoundingClientRect()), own = boxes[now];
  const middle = box => box.left + box.width / 2;
  const lines = boxes.map((box, i) => ({i, down: step * (box.top - own.top)}))
    .filter(({down}) => down > own.height / 2);
  const next = Math.min(...lines.map(({down}) => down));
  const away = i => Math.abs(middle(boxes[i]) - middle(own));
  return lines.filter(({down}) => down < next + own.height / 2)
    .reduce((best, {i}) => best < 0 || away(i) < away(best) ? i : best, -1);
}

function move(event) {
  const last = tokens.length - 1;
  const places = {
    ArrowLeft: () => Math.max(0, now - 1), ArrowRight: () => Math.min(last, now + 1),
    ArrowUp: () => beside(-1), ArrowDown: () => beside(1), Home: () => 0, End: () => last,
  };
  if (!places[event.key]) return;
  event.preventDefault();
  const place = places[event.key]();
  if (place < 0) return;
  choose(place);
  tokens[now].button.focus();
}

function listen() {
  const every = () => tokens.map(({row}) => row);
  const set = rows => () => {
    on = new Set(rows());
    update();
  };
  here("all").addEventListener("click", set(every));
  here("none").addEventListener("click", set(() => []));
  here("only").addEventListener("click", set(() => [tokens[now].row]));
  here("choose").addEventListener("change", event => build(Number(event.target.value)));
  here("words").addEventListener("keydown", move);
  here("add").addEventListener("submit", event => {
    event.preventDefault();
    const text = here("more").value.trim().toLowerCase();
    if (text) add(text);
  });
}

async function start() {
  const bytes = await unpacked(DATA.weights);
  logit = denseNetwork(DATA.layers, new Float32Array(bytes.buffer));
  DATA.reviews.forEach(({words}, i) => {
    const first = words.filter(row => !name(row).startsWith("<")).slice(0, 4).map(name).join(" ");
    added(here("choose"), "option", {value: i, textContent: `${i + 1}: ${first} …`});
  });
  for (const row of DATA.addable) added(here("list"), "option", {value: name(row)});
  here("add").hidden = !DATA.addable.length;
  build(0);
  listen();
}

begin(start());
