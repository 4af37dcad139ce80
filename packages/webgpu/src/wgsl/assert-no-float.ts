const floats =
  /\b(?:f32|f16|vec[234][fh]|mat\dx\d\w*|unpack\w*float|unpack\w*norm|pack\w*float|pack\w*norm|bitcast)\b|\d\.\d|\b\d+[fh]\b/;

/** Fails unless a shader is free of float types, literals and conversions: the proof that exact ops are exact rests on integers alone. */
export function assertNoFloat(name: string, source: string): void {
  const found = source.replace(/\/\/.*$/gm, "").match(floats);
  if (found) throw new Error(`the exact shader ${name} mentions the float ${found[0]}`);
}
