/** What quantization cost, in float64, with `d = x - code * scale`. All figures of an empty tensor are 0, but for its SNR. */
export interface QuantizationError {
  /** max |d|, in units of x */
  readonly maxAbsError: number;
  /** mean |d|, in units of x */
  readonly meanAbsError: number;
  /** 100 * max(|d| / |x|) over the elements with |x| > 0.1 * max |x|; 0 when there are none */
  readonly relativeErrorPct: number;
  /** 10 * log10(sum x^2 / sum d^2) in dB; `Infinity` when nothing was lost, which JSON writes as null */
  readonly snrDb: number;
}

/** The sums behind the figures. Those of several tensors add up, so that a mean and an SNR can be told for all of them together. */
export interface QuantizationErrorTotals {
  /** Elements. */
  readonly count: number;
  /** sum x^2 */
  readonly signal: number;
  /** sum d^2 */
  readonly noise: number;
  /** sum |d|, in units of x */
  readonly absolute: number;
}
