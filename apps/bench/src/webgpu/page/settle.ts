const restMs = 5;

/** A pause: a page cannot see what else its process does. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, restMs));
}
