/** Fails with an error that has no code. */
export default function createFailingBackend() {
  throw new TypeError("no driver");
}
