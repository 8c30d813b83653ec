// What docs/testing.md shows of the hosts.
import { queue } from "@portico/testing/aws";
import { aws } from "@portico/testing/hosts";
import { expect, test } from "vitest";

const built = (name: string) => new URL(`../../examples/orders/dist/${name}.js`, import.meta.url);

test("orders are listed by Lambda's own runtime client", async () => {
  await using host = await aws({ module: built("aws"), export: "app", format: "http-2.0" });
  const response = await fetch(`${host.url}/tenants/acme/orders`);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ orders: [], total: 0 });
});

test("of a batch of SQS the orders that are not packed come again", async () => {
  await using host = await aws({ module: built("aws-pipeline"), export: "handler" });
  const [packed, missing] = ["a", "out-of-stock"].map((sku) => ({ json: { id: "7", sku, quantity: 1 } }));
  const event = await queue([{ ...packed }, { ...missing, id: "m2" }], { queue: "orders" });
  expect(await host.invoke(event)).toEqual({
    status: "success",
    result: { batchItemFailures: [{ itemIdentifier: "m2" }] },
  });
});
