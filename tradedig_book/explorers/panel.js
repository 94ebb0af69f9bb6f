// One linked view: an outcome against the chosen axis.
class Panel {
  constructor(spec, outcome, hand) {
    Object.assign(this, { spec, outcome, hand });
    this.value = html("output", { class: "td-value" });
    this.leads = outcome === spec.outcomes[0];
    this.plot = svg("svg", { role: this.leads ? "group" : "img" });
    const unit = html("span", { class: "td-unit", title: outcome.meaning }, outcome.unit);
    this.element = html(
      "figure",
      { class: "td-panel", "data-outcome": outcome.name },
      html("figcaption", {}, symbol(outcome.glyph), ` ${outcome.brief} `, this.value, " ", unit),
      this.plot,
      this.axisName = html("div", { class: "td-axis-name" }),
    );
    this.element.style.setProperty("--td-hue", `var(--td-${outcome.hue})`);
    this.plot.addEventListener("pointerdown", (event) => {
      this.plot.setPointerCapture(event.pointerId);
      hand.move(this.parameterAt(event.offsetX));
    });
    this.plot.addEventListener("pointermove", (event) => {
      if (this.plot.hasPointerCapture(event.pointerId)) hand.move(this.parameterAt(event.offsetX));
    });
    this.plot.addEventListener("lostpointercapture", () => hand.settle());
    this.axisY = axisOf(outcome.range, outcome.scale);
  }

  parameterAt(pixel) {
    const share = (pixel - MARGIN.left) / (this.width - MARGIN.left - MARGIN.right);
    return this.axisX.of(Math.min(1, Math.max(0, share)));
  }

  x(t) {
    return MARGIN.left + this.axisX.at(t) * (this.width - MARGIN.left - MARGIN.right);
  }

  y(value) {
    const share = Math.max(-20, Math.min(this.axisY.at(value), 20));
    return this.height - MARGIN.bottom - share * (this.height - MARGIN.top - MARGIN.bottom);
  }

  // Reading a size makes the browser lay out the page, so it is done when the size may change.
  measure() {
    this.width = this.plot.clientWidth || 320;
    this.height = this.plot.clientHeight || 180;
  }

  // Everything that does not move with the current values: frame, ticks, ghost and pins.
  frame(axis, ghosts, reference) {
    Object.assign(this, { axis, reference, axisX: axisOf([axis.low, axis.high], axis.axis) });
    this.ghosts = ghosts.map((ghost) => ({ ...ghost, curves: this.lines(ghost), d: this.path(this.lines(ghost)) }));
    const [left, right] = [MARGIN.left, this.width - MARGIN.right];
    const [upper, lower] = [MARGIN.top, this.height - MARGIN.bottom];
    const clip = `${this.spec.id}-${this.outcome.name}-clip`;
    const tick = (x, y, anchor, text) =>
      svg("text", { x, y, "text-anchor": anchor, class: "td-tick" }, text);
    const xTicks = thinned(this.axisX.ticks, right - left).map((t) => tick(this.x(t), lower + 14, "middle", minus(t)));
    const yTicks = this.axisY.ticks.flatMap((v) => [
      svg("line", { x1: left, x2: right, y1: this.y(v), y2: this.y(v), class: v === 0 ? "td-grid td-zero" : "td-grid" }),
      tick(left - 5, this.y(v) + 4, "end", minus(v)),
    ]);
    this.shades = svg("g");
    this.shaded = null;
    this.curve = svg("path", { class: "td-now" });
    this.drops = svg("path", { class: "td-drop" });
    this.trail = svg("path", { class: "td-trail" });
    this.ratio = svg("text", { class: "td-ratio" });
    this.dot = svg("path", { class: "td-dot" });
    if (this.leads) this.handle();
    this.labels = svg("g", { class: "td-labels" });
    this.marks = svg("g", { class: "td-marks" });
    this.axisName.style.setProperty("--td-hue", `var(--td-${axis.hue})`);
    this.axisName.replaceChildren(symbol(axis.glyph), html("span", {}, ` ${axis.brief}, ${axis.unit}`));
    const lines = this.ghosts.map(({ kind, d }) => svg("path", { d, class: `td-${kind}` }));
    this.plot.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    this.plot.replaceChildren(
      svg("clipPath", { id: clip },
        svg("rect", { x: left, y: upper, width: right - left, height: lower - upper })),
      ...yTicks,
      ...xTicks,
      this.shades,
      svg("g", { "clip-path": `url(#${clip})` }, this.drops, ...lines, this.curve, this.trail),
      ...this.ghosts.flatMap((ghost) => this.spot(ghost)),
      this.marks,
      this.dot,
      this.labels,
      this.ratio,
    );
  }

  // The first view's point is reached by Tab and walks by the arrow keys.
  handle() {
    const { glyph, brief, low, high } = this.axis;
    for (const [key, value] of Object.entries({ tabindex: 0, role: "slider", "aria-label": `${glyph}, ${brief}`,
      "aria-valuemin": low, "aria-valuemax": high })) this.dot.setAttribute(key, value);
    this.dot.addEventListener("keydown", this.hand.key);
    this.dot.addEventListener("keyup", this.hand.settle);
  }

  exists(at) {
    return (at.verdict === 0 || this.outcome.free) && Number.isFinite(at[this.outcome.name]);
  }

  lines({ curves, whole }) {
    return this.outcome.free ? whole : curves;
  }

  // The point of the default, and of each pin with its letter.
  spot({ kind, name, t, at }) {
    const [x, y] = [this.x(t), this.y(at[this.outcome.name])];
    if (!this.exists(at) || y < MARGIN.top || y > this.height - MARGIN.bottom) return [];
    const letter = svg("text", { x, y: y + 16, "text-anchor": "middle", class: `td-spot-name td-${kind}-name` }, name);
    return [svg("circle", { cx: x, cy: y, r: 4, class: `td-spot td-${kind}-spot` }), ...(kind === "pin" ? [letter] : [])];
  }

  // A curve breaks where its value does not exist (0/0, or a root below zero).
  path(curves) {
    return curves.map((points) => {
      let pen = "M";
      return points.map((p) => {
        const value = p.at[this.outcome.name];
        if (!Number.isFinite(value)) { pen = "M"; return ""; }
        const drawn = `${pen}${this.x(p.t).toFixed(2)},${this.y(value).toFixed(2)}`;
        pen = "L";
        return drawn;
      }).join("");
    }).join("");
  }

  draw(current, now, t, along) {
    const curves = this.lines(current);
    const path = this.path(curves);
    this.curve.setAttribute("d", path);
    this.shade(this.outcome.free ? [] : current.parts.filter((part) => part.verdict > 0));
    const value = now[this.outcome.name];
    const inside = this.exists(now);
    write(this.value, inside ? format(value) : "–");
    this.mark(now);
    this.point(inside, t, value);
    this.follow(inside, t, value, along && curves);
    this.label(curves, path);
  }

  // The handle, with lines down to both axes; beyond an end of the axis it is an arrowhead, and
  // where there is no value it waits, hollow, on the horizontal axis.
  point(inside, t, value) {
    const [upper, lower] = [MARGIN.top, this.height - MARGIN.bottom];
    const x = this.x(t);
    const y = inside ? this.y(value) : lower;
    const level = Math.min(lower - 2, Math.max(upper + 2, y));
    const turn = y < upper - 0.5 ? -1 : y > lower + 0.5 ? 1 : 0;
    const r = this.width >= ROOMY ? 8 : 5.5;
    this.dot.classList.toggle("td-lost", !inside);
    this.dot.setAttribute("d", turn ? `M${x - r},${level - turn * 0.75 * r}h${2 * r}l${-r},${turn * 1.5 * r}z`
      : `M${x - r},${level}a${r},${r} 0 1 0 ${2 * r},0a${r},${r} 0 1 0 ${-2 * r},0`);
    this.drops.setAttribute("d", inside ? `M${x},${level}V${lower}M${x},${level}H${MARGIN.left}` : `M${x},${upper}V${lower}`);
    this.place = { x, y: level };
    if (!this.leads) return;
    this.dot.setAttribute("aria-valuenow", t);
    this.dot.setAttribute("aria-valuetext",
      `${this.axis.glyph} ${t.toFixed(2)}, ${this.outcome.glyph} ${inside ? format(value) : "does not exist"}`);
  }

  // From the reference to now: along the curve where only the axis' own parameter moved.
  follow(inside, t, value, curves) {
    const { t: from, at, name } = this.reference;
    const start = at[this.outcome.name];
    const change = inside && this.exists(at) ? difference(start, value, this.outcome.range[0] >= 0) : "";
    const words = change && name !== "default" && this.width >= NARROW ? `${change} on ${name}` : change;
    write(this.ratio, words);
    const ends = [{ t: from, at: { [this.outcome.name]: start } }, { t, at: { [this.outcome.name]: value } }];
    const [low, high] = [Math.min(from, t), Math.max(from, t)];
    const between = curves ? curves.flat().filter((p) => p.t > low && p.t < high) : [];
    const points = from <= t ? [ends[0], ...between, ends[1]] : [ends[1], ...between, ends[0]];
    this.trail.setAttribute("d", change ? this.path([points]) : "");
    const { x, y } = this.place;
    const [room, height] = [WIDE_LETTER * words.length, Math.max(y - 9, MARGIN.top + 13)];
    const left = x + 12 + room > this.width - MARGIN.right;
    const edge = left ? Math.max(x - 12 - room, MARGIN.left) : x + 12;
    this.ratio.setAttribute("x", edge);
    this.ratio.setAttribute("y", height);
    this.said = change && { from: edge, to: edge + room, y: height };
  }

  // Places on the axis that the model itself determines, such as an optimum or a cutoff.
  mark(now) {
    const { low, high, name: axis } = this.axis;
    const marks = this.spec.marks.filter(({ step, axis: on }) =>
      on === axis && now[step] >= low && now[step] <= high);
    const places = marks.map(({ step, name }) => ({ name, at: this.x(now[step]) })).sort((a, b) => a.at - b.at);
    this.marks.replaceChildren(...places.flatMap(({ name, at }, i) => {
      // Names look away from each other: the first to the left of its line, if there is room.
      const left = at - MARGIN.left > LETTER * name.length + 8 && (i === 0 || at + LETTER * name.length > this.width);
      const side = left ? { x: at - 4, "text-anchor": "end" } : { x: at + 4, "text-anchor": "start" };
      return [
        svg("line", { x1: at, x2: at, y1: MARGIN.top, y2: this.height - MARGIN.bottom }),
        ...(this.width < NARROW ? [] : [svg("text", { ...side, y: MARGIN.top + 10 + 13 * i }, name)]),
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
      const band = { x: left, y: lower - BAND, width: right - left, height: BAND };
      const name = this.spec.conditions[verdict - 1].short;
      const fits = LETTER * name.length < right - left;
      return [
        svg("rect", { x: left, y: upper, width: right - left, height: lower - upper, class: "td-void" }),
        svg("rect", { ...band, class: "td-shade", fill: `url(#${this.spec.id}-hatch)` }),
        ...(fits ? [svg("text", { x: (left + right) / 2, y: lower - BAND - 5, class: "td-shade-name" }, name)] : []),
      ];
    }));
  }

  // A curve's name gives way to what the trail says.
  overprints({ name, x, y }) {
    const { from, to, y: height } = this.said || {};
    return Boolean(this.said) && Math.abs(Math.max(y, MARGIN.top + 9) - height) < 15 && x - 3 > from && x - 3 - LETTER * name.length < to;
  }

  // Each curve carries its own name at its last visible point; names never overlap.
  label(curves, path) {
    const roomy = this.width >= NARROW;
    const ghosts = this.ghosts.filter(
      (ghost) => (roomy || ghost.kind === "pin") && ghost.d !== path);
    const named = [{ kind: "now", name: "now", curves }, ...ghosts];
    const places = named
      .map(({ kind, name, curves: lines }) => {
        const [bottom, top] = this.outcome.range;
        const visible = lines.flat().filter((p) => p.at[this.outcome.name] <= top && p.at[this.outcome.name] >= bottom);
        const last = visible.at(-1);
        return last && { kind, name, x: this.x(last.t), y: this.y(last.at[this.outcome.name]) - 5 };
      })
      .filter((place) => place && !this.overprints(place))
      .sort((a, b) => a.y - b.y);
    let floor = MARGIN.top + 9;
    for (const place of places) {
      place.y = Math.max(place.y, floor);
      floor = place.y + LINE;
    }
    const overflow = floor - LINE - (this.height - MARGIN.bottom - 3);
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

  frame(axis, ghosts, reference) {
    this.base = reference.at;
  }

  draw(current, now) {
    const share = (value) => Math.max(-1, Math.min(value / this.outcome.reach, 1));
    this.rows.forEach(({ bar, ghost, value }, i) => {
      const { step } = this.outcome.bars[i];
      bar.style.transform = `scaleX(${now.verdict === 0 ? share(now[step]) : 0})`;
      ghost.style.left = `${50 + 50 * share(this.base[step])}%`;
      write(value, now.verdict === 0 ? format(now[step]) : "–");
    });
  }
}
