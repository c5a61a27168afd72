// Pictures with axes, drawn as SVG: what a playable figure shows as a curve.
const MARGIN = {left: 54, right: 10, top: 8, bottom: 36};

// Four digits that count, very large and very small numbers as powers of ten.
function numeral(value, digits = 4) {
  const size = Math.abs(value);
  if (size < 1e-12) return "0";
  const text = size >= 1e5 || size < 1e-3
    ? value.toExponential(1).replace("e+", "e").replace(".0e", "e") : String(Number(value.toPrecision(digits)));
  return text.replace(/-/g, "−");
}

// Whole multiples of 1, 2 or 5 times a power of ten from `low` to `high`, about `count` of them.
function ticks(low, high, count = 5) {
  const rough = (high - low) / count, power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find(one => one * power >= rough * 0.999);
  const first = Math.ceil(low / step - 1e-9), last = Math.floor(high / step + 1e-9);
  return Array.from({length: last - first + 1}, (_, i) => (first + i) * step);
}

// For a scale of powers of ten from `low` to `high`: five of them at most, or 1, 2 and 5 of each.
function powers(low, high) {
  const first = Math.floor(Math.log10(low) + 1e-9), last = Math.ceil(Math.log10(high) - 1e-9);
  const apart = Math.ceil((last - first) / 5), parts = last - first < 3 ? [1, 2, 5] : [1];
  const all = [];
  for (let power = first; power <= last; power += apart) {
    all.push(...parts.map(part => part * 10 ** power));
  }
  const inside = all.filter(value => value >= low * 0.999 && value <= high * 1.001);
  return inside.length > 1 ? inside : ticks(low, high, 3);
}

// Empties `svg` and draws axes from x[0] to x[1] and from y[0] to y[1]; what is added to `inside`
// is cut at them. `across` and `up` turn numbers into places.
function axes(svg, {x, y, xlabel, ylabel, log = false}) {
  const {width, height} = svg.viewBox.baseVal, {left, right, top, bottom} = MARGIN;
  const scaled = log ? Math.log10 : value => value;
  const part = (value, [low, high]) => (value - low) / (high - low);
  const across = value => left + part(value, x) * (width - left - right);
  const up = value => height - bottom
    - part(scaled(value), y.map(scaled)) * (height - top - bottom);
  svg.replaceChildren();
  for (const value of ticks(...x)) {
    const at = across(value);
    drawn(svg, "line", {x1: at, x2: at, y1: height - bottom, y2: height - bottom + 4, class: "axis"});
    drawn(svg, "text", {x: at, y: height - bottom + 16, class: "middle"}, numeral(value));
  }
  for (const value of (log ? powers : ticks)(...y)) {
    const at = up(value);
    drawn(svg, "line", {x1: left, x2: width - right, y1: at, y2: at, class: "grid"});
    drawn(svg, "text", {x: left - 5, y: at + 4, class: "end"}, numeral(value));
  }
  const corner = `M${left} ${top}V${height - bottom}H${width - right}`;
  drawn(svg, "path", {d: corner, class: "axis"});
  drawn(svg, "text", {x: (left + width - right) / 2, y: height - 4, class: "middle"}, xlabel);
  const turned = `translate(11 ${(top + height - bottom) / 2}) rotate(-90)`;
  drawn(svg, "text", {transform: turned, class: "middle"}, ylabel);
  const inside = drawn(svg, "svg", {
    x: left, y: top, width: width - left - right, height: height - bottom - top + 1,
    viewBox: `${left} ${top} ${width - left - right} ${height - bottom - top + 1}`,
  });
  const place = ([a, b]) => `${across(a).toFixed(1)} ${up(b).toFixed(1)}`;
  return {
    inside, across, up,
    line: (points, look) => points.length
      && drawn(inside, "path", {d: `M${points.map(place).join("L")}`, class: look}),
    dot: ([a, b], radius, look) =>
      drawn(inside, "circle", {cx: across(a), cy: up(b), r: radius, class: look}),
  };
}
