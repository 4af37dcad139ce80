/**
 * What a 64-bit little-endian ELF file says to the dynamic linker: the libraries that it needs, and its symbols with their versions. The
 * layout is that of the System V ABI, and of the GNU extensions for symbol versions in the Linux Standard Base Core, chapter 10.7.
 */

/** A symbol of the dynamic symbol table. */
export interface DynamicSymbol {
  readonly name: string;
  /** Like "GLIBC_2.14"; undefined where the symbol has none. */
  readonly version: string | undefined;
  /** Imports: the library that the version is asked of. */
  readonly library: string | undefined;
  /** Exports: whether it is the one that a program without a wish is linked to. */
  readonly isDefault: boolean;
  readonly isWeak: boolean;
  readonly isObject: boolean;
}

export interface ElfFile {
  /** DT_NEEDED, in their order. */
  readonly needed: readonly string[];
  readonly imports: readonly DynamicSymbol[];
  readonly exports: readonly DynamicSymbol[];
  /** The bytes of the section of that name. */
  readonly section: (name: string) => Buffer | undefined;
}

const sectionTypes = {
  dynamic: 6,
  symbols: 11,
  versionsDefined: 0x6ffffffd,
  versionsNeeded: 0x6ffffffe,
  versions: 0x6fffffff,
};
const neededTag = 1n;
const weakBinding = 2;
const objectType = 1;
/** The place of a symbol that stands for nothing but the name of a version. */
const absolutePlace = 0xfff1;
/** In the table of versions: the bit of a symbol that is not the default one. */
const hiddenBit = 0x8000;

interface Section {
  readonly name: number;
  readonly type: number;
  readonly bytes: Buffer;
  /** The section that this one refers to: its strings. */
  readonly link: number;
}

/** @throws Error where the bytes are no 64-bit little-endian ELF file */
export function readElf(file: Buffer): ElfFile {
  if (file.length < 64 || file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 2 || file[5] !== 1) {
    throw new Error("this is no 64-bit little-endian ELF file");
  }
  const sections = readSections(file);
  const ofType = (type: number): Section | undefined => sections.find((section) => section.type === type);
  const strings = (section: Section): Buffer => sections[section.link]!.bytes;
  const names = sections[file.readUInt16LE(62)]?.bytes;

  const dynamic = ofType(sectionTypes.dynamic);
  const needed: string[] = [];
  for (let at = 0; dynamic !== undefined && at < dynamic.bytes.length; at += 16) {
    if (dynamic.bytes.readBigInt64LE(at) !== neededTag) continue;
    needed.push(textAt(strings(dynamic), Number(dynamic.bytes.readBigUInt64LE(at + 8))));
  }

  const versionNames = new Map<number, { readonly version: string; readonly library?: string }>();
  const wanted = ofType(sectionTypes.versionsNeeded);
  if (wanted) readVersionsNeeded(wanted.bytes, strings(wanted), versionNames);
  const offered = ofType(sectionTypes.versionsDefined);
  if (offered) readVersionsDefined(offered.bytes, strings(offered), versionNames);

  const [imports, exports]: [DynamicSymbol[], DynamicSymbol[]] = [[], []];
  const symbols = ofType(sectionTypes.symbols);
  const versions = ofType(sectionTypes.versions)?.bytes;
  for (let index = 1; symbols !== undefined && index < symbols.bytes.length / 24; index++) {
    const entry = symbols.bytes.subarray(index * 24);
    const versionIndex = versions?.readUInt16LE(index * 2) ?? 0;
    const { version, library } = versionNames.get(versionIndex & ~hiddenBit) ?? {};
    const place = entry.readUInt16LE(6);
    if (place === absolutePlace) continue;
    (place === 0 ? imports : exports).push({
      name: textAt(strings(symbols), entry.readUInt32LE(0)),
      version,
      library,
      isDefault: (versionIndex & hiddenBit) === 0,
      isWeak: entry[4]! >> 4 === weakBinding,
      isObject: (entry[4]! & 0xf) === objectType,
    });
  }
  const section = (name: string): Buffer | undefined =>
    sections.find((candidate) => names !== undefined && textAt(names, candidate.name) === name)?.bytes;
  return { needed, imports, exports, section };
}

function readSections(file: Buffer): Section[] {
  const [start, size, count] = [Number(file.readBigUInt64LE(40)), file.readUInt16LE(58), file.readUInt16LE(60)];
  return Array.from({ length: count }, (_, index) => {
    const header = file.subarray(start + index * size);
    const [offset, length] = [Number(header.readBigUInt64LE(24)), Number(header.readBigUInt64LE(32))];
    const type = header.readUInt32LE(4);
    // A section without bits (8) takes no place in the file.
    const bytes = type === 8 ? file.subarray(0, 0) : file.subarray(offset, offset + length);
    return { name: header.readUInt32LE(0), type, bytes, link: header.readUInt32LE(40) };
  });
}

type VersionNames = Map<number, { readonly version: string; readonly library?: string }>;

/** Each record names a library, and then the versions that are asked of it. */
function readVersionsNeeded(bytes: Buffer, strings: Buffer, names: VersionNames): void {
  walk(bytes, 0, 12, (record) => {
    const library = textAt(strings, bytes.readUInt32LE(record + 4));
    walk(bytes, record + bytes.readUInt32LE(record + 8), 12, (version) => {
      names.set(bytes.readUInt16LE(version + 6), {
        version: textAt(strings, bytes.readUInt32LE(version + 8)),
        library,
      });
    });
  });
}

/** Each record names a version, and then those before it. */
function readVersionsDefined(bytes: Buffer, strings: Buffer, names: VersionNames): void {
  walk(bytes, 0, 16, (record) => {
    const name = textAt(strings, bytes.readUInt32LE(record + bytes.readUInt32LE(record + 12)));
    // The first is the file's own name, and no symbol's version.
    if ((bytes.readUInt16LE(record + 2) & 1) === 0) names.set(bytes.readUInt16LE(record + 4), { version: name });
  });
}

/** Visits a chain of records, each of which says at `nextField` how far it is to the next one; the last says 0. */
function walk(bytes: Buffer, first: number, nextField: number, visit: (record: number) => void): void {
  for (let record = first; record + nextField + 4 <= bytes.length; ) {
    visit(record);
    const next = bytes.readUInt32LE(record + nextField);
    if (next === 0) return;
    record += next;
  }
}

function textAt(strings: Buffer, offset: number): string {
  return strings.toString("latin1", offset, strings.indexOf(0, offset));
}
