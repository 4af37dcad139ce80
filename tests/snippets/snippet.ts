import { type CodeBlock, codeBlocks } from "../support/markdown.ts";

/** A block of a document that must hold: what to run, and what the reader is told that it prints. */
export interface Snippet {
  readonly block: CodeBlock;
  readonly kind: "module" | "file" | "page" | "commands";
  /** Name under which the code is saved beside the document's other snippets; commands have none. */
  readonly fileName: string | undefined;
  /** The `text` block that follows directly. */
  readonly expectedOutput: string | undefined;
}

const fileMark = /^file=(.+)$/;

/** The snippets of a document, in order. The convention is in CONTRIBUTING.md, "Snippets". */
export function snippetsOf(file: string): Snippet[] {
  const blocks = codeBlocks(file);
  return blocks.flatMap((block, index) => {
    const kind = kindOf(block);
    if (kind === undefined) return [];
    const next = blocks[index + 1];
    const named = block.marks.map((mark) => fileMark.exec(mark)?.[1]).find((name) => name !== undefined);
    return {
      block,
      kind,
      fileName: kind === "commands" ? undefined : (named ?? `line-${block.line}.ts`),
      expectedOutput: next?.language === "text" ? next.code : undefined,
    };
  });
}

function kindOf({ language, marks, code }: CodeBlock): Snippet["kind"] | undefined {
  if (language === "ts") {
    if (marks.some((mark) => fileMark.test(mark))) return "file";
    return marks.includes("browser") ? "page" : "module";
  }
  const runs =
    language === "sh" && !marks.includes("ignore") && commandsOf(code).every((line) => /^octet\b/.test(line));
  return runs ? "commands" : undefined;
}

/** The commands of a `sh` block, continued lines joined, without comments. */
export function commandsOf(code: string): string[] {
  return code
    .replaceAll("\\\n", " ")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}
