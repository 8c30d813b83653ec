import type { NeutralEvent } from "@portico/core";
import { errorFields, toTimerMs } from "@portico/core/adapter";
import type { AzureContext } from "../context.js";
import type { Settler } from "../messages.js";
import { deadLetter, type SettledMessage, type SettlementActions } from "./actions.js";

// What is still to be told when everything is over must not hold up the reply.
const closeMs = 2000;

/** Settles the messages of one delivery as they are disposed of, and keeps the locks of those that wait. */
export function createSettler<E extends NeutralEvent>(
  actions: SettlementActions,
  byEvent: ReadonlyMap<E, SettledMessage>,
  sessions: boolean,
  renewEveryMs: number,
  context: AzureContext,
): Settler<E> {
  const open = new Set(byEvent.values());
  const lostOnes = new Set<SettledMessage>();
  const renewal = setInterval(() => void renew(), toTimerMs(renewEveryMs));
  const messageOf = (event: E) => byEvent.get(event) as SettledMessage;

  return {
    async settle(event, { state }) {
      const message = messageOf(event);
      // Dead-lettered already.
      if (!open.delete(message)) return;
      try {
        if (state === "done") await actions.complete(message);
        else await actions.abandon(message);
      } catch (error) {
        // Still there: it is given back at the end.
        open.add(message);
        throw error;
      }
    },
    async deadLetter(event, reason) {
      const message = messageOf(event);
      await deadLetter(actions, message, reason);
      open.delete(message);
    },
    async close(dispositions) {
      clearInterval(renewal);
      const failed = dispositions.some(({ state }) => state !== "done");
      const sessionId = [...byEvent.values()][0]?.sessionId;
      // Of a session nothing behind the failed message is touched: what is not settled comes again in its place, with the session.
      if (sessions && failed && sessionId) await soon("release the session", () => actions.releaseSession(sessionId));
      else if (!sessions)
        await Promise.all([...open].map((message) => soon("abandon a message", () => actions.abandon(message))));
    },
  };

  async function renew(): Promise<void> {
    const lost = (error: unknown, fields: object) =>
      context.log.warn("the lock could not be renewed: it may be lost, and then the message comes again", {
        ...fields,
        error: errorFields(error),
      });
    const sessionId = sessions ? [...open][0]?.sessionId : undefined;
    if (sessionId) {
      await attempt(
        () => actions.renewSessionLock(sessionId),
        (error) => {
          clearInterval(renewal);
          lost(error, { sessionId });
        },
      );
      return;
    }
    for (const message of open) {
      if (lostOnes.has(message)) continue;
      await attempt(
        () => actions.renewMessageLock(message),
        (error) => {
          // Not where it was settled meanwhile.
          if (open.has(message)) lost(error, { lockToken: message.lockToken });
          lostOnes.add(message);
        },
      );
    }
  }

  async function soon(what: string, work: () => Promise<unknown>): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, closeMs);
    });
    await Promise.race([
      late,
      attempt(work, (error) =>
        context.log.warn(`could not ${what}: it comes again when its lock ends`, { error: errorFields(error) }),
      ),
    ]);
    clearTimeout(timer);
  }
}

async function attempt(work: () => Promise<unknown>, onError: (error: unknown) => void): Promise<void> {
  try {
    await work();
  } catch (error) {
    onError(error);
  }
}
