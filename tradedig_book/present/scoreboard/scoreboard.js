// Filters of the scoreboard: a row is shown if it agrees with every choice that is made.
// The choices stand in the address, so that a link opens what it speaks of and Back undoes a step.
const FEW = 16; // rows in sight before a reader asks for all

const filterable = (board) => {
  const form = board.querySelector("form");
  const body = board.querySelector("tbody");
  const count = board.querySelector(".td-count");
  const fold = board.querySelector(".td-fold");
  const table = board.querySelector(".td-table");
  const rows = [...body.rows];
  const far = (row) => (row.dataset.distance === "nan" ? -1 : Number(row.dataset.distance));
  const orders = { paper: rows, distance: [...rows].sort((a, b) => far(b) - far(a)) };
  const filters = [...form.elements].filter(({ name }) => name && name !== "order");
  const chosen = () => Object.fromEntries(filters.map(({ name, value }) => [name, value]));
  const agrees = (row, wanted) => Object.entries(wanted).every(([name, value]) => !value || row.dataset[name] === value);
  const labels = new Map(filters.flatMap(({ options }) => [...options].map((option) => [option, option.text])));

  // How many rows each option would leave, given the choices in the other lists.
  const tell = (wanted) => filters.forEach(({ name, options }) => {
    const others = rows.filter((row) => agrees(row, { ...wanted, [name]: "" }));
    for (const option of options) {
      const left = others.filter((row) => agrees(row, { [name]: option.value })).length;
      option.text = `${labels.get(option)} (${left})`;
      option.disabled = !left && !option.selected;
    }
  });

  const apply = (problem = "") => {
    const wanted = chosen();
    for (const row of rows) row.hidden = !agrees(row, wanted);
    body.append(...orders[form.elements.order.value]);
    const shown = rows.filter((row) => !row.hidden).length;
    count.textContent = `${problem}${shown} of ${rows.length} figures.`;
    tell(wanted);
    unfold(shown <= FEW || unfolded);
    fold.textContent = `All ${shown} rows`;
  };

  // Further rows are behind an edge, not in a box that scrolls. They can be read and found
  // there; their links come with them.
  let unfolded = false;
  const unfold = (all) => {
    fold.hidden = all;
    const shown = [...body.rows].filter((row) => !row.hidden);
    shown.forEach((row, i) => {
      const link = row.querySelector("a");
      link.dataset.href ??= link.getAttribute("href");
      if (all || i < FEW) link.href = link.dataset.href;
      else link.removeAttribute("href");
    });
    const height = all || shown[FEW - 1].getBoundingClientRect().bottom - table.getBoundingClientRect().top;
    table.style.maxHeight = all ? "" : `${height}px`;
    table.classList.toggle("td-folded", !all);
  };
  const open = () => {
    unfolded = true;
    unfold(true);
  };
  fold.addEventListener("click", open);
  table.addEventListener("scroll", () => {
    if (!fold.hidden && table.scrollTop) open(); // the browser found something behind the edge
  });

  const follow = () => {
    const asked = askedOf("scoreboard");
    if (!asked && window.location.hash) return;
    form.reset();
    let known = true;
    for (const [name, value] of asked ?? []) {
      const list = form.elements[name];
      const option = list && [...list.options].find((one) => one.value === value);
      if (option) list.value = value;
      else known = false;
    }
    apply(known ? "" : "The link names a filter or a value that does not exist. ");
    if (asked) board.scrollIntoView();
  };

  form.addEventListener("change", () => {
    const made = Object.entries({ ...chosen(), order: form.elements.order.value });
    goTo(addressOf("scoreboard", Object.fromEntries(made.filter(([, value]) => value && value !== "paper"))));
    apply();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  // A reset event comes before the controls have their first values back.
  form.querySelector("button").addEventListener("click", (event) => {
    event.preventDefault();
    form.reset();
    goTo("");
    apply();
  });
  window.addEventListener("hashchange", follow);
  window.addEventListener("resize", () => unfold(fold.hidden));
  form.hidden = false;
  apply();
  follow();
};
