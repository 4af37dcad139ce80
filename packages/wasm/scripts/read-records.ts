import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import ts from "typescript";

/** Something with a name and what its doc comment says. */
interface Named {
  readonly name: string;
  readonly doc: string;
}

/** A field of a record: one word. `type` is that of the declaration. */
export interface Field extends Named {
  readonly type: string;
}

/** The parameters of a kernel. A field named `finding` says where the kernel notes what is not finite. */
export interface RecordClass {
  readonly name: string;
  readonly fields: readonly Field[];
}

/** Names that stand for numbers, from 0 on. */
export interface CodeEnum extends Named {
  readonly members: readonly string[];
}

export interface KernelDeclaration extends Named {
  readonly record: RecordClass;
}

/** What both sides must agree on. */
export interface Declarations {
  readonly kernels: readonly KernelDeclaration[];
  readonly enums: readonly CodeEnum[];
}

/** Types of fields that are no enums. All take a word, so that a field's place is its number. */
const wordTypes = ["Address", "Count", "i32", "u32"];

/**
 * Reads the kernels of index.ts and the classes of their records. Throws for what the other side could not fill in: a kernel without a
 * record, a field that is not a word, a record of more than `limit` words.
 */
export async function readRecords(folder: string, limit: number): Promise<Declarations> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".ts"));
  const files = await Promise.all(
    names.map(async (name) =>
      ts.createSourceFile(name, await readFile(join(folder, name), "utf8"), ts.ScriptTarget.ES2024),
    ),
  );
  const statements = files.flatMap((file) => [...file.statements].map((statement) => ({ statement, file })));
  const enums = statements.flatMap(({ statement, file }) =>
    ts.isEnumDeclaration(statement) ? [readEnum(statement, file)] : [],
  );
  const classes = new Map<string, { readonly declaration: ts.ClassDeclaration; readonly file: ts.SourceFile }>();
  for (const { statement, file } of statements) {
    if (ts.isClassDeclaration(statement)) classes.set(textOf(statement.name, file), { declaration: statement, file });
  }
  const types = new Set([...wordTypes, ...enums.map(({ name }) => name)]);

  const fieldsOf = (name: string): readonly Field[] => {
    const found = classes.get(name);
    if (found === undefined) throw new Error(`there is no class ${name}`);
    const { declaration, file } = found;
    const base = declaration.heritageClauses?.[0]?.types[0].expression;
    const own = declaration.members.filter(ts.isPropertyDeclaration).map((member) => {
      const field = { name: textOf(member.name, file), type: textOf(member.type, file), doc: docOf(member, file) };
      if (!types.has(field.type))
        throw new Error(`${name}.${field.name} is of type ${field.type}; use ${[...types].join(", ")}`);
      return field;
    });
    return [...(base === undefined ? [] : fieldsOf(textOf(base, file))), ...own];
  };

  const kernels = statements.flatMap(({ statement, file }) => {
    if (!ts.isFunctionDeclaration(statement)) return [];
    const name = textOf(statement.name, file);
    if (!exportsOf(files).includes(name)) return [];
    const record = textOf(statement.parameters[0]?.type, file);
    const fields = fieldsOf(record);
    if (fields.length > limit) throw new Error(`${record} has ${fields.length} words; a record has up to ${limit}`);
    return [{ name, doc: docOf(statement, file), record: { name: record, fields } }];
  });
  const missing = exportsOf(files).filter((name) => !kernels.some((kernel) => kernel.name === name));
  if (missing.length > 0) throw new Error(`there are no kernels ${missing.join(", ")}`);
  return { kernels: kernels.sort((a, b) => (a.name < b.name ? -1 : 1)), enums };
}

/** What index.ts exports. */
function exportsOf(files: readonly ts.SourceFile[]): readonly string[] {
  const index = files.find(({ fileName }) => fileName === "index.ts") as ts.SourceFile;
  return index.statements.flatMap((statement) => {
    const clause = ts.isExportDeclaration(statement) ? statement.exportClause : undefined;
    return clause !== undefined && ts.isNamedExports(clause)
      ? clause.elements.map(({ name }) => textOf(name, index))
      : [];
  });
}

function readEnum(declaration: ts.EnumDeclaration, file: ts.SourceFile): CodeEnum {
  const members = declaration.members.map(({ name, initializer }) => {
    if (initializer !== undefined)
      throw new Error(`${textOf(name, file)} has a number of its own; members count from 0`);
    return textOf(name, file);
  });
  return { name: textOf(declaration.name, file), doc: docOf(declaration, file), members };
}

function textOf(node: ts.Node | undefined, file: ts.SourceFile): string {
  return node === undefined ? "" : node.getText(file);
}

/** The doc comment before a node, with its delimiters. */
function docOf(node: ts.Node, file: ts.SourceFile): string {
  const ranges = ts.getLeadingCommentRanges(file.text, node.getFullStart()) ?? [];
  const docs = ranges.map(({ pos, end }) => file.text.slice(pos, end)).filter((text) => text.startsWith("/**"));
  return docs.at(-1) ?? "";
}
