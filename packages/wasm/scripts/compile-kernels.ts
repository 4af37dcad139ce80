import { fileURLToPath } from "node:url";
import { main as compile } from "assemblyscript/asc";

const entry = fileURLToPath(new URL("../assembly/index.ts", import.meta.url));

/** The binary of the kernels, without or with relaxed SIMD. Throws with the compiler's messages when they do not compile. */
export async function compileKernels(relaxed: boolean): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  const options = [
    ...[entry, "--outFile", "kernels.wasm", "--enable", relaxed ? "simd,relaxed-simd" : "simd"],
    // The memory is made by the backend, up to the 4 GiB of 32-bit addresses; constants lie at its 1024th byte (src/memory/memory-map.ts).
    ...[
      "--importMemory",
      "--noExportMemory",
      "--initialMemory",
      "1",
      "--maximumMemory",
      "65536",
      "--memoryBase",
      "1024",
    ],
    // No allocator, no garbage collector, no assertions: kernels work on addresses that they are given.
    ...["--runtime", "stub", "--noAssert", "--use", "abort="],
    // Level 1 of shrinking keeps the hot loops as they are and the rest small.
    ...["--optimizeLevel", "3", "--shrinkLevel", "1", "--use", `RELAXED=${relaxed ? 1 : 0}`],
    // AS112: "exchange of v128 values is not supported": functions between files of ours are meant, no export takes one.
    ...["--disableWarning", "112"],
  ];
  const { error, stderr } = await compile(options, {
    writeFile: (_name: string, contents: string | Uint8Array) => {
      if (typeof contents !== "string") binary = contents;
    },
  });
  const messages = stderr.toString();
  if (error !== null || binary === undefined || messages !== "") {
    throw new Error(`the kernels do not compile:\n${messages}${error?.message ?? ""}`);
  }
  return binary;
}
