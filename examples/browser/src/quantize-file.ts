import { type QuantizationProgress, type QuantizationReport, quantizeCheckpoint } from "@octet/checkpoint";
import type { Backend } from "@octet/core";
import { blobSource } from "@octet/safetensors";

export interface QuantizedFile {
  readonly file: Blob;
  readonly report: QuantizationReport;
}

/** Quantizes a safetensors file block by block. The result is kept in chunks, which the browser may put on disk. */
export async function quantizeFile(
  backend: Backend,
  file: Blob,
  onProgress: (progress: QuantizationProgress) => void,
): Promise<QuantizedFile> {
  const chunks: Blob[] = [];
  const report = await quantizeCheckpoint(
    blobSource(file),
    () => ({
      // The writer reuses its bytes after `write`; a Blob is a copy.
      async write(bytes) {
        chunks.push(new Blob([bytes as Uint8Array<ArrayBuffer>]));
      },
    }),
    { backend, format: "int8", onProgress },
  );
  return { file: new Blob(chunks), report };
}
