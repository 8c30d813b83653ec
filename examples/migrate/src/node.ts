// Those that answer requests and calls, and one that waits for files, in one container.
import { serve } from "@portico/node";
import { fromAzure, fromGoogle, fromLambda, fromWeb } from "./portable.js";

await serve([
  fromLambda.http,
  fromAzure.http,
  fromGoogle.http,
  fromWeb.express,
  fromWeb.hono,
  fromLambda.invoke,
  fromAzure.invoke,
  fromGoogle.invoke,
]);
