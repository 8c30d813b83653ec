// All of them on Google Cloud: a registration for each, deployed once for each entry point.
import * as gcp from "@portico/gcp";
import { fromAzure, fromGoogle, fromLambda, fromWeb } from "./portable.js";

const options = { redelivery: true };

for (const [from, given] of Object.entries({ lambda: fromLambda, azure: fromAzure, google: fromGoogle })) {
  gcp.http(`${from}-http`, given.http);
  gcp.queue(`${from}-queue`, given.queue, options);
  gcp.topic(`${from}-topic`, given.topic, options);
  gcp.stream(`${from}-stream`, given.stream, options);
  gcp.object(`${from}-object`, given.object, options);
  gcp.change(`${from}-change`, given.change, options);
  gcp.schedule(`${from}-schedule`, given.schedule, options);
  gcp.event(`${from}-event`, given.event, options);
  gcp.invoke(`${from}-invoke`, given.invoke);
}
gcp.http("express", fromWeb.express);
gcp.http("hono", fromWeb.hono);
