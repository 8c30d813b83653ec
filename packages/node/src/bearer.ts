import { HandlerError, type HttpRequest } from "@portico/core";

// A token of this length from a random source cannot be guessed. Characters.
const shortest = 16;

/**
 * Lets requests in that bring one of these tokens, as `Authorization: Bearer TOKEN`: for the option `events.authorize`. Two tokens at a
 * time let one follow the other. The comparison takes the same time, whatever is sent.
 *
 * @throws {HandlerError} CONFIG_INVALID when there is no token, or one has fewer than 16 characters.
 * @see https://www.rfc-editor.org/rfc/rfc6750
 * @example
 * await serve([app, fulfil], { events: { authorize: bearer(process.env.EVENTS_TOKEN) } });
 */
export function bearer(...tokens: readonly (string | undefined)[]): (request: HttpRequest) => boolean {
  if (tokens.length === 0 || !tokens.every((token) => typeof token === "string" && /^[\x21-\x7e]+$/.test(token)))
    throw invalid("needs tokens of visible ASCII characters");
  if (!tokens.every((token) => (token as string).length >= shortest))
    throw invalid(`needs tokens of at least ${shortest} characters`);
  const { createHash, timingSafeEqual } = process.getBuiltinModule("node:crypto");
  // Of one length, so that a comparison does not tell that of a token.
  const digest = (text: string) => createHash("sha256").update(text).digest();
  const digests = tokens.map((token) => digest(token as string));

  return ({ headers }) => {
    const [, token = ""] = /^bearer +([\x21-\x7e]+) *$/i.exec(headers.get("authorization") ?? "") ?? [];
    const given = digest(token);
    if (digests.map((one) => timingSafeEqual(one, given)).includes(true)) return true;
    throw new HandlerError("UNAUTHORIZED", token ? "The token is not accepted." : "A token is needed.", {
      headers: { "www-authenticate": token ? 'Bearer error="invalid_token"' : "Bearer" },
    });
  };
}

function invalid(why: string): HandlerError {
  return new HandlerError("CONFIG_INVALID", `bearer() ${why}.`, {
    hint: "Take it from a random source (`openssl rand -hex 32`), and check that its environment variable is set.",
  });
}
