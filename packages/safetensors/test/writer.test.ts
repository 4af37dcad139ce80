import { readFileSync } from "node:fs";
import {
  type ByteSink,
  createSafetensorsWriter,
  encodeSafetensors,
  type SafetensorsDType,
  type TensorData,
  type TensorSpec,
} from "@octet/safetensors";
import { describe, expect, test } from "vitest";
import { expectRefusal, memorySink, openBytes, randomBytes } from "./support.ts";

const hex = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/[0-9a-f]{2}/g)!, (byte) => Number.parseInt(byte, 16));
const ascii = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const empty = (name: string, dtype: SafetensorsDType = "U8"): TensorData => ({
  name,
  dtype,
  shape: [0],
  data: new Uint8Array(0),
});

async function collect(write: (sink: ByteSink) => Promise<void>): Promise<Uint8Array> {
  const sink = memorySink();
  await write(sink);
  return sink.bytes();
}

describe("the reference writer's bytes", () => {
  const worked: TensorData[] = [
    {
      name: "l.weight_packed",
      dtype: "I32",
      shape: [2, 2],
      data: hex("a0 40 90 78 df 01 c0 60 90 a0 50 c0 31 df 11 ff"),
    },
    { name: "l.weight_scale", dtype: "F32", shape: [2, 1], data: hex("04 02 01 3d a0 69 ce 3b") },
    { name: "l.weight_shape", dtype: "I64", shape: [2], data: hex("02 00 00 00 00 00 00 00 08 00 00 00 00 00 00 00") },
  ];

  test("a packed layer of 288 bytes", () => {
    const header =
      '{"__metadata__":{"format":"pt"},"l.weight_shape":{"dtype":"I64","shape":[2],"data_offsets":[0,16]},' +
      '"l.weight_scale":{"dtype":"F32","shape":[2,1],"data_offsets":[16,24]},' +
      '"l.weight_packed":{"dtype":"I32","shape":[2,2],"data_offsets":[24,40]}}';
    const file = encodeSafetensors(worked, { format: "pt" });
    expect(file.byteLength).toBe(288);
    expect(file.subarray(0, 8)).toEqual(hex("f0 00 00 00 00 00 00 00"));
    expect(ascii(file.subarray(8, 248)).trimEnd()).toBe(header);
    const data =
      "02 00 00 00 00 00 00 00 08 00 00 00 00 00 00 00 04 02 01 3d a0 69 ce 3b a0 40 90 78 df 01 c0 60 90 a0 50 c0 31 df 11 ff";
    expect(file.subarray(248)).toEqual(hex(data));
  });

  test("the same bytes through a sink, in pieces", async () => {
    const file = await collect(async (sink) => {
      const writer = await createSafetensorsWriter(sink, { tensors: worked, metadata: [["format", "pt"]] });
      expect(writer.byteLength).toBe(288);
      for (const { name } of writer.tensors) {
        const { data } = worked.find((tensor) => tensor.name === name)!;
        for (let at = 0; at < data.byteLength; at += 3) await writer.write(name, data.subarray(at, at + 3));
      }
      await writer.finish();
    });
    expect(file).toEqual(encodeSafetensors(worked, { format: "pt" }));
  });

  // Written by safetensors 0.8.0 for Python: every dtype that it takes, with names that try sorting and escaping.
  test.each(["reference-all-dtypes", "reference-names", "reference-empty"])(
    "%s.safetensors, read and written",
    async (name) => {
      const original = new Uint8Array(readFileSync(new URL(`fixtures/${name}.safetensors`, import.meta.url)));
      await using reader = await openBytes(original);
      const tensors: TensorData[] = [];
      for (const info of reader.tensors.values()) tensors.unshift({ ...info, data: await reader.read(info.name) });
      expect(encodeSafetensors(tensors, reader.metadata)).toEqual(original);
    },
  );

  test("sorts by dtype, the last of the list first, then by UTF-8 bytes", async () => {
    const dtypes: SafetensorsDType[] = [
      "BOOL",
      "F4",
      "F6_E2M3",
      "F6_E3M2",
      "U8",
      "I8",
      "F8_E5M2",
      "F8_E4M3",
      "F8_E8M0",
    ];
    dtypes.push(
      "F8_E4M3FNUZ",
      "F8_E5M2FNUZ",
      "I16",
      "U16",
      "F16",
      "BF16",
      "I32",
      "U32",
      "F32",
      "C64",
      "F64",
      "I64",
      "U64",
    );
    const names = ["\u{10000}", "\uffff", "\ue000", "\ud7ff", "b", "aa", "a", "B", "2", "10", ""];
    const tensors = dtypes.flatMap((dtype) => names.map((name) => empty(`${name}:${dtype}`, dtype)));
    await using reader = await openBytes(encodeSafetensors(tensors));
    const order = ["10:", "2:", ":", "B:", "a:", "aa:", "b:", "\ud7ff:", "\ue000:", "\uffff:", "\u{10000}:"];
    const expected = dtypes.reverse().flatMap((dtype) => order.map((prefix) => `${prefix}${dtype}`));
    expect([...reader.tensors.keys()]).toEqual(expected);
  });

  test("a prefix sorts before what it begins", async () => {
    await using reader = await openBytes(encodeSafetensors(["ab", "a", "", "a\0"].map((name) => empty(name))));
    expect([...reader.tensors.keys()]).toEqual(["", "a", "a\0", "ab"]);
  });

  test("pads with spaces to a multiple of 8, for every length", () => {
    for (let length = 0; length < 9; length++) {
      const file = encodeSafetensors([empty("n".repeat(length))]);
      expect(file.byteLength % 8).toBe(0);
      expect(ascii(file.subarray(8))).toMatch(/^\{.*\} {0,7}$/);
    }
  });

  test("escapes as the reference serializer does", () => {
    const file = encodeSafetensors([empty('\0\b\t\n\v\f\r\x1f\x7f"\\/\u2028é\u{1f600}')]);
    expect(ascii(file.subarray(8))).toContain('{"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\x7f\\"\\\\/\u2028é\u{1f600}":');
  });
});

describe("metadata", () => {
  const head = (metadata: Parameters<typeof encodeSafetensors>[1]): string =>
    ascii(encodeSafetensors([], metadata).subarray(8)).trimEnd();

  test("is sorted by key, whatever order and form it comes in", () => {
    const sorted = '{"__metadata__":{"10":"x","2":"y","\uffff":"z","\u{10000}":""}}';
    expect(head({ "\u{10000}": "", "2": "y", "10": "x", "\uffff": "z" })).toBe(sorted);
    expect(
      head(
        new Map([
          ["\u{10000}", ""],
          ["\uffff", "z"],
          ["2", "y"],
          ["10", "x"],
        ]),
      ),
    ).toBe(sorted);
  });

  test("is left out when there is none", () => {
    expect(head(undefined)).toBe("{}");
    expect(head({})).toBe("{}");
    expect(head([])).toBe("{}");
  });

  test("keeps a key __proto__", async () => {
    await using reader = await openBytes(encodeSafetensors([], [["__proto__", "a"]]));
    expect(reader.metadata.get("__proto__")).toBe("a");
  });

  test.each([
    [
      "a duplicate key",
      [
        ["a", "b"],
        ["a", "c"],
      ],
    ],
    ["a number", [["a", 1]]],
    ["a lone surrogate in a key", [["\ud800", "a"]]],
    ["a lone surrogate in a value", [["a", "\udc00"]]],
  ])("refuses %s", async (_, metadata) => {
    const write = createSafetensorsWriter(memorySink(), { tensors: [], metadata: metadata as [string, string][] });
    await expectRefusal(write, "ERR_FORMAT", "metadata");
  });
});

describe("writing the data", () => {
  const specs: TensorSpec[] = [
    { name: "b", dtype: "U8", shape: [3] },
    { name: "a", dtype: "U8", shape: [2] },
    { name: "none", dtype: "U8", shape: [0] },
    { name: "z", dtype: "U8", shape: [1] },
  ];
  const create = (sink: ByteSink = memorySink()) => createSafetensorsWriter(sink, { tensors: specs });
  const zeros = (length: number): Uint8Array => new Uint8Array(length);

  test("tells the order", async () => {
    expect((await create()).tensors).toEqual([
      { name: "a", dtype: "U8", shape: [2], byteLength: 2 },
      { name: "b", dtype: "U8", shape: [3], byteLength: 3 },
      { name: "none", dtype: "U8", shape: [0], byteLength: 0 },
      { name: "z", dtype: "U8", shape: [1], byteLength: 1 },
    ]);
  });

  test("takes -0 for 0", async () => {
    const tensors: TensorSpec[] = [{ name: "a", dtype: "U8", shape: [-0] }];
    expect((await createSafetensorsWriter(memorySink(), { tensors })).tensors[0].shape).toEqual([0]);
  });

  test("does not follow later changes of the shapes it was given", async () => {
    const shape = [2];
    const writer = await createSafetensorsWriter(memorySink(), { tensors: [{ name: "a", dtype: "U8", shape }] });
    shape[0] = 5;
    expect(writer.tensors[0].shape).toEqual([2]);
  });

  test("takes pieces of any size, empty ones too; an empty tensor may be written or left out", async () => {
    for (const alsoEmpty of [true, false]) {
      const file = await collect(async (sink) => {
        const writer = await create(sink);
        await writer.write("a", Uint8Array.of(1));
        await writer.write("a", zeros(0));
        await writer.write("a", Uint8Array.of(2));
        await writer.write("a", zeros(0));
        await writer.write("b", Uint8Array.of(3, 4, 5));
        if (alsoEmpty) await writer.write("none", zeros(0));
        await writer.write("z", Uint8Array.of(6));
        await writer.finish();
        expect(writer.byteLength % 8).toBe(6);
      });
      await using reader = await openBytes(file);
      expect([...(await reader.read("a")), ...(await reader.read("b")), ...(await reader.read("z"))]).toEqual([
        1, 2, 3, 4, 5, 6,
      ]);
    }
  });

  test("refuses the wrong order, and goes on unharmed", async () => {
    const file = await collect(async (sink) => {
      const writer = await create(sink);
      await expectRefusal(writer.write("b", zeros(3)), "ERR_FORMAT", '"a" lacks 2 bytes', '"b"');
      await writer.write("a", zeros(1));
      await expectRefusal(writer.write("b", zeros(3)), "ERR_FORMAT", '"a" lacks 1 bytes');
      await expectRefusal(writer.write("b", zeros(0)), "ERR_FORMAT", '"a" lacks 1 bytes');
      await writer.write("a", zeros(1));
      await writer.write("b", zeros(1));
      await expectRefusal(writer.write("a", zeros(0)), "ERR_FORMAT", '"a" lies before "b"');
      await expectRefusal(writer.write("unknown", zeros(1)), "ERR_FORMAT", '"unknown"');
      await expectRefusal(writer.write("b", zeros(3)), "ERR_SHAPE", '"b"', "4");
      await writer.write("b", zeros(2));
      await expectRefusal(writer.write("none", zeros(1)), "ERR_SHAPE", '"none"');
      await writer.write("z", zeros(1));
      await writer.finish();
    });
    await (await openBytes(file)).close();
  });

  test("refuses to finish early, and anything after the finish", async () => {
    const writer = await create();
    await expectRefusal(writer.finish(), "ERR_FORMAT", '"a" lacks 2 bytes');
    await writer.write("a", zeros(2));
    await writer.write("b", zeros(3));
    await expectRefusal(writer.finish(), "ERR_FORMAT", '"z" lacks 1 bytes');
    await writer.write("z", zeros(1));
    await writer.finish();
    await expectRefusal(writer.finish(), "ERR_DISPOSED");
    await expectRefusal(writer.write("z", zeros(0)), "ERR_DISPOSED");
  });

  test("refuses a typed array of another kind, whose length is not in bytes", async () => {
    const writer = await create();
    await expectRefusal(writer.write("a", new Uint16Array(1) as unknown as Uint8Array), "ERR_DTYPE", '"a"');
    await writer.write("a", Buffer.alloc(2));
  });

  test("refuses a second write before the first resolved", async () => {
    const gates: (() => void)[] = [];
    const creating = create({ write: () => new Promise((resolve) => void gates.push(resolve)) });
    gates.shift()!();
    const writer = await creating;
    const first = writer.write("a", zeros(1));
    await expectRefusal(writer.write("a", zeros(1)), "ERR_FORMAT", "await");
    await expectRefusal(writer.finish(), "ERR_FORMAT", "await");
    gates.shift()!();
    await first;
    const second = writer.write("a", zeros(1));
    gates.shift()!();
    await second;
  });

  test("passes a failure of the sink on, and writes nothing more after it", async () => {
    const full = new Error("disk full");
    let calls = 0;
    const sink: ByteSink = {
      write: async () => {
        if (++calls > 1) throw full;
      },
    };
    const writer = await create(sink);
    await expect(writer.write("a", zeros(2))).rejects.toBe(full);
    await expectRefusal(writer.write("b", zeros(3)), "ERR_FORMAT", "earlier write failed");
    await expectRefusal(writer.finish(), "ERR_FORMAT", "earlier write failed");
    expect(calls).toBe(2);
    await expect(create({ write: () => Promise.reject(full) })).rejects.toBe(full);
  });

  test("round trip of 33 tensors of awkward sizes, seed 7", async () => {
    const sizes = [0, 1, 2, 3, 7, 8, 9, 31, 33, 127, 4097];
    const dtypes: SafetensorsDType[] = ["I8", "BF16", "F64"];
    const tensors = dtypes.flatMap((dtype, width) =>
      sizes.map((size, at): TensorData => {
        const data = randomBytes(size * [1, 2, 8][width], 7 + at);
        return { name: `${dtype}.${size}`, dtype, shape: [1, size], data };
      }),
    );
    await using reader = await openBytes(encodeSafetensors(tensors, { format: "pt" }));
    expect(reader.tensors.size).toBe(33);
    for (const { name, data } of tensors) expect(await reader.read(name)).toEqual(data);
  });
});
