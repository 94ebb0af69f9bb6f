// What a symbol means, in one box: when it is pointed at, tapped or focused.
"use strict";

(() => {
  const MARKED = ".bd-article [data-symbol]";
  const NEVER = "a, button, summary, label, h1, h2, h3, h4"; // these have uses of their own
  const [SHOW, HIDE, EDGE, GAP] = [200, 300, 8, 3]; // milliseconds until it comes and goes; pixels
  const root = document.documentElement.dataset.content_root;
  let table, coming, timer, shown;

  // meanings.js calls bookMeanings({key: [symbol, meaning, unit, default], ...}).
  globalThis.bookMeanings = (meanings) => { table = meanings; };
  const load = () => (coming ??= new Promise((done) => {
    const script = document.createElement("script");
    script.src = `${root}_static/meanings.js`;
    script.onload = done;
    document.head.append(script);
  }));

  const make = (tag, text, ...children) => {
    const one = document.createElement(tag);
    one.append(text, ...children);
    return one;
  };
  const box = make("div", "");
  Object.assign(box, { id: "td-meaning", className: "td-meaning", popover: "manual" });
  box.setAttribute("role", "note");

  const line = (key) => {
    const [glyph, meaning, unit, value] = table[key];
    const [letter, below] = glyph.split(/_(?=[A-Z])/);
    const symbol = make("b", letter, ...(below ? [make("sub", below)] : []));
    const hue = document.querySelector(`[data-symbol="${key}"]`)?.dataset.hue;
    if (hue) symbol.style.color = `var(--td-${hue})`;
    return make("p", symbol, ` ${meaning} `, make("small", `unit: ${unit}${value && ` · default: ${value}`}`));
  };

  const place = () => {
    if (!shown) return;
    const [at, own] = [shown.at.getBoundingClientRect(), box.getBoundingClientRect()];
    const below = at.bottom + GAP + own.height + EDGE <= innerHeight || at.top < own.height + EDGE;
    box.style.left = `${Math.max(EDGE, Math.min(at.left, document.documentElement.clientWidth - own.width - EDGE))}px`;
    box.style.top = `${below ? at.bottom + GAP : at.top - GAP - own.height}px`;
  };

  const hide = () => {
    clearTimeout(timer);
    if (!shown) return;
    shown.trigger.removeAttribute("aria-describedby");
    shown = null;
    box.remove();
  };

  // The box stands after its trigger, and Enter leads to the link in it: one stop less for Tab.
  const show = async (trigger, at, keys) => {
    clearTimeout(timer);
    await load();
    if (shown?.at === at) return;
    hide();
    shown = { trigger, at };
    const link = make("a", "All symbols");
    Object.assign(link, { href: `${root}book/notation.html`, tabIndex: -1 });
    box.replaceChildren(...keys.map(line), link);
    (trigger.closest("mjx-container") ?? trigger).after(box);
    box.showPopover?.();
    trigger.setAttribute("aria-describedby", box.id);
    place();
  };

  const of = (target) => {
    const mark = target.closest?.(MARKED);
    return mark && !mark.closest(NEVER) ? mark : null;
  };
  // Of a formula, what is spoken takes the focus: what is drawn is hidden from those who listen.
  const triggerOf = (mark) => mark.closest("mjx-container")?.querySelector("mjx-assistive-mml") ?? mark;
  const later = (wait, action) => {
    clearTimeout(timer);
    timer = setTimeout(action, wait);
  };
  const open = (mark) => show(triggerOf(mark), mark, [mark.dataset.symbol]);

  addEventListener("pointerover", ({ target, pointerType }) => {
    if (pointerType === "touch") return;
    const mark = of(target);
    if (mark) later(SHOW, () => open(mark));
    else if (box.contains(target)) clearTimeout(timer);
    else if (!shown?.trigger.matches(":focus-visible")) later(HIDE, hide);
  });
  addEventListener("click", ({ target }) => {
    const mark = of(target);
    if (mark) open(mark);
    else if (!box.contains(target)) hide();
  });
  addEventListener("focusin", ({ target }) => {
    const keys = target.dataset?.meanings;
    if (keys && target.matches(":focus-visible")) {
      const drawn = target.closest("mjx-container")?.querySelector("[data-symbol]");
      show(target, drawn ?? target, keys.split(" "));
    }
    else if (!box.contains(target)) hide();
  });
  addEventListener("keydown", ({ key, target }) => {
    if (key === "Escape") hide();
    if (key === "Enter" && target === shown?.trigger) box.querySelector("a").focus();
  });
  addEventListener("scroll", place, { passive: true, capture: true });
  addEventListener("resize", place);

  // The first of its kind in each section can be reached with the keyboard.
  const seen = new Map();
  for (const mark of document.querySelectorAll(MARKED)) {
    if (mark.closest(NEVER)) continue;
    const section = mark.closest(".bd-article > section > section");
    if (!seen.has(section)) seen.set(section, new Set());
    const { symbol } = mark.dataset;
    if (seen.get(section).has(symbol)) continue;
    seen.get(section).add(symbol);
    const trigger = triggerOf(mark);
    trigger.dataset.meanings = `${trigger.dataset.meanings ?? ""} ${symbol}`.trim();
    trigger.tabIndex = 0;
  }
})();
