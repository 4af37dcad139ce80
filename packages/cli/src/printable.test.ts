import { expect, it } from "vitest";
import { printable } from "./printable.ts";

it("leaves ordinary text alone", () => {
  expect(printable("model.layers.0: 256×704 → ∞, 日本語")).toBe("model.layers.0: 256×704 → ∞, 日本語");
});

it("puts everything on one line", () => {
  expect(printable("one\ntwo\r\n  three")).toBe("one two three");
});

it("shows control characters instead of obeying them", () => {
  expect(printable("\u001b[2Jgone\u0000\u202e")).toBe("\\u001b[2Jgone\\u0000\\u202e");
});
