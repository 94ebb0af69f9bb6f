// The picture of the tour: it moves between the five that stand with the steps.
const MOVE = 1200; // of the whole picture, in milliseconds
const SPREAD = 0.4; // how much later than the first the last shape starts, as a share of its move
const REST = 400; // milliseconds without a new step, after which the address follows
const ABOVE = "99999px 0px -35% 0px"; // from the page's top to where on the screen a step begins
const MOVED = ["cx", "cy", "r", "x", "y", "width", "height", "d", "opacity"];
const NUMBER = /-?\d+(?:\.\d+)?/g;

const within = (share) => Math.max(0, Math.min(share, 1));
const ease = (t) => (t < 0.5 ? 4 * t ** 3 : 1 - 4 * (1 - t) ** 3);

class Tour {
  constructor(el) {
    this.steps = [...el.querySelectorAll(".td-step")];
    this.links = [...el.querySelectorAll(".td-progress a")];
    this.picture = el.querySelector(".td-stage svg");
    this.pictures = this.steps.map((step) => step.querySelector("svg"));
    this.quiet = matchMedia("(prefers-reduced-motion: reduce)");
    this.tracks = [...this.picture.children].flatMap((node, i) => this.tracksOf(node, i));
    this.inBook = el.closest("article") !== null; // elsewhere the address is not the page's own
    this.show(0);
    const seen = new Set();
    const observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) seen[isIntersecting ? "add" : "delete"](target);
      this.show(Math.max(0, this.steps.map((step) => seen.has(step)).lastIndexOf(true)));
    }, { rootMargin: ABOVE });
    this.steps.forEach((step) => observer.observe(step));
  }

  // What moves of a shape: the numbers of an attribute in each picture, and what is around them.
  tracksOf(node, i) {
    const later = i / this.picture.children.length;
    return MOVED.map((name) => [name, this.pictures.map((one) => one.children[i].getAttribute(name))])
      .filter(([, texts]) => texts.some((text) => text !== texts[0]))
      .map(([name, texts]) => {
        const stops = texts.map((text) => text.match(NUMBER).map(Number));
        return { node, name, later, stops, around: texts[0].split(NUMBER), now: stops[0] };
      });
  }

  show(step) {
    if (step === this.step) return;
    const first = this.step === undefined;
    this.step = step;
    this.links.forEach((link, i) => (i === step ? link.setAttribute("aria-current", "step") : link.removeAttribute("aria-current")));
    const goal = this.pictures[step];
    this.picture.setAttribute("aria-label", goal.getAttribute("aria-label"));
    [...this.picture.children].forEach((node, i) => {
      const { textContent } = goal.children[i];
      node.setAttribute("class", goal.children[i].getAttribute("class"));
      if (node.textContent !== textContent) node.textContent = textContent;
    });
    this.move(step, first || this.quiet.matches);
    if (first || !this.inBook) return;
    clearTimeout(this.rest);
    this.rest = setTimeout(() => history.replaceState(null, "", `#${this.steps[step].id}`), REST);
  }

  move(step, atOnce) {
    cancelAnimationFrame(this.frame);
    for (const track of this.tracks) track.from = track.now;
    const start = performance.now();
    const draw = (time) => {
      const passed = atOnce ? 1 : within((time - start) / MOVE);
      for (const track of this.tracks) this.put(track, step, passed);
      if (passed < 1) this.frame = requestAnimationFrame(draw);
    };
    draw(start);
  }

  // Words leave before anything is where they stood, and come when all else has arrived.
  put(track, step, passed) {
    const { node, name, later, stops, around, from } = track;
    const goal = stops[step];
    const own = ease(within(passed * (1 + SPREAD) - SPREAD * later));
    const share = name !== "opacity" ? own : within(goal[0] > from[0] ? 3 * passed - 2 : 4 * passed);
    const now = goal.map((value, i) => from[i] + (value - from[i]) * share);
    track.now = now;
    node.setAttribute(name, around.reduce((text, part, i) => text + now[i - 1].toFixed(2) + part));
  }
}

export function render({ el }) {
  new Tour(el);
}
export default { render };
