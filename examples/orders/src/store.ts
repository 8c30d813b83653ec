export const states = ["open", "paid", "shipped", "delivered"] as const;

export interface Order {
  readonly id: string;
  readonly tenant: string;
  readonly sku: string;
  readonly quantity: number;
  readonly tags: readonly string[];
  readonly note?: string | undefined;
  readonly state: (typeof states)[number];
}

// In memory, in this process, for this example: a second instance has its own, and a restart forgets. Use a database.
const orders = new Map<string, Order>();

export function saveOrder(order: Order): void {
  orders.set(order.id, order);
}

export function findOrder(tenant: string, id: string): Order | undefined {
  const order = orders.get(id);
  return order?.tenant === tenant ? order : undefined;
}

/** The newest first. */
export function ordersOf(tenant: string): Order[] {
  return [...orders.values()].filter((order) => order.tenant === tenant).reverse();
}
