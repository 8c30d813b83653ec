/** A portable resource that a function needs: plain, serialisable data, from which permissions and infrastructure are derived. */
export interface Resource {
  /** What it is: `bucket`. */
  readonly type: string;
  /** The logical name; the environment binds it to a real one. */
  readonly name: string;
  /** What the function does with it. */
  readonly access: readonly string[];
}

/** What has resources: a layer, a function. */
interface Using {
  readonly uses?: readonly Resource[] | undefined;
}

/** The resources of several layers or functions as one list; of one that several name, the access is united. */
export function collectUses(parts: readonly Using[]): readonly Resource[] {
  const found = new Map<string, Resource>();
  for (const resource of parts.flatMap(({ uses }) => uses ?? [])) {
    const id = `${resource.type} ${resource.name}`;
    const access = [...new Set([...(found.get(id)?.access ?? []), ...resource.access])];
    found.set(id, Object.freeze({ ...resource, access: Object.freeze(access) }));
  }
  return [...found.values()];
}
