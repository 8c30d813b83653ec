// A Google Cloud function for a bucket, with its registration. Nothing in it was changed.
import { type CloudEvent, cloudEvent } from "@google-cloud/functions-framework";

interface StorageObject {
  readonly bucket: string;
  readonly name: string;
  readonly size: string;
}

export async function images(event: CloudEvent<StorageObject>): Promise<void> {
  const { bucket, name, size } = event.data as StorageObject;
  console.log("stored", bucket, name, size);
}

cloudEvent("images", images);
