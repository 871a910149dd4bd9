/** The version in package.json, put in by the build and by the test runner. */
declare const __VERSION__: string;

/** The names of the bundles beside `cli.mjs`, which change with their content; put in by the build. */
declare const __PROGRAM__: string;
declare const __SEARCHES__: string;
