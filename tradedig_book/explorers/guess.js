// Guess first: the reader draws a curve, or chooses a sentence, and only then sees the model's.
const GUESS_MARGIN = { top: 10, right: 16, bottom: 24, left: 44 };
const COLUMNS = 60; // places along the axis at which a drawn curve is kept

class Guess {
  constructor(model, el) {
    this.spec = model.get("spec");
    this.drawn = Array(COLUMNS + 1).fill(null);
    this.build();
    el.replaceChildren(this.el);
    new ResizeObserver(() => this.frame()).observe(this.plot);
    this.frame();
  }

  build() {
    const { spec } = this;
    const name = `guess-${spec.id}`;
    this.plot = svg("svg", { role: "img", "aria-label": `${spec.outcome.brief} against ${spec.axis.brief}: draw your guess here, or choose a sentence.` });
    this.choices = spec.choices.map((text, i) => {
      const input = html("input", { type: "radio", name, value: i, "data-lm-suppress-shortcuts": "true" });
      return { input, row: html("label", {}, input, html("span", {}, text)) };
    });
    this.button = html("button", { type: "button" }, "Show");
    this.button.addEventListener("click", () => (this.shown ? this.again() : this.show()));
    this.answer = html("p", { class: "td-answer", role: "status" });
    this.el = html("section", { class: "td-guess", id: name, "aria-label": "Guess first" },
      html("p", { class: "td-question" }, html("b", {}, "Guess first. "), spec.question),
      html("div", { class: "td-guess-body" },
        html("figure", {},
          html("figcaption", {}, symbol(spec.outcome.glyph), ` ${spec.outcome.brief} `, html("span", { class: "td-unit" }, spec.outcome.unit)),
          this.plot,
          html("div", { class: "td-axis-name" }, symbol(spec.axis.glyph), html("span", {}, ` ${spec.axis.brief}, ${spec.axis.unit}`))),
        html("fieldset", {}, html("legend", {}, "Draw in the picture, or choose:"),
          ...this.choices.map(({ row }) => row), this.button, this.answer)));
    this.plot.nextSibling.style.setProperty("--td-hue", `var(--td-${spec.axis.hue})`);
    this.el.style.setProperty("--td-hue", `var(--td-${spec.outcome.hue})`);
    const draw = (event) => this.plot.hasPointerCapture(event.pointerId) && this.trace(event);
    this.plot.addEventListener("pointerdown", (event) => {
      if (this.shown) return;
      this.plot.setPointerCapture(event.pointerId);
      this.last = null;
      this.trace(event);
    });
    this.plot.addEventListener("pointermove", draw);
  }

  frame() {
    const [width, height] = [this.plot.clientWidth || 320, this.plot.clientHeight || 220];
    const { left, right, top, bottom } = GUESS_MARGIN;
    const { low, high } = this.spec.axis;
    const axis = axisOf(this.spec.outcome.range, "linear");
    this.size = { width, height };
    this.x = (t) => left + ((t - low) / (high - low)) * (width - left - right);
    this.y = (v) => height - bottom - Math.max(-0.02, Math.min(axis.at(v), 1.02)) * (height - top - bottom);
    const text = (x, y, anchor, label) => svg("text", { x, y, "text-anchor": anchor, class: "td-tick" }, label);
    this.mine = svg("path", { class: "td-mine" });
    this.true = svg("path", { class: "td-now" });
    this.plot.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.plot.replaceChildren(
      ...axis.ticks.flatMap((v) => [
        svg("line", { x1: left, x2: width - right, y1: this.y(v), y2: this.y(v), class: "td-grid" }),
        text(left - 6, this.y(v) + 4, "end", minus(v))]),
      ...niceTicks(low, high).map((t) => text(this.x(t), height - 7, "middle", minus(t))),
      this.true, this.mine);
    this.paint();
  }

  // A stroke fills the places between two events, so that a fast hand leaves no gap.
  trace({ offsetX, offsetY }) {
    const { left, right, top, bottom } = GUESS_MARGIN;
    const { width, height } = this.size;
    const clamp = (share) => Math.max(0, Math.min(share, 1));
    const at = { i: Math.round(COLUMNS * clamp((offsetX - left) / (width - left - right))),
      share: clamp((height - bottom - offsetY) / (height - top - bottom)) };
    const from = this.last ?? at;
    for (let i = Math.min(from.i, at.i); i <= Math.max(from.i, at.i); i += 1) {
      const part = from.i === at.i ? 1 : (i - from.i) / (at.i - from.i);
      this.drawn[i] = from.share + part * (at.share - from.share);
    }
    this.last = at;
    this.paint();
  }

  paint() {
    const { low, high } = this.spec.axis;
    const [bottom, top] = this.spec.outcome.range;
    let pen = "M";
    this.mine.setAttribute("d", this.drawn.map((share, i) => {
      if (share === null) { pen = "M"; return ""; }
      const point = `${pen}${this.x(low + ((high - low) * i) / COLUMNS).toFixed(1)},${this.y(bottom + share * (top - bottom)).toFixed(1)}`;
      pen = "L";
      return point;
    }).join(""));
    this.true.setAttribute("d", this.shown ? this.curve() : "");
  }

  value(t) {
    const at = evaluate({ ...this.spec.values, [this.spec.axis.name]: t });
    return at.verdict === 0 ? at[this.spec.outcome.name] : NaN;
  }

  curve() {
    const { low, high } = this.spec.axis;
    return Array.from({ length: 161 }, (_, i) => low + ((high - low) * i) / 160)
      .map((t) => [t, this.value(t)]).filter(([, v]) => Number.isFinite(v))
      .map(([t, v], i) => `${i ? "L" : "M"}${this.x(t).toFixed(2)},${this.y(v).toFixed(2)}`).join("");
  }

  show() {
    const chosen = this.choices.findIndex(({ input }) => input.checked);
    const said = chosen < 0 ? [] : [chosen === this.spec.right ? "Yes." : `Not quite: "${this.spec.choices[this.spec.right]}"`];
    this.shown = true;
    this.choices.forEach(({ row }, i) => row.classList.toggle("td-right", i === this.spec.right));
    this.answer.textContent = [...said, ...this.miss(), this.spec.answer].join(" ");
    this.button.textContent = "Guess again";
    this.paint();
  }

  // How far the drawn curve is from the model's, on average, in the outcome's own unit.
  miss() {
    const { low, high } = this.spec.axis;
    const [bottom, top] = this.spec.outcome.range;
    const gaps = this.drawn.map((share, i) => (share === null ? NaN
      : Math.abs(bottom + share * (top - bottom) - this.value(low + ((high - low) * i) / COLUMNS)))).filter(Number.isFinite);
    if (gaps.length < COLUMNS / 4) return [];
    return [`Your curve is ${format(gaps.reduce((sum, gap) => sum + gap) / gaps.length)} away on average.`];
  }

  again() {
    this.shown = false;
    this.drawn.fill(null);
    this.choices.forEach(({ input, row }) => { input.checked = false; row.classList.remove("td-right"); });
    this.answer.textContent = "";
    this.button.textContent = "Show";
    this.paint();
  }
}

export function render({ model, el }) {
  new Guess(model, el);
}
export default { render };
