/** The code of what `action` throws; undefined when it returns. */
export function errorCode(action: () => unknown): string | undefined {
  try {
    action();
  } catch (error) {
    return codeOf(error);
  }
  return undefined;
}

/** The code that a promise rejects with; undefined when it resolves. */
export async function rejectionCode(promise: Promise<unknown>): Promise<string | undefined> {
  return promise.then(() => undefined, codeOf);
}

/** The message of what `action` throws. */
export function errorMessage(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

function codeOf(error: unknown): string {
  return (error as { code?: string }).code ?? `no code: ${String(error)}`;
}
