import { expectCaught } from "./expect-caught.ts";
import { lifetimeSabotages } from "./lifetime.ts";
import { ownershipSabotages } from "./ownership.ts";

expectCaught(ownershipSabotages);
expectCaught(lifetimeSabotages);
