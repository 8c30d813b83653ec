// The work that every contestant does: what a request asks for, and what it has to be answered.

/** A new order as JSON; about 300 bytes. */
export const newOrder = JSON.stringify({
  sku: "lamp-12",
  quantity: 3,
  price: 1999,
  customer: {
    name: "Ada Lovelace",
    email: "ada@example.com",
    address: { street: "12 St James's Square", city: "London" },
  },
  tags: ["gift", "express"],
  note: "Please ring twice. The bell is a bit shy.",
});

/** What is made of it. */
export function place({ sku, quantity, price, customer, tags, note }) {
  return { id: "ord_0001", state: "open", sku, quantity, total: quantity * price, customer, tags, note };
}

export function find(id) {
  return { id, state: "open", total: 5997 };
}

export const placed = place(JSON.parse(newOrder));

/** The requests of the figures, each with the reply that is asserted before anything is timed. */
export const requests = {
  post: { method: "POST", path: "/orders", body: newOrder, status: 201, reply: placed },
  get: { method: "GET", path: "/orders/ord_0042", status: 200, reply: find("ord_0042") },
};
