import { createHash } from "node:crypto";
import { bucket, object } from "@portico/core";
import { resources } from "@portico/services";

const uploads = bucket("uploads", { access: ["read"] });

/** An attachment has arrived, by whatever way: its hash goes into the log. The event opens the object, in any cloud. */
export const attachmentStored = object("uploads", { suffix: "/attachment", actions: ["created"] })
  .use(resources({ uploads }))
  .handle(async (event, { uploads, log }) => {
    const { contentType, size, body } = await event.open(uploads).get();
    const hash = createHash("sha256");
    for await (const chunk of body) hash.update(chunk);
    log.info("attachment stored", { key: event.key, contentType, size, sha256: hash.digest("hex") });
  });
