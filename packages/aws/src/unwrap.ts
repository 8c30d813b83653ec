import { HandlerError, type NeutralEvent } from "@portico/core";
import { type LazyMessage, toText } from "@portico/core/adapter";
import type { LambdaContext } from "./context.js";
import { detect } from "./detect.js";
import type { Cell, NativeRecord } from "./messages.js";
import { piped } from "./pipes.js";
import { sqs } from "./queue/sqs.js";
import { notification } from "./topic/notification.js";
import { sns } from "./topic/sns.js";

/** A message of a service that carries the event of another one. */
type Carrier = LazyMessage<string>;

/**
 * What an event is wrapped in: `sqs` for a queue that gets it, `sns` for a topic, `["sqs", "sns"]` for a topic in a queue; `pipes` stands
 * first, for EventBridge Pipes. It is acknowledged as its carrier is. A carrier that does not hold such an event is dead-lettered: the
 * sink gets an event that stands in for it, with the carrier as `native`.
 */
export type Unwrap =
  | "sqs"
  | "sns"
  | "pipes"
  | readonly ["sqs", "sns"]
  | readonly ["pipes", "sqs"]
  | readonly ["pipes", "sqs", "sns"];

/**
 * The sources of a kind, inside what they are wrapped in.
 *
 * @throws {HandlerError} CONFIG_INVALID when the carriers are not in an order that AWS can make.
 */
export function unwrap<E extends NeutralEvent>(
  carriers: Unwrap | undefined,
  cells: readonly Cell<E>[],
  standIn: (carrier: Carrier) => E,
): readonly Cell<E>[] {
  switch (typeof carriers === "object" ? carriers.join(" ") : carriers) {
    case undefined:
      return cells;
    case "pipes":
      return cells.map(piped);
    case "sqs":
      return [carried(sqs, cells, standIn)];
    case "sns":
      return [carried(sns, cells, standIn)];
    case "sqs sns":
      return [inTopicInQueue(cells, standIn)];
    case "pipes sqs":
      return [piped(carried(sqs, cells, standIn))];
    case "pipes sqs sns":
      return [piped(inTopicInQueue(cells, standIn))];
    default:
      throw new HandlerError(
        "CONFIG_INVALID",
        `The option unwrap is ${JSON.stringify(carriers)}, which is not known.`,
        {
          hint: 'Name the carriers from the outside in: "sqs", "sns", "pipes", ["sqs", "sns"], ["pipes", "sqs"] or ["pipes", "sqs", "sns"].',
        },
      );
  }
}

function inTopicInQueue<E extends NeutralEvent>(cells: readonly Cell<E>[], standIn: (carrier: Carrier) => E): Cell<E> {
  return carried(
    carried<Carrier>(sqs, [notification], (carrier) => carrier),
    cells,
    standIn,
  );
}

/** Sources whose events come as the text of another source's messages. */
export function carried<E extends NeutralEvent>(
  carrier: Cell<Carrier>,
  cells: readonly Cell<E>[],
  standIn: (carrier: Carrier) => E,
): Cell<E> {
  const kind = cells[0]?.capabilities.kind ?? "";
  const sources = cells.map(({ capabilities }) => capabilities.source).join(" or ");
  return {
    capabilities: { ...carrier.capabilities, kind, source: `${sources} in ${carrier.capabilities.source}` },
    matches: carrier.matches,
    read: async (event, lambda) => {
      const records = await carrier.read(event, lambda);
      return Promise.all(records.map((record) => open(record, lambda)));
    },
    ...(carrier.report && { report: (failed, event) => carrier.report?.(failed as never, event) }),
  };

  async function open(record: NativeRecord<Carrier>, lambda: LambdaContext): Promise<NativeRecord<E>> {
    const [message] = record.events as [Carrier];
    try {
      if (record.rejected) throw record.rejected;
      const content = parse(message);
      const cell = cells.find((one) => one.matches(content));
      if (!cell) throw notHeld(kind, detect(content));
      const inner = await cell.read(content, lambda, message);
      const rejected = inner.find((one) => one.rejected)?.rejected;
      if (rejected) throw rejected;
      return {
        ...record,
        events: inner.flatMap(({ events }) => events),
        // A method, which a copy leaves behind.
        trace: () => inner[0]?.trace?.() ?? record.trace?.(),
        note: inner[0]?.note,
      };
    } catch (error) {
      const rejected = HandlerError.is(error) ? error : notHeld(kind, "not readable", error);
      return { ...record, events: [standIn(message)], trace: () => record.trace?.(), rejected };
    }
  }
}

function parse(message: Carrier): unknown {
  const text = toText(message["~source"].body());
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw notHeld(message.kind, "not JSON", cause);
  }
}

function notHeld(kind: string, what: string, cause?: unknown): HandlerError {
  return new HandlerError(
    "EVENT_UNSUPPORTED",
    `A message was to hold an event of kind ${kind}, and what it holds is: ${what}.`,
    {
      hint: "Compare the option `unwrap` with what the queue or topic really gets, raw message delivery included.",
      permanent: true,
      cause,
    },
  );
}
