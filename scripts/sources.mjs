// What the build and the tests need to read besides TypeScript.
import { watPlugin } from "./wat.mjs";
import { yamlPlugin } from "./yaml.mjs";

export const sourcePlugins = [watPlugin, yamlPlugin];
