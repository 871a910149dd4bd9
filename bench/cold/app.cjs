// The built app, loaded as the Functions worker does.
"use strict";
require("./core.cjs");
require(process.argv[2] ?? "");
process.stdout.write(String(performance.now()));
