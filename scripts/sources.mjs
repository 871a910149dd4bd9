// Plugins for the files other than TypeScript that the build and the tests import.
import { watPlugin } from "./wat.mjs";
import { yamlPlugin } from "./yaml.mjs";

export const sourcePlugins = [watPlugin, yamlPlugin];
