import type { NativeBuffer, NativeDevice } from "./addon.ts";
import { type FieldType, type FindingPlace, type Launch, type LaunchName, launches } from "./launches.ts";

/** A field of a record: its name and where its bytes lie. */
export interface RecordField {
  readonly name: string;
  readonly type: FieldType;
  /** Bytes from the start of the record. */
  readonly offset: number;
}

/** How the fields of a launch lie in memory: addresses, then numbers of 64 bits, then numbers of 32 bits. */
export interface RecordLayout {
  /** The place of the launch in the table, by which the addon knows it. */
  readonly index: number;
  readonly fields: readonly RecordField[];
  /** A multiple of 8. */
  readonly bytes: number;
}

const sizes: readonly { readonly types: readonly FieldType[]; readonly bytes: number }[] = [
  { types: ["memory", "optional memory", "finding"], bytes: 8 },
  { types: ["int64"], bytes: 8 },
  { types: ["int32"], bytes: 4 },
];

/** The layouts of all launches, in the order of the table. */
export const recordLayouts: ReadonlyMap<LaunchName, RecordLayout> = new Map(
  Object.entries(launches).map(([name, fields], index) => [name as LaunchName, layOut(fields, index)]),
);

function layOut(types: Readonly<Record<string, FieldType>>, index: number): RecordLayout {
  const fields: RecordField[] = [];
  let offset = 0;
  for (const size of sizes) {
    for (const [name, type] of Object.entries(types)) {
      if (!size.types.includes(type)) continue;
      fields.push({ name, type, offset });
      offset += size.bytes;
    }
  }
  return { index, fields, bytes: Math.ceil(offset / 8) * 8 };
}

/** Writes launches as records and hands them to the addon. Each launch overwrites the same bytes. */
export class Launcher {
  readonly #device: NativeDevice;
  readonly #view = new DataView(new ArrayBuffer(Math.max(...[...recordLayouts.values()].map(({ bytes }) => bytes))));
  readonly #records = new Map<LaunchName, Uint8Array>();

  constructor(device: NativeDevice) {
    this.#device = device;
  }

  /** `finding`: where the launch notes what is not finite; undefined where it need not look. */
  launch(launch: Launch, finding?: FindingPlace): void {
    const { index, fields, bytes } = recordLayouts.get(launch.kernel) as RecordLayout;
    const memories: (NativeBuffer | undefined)[] = [];
    const values = launch as unknown as Readonly<Record<string, unknown>>;
    for (const { name, type, offset } of fields) {
      if (type === "int32") {
        this.#view.setInt32(offset, values[name] as number, true);
      } else if (type === "int64") {
        this.#setInt64(offset, values[name] as number);
      } else if (type === "finding") {
        const place = (values[name] ?? finding) as FindingPlace | undefined;
        memories.push(place?.records);
        this.#setInt64(offset, place?.offset ?? 0);
      } else {
        memories.push(values[name] as NativeBuffer | undefined);
        this.#setInt64(offset, 0);
      }
    }
    this.#device.launch(index, this.#record(launch.kernel, bytes), ...memories);
  }

  #setInt64(offset: number, value: number): void {
    this.#view.setUint32(offset, value, true);
    this.#view.setUint32(offset + 4, value / 2 ** 32, true);
  }

  #record(kernel: LaunchName, bytes: number): Uint8Array {
    let record = this.#records.get(kernel);
    if (record === undefined) {
      record = new Uint8Array(this.#view.buffer, 0, bytes);
      this.#records.set(kernel, record);
    }
    return record;
  }
}
