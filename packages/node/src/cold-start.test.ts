import { type Context, every, http, reply, schedule } from "@portico/core";
import { expect, test, vi } from "vitest";
import { serve } from "./index.js";

const told: boolean[] = [];
const note = (_event: unknown, { coldStart }: Context) => void told.push(coldStart);
const page = http.get("/x").handle((request, context) => {
  note(request, context);
  return reply.empty();
});

test("the first invocation of the process is the cold start: a tick, and then no request to either server", async () => {
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  let tick: () => void = () => undefined;
  const ticked = new Promise<void>((resolve) => {
    tick = resolve;
  });
  const clock = schedule(every("1 second")).handle((event, context) => {
    if (told.length === 0) note(event, context);
    tick();
  });
  const options = { port: 0, host: "127.0.0.1", signals: [] } as const;
  const servers = [await serve([page, clock], { ...options, schedules: true }), await serve(page, options)];
  await ticked;
  for (const { url } of servers) await fetch(`${url}/x`);
  await Promise.all(servers.map((server) => server.close()));
  expect(told).toEqual([true, false, false]);
});
