import { floatLinearSabotages } from "./float-linear.ts";
import { lifetimeSabotages } from "./lifetime.ts";
import { numericSabotages } from "./numeric.ts";
import { ownershipSabotages } from "./ownership.ts";
import { programSabotages } from "./programs.ts";
import { resultSabotages } from "./results.ts";
import { rowCodesSabotages } from "./row-codes.ts";
import type { Sabotage } from "./sabotage.ts";
import { stateSabotages } from "./states.ts";

export { type Sabotage, sabotagedFactory } from "./sabotage.ts";

/** A backend for every fault that cases may name. */
export const sabotages: readonly Sabotage[] = [
  ...numericSabotages,
  ...resultSabotages,
  ...floatLinearSabotages,
  ...rowCodesSabotages,
  ...stateSabotages,
  ...programSabotages,
  ...ownershipSabotages,
  ...lifetimeSabotages,
];
