import awsLambda from "@fastify/aws-lambda";
import fastify from "fastify";
import { find, place } from "../../work/orders.mjs";

export function orders() {
  const app = fastify();
  app.post("/orders", async (request, reply) => {
    reply.code(201);
    return place(request.body);
  });
  app.get("/orders/:id", async (request) => find(request.params.id));
  app.get("/health", async () => ({ ok: true }));
  return (awsLambda.default ?? awsLambda)(app);
}
