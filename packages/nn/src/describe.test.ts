import { expect, test } from "vitest";
import { describe } from "./describe.ts";

test("without children: one line", () => {
  expect(describe("ReLU", "", [])).toBe("ReLU()");
  expect(describe("Linear", "in_features=1", [])).toBe("Linear(in_features=1)");
});

test("children are indented, and so are theirs; the extra text comes first", () => {
  const inner = describe("Inner", "", [{ name: "fc", text: "Linear()" }]);
  expect(describe("Outer", "size=3", [{ name: "inner", text: inner }])).toBe(
    "Outer(\n  size=3\n  (inner): Inner(\n    (fc): Linear()\n  )\n)",
  );
});

test("neighbours of one array that read the same share a line", () => {
  const layers = ["A", "A", "A", "B", "A"].map((text, index) => ({ name: `layers.${index}`, text }));
  const others = [
    { name: "heads.0", text: "A" },
    { name: "heads.1", text: "A" },
    { name: "up", text: "A" },
    { name: "down", text: "A" },
  ];
  expect(describe("Model", "", [...layers, ...others])).toBe(
    [
      "Model(",
      "  (layers.0-2): 3 x A",
      "  (layers.3): B",
      "  (layers.4): A",
      "  (heads.0-1): 2 x A",
      "  (up): A",
      "  (down): A",
      ")",
    ].join("\n"),
  );
});
