import { type Context, http, invoke, queue, reply, schedule } from "@portico/core";
import { afterEach, expect, test } from "vitest";
import { closeAll, deploy, json, post, silence, toPush } from "../test/deploy.js";
import * as gcp from "./index.js";

afterEach(closeAll);

const told: boolean[] = [];
const note = (_event: unknown, { coldStart }: Context) => void told.push(coldStart);
const page = http.get("/x").handle((request, context) => {
  note(request, context);
  return reply.empty();
});

test("the first invocation of the process is the cold start, of whichever function and kind it is", async () => {
  silence();
  await post(await deploy((name) => gcp.queue(name, queue("orders").handle(note))), toPush("a"), json);
  await post(await deploy((name) => gcp.schedule(name, schedule("0 3 * * *").handle(note))), "{}", {
    ...json,
    "x-cloudscheduler": "true",
    "x-cloudscheduler-jobname": "nightly",
  });
  await post(await deploy((name) => gcp.invoke(name, invoke("quote").handle(note))), "{}", json);
  for (const _time of [1, 2]) await fetch(`${await deploy((name) => gcp.http(name, page))}x`);
  expect(told).toEqual([true, false, false, false, false]);
});
