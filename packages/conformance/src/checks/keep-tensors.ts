interface Disposes {
  readonly disposed: boolean;
  dispose(): void;
}

/**
 * Runs `body`, and disposes what it gave to `keep`, where it has not done so itself. After a failure that failure is what is thrown, whatever disposing throws; after
 * success a `dispose` that throws is a failure.
 */
export async function keepTensors<Result>(
  body: (keep: <Tensor extends Disposes>(tensor: Tensor) => Tensor) => Promise<Result>,
): Promise<Result> {
  const kept: Disposes[] = [];
  let result: Result;
  try {
    result = await body((tensor) => {
      kept.push(tensor);
      return tensor;
    });
  } catch (error) {
    for (const tensor of kept) {
      try {
        tensor.dispose();
      } catch {}
    }
    throw error;
  }
  for (const tensor of kept) if (!tensor.disposed) tensor.dispose();
  return result;
}
