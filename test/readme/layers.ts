import { HandlerError, http, reply } from "@portico/core";

const signedIn = http.use(async (request, _context, next) => {
  const user = request.cookies.user;
  if (user === undefined) throw new HandlerError("UNAUTHORIZED", "Sign in first.");
  return next({ user });
});

export const profile = signedIn.get("/me").handle((_request, { user }) => reply.json({ user }));
export const rename = signedIn.post("/me/name").handle(async (request, { user, log }) => {
  log.info("renamed", { user, name: await request.text() });
  return reply.empty();
});
