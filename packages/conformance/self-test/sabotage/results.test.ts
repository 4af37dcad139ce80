import { expectCaught } from "./expect-caught.ts";
import { floatLinearSabotages } from "./float-linear.ts";
import { resultSabotages } from "./results.ts";

expectCaught(resultSabotages);
expectCaught(floatLinearSabotages);
