/** What stands in place of a credential. */
export const redacted = "[redacted]";

// Fields of requests that are, or hold, credentials whatever they say, in native events too (`cookies` and `rawQueryString` are API Gateway's).
const credentialField =
  /^(?:(?:proxy-|x-serverless-|x-original-|x-forwarded-)?authorization|(?:set-)?cookies?|x-api-key|apikey|api-key|x-functions-key|x-(?:auth|access|csrf|xsrf|amz-security|forwarded-access|vault|gitlab)-token|x-ms-(?:client-principal|token-.+)|x-goog-iap-jwt-assertion|x-(?:apigateway-api|endpoint-api)-userinfo|x-amzn-oidc-.+|cf-access-jwt-assertion|rawheaders|rawquerystring|(?:access|id|refresh)_token|client_secret|password|sig|x-(?:amz|goog)-(?:signature|credential))$/i;

/** Whether a header field, or a member of a native event, is a credential by its name. */
export function isCredentialField(name: string): boolean {
  return credentialField.test(name);
}

// Where a request is only shown, rather too much is hidden than too little: signatures and keys of signed links are among these.
const credentialName =
  /auth|token|cookie|key|secret|sign|sig$|credential|passw|passphrase|^pwd$|session|jwt|assertion|principal|userinfo|oidc|saml|otp|ticket|nonce|^(?:code|state|pin|sas)$/i;
const credentialValue =
  /^(?:bearer|basic|digest|negotiate|aws4-hmac-sha256)\s|\beyJ[\w-]{8,}\.[\w-]+|\bAKIA[A-Z\d]{12}/i;
const maxShownLength = 256;

/** A header field, query parameter or attribute as it may be shown: credentials hidden by name and by look, links without their query, cut. */
export function toShown(name: string, value: string): string {
  if (credentialName.test(name) || credentialValue.test(value)) return redacted;
  const question = value.indexOf("?");
  const text = question >= 0 ? `${value.slice(0, question)}?${redacted}` : value;
  return text.length <= maxShownLength ? text : `${text.slice(0, maxShownLength)}...`;
}

const maxEntries = 40;

/** Names and values as a plain object, each as it may be shown; of equal names the values joined. */
export function toShownRecord(entries: Iterable<readonly [name: string, value: unknown]>): Record<string, string> {
  const shown: Record<string, string> = Object.create(null);
  let count = 0;
  for (const [name, value] of entries) {
    if (count === maxEntries) {
      shown["..."] = "more";
      break;
    }
    count += 1;
    const text = toShown(name, String(value));
    const before = shown[name];
    shown[name] = before === undefined || before === redacted ? text : `${before}, ${text}`;
  }
  return shown;
}
