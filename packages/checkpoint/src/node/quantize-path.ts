import { realpath } from "node:fs/promises";
import { join, normalize } from "node:path";
import { OctetError, validateOptions } from "@octet/core";
import { configFile, type OpenInput } from "../open/open-input.ts";
import type { QuantizeCheckpointOptions } from "../options.ts";
import { quantizeOpened } from "../quantize/quantize-checkpoint.ts";
import type { QuantizationReport } from "../report/report.ts";
import { warnOf } from "../report/warn-of.ts";
import { quantizeKinds } from "../validate.ts";
import { describeFailure } from "./file-errors.ts";
import { type LocatedInput, locateInput, openLocated } from "./locate-input.ts";
import { isInside, type LocatedOutput, locateOutput } from "./locate-output.ts";
import { findFilesBeside, findOtherFiles, isWeights, type OtherFile } from "./other-files.ts";
import { readNeighbourConfig } from "./read-neighbour-config.ts";
import { StagedOutput } from "./staged-output.ts";

export interface QuantizePathOptions extends QuantizeCheckpointOptions {
  /** Whether an output that exists is replaced, once the new one is complete. Default false: it is refused. */
  readonly force?: boolean;
}

/**
 * Quantizes a checkpoint on the disk. `input` is a `.safetensors` file, the index of a sharded checkpoint, or a model folder. A file
 * becomes a file; the others become a folder, with the new config.json. Of a folder all other files are copied, but for `.git` and
 * `.cache`; with an index, if there is a config.json, the files beside it that hold no weights.
 *
 * The output is written beside its final name, and gets it when it is complete and on the disk. When anything goes wrong, or the signal
 * stops the work, nothing of it is left. Files and folders get the permissions that they have in the input.
 *
 * @throws OctetError as `quantizeCheckpoint` does; `ERR_UNAVAILABLE` when the input cannot be read or has no weights, when the output
 * exists, appears during the work, is the input, or contains or lies in it, and when the system refuses to write (no room, no
 * permission); `ERR_UNSUPPORTED` for arguments of other types
 */
export async function quantizePath(
  input: string,
  output: string,
  options: QuantizePathOptions,
): Promise<QuantizationReport> {
  validateOptions("quantizePath", options, { ...quantizeKinds, force: "boolean" });
  const { force = false, ...quantizeOptions } = options;
  const located = await locateInput(input);
  const target = await locateOutput(located, output, force);
  const opened = await openLocated(located);
  try {
    if (located.kind !== "file") return await quantizeFolder(located, opened, target, quantizeOptions);
    const config = await readNeighbourConfig(input);
    const withConfig = { ...opened, header: { ...opened.header, config } };
    return await writeOutput(located, withConfig, target, [], quantizeOptions);
  } finally {
    await opened.container.close();
  }
}

async function quantizeFolder(
  located: LocatedInput,
  opened: OpenInput,
  target: LocatedOutput,
  options: QuantizeCheckpointOptions,
): Promise<QuantizationReport> {
  const written = [...opened.files.keys(), located.weights, configFile].map(normalize);
  const find = located.kind === "index" ? findFilesBeside : findOtherFiles;
  const others = await find(located.folder, new Set(written));
  const sources = others.map(({ realPath }) => realPath);
  for (const file of opened.files.keys()) sources.push(await realpath(join(located.folder, file)));
  const endangered = sources.find((source) => isInside(source, target.path));
  if (endangered !== undefined) {
    throw new OctetError(
      "ERR_UNAVAILABLE",
      `${located.path} links to ${endangered}, in the output, which would be replaced: choose another output`,
    );
  }
  const report = await writeOutput(located, opened, target, others, options);
  return { ...report, warnings: [...report.warnings, ...warnOfWeights(others)] };
}

async function writeOutput(
  located: LocatedInput,
  opened: OpenInput,
  target: LocatedOutput,
  others: readonly OtherFile[],
  options: QuantizeCheckpointOptions,
): Promise<QuantizationReport> {
  const staged = new StagedOutput(located, target);
  const toCopy = [...others].reverse();
  try {
    // What the output refuses, it says itself; all else that the system refuses is reading.
    const report = await describeFailure(`read ${located.path}`, () => {
      return quantizeOpened(
        opened,
        async (file) => {
          for (let other = toCopy.pop(); other !== undefined; other = toCopy.pop()) {
            await staged.copy(other, options.signal);
          }
          return staged.createSink(file);
        },
        options,
      );
    });
    options.signal?.throwIfAborted();
    await staged.commit();
    return report;
  } catch (error) {
    await staged.discard().catch(() => undefined); // the first error is the one that explains
    throw error;
  }
}

function warnOfWeights(others: readonly OtherFile[]): string[] {
  const weights = others.filter(({ name }) => isWeights(name)).map(({ name }) => name);
  return warnOf(weights, "weights outside of the checkpoint are copied and not quantized");
}
