import { reportConformance } from "./conformance-report.ts";

console.log(JSON.stringify(await reportConformance()));
