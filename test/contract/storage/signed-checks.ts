import type { ObjectStore, SignedUrl } from "@portico/core";
import { expect } from "vitest";

/** As somebody without credentials does it. */
function send(
  { url, method, headers }: SignedUrl,
  body?: string,
  more: Record<string, string> = {},
): Promise<Response> {
  return fetch(url, { method, headers: { ...headers, ...more }, ...(body !== undefined && { body }) });
}

const key = "signed/ä + b.txt";

/** URLs that need no credentials. */
export const signedChecks: Readonly<Record<string, (store: ObjectStore) => Promise<void>>> = {
  async "signed-get"(store) {
    await store.put(key, "for you");
    const signed = await store.signedUrl(key, { method: "GET", expiresInSeconds: 60 });
    expect(signed).toMatchObject({ method: "GET", headers: {} });
    expect(Math.abs(signed.expires.getTime() - Date.now() - 60_000)).toBeLessThan(5000);
    const response = await send(signed);
    expect([response.status, await response.text()]).toEqual([200, "for you"]);
    for (const expiresInSeconds of [0, 604_801, 1.5, Number.NaN]) {
      await expect(store.signedUrl(key, { method: "GET", expiresInSeconds })).rejects.toMatchObject({
        code: "INPUT_INVALID",
      });
    }
  },

  async "signed-put"(store) {
    const signed = await store.signedUrl(key, { method: "PUT", expiresInSeconds: 60 });
    const response = await send(signed, "from me");
    expect(response.ok, await response.text()).toBe(true);
    expect(await (await store.get(key)).text()).toBe("from me");
  },

  async "signed-type"(store) {
    const signed = await store.signedUrl(key, { method: "PUT", expiresInSeconds: 60, contentType: "image/png" });
    expect(signed.headers).toMatchObject({ "content-type": "image/png" });
    expect((await send(signed, "<script>", { "content-type": "text/html" })).status).toBe(403);
    expect(await store.exists(key)).toBe(false);
    expect((await send(signed, "png")).ok).toBe(true);
    expect((await store.head(key)).contentType).toBe("image/png");
  },

  async "signed-get-type"(store) {
    await store.put(key, "a,b");
    const typed = await store.signedUrl(key, { method: "GET", expiresInSeconds: 60, contentType: "text/csv" });
    expect((await send(typed)).headers.get("content-type")).toBe("text/csv");
  },

  async "signed-expired"(store) {
    await store.put(key, "late");
    const signed = await store.signedUrl(key, { method: "GET", expiresInSeconds: 1 });
    await new Promise((resolve) => setTimeout(resolve, 2100));
    expect([400, 403]).toContain((await send(signed)).status);
  },

  async "signed-tampered"(store) {
    await store.put(key, "mine");
    await store.put("signed/other.txt", "not yours");
    const signed = await store.signedUrl(key, { method: "GET", expiresInSeconds: 60 });
    const url = new URL(signed.url);
    url.pathname = url.pathname.replace(/[^/]+$/, "other.txt");
    expect((await send({ ...signed, url: url.href })).status).toBe(403);
    const longer = signed.url.replace(/(X-Amz-Expires|X-Goog-Expires)=60/, "$1=6000").replace(/([?&]se=20\d)\d/, "$19");
    expect(longer).not.toBe(signed.url);
    expect((await send({ ...signed, url: longer })).status).toBe(403);
    // A URL to read is not one to write.
    const { headers } = await store.signedUrl(key, { method: "PUT", expiresInSeconds: 60 });
    expect((await send({ ...signed, method: "PUT", headers }, "stolen")).status).toBe(403);
    expect(await (await store.get(key)).text()).toBe("mine");
  },
};
