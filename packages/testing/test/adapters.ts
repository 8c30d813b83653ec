// What `onEveryCloud` loads on first use, loaded before the first test: in this repository it is compiled on the way, which takes time.
import "@google-cloud/functions-framework/testing";
import "@portico/aws";
import "@portico/aws/wrap";
import "@portico/azure";
import "@portico/azure/wrap";
import "@portico/gcp";
import "@portico/gcp/wrap";
