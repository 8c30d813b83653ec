import { http, reply } from "@portico/core";
import { serve } from "@portico/node";

const hello = http.get("/hello/:name").handle(({ params }, { log }) => {
  log.info("said hello", { name: params.name });
  return reply.json({ hello: params.name });
});

const { url } = await serve(hello, { port: 8080 });
console.log(`${url}/hello/world`);
