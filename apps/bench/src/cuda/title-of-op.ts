const scales: Readonly<Record<string, string>> = {
  rows: "a scale per row",
  columns: "a scale per column",
  groups: "a scale per 128 of a row",
  tensor: "one scale",
};

/** "quantize-rows" becomes "quantize, a scale per row". */
export function titleOfOp(name: string): string {
  const [op, layout] = name.split("-");
  return layout === undefined ? op : `${op}, ${scales[layout] ?? layout}`;
}
