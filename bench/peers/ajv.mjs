// ajv.mjs SCHEMA RECORDS: validates JSONL with Ajv, reporting every violation of every record.
//
// A fair script, not a naive one: compiled once, read in 1 MiB blocks, split on raw bytes, no stream or
// readline overhead. Prints the counts; exit 1 when a record breaks the schema.

import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const [schemaPath, recordsPath] = process.argv.slice(2);
const ajv = new Ajv({ allErrors: true });
addFormats(ajv);
const validate = ajv.compile(JSON.parse(readFileSync(schemaPath, "utf8")));

const counts = { records: 0, invalid: 0, violations: 0 };
for (const line of linesOf(recordsPath)) {
  counts.records += 1;
  if (!validate(JSON.parse(line))) {
    counts.invalid += 1;
    counts.violations += validate.errors.length;
  }
}
console.log(JSON.stringify(counts));
process.exitCode = counts.invalid > 0 ? 1 : 0;

function* linesOf(path) {
  const NEWLINE = 0x0a;
  const file = openSync(path, "r");
  let block = Buffer.allocUnsafe(1 << 20);
  // Bytes at the start of the block that belong to a line still incomplete.
  let held = 0;
  for (;;) {
    if (held === block.length) {
      block = Buffer.concat([block, Buffer.allocUnsafe(block.length)]);
    }
    const read = readSync(file, block, held, block.length - held, null);
    if (read === 0) break;
    const filled = held + read;
    let start = 0;
    for (;;) {
      const end = block.indexOf(NEWLINE, start);
      if (end === -1 || end >= filled) break;
      yield block.toString("utf8", start, end);
      start = end + 1;
    }
    block.copyWithin(0, start, filled);
    held = filled - start;
  }
  if (held > 0) yield block.toString("utf8", 0, held);
  closeSync(file);
}
