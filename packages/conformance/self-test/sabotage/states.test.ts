import { expectCaught } from "./expect-caught.ts";
import { programSabotages } from "./programs.ts";
import { rowCodesSabotages } from "./row-codes.ts";
import { stateSabotages } from "./states.ts";

expectCaught(rowCodesSabotages);
expectCaught(stateSabotages);
expectCaught(programSabotages);
