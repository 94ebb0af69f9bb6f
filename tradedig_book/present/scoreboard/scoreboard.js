// Filters of the scoreboard: a row is shown if it agrees with every choice that is made.
const filterable = (board) => {
  const form = board.querySelector("form");
  const body = board.querySelector("tbody");
  const count = board.querySelector(".td-count");
  const rows = [...body.rows];
  const far = (row) => (row.dataset.distance === "nan" ? -1 : Number(row.dataset.distance));
  const orders = { paper: rows, distance: [...rows].sort((a, b) => far(b) - far(a)) };
  const apply = () => {
    const { order, ...wanted } = Object.fromEntries(new FormData(form));
    for (const row of rows) {
      row.hidden = Object.entries(wanted).some(([name, value]) => value && row.dataset[name] !== value);
    }
    body.append(...orders[order]);
    const shown = rows.filter((row) => !row.hidden).length;
    count.textContent = `${shown} of ${rows.length} figures.`;
  };
  form.addEventListener("change", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  // A reset event comes before the controls have their first values back.
  form.addEventListener("reset", () => setTimeout(apply));
  form.hidden = false;
  apply();
};
