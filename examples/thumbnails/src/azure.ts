import * as azure from "@portico/azure";
import { thumbnail } from "./thumbnail.js";

// Behind a subscription of Event Grid. PORTICO_IMAGES=azblob://account/images PORTICO_THUMBNAILS=azblob://account/thumbnails
azure.object("thumbnail", thumbnail, { eventGrid: {} });
