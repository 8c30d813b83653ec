import library, { type HttpRequest, type HttpResponse, type InvocationContext } from "@azure/functions";

// Node finds the classes of this CommonJS package by its default export alone: it re-exports them in a way that the reader of named
// exports does not see.
export const NativeRequest: typeof HttpRequest = library.HttpRequest;
export const NativeResponse: typeof HttpResponse = library.HttpResponse;
export const NativeContext: typeof InvocationContext = library.InvocationContext;
