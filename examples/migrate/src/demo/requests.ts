// What a client asks the functions that answer requests, wherever they run.

/** An HTTP function by where it comes from. */
export interface WebFunction {
  readonly name: string;
  readonly found: string;
  readonly missing: string;
  readonly create: string;
}

export const webFunctions: readonly WebFunction[] = [
  { name: "Lambda, REST API", found: "/shop/orders/o-1", missing: "/shop/orders/none", create: "/shop/orders" },
  {
    name: "Azure, HTTP trigger",
    found: "/products/mug?currency=CHF",
    missing: "/products/none",
    create: "/products/cup",
  },
  {
    name: "Google, HTTP function",
    found: "/customers/c-1?verbose=yes",
    missing: "/customers/none",
    create: "/customers",
  },
  { name: "Express", found: "/baskets/b-1?verbose=yes", missing: "/baskets/none", create: "/baskets" },
  { name: "Hono", found: "/reviews/r-1?verbose=yes", missing: "/reviews/none", create: "/reviews" },
];

/** What is different from what it must be, in words; nothing when all is well. */
export async function ask(url: string, { found, missing, create }: WebFunction): Promise<string[]> {
  const troubles: string[] = [];
  const expect = (what: string, seen: unknown, wanted: unknown) => {
    if (JSON.stringify(seen) !== JSON.stringify(wanted)) {
      troubles.push(`${what}: ${JSON.stringify(seen)}, not ${JSON.stringify(wanted)}`);
    }
  };
  const one = await fetch(url + found);
  expect(`GET ${found}`, one.status, 200);
  const [path = "", query] = found.split("?");
  const body = (await one.json()) as Record<string, unknown>;
  expect(`GET ${found}: id`, body.id, path.split("/").at(-1));
  const [name = "", value] = query?.split("=") ?? [];
  if (query !== undefined) expect(`GET ${found}: ${name}`, body[name], value);
  const none = await fetch(url + missing);
  await none.arrayBuffer();
  expect(`GET ${missing}`, none.status, 404);
  const headers = { "content-type": "application/json" };
  const made = await fetch(url + create, { method: "POST", headers, body: '{"id":"cup","sku":"cüp"}' });
  expect(`POST ${create}`, made.status, 201);
  expect(`POST ${create}: body`, ((await made.json()) as Record<string, unknown>).sku, "cüp");
  const cookies = made.headers.getSetCookie().map((line) => line.split(";")[0]);
  expect(`POST ${create}: cookies`, cookies, ["seen=1", "last=cup"]);
  return troubles;
}
