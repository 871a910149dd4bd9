// The same packages from node_modules, imported as their documentation says.
import "./core.cjs";
import "@azure/core-rest-pipeline";
import "@azure/data-tables";
import "@azure/functions";
import "@azure/identity";
import "@azure/monitor-ingestion";
import "@azure/monitor-query";
import "uuid";
import "valibot";

process.stdout.write(String(performance.now()));
