import { expect, it } from "vitest";
import { truncateMiddle } from "./truncate-middle.ts";

it("leaves alone what fits", () => {
  expect(truncateMiddle("abc", 3)).toBe("abc");
  expect(truncateMiddle("", 0)).toBe("");
});

it.each([1, 2, 3, 7, 12, 33])("shortens to %i characters, from both ends", (width) => {
  const text = "model.layers.0.self_attn.q_proj.weight";
  const short = truncateMiddle(text, width);
  expect(short).toHaveLength(width);
  const [head, tail] = short.split("…");
  expect(text.startsWith(head)).toBe(true);
  expect(text.endsWith(tail)).toBe(true);
});
