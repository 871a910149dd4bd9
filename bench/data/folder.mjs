import { tmpdir } from "node:os";
import { join } from "node:path";

/** The folder for generated and built files. `npm run bench -- --clean` removes it. */
export const dataFolder = process.env["BENCH_DATA"] ?? join(tmpdir(), "mfa-deny-bench");
