import type { AzureHost } from "@portico/testing/hosts/azure";
import { vi } from "vitest";
import { fire, worker } from "../../../packages/azure/test/worker.js";
import type { Item, MessageDeployment } from "../messages.js";
import { type AzureSource, type AzureStart, foreignTo, targetOf } from "./azure-sources.js";

type Run = (name: string, start: AzureStart) => Promise<string | undefined>;

/** The function that is registered for a source, with `prefix` before its name, in this process. */
export function inProcess(source: AzureSource, prefix = ""): MessageDeployment {
  const run: Run = (name, { input, triggerMetadata }) => {
    const start = { input, metadata: triggerMetadata } as Parameters<typeof fire>[1];
    return fire(name, start).then(() => undefined, toMessage);
  };
  const log = collectLog(() => worker.logs.splice(0).map(({ message }) => message));
  return { ...toDeployment(source, prefix, run), ...log };
}

/** The function that is registered for a source, with `prefix` before its name, in a host. */
export function hosted(source: AzureSource, host: AzureHost, prefix = ""): MessageDeployment {
  const run: Run = async (name, start) => {
    const { status, error } = await host.trigger(name, start);
    return status === "success" ? undefined : (error ?? "failed");
  };
  const log = () => host.logs.map((line) => `${line}\n`).join("");
  return { ...toDeployment(source, prefix, run), log, logsLate: true };
}

function toDeployment(source: AzureSource, prefix: string, run: Run): Pick<MessageDeployment, "deliver" | "foreign"> {
  const verdict = async (item: Item, start: AzureStart, count: number) => {
    const error = await run(prefix + targetOf(source, item), start);
    return { acknowledged: Array.from({ length: count }, () => error === undefined), error };
  };
  return {
    deliver: (items) => verdict(items[0] as Item, source.start(items), items.length),
    foreign: foreignTo(source).map((start) => () => verdict({ todo: "ok", place: 0 }, start, 1)),
  };
}

/** What functions log while they are invoked, and after that, when the host takes nothing any more. */
export function collectLog(during: () => readonly string[]): { log(): string; close(): Promise<void> } {
  let all = "";
  const take = (...given: unknown[]) => {
    all += `${given.join(" ")}\n`;
  };
  const methods = ["debug", "info", "log", "warn", "error"] as const;
  const spies = methods.map((method) => vi.spyOn(console, method).mockImplementation(take));
  return {
    log() {
      for (const line of during()) take(line);
      return all;
    },
    close: async () => spies.forEach((spy) => void spy.mockRestore()),
  };
}

/** What a rejection says. */
export function toMessage(error: unknown): string {
  // The worker takes a rejection without a value for success.
  if (!(error instanceof Error)) throw new Error(`rejected with ${String(error)}`);
  return `${(error as { code?: string }).code} ${error.message}`;
}
