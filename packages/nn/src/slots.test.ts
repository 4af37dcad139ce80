import { OctetError } from "@octet/core";
import { expect, test } from "vitest";
import { ownSlots } from "./slots.ts";

class Part {}
const isPart = (value: unknown): value is Part => value instanceof Part;
const names = (owner: object) => Array.from(ownSlots(owner, isPart), ({ name }) => name);

test("fields and elements of arrays, however deep, in the order of the fields", () => {
  const part = new Part();
  const owner = { z: part, list: [1, part, [part, null, [part]]], a: part, text: "part" };
  expect(names(owner)).toEqual(["z", "list.1", "list.2.0", "list.2.2.0", "a"]);
});

test("Maps, plain objects, private, inherited and non-enumerable fields are not looked into", () => {
  class Owner {
    readonly #hidden = new Part();
    readonly map = new Map([["a", new Part()]]);
    readonly record = { a: new Part() };
    get computed(): Part {
      return this.#hidden;
    }
  }
  const owner = Object.defineProperty(new Owner(), "unlisted", { value: new Part() });
  expect(names(owner)).toEqual([]);
});

test("put writes the place that was found", () => {
  const [first, second] = [new Part(), new Part()];
  const owner = { list: [first], field: first };
  for (const slot of ownSlots(owner, isPart)) slot.put(second);
  expect(owner.list[0]).toBe(second);
  expect(owner.field).toBe(second);
});

test("a frozen place is ERR_UNSUPPORTED", () => {
  const [slot] = ownSlots({ list: Object.freeze([new Part()]) }, isPart);
  expect(() => slot.put(new Part())).toThrow(OctetError);
  expect(() => slot.put(new Part())).toThrow(expect.objectContaining({ code: "ERR_UNSUPPORTED" }));
});
