/** A binary with a custom section "octet" at its end, which tells a compiled module's build and version; src/start/kernel-module.ts. */
export function labelKernels(binary: Uint8Array, label: string): Uint8Array {
  const name = "octet";
  const content = Buffer.from(`${name}${label}`);
  const size = content.length + 1;
  // Lengths are LEB128: one byte each up to 127.
  if (size > 127) throw new Error(`the label has ${label.length} bytes, which is too long`);
  return Buffer.concat([binary, Buffer.of(0, size, name.length), content]);
}
