import type { ChangeEvent } from "@portico/core";

/** Who made a change, as Firestore tells it. */
export interface ChangeAuth {
  /** `app_user`, `service_account`, `api_key`, `system`, `unauthenticated` or `unknown`. */
  readonly type: string;
  /** Such as the user's id, or a service account's address. */
  readonly id?: string | undefined;
}

/** What the trigger of a change was deployed with, beside its type. */
export interface TriggerOptions {
  /**
   * Whether the trigger's type ends in `.withAuthContext`, so that the event says who made the change. A function says who it was; true takes it
   * from a change of Firestore's own, and says `unknown` for others. A background function gets it in `context.auth`. Default: as a change of
   * Firestore's own came.
   */
  readonly authContext?: true | ((event: ChangeEvent) => ChangeAuth) | undefined;
  /**
   * The path that a background function's trigger was deployed for, such as `shops/{shop}/orders/{order}`: `context.params` has what the names in
   * it stand for. Default: no `params`, unless the event of the first generation had some.
   */
  readonly pattern?: string | undefined;
}

/** Who made the change; undefined where the trigger is not one that tells. */
export function authOf(event: ChangeEvent, { authContext }: TriggerOptions): ChangeAuth | undefined {
  if (typeof authContext === "function") return authContext(event);
  const { type, extensions } = (event.native ?? {}) as { readonly type?: unknown; readonly extensions?: Extensions };
  const tells = String(type).endsWith(".withAuthContext");
  if (!tells && authContext !== true) return undefined;
  const { authtype, authid } = (tells && extensions) || {};
  return { type: textOf(authtype) ?? "unknown", id: textOf(authid) };
}

/**
 * What the context of a background function says beyond what the functions framework makes of a CloudEvent: the parameters of the trigger's
 * path, and who made the change. As it came, where it came from the first generation.
 */
export function backgroundFacts(event: ChangeEvent, path: string, options: TriggerOptions): object {
  const { background } = (event.native ?? {}) as { readonly background?: object };
  const auth = authOf(event, options);
  return {
    ...background,
    ...(options.pattern !== undefined && { params: matchPattern(options.pattern, path) }),
    ...(auth && { auth: toBackgroundAuth(auth) }),
  };
}

type Extensions = Readonly<Record<string, unknown>>;

/** `{name}` stands for one part of a path, `{name=**}` for all that follow. */
function matchPattern(pattern: string, path: string): Readonly<Record<string, string>> {
  const parts = path.split("/");
  const params: Record<string, string> = {};
  for (const [place, part] of pattern.replace(/^\//, "").split("/").entries()) {
    const [, name, many] = /^\{(\w+)(=\*\*)?\}$/.exec(part) ?? [];
    if (name !== undefined) params[name] = many ? parts.slice(place).join("/") : (parts[place] ?? "");
  }
  return params;
}

const admins: ReadonlySet<string> = new Set(["service_account", "api_key", "system"]);

function toBackgroundAuth({ type, id }: ChangeAuth): object {
  if (admins.has(type)) return { admin: true };
  return id === undefined ? { admin: false } : { admin: false, variable: { provider: type, user_id: id, uid: id } };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
