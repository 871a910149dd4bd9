/** WebAssembly in its text format: the build and the tests both assemble it and inline the module. */
declare module "*.wat" {
  const module: Uint8Array<ArrayBuffer>;
  export default module;
}
