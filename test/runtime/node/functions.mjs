import { http, reply } from "@portico/core";

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function* ticks(signal) {
  try {
    for (let tick = 0; tick < 100; tick += 1) {
      yield `tick ${tick}\n`;
      await pause(100);
      if (signal.aborted) return;
    }
  } finally {
    process.stdout.write(`ticks ended${signal.aborted ? ", aborted" : ""}\n`);
  }
}

const slow = http.get("/slow/:ms").handle(async ({ params }) => {
  await pause(Number(params.ms));
  return reply.json({ pid: process.pid });
});
const stream = http.get("/ticks").handle((_request, { signal }) => reply.stream(ticks(signal)));
const upload = http
  .post("/upload")
  .handle(async (request) => reply.json({ length: (await request.bytes()).byteLength }));
const modules = http.post("/modules").handle(async (request) => {
  await request.json();
  request.headers.get("x-a");
  request.query.get("a");
  return reply.json(process.moduleLoadList.filter((name) => /undici\/undici/.test(name)));
});
const work = http.get("/work").handle((_request, { waitUntil }) => {
  waitUntil(pause(300).then(() => process.stdout.write("work done\n")));
  return reply.text("sent");
});

export const functions = [slow, stream, upload, modules, work];
