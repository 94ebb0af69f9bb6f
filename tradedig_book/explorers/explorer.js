const HEADROOM = 2.4; // height of a panel relative to the highest point in it
const CEILING = 20; // but at most this multiple of the default's outcome

class Explorer {
  constructor(model, el) {
    this.model = model;
    this.spec = model.get("spec");
    this.byName = Object.fromEntries(this.spec.parameters.map((p) => [p.name, p]));
    this.problems = [];
    this.el = html("section", { class: "td-explorer", id: this.spec.id, "aria-label": this.spec.title });
    this.build();
    el.replaceChildren(this.el);
    this.panels.forEach((panel) => panel.measure());
    this.read();
    model.on("change:values", () => this.adopt());
    model.on("change:axis", () => this.adopt());
    model.on("change:pins", () => this.adopt());
    this.resizes = new ResizeObserver(() => {
      this.panels.forEach((panel) => panel.measure());
      this.schedule(true);
    });
    this.resizes.observe(this.panelBox);
    if (model.get("in_page")) this.followAddress();
  }

  build() {
    const { spec } = this;
    this.equation = html("div", { class: "td-equation" });
    this.equation.innerHTML = spec.equation;
    this.numbers = [...this.equation.querySelectorAll("[data-value]")];
    this.status = html("p", { class: "td-status" });
    this.spoken = html("p", { class: "td-spoken", role: "status" });
    this.select = html("select", { id: `${spec.id}-axis`, "data-lm-suppress-shortcuts": "true" });
    const axes = spec.parameters.filter((p) => spec.axes.includes(p.name));
    this.select.append(...axes.map((p) => html("option", { value: p.name }, `${p.glyph} · ${p.brief}`)));
    this.select.addEventListener("change", () => this.change({ axis: this.select.value }));
    const button = (text, title, action) => {
      const element = html("button", { type: "button", title }, text);
      element.addEventListener("click", action);
      return element;
    };
    this.pinButton = button("Pin", "Keep this curve for comparison", () => this.pin());
    this.clearButton = button("Clear pins", "Remove the pinned curves", () => this.change({ pins: [] }));
    this.copyButton = button("Copy link", "Copy the address of this setting", () => this.copy());
    this.copyButton.hidden = !this.model.get("in_page");
    const against = axes.length > 1 ? [html("label", { for: this.select.id }, "Against "), this.select] : [];
    const pins = spec.outcomes.some((outcome) => !outcome.bars) ? [this.pinButton, this.clearButton] : [];
    const tools = html("div", { class: "td-tools" }, ...against, ...pins,
      button("Reset", "Back to the defaults", () => this.reset()), this.copyButton);
    this.panels = spec.outcomes.map((outcome) => outcome.bars ? new Bars(spec, outcome)
      : new Panel(spec, outcome, (t) => this.change({ values: { [this.axis]: t } }, "moving")));
    this.panelBox = html("div", { class: "td-panels" }, ...this.panels.map((p) => p.element));
    this.key = html("p", { class: "td-key" });
    this.shadeNames = html("span", { class: "td-hatched" });
    this.sliders = Object.fromEntries(spec.parameters.map((p) => [p.name, this.slider(p)]));
    const groups = [...new Set(spec.parameters.map((p) => p.group))].map((group) =>
      html("fieldset", {}, html("legend", {}, group),
        ...spec.parameters.filter((p) => p.group === group).map((p) => this.sliders[p.name].row)));
    const hatch = svg("svg", { width: 0, height: 0, "aria-hidden": "true", class: "td-defs" },
      svg("pattern", { id: `${spec.id}-hatch`, width: 6, height: 6, patternUnits: "userSpaceOnUse",
        patternTransform: "rotate(45)" }, svg("line", { y2: 6, class: "td-hatch" })));
    this.el.append(hatch, this.equation, this.status, tools, this.panelBox, this.key,
      html("div", { class: "td-sliders" }, ...groups), this.spoken);
  }

  slider(parameter) {
    const { name, glyph, brief, low, high } = parameter;
    const id = `${this.spec.id}-${name}`;
    const input = html("input", {
      type: "range", id, min: low, max: high, step: "any", title: parameter.meaning,
      "data-lm-suppress-shortcuts": "true",
    });
    const value = html("output", { for: id });
    input.addEventListener("input", () => this.change({ values: { [name]: Number(input.value) } }, "moving"));
    input.addEventListener("change", () => this.settle());
    input.addEventListener("keydown", (event) => this.nudge(event, parameter));
    input.addEventListener("dblclick", () => this.change({ values: { [name]: parameter.default } }));
    const row = html("div", { class: "td-slider" },
      html("label", { for: id }, symbol(glyph), ` ${brief}`), value, input);
    return { input, value, row };
  }

  // step="any" keeps every value reachable; the arrow keys walk in steps of 0.01 (or 0.1).
  nudge(event, { name, low, high }) {
    const direction = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (!direction) return;
    event.preventDefault();
    const moved = this.values[name] + direction * 0.01 * (event.shiftKey ? 10 : 1);
    const rounded = Number(Math.min(high, Math.max(low, moved)).toFixed(2));
    this.change({ values: { [name]: rounded } });
  }

  get state() {
    return { values: this.values, axis: this.axis, pins: this.pins };
  }

  read() {
    this.values = { ...defaults(this.spec), ...this.model.get("values") };
    this.axis = this.model.get("axis");
    this.pins = this.model.get("pins");
    this.schedule(true);
  }

  // What the host set; what we set ourselves comes back unchanged and is not drawn twice.
  adopt() {
    const { values, axis, pins } = this;
    const next = [{ ...defaults(this.spec), ...this.model.get("values") }, this.model.get("axis"), this.model.get("pins")];
    if (JSON.stringify(next) !== JSON.stringify([values, axis, pins])) this.read();
  }

  change({ values = {}, axis = this.axis, pins = this.pins }, phase = "settled") {
    const framed = axis === this.axis && pins === this.pins;
    this.values = { ...this.values, ...values };
    this.axis = axis;
    this.pins = pins;
    this.problems = [];
    this.schedule(!framed);
    if (phase === "settled") this.settle();
  }

  schedule(frame) {
    this.reframe = this.reframe || frame;
    if (this.pending) return;
    this.pending = requestAnimationFrame(() => {
      this.pending = null;
      this.draw();
      this.share();
    });
  }

  share() {
    this.model.set("values", { ...this.values });
    this.model.set("axis", this.axis);
    this.model.set("pins", this.pins);
    this.model.save_changes();
  }

  settle() {
    this.spoken.textContent = this.sentence(evaluate(this.values));
    if (!this.model.get("in_page")) return;
    const { pathname, search } = window.location;
    window.history.replaceState(null, "", toHash(this.spec, this.state) || pathname + search);
  }

  // The vertical range of each view: round numbers, so that it holds still while a slider moves.
  ranges(points, base) {
    return Object.fromEntries(this.spec.outcomes.filter((o) => !o.bars).map(({ name, range }) => {
      if (range) return [name, { bottom: range[0], top: range[1] }];
      const seen = [base, ...points].filter((p) => p.verdict === 0).map((p) => p[name]);
      const top = niceCeil(Math.min(HEADROOM * Math.max(...seen), CEILING * base[name]));
      return [name, { bottom: 0, top }];
    }));
  }

  draw() {
    const axis = this.byName[this.axis];
    const now = evaluate(this.values);
    const base = evaluate(defaults(this.spec));
    const ranges = this.ranges([now, ...this.pins.map(evaluate)], base);
    if (this.reframe) {
      this.ghosts = [{ kind: "ghost", name: "default", ...sample(defaults(this.spec), axis) }].concat(
        this.pins.map((pin, i) => ({ kind: "pin", name: "ABC"[i], ...sample(pin, axis) })));
      this.describe(axis);
    }
    for (const panel of this.panels) {
      const range = ranges[panel.outcome.name];
      if (this.reframe || panel.range?.top !== range?.top) panel.frame(axis, this.ghosts, range, base);
    }
    this.reframe = false;
    const current = sample(this.values, axis);
    this.panels.forEach((panel) => panel.draw(current, now, this.values[this.axis]));
    this.nameShades(current.parts);
    this.write(now);
  }

  write(now) {
    const shown = { ...this.values, ...now };
    for (const element of this.numbers) {
      const name = element.dataset.value;
      write(element, name in this.byName ? shown[name].toFixed(2)
        : now.verdict === 0 ? format(shown[name]) : "–");
    }
    for (const [name, { input, value }] of Object.entries(this.sliders)) {
      if (Number(input.value) !== this.values[name]) input.value = this.values[name];
      const text = this.values[name].toFixed(2);
      if (value.written !== text) input.setAttribute("aria-valuetext", `${this.byName[name].glyph} ${text}`);
      write(value, text);
    }
    write(this.status, this.problems.length ? `${this.problems.join(". ")}.`
      : now.verdict > 0 ? `${this.spec.conditions[now.verdict - 1].otherwise}.`
      : this.spec.inside);
    this.status.classList.toggle("td-outside", now.verdict > 0 || this.problems.length > 0);
  }

  nameShades(parts) {
    const plotted = this.panels.some((panel) => panel.shades);
    const failed = !plotted ? [] : [...new Set(parts.map((part) => part.verdict))].filter((verdict) => verdict > 0);
    const names = failed.map((verdict) => this.spec.conditions[verdict - 1].short).join("; ");
    if (this.shadeNames.textContent !== names) this.shadeNames.textContent = names;
    this.shadeNames.hidden = names === "";
  }

  sentence(now) {
    if (now.verdict > 0) return `${this.spec.conditions[now.verdict - 1].otherwise}.`;
    const shown = this.spec.outcomes.flatMap((o) => o.bars ?? [{ ...o, step: o.name }])
      .map(({ step, glyph }) => `${glyph} = ${format(now[step])}`);
    return `${shown.join(", ")}.`;
  }

  describe(axis) {
    this.select.value = this.axis;
    this.clearButton.hidden = this.pins.length === 0;
    this.pinButton.disabled = this.pins.length >= MOST_PINS;
    this.panels.forEach(({ plot, outcome }) => plot.setAttribute("aria-label", outcome.bars ? outcome.meaning
      : `${outcome.meaning} (${outcome.unit}) against ${axis.glyph}, ${axis.brief}, from ${axis.low} to ${axis.high}`));
    for (const [name, { row }] of Object.entries(this.sliders)) row.classList.toggle("td-on-axis", name === this.axis && !this.spec.outcomes[0].bars);
    const pins = this.pins.map((pin, i) => {
      const changed = this.spec.parameters.filter((p) => pin[p.name] !== p.default);
      const words = changed.map((p) => `${p.glyph} = ${Number(pin[p.name].toFixed(2))}`).join(", ") || "the defaults";
      return html("span", { class: "td-pin-name" }, `${"ABC"[i]}: ${words}`);
    });
    this.key.replaceChildren(
      html("span", {}, this.spec.outcomes[0].bars ? this.spec.title
        : `Horizontal axis: ${axis.glyph}, ${axis.brief} (${axis.unit}).`),
      html("span", { class: "td-now-name" }, "now"), html("span", { class: "td-ghost-name" }, "default"), ...pins,
      this.shadeNames);
  }

  pin() {
    this.change({ pins: [...this.pins, { ...this.values }].slice(0, MOST_PINS) });
  }

  reset() {
    this.change({ values: defaults(this.spec), axis: this.spec.axis, pins: [] });
  }

  async copy() {
    this.settle();
    try {
      await navigator.clipboard.writeText(window.location.href);
      this.copyButton.textContent = "Copied";
    } catch {
      window.prompt("The address of this setting:", window.location.href);
    }
    setTimeout(() => { this.copyButton.textContent = "Copy link"; }, 1500);
  }

  followAddress() {
    const follow = () => {
      const state = fromHash(this.spec, window.location.hash);
      if (!state) return;
      Object.assign(this, state);
      this.schedule(true);
      this.el.scrollIntoView();
    };
    window.addEventListener("hashchange", follow);
    follow();
  }
}

export function render({ model, el }) {
  const explorer = new Explorer(model, el);
  return () => explorer.resizes.disconnect();
}
export default { render };
