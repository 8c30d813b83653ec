// What a portable handler costs by its shape alone: an async function for each route, which reads its body by a promise and returns a reply that
// is made into Lambda's. No library, and none of what one has to look after.
import { find, place } from "../../work/orders.mjs";

const routes = [
  ["POST", /^\/orders$/, async (request) => json(201, place(await request.json()))],
  ["GET", /^\/orders\/([^/]+)$/, async (_request, id) => json(200, find(decodeURIComponent(id)))],
  ["GET", /^\/health$/, async () => json(200, { ok: true })],
];

export const orders = (payload) => async (event) => {
  const method = payload === "2.0" ? event.requestContext.http.method : event.httpMethod;
  const path = payload === "2.0" ? event.rawPath : event.path;
  for (const [wanted, pattern, handler] of routes) {
    const match = wanted === method && pattern.exec(path);
    if (!match) continue;
    const { status, headers, body } = await handler({ event, json: async () => JSON.parse(event.body) }, match[1]);
    return { statusCode: status, headers: { ...headers }, body };
  }
  return { statusCode: 404, headers: {}, body: "" };
};

/** The handler of the POST returns a web-standard Response, which is read. */
export const native = () => async (event) => {
  const request = { json: async () => JSON.parse(event.body) };
  const handler = async () => Response.json(place(await request.json()), { status: 201 });
  const response = await handler();
  const headers = {};
  for (const [name, value] of response.headers) headers[name] = value;
  const reader = response.body.getReader();
  const chunks = [];
  for (let read = await reader.read(); !read.done; read = await reader.read()) chunks.push(read.value);
  return { statusCode: response.status, headers, body: Buffer.concat(chunks).toString() };
};

function json(status, value) {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}
