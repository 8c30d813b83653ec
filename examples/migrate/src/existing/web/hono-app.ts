// A Hono app, as it ran on an edge.
import { Hono } from "hono";
import { setCookie } from "hono/cookie";

export const app = new Hono();

app.get("/reviews/:id", (c) => {
  if (c.req.param("id") !== "r-1") return c.json({ message: "Not Found" }, 404);
  return c.json({ id: c.req.param("id"), verbose: c.req.query("verbose") ?? null });
});

app.post("/reviews", async (c) => {
  const review = await c.req.json();
  setCookie(c, "seen", "1");
  setCookie(c, "last", review.id, { httpOnly: true });
  return c.json(review, 201);
});
