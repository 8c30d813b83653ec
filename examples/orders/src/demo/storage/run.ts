import { createHash } from "node:crypto";
import { send } from "../client.js";
import type { Place } from "./places.js";

/** One cell of the table: what came of a step, and what is wrong with it. */
export interface Result {
  readonly says: string;
  readonly trouble: string | undefined;
}

const file = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 256));
const sha256 = createHash("sha256").update(file).digest("hex");
const contentType = "image/x-demo";

/** What the table shows, row by row. */
export const steps = ["upload an attachment", "download it", "its event opens it", "a missing one is 404"] as const;

/** Takes one place through all steps. */
export async function run({ url, tell, logs }: Place): Promise<Result[]> {
  const { origin, pathname } = new URL(url);
  const base = pathname === "/" ? "" : pathname;
  const orders = `${base}/tenants/acme/orders`;
  const json = [["content-type", "application/json"]] as const;
  const order = JSON.stringify({ sku: "a", quantity: 1 });
  const made = await send(origin, { method: "POST", target: orders, headers: json, body: order });
  const { id } = JSON.parse(made.body.toString()) as { id: string };
  const target = `${orders}/${id}/attachment`;

  const put = await send(origin, { method: "PUT", target, headers: [["content-type", contentType]], body: file });
  const get = await send(origin, { method: "GET", target });
  const type = get.headers.find(([name]) => name === "content-type")?.[1];
  const same = get.body.equals(file) && type === contentType;
  const done = await tell({ key: `acme/${id}/attachment`, size: file.byteLength });
  const entry = await logged(logs, id);
  const none = await send(origin, { method: "GET", target: `${orders}/none/attachment` });
  return [
    { says: String(put.status), trouble: put.status === 200 ? undefined : put.body.toString() },
    { says: `${get.status} ${same ? "byte for byte" : "differs"}`, trouble: same ? undefined : "another content" },
    {
      says: done && entry?.sha256 === sha256 ? "the same hash" : "no",
      trouble:
        entry?.sha256 === sha256 && entry.contentType === contentType ? undefined : JSON.stringify(entry ?? null),
    },
    { says: String(none.status), trouble: none.status === 404 ? undefined : none.body.toString() },
  ];
}

interface Entry {
  readonly sha256?: string;
  readonly contentType?: string;
}

/** The log comes after the answer. */
async function logged(logs: () => readonly string[], id: string): Promise<Entry | undefined> {
  for (let tries = 0; tries < 50; tries += 1) {
    const line = logs().find((text) => text.includes("attachment stored") && text.includes(id));
    if (line !== undefined) return JSON.parse(line.slice(line.indexOf("{"))) as Entry;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return undefined;
}
