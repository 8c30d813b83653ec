// The part of Azure's Node worker that `@azure/functions` talks to, so that the library itself converts requests and replies. It stands in
// for the worker alone; its gRPC channel is left out. Import it before the library.
import Module from "node:module";

const functions = new Map();
let programmingModel;

const core = {
  version: "3.9.1",
  hostVersion: "4.1036.0",
  registerFunction: (metadata, callback) => functions.set(metadata.name, { metadata, callback }),
  setProgrammingModel: (model) => {
    programmingModel = model;
  },
  registerHook: () => ({ dispose() {} }),
  log() {},
};
const { require: original } = Module.prototype;
Module.prototype.require = function (id) {
  return id === "@azure/functions-core" ? core : original.call(this, id);
};

/** What was registered under a name. */
export function handlerOf(name) {
  return functions.get(name).callback;
}

/** One invocation by the library's own conversion, both ways. */
export async function invoke(name, data, triggerMetadata = {}) {
  const { metadata, callback } = functions.get(name);
  const trigger = Object.keys(metadata.bindings).find((key) => metadata.bindings[key].type.endsWith("Trigger"));
  const model = programmingModel.getInvocationModel({
    invocationId: "8f507cfc-xmpl-4697-b07a-ac58fc914c95",
    metadata,
    request: { inputData: [{ name: trigger, data }], triggerMetadata },
    log: core.log,
  });
  const { context, inputs } = await model.getArguments();
  const result = await model.invokeFunction(context, inputs, callback);
  return model.getResponse(context, result);
}
