/** The section of imports in a wasm binary, and the kind of import that a memory is. */
const importSection = 2;
const memoryKind = 2;

/** Bits of the flags before the limits of a memory. */
const hasMaximum = 1;
const isShared = 2;

/**
 * A copy of a wasm binary whose imported memory is a shared one.
 *
 * The instructions that read and write memory are the same for both kinds; only the type of the import must match what is passed for
 * it. So one binary serves both: this sets the bit. The memory must be the first import, and have a maximum.
 */
export function shareMemoryImport(binary: Uint8Array): Uint8Array<ArrayBuffer> {
  const shared = binary.slice() as Uint8Array<ArrayBuffer>;
  let at = 8; // past the magic number and the version
  const readNumber = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = shared[at++];
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < shared.length) {
    const section = shared[at++];
    const length = readNumber();
    if (section !== importSection) {
      at += length;
      continue;
    }
    readNumber(); // how many imports
    for (let names = 0; names < 2; names++) {
      const length = readNumber();
      at += length;
    }
    if (shared[at++] === memoryKind && shared[at] === hasMaximum) {
      shared[at] = hasMaximum | isShared;
      return shared;
    }
    break;
  }
  throw new Error("the first import is not an unshared memory with a maximum");
}
