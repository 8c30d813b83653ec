import { http, reply } from "@portico/core";

export const getOrder = http.get("/orders/:id").handle(async ({ params }) => reply.json({ id: params.id }));
