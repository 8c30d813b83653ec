import type { Context, MessageFunction, NeutralEvent, Outcome, Trigger } from "@portico/core";
import { type InvocationContext, MessageContext, toContext } from "@portico/core/adapter";

/**
 * Runs the events of one delivery through a message function, as a platform that delivers several at once does: a `.batch` handler gets
 * them together, any other each on its own. Resolves to what the function says of each, by index.
 *
 * @param context of the whole delivery; each event gets a child of it, with the log field `messageId`.
 * @example
 * expect(await batch(fulfilAll, [fake.queue({ json: good }), fake.queue({ json: bad })])).toMatchObject([
 *   { outcome: "ack" },
 *   { outcome: "retry" },
 * ]);
 */
export async function batch<E extends NeutralEvent>(
  fn: MessageFunction<Trigger, E>,
  events: readonly E[],
  context?: Partial<Context>,
): Promise<readonly Outcome[]> {
  const root = toContext(context) as InvocationContext;
  const items = events.map((event) => ({
    event,
    context: new MessageContext(root, event, {}),
  }));
  const run = fn["~batch"];
  const outcomes = await Promise.all(run ? run(items) : items.map((item) => fn(item.event, item.context)));
  // As before an acknowledgement: work passed to waitUntil is over.
  await Promise.all(items.map((item) => item.context["~settle"]()));
  return outcomes;
}
