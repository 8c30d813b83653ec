import Koa from "koa";
import serverless from "serverless-http";
import { find, place } from "../../work/orders.mjs";

export function orders() {
  const app = new Koa();
  app.use(async (context) => {
    if (context.method === "POST" && context.path === "/orders") {
      // What serverless-http puts there.
      context.body = place(JSON.parse(context.req.body));
      context.status = 201;
    } else if (context.path.startsWith("/orders/")) context.body = find(decodeURIComponent(context.path.slice(8)));
    else if (context.path === "/health") context.body = { ok: true };
  });
  return serverless(app);
}
