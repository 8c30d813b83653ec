import functions from "@azure/functions";

/**
 * The library's own classes. By these names Node does not find them in it, since it is a CommonJS module that defines them by a helper:
 * only by the module itself, which is the default.
 */
export const { HttpRequest, HttpResponse, InvocationContext } = functions;
