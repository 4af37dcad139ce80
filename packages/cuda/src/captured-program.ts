import type { Finding, Replay, Step } from "@octet/core/backend";
import type { NativeBuffer, NativeDevice, NativeGraph } from "./addon.ts";
import { type Findings, recordBytes } from "./findings.ts";
import type { Launcher } from "./launch-record.ts";
import type { FindingPlace, Launch } from "./launches.ts";
import { looksForNonFinite } from "./looks-for-non-finite.ts";
import { callNative } from "./native-error.ts";
import type { Storage } from "./storage.ts";

/** The insides of a backend that a capture needs. */
export interface CaptureHost {
  readonly device: NativeDevice;
  readonly launcher: Launcher;
  readonly findings: Findings;
}

/**
 * Captures the launches of a program as a CUDA graph. The graph has a record of its own for each launch that looks for what is not
 * finite. A run clears them first and ends with the first one that found something, which then becomes the run's own record.
 */
export function captureProgram(host: CaptureHost, steps: readonly Step<Storage, Launch>[]): Replay {
  const count = steps.filter(({ call }) => looksForNonFinite(call)).length;
  const records = count === 0 ? undefined : callNative(() => host.device.allocate((count + 1) * recordBytes));
  try {
    const graph = callNative(() => captureSteps(host, steps, records, count));
    return new GraphReplay(host, graph, records && placeOf(records, count));
  } catch (error) {
    host.device.abandonCapture();
    records?.free();
    throw error;
  }
}

/** There is a record for each of `count` launches, and after them that of a run. */
function captureSteps(
  { device, launcher }: CaptureHost,
  steps: readonly Step<Storage, Launch>[],
  records: NativeBuffer | undefined,
  count: number,
): NativeGraph {
  device.beginCapture();
  if (records !== undefined) device.zero(records);
  let used = 0;
  for (const { launch, call } of steps) {
    const place = looksForNonFinite(call) ? placeOf(records as NativeBuffer, used++) : undefined;
    launcher.launch(launch, place);
  }
  if (records !== undefined)
    launcher.launch({ kernel: "firstFinding", records, first: placeOf(records, count), count });
  return device.endCapture();
}

function placeOf(records: NativeBuffer, index: number): FindingPlace {
  return { records, offset: index * recordBytes };
}

class GraphReplay implements Replay {
  readonly #host: CaptureHost;
  readonly #graph: NativeGraph;
  /** The record of a run, at the end of the memory of all records. */
  readonly #found: FindingPlace | undefined;

  constructor(host: CaptureHost, graph: NativeGraph, found: FindingPlace | undefined) {
    this.#host = host;
    this.#graph = graph;
    this.#found = found;
  }

  run(): Finding | undefined {
    return callNative(() => {
      const found = this.#found;
      if (found === undefined) {
        this.#graph.launch();
        return undefined;
      }
      const { finding, place } = this.#host.findings.allot();
      this.#graph.launch();
      this.#host.device.copy(place.records, found.records, place.offset, found.offset, recordBytes);
      return finding;
    });
  }

  dispose(): void {
    this.#graph.free();
    this.#found?.records.free();
  }
}
