import { http } from "@portico/core";
import * as reply from "@portico/core/reply";

export const createOrder = http
  .post("/orders/:id")
  .handle(async (request) => reply.json({ id: request.params.id, ...(await request.json()) }, { status: 201 }));
