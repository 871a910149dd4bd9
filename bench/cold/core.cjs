// What the Functions worker supplies to apps: enough of it to load one.
"use strict";
const Module = require("node:module");

class Disposable {
  dispose() {}
}
const core = {
  version: "3.13.0",
  hostVersion: "4.1045.200.1",
  Disposable,
  setProgrammingModel() {},
  registerFunction: () => new Disposable(),
  registerHook: () => new Disposable(),
  log() {},
};
// oxlint-disable-next-line typescript/unbound-method -- it is called with its `this`
const realRequire = Module.prototype.require;
/** @type {(this: Module, id: string) => unknown} */
Module.prototype.require = function supplyCore(id) {
  return id === "@azure/functions-core" ? core : realRequire.call(this, id);
};
