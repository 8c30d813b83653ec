import { type Context, http, invoke, queue, reply, schedule } from "@portico/core";
import { expect, test } from "vitest";
import { origin } from "../test/deploy.js";
import { bytes } from "../test/rpc.js";
import { fire, invoke as send } from "../test/worker.js";
import * as azure from "./index.js";

const told: boolean[] = [];
const note = (_event: unknown, { coldStart }: Context) => void told.push(coldStart);
const page = http.get("/x").handle((request, context) => {
  note(request, context);
  return reply.empty();
});

test("the first invocation of the process is the cold start, of whichever function and kind it is", async () => {
  azure.schedule("nightly", schedule("0 3 * * *").handle(note));
  azure.queue("orders", queue("orders").handle(note), { storageQueue: { connection: "Store" } });
  azure.http("page", page);
  azure.invoke("quote", invoke("quote").handle(note));
  await fire("orders", { input: bytes("x") });
  await fire("nightly", { input: { json: '{"IsPastDue":false}' } });
  for (const _time of [1, 2]) await send("page", { method: "GET", url: `${origin}/api/x` });
  await send("quote", { method: "POST", url: `${origin}/api/quote` });
  expect(told).toEqual([true, false, false, false, false]);
});
