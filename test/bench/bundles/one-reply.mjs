import { http as handler } from "@portico/aws/http";
import { http } from "@portico/core";
import * as reply from "../../../packages/core/src/kinds/http/reply.ts";

export const create = handler(
  http.post("/orders/:id").handle(async (request) => reply.json({ id: request.params.id, ...(await request.json()) })),
);
