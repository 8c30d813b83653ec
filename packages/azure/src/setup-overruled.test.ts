import { app } from "@azure/functions";
import { http as portable, reply } from "@portico/core";
import { expect, test } from "vitest";
import { body, deploy, origin } from "../test/deploy.js";
import { setup } from "./setup.js";

async function* chunks() {
  yield "a";
  yield "b";
}

test("an app whose own setup switches streaming off again is answered in one piece, cookies included", async () => {
  setup({ enableHttpStream: true });
  app.setup({ enableHttpStream: false });
  const headers = { "set-cookie": ["a=1; Path=/", "b=2; Path=/"] };
  const streamed = deploy(portable.get("/x").handle(() => ({ ...reply.stream(chunks()), headers })));
  const answer = await streamed.invoke({ url: `${origin}/api/x` });
  expect(answer.statusCode).toBe("200");
  expect(body(answer)).toBe("ab");
  expect(answer.cookies.map(({ name }) => name)).toEqual(["a", "b"]);

  async function* broken() {
    yield "a";
    throw new Error("the source broke");
  }
  const failing = deploy(portable.get("/x").handle(() => reply.stream(broken())));
  expect((await failing.invoke({ url: `${origin}/api/x` })).statusCode).toBe("500");
});
