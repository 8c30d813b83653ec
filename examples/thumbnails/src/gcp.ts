import * as gcp from "@portico/gcp";
import { thumbnail } from "./thumbnail.js";

// Behind a trigger with its retry policy. PORTICO_IMAGES=gs://my-images PORTICO_THUMBNAILS=gs://my-thumbnails
gcp.object("thumbnail", thumbnail, { redelivery: true });
