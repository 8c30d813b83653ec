import { type Context, InvocationContext } from "./context.js";

/** The context for a function that is called without an adapter; what is given wins over the defaults. */
export function toContext(given: Partial<Context> | undefined): Context {
  if (given && "~root" in given) return given as Context;
  const root = new InvocationContext({ id: "local", functionName: "local", platform: "local", ...given });
  if (!given) return root;
  const names = Object.keys(given).filter((name) => given[name as keyof Context] !== undefined);
  for (const name of names) {
    Object.defineProperty(root, name, {
      value: given[name as keyof Context],
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return root;
}
