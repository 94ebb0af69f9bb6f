// One linked view: an outcome against the chosen axis.
class Panel {
  constructor(spec, outcome, onPick) {
    Object.assign(this, { spec, outcome });
    this.value = html("output", { class: "td-value" });
    this.plot = svg("svg", { role: "img" });
    const unit = html("span", { class: "td-unit", title: outcome.meaning }, outcome.unit);
    this.element = html(
      "figure",
      { class: "td-panel", "data-outcome": outcome.name },
      html("figcaption", {}, symbol(outcome.glyph), ` ${outcome.brief} `, this.value, unit),
      this.plot,
    );
    this.plot.addEventListener("pointerdown", (event) => {
      this.plot.setPointerCapture(event.pointerId);
      onPick(this.parameterAt(event.offsetX));
    });
    this.plot.addEventListener("pointermove", (event) => {
      if (this.plot.hasPointerCapture(event.pointerId)) onPick(this.parameterAt(event.offsetX));
    });
  }

  parameterAt(pixel) {
    const { low, high } = this.axis;
    const share = (pixel - MARGIN.left) / (this.width - MARGIN.left - MARGIN.right);
    return low + Math.min(1, Math.max(0, share)) * (high - low);
  }

  x(t) {
    const { low, high } = this.axis;
    return MARGIN.left + ((t - low) / (high - low)) * (this.width - MARGIN.left - MARGIN.right);
  }

  y(value) {
    const { bottom, top } = this.range;
    const share = Math.max(-20, Math.min((value - bottom) / (top - bottom), 20));
    return this.height - MARGIN.bottom - share * (this.height - MARGIN.top - MARGIN.bottom);
  }

  // Reading a size makes the browser lay out the page, so it is done when the size may change.
  measure() {
    this.width = this.plot.clientWidth || 320;
    this.height = this.plot.clientHeight || 180;
  }

  // Everything that does not move with the current values: frame, ticks, ghost and pins.
  frame(axis, ghosts, range) {
    Object.assign(this, { axis, range });
    this.ghosts = ghosts.map((ghost) => ({ ...ghost, d: this.path(ghost.curves) }));
    const [left, right] = [MARGIN.left, this.width - MARGIN.right];
    const [upper, lower] = [MARGIN.top, this.height - MARGIN.bottom];
    const clip = `${this.spec.id}-${this.outcome.name}-clip`;
    const tick = (x, y, anchor, text) =>
      svg("text", { x, y, "text-anchor": anchor, class: "td-tick" }, text);
    const xTicks = niceTicks(axis.low, axis.high, this.width < NARROW ? 2 : 4).map((t) =>
      tick(this.x(t), lower + 13, "middle", String(t)));
    const yTicks = (range.bottom < 0 ? [range.bottom, 0, range.top] : [0, range.top / 2, range.top]).flatMap((v) => [
      svg("line", { x1: left, x2: right, y1: this.y(v), y2: this.y(v), class: "td-grid" }),
      tick(left - 5, this.y(v) + 3.5, "end", String(Number(v.toPrecision(3))).replace("-", "−")),
    ]);
    this.shades = svg("g");
    this.shaded = null;
    this.curve = svg("path", { class: "td-now" });
    this.guide = svg("line", { y1: upper, y2: lower, class: "td-guide" });
    this.dot = svg("path", { class: "td-dot" });
    this.labels = svg("g", { class: "td-labels" });
    this.marks = svg("g", { class: "td-marks" });
    const lines = this.ghosts.map(({ kind, d }) => svg("path", { d, class: `td-${kind}` }));
    this.plot.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    this.plot.replaceChildren(
      svg("clipPath", { id: clip },
        svg("rect", { x: left, y: upper, width: right - left, height: lower - upper })),
      ...yTicks,
      ...xTicks,
      this.shades,
      this.guide,
      svg("g", { "clip-path": `url(#${clip})` }, ...lines, this.curve),
      this.marks,
      this.dot,
      this.labels,
    );
  }

  path(curves) {
    return curves
      .map((points) =>
        points
          .map((p, i) => `${i ? "L" : "M"}${this.x(p.t).toFixed(2)},${this.y(p.at[this.outcome.name]).toFixed(2)}`)
          .join(""))
      .join("");
  }

  draw({ parts, curves }, now, t) {
    const path = this.path(curves);
    this.curve.setAttribute("d", path);
    this.shade(parts.filter((part) => part.verdict > 0));
    const at = this.x(t);
    this.guide.setAttribute("x1", at);
    this.guide.setAttribute("x2", at);
    const inside = now.verdict === 0;
    const value = now[this.outcome.name];
    write(this.value, inside ? format(value) : "–");
    this.dot.style.display = inside ? "" : "none";
    this.mark(now);
    const above = value > this.range.top;
    const y = above ? MARGIN.top + 7 : this.y(value);
    this.dot.setAttribute(
      "d",
      above ? `M${at},${y - 6}l6,10h-12z` : `M${at - 5},${y}a5,5 0 1 0 10,0a5,5 0 1 0 -10,0`,
    );
    this.label(curves, path);
  }

  // Places on the axis that the model itself determines, such as an optimum or a cutoff.
  mark(now) {
    const { low, high, name: axis } = this.axis;
    const marks = this.spec.marks.filter(({ step, axis: on }) =>
      on === axis && now[step] >= low && now[step] <= high);
    this.marks.replaceChildren(...marks.flatMap(({ step, name }, i) => {
      const at = this.x(now[step]);
      const side = at > this.width / 2 ? ["end", -4] : ["start", 4];
      return [
        svg("line", { x1: at, x2: at, y1: MARGIN.top, y2: this.height - MARGIN.bottom }),
        svg("text", { x: at + side[1], y: MARGIN.top + 10 + 13 * i, "text-anchor": side[0] }, name),
      ];
    }));
  }

  shade(parts) {
    const shaded = JSON.stringify(parts);
    if (this.shaded === shaded) return;
    this.shaded = shaded;
    const [upper, lower] = [MARGIN.top, this.height - MARGIN.bottom];
    this.shades.replaceChildren(...parts.flatMap(({ from, to, verdict }) => {
      const [left, right] = [this.x(from), this.x(to)];
      const area = { x: left, y: upper, width: right - left, height: lower - upper };
      return [
        svg("rect", { ...area, class: "td-shade", fill: `url(#${this.spec.id}-hatch)` }),
        ...this.nameArea(area, this.spec.conditions[verdict - 1].short),
      ];
    }));
  }

  // The name of a shaded area stands in it, upright in a narrow one; the key has it as well.
  nameArea({ x, y, width, height }, name) {
    const length = LETTER * name.length;
    const [cx, cy] = [x + width / 2, y + height / 2];
    if (length < width) return [svg("text", { x: cx, y: cy, class: "td-shade-name" }, name)];
    if (length > height || width < 14) return [];
    return [svg("text", { x: cx, y: cy, class: "td-shade-name", transform: `rotate(-90 ${cx} ${cy})` }, name)];
  }

  // Each curve carries its own name at its last visible point; names never overlap.
  label(curves, path) {
    const roomy = this.width >= NARROW;
    const ghosts = this.ghosts.filter(
      (ghost) => (roomy || ghost.kind === "pin") && ghost.d !== path);
    const named = [{ kind: "now", name: "now", curves }, ...ghosts];
    const places = named
      .map(({ kind, name, curves: lines }) => {
        const visible = lines.flat().filter((p) =>
          p.at[this.outcome.name] <= this.range.top && p.at[this.outcome.name] >= this.range.bottom);
        const last = visible.at(-1);
        return last && { kind, name, x: this.x(last.t), y: this.y(last.at[this.outcome.name]) - 5 };
      })
      .filter(Boolean)
      .sort((a, b) => a.y - b.y);
    let floor = MARGIN.top + 9;
    for (const place of places) {
      place.y = Math.max(place.y, floor);
      floor = place.y + 11;
    }
    const overflow = floor - 11 - (this.height - MARGIN.bottom - 3);
    this.labels.replaceChildren(
      ...places.map(({ kind, name, x, y }) =>
        svg("text", {
          x: Math.max(x - 3, MARGIN.left + 40),
          y: overflow > 0 ? y - overflow : y,
          "text-anchor": "end",
          class: `td-${kind}-name`,
        }, name)),
    );
  }
}


// The other kind of view: one bar for each of several numbers, the default's as a tick.
class Bars {
  constructor(spec, outcome) {
    Object.assign(this, { spec, outcome });
    this.rows = outcome.bars.map(({ glyph }) => {
      const [bar, ghost, value] = [html("i"), html("s"), html("output")];
      return { bar, ghost, value, row: html("div", { class: "td-bar" }, symbol(glyph), html("span", {}, bar, ghost), value) };
    });
    this.plot = html("div", { role: "img" }, ...this.rows.map(({ row }) => row));
    this.element = html("figure", { class: "td-panel", "data-outcome": outcome.name },
      html("figcaption", {}, symbol(outcome.glyph), ` ${outcome.brief} `,
        html("span", { class: "td-unit" }, outcome.unit)), this.plot);
  }

  measure() {}

  frame(axis, ghosts, range, base) {
    this.base = base;
  }

  draw(current, now) {
    const place = (value) => 50 + (50 * Math.max(-1, Math.min(value / this.outcome.reach, 1)));
    this.rows.forEach(({ bar, ghost, value }, i) => {
      const { step } = this.outcome.bars[i];
      const to = now.verdict === 0 ? place(now[step]) : 50;
      bar.style.left = `${Math.min(50, to)}%`;
      bar.style.width = `${Math.abs(to - 50)}%`;
      ghost.style.left = `${place(this.base[step])}%`;
      write(value, now.verdict === 0 ? format(now[step]) : "–");
    });
  }
}
