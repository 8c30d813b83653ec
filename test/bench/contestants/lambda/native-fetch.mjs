// Written by hand too, but with the web-standard classes on both sides.
import { find, place } from "../../work/orders.mjs";

export const orders = () => async (event) => {
  const { headers, requestContext, rawPath, body } = event;
  const url = `https://${headers.host}${rawPath}`;
  const request = new Request(url, { method: requestContext.http.method, headers, body });
  const response = await route(request);
  return { statusCode: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
};

async function route(request) {
  const { pathname } = new URL(request.url);
  if (request.method === "POST" && pathname === "/orders")
    return Response.json(place(await request.json()), { status: 201 });
  if (pathname.startsWith("/orders/")) return Response.json(find(decodeURIComponent(pathname.slice(8))));
  return Response.json({ message: "not found" }, { status: 404 });
}
