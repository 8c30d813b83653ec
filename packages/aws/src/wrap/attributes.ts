import { unencodable } from "@portico/core/adapter";
import { isXmlText } from "./text.js";

/** Facts of a message that stand among its attributes where the platform has no place of their own for them. */
type Promoted = "contentType" | "correlationId" | "subject" | "replyTo";

/** Of each such fact the names it is read by, the first that is there. */
export type PromotedNames = Readonly<Partial<Record<Promoted, readonly [string, ...string[]]>>>;

/**
 * A message's attributes, with the facts that have to stand among them.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when an attribute of such a name says otherwise than the fact itself.
 */
export function withPromoted(
  carrier: string,
  message: Readonly<Record<Promoted, string | undefined>> & { readonly attributes: Readonly<Record<string, string>> },
  names: PromotedNames,
): Map<string, string> {
  const all = new Map(Object.entries(message.attributes));
  for (const [field, aliases] of Object.entries(names) as [Promoted, readonly [string, ...string[]]][]) {
    const value = message[field];
    const found = aliases.find((name) => all.has(name));
    if ((found === undefined ? undefined : all.get(found)) === value) continue;
    if (value === undefined || found === aliases[0]) {
      throw unencodable(carrier, field, `its attribute ${found} says otherwise`, "Send the attribute by another name.");
    }
    all.set(aliases[0], value);
  }
  return all;
}

/**
 * Holds an attribute to the rules of SQS and SNS.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when they have no such attribute.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
 */
export function checkAttribute(carrier: string, name: string, value: string): void {
  const field = `attribute ${JSON.stringify(name)}`;
  const legal = /^[\w.-]{1,256}$/.test(name) && !/^\.|\.$|\.\.|^(?:aws|amazon)\./i.test(name);
  if (!legal) throw unencodable(carrier, field, "its name is not allowed", "Letters, digits, _, - and . make a name.");
  if (value === "") throw unencodable(carrier, field, "it is empty");
  if (!isXmlText(value)) throw unencodable(carrier, field, "it has characters that are not allowed");
}
