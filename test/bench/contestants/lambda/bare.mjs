// The floor: what one would write by hand for one payload format.
import { find, place } from "../../work/orders.mjs";

export const orders = (payload) => (payload === "2.0" ? version2 : version1);

async function version2(event) {
  return answer(event.requestContext.http.method, event.rawPath, event);
}

async function version1(event) {
  return answer(event.httpMethod, event.path, event);
}

/** With errors, a request id, CORS and a check of who calls. */
export const layered = () => async (event) => {
  const requestId = crypto.randomUUID();
  const result =
    event.headers.authorization === "Bearer token-1"
      ? answer(event.requestContext.http.method, event.rawPath, event)
      : json(401, { message: "who are you?" });
  result.headers["x-request-id"] = requestId;
  if (event.headers.origin === "https://shop.example.com") {
    result.headers["access-control-allow-origin"] = event.headers.origin;
    result.headers.vary = "origin";
  }
  return result;
};

function answer(method, path, event) {
  try {
    if (method === "POST" && path === "/orders") return json(201, place(JSON.parse(textOf(event))));
    if (method === "GET" && path === "/health") return json(200, { ok: true });
    if (method === "GET" && path.startsWith("/orders/")) return json(200, find(decodeURIComponent(path.slice(8))));
    return json(404, { message: "not found" });
  } catch {
    return json(500, { message: "internal error" });
  }
}

function textOf({ body, isBase64Encoded }) {
  return isBase64Encoded ? Buffer.from(body, "base64").toString() : body;
}

function json(statusCode, value) {
  return { statusCode, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}
