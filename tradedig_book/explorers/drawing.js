// The one runtime of every explorer.
// Above it stands `evaluate`, printed from the derivation: parameters in, outcomes and a
// verdict out (0 inside the region, else the number of the condition that fails).
// It reads what to show from `spec` and talks to its host through get, set, on and
// save_changes, so that a kernel in JupyterLab and a static page are served alike.

const SAMPLES = 160;
const NARROW = 220; // a panel below this width, in pixels, shows less text
const LETTER = 5.9; // a letter's average width in a panel, in pixels
const MARGIN = { top: 6, right: 10, bottom: 18, left: 34 };

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

const niceCeil = (value) => {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((step) => step * power >= value * (1 - 1e-9)) * power;
};

const niceTicks = (low, high, count) => {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((s) => s * power >= rough) * power;
  const ticks = [];
  for (let t = Math.ceil(low / step) * step; t <= high + step * 1e-9; t += step) ticks.push(t);
  return ticks.map((t) => Number(t.toPrecision(6)));
};

// Where along the axis does the verdict change? Sample, then bisect each change.
export const stretches = (evaluateAt, low, high) => {
  const at = (i) => low + ((high - low) * i) / SAMPLES;
  const found = [{ from: low, verdict: evaluateAt(low).verdict }];
  for (let i = 1; i <= SAMPLES; i += 1) {
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

// A curve is sampled inside the region only, and up to its very edge.
const sample = (values, parameter) => {
  const { name, low, high } = parameter;
  const evaluateAt = (t) => evaluate({ ...values, [name]: t });
  const parts = stretches(evaluateAt, low, high);
  const curves = parts
    .filter((part) => part.verdict === 0)
    .map(({ from, to }) => {
      const count = Math.max(2, Math.ceil((SAMPLES * (to - from)) / (high - low)));
      return Array.from({ length: count + 1 }, (_, i) => {
        const t = from + ((to - from) * i) / count;
        return { t, at: evaluateAt(t) };
      });
    });
  return { parts, curves };
};

