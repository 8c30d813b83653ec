import { HandlerError } from "./error.js";
import type { HttpRequest } from "./kinds/http/request.js";
import type { Marked, Next } from "./middleware.js";
import type { StandardSchemaV1 } from "./standard-schema.js";

/** Schemas for the parts of an HTTP request. */
export interface Parts {
  readonly body?: StandardSchemaV1 | undefined;
  /** Sees a plain object: a string per name, a list of strings where a name is repeated. */
  readonly query?: StandardSchemaV1 | undefined;
  /** Sees a plain object of the decoded path parameters. */
  readonly params?: StandardSchemaV1 | undefined;
  /** Sees a plain object of the header fields by lower-case name. */
  readonly headers?: StandardSchemaV1 | undefined;
}

type Out<S> = S extends StandardSchemaV1 ? StandardSchemaV1.InferOutput<S> : never;

/** An issue as a caller sees it. */
export interface InputIssue {
  /** Where: `body.items.0.sku`. */
  readonly path: string;
  readonly message: string;
}

/**
 * A layer that checks the event against a schema of any library that speaks Standard Schema (zod, valibot, arktype ...) and adds the
 * result as `input`. One schema is for the body as JSON; for the parts of an HTTP request give `{ body, query, params, headers }`.
 * Input that fails is refused with `INPUT_INVALID` (400, all issues in `details`); for a message that is permanent.
 *
 * @see https://standardschema.dev
 */
export function validate<S extends StandardSchemaV1>(
  schema: S,
): <E extends { json(): Promise<unknown> }, C, R>(
  event: E,
  context: C,
  next: Next<R>,
) => Promise<Marked<R, { input: StandardSchemaV1.InferOutput<S> }>>;
export function validate<const P extends Parts & { readonly "~standard"?: never }>(
  parts: P,
): <E extends HttpRequest<object>, C, R>(
  event: E,
  context: C,
  next: Next<R>,
) => Promise<Marked<R, { input: { [K in keyof P]: Out<P[K]> } }>>;
export function validate(given: StandardSchemaV1 | Parts) {
  if ("~standard" in given) {
    const schema = given as StandardSchemaV1;
    return async (event: HttpRequest, _context: unknown, next: Next<unknown>) => {
      const [input] = await check([["body", schema, await event.json()]]);
      return next({ input });
    };
  }
  const names = (Object.keys(given) as (keyof Parts)[]).filter((name) => given[name] !== undefined);
  return async (event: HttpRequest, _context: unknown, next: Next<unknown>) => {
    const values = await check(
      await Promise.all(
        names.map(async (name) => [name, given[name] as StandardSchemaV1, await readers[name](event)] as const),
      ),
    );
    return next({ input: Object.fromEntries(names.map((name, index) => [name, values[index]])) });
  };
}

const readers: Record<keyof Parts, (request: HttpRequest) => unknown> = {
  body: (request) => request.json(),
  query: ({ query }) => {
    const values: Record<string, string | string[]> = {};
    for (const [name, value] of query) {
      const before = Object.hasOwn(values, name) ? values[name] : undefined;
      if (typeof before === "object") before.push(value);
      else define(values, name, before === undefined ? value : [before, value]);
    }
    return values;
  },
  params: ({ params }) => ({ ...params }),
  headers: ({ headers }) => {
    const values: Record<string, string> = {};
    for (const [name, value] of headers) define(values, name, value);
    return values;
  },
};

// An own property, also for a name such as `__proto__`: schemas want plain objects, and plain assignment would set the prototype.
function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}

async function check(
  parts: readonly (readonly [name: string, schema: StandardSchemaV1, value: unknown])[],
): Promise<unknown[]> {
  const issues: InputIssue[] = [];
  const values: unknown[] = [];
  for (const [name, schema, value] of parts) {
    let result = schema["~standard"].validate(value);
    if (result instanceof Promise) result = await result;
    if (result.issues)
      issues.push(...result.issues.map((issue) => ({ path: toPath(name, issue), message: issue.message })));
    else values.push(result.value);
  }
  if (issues.length === 0) return values;
  throw new HandlerError("INPUT_INVALID", "The input is not valid.", { details: issues, permanent: true });
}

function toPath(name: string, { path = [] }: StandardSchemaV1.Issue): string {
  return [name, ...path.map((segment) => String(typeof segment === "object" ? segment.key : segment))].join(".");
}
