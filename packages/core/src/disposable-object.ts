import { disposeSymbol } from "./disposable.ts";

/** An object that `using` disposes, also in runtimes where `Symbol.dispose` is still to come. */
export abstract class DisposableObject implements Disposable {
  // A method could not be declared under core's symbol: declarations of single files (isolatedDeclarations) know only `Symbol.dispose`.
  declare readonly [Symbol.dispose]: () => void;

  static {
    Object.defineProperty(DisposableObject.prototype, disposeSymbol, {
      value(this: DisposableObject): void {
        this.dispose();
      },
    });
  }

  abstract dispose(): void;
}
