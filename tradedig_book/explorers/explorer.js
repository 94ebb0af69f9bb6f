const SMALLEST = 9; // size of letters that can be read in a formula, in pixels
const SLACK = 4; // pixels by which a formula may grow with its digits
const COARSE = 40; // samples along a slider's track, before each change of verdict is bisected

class Explorer {
  constructor(model, el) {
    this.model = model;
    this.spec = model.get("spec");
    this.byName = Object.fromEntries(this.spec.parameters.map((p) => [p.name, p]));
    this.problems = [];
    const names = (free) => new Set(this.spec.outcomes.filter((o) => Boolean(o.free) === free).map((o) => o.name));
    [this.free, this.bound] = [names(true), names(false)];
    this.el = html("section", { class: "td-explorer", id: this.spec.id, "aria-label": this.spec.title });
    this.build();
    el.replaceChildren(this.el);
    this.measure();
    this.read();
    model.on("change:values", () => this.adopt());
    model.on("change:axis", () => this.adopt());
    model.on("change:pins", () => this.adopt());
    this.resizes = new ResizeObserver(() => {
      this.measure();
      this.schedule(true);
    });
    this.resizes.observe(this.panelBox);
    document.fonts.ready.then(() => this.fit());
    if (model.get("in_page")) this.followAddress();
  }

  build() {
    const { spec } = this;
    this.equation = html("div", { class: "td-equation" });
    this.equation.innerHTML = spec.equation;
    this.numbers = [...this.equation.querySelectorAll("[data-value]")];
    this.status = html("p", { class: "td-status" });
    this.spoken = html("p", { class: "td-spoken", role: "status" });
    const hand = {
      move: (t) => this.change({ values: { [this.axis]: t } }, "moving"),
      settle: () => this.settle(),
      key: (event) => this.nudge(event, this.byName[this.axis]),
    };
    this.panels = spec.outcomes.map((outcome) => outcome.bars ? new Bars(spec, outcome) : new Panel(spec, outcome, hand));
    this.panelBox = html("div", { class: spec.hero ? "td-panels td-has-hero" : "td-panels" }, ...this.panels.map((p) => p.element));
    this.key = html("p", { class: "td-key" });
    this.shadeNames = html("span", { class: "td-hatched" });
    this.sliders = Object.fromEntries(spec.parameters.map((p) => [p.name, this.slider(p)]));
    const hatch = svg("svg", { width: 0, height: 0, "aria-hidden": "true", class: "td-defs" },
      svg("pattern", { id: `${spec.id}-hatch`, width: 6, height: 6, patternUnits: "userSpaceOnUse",
        patternTransform: "rotate(45)" }, svg("line", { y2: 6, class: "td-hatch" })));
    this.el.append(hatch, html("div", { class: "td-body" },
      this.equation,
      html("div", { class: "td-views" }, this.panelBox, this.key),
      html("div", { class: "td-side" },
        ...spec.open.map((name) => this.sliders[name].row), this.status, this.tools(), this.folded())), this.spoken);
  }

  measure() {
    this.panels.forEach((panel) => panel.measure());
    this.fit();
  }

  // Equations are as small as the widest of them asks, down to what can be read; beyond that they
  // scroll. Their height depends a little on the digits; their place does not.
  fit() {
    const { style } = this.equation;
    Object.assign(style, { height: "", fontSize: "" });
    const wide = Math.max(1, ...[...this.equation.children].map((one) => (one.scrollWidth + SLACK) / one.clientWidth));
    const size = parseFloat(getComputedStyle(this.equation).fontSize);
    if (wide > 1) style.fontSize = `${Math.max(SMALLEST, size / wide)}px`;
    for (const one of this.equation.children) one.tabIndex = size / wide < SMALLEST ? 0 : -1;
    style.height = `${this.equation.offsetHeight + SLACK}px`;
  }

  // The sliders that the page's idea does not need, by group, until they are asked for.
  folded() {
    const rest = this.spec.parameters.filter((p) => !this.spec.open.includes(p.name));
    this.more = html("details", { class: "td-more" });
    if (!rest.length) this.more.hidden = true;
    const names = rest.flatMap((p, i) => [i ? ", " : "", symbol(p.glyph)]);
    const groups = [...new Set(rest.map((p) => p.group))].map((group) =>
      html("fieldset", {}, html("legend", {}, group),
        ...rest.filter((p) => p.group === group).map((p) => this.sliders[p.name].row)));
    this.more.append(html("summary", {}, "more: ", ...names), ...groups);
    this.more.addEventListener("toggle", () => this.schedule(false));
    return this.more;
  }

  tools() {
    const { spec } = this;
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
    this.clearButton = button("Clear pins", "Remove the pinned curves", () => this.clear());
    this.copyButton = button("Copy link", "Copy the address of this setting", () => this.copy());
    this.copyButton.hidden = !this.model.get("in_page");
    const large = button("Full screen", "Fill the screen, for a projector", () =>
      document.fullscreenElement ? document.exitFullscreen() : this.el.requestFullscreen());
    large.hidden = !document.fullscreenEnabled;
    const against = axes.length > 1 ? [html("label", { for: this.select.id }, "Against "), this.select] : [];
    const drawn = spec.outcomes.some((outcome) => !outcome.bars);
    return html("div", { class: "td-tools" }, ...against, ...(drawn ? [this.pinButton] : []),
      button("Reset", "Back to the defaults", () => this.reset()), this.copyButton, large,
      ...(drawn ? [this.clearButton] : []));
  }

  slider(parameter) {
    const { name, glyph, brief, low, high } = parameter;
    const id = `${this.spec.id}-${name}`;
    const input = html("input", {
      type: "range", id, min: low, max: high, step: "any", title: parameter.meaning,
      "data-lm-suppress-shortcuts": "true",
    });
    const value = html("output", { for: id });
    const scale = html("span", { class: "td-scale" }, parameter.scale);
    input.addEventListener("input", () => this.change({ values: { [name]: Number(input.value) } }, "moving"));
    input.addEventListener("change", () => this.settle());
    input.addEventListener("keydown", (event) => this.nudge(event, parameter));
    input.addEventListener("keyup", () => this.settle());
    input.addEventListener("dblclick", () => this.change({ values: { [name]: parameter.default } }));
    const row = html("div", { class: "td-slider" },
      html("label", { for: id }, symbol(glyph), ` ${brief}`), html("span", {}, value, scale), input);
    row.style.setProperty("--td-hue", `var(--td-${parameter.hue})`);
    return { input, value, row };
  }

  // step="any" keeps every value reachable; the arrow keys walk in steps of 0.01 (or 0.1).
  nudge(event, { name, low, high }) {
    const direction = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10,
      Home: -Infinity, End: Infinity }[event.key];
    if (!direction) return;
    event.preventDefault();
    const moved = this.values[name] + direction * 0.01 * (event.shiftKey ? 10 : 1);
    const rounded = Number(Math.min(high, Math.max(low, moved)).toFixed(2));
    this.change({ values: { [name]: rounded } }, "moving");
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
    const { pathname, search, hash } = window.location;
    const address = inHash(this.spec, hash, this.state) || pathname + search;
    if (address !== hash && (hash || address.startsWith("#"))) window.history.replaceState(null, "", address);
  }

  draw() {
    const axis = this.byName[this.axis];
    const now = evaluate(this.values);
    if (this.reframe) {
      const ghost = (kind, name, values) =>
        ({ kind, name, values, t: values[this.axis], at: evaluate(values), ...sample(values, axis) });
      const ghosts = [ghost("ghost", "default", defaults(this.spec)),
        ...this.pins.map((pin, i) => ghost("pin", "ABC"[i], pin))];
      // The trail leads from the last pin that has a solution, else from the default.
      this.reference = ghosts.findLast(({ at }) => at.verdict === 0) ?? ghosts[0];
      this.describe(axis);
      for (const panel of this.panels) panel.frame(axis, ghosts, this.reference);
    }
    this.reframe = false;
    const current = sample(this.values, axis);
    const along = this.spec.parameters.every(({ name }) =>
      name === this.axis || this.values[name] === this.reference.values[name]);
    this.panels.forEach((panel) => panel.draw(current, now, this.values[this.axis], along));
    this.nameShades(current.parts);
    this.tracks();
    this.write(now);
  }

  // Where on each slider in sight a solution exists, all others as they are.
  tracks() {
    if (!this.spec.conditions.length) return;
    for (const [name, slider] of Object.entries(this.sliders)) {
      if (!this.more.open && !this.spec.open.includes(name)) continue;
      const { low, high } = this.byName[name];
      slider.alive = this.alive(name);
      const at = (t) => t === low ? "0%" : t === high ? "100%" : `calc(var(--td-thumb) / 2 + (100% - var(--td-thumb)) * ${((t - low) / (high - low)).toFixed(4)})`;
      const stops = slider.alive.map(([from, to]) =>
        `transparent ${at(from)}, var(--td-alive) ${at(from)} ${at(to)}, transparent ${at(to)}`);
      const track = stops.length ? `linear-gradient(90deg, ${stops.join(", ")})` : "none";
      if (slider.track !== track) slider.input.style.setProperty("--td-track", track);
      slider.track = track;
    }
  }

  alive(name) {
    const { low, high } = this.byName[name];
    return stretches((t) => evaluate({ ...this.values, [name]: t }), low, high, COARSE)
      .filter((part) => part.verdict === 0).map(({ from, to }) => [from, to]);
  }

  // How to come back to where a solution exists, by one slider: an open one, else one that moved.
  comeback() {
    const moved = this.spec.parameters.map((p) => p.name).filter((name) =>
      !this.spec.open.includes(name) && this.values[name] !== this.byName[name].default);
    const open = this.ways(this.spec.open);
    const ways = open.length ? open : this.ways(moved);
    return ways.length ? ` Come back with ${ways.join(", or ")}.` : " Reset brings a solution back.";
  }

  ways(names) {
    return names.flatMap((name) => {
      const [now, { glyph }] = [this.values[name], this.byName[name]];
      const edges = this.alive(name).flatMap(([from, to]) =>
        from > now ? [[from - now, `${glyph} above ${(Math.ceil(from * 100) / 100).toFixed(2)}`]]
          : to < now ? [[now - to, `${glyph} below ${(Math.floor(to * 100) / 100).toFixed(2)}`]] : []);
      return edges.sort((a, b) => a[0] - b[0]).slice(0, 1).map(([, words]) => words);
    });
  }

  // A slider's value, as wide as the widest of its travel.
  setting(name) {
    const { low, high } = this.byName[name];
    const width = Math.max(...[low, high].map((end) => Math.abs(end).toFixed(2).length));
    return held(this.values[name].toFixed(2).replace("-", "−"), width, low < 0);
  }

  // A number as it is written: a setting, or what follows from all of them, if there is a solution.
  text(name, now) {
    if (name in this.byName) return this.setting(name);
    const known = now.verdict === 0 || (this.free.size > 0 && !this.bound.has(name));
    return held(known ? format(now[name]).replace("–", "?") : "?");
  }

  write(now) {
    for (const element of this.numbers) write(element, this.text(element.dataset.value, now));
    // Numbers of the page's text follow (reactive.js).
    if (this.model.get("in_page")) this.el.dispatchEvent(new CustomEvent("td-now", { bubbles: true, detail: { explorer: this, now, evaluate, format, write } }));
    for (const [name, { input, value }] of Object.entries(this.sliders)) {
      if (Number(input.value) !== this.values[name]) input.value = this.values[name];
      const text = this.setting(name);
      if (value.written !== text) input.setAttribute("aria-valuetext", `${this.byName[name].glyph} ${text.trim()}`);
      write(value, text);
    }
    write(this.status, this.problems.length ? `${this.problems.join(". ")}.`
      : now.verdict > 0 ? `${this.spec.conditions[now.verdict - 1].otherwise}.${this.comeback()}`
      : this.spec.inside);
    this.status.classList.toggle("td-outside", now.verdict > 0 || this.problems.length > 0);
  }

  nameShades(parts) {
    const plotted = this.panels.some((panel) => panel.shades);
    const failed = !plotted ? [] : [...new Set(parts.map((part) => part.verdict))].filter((verdict) => verdict > 0);
    const names = failed.map((verdict) => `now: ${this.spec.conditions[verdict - 1].short}`).join("; ");
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
    this.clearButton.style.visibility = this.pins.length ? "" : "hidden";
    this.pinButton.disabled = this.pins.length >= MOST_PINS;
    this.panels.forEach(({ plot, outcome }) => plot.setAttribute("aria-label", outcome.bars ? outcome.meaning
      : `${outcome.meaning} (${outcome.unit}) against ${axis.glyph}, ${axis.brief}, from ${axis.low} to ${axis.high}`));
    for (const [name, { row }] of Object.entries(this.sliders)) row.classList.toggle("td-on-axis", name === this.axis && !this.spec.outcomes[0].bars);
    const pins = this.pins.map((pin, i) => {
      const changed = this.spec.parameters.filter((p) => pin[p.name] !== p.default);
      const words = changed.map((p) => `${p.glyph} = ${Number(pin[p.name].toFixed(2))}`).join(", ") || "the defaults";
      return html("span", { class: "td-pin-name" }, `${"ABC"[i]}: ${words}`);
    });
    this.more.open ||= [this.values, ...this.pins].some((point) => this.spec.parameters.some((p) =>
      !this.spec.open.includes(p.name) && point[p.name] !== p.default));
    this.key.replaceChildren(
      html("span", { class: "td-now-name" }, "now"), html("span", { class: "td-ghost-name" }, "default"), ...pins,
      this.shadeNames);
  }

  // A setting is pinned once. Focus goes on to the button that is left.
  pin() {
    const same = (pin) => this.spec.parameters.every(({ name }) => pin[name] === this.values[name]);
    if (this.pins.some(same)) return;
    this.change({ pins: [...this.pins, { ...this.values }] });
    if (this.pins.length >= MOST_PINS) this.clearButton.focus();
  }

  clear() {
    this.change({ pins: [] });
    this.pinButton.disabled = false;
    this.pinButton.focus();
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
      const { hash } = window.location;
      const state = fromHash(this.spec, hash);
      if (!state && hash) return;
      Object.assign(this, state ?? fromHash(this.spec, `#${this.spec.id}?`));
      this.schedule(true);
      if (state) this.el.scrollIntoView();
    };
    window.addEventListener("hashchange", follow);
    follow();
    // In the page's own place once all of it is read, and known to the scripts that come later.
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", follow);
  }
}

export function render({ model, el }) {
  const explorer = new Explorer(model, el);
  return () => explorer.resizes.disconnect();
}
export default { render };
