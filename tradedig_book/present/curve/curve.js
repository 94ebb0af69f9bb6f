// The specification curve: every estimate in order, the chosen one marked.
// `data` holds whole numbers, in the order of the choices with the last one fastest.

const CURVE_HEIGHT = 240;
const BINS = 60; // of a strip under the curve
const EDGE = { top: 8, bottom: 8 };

const percent = (share) => `${Math.round(100 * share)}%`;
const grouped = (count) => count.toLocaleString("en-US");
const small = (value) => value.toFixed(4).replace("-", "−");

// Unpack: the effect of each combination in standard deviations, and its interval.
const unpack = (data) => {
  const fastest = data.choices.at(-1).options.length;
  const rows = data.std_error.map((error, i) => {
    const place = Math.floor(i / fastest);
    const estimate = data.estimate[place] * data.units.estimate;
    const scale = data.scale[place] * data.units.scale;
    const std_error = error * data.units.estimate;
    const reach = data.critical[data.clusters[i]] * std_error;
    return {
      estimate, std_error, n: data.n[place], clusters: data.clusters[i], options: [],
      effect: estimate * scale, low: (estimate - reach) * scale, high: (estimate + reach) * scale,
    };
  });
  rows.forEach((row, i) => {
    let rest = i;
    for (const { options } of [...data.choices].reverse()) {
      row.options.unshift(rest % options.length);
      rest = Math.floor(rest / options.length);
    }
  });
  const order = [...rows].sort((a, b) => a.effect - b.effect || a.high - b.high);
  order.forEach((row, i) => { row.rank = i + 1; });
  return { rows, order };
};

class Curve {
  constructor(model, el) {
    this.model = model;
    this.data = model.get("data");
    this.choices = this.data.choices;
    Object.assign(this, unpack(this.data), { problem: "" });
    this.choice = this.choices.map(({ name, options }) => options.indexOf(model.get("choice")[name]));
    this.held = new Set(model.get("held"));
    const ends = this.order.flatMap(({ low, high }) => [low, high]).sort((a, b) => a - b);
    const at = (share) => ends[Math.round(share * (ends.length - 1))];
    this.range = [Math.min(at(0.005), this.order[0].effect), Math.max(at(0.995), this.order.at(-1).effect)];
    this.build(el);
    this.widths = new ResizeObserver(() => this.filter());
    this.widths.observe(this.plot);
    for (const name of ["choice", "held"]) model.on(`change:${name}`, () => this.follow());
    if (model.get("in_page")) {
      window.addEventListener("hashchange", () => this.fromAddress());
      this.fromAddress();
    }
    this.filter();
  }

  build(el) {
    this.controls = this.choices.map((choice, k) => this.control(choice, k));
    this.status = html("p", { class: "td-status", "aria-live": "polite" });
    this.plot = svg("svg", { role: "img", class: "td-curve-plot", height: CURVE_HEIGHT });
    this.plot.addEventListener("pointerdown", (event) => {
      this.plot.setPointerCapture(event.pointerId);
      this.pick(event.offsetX);
    });
    this.plot.addEventListener("pointermove", (event) => {
      if (this.plot.hasPointerCapture(event.pointerId)) this.pick(event.offsetX);
    });
    this.plot.addEventListener("lostpointercapture", () => this.settle());
    this.walk = html("input", { type: "range", id: "curve-walk", min: 1, step: 1 });
    this.walk.addEventListener("input", () => this.choose(this.shown[this.walk.value - 1].options, "moving"));
    this.walk.addEventListener("change", () => this.settle());
    this.place = html("output", { for: "curve-walk" });
    this.note = html("p", { class: "td-curve-note" });
    this.strips = this.choices.map((choice) => choice.options.map((option) => {
      const label = html("span", { class: "td-option" }, option);
      const strip = svg("svg", { "aria-hidden": "true", class: "td-strip" });
      const median = html("span", { class: "td-median" });
      return { label, strip, median };
    }));
    const reset = html("button", { type: "button" }, "Reset");
    reset.addEventListener("click", () => this.reset());
    const parts = this.choices.flatMap(({ label }, k) => [
      html("p", { class: "td-group" }, label, html("span", {}, k ? "" : "median effect")),
      ...this.strips[k].flatMap(({ label: name, strip, median }) => [name, strip, median]),
    ]);
    el.replaceChildren(html("div", { class: "td-explorer td-curve", id: "specification-curve", role: "group",
      "aria-label": "Specification curve" },
      html("div", { class: "td-choices td-tools" }, ...this.controls.map(({ element }) => element)),
      html("div", { class: "td-matrix" },
        this.status,
        html("p", { class: "td-axis-name" }, "effect, standard deviations of quality for one of digitization"),
        this.plot,
        html("div", { class: "td-slider td-walk" },
          html("label", { for: "curve-walk" }, "Walk along the curve"), this.place, this.walk),
        this.note, html("div", { class: "td-tools td-back" }, reset), ...parts)));
  }

  control({ name, label, options }, k) {
    const id = `curve-${name}`;
    const select = html("select", { id }, ...options.map((option, i) => html("option", { value: i }, option)));
    select.addEventListener("change", () => this.choose(this.choice.with(k, Number(select.value))));
    const hold = html("input", { type: "checkbox", id: `${id}-hold` });
    hold.addEventListener("change", () => {
      this.held[hold.checked ? "add" : "delete"](name);
      this.tell();
    });
    const element = html("div", { class: "td-choice" }, html("label", { for: id }, label), select,
      html("label", { class: "td-hold", for: hold.id }, hold, " hold"));
    hold.setAttribute("aria-label", `hold, show only this option of ${label}`);
    return { name, element, select, hold };
  }

  get chosen() {
    const index = this.choice.reduce((sum, option, k) => sum * this.choices[k].options.length + option, 0);
    return this.rows[index];
  }

  choose(options, phase = "settled") {
    this.problem = "";
    this.choice = [...options];
    this.tell(phase);
  }

  // What is shown follows every change; the kernel and the address hear of those that last.
  tell(phase = "settled") {
    this.filter();
    if (phase === "settled") this.settle();
  }

  settle() {
    const named = Object.fromEntries(this.choices.map(({ name, options }, k) => [name, options[this.choice[k]]]));
    this.model.set("choice", named);
    this.model.set("held", [...this.held]);
    this.model.save_changes();
    if (this.model.get("in_page")) stayAt(this.address());
  }

  follow() {
    const named = this.model.get("choice");
    this.choice = this.choices.map(({ name, options }) => options.indexOf(named[name]));
    this.held = new Set(this.model.get("held"));
    this.filter();
  }

  reset() {
    this.start ??= this.choice;
    this.held.clear();
    this.choose(this.start);
  }

  // #specification-curve?effects=3&hold=quality,effects: options by their place, from one.
  address() {
    const setting = Object.fromEntries(this.choices.map(({ name }, k) => [name, this.choice[k] + 1]));
    return addressOf("specification-curve", { ...setting, ...(this.held.size && { hold: [...this.held] }) });
  }

  fromAddress() {
    this.start ??= this.choice;
    const found = askedOf("specification-curve");
    if (!found && window.location.hash) return;
    const asked = found ?? new Map();
    const held = (asked.get("hold") ?? "").split(",").filter(Boolean);
    const names = this.choices.map(({ name }) => name);
    const choice = this.choices.map(({ name }, k) => asked.has(name) ? Number(asked.get(name)) - 1 : this.start[k]);
    const right = [...asked.keys()].every((name) => name === "hold" || names.includes(name))
      && held.every((name) => names.includes(name))
      && choice.every((option, k) => this.choices[k].options[option] !== undefined);
    this.problem = right ? "" : "The link names a choice or an option that does not exist; this is the benchmark. ";
    this.choice = right ? choice : this.start;
    this.held = new Set(right ? held : []);
    this.filter();
    if (found) document.getElementById("specification-curve").scrollIntoView();
  }

  // The curve is drawn anew only where other specifications are shown, or in another width.
  filter() {
    const held = this.choices.map(({ name }, k) => (this.held.has(name) ? this.choice[k] : null));
    this.width = this.plot.clientWidth || 640;
    const drawn = [this.width, ...held].join();
    if (drawn !== this.drawn) {
      this.drawn = drawn;
      this.shown = this.order.filter((row) => held.every((option, k) => option === null || row.options[k] === option));
      this.draw();
    }
    this.mark();
  }

  x(i) { return ((i + 0.5) / this.shown.length) * this.width; }

  y(value) {
    const [low, high] = this.range;
    return EDGE.top + ((high - value) / (high - low)) * (CURVE_HEIGHT - EDGE.top - EDGE.bottom);
  }

  pick(pixel) {
    const i = Math.floor((pixel / this.width) * this.shown.length);
    this.choose(this.shown[Math.max(0, Math.min(i, this.shown.length - 1))].options, "moving");
  }

  // Everything that depends on which specifications are shown.
  draw() {
    const bar = Math.max(0.6, this.width / this.shown.length);
    const bars = (test) => this.shown.map((row, i) =>
      test(row) ? `M${this.x(i).toFixed(2)},${this.y(row.low).toFixed(1)}V${this.y(row.high).toFixed(1)}` : "").join("");
    const apart = (row) => row.low > 0 || row.high < 0;
    const path = this.shown.map((row, i) => `${i ? "L" : "M"}${this.x(i).toFixed(2)},${this.y(row.effect).toFixed(2)}`).join("");
    const ticks = niceTicks(...this.range, 8).flatMap((value) => [
      svg("line", { x1: 0, x2: this.width, y1: this.y(value), y2: this.y(value), class: value === 0 ? "td-zero" : "td-grid" }),
      svg("text", { x: -6, y: this.y(value) + 4, "text-anchor": "end", class: "td-tick" }, String(value).replace("-", "−")),
    ]);
    this.cursor = svg("path", { class: "td-cursor" });
    this.plot.setAttribute("viewBox", `0 0 ${this.width} ${CURVE_HEIGHT}`);
    this.plot.setAttribute("aria-label", `${grouped(this.shown.length)} estimates in order, from ${small(this.shown[0].effect)} `
      + `to ${small(this.shown.at(-1).effect)}, with 95% intervals`);
    this.plot.replaceChildren(
      svg("clipPath", { id: "curve-clip" }, svg("rect", { x: 0, y: 0, width: this.width, height: CURVE_HEIGHT })),
      ...ticks,
      svg("g", { "clip-path": "url(#curve-clip)" },
        svg("path", { d: bars((row) => !apart(row)), class: "td-bars td-with-zero", "stroke-width": bar }),
        svg("path", { d: bars(apart), class: "td-bars", "stroke-width": bar }),
        svg("path", { d: path, class: "td-line" }), this.cursor));
    this.drawStrips();
    const clear = this.shown.filter(({ low }) => low > 0).length;
    const below = this.shown.filter(({ high }) => high < 0).length;
    write(this.note, `Shown: ${grouped(this.shown.length)} specifications. The 95% interval lies above zero in `
      + `${grouped(clear)} (stronger bars), below in ${grouped(below)}. Under the curve: the stronger the tone, the more of the estimates there use the option.`);
    this.walk.max = this.shown.length;
  }

  drawStrips() {
    const bins = Math.min(BINS, this.shown.length);
    const edges = Array.from({ length: bins + 1 }, (_, b) => Math.round((b * this.shown.length) / bins));
    this.choices.forEach((choice, k) => choice.options.forEach((_, option) => {
      const { strip, median } = this.strips[k][option];
      const own = this.shown.filter((row) => row.options[k] === option); // in order of effects
      const middle = (own[(own.length - 1) >> 1]?.effect + own[own.length >> 1]?.effect) / 2;
      write(median, own.length ? small(middle) : "–");
      const cells = edges.slice(1).flatMap((end, b) => {
        const start = edges[b];
        const count = this.shown.slice(start, end).filter((row) => row.options[k] === option).length;
        if (!count) return [];
        const [left, right] = [start, end].map((i) => (i / this.shown.length) * this.width);
        return [svg("rect", { x: left, width: right - left, y: 1, height: 12, "fill-opacity": (count / (end - start)).toFixed(2) })];
      });
      strip.setAttribute("viewBox", `0 0 ${this.width} 14`);
      strip.replaceChildren(...cells, svg("path", { class: "td-cursor" }));
    }));
  }

  // Everything that depends on which specification is chosen.
  mark() {
    const row = this.chosen;
    const i = this.shown.indexOf(row);
    const at = this.x(i);
    const dot = this.y(row.effect);
    this.cursor.setAttribute("d", `M${at},${this.y(row.low)}V${this.y(row.high)}M${at - 4},${dot}a4,4 0 1 0 8,0a4,4 0 1 0 -8,0`);
    this.strips.forEach((options, k) => options.forEach(({ label, strip }, option) => {
      const chosen = option === this.choice[k];
      label.classList.toggle("td-chosen", chosen);
      strip.lastChild.setAttribute("d", chosen ? `M${at},0V14` : "");
    }));
    this.controls.forEach(({ name, select, hold }, k) => {
      select.value = this.choice[k];
      hold.checked = this.held.has(name);
    });
    this.walk.value = i + 1;
    write(this.place, `${grouped(i + 1)} of ${grouped(this.shown.length)}`);
    write(this.status, this.problem + this.sentence(row, i));
  }

  sentence(row, i) {
    const [quality, index] = ["quality", "index"].map((name) => {
      const k = this.choices.findIndex((choice) => choice.name === name);
      return this.choices[k].options[this.choice[k]];
    });
    const all = this.order.length;
    const smaller = this.order.filter(({ effect }) => effect < row.effect).length;
    const among = this.held.size ? ` Among the ${grouped(this.shown.length)} shown: number ${grouped(i + 1)}.` : "";
    return `Number ${grouped(row.rank)} of ${grouped(all)}; larger than ${percent(smaller / all)}.${among} `
      + `One standard deviation more of ${index} goes with ${small(row.effect)} of ${quality} `
      + `(95% interval ${small(row.low)} to ${small(row.high)}). In their own units: ${small(row.estimate)}, `
      + `standard error ${small(row.std_error)}. N = ${grouped(row.n)}; ${grouped(row.clusters)} clusters.`;
  }
}

export function render({ model, el }) {
  const curve = new Curve(model, el);
  return () => curve.widths.disconnect();
}
export default { render };
