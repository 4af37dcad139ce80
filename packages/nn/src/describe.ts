export interface DescribedChild {
  /** `fc`, or `layers.0` for an element of an array. */
  readonly name: string;
  readonly text: string;
}

/**
 * A module as PyTorch prints one: `Name(extra)` on one line, or a line for each child, indented by two spaces. Neighbours of one
 * array that read the same share a line: `(layers.0-3): 4 x Block(...)`.
 */
export function describe(typeName: string, extra: string, children: readonly DescribedChild[]): string {
  if (children.length === 0) return `${typeName}(${extra})`;
  const lines = mergeRepeats(children).map(({ label, text }) => `(${label}): ${text}`);
  if (extra !== "") lines.unshift(extra);
  return `${typeName}(\n${lines.map(indent).join("\n")}\n)`;
}

function mergeRepeats(children: readonly DescribedChild[]): { label: string; text: string }[] {
  const merged: { label: string; text: string }[] = [];
  for (let first = 0, next = 0; first < children.length; first = next) {
    const { name, text } = children[first];
    const array = arrayOf(name);
    next = first + 1;
    while (array !== undefined && next < children.length) {
      const follower = children[next];
      if (arrayOf(follower.name) !== array || follower.text !== text) break;
      next++;
    }
    const count = next - first;
    if (count === 1) merged.push({ label: name, text });
    else merged.push({ label: `${name}-${lastPart(children[next - 1].name)}`, text: `${count} x ${text}` });
  }
  return merged;
}

/** The array that an element's name starts with; fields and the layers of a Sequential are in none. */
function arrayOf(name: string): string | undefined {
  const dot = name.lastIndexOf(".");
  return dot < 0 ? undefined : name.slice(0, dot);
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

function indent(text: string): string {
  return text.replace(/^/gm, "  ");
}
