import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Nodes } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { root } from "./workspace.ts";

/** A fenced block of a document. */
export interface CodeBlock {
  /** Path of the document, from the root of the repository. */
  readonly file: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
  /** First word after the fence: `ts`, `sh`, `text`. */
  readonly language: string;
  /** The words after the language. */
  readonly marks: readonly string[];
  readonly code: string;
}

/** Every document whose blocks are promises to the reader, as paths from the root of the repository. */
export function documents(): string[] {
  const patterns = ["*.md", "docs/**/*.md", "{packages,apps,examples}/*/*.md"];
  return globSync(patterns, { cwd: root })
    .filter((file) => !file.endsWith("CHANGELOG.md"))
    .sort();
}

/** The fenced blocks of a document, in order. */
export function codeBlocks(file: string): CodeBlock[] {
  return nodesOf(file)
    .filter((node) => node.type === "code")
    .map((node) => ({
      file,
      line: node.position!.start.line,
      language: node.lang ?? "",
      marks: node.meta?.split(/\s+/) ?? [],
      code: `${node.value}\n`,
    }));
}

/** The addresses that a document links to. */
export function links(file: string): string[] {
  return nodesOf(file).flatMap((node) =>
    node.type === "link" || node.type === "image" || node.type === "definition" ? [node.url] : [],
  );
}

/** The text of a document's headings. */
export function headings(file: string): string[] {
  return nodesOf(file).flatMap((node) =>
    node.type === "heading" ? [[...descend(node)].map((part) => ("value" in part ? part.value : "")).join("")] : [],
  );
}

const nodesOf = (file: string): Nodes[] => [...descend(fromMarkdown(readFileSync(join(root, file), "utf8")))];

function* descend(node: Nodes): Generator<Nodes> {
  yield node;
  if ("children" in node) for (const child of node.children) yield* descend(child);
}
