import { http as handler } from "@portico/aws/http";
import { http, reply } from "@portico/core";

export const create = handler(
  http.post("/orders/:id").handle(async (request) => reply.json({ id: request.params.id, ...(await request.json()) })),
);
