import { OctetError } from "@octet/core";
import { expect, test } from "vitest";
import { errorAbout } from "./error-context.ts";

test("an OctetError keeps its code, says what it is about and has the first error as its cause", () => {
  const error = new OctetError("ERR_SHAPE", "got [3]");
  const about = errorAbout('layer "fc"', error);
  expect(about).toMatchObject({ code: "ERR_SHAPE", message: 'layer "fc": got [3]' });
  expect((about as Error).cause).toBe(error);
});

test.each([new TypeError("x is not a function"), "a string", undefined, { code: "ERR_SHAPE" }])(
  "%o is left as it is",
  (error) => expect(errorAbout('layer "fc"', error)).toBe(error),
);
