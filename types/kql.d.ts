/** Query files are imported as text: the build and the tests both inline them. */
declare module "*.kql" {
  const text: string;
  export default text;
}
