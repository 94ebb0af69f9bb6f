// The paper's tables: each figure becomes a button that opens its card.
const SHOWS = { none: "nothing", audit: "audit", agreement: "agreement" };
const LEGENDS = {
  audit: { "✓": "all checks agree", "?": "one is open: digits or counts are not printed",
    "≠": "one does not fit another figure, a question and no charge" },
};
const SHEET = "(max-width: 1099px)"; // where the card is a sheet at the foot of the window
const AXIS = { width: 280, height: 78, left: 8, right: 22 };
const SPARK = { width: 280, height: 44 };

const capital = (words) => words[0].toUpperCase() + words.slice(1);

class Printed {
  constructor(model, el) {
    this.el = el;
    this.data = model.get("cards");
    this.build();
    window.addEventListener("hashchange", () => this.follow());
    this.follow();
  }

  build() {
    this.buttons = new Map([...this.el.querySelectorAll("[data-figure]")].map((span) => {
      const button = html("button", { type: "button", "data-figure": span.dataset.figure, tabindex: -1 }, ...span.childNodes);
      span.replaceWith(button);
      return [button.dataset.figure, button];
    }));
    this.el.querySelectorAll(".td-table").forEach((table) => this.rove(table));
    this.el.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-figure]");
      if (button) this.choose(button.dataset.figure);
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.open) this.close();
    });
    const radios = Object.entries(SHOWS).map(([value, name]) => html("label", {},
      html("input", { type: "radio", name: "td-show", value, ...(value === "none" ? { checked: "" } : {}) }), ` ${name}`));
    this.legend = html("p", { class: "td-legend", "aria-live": "polite" });
    const over = this.el.querySelector(".td-over");
    over.append(html("fieldset", {}, html("legend", {}, "Show"), ...radios), this.legend);
    over.addEventListener("change", (event) => this.mark(event.target.value));
    over.addEventListener("click", (event) => {
      const link = event.target.closest("a");
      if (!link) return;
      event.preventDefault();
      document.querySelector(link.getAttribute("href")).scrollIntoView();
    });
    this.card = html("aside", { class: "td-card", "aria-label": "The chosen figure" });
    this.el.append(this.card);
    this.mark("none");
    for (const change of ["scroll", "resize"]) window.addEventListener(change, () => this.fit(), { passive: true });
  }

  // The card keeps its head under the bar, also where the tables end.
  fit() {
    const bar = this.el.querySelector(".td-over").offsetHeight;
    const room = this.el.getBoundingClientRect().bottom - bar - 76;
    this.el.style.setProperty("--td-bar", `${bar}px`);
    this.el.style.setProperty("--td-room", `${Math.max(240, room)}px`);
  }

  // One stop for Tab in each table; arrows move among its figures.
  rove(table) {
    const rows = [...table.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("button")])
      .filter((row) => row.length);
    const column = (button) => button.closest("td").cellIndex;
    table.removeAttribute("tabindex");
    rows[0][0].tabIndex = 0;
    table.addEventListener("focusin", ({ target }) => {
      if (!target.dataset.figure) return;
      table.querySelectorAll("button").forEach((button) => { button.tabIndex = button === target ? 0 : -1; });
    });
    table.addEventListener("keydown", (event) => {
      const r = rows.findIndex((row) => row.includes(event.target));
      if (r < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
      const row = rows[r];
      const i = row.indexOf(event.target);
      const near = (other) => other && other.reduce((best, one) =>
        Math.abs(column(one) - column(event.target)) < Math.abs(column(best) - column(event.target)) ? one : best);
      const to = { ArrowRight: row[i + 1], ArrowLeft: row[i - 1], Home: row[0], End: row.at(-1),
        ArrowDown: near(rows[r + 1]), ArrowUp: near(rows[r - 1]) }[event.key];
      if (!to) return;
      event.preventDefault();
      to.focus();
    });
  }

  mark(show) {
    const symbols = this.data.symbols[show] ?? {};
    for (const [key, button] of this.buttons) {
      const figure = this.data.figures[key];
      const grade = figure[show] ?? "";
      const [table, column] = figure.place;
      if (symbols[grade]) Object.assign(button.dataset, { mark: symbols[grade], grade });
      else { delete button.dataset.mark; delete button.dataset.grade; }
      button.setAttribute("aria-label", [figure.printed + figure.stars, figure.error && `standard error ${figure.error}`,
        `${figure.name}, Table ${table}, column ${column}`, grade && `${show}: ${grade}`].filter(Boolean).join(", "));
    }
    const words = LEGENDS[show] ?? Object.fromEntries(Object.entries(symbols).map(([name, mark]) => [mark, name]));
    const parts = Object.entries(words).map(([mark, word]) => html("span", {}, html("b", {}, mark), ` ${word}`));
    if (show === "agreement") parts.push(html("span", {}, "standard errors between ours and the published"));
    this.legend.replaceChildren(...parts);
    this.fit();
  }

  choose(key) {
    const [table, column, term] = this.data.figures[key].place;
    goTo(addressOf("figure", { table, column, term }));
    this.follow(false);
  }

  close() {
    goTo("");
    this.follow(false);
  }

  // The address says which card is open.
  follow(scroll = true) {
    const asked = askedOf("figure");
    if (!asked && window.location.hash && this.open) return;
    const key = asked && ["table", "column", "term"].map((name) => asked.get(name) ?? "").join(",");
    const last = this.buttons.get(this.open);
    this.open = this.buttons.has(key) ? key : undefined;
    last?.removeAttribute("aria-current");
    if (!this.open) {
      const problem = asked ? "The link names a figure that the tables do not have. " : "";
      this.card.replaceChildren(html("p", { class: "td-invite" }, problem,
        "Choose a figure, such as ", html("a", { href: this.data.headline }, "the headline"),
        ". Here stand its checks, ours beside it, its place on the curve and its claim."));
      this.card.classList.toggle("td-idle", !problem);
      if (document.activeElement === document.body) last?.focus({ preventScroll: true });
      return;
    }
    const button = this.buttons.get(key);
    button.setAttribute("aria-current", "true");
    this.card.classList.remove("td-idle");
    this.card.replaceChildren(...this.says(this.data.figures[key]));
    this.card.scrollTop = 0;
    if (scroll) button.scrollIntoView({ block: "center", inline: "center" });
    this.inSight(button);
    this.card.querySelector(".td-title").focus({ preventScroll: true });
  }

  // A sheet at the foot of the window must not stand on the figure that it speaks of.
  inSight(button) {
    if (!window.matchMedia(SHEET).matches) return;
    const under = button.getBoundingClientRect().bottom + 12 - this.card.getBoundingClientRect().top;
    if (under > 0) window.scrollBy(0, under);
  }

  says(figure) {
    const [table, column] = figure.place;
    const close = html("button", { type: "button", class: "td-close", "aria-label": "Close" }, "×");
    close.addEventListener("click", () => this.close());
    const claim = this.data.claims[figure.claim];
    return [
      close,
      html("p", { class: "td-title", tabindex: -1 }, html("b", {}, figure.name), ` Table ${table}, column ${column}`),
      html("p", { class: "td-number" }, figure.printed, html("sup", {}, figure.stars), figure.error && html("small", {}, ` (${figure.error})`)),
      html("p", {}, `${capital(figure.meaning)}. `, html("span", { class: "td-column" }, this.data.columns[`${table},${column}`])),
      this.part("Ours, on synthetic data", ...this.beside(figure)),
      this.part("In the audit", ...this.audited(figure)),
      this.part("On the specification curve", ...this.onCurve(figure.curve)),
      this.part("In the model", ...(claim ? [
        html("p", {}, html("a", { href: claim.href }, claim.title), `: ${figure.says}.`),
        html("p", { class: "td-more-words" }, `“${claim.says}” `, html("b", {}, claim.verdict), "."),
      ] : [html("p", {}, `No claim: ${figure.says}.`)])),
    ];
  }

  part(name, ...content) {
    return html("div", { class: "td-part" }, html("p", { class: "td-part-name" }, name), ...content);
  }

  beside(figure) {
    const symbol = this.data.symbols.agreement[figure.agreement];
    const ours = figure.ours && [html("b", { class: "td-ours" }, figure.ours), figure.our_error && ` (${figure.our_error})`, " · "];
    const distance = figure.axis ? `distance ${figure.distance} standard errors` : figure.distance;
    return [
      html("p", {}, ...(ours || []), html("span", { class: "td-apart", "data-grade": figure.agreement }, symbol), ` ${figure.agreement}`),
      html("p", {}, distance),
      ...(figure.axis ? [this.intervals(figure.axis)] : []),
      html("p", { class: "td-more-words" }, this.data.roles[figure.role], " ",
        html("a", { href: figure.board }, `Table ${figure.place[0]} on the scoreboard`)),
    ];
  }

  // Both with their 95% intervals on one axis that holds zero.
  intervals({ theirs, ours }) {
    const all = [0, ...theirs, ...ours];
    const [low, high] = [Math.min(...all), Math.max(...all)];
    const x = (value) => AXIS.left + ((value - low) / (high - low)) * (AXIS.width - AXIS.left - AXIS.right);
    const row = ([from, at, to], y, name) => svg("g", { class: `td-${name}` },
      svg("path", { d: `M${x(from).toFixed(1)},${y}H${x(to).toFixed(1)}` }),
      svg("circle", { cx: x(at).toFixed(1), cy: y, r: 4 }));
    const ticks = thinned(niceTicks(low, high), AXIS.width).map((value) =>
      svg("text", { x: x(value).toFixed(1), y: AXIS.height - 4, "text-anchor": "middle" }, minus(value)));
    const name = (text, y, who) => svg("text", { x: AXIS.width, y, "text-anchor": "end", class: `td-${who}-name` }, text);
    return svg("svg", { class: "td-intervals", viewBox: `0 0 ${AXIS.width} ${AXIS.height}`, role: "img",
      "aria-label": `95% intervals: published ${theirs[0]} to ${theirs[2]}, ours ${ours[0]} to ${ours[2]}` },
      svg("path", { class: "td-nought", d: `M${x(0).toFixed(1)},4V${AXIS.height - 18}` }),
      name("published", 11, "theirs"), row(theirs, 20, "theirs"), name("ours", 37, "ours"), row(ours, 46, "ours"), ...ticks);
  }

  audited({ checks }) {
    if (!checks.length) return [html("p", {}, "No check uses it.")];
    const symbols = this.data.symbols.audit;
    const grave = ([, verdict]) => Object.keys(symbols).indexOf(verdict);
    const gravestFirst = [...checks].sort((a, b) => grave(b) - grave(a));
    return [html("ul", {}, ...gravestFirst.map(([name, verdict, finds]) => html("li", { "data-grade": verdict },
      html("b", {}, symbols[verdict] ?? "·"), " ", html("a", { href: this.data.checks[name] }, name),
      `: ${verdict}; ${finds}.`)))];
  }

  onCurve(place) {
    if (typeof place === "string") return [html("p", {}, `Not on it. ${place}`)];
    const { ranks, effects, count } = this.data.curve;
    const [low, high] = [effects[0], effects.at(-1)];
    const x = (rank) => ((rank / count) * SPARK.width).toFixed(1);
    const y = (effect) => 3 + ((high - effect) / (high - low)) * (SPARK.height - 6);
    const near = ranks.findIndex((rank) => rank >= place.rank);
    return [
      svg("svg", { class: "td-spark", viewBox: `0 0 ${SPARK.width} ${SPARK.height}`, "aria-hidden": "true" },
        svg("path", { class: "td-nought", d: `M0,${y(0).toFixed(1)}H${SPARK.width}` }),
        svg("path", { class: "td-line", d: ranks.map((rank, i) => `${i ? "L" : "M"}${x(rank)},${y(effects[i]).toFixed(1)}`).join("") }),
        svg("circle", { cx: x(place.rank), cy: y(effects[near]).toFixed(1), r: 4.5 })),
      html("p", {}, `${place.says} `, html("a", { href: place.href }, "Open it there")),
    ];
  }
}

export function render({ model, el }) {
  new Printed(model, el);
}
export default { render };
