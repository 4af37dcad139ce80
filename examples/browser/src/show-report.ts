import type { LayerReport, QuantizationReport } from "@octet/checkpoint";

/** Fills the table with what quantization cost each layer, the worst first. */
export function showReport(table: HTMLElement, { layers }: QuantizationReport): void {
  const rows = [...layers].sort((a, b) => a.snrDb - b.snrDb).map(rowOf);
  table.querySelector("tbody")?.replaceChildren(...rows);
  table.hidden = false;
}

function rowOf(layer: LayerReport): HTMLTableRowElement {
  const { name, shape, snrDb, maxAbsError, meanAbsError, bytesBefore, bytesAfter } = layer;
  const row = document.createElement("tr");
  const cells = [
    name,
    shape.join(" x "),
    snrDb.toFixed(2),
    maxAbsError.toExponential(3),
    meanAbsError.toExponential(3),
    String(bytesBefore),
    String(bytesAfter),
  ];
  for (const text of cells) row.insertCell().textContent = text;
  return row;
}
