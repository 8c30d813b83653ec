import type { LogFields } from "./log.js";

/**
 * The members of an entry that are never a user's, on no cloud, so that a line reads the same everywhere; beside them those that an adapter
 * writes itself.
 */
const reserved: ReadonlySet<string> = /* @__PURE__ */ new Set([
  "level",
  "severity",
  "message",
  "time",
  "timestamp",
  "functionName",
  "requestId",
  "invocationId",
  "__proto__",
]);

/**
 * One flat object: the adapter's own members, then the user's fields. None is lost: one whose name is taken stands in the member `fields`,
 * under its name. Own members that are undefined take no name.
 */
export function toFlatEntry(own: Readonly<Record<string, unknown>>, fields: LogFields): Record<string, unknown> {
  const flat: Record<string, unknown> = { ...own };
  let moved: Record<string, unknown> | undefined;
  for (const name of Object.keys(fields)) {
    const taken = own[name] !== undefined && Object.hasOwn(own, name);
    // The same again is no news.
    if (taken && own[name] === fields[name]) continue;
    if (taken || reserved.has(name)) {
      moved ??= Object.create(null) as Record<string, unknown>;
      moved[name] = fields[name];
    } else flat[name] = fields[name];
  }
  if (moved) {
    // A field of that very name goes to the others.
    if (Object.hasOwn(flat, "fields")) moved.fields = flat.fields;
    flat.fields = moved;
  }
  return flat;
}
