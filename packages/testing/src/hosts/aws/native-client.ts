/**
 * A module that stands in for the runtime client's native half, which npm would compile. The runtime client calls `next`, `done` and
 * `error`; the last two return at once, so what they send is queued and finished before the next `next`.
 */
const source = `
import http from "node:http";
import Module from "node:module";

const agent = new http.Agent({ keepAlive: true });
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
let sent = Promise.resolve();

function call(method, path, body, headers) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host, port, method, path, headers, agent }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => { text += chunk; });
      response.on("error", reject);
      response.on("end", () => resolve({ bodyJson: text, headers: response.headers }));
    });
    request.on("error", reject);
    request.end(body);
  });
}

const post = (path, body) => {
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  sent = sent.then(() => call("POST", "/2018-06-01/runtime/invocation/" + path, body, headers));
};

const client = {
  initializeClient() {},
  next: async () => {
    await sent;
    return call("GET", "/2018-06-01/runtime/invocation/next");
  },
  done: (id, body) => post(id + "/response", body),
  error: (id, body) => post(id + "/error", body),
};

const load = Module._load;
Module._load = function (request, ...rest) {
  return /rapid-client(\\.node)?$/.test(request) ? client : load.call(this, request, ...rest);
};
`;

/** Node's option that loads the stand-in before the runtime client. */
export const nativeClientImport = `--import=data:text/javascript,${encodeURIComponent(source)}`;
