// The living picture of the first page: technologies, orders, quality.
const ORDERS = 60;
const PLACES = 5;

// The same orders for every reader: places, days and sizes from one short generator.
const orders = () => {
  let seed = 7;
  const draw = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const normal = () => Math.sqrt(-2 * Math.log(draw())) * Math.cos(2 * Math.PI * draw());
  return Array.from({ length: ORDERS }, () => ({ day: draw(), place: Math.floor(draw() * PLACES), size: normal() }));
};

class Front {
  constructor(model, el) {
    Object.assign(this, { el, defaults: model.get("defaults"), weights: model.get("weights") });
    const [width, height] = [300, 112];
    this.dots = orders().map(({ day, place, size }) => ({ size, node: svg("circle",
      { cx: 14 + day * (width - 28), cy: 18 + (place * (height - 36)) / (PLACES - 1), r: 0, class: "td-order" }) }));
    const lines = Array.from({ length: PLACES }, (_, i) => 18 + (i * (height - 36)) / (PLACES - 1))
      .map((y) => svg("line", { x1: 4, x2: width - 4, y1: y, y2: y, class: "td-grid" }));
    const book = this.part("book");
    book.setAttribute("viewBox", `0 0 ${width} ${height}`);
    book.replaceChildren(...lines, ...this.dots.map(({ node }) => node));
    this.el.addEventListener("input", () => this.draw());
    this.draw();
  }

  part(name) {
    return this.el.querySelector(`[data-part=${name}]`);
  }

  draw() {
    const on = Object.keys(this.weights).filter((name) => this.part(name).checked);
    const dig = on.reduce((sum, name) => sum + this.weights[name], 1);
    const e = Number(this.part("e").value);
    const now = evaluate({ ...this.defaults, dig, e });
    const start = evaluate(this.defaults).quality;
    const none = evaluate({ ...this.defaults, e }).quality;
    const ratio = now.quality / start;
    this.dots.forEach(({ size, node }, i) => {
      const radius = i < now.shown ? Math.min(12, Math.max(2, 4 * Math.exp(now.spread * size))) : 0;
      node.style.r = `${radius.toFixed(1)}px`;
    });
    const axis = axisOf([0.2, 8], "log");
    this.part("fill").style.transform = `scaleY(${Math.max(0, Math.min(axis.at(ratio), 1)).toFixed(4)})`;
    this.part("start").style.bottom = `${(100 * axis.at(1)).toFixed(1)}%`;
    write(this.part("level"), String(dig));
    write(this.part("psi"), now.psi.toFixed(2));
    write(this.part("ratio"), `× ${format(ratio)}`);
    write(this.part("say"), [
      dig > 1 ? `For these buyers, level ${dig} makes the best quality ${format(now.quality / none)} times as high as no technology does.`
        : "Level 1 is a firm without any of the three.",
      e === this.defaults.e ? "" : `These buyers alone make it ${format(none / start)} times as high as those at the start.`,
    ].join(" "));
  }
}

export function render({ model, el }) {
  new Front(model, el);
}
export default { render };
