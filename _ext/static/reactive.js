// Numbers in the text that follow an explorer of the page; some can be dragged.
"use strict";

(() => {
  const PIXELS = 300; // that a drag takes from one end of a slider to the other

  // The written form of "quality" or "psi", or of a ratio, "quality/default".
  const textOf = (value, { explorer, now, evaluate, format }) => {
    const [name, over] = value.split("/");
    const written = explorer.text(name, now).trim();
    if (!over || written === "?") return written;
    const defaults = Object.fromEntries(explorer.spec.parameters.map((p) => [p.name, p.default]));
    const shown = { ...explorer.values, ...now };
    const base = over === "default" ? { ...defaults, ...evaluate(defaults) }[name] : shown[over];
    return `× ${format(shown[name] / base).replace("–", "?")}`;
  };

  // A handle in the text: it is one more slider of the explorer's, for mouse, touch and keyboard.
  const makeSlider = (number, explorer) => {
    const parameter = explorer.byName[number.dataset.value];
    const { name, low, high, brief } = parameter;
    const move = (value) => {
      const near = Number(Math.min(high, Math.max(low, value)).toFixed(2));
      explorer.change({ values: { [name]: near } }, "moving");
    };
    const about = { role: "slider", tabindex: 0, "aria-label": brief, "aria-valuemin": low,
      "aria-valuemax": high, title: "Drag sideways, or use the arrow keys" };
    for (const [key, value] of Object.entries(about)) number.setAttribute(key, value);
    let start = null;
    number.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      event.preventDefault(); // no text is marked
      number.setPointerCapture(event.pointerId);
      number.focus({ preventScroll: true });
      start = { x: event.clientX, value: explorer.values[name] };
    });
    number.addEventListener("pointermove", (event) => {
      if (start) move(start.value + ((event.clientX - start.x) * (high - low)) / PIXELS);
    });
    number.addEventListener("lostpointercapture", () => {
      start = null;
      explorer.settle();
    });
    number.addEventListener("keydown", (event) => explorer.nudge(event, parameter));
    number.addEventListener("keyup", () => explorer.settle());
    number.addEventListener("dblclick", () => explorer.change({ values: { [name]: parameter.default } }));
  };

  const numbers = new WeakMap();

  addEventListener("td-now", ({ detail }) => {
    const { explorer, write } = detail;
    if (!numbers.has(explorer)) {
      const own = [...document.querySelectorAll(`[data-of="${explorer.spec.id}"]`)];
      for (const one of own) if ("scrub" in one.dataset) makeSlider(one, explorer);
      numbers.set(explorer, own);
    }
    for (const number of numbers.get(explorer)) {
      write(number, textOf(number.dataset.value, detail));
      if (number.role !== "slider") continue;
      const value = String(explorer.values[number.dataset.value]);
      if (number.ariaValueNow !== value) number.ariaValueNow = value;
    }
  });
})();
