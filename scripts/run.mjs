import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Runs a JavaScript file with this Node executable, in the project's folder, on this terminal.
 *
 * @param {string} file relative to the project's folder, or absolute
 * @param {readonly string[]} [args]
 * @param {NodeJS.ProcessEnv} [env] added to the environment
 * @returns {number} its exit code; 1 if a signal ended it
 */
export function run(file, args = [], env = {}) {
  const { status, error } = spawnSync(process.execPath, [file, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: "inherit",
  });
  if (error) {
    throw error;
  }
  return status ?? 1;
}
