// An Express app, as it ran on a server.
import express from "express";

export const app = express();
app.disable("x-powered-by");
app.use(express.json());

app.get("/baskets/:id", (req, res) => {
  if (req.params.id !== "b-1") {
    res.status(404).json({ message: "Not Found" });
    return;
  }
  res.json({ id: req.params.id, verbose: req.query.verbose ?? null });
});

app.post("/baskets", (req, res) => {
  res.cookie("seen", "1").cookie("last", req.body.id, { httpOnly: true });
  res.status(201).json(req.body);
});
