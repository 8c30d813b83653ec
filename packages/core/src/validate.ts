import { describe, HandlerError, isStackOverflow } from "./error.js";
import { excerpt } from "./excerpt.js";
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
 * Input that fails is refused with `INPUT_INVALID` (400, the first 50 issues in `details`, the others counted); for a message that is
 * permanent. So is input that the schema's library cannot check, since it is too deep for the call stack.
 *
 * @throws {HandlerError} CONFIG_INVALID at once when it is not given a schema.
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
  if (isSchema(given)) {
    return async (event: HttpRequest, _context: unknown, next: Next<unknown>) => {
      const [input] = await check([["body", given, await event.json()]]);
      return next({ input });
    };
  }
  const names = checkParts(given);
  return async (event: HttpRequest, _context: unknown, next: Next<unknown>) => {
    const values = await check(
      await Promise.all(
        names.map(async (name) => [name, given[name] as StandardSchemaV1, await readers[name](event)] as const),
      ),
    );
    return next({ input: Object.fromEntries(names.map((name, index) => [name, values[index]])) });
  };
}

// Some libraries' schemas are functions.
function isSchema(given: unknown): given is StandardSchemaV1 {
  return (
    ((typeof given === "object" && given !== null) || typeof given === "function") &&
    typeof (given as Partial<StandardSchemaV1>)["~standard"]?.validate === "function"
  );
}

/** The parts that have a schema. */
function checkParts(parts: Parts): (keyof Parts)[] {
  if (typeof parts !== "object" || parts === null) throw notSchema(`was given ${describe(parts)}`);
  const names = Object.keys(parts);
  if (names.length === 0) throw notSchema("was given an empty object");
  return (names as (keyof Parts)[]).filter((name) => {
    const schema: unknown = parts[name];
    if (!Object.hasOwn(readers, name))
      throw notSchema(`was given ${JSON.stringify(name)}, which is not a part of a request`);
    if (schema !== undefined && !isSchema(schema)) throw notSchema(`was given ${describe(schema)} for \`${name}\``);
    return schema !== undefined;
  });
}

function notSchema(what: string): HandlerError {
  return new HandlerError("CONFIG_INVALID", `validate ${what}, and takes a schema.`, {
    hint: "Pass a schema of a library that speaks Standard Schema, such as z.object({ ... }) of zod 3.24 or later, or { body, query, params, headers } with such schemas.",
  });
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

// Whoever sends a list of mistakes must not be answered with a longer one: the first tell what is wrong. Characters.
const maxIssues = 50;
const maxMessageLength = 300;
const maxPathLength = 200;
const maxPathSegments = 32;

async function check(
  parts: readonly (readonly [name: string, schema: StandardSchemaV1, value: unknown])[],
): Promise<unknown[]> {
  const shown: InputIssue[] = [];
  const values: unknown[] = [];
  let count = 0;
  for (const [name, schema, value] of parts) {
    let result: StandardSchemaV1.Result<unknown> | Promise<StandardSchemaV1.Result<unknown>>;
    try {
      result = schema["~standard"].validate(value);
      if (result instanceof Promise) result = await result;
    } catch (thrown) {
      throw toInputError(name, thrown);
    }
    if (!result.issues) {
      values.push(result.value);
      continue;
    }
    count += result.issues.length;
    for (const issue of result.issues.slice(0, maxIssues - shown.length)) {
      shown.push({ path: toPath(name, issue), message: excerpt(String(issue.message), maxMessageLength) });
    }
  }
  if (count === 0 && values.length === parts.length) return values;
  const more = count - shown.length;
  throw new HandlerError(
    "INPUT_INVALID",
    `The input is not valid.${more > 0 ? ` ${more} more issues are not listed.` : ""}`,
    {
      details: shown,
      permanent: true,
    },
  );
}

// The input made the stack overflow: its levels, or a list so long that the library's own calls do not take it. Sent again, it is the same.
function toInputError(path: string, cause: unknown): unknown {
  if (!isStackOverflow(cause)) return cause;
  const details: readonly InputIssue[] = [{ path, message: "It is nested too deeply, or has too many mistakes." }];
  return new HandlerError("INPUT_INVALID", "The input is too deep or too long to be checked.", {
    details,
    cause,
    permanent: true,
  });
}

function toPath(name: string, { path = [] }: StandardSchemaV1.Issue): string {
  const segments = path
    .slice(0, maxPathSegments)
    .map((segment) => excerpt(String(typeof segment === "object" ? segment.key : segment), maxPathLength));
  const more = path.length - segments.length;
  const text = excerpt([name, ...segments].join("."), maxPathLength);
  return more > 0 ? `${text}... (${more} more levels)` : text;
}
