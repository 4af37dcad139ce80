/** What a CUDA binary holds: machine code, or PTX, of one source file for one architecture. */
export interface CodeImage {
  readonly kind: "machine code" | "ptx";
  /** 90 */
  readonly architecture: number;
}

const magic = 0xba55ed50;

/**
 * Reads the section `.nv_fatbin`: regions, each of them a header of 16 bytes (magic, version, size of the header, size of what follows) and
 * images, each with a header of its own that tells kind, size and architecture. CUDA does not document it; `cuobjdump`, which reads it,
 * does not come with the compiler.
 */
export function listCodeImages(section: Buffer): CodeImage[] {
  const images: CodeImage[] = [];
  for (let at = 0; at + 16 <= section.length; ) {
    if (section.readUInt32LE(at) !== magic) {
      at += 8;
      continue;
    }
    let image = at + section.readUInt16LE(at + 6);
    const end = image + Number(section.readBigUInt64LE(at + 8));
    while (image + 64 <= end) {
      const kind = section.readUInt16LE(image) === 1 ? "ptx" : "machine code";
      images.push({ kind, architecture: section.readUInt32LE(image + 28) });
      image += section.readUInt32LE(image + 4) + Number(section.readBigUInt64LE(image + 8));
    }
    at = end;
  }
  return images;
}
