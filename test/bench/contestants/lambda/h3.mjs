import { H3 } from "h3";
import { toLambdaHandler } from "srvx/aws-lambda";
import { find, place } from "../../work/orders.mjs";

export function orders() {
  const app = new H3()
    .post("/orders", async (event) => {
      event.res.status = 201;
      return place(await event.req.json());
    })
    .get("/orders/:id", (event) => find(event.context.params.id))
    .get("/health", () => ({ ok: true }));
  return toLambdaHandler({ fetch: app.fetch });
}
