/**
 * Names that API Gateway writes itself, or in its own spelling, as clients of HTTP/2 send all of theirs in lower case.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
const own: ReadonlyMap<string, string> = new Map(
  (
    "Accept Accept-Encoding Accept-Language Authorization Host Referer User-Agent Via X-Amz-Cf-Id X-Amzn-Trace-Id " +
    "X-Forwarded-For X-Forwarded-Host X-Forwarded-Port X-Forwarded-Proto"
  )
    .split(" ")
    .map((name) => [name.toLowerCase(), name]),
);

/** Words of CloudFront's names that are not written with one capital. */
const words: ReadonlyMap<string, string> = new Map([
  ["asn", "ASN"],
  ["cloudfront", "CloudFront"],
  ["ios", "IOS"],
  ["ja3", "JA3"],
  ["ja4", "JA4"],
  ["smarttv", "SmartTV"],
  ["tls", "TLS"],
]);

/**
 * Spells the names of header fields as a REST API does, and an HTTP API with payload format 1.0: its own names in its own way, all others as
 * the client wrote them, where the host of the request knows that; else in lower case, as a client of HTTP/2 writes them.
 */
export function createSpelling(native: unknown): (name: string) => string {
  const sent = new Map<string, string>();
  for (const name of sentNames(native)) if (!sent.has(name.toLowerCase())) sent.set(name.toLowerCase(), name);
  return (name) => own.get(name) ?? (name.startsWith("cloudfront-") ? capitalize(name) : (sent.get(name) ?? name));
}

/** The names as they came: of a request of Node's, or of an event of Lambda's. */
function sentNames(native: unknown): readonly string[] {
  const { rawHeaders, multiValueHeaders, headers } = (native ?? {}) as Readonly<Record<string, unknown>>;
  if (Array.isArray(rawHeaders)) return rawHeaders.filter((_, place) => place % 2 === 0).map(String);
  // Headers of the web are no plain object, and have no names of their own.
  return [multiValueHeaders, headers].flatMap((map) =>
    typeof map === "object" && map !== null ? Object.keys(map) : [],
  );
}

function capitalize(name: string): string {
  return name
    .split("-")
    .map((word) => words.get(word) ?? word.charAt(0).toUpperCase() + word.slice(1))
    .join("-");
}
