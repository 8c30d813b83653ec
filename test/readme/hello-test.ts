import { http, reply } from "@portico/core";
import { fake, json } from "@portico/testing";

const hello = http.get("/hello/:name").handle(({ params }) => reply.json({ hello: params.name }));

const response = await hello(fake.http({ params: { name: "ada" } }));
console.log(response.status, await json(response));
