const reasons = "200 OK,201 Created,204 No Content,302 Found,304 Not Modified,400 Bad Request,404 Not Found".split(",");

/** Status and reason phrase, such as `200 OK`: what ALB asks for. Clients make nothing of the phrase, so rarer ones are general. */
export function toStatusDescription(status: number): string {
  return reasons.find((reason) => reason.startsWith(String(status))) ?? `${status} ${status < 400 ? "OK" : "Error"}`;
}
