import type { Grid } from "../../report/grid.ts";

/** A table as an element, with its notes below. */
export function showGrid({ title, columns, rows, notes = [] }: Grid): HTMLElement {
  const section = document.createElement("section");
  const table = document.createElement("table");
  table.createCaption().textContent = title;
  const head = table.createTHead().insertRow();
  for (const { header, align } of columns) {
    head.append(Object.assign(document.createElement("th"), { textContent: header, className: align }));
  }
  const body = table.createTBody();
  for (const texts of rows) {
    const row = body.insertRow();
    for (const [index, text] of texts.entries()) {
      Object.assign(row.insertCell(), { textContent: text, className: columns[index].align });
    }
  }
  const lines = notes.map((note) => Object.assign(document.createElement("p"), { textContent: note }));
  section.append(table, ...lines);
  return section;
}
