// All of them on Google Cloud: a registration for each, deployed once for each entry point.
import * as gcp from "@portico/gcp";
import { all, web } from "./portable.js";

const options = { redelivery: true };

gcp.http("web", web);
for (const [from, { queue, topic, stream, object, change, schedule, event, invoke }] of Object.entries(all)) {
  gcp.queue(`${from}-queue`, queue, options);
  gcp.topic(`${from}-topic`, topic, options);
  gcp.stream(`${from}-stream`, stream, options);
  gcp.object(`${from}-object`, object, options);
  gcp.change(`${from}-change`, change, options);
  gcp.schedule(`${from}-schedule`, schedule, options);
  gcp.event(`${from}-event`, event, options);
  gcp.invoke(`${from}-invoke`, invoke);
}
