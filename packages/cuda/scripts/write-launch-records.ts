/**
 * Writes native/kernels/launch-records.h from the table in src/launches.ts. Run it after a change of that table; a test compares both.
 *
 *   node --conditions=octet-source scripts/write-launch-records.ts
 */
import { writeFileSync } from "node:fs";
import { formatLaunchRecords } from "./launch-records.ts";

writeFileSync(new URL("../native/kernels/launch-records.h", import.meta.url), formatLaunchRecords());
