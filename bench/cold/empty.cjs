// An empty node, as the others start.
"use strict";
require("./core.cjs");
process.stdout.write(String(performance.now()));
