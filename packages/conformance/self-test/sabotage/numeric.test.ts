import { expectCaught } from "./expect-caught.ts";
import { numericSabotages } from "./numeric.ts";

expectCaught(numericSabotages);
