// The one runtime of every explorer.
// Above it stands `evaluate`, printed from the derivation: parameters in, outcomes and a
// verdict out (0 inside the region, else the number of the condition that fails).
// It reads what to show from `spec` and talks to its host through get, set, on and
// save_changes, so that a kernel in JupyterLab and a static page are served alike.

const SAMPLES = 160;
const NARROW = 220; // a panel below this width, in pixels, shows less text
const ROOMY = 400; // and from this width on its handle is large
const LINE = 13; // from one name to the next, in pixels
const BAND = 12; // height of the hatch at the foot of a panel, in pixels
const LETTER = 6.6; // a letter's width in a panel, in pixels, at most on average
const WIDE_LETTER = 8.4; // and that of the trail's ratio, which is larger and bold
const MARGIN = { top: 8, right: 12, bottom: 20, left: 40 };

const html = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
};

const svg = (tag, attributes = {}, ...children) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
};

// A symbol such as φ_D, its subscript set as one.
const symbol = (glyph) => {
  const [base, below] = glyph.split("_");
  return html("b", {}, base, ...(below ? [html("sub", {}, below)] : []));
};

// Touch the page only where something changed: writing the same text again costs a layout.
const write = (element, text) => {
  if (element.written === text) return;
  element.written = text;
  element.textContent = text;
};

export const format = (value) => {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  return value.toFixed(digits).replace("-", "−");
};

// Spaces as wide as a digit, a point and a minus, so that what stands beside a number holds still.
const [FIGURE_SPACE, POINT_SPACE, MINUS_SPACE] = ["\u2007", "\u2008", "\u2007\u2005"];
const WIDEST = 5; // letters of a number as it is written, point included and sign left out
const held = (text, width = WIDEST, signed = true) => {
  const digits = text.replace("−", "");
  const room = digits.includes(".") ? width - digits.length : width - 1 - digits.length;
  const space = (digits.includes(".") ? "" : POINT_SPACE) + FIGURE_SPACE.repeat(Math.max(0, room));
  return space + (text === digits && signed ? MINUS_SPACE : "") + text;
};

const minus = (value) => String(value).replace("-", "−");

// What became of a number: its ratio where it cannot change its sign, else the difference.
export const difference = (from, to, positive) => {
  if (format(from) === format(to)) return "";
  if (positive && from > 0) return `× ${format(to / from)}`;
  return `${to > from ? "+" : "−"}${format(Math.abs(to - from))}`;
};

const MOST_TICKS = 6;

// Round numbers from low to high: the widest step that leaves at least three of them.
const niceTicks = (low, high) => {
  const power = 10 ** Math.floor(Math.log10(high - low));
  for (const step of [5, 2, 1, 0.5, 0.2, 0.1].map((s) => s * power)) {
    const first = Math.ceil(low / step - 1e-9);
    const count = Math.floor(high / step + 1e-9) - first + 1;
    if (count >= 3) return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(6)));
  }
  return [low, high];
};

const logTicks = (low, high) => {
  const from = Math.floor(Math.log10(low));
  const powers = Array.from({ length: Math.ceil(Math.log10(high)) - from + 1 }, (_, i) => 10 ** (from + i));
  for (const digits of [[1], [1, 3], [1, 2, 5]]) {
    const ticks = powers.flatMap((power) => digits.map((digit) => Number((digit * power).toPrecision(2))))
      .filter((t) => t >= low * (1 - 1e-9) && t <= high * (1 + 1e-9));
    if (ticks.length >= 3) return ticks.filter((_, i) => ticks.length <= MOST_TICKS || i % 2 === 0);
  }
  return [low, high];
};

// As many labels of ticks as have room, evenly.
const thinned = (ticks, room) => {
  const width = ticks.reduce((sum, t) => sum + LETTER * (minus(t).length + 2), 0);
  return width <= room ? ticks : thinned(ticks.filter((_, i) => i % 2 === 0), room);
};

// A declared axis: where a value stands on it (0 at its foot, 1 at its top), what stands there, ticks.
export const axisOf = ([low, high], scale) => scale === "log"
  ? { at: (v) => (v > 0 ? Math.log(v / low) / Math.log(high / low) : -Infinity), of: (share) => low * (high / low) ** share, ticks: logTicks(low, high) }
  : { at: (v) => (v - low) / (high - low), of: (share) => low + share * (high - low), ticks: niceTicks(low, high) };

// Where along the axis does the verdict change? Sample, then bisect each change.
export const stretches = (evaluateAt, low, high, samples = SAMPLES) => {
  const at = (i) => low + ((high - low) * i) / samples;
  const found = [{ from: low, verdict: evaluateAt(low).verdict }];
  for (let i = 1; i <= samples; i += 1) {
    const before = found.at(-1).verdict;
    const after = evaluateAt(at(i)).verdict;
    if (before === after) continue;
    let [left, right] = [at(i - 1), at(i)];
    for (let step = 0; step < 40; step += 1) {
      const middle = (left + right) / 2;
      if (evaluateAt(middle).verdict === before) left = middle;
      else right = middle;
    }
    found.at(-1).to = left;
    found.push({ from: right, verdict: after });
  }
  found.at(-1).to = high;
  return found;
};

// A curve is sampled inside the region only, and up to its very edge; an outcome that no
// condition bounds has the whole.
const sample = (values, parameter) => {
  const { name, low, high } = parameter;
  const { of } = axisOf([low, high], parameter.axis);
  const evaluateAt = (share) => evaluate({ ...values, [name]: of(share) });
  const shares = stretches(evaluateAt, 0, 1);
  const points = shares.map(({ from, to }) => {
    const count = Math.max(2, Math.ceil(SAMPLES * (to - from)));
    return Array.from({ length: count + 1 }, (_, i) => {
      const share = from + ((to - from) * i) / count;
      return { t: of(share), at: evaluateAt(share) };
    });
  });
  const parts = shares.map(({ from, to, verdict }) => ({ from: of(from), to: of(to), verdict }));
  return { parts, curves: points.filter((_, i) => parts[i].verdict === 0), whole: [points.flat()] };
};

