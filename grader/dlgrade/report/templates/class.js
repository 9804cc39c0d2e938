// Sorts a table on a click on a column's head, and filters its rows by the words typed above it.
const order = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

// Returns the sort key of a row. Empty cells come last in both directions.
function keyOf(row, column) {
  const cell = row.cells[column];
  const words = cell.textContent.trim();
  const value = Number.parseFloat(words.replace("−", "-"));
  return { words, value, empty: words === "" || words === "–" || words === "!" };
}

function sort(table, head) {
  const ascending = head.getAttribute("aria-sort") !== "ascending";
  for (const other of table.tHead.querySelectorAll("[aria-sort]")) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", ascending ? "ascending" : "descending");
  const body = table.tBodies[0];
  const column = Number(head.dataset.sort);
  const numeric = head.classList.contains("number");
  const keyed = [...body.rows].map((row) => ({ row, key: keyOf(row, column) }));
  keyed.sort(({ key: a }, { key: b }) => {
    if (a.empty || b.empty) return a.empty - b.empty;
    const difference = numeric ? a.value - b.value : order.compare(a.words, b.words);
    return ascending ? difference : -difference;
  });
  body.append(...keyed.map((entry) => entry.row));
}

function search(table, words, count) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const row of table.tBodies[0].rows) {
    const text = (row.dataset.words ??= row.textContent.toLowerCase());
    row.hidden = !wanted.every((word) => text.includes(word));
    shown += !row.hidden;
  }
  count.textContent = wanted.length ? `${shown} / ${table.tBodies[0].rows.length}` : "";
}

document.addEventListener("DOMContentLoaded", () => {
  for (const head of document.querySelectorAll("th[data-sort]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => sort(head.closest("table"), head));
  }
  for (const field of document.querySelectorAll("input[type=search]")) {
    const table = document.getElementById(field.dataset.table);
    const line = field.closest(".search");
    const count = line.querySelector("output");
    line.hidden = false;
    field.addEventListener("input", () => search(table, field.value, count));
  }
});
