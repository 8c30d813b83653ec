/** The namespace of a source that has Azure's form and names this entity; else the one given. */
export function namespaceOf(source: string, entity: string, given: string | undefined): string {
  const slash = source.indexOf("/");
  const host = source.slice(0, Math.max(0, slash));
  const isOurs = /^[\w.-]+\.servicebus\.[\w.-]+$/.test(host) && source.slice(slash + 1) === entity;
  return isOurs ? host : (given ?? "portico.servicebus.windows.net");
}
