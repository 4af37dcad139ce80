/**
 * Mistakes that backends make, each with what it does. Cases say which of them they catch, and the suite's own tests run a backend
 * with each: it must fail exactly those cases.
 */
export const faults = {} as const satisfies Record<string, string>;

/** The name of a known mistake. */
export type Fault = keyof typeof faults;
