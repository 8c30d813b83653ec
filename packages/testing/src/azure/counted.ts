import type { FakeQueueInit } from "../fake-message.js";
import { Draw, nextSeed } from "../seed.js";

/** Makes messages with what their source always tells: which delivery it is and, of Service Bus, the number. */
export function counted<E>(make: (init: FakeQueueInit) => E, source: object): (init: FakeQueueInit) => E {
  if ("serviceBus" in source) {
    return ({ seed = nextSeed(), ...init }) =>
      make({ seed, attempt: 1, sequence: new Draw("sequence", seed).sequence(), ...init });
  }
  return "storageQueue" in source ? (init) => make({ attempt: 1, ...init }) : make;
}
