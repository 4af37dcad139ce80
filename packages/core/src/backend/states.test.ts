import { type Backend, createReferenceBackend, hostTensor, type State } from "@octet/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDeferredBackend } from "../../test/support/deferred-backend.ts";
import { errorCode, rejectionCode } from "../../test/support/error-code.ts";
import { advance } from "../ops/state/advance.ts";
import { positions } from "../ops/state/positions.ts";
import { readRows } from "../ops/state/read-rows.ts";
import { writeRows } from "../ops/state/write-rows.ts";

const factories = { reference: createReferenceBackend, deferred: createDeferredBackend };

for (const [name, create] of Object.entries(factories)) {
  describe(`states of the ${name} backend`, () => {
    let backend: Backend;
    let state: State;
    beforeEach(() => {
      backend = create();
      state = backend.state({
        capacity: 12,
        chunk: 2,
        slots: [
          { name: "all", dtype: "int8", shape: [3] },
          { name: "ring", dtype: "float32", shape: [2], keep: 3 },
        ],
      });
    });
    afterEach(() => backend.dispose());

    /** Appends positions whose rows hold these numbers. */
    const append = (to: State, ...values: number[]) => {
      using all = backend.upload(
        hostTensor("int8", [values.length, 3], Int8Array.from(values.flatMap((v) => [v, v, v]))),
      );
      using ring = backend.upload(
        hostTensor("float32", [values.length, 2], Float32Array.from(values.flatMap((v) => [v, -v]))),
      );
      writeRows(to, "all", all);
      writeRows(to, "ring", ring);
      advance(to, values.length);
    };

    /** The first element of each row of the ring. */
    const ringOf = async (of: State, count = 3) => {
      using rows = readRows(of, "ring", count);
      const { data } = await backend.download(rows);
      return Array.from({ length: count }, (_, row) => data[row * 2]);
    };

    it("rows come in order, and rows before the first are zeros", async () => {
      append(state, 1, 2);
      expect(state.length).toBe(2);
      expect(await ringOf(state)).toEqual([0, 1, 2]);
      append(state, 3);
      append(state, 4, 5);
      expect(await ringOf(state)).toEqual([3, 4, 5]);
      using at = positions(state, 2);
      expect([...(await backend.download(at)).data]).toEqual([5, 6]);
    });

    it("on the host a state is its last rows, oldest first, and goes back in", async () => {
      append(state, 1, 2);
      append(state, 3, 4);
      append(state, 5);
      const host = await backend.download(state);
      expect(host.length).toBe(5);
      expect([...host.rows[0].data]).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5]);
      expect([...host.rows[1].data]).toEqual([3, -3, 4, -4, 5, -5]);
      using again = backend.upload(host);
      expect(await backend.download(again)).toEqual(host);
      append(again, 6);
      append(state, 6);
      expect(await backend.download(again)).toEqual(await backend.download(state));
    });

    it("a truncated state goes on as if it had never had the rest", async () => {
      append(state, 1, 2);
      append(state, 3, 4);
      state.truncate(3);
      append(state, 9);
      expect(await ringOf(state)).toEqual([2, 3, 9]);
      using plain = backend.state(state);
      append(plain, 1, 2);
      append(plain, 3, 9);
      expect(await backend.download(state)).toEqual(await backend.download(plain));
    });

    it("refuses to go back further than a ring reaches, but always to nothing", async () => {
      for (const value of [1, 3, 5, 7]) append(state, value, value + 1);
      expect(errorCode(() => state.truncate(9))).toBe("ERR_RANGE");
      expect(errorCode(() => state.truncate(5))).toBe("ERR_RANGE");
      state.truncate(6);
      expect(await ringOf(state)).toEqual([4, 5, 6]);
      state.reset();
      expect(await ringOf(state)).toEqual([0, 0, 0]);
    });

    it("a copy is a state of its own", async () => {
      append(state, 1, 2);
      using copy = state.copy();
      append(copy, 3);
      append(state, 4);
      expect(await ringOf(copy)).toEqual([1, 2, 3]);
      expect(await ringOf(state)).toEqual([1, 2, 4]);
    });

    it("refuses what does not fit before it writes anything", async () => {
      for (let i = 0; i < 12; i++) append(state, i);
      const full = await backend.download(state);
      expect(errorCode(() => append(state, 1))).toBe("ERR_RANGE");
      using rows = backend.upload(hostTensor("int8", [3, 3], new Int8Array(9)));
      expect(errorCode(() => writeRows(state, "all", rows))).toBe("ERR_RANGE");
      expect(errorCode(() => writeRows(state, "ring", rows))).toBe("ERR_DTYPE");
      expect(errorCode(() => writeRows(state, "none", rows))).toBe("ERR_SHAPE");
      expect(errorCode(() => readRows(state, "ring", 4))).toBe("ERR_RANGE");
      expect(await backend.download(state)).toEqual(full);
    });

    it("an op that fails is undone with all that follow, whose results throw its error", async () => {
      append(state, 1, 2);
      using bad = backend.upload(hostTensor("float32", [1, 2], Float32Array.of(1, Number.NaN)));
      let late: ReturnType<typeof readRows> | undefined;
      try {
        writeRows(state, "ring", bad);
        advance(state, 1);
        append(state, 4);
        late = readRows(state, "ring", 3);
      } catch {}
      if (late !== undefined) {
        expect(await rejectionCode(backend.download(late))).toBe("ERR_NON_FINITE");
      }
      expect(state.length).toBe(2);
      append(state, 3);
      expect(await ringOf(state)).toEqual([1, 2, 3]);
      expect(await rejectionCode(backend.sync())).toBe(undefined);
    });

    it("a recorded program moves on from where its states are", async () => {
      using x = backend.upload(hostTensor("float32", [1, 2], Float32Array.of(7, -7)));
      using program = backend.record(
        ({ x, state }) => {
          using before = positions(state, 1);
          writeRows(state, "ring", x);
          advance(state, 1);
          expect(before.disposed).toBe(false);
          return [readRows(state, "ring", 2), positions(state, 1)] as const;
        },
        { x, state },
      );
      expect(state.length).toBe(0);
      append(state, 1);
      for (const last of [1, 7]) {
        const [rows, next] = program.run({ x, state });
        expect((await backend.download(rows)).data[0]).toBe(last);
        expect((await backend.download(next)).data[0]).toBe(state.length);
        rows.dispose();
        next.dispose();
      }
      state.truncate(1);
      const [rows] = program.run({ x, state });
      expect((await backend.download(rows)).data[0]).toBe(1);
      expect(state.length).toBe(2);
    });

    it("a program that counts further than it writes costs a ring no rows", async () => {
      using ring = backend.state({
        capacity: 9,
        chunk: 1,
        slots: [{ name: "ring", dtype: "int8", shape: [1], keep: 2 }],
      });
      using x = backend.upload(hostTensor("int8", [1, 1], Int8Array.of(7)));
      using program = backend.record(
        ({ x, ring }) => {
          writeRows(ring, "ring", x);
          advance(ring, 1);
          return positions(ring, 1);
        },
        { x, ring },
      );
      for (let i = 0; i < 4; i++) program.run({ x, ring }).dispose();
      ring.truncate(3);
      expect([...(await backend.download(ring)).rows[0].data]).toEqual([7, 7]);
    });

    it("a program does not count past the capacity, as a call does not", () => {
      using program = backend.record(({ state }) => positions(state, 1), { state });
      for (let i = 0; i < 12; i++) append(state, i);
      expect(errorCode(() => positions(state, 1))).toBe("ERR_RANGE");
      expect(errorCode(() => program.run({ state }))).toBe("ERR_RANGE");
    });

    /** Runs a program that adds two positions on a finite x, on one that is not, and on the finite one again. */
    const runThrice = async (on: State) => {
      using good = backend.upload(hostTensor("float32", [1, 2], Float32Array.of(7, -7)));
      using bad = backend.upload(hostTensor("float32", [1, 2], Float32Array.of(7, Number.POSITIVE_INFINITY)));
      using program = backend.record(
        ({ x, state }) => {
          advance(state, 1);
          writeRows(state, "ring", x);
          advance(state, 1);
          return positions(state, 1);
        },
        { x: good, state: on },
      );
      append(on, 1);
      const runs = [good, bad, good].map((x) => {
        try {
          return program.run({ x, state: on });
        } catch {
          return undefined;
        }
      });
      return Promise.all(runs.map((run) => run && rejectionCode(backend.download(run))));
    };

    it("an error in a run undoes all of it", async () => {
      using roomy = backend.state({ ...state, chunk: 8 });
      const codes = await runThrice(roomy);
      // The reference throws at the call, so that the third run is not among those that are undone.
      expect(codes).toEqual(name === "reference" ? Array(3) : [undefined, "ERR_NON_FINITE", "ERR_NON_FINITE"]);
      expect(roomy.length).toBe(name === "reference" ? 5 : 3);
      using at = positions(roomy, 1);
      expect((await backend.download(at)).data[0]).toBe(roomy.length);
    });

    it("a run that fails after it has overwritten rows of a ring leaves a state that wants a reset", async () => {
      using two = backend.upload(hostTensor("float32", [2, 2], new Float32Array(4)));
      using bad = backend.upload(hostTensor("float32", [1, 2], Float32Array.of(1, Number.NaN)));
      using program = backend.record(
        ({ x, state }) => {
          for (let i = 0; i < 2; i++) {
            writeRows(state, "ring", two);
            advance(state, 2);
          }
          writeRows(state, "ring", x);
        },
        { x: bad, state },
      );
      for (const value of [1, 3, 5]) append(state, value, value + 1);
      try {
        program.run({ x: bad, state });
      } catch {}
      await rejectionCode(backend.sync());
      expect(state.length).toBe(6);
      expect(errorCode(() => positions(state, 1))).toBe("ERR_RANGE");
      state.reset();
      append(state, 5);
      expect(await ringOf(state)).toEqual([0, 0, 5]);
    });

    it("rows that were overwritten before an error was known are refused until a reset", async () => {
      await runThrice(state);
      if (name === "reference") return;
      expect(errorCode(() => positions(state, 1))).toBe("ERR_RANGE");
      expect(await rejectionCode(backend.download(state))).toBe("ERR_RANGE");
      state.reset();
      append(state, 5);
      expect(await ringOf(state)).toEqual([0, 0, 5]);
    });
  });
}
