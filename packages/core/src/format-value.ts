const longest = 80;

/** A value as messages show it: text in quotes, arrays and plain objects as JSON, everything else by its class. Never throws. */
export function formatValue(value: unknown): string {
  switch (typeof value) {
    case "string":
      return shorten(JSON.stringify(value));
    case "bigint":
      return `${value}n`;
    case "function":
      return "a function";
    case "object":
      return value === null ? "null" : formatObject(value);
    default:
      return String(value);
  }
}

function formatObject(value: object): string {
  const name = className(value);
  if (name !== "Object" && name !== "Array") return `a value of the class ${name}`;
  if (Array.isArray(value) && value.length > longest) return `an array of ${value.length} elements`;
  try {
    return shorten(JSON.stringify(value) ?? name);
  } catch {
    return name === "Array" ? "an array" : "an object"; // JSON knows neither circles nor bigints
  }
}

/** `Float32Array`, `Array`, `Undefined`: the class of a value from any realm. */
export function className(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

function shorten(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}...`;
}
