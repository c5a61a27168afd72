// DATA: {names, counts, images: [[true, predicted, number, probability, other, its probability], …],
// sprite, height, width, across, gray}; image i of the sprite is images[i].
const table = document.getElementById("matrix"), said = document.getElementById("said");
const faces = document.getElementById("faces"), classes = DATA.names.length;
const largest = Math.max(1, ...DATA.counts.flatMap((row, i) => row.filter((_, j) => i !== j)));
const buttons = DATA.counts.map((row, i) => row.map((count, j) => cell(i, j, count)));
let at = [0, 0];

function cell(row, column, count) {
  const button = document.createElement("button");
  button.textContent = count;
  button.tabIndex = -1;
  button.className = row === column ? "correct" : count ? "wrong" : "none";
  // The square root lets rare errors be seen.
  if (row !== column) button.style.setProperty("--part", `${50 * Math.sqrt(count / largest)}%`);
  const name = `true class ${DATA.names[row]}, predicted ${DATA.names[column]}: ${count}`;
  button.setAttribute("aria-label", name);
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => choose(row, column));
  return button;
}

function heading(name, scope) {
  const cell = document.createElement("th");
  cell.scope = scope;
  cell.textContent = name;
  return cell;
}

function build() {
  const head = table.createTHead().insertRow(), body = table.createTBody();
  if (DATA.names.some(name => name.length > 3)) table.className = "long";
  head.append(document.createElement("td"), ...DATA.names.map(name => heading(name, "col")));
  buttons.forEach((row, i) => {
    const line = body.insertRow();
    line.append(heading(DATA.names[i], "row"));
    for (const button of row) line.insertCell().append(button);
  });
}

function face(sheet, index) {
  const [row, column, number, p, other, q] = DATA.images[index];
  const figure = document.createElement("figure"), text = document.createElement("figcaption");
  const canvas = document.createElement("canvas");
  const {width, height} = DATA;
  Object.assign(canvas, {width, height, className: DATA.gray ? "" : "color"});
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `test image ${number}`);
  const x = index % DATA.across * width, y = Math.floor(index / DATA.across) * height;
  canvas.getContext("2d").drawImage(sheet, x, y, width, height, 0, 0, width, height);
  const second = row === column ? "second" : "true";
  const lines = [`no. ${number}`, `predicted ${DATA.names[column]}: ${p.toFixed(2)}`,
    `${second} ${DATA.names[other]}: ${q.toFixed(2)}`];
  text.append(...lines.flatMap((line, i) => i ? [document.createElement("br"), line] : [line]));
  figure.append(canvas, text);
  return figure;
}

let sheet = null;
function choose(row, column) {
  const old = buttons[at[0]][at[1]], button = buttons[row][column];
  old.setAttribute("aria-pressed", "false");
  old.tabIndex = -1;
  button.setAttribute("aria-pressed", "true");
  button.tabIndex = 0;
  at = [row, column];
  const inside = DATA.images.map((_, i) => i)
    .filter(i => DATA.images[i][0] === row && DATA.images[i][1] === column);
  const count = DATA.counts[row][column], total = DATA.counts[row].reduce((a, b) => a + b);
  const share = total ? ` of ${total} (${(100 * count / total).toFixed(1)}\u00a0%)` : "";
  const order = row === column ? "least confident" : "most confident";
  const shown = !count ? "" : inside.length < count
    ? `The ${inside.length} ${order}:` : `The ${order} first:`;
  said.textContent = `True class ${DATA.names[row]}, predicted ${DATA.names[column]}: `
    + `${count}${share}${row === column ? ", classified correctly" : ""}. ${shown}`;
  faces.replaceChildren(...inside.map(index => face(sheet, index)));
}

function listen() {
  const moves = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1]};
  table.addEventListener("keydown", event => {
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    choose((at[0] + move[0] + classes) % classes, (at[1] + move[1] + classes) % classes);
    buttons[at[0]][at[1]].focus();
  });
}

async function start() {
  sheet = new Image();
  sheet.src = DATA.sprite;
  await sheet.decode();
  build();
  listen();
  const errors = DATA.counts.flatMap((row, i) => row.map((count, j) => i === j ? -1 : count));
  const most = errors.indexOf(Math.max(...errors));
  choose(Math.floor(most / classes), most % classes);
}

begin(start());
