import type { Declarations, Field, KernelDeclaration } from "./read-records.ts";

/** The text of src/generated/kernels.ts: for each kernel the type of its record, and the function that makes a launch of it. */
export function writeRecords({ kernels, enums }: Declarations): string {
  const records = new Map(kernels.map(({ record }) => [record.name, record]));
  const parts = [
    "// Made by scripts/generate.ts from the classes of records in assembly/.",
    'import type { Launch, Range } from "../run/launch.ts";',
    "/** The kernels of assembly/index.ts. Launches name them by their place in this list, which is the same in every thread. */",
    `export const kernelNames = ${JSON.stringify(kernels.map(({ name }) => name))} as const;`,
    ...enums.map(({ name, doc, members }) => {
      const codes = members.map((member, code) => `${member}: ${code}`);
      return `${doc}\nexport const ${name} = { ${codes.join(", ")} } as const;`;
    }),
    ...[...records.values()].map(({ name, fields }) => {
      return `export interface ${name} {\n${fields.map(fieldText).join("\n")}\n}`;
    }),
    ...kernels.map(launchText),
  ];
  return `${parts.join("\n\n")}\n`;

  function fieldText({ name, doc, type }: Field): string {
    return `  ${doc === "" ? "" : `${doc}\n  `}readonly ${name}: ${isEnum(type) ? `keyof typeof ${type}` : "number"};`;
  }

  function launchText({ name, doc, record }: KernelDeclaration, kernel: number): string {
    const words = record.fields.map((field) => {
      return isEnum(field.type) ? `${field.type}[record.${field.name}]` : `record.${field.name}`;
    });
    const finding = record.fields.some((field) => field.name === "finding") ? "record.finding" : "0";
    return [
      doc,
      `export function ${name}({ items, grain }: Range, record: ${record.name}): Launch {`,
      `  return { kernel: ${kernel}, items, grain, finding: ${finding}, words: [${words.join(", ")}] };`,
      "}",
    ].join("\n");
  }

  function isEnum(type: string): boolean {
    return enums.some((declared) => declared.name === type);
  }
}
