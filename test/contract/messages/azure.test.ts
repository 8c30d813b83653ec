import { InvocationContext } from "@azure/functions";
// Before the deployment: it stands in for the Functions worker.
import "../../../packages/azure/test/worker.js";
import { leapingClock } from "../../../packages/core/test/leaping-clock.js";
import { settling } from "../deploy/azure-messages.mjs";
import { type MessageLimits, messageContract, payloadOf } from "../messages.js";
import { collectLog, inProcess, toMessage } from "./azure-deployment.js";
import { azureSources } from "./azure-sources.js";

leapingClock();

for (const source of azureSources) {
  messageContract(`Azure ${source.name}, in process`, source.limits, async () => inProcess(source));
}

type Call = readonly [action: string, lockToken: string, reason?: string];
const settled: readonly [name: string, target: keyof typeof settling, limits: MessageLimits][] = [
  ["one", "busSettledOne", { kind: "queue", setsAside: true }],
  ["many", "busSettled", { kind: "queue", redelivers: "message", setsAside: true }],
  ["topic", "busSettledTopic", { kind: "topic", redelivers: "message", setsAside: true }],
  ["sessions", "busSettledSessions", { kind: "queue", redelivers: "from-failure", ordered: true, setsAside: true }],
];

for (const [name, target, limits] of settled) {
  messageContract(`Azure Service Bus with settlement, ${name}, in process`, limits, async () => {
    const lines: string[] = [];
    const invoke = async (input: unknown) => {
      const init = { invocationId: "1", functionName: String(target) };
      const logHandler = (_level: string, ...args: unknown[]) => void lines.push(args.join(" "));
      await settling[target](input, new InvocationContext({ ...init, logHandler }));
    };
    return {
      async deliver(items) {
        const calls: Call[] = [];
        const act = (action: string) => async (message: { lockToken: string }) =>
          void calls.push([action, message.lockToken]);
        const actions = {
          complete: act("complete"),
          abandon: act("abandon"),
          renewMessageLock: async () => undefined,
          renewSessionLock: async () => undefined,
          releaseSession: async () => undefined,
          deadletter: async ({ lockToken }: { lockToken: string }, _: undefined, reason: string) => {
            if (reason.includes("the sink fails")) throw new Error("the broker is away");
            calls.push(["deadletter", lockToken, reason]);
          },
        };
        const messages = items.map((item) => ({
          messageId: `m${item.place}`,
          lockToken: `lock-${item.place}`,
          ...(limits.ordered && { sessionId: "customer-7" }),
          body: Buffer.from(payloadOf(item) as string),
          deliveryCount: 1,
          sequenceNumber: item.place,
        }));
        await invoke({ messages: limits.redelivers ? messages : messages[0], actions });
        const ends = messages.map(({ lockToken }) => calls.filter(([, token]) => token === lockToken));
        if (ends.some((end) => end.length > 1)) throw new Error(`settled twice: ${JSON.stringify(calls)}`);
        return {
          acknowledged: ends.map(([end]) => end !== undefined && end[0] !== "abandon"),
          setAside: ends.map(([end]) => end?.[2]),
        };
      },
      foreign: [Buffer.from("ok"), { Records: [] }].map((input) => async () => {
        const error = await invoke(input).then(() => undefined, toMessage);
        return { acknowledged: [error === undefined], error };
      }),
      ...collectLog(() => lines.splice(0)),
    };
  });
}
