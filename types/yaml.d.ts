/** Files of rules are imported as what they say: the build and the tests both read them. */
declare module "*.yaml" {
  const content: unknown;
  export default content;
}
