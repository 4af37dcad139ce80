import { createReferenceBackend, type FloatDType, type HostTensor, type Tensor, type TensorLike } from "@octet/core";
import { HostParameter, type Layer, Linear, Module, QuantizedLinear, ReLU, Sequential } from "@octet/nn";
import { expect, test } from "vitest";
import { float32, randomTensor } from "./random.ts";
import { rejection } from "./rejection.ts";

const backend = createReferenceBackend();

class Block extends Module {
  readonly fc: Layer = new Linear(3, 3, { backend });
  readonly activation: Layer = new ReLU();

  forward(x: Tensor<FloatDType>): Tensor<FloatDType> {
    using hidden = this.fc.forward(x);
    return this.activation.forward(hidden);
  }
}

class Scale extends Module {
  readonly weight: HostParameter<"float32"> = new HostParameter([3], "float32");

  forward(row: Float32Array): Float32Array {
    return row.map((value, index) => value * this.weight.tensor.data[index]);
  }
}

/** A forward of another signature, children in an array, and a reference that is not a child. */
class Model extends Module {
  readonly layers: readonly Block[] = [new Block(), new Block()];
  readonly norm: Scale = new Scale();
  readonly head: Layer = new Sequential(new Linear(3, 7, { backend, bias: false }));
  readonly #friend: Module;

  constructor(friend: Module) {
    super();
    this.#friend = friend;
  }

  async forward(values: readonly number[], { times }: { times: number }): Promise<HostTensor> {
    const scaled = this.norm.forward(Float32Array.from(values));
    let hidden: Tensor<FloatDType> = backend.upload(float32([1, 3], scaled));
    for (const layer of Array.from({ length: times }, () => this.layers).flat()) {
      using input = hidden;
      hidden = layer.forward(input);
    }
    using last = hidden;
    using logits = this.head.forward(last);
    return backend.download(logits);
  }

  friendIsDisposed(): boolean {
    return this.#friend.disposed;
  }
}

const names = (model: Module) => Array.from(model.namedModules(), ([name]) => name);

test("modules are named as PyTorch names them, parents first", () => {
  using friend = new ReLU();
  using model = new Model(friend);
  expect(names(model)).toEqual([
    "",
    "layers.0",
    "layers.0.fc",
    "layers.0.activation",
    "layers.1",
    "layers.1.fc",
    "layers.1.activation",
    "norm",
    "head",
    "head.0",
  ]);
  expect(Array.from(model.namedParameters(), ([name]) => name)).toEqual([
    "layers.0.fc.weight",
    "layers.0.fc.bias",
    "layers.1.fc.weight",
    "layers.1.fc.bias",
    "norm.weight",
    "head.0.weight",
  ]);
  expect(Array.from(model.namedChildren(), ([name]) => name)).toEqual(["layers.0", "layers.1", "norm", "head"]);
});

test("a model with a forward of its own loads a state dict and runs [seed 1]", async () => {
  using friend = new ReLU();
  using model = new Model(friend);
  const identity = float32([3, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1]);
  const head = randomTensor(1, [7, 3], "bfloat16");
  await model.loadStateDict(
    new Map<string, TensorLike>([
      ["layers.0.fc.weight", identity],
      ["layers.0.fc.bias", float32([3], [0, 0, -100])],
      ["layers.1.fc.weight", identity],
      ["layers.1.fc.bias", float32([3], [0, 0, 0])],
      ["norm.weight", { dtype: "bfloat16", shape: [3], data: new Uint16Array([0x4000, 0x3f80, 0x3f80]) }],
      ["head.0.weight", head],
    ]),
  );
  const logits = await model.forward([1.5, -2, 9], { times: 1 });
  // Only the first value survives, doubled: the others are negative at the first ReLU.
  const column = Array.from(head.data.filter((_, index) => index % 3 === 0));
  const expected = Float32Array.from(column, (bits) => 3 * new Float32Array(new Uint32Array([bits << 16]).buffer)[0]);
  expect(logits).toEqual(float32([1, 7], expected));
});

test("dispose gives back children and parameters once, and leaves what a module only refers to", () => {
  const friend = new ReLU();
  const model = new Model(friend);
  const [block] = model.layers;
  model.dispose();
  model.dispose();
  expect([model.disposed, block.disposed, block.fc.disposed, model.norm.weight.disposed]).toEqual(Array(4).fill(true));
  expect(model.friendIsDisposed()).toBe(false);
  expect(backend.memory()).toEqual({ tensors: 0, bytes: 0 });
});

test("a module that is reached in two ways has one name and one state [seed 2]", async () => {
  const shared = new Linear(3, 3, { backend, bias: false });
  using model = new Sequential(shared, new ReLU(), shared);
  await shared.setWeights(randomTensor(2, [3, 3], "float32"));
  expect(names(model)).toEqual(["", "0", "1"]);
  expect([...(await model.stateDict()).keys()]).toEqual(["0.weight"]);
});

test("a module that refers to its parent in an enumerable field does not make the walk endless", () => {
  class Child extends Module {
    parent: Module | undefined;
  }
  class Parent extends Module {
    readonly child: Child = new Child();
  }
  const parent = new Parent();
  parent.child.parent = parent;
  expect(names(parent)).toEqual(["", "child"]);
  parent.dispose();
  expect(parent.child.disposed).toBe(true);
});

test("replace puts a module in the place of a name and gives the old one to the caller", () => {
  using friend = new ReLU();
  using model = new Model(friend);
  const inner = new QuantizedLinear(3, 3, { backend });
  using before = model.replace("layers.1.fc", inner);
  expect(before).toBeInstanceOf(Linear);
  expect(before.disposed).toBe(false);
  expect(model.layers[1].fc).toBe(inner);
  const last = new ReLU();
  using head = model.replace("head.0", last);
  expect(head).toBeInstanceOf(Linear);
  expect(Array.from(model.namedModules()).find(([name]) => name === "head.0")?.[1]).toBe(last);
});

test.each(["", "layers", "layers.2.fc", "layers.0.fc.weight", "head.1", "toString"])(
  "replace of %j, which is no module, is ERR_UNSUPPORTED",
  async (name) => {
    using friend = new ReLU();
    using model = new Model(friend);
    const error = await rejection(() => model.replace(name, new ReLU()), "ERR_UNSUPPORTED");
    expect(error.message).toContain(`"${name}"`);
  },
);

test("a host parameter rounds floats to its dtype, keeps a copy, and refuses other dtypes and shapes", async () => {
  class Table extends Module {
    readonly ids: HostParameter<"int32"> = new HostParameter([2], "int32");
    readonly rows: HostParameter<"bfloat16"> = new HostParameter([2], "bfloat16");
  }
  using table = new Table();
  const ids = { dtype: "int32" as const, shape: [2], data: new Int32Array([7, -7]) };
  const rows = float32([2], [1 + 2 ** -8, 1 + 3 * 2 ** -8]); // ties: to even
  expect((await rejection(() => table.stateDict(), "ERR_UNAVAILABLE")).message).toContain('"ids"');
  await table.loadStateDict(
    new Map<string, TensorLike>([
      ["ids", ids],
      ["rows", rows],
    ]),
  );
  ids.data.fill(0);
  expect(table.ids.tensor.data).toEqual(new Int32Array([7, -7]));
  expect(table.rows.tensor.data).toEqual(new Uint16Array([0x3f80, 0x3f82]));
  (await table.stateDict()).get("ids")?.data.fill(0);
  expect(table.ids.tensor.data).toEqual(new Int32Array([7, -7]));
  const wrong = new Map<string, TensorLike>([
    ["ids", rows],
    ["rows", rows],
  ]);
  expect((await rejection(() => table.loadStateDict(wrong), "ERR_DTYPE")).message).toContain('"ids"');
  const short = new Map<string, TensorLike>([
    ["ids", ids],
    ["rows", float32([1], [1])],
  ]);
  expect((await rejection(() => table.loadStateDict(short), "ERR_SHAPE")).message).toContain('"rows"');
});
