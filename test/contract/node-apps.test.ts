import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Behaviour, behaviours } from "./node-apps/behaviours.js";
import { frameworks, namedFiles } from "./node-apps/frameworks.js";
import { type AppHost, type AppRequest, bareHost, hosts } from "./node-apps/hosts.js";
import type { WireReply } from "./wire.js";

const streams = new Set(["container"]);
// What tells of the connection, of the time and of how a body was framed, which is each platform's own.
const own =
  /^(?:connection|keep-alive|date|transfer-encoding|content-length|trailer|x-cloud-trace-context|function-execution-id|etag)$/;

async function see(start: (typeof hosts)[string] | typeof bareHost, { app, request = {} }: Behaviour) {
  const notes: unknown[] = [];
  const host: AppHost = await start(app((what) => notes.push(what)));
  try {
    const reply = await host.send(request as AppRequest).then(toSeen, () => "no answer");
    return { reply, notes, close: () => host.close() };
  } catch (error) {
    await host.close();
    throw error;
  }
}

function toSeen({ status, headers, body }: WireReply) {
  const fields: Record<string, string[]> = {};
  for (const [name, value] of headers) {
    if (own.test(name)) continue;
    const before = fields[name];
    fields[name] =
      before === undefined ? [value] : name === "set-cookie" ? [...before, value] : [`${before}, ${value}`];
  }
  return { status, fields, body: Buffer.from(body).toString("latin1") };
}

type Seen = ReturnType<typeof toSeen> | string;

/** A front end of AWS says a type where the function says none. */
function withoutAdded(reply: Seen, home: Seen): Seen {
  if (typeof reply === "string" || typeof home === "string" || home.fields["content-type"]) return reply;
  const { "content-type": _added, ...fields } = reply.fields;
  return { ...reply, fields };
}

beforeAll(() => {
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  for (const level of ["error", "warn"] as const) vi.spyOn(console, level).mockReturnValue();
});
afterAll(() => vi.restoreAllMocks());

const all: Readonly<Record<string, Behaviour>> = { ...behaviours, ...frameworks };

describe.each(Object.keys(hosts))("%s, through fromNode", (host) => {
  const shown = Object.entries(all).filter(
    ([, { needsStreams = false, except = [] }]) => (!needsStreams || streams.has(host)) && !except.includes(host),
  );
  test.each(shown)("%s: as at home", async (_title, behaviour) => {
    const home = await see(bareHost, behaviour);
    const there = await see(hosts[host] as (typeof hosts)[string], behaviour);
    try {
      expect(withoutAdded(there.reply, home.reply)).toEqual(home.reply);
      await vi.waitFor(() => expect(there.notes).toEqual(home.notes), { timeout: 2_000 });
    } finally {
      await home.close();
      await there.close();
    }
  });
});

describe("a file name beyond ASCII", () => {
  const latin1 = 'attachment; filename="caf\u00e9.txt"';
  const ascii = "attachment; filename=\"caf?.txt\"; filename*=UTF-8''caf%C3%A9.txt";
  test.each([
    ["container", latin1],
    ["Google Cloud Functions", latin1],
    ["AWS Lambda", ascii],
    ["Azure Functions", ascii],
  ])("%s sends it as far as the platform can", async (host, expected) => {
    for (const app of namedFiles) {
      const { send, close } = await (hosts[host] as (typeof hosts)[string])(app);
      const reply = await send({});
      await close();
      expect([reply.status, new Map(reply.headers).get("content-disposition")]).toEqual([200, expected]);
    }
  });
});
