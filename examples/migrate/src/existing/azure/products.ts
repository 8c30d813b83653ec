// An HTTP function of Azure's v4 model, with its registration. Nothing in it was changed.
import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from "@azure/functions";

export async function products(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  context.log(`Http function processed request for url "${request.url}"`);
  if (request.method === "POST") {
    const product = (await request.json()) as object;
    return {
      status: 201,
      jsonBody: { ...product, id: request.params.id },
      cookies: [
        { name: "seen", value: "1", path: "/" },
        { name: "last", value: request.params.id ?? "", path: "/", httpOnly: true },
      ],
    };
  }
  if (request.params.id !== "mug") return { status: 404 };
  return { jsonBody: { id: request.params.id, currency: request.query.get("currency") ?? "EUR" } };
}

app.http("products", { methods: ["GET", "POST"], authLevel: "anonymous", route: "products/{id}", handler: products });
