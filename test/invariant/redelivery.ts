import type { Choices } from "./history.js";
import type { Answer, NativeDelivery, Platform } from "./model.js";
import type { World } from "./world.js";

/** One message, and how often it was delivered in vain. */
export interface Waiting {
  readonly id: string;
  readonly group: number;
  tried: number;
}

/** How a platform delivers whole messages, and delivers them again. */
export interface Redelivery {
  /** Whether a delivery may hold several. */
  readonly many: boolean;
  /** Whether those of a group come in order, one delivery of a group at a time. */
  readonly ordered: boolean;
  /** After so many it is set aside, or forgotten where the platform has nowhere to set it aside. */
  readonly tries: number;
  readonly forgets?: boolean;
  event(messages: readonly Waiting[], behind: Waiting | undefined): unknown;
  /** Whether the platform takes an answer for success. Default: any answer. */
  succeeded?(result: unknown): boolean;
}

/** A platform that knows success and failure of a whole delivery, and counts the tries of each message. */
export class Redeliveries implements Platform {
  private readonly world: World;
  private readonly choices: Choices;
  private readonly redelivery: Redelivery;
  private waiting: readonly Waiting[];

  constructor(world: World, choices: Choices, redelivery: Redelivery) {
    this.world = world;
    this.choices = choices;
    this.redelivery = redelivery;
    this.waiting = world.messages.map(({ id, group }) => ({ id, group, tried: 0 }));
  }

  next(): NativeDelivery | undefined {
    const { many, ordered } = this.redelivery;
    const messages = pick(this.waiting, this.choices, many, ordered);
    if (messages.length === 0) return undefined;
    const behind = this.waiting.find((one) => one.group === messages[0]?.group && !messages.includes(one));
    return {
      event: this.redelivery.event(messages, behind),
      settle: (answer) => this.settle(messages, answer),
    };
  }

  private settle(messages: readonly Waiting[], answer: Answer): void {
    const { tries, forgets = false, succeeded = () => true } = this.redelivery;
    // At least once is promised even where failures are not tried again.
    if (forgets && !answer.ok && answer.lost) return;
    const done = answer.ok && succeeded(answer.result);
    const gone = messages.filter((one) => ++one.tried >= tries || done);
    for (const { id } of gone) {
      if (done) this.world.acknowledge(id);
      else if (!forgets) this.world.setAside(id);
    }
    this.waiting = this.waiting.filter((one) => !gone.includes(one));
  }
}

/** What the platform chooses to deliver next: the head of one group, or any. */
export function pick(
  waiting: readonly Waiting[],
  choices: Choices,
  many: boolean,
  ordered: boolean,
): readonly Waiting[] {
  const first = waiting[choices.below(waiting.length)];
  if (!first) return [];
  const left = ordered ? waiting.filter(({ group }) => group === first.group) : [...waiting];
  const size = many ? 1 + choices.below(left.length) : 1;
  if (ordered) return left.slice(0, size);
  return Array.from({ length: size }, () => left.splice(choices.below(left.length), 1)[0] as Waiting);
}
