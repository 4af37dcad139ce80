#!/usr/bin/env node
import { extname } from "node:path";
import { supervise } from "./process/supervise.ts";

// Beside this file, as a source or as built.
const worker = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);
process.exit(await supervise(worker, process.argv.slice(2)));
