import type { AnyEvent } from "@portico/core";

const members = ["contentType", "correlationId", "subject", "replyTo", "groupId", "partition", "partitionKey"] as const;

/** A message with one of its members empty, in turn: what is empty is not what is not there, and comes back as it was or is refused. */
export function withEmpties(message: AnyEvent): readonly (readonly [what: string, message: AnyEvent])[] {
  const copy = (facts: object): AnyEvent => Object.create(message, Object.getOwnPropertyDescriptors(facts));
  const empty = new Uint8Array();
  return [
    ...members.filter((name) => name in message).map((name) => [name, copy({ [name]: "" })] as const),
    [
      "the value of an attribute",
      copy({ attributes: { ...(message as { attributes?: object }).attributes, "x-a": "" } }),
    ],
    ["the body", copy({ bytes: async () => empty, text: async () => "" })],
    ...(message.kind === "stream"
      ? ([
          ["the key", copy({ key: empty, partitionKey: "" })],
          ["the key, which is no partition key", copy({ key: empty, partitionKey: undefined })],
          ["the value of a header", copy({ headers: [["x-b", empty]] })],
        ] as const)
      : []),
  ];
}

/** Whether events of a kind are messages. */
export const isMessage = (kind: AnyEvent["kind"]): boolean => ["queue", "topic", "stream"].includes(kind);
