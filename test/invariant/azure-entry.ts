import { InvocationContext, type RetryContext } from "@azure/functions";
import type { AzureMessageHandler } from "@portico/azure";

/** What the host gives a handler, beside what is alike in all invocations. */
export interface Invocation {
  readonly input: unknown;
  readonly triggerMetadata?: Record<string, unknown> | undefined;
  readonly retryContext?: RetryContext | undefined;
}

/** The entry of a process around what was registered: each delivery has a context of the library's own. */
export function azureEntry(handler: AzureMessageHandler): (event: unknown) => Promise<unknown> {
  return async (event) => {
    const { input, ...given } = event as Invocation;
    const init = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    const logHandler = () => undefined;
    await handler(input, new InvocationContext({ invocationId: "1", functionName: "orders", logHandler, ...init }));
  };
}

/** The same delivery with its messages, and all that the host tells about them, in the wrong order. */
export function reversed({ input, triggerMetadata = {}, ...rest }: Invocation): Invocation {
  const backwards = (value: unknown) => (Array.isArray(value) ? value.toReversed() : value);
  const metadata = Object.entries(triggerMetadata).map(([name, value]) => [name, backwards(value)]);
  return { ...rest, input: backwards(input), triggerMetadata: Object.fromEntries(metadata) };
}
