/**
 * The reason to refuse the name of a file in a folder; undefined for a name that may be opened. Plain names are allowed, also in folders
 * below, with forward slashes. The check refuses everything that a file system, a URL or a server could read as a way out: `..` in any
 * spelling, roots, drives, percent escapes, queries, and spaces and dots that some systems drop.
 */
export function findNameProblem(name: string): string | undefined {
  const parts = name.split(/[/\\]/);
  if (parts.some((part) => part.startsWith(".."))) return 'leads upwards with ".."';
  if (parts.includes("") || parts.includes(".")) return "starts at the root or has an empty part";
  if (parts.some((part) => /^\s|[\s.]$/.test(part)))
    return "has a part that starts or ends with a space or ends with a dot";
  if (/[\\:%?#\p{Cc}]/u.test(name)) return "holds a backslash, a colon, a percent sign, ?, # or a control character";
  if (!name.isWellFormed()) return "holds half of a surrogate pair";
  return undefined;
}
