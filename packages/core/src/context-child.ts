import type { Context, InvocationContext } from "./context.js";
import type { LogFields, Logger } from "./log.js";
import { Printed, showContext } from "./printed.js";
import type { Trace } from "./trace.js";

/**
 * A context with additions: what the layers and the handler inside the one that added them see. It holds the additions alone, and asks its
 * root for everything else: a copy of the root, or an heir of it, costs several times as much.
 */
export class ContextChild extends Printed implements Context {
  readonly "~root": InvocationContext;
  readonly "~host": InvocationContext;

  constructor(root: InvocationContext) {
    super();
    this["~root"] = root;
    this["~host"] = root["~host"];
  }

  get id(): string {
    return this["~root"].id;
  }

  get functionName(): string {
    return this["~root"].functionName;
  }

  get platform(): string {
    return this["~root"].platform;
  }

  get region(): string | undefined {
    return this["~root"].region;
  }

  get deadline(): Date | undefined {
    return this["~root"].deadline;
  }

  get remainingMs(): () => number {
    return this["~root"].remainingMs;
  }

  get signal(): AbortSignal {
    return this["~root"].signal;
  }

  get trace(): Trace {
    return this["~root"].trace;
  }

  get log(): Logger {
    return this["~root"].log;
  }

  get waitUntil(): (promise: Promise<unknown>) => void {
    return this["~root"].waitUntil;
  }

  get coldStart(): boolean {
    return this["~root"].coldStart;
  }

  get native(): unknown {
    return this["~root"].native;
  }

  /** Small, and without credentials. */
  toJSON(): Record<string, unknown> {
    return showContext(this);
  }

  /** As the root's. Where a layer outside has put a logger of its own in front, its child is returned: the layer has to add that as `log`. */
  "~addLogFields"(fields: LogFields): Logger | undefined {
    this["~root"]["~addLogFields"](fields);
    return Object.hasOwn(this, "log") ? this.log.child(fields) : undefined;
  }
}

/** A context with additions, that leaves its parent as it was. */
export function childOf<C extends object, A extends object>(parent: C, additions: A): C & A {
  const root = (parent as Partial<InvocationContext>)["~root"];
  // Whoever gave an object of his own, in a test say, gets one: a literal defines what an assignment would hand to an accessor.
  if (!root) return { __proto__: Object.getPrototypeOf(parent), ...parent, ...additions } as C & A;
  const child = new ContextChild(root);
  if (parent !== (root as object)) add(child, parent);
  add(child, additions);
  return child as object as C & A;
}

function add(child: object, additions: object): void {
  for (const name of Object.keys(additions)) {
    if (name === "~root" || name === "~host") continue;
    define(child, name, (additions as Record<string, unknown>)[name]);
  }
  for (const name of Object.getOwnPropertySymbols(additions)) define(child, name, additions[name as never]);
}

/** Names that an assignment would hand to an accessor, or to nobody. */
const inherited: ReadonlySet<string | symbol> = /* @__PURE__ */ new Set([
  .../* @__PURE__ */ Reflect.ownKeys(ContextChild.prototype),
  .../* @__PURE__ */ Reflect.ownKeys(Object.prototype),
]);

function define(child: object, name: string | symbol, value: unknown): void {
  if (inherited.has(name))
    Object.defineProperty(child, name, { value, enumerable: true, configurable: true, writable: true });
  else child[name as never] = value as never;
}
