const reasons = new Map([
  [201, "Created"],
  [202, "Accepted"],
  [204, "No Content"],
  [301, "Moved Permanently"],
  [302, "Found"],
  [303, "See Other"],
  [304, "Not Modified"],
  [400, "Bad Request"],
  [401, "Unauthorized"],
  [403, "Forbidden"],
  [404, "Not Found"],
  [405, "Method Not Allowed"],
  [500, "Internal Server Error"],
]);

/** Status and reason phrase, such as `200 OK`: what ALB asks for. Clients make nothing of the phrase, so rarer ones are general. */
export function toStatusDescription(status: number): string {
  return `${status} ${reasons.get(status) ?? (status < 300 ? "OK" : status < 400 ? "Redirect" : "Error")}`;
}
