import { type CheckpointFolder, type CheckpointSink, openCheckpoint } from "@octet/checkpoint";
import { type ByteSource, bytesSource, openSafetensors, type SafetensorsReader } from "@octet/safetensors";

/** A folder in memory: what a sink writes appears in it when the sink is closed. */
export class MemoryFiles {
  readonly files: Map<string, Uint8Array> = new Map();
  readonly aborted: string[] = [];

  constructor(files: Readonly<Record<string, Uint8Array | string | object>> = {}) {
    for (const [name, content] of Object.entries(files)) this.files.set(name, toBytes(content));
  }

  readonly createSink = (name: string): CheckpointSink => {
    const chunks: Uint8Array[] = [];
    return {
      write: async (bytes) => {
        chunks.push(bytes.slice());
      },
      close: async () => {
        this.files.set(name, concatenate(chunks));
      },
      abort: async () => {
        this.aborted.push(name);
      },
    };
  };

  /** As an input. */
  get folder(): CheckpointFolder {
    return { open: async (name) => (this.files.has(name) ? this.source(name) : null) };
  }

  source(name = "model.safetensors"): ByteSource {
    return bytesSource(this.bytes(name));
  }

  bytes(name: string): Uint8Array {
    const bytes = this.files.get(name);
    if (bytes === undefined) throw new Error(`there is no ${name} among ${[...this.files.keys()].join(", ")}`);
    return bytes;
  }

  text(name: string): string {
    return new TextDecoder().decode(this.bytes(name));
  }

  json(name: string): ReturnType<typeof JSON.parse> {
    return JSON.parse(this.text(name));
  }

  reader(name = "model.safetensors"): Promise<SafetensorsReader> {
    return openSafetensors(this.source(name));
  }

  openCheckpoint(): ReturnType<typeof openCheckpoint> {
    return openCheckpoint(this.folder);
  }
}

export function concatenate(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

function toBytes(content: Uint8Array | string | object): Uint8Array {
  if (content instanceof Uint8Array) return content;
  return new TextEncoder().encode(typeof content === "string" ? content : JSON.stringify(content));
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
