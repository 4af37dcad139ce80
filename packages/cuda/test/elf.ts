/** A symbol of a test's ELF file: imported when it has a library, exported otherwise. */
export interface TestSymbol {
  readonly name: string;
  readonly version?: string;
  readonly library?: string;
  readonly weak?: boolean;
}

class Strings {
  text = "\0";
  add(name: string): number {
    const offset = this.text.length;
    this.text += `${name}\0`;
    return offset;
  }
}

/** Writes a file of the dynamic linker's tables and nothing else, as the ABI lays them out. */
export function writeElf(symbols: readonly TestSymbol[], needed: readonly string[], fatBinary?: Buffer): Buffer {
  const strings = new Strings();
  const libraries = Map.groupBy(
    symbols.filter(({ version, library }) => version !== undefined && library !== undefined),
    ({ library }) => library!,
  );
  const indices = new Map<string, number>();
  const versionsNeeded = [...libraries].map(([library, members], position) => {
    const versions = [...new Set(members.map(({ version }) => version!))];
    const record = Buffer.alloc(16 + 16 * versions.length);
    record.writeUInt16LE(1, 0);
    record.writeUInt16LE(versions.length, 2);
    record.writeUInt32LE(strings.add(library), 4);
    record.writeUInt32LE(16, 8);
    record.writeUInt32LE(position + 1 < libraries.size ? record.length : 0, 12);
    for (const [i, version] of versions.entries()) {
      const at = 16 + 16 * i;
      indices.set(`${library} ${version}`, indices.size + 2);
      record.writeUInt16LE(indices.get(`${library} ${version}`)!, at + 6);
      record.writeUInt32LE(strings.add(version), at + 8);
      record.writeUInt32LE(i + 1 < versions.length ? 16 : 0, at + 12);
    }
    return record;
  });
  const table = symbols.map(({ name, library, weak }) => {
    const entry = Buffer.alloc(24);
    entry.writeUInt32LE(strings.add(name), 0);
    entry[4] = ((weak ? 2 : 1) << 4) | 2;
    entry.writeUInt16LE(library === undefined ? 1 : 0, 6);
    return entry;
  });
  const versionOf = ({ library, version }: TestSymbol): number => indices.get(`${library} ${version}`) ?? 1;
  const dynamic = needed.map((library) => {
    const entry = Buffer.alloc(16);
    entry.writeBigInt64LE(1n, 0);
    entry.writeBigUInt64LE(BigInt(strings.add(library)), 8);
    return entry;
  });
  const names = new Strings();
  const stringsAt = 1;
  return joinSections([
    { name: 0, type: 0, link: 0, bytes: Buffer.alloc(0) },
    { name: names.add(".dynstr"), type: 3, link: 0, bytes: () => Buffer.from(strings.text, "latin1") },
    { name: names.add(".dynsym"), type: 11, link: stringsAt, bytes: Buffer.concat([Buffer.alloc(24), ...table]) },
    { name: names.add(".gnu.version"), type: 0x6fffffff, link: 2, bytes: words([0, ...symbols.map(versionOf)]) },
    { name: names.add(".gnu.version_r"), type: 0x6ffffffe, link: stringsAt, bytes: Buffer.concat(versionsNeeded) },
    { name: names.add(".dynamic"), type: 6, link: stringsAt, bytes: Buffer.concat(dynamic) },
    { name: names.add(".nv_fatbin"), type: 1, link: 0, bytes: fatBinary ?? Buffer.alloc(0) },
    { name: names.add(".shstrtab"), type: 3, link: 0, bytes: () => Buffer.from(names.text, "latin1") },
  ]);
}

interface TestSection {
  readonly name: number;
  readonly type: number;
  readonly link: number;
  readonly bytes: Buffer | (() => Buffer);
}

/** The header, the sections, and the table that says where they are; the last one holds their names. */
function joinSections(sections: readonly TestSection[]): Buffer {
  const header = Buffer.alloc(64);
  header.write("\x7fELF\x02\x01\x01", "latin1");
  const parts: Buffer[] = [header];
  let offset = header.length;
  const table = sections.map(({ name, type, link, bytes }) => {
    const content = typeof bytes === "function" ? bytes() : bytes;
    const entry = Buffer.alloc(64);
    entry.writeUInt32LE(name, 0);
    entry.writeUInt32LE(type, 4);
    entry.writeBigUInt64LE(BigInt(offset), 24);
    entry.writeBigUInt64LE(BigInt(content.length), 32);
    entry.writeUInt32LE(link, 40);
    parts.push(content);
    offset += content.length;
    return entry;
  });
  header.writeBigUInt64LE(BigInt(offset), 40);
  header.writeUInt16LE(64, 58);
  header.writeUInt16LE(sections.length, 60);
  header.writeUInt16LE(sections.length - 1, 62);
  return Buffer.concat([...parts, ...table]);
}

function words(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [i, value] of values.entries()) bytes.writeUInt16LE(value, i * 2);
  return bytes;
}

/** A section of one region with these images: kind (1: PTX, 2: machine code) and architecture. */
export function writeFatBinary(images: readonly (readonly [kind: 1 | 2, architecture: number])[]): Buffer {
  const bodies = images.map(([kind, architecture]) => {
    const image = Buffer.alloc(64 + 24);
    image.writeUInt16LE(kind, 0);
    image.writeUInt32LE(64, 4);
    image.writeBigUInt64LE(24n, 8);
    image.writeUInt32LE(architecture, 28);
    return image;
  });
  const region = Buffer.alloc(16);
  region.writeUInt32LE(0xba55ed50, 0);
  region.writeUInt16LE(1, 4);
  region.writeUInt16LE(16, 6);
  region.writeBigUInt64LE(BigInt(Buffer.concat(bodies).length), 8);
  return Buffer.concat([region, ...bodies]);
}
