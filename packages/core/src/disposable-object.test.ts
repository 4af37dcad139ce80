import { expect, it } from "vitest";
import { disposeSymbol } from "./disposable.ts";
import { DisposableObject } from "./disposable-object.ts";

it("is disposed once at the end of its block, by its own dispose", () => {
  const disposed: string[] = [];
  class Named extends DisposableObject {
    readonly name: string;
    constructor(name: string) {
      super();
      this.name = name;
    }
    dispose(): void {
      disposed.push(this.name);
    }
  }
  {
    using _first = new Named("first");
    using _second = new Named("second");
    expect(disposed).toEqual([]);
  }
  expect(disposed).toEqual(["second", "first"]);
  expect(Named.prototype[disposeSymbol as typeof Symbol.dispose]).toBeTypeOf("function");
});
