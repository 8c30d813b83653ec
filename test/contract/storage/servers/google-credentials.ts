import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";

/** A service account of nobody, in a file where the SDK's own chain finds it. */
export async function googleCredentials(): Promise<{ readonly publicKey: string; remove(): Promise<void> }> {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const folder = await mkdtemp(join(tmpdir(), "portico-credentials-"));
  const file = join(folder, "account.json");
  const account = {
    type: "service_account",
    project_id: "test",
    client_email: "test@test.invalid",
    private_key: privateKey,
  };
  await writeFile(file, JSON.stringify(account));
  vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", file);
  return { publicKey, remove: () => rm(folder, { recursive: true }) };
}
