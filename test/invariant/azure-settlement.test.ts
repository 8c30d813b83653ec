import { queue as deploy } from "@portico/azure";
import { type NeutralEvent, queue } from "@portico/core";
import { azureEntry } from "./azure-entry.js";
import type { Choices } from "./history.js";
import { type Model, type NativeDelivery, type Platform, timeMs } from "./model.js";
import { pick, type Waiting } from "./redelivery.js";
import { testModels } from "./test-model.js";
import type { Process, World } from "./world.js";

/** The entity's MaxDeliveryCount: then it dead-letters the message itself, here while the process lives that still runs it. */
const tries = 3;
/** So often a settlement fails, or gets no answer, before or after it took effect. */
const mostTroubles = 3;

interface Message {
  readonly messageId: string;
}

interface Settlement {
  readonly messages: readonly Message[];
  readonly actions: Readonly<Record<string, (message: Message) => Promise<void>>>;
}

/**
 * Messages under locks: each is settled by a call of its own, which counts while the delivery has its lock. What is not settled comes again,
 * of a session in its place; how the invocation ends says nothing.
 */
class SettledBus implements Platform {
  private readonly world: World;
  private readonly choices: Choices;
  private readonly sessions: boolean;
  private waiting: readonly Waiting[];
  private troubles = 0;

  constructor(world: World, choices: Choices, sessions: boolean) {
    this.world = world;
    this.choices = choices;
    this.sessions = sessions;
    this.waiting = world.messages.map(({ id, group }) => ({ id, group, tried: 0 }));
  }

  next(): NativeDelivery | undefined {
    const messages = pick(this.waiting, this.choices, true, this.sessions);
    if (messages.length === 0) return undefined;
    const locked = new Map(messages.map((message) => [message.id, message]));
    const sent = messages.map(({ id, group, tried }) => ({
      messageId: id,
      lockToken: `lock-${id}-${tried}`,
      deliveryCount: tried + 1,
      body: Buffer.from("{}"),
      ...(this.sessions && { sessionId: `s${group}` }),
    }));
    return {
      event: { input: { messages: sent, actions: this.toActions(this.world.process, locked) } },
      settle: () => {
        for (const message of locked.values()) this.giveBack(message);
        locked.clear();
      },
    };
  }

  private toActions(process: Process, locked: Map<string, Waiting>): Settlement["actions"] {
    const settle = (take: (message: Waiting) => void) => (message: Message) =>
      this.perform(process, () => {
        const held = locked.get(message.messageId);
        if (!held) throw new Error("the lock is lost");
        locked.delete(held.id);
        take(held);
      });
    const nothing = () => this.perform(process, () => undefined);
    return {
      complete: settle((message) => {
        this.world.acknowledge(message.id);
        this.forget(message);
      }),
      deadletter: settle((message) => {
        this.world.setAside(message.id);
        this.forget(message);
      }),
      abandon: settle((message) => this.giveBack(message)),
      renewMessageLock: nothing,
      renewSessionLock: nothing,
      releaseSession: nothing,
    };
  }

  /** A call to the service, which may fail or hang, before it took effect or after. */
  private async perform(process: Process, effect: () => void): Promise<void> {
    if (!process.alive) return never();
    const trouble = this.troubles < mostTroubles ? this.choices.below(10) : 9;
    if (trouble < 4) this.troubles += 1;
    if (trouble === 0) throw new Error("the service is busy");
    if (trouble === 1) return never();
    effect();
    if (trouble === 2) throw new Error("the connection is lost");
    if (trouble === 3) return never();
  }

  private giveBack(message: Waiting): void {
    message.tried += 1;
    if (message.tried < tries) return;
    this.world.setAside(message.id);
    this.forget(message);
  }

  private forget(message: Waiting): void {
    this.waiting = this.waiting.filter((one) => one !== message);
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

const idOf = ({ id }: NeutralEvent) => id;

function model(name: string, sessions: boolean): Model {
  return {
    name,
    ordered: sessions,
    success: null,
    // What is left to settle at the end may take two seconds more, so the host must give as much.
    timeMs: timeMs + 2500,
    entry: (world, process) => {
      const { together, concurrency } = world.history;
      const fn = together
        ? queue("orders").batch(world.batchHandler(process, idOf))
        : queue("orders").handle(world.handler(process, idOf));
      const handler = deploy("orders", fn, {
        serviceBus: { connection: "Bus", cardinality: "many", isSessionsEnabled: sessions },
        settlement: "imported",
        renewEverySeconds: 0.3,
        concurrency,
        timeoutMs: timeMs,
      });
      return azureEntry(handler);
    },
    start: (world, _, choices) => new SettledBus(world, choices, sessions),
    lose: ({ input: { messages, actions } }: { input: Settlement }) => ({
      input: { messages, actions: { ...actions, abandon: actions.complete } },
    }),
    ...(sessions && {
      reorder: ({ input: { messages, actions } }: { input: Settlement }) => ({
        input: { messages: messages.toReversed(), actions },
      }),
    }),
  };
}

testModels(model("Service Bus, with settlement", false), model("Service Bus sessions, with settlement", true));
