import * as aws from "@portico/aws";
import { thumbnail } from "./thumbnail.js";

// Behind the bucket's notifications. PORTICO_IMAGES=s3://my-images PORTICO_THUMBNAILS=s3://my-thumbnails
export const handler = aws.object(thumbnail);
