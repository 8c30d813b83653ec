import { HttpRequest, HttpResponse, InvocationContext } from "@azure/functions";
import { http } from "@portico/azure";
import { app } from "./functions.mjs";
import { httpContract } from "./http.js";
import { captureOutput } from "./in-process.js";

// The library's own request, context and response; how the host writes them is tested in its real runtime.
httpContract("Azure, in process", { buffers: true }, async () => {
  const warnings = captureOutput();
  const handler = http("contract", app, { timeoutMs: 1000 });
  const log: string[] = [];
  const logHandler = (_level: string, ...args: unknown[]) => void log.push(args.join(" "));
  return {
    async send({ method = "GET", target, headers = [], body }) {
      const fields = new Headers(headers.map(([name, value]) => [name, value] as [string, string]));
      const init = { method, url: `https://example.test/api${target}`, headers: Object.fromEntries(fields) };
      const sent = typeof body === "string" ? { string: body } : { bytes: body ?? new Uint8Array() };
      const request = new HttpRequest({ ...init, ...(body !== undefined && body.length > 0 && { body: sent }) });
      // The host continues the caller's trace in the worker's context.
      const traceContext = { traceParent: fields.get("traceparent") ?? "", traceState: "", attributes: {} };
      const context = new InvocationContext({
        traceContext,
        functionName: "contract",
        invocationId: crypto.randomUUID(),
        logHandler,
      });
      const given = await handler(request, context);
      const response = new HttpResponse(given);
      const pairs = [...response.headers];
      const cookies = response.cookies.map(({ name, value, path, maxAge, expires, domain, ...flags }) => {
        const line = [`${name}=${encodeURIComponent(value)}`];
        if (maxAge !== undefined) line.push(`Max-Age=${maxAge}`);
        if (domain) line.push(`Domain=${domain}`);
        if (path) line.push(`Path=${path}`);
        if (expires !== undefined) line.push(`Expires=${new Date(expires).toUTCString()}`);
        if (flags.httpOnly) line.push("HttpOnly");
        if (flags.secure) line.push("Secure");
        if (flags.sameSite) line.push(`SameSite=${flags.sameSite}`);
        return ["set-cookie", line.join("; ")] as const;
      });
      return {
        status: response.status,
        headers: [...pairs, ...cookies],
        body: new Uint8Array(await response.arrayBuffer()),
      };
    },
    log: () => log.join("\n"),
    close: async () => warnings.release(),
  };
});
