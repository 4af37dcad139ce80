import { type RecordField, recordLayouts } from "../src/launch-record.ts";

const head = `// What launches take, as src/launches.ts declares it; scripts/write-launch-records.ts writes this file.
//
// TypeScript fills in records of this layout. In place of an address it writes an offset into memory, which the addon turns into an
// address: the first fields of a record are its memories, in the order in which they are handed over.
#pragma once
#include <cstddef>
#include <cstdint>

namespace octet {
`;

const types: Readonly<Record<RecordField["type"], string>> = {
  memory: "void*",
  "optional memory": "void*",
  finding: "void*",
  int64: "int64_t",
  int32: "int32_t",
};

/** The structs of C++ for all launches, whose sizes the compiler checks against those that TypeScript counts on. */
export function formatLaunchRecords(): string {
  const calls = [...recordLayouts].map(([name, layout]) => ({ name, struct: structName(name), ...layout }));
  const structs = calls.map(({ name, struct, fields, bytes }) => {
    // Fields lie without gaps, so that the place of the last one tells of all.
    const last = fields[fields.length - 1]!;
    const memories = fields.filter(({ type }) => types[type] === "void*");
    return `
struct ${struct} {
  static constexpr const char* name = "${name}";
  static constexpr size_t memory_count = ${memories.length};
  static constexpr const char* memory_names[] = {${memories.map(({ name }) => `"${name}"`).join(", ")}};
${fields.map(({ name, type }) => `  ${types[type]} ${snakeCase(name)};\n`).join("")}};
static_assert(sizeof(${struct}) == ${bytes} && offsetof(${struct}, ${snakeCase(last.name)}) == ${last.offset}, "as TypeScript writes it");
`;
  });
  const list = calls.map(({ struct, index }) => `  VISIT(${index}, ${struct})`).join(" \\\n");
  return `${head}${structs.join("")}
/** Every launch with its number. */
#define OCTET_EACH_LAUNCH(VISIT) \\
${list}

}  // namespace octet
`;
}

function structName(name: string): string {
  return `${name[0]?.toUpperCase()}${name.slice(1)}Call`;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
