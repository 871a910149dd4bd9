import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where the bench keeps what it generates and builds; `npm run bench -- --clean` removes it. */
export const dataFolder = process.env["BENCH_DATA"] ?? join(tmpdir(), "mfa-deny-bench");
