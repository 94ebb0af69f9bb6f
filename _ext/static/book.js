// A box that scrolls sideways can be reached, and then moved, with the keyboard.
const SCROLL = `div.math, .text_latex, mjx-container[display], .td-equation math,
  .highlight pre, .cell_output pre`;

function makeReachable() {
  for (const box of document.querySelectorAll(SCROLL)) {
    const scrolls = /auto|scroll/.test(getComputedStyle(box).overflowX);
    if (scrolls && box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}

addEventListener("load", makeReachable);
addEventListener("resize", makeReachable);
