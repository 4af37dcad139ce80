/**
 * `Symbol.dispose`, also where the runtime has none yet (Safari, Firefox before 141): compilers that lower `using` look up the same
 * registered symbol there.
 */
export const disposeSymbol: typeof Symbol.dispose = (Symbol.dispose ??
  Symbol.for("Symbol.dispose")) as typeof Symbol.dispose;
