import { type IncomingMessage, request as open, type ServerResponse } from "node:http";
import { listen, type Running } from "./http.js";

/** What goes wrong with a request. */
export interface Fault {
  /** Which requests. Default: all. */
  readonly on?: (request: IncomingMessage) => boolean;
  /** How many of them. Default: every one. */
  readonly times?: number;
  /** Answers with this status instead. */
  readonly status?: number;
  /** Breaks the connection after so many bytes of the request's body, or of the answer's. */
  readonly dropRequestAfter?: number;
  readonly dropAnswerAfter?: number;
  /** Sends so many bytes of the answer, and then nothing. */
  readonly stallAnswerAfter?: number;
  /** Milliseconds that the answer comes late. */
  readonly delayAnswer?: number;
  /** Never answers. */
  readonly hang?: boolean;
}

/** A proxy in front of a server, on whose way things go wrong. */
export interface Faulty extends Running {
  /** What the client has asked for, in order: method, path and range. */
  readonly seen: string[];
  break(fault: Fault): void;
  heal(): void;
}

export async function startFaulty(upstream: string): Promise<Faulty> {
  let faults: { readonly fault: Fault; left: number }[] = [];
  const seen: string[] = [];

  function next(request: IncomingMessage): Fault | undefined {
    const found = faults.find(({ fault, left }) => left > 0 && (fault.on?.(request) ?? true));
    if (found) found.left -= 1;
    return found?.fault;
  }

  const server = await listen((request, response) => {
    seen.push(
      [request.method, request.url, request.headers.range ?? request.headers["x-ms-range"]].filter(Boolean).join(" "),
    );
    const fault = next(request) ?? {};
    request.on("error", () => undefined);
    if (fault.hang) request.resume();
    else if (fault.status !== undefined) {
      request.resume().on("end", () => response.writeHead(fault.status ?? 500).end());
    } else forward(upstream, request, response, fault);
  });
  return {
    ...server,
    seen,
    break(fault) {
      faults.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY });
    },
    heal() {
      faults = [];
      seen.length = 0;
    },
  };
}

function forward(upstream: string, request: IncomingMessage, response: ServerResponse, fault: Fault): void {
  const { method, url, headers } = request;
  const never = Number.POSITIVE_INFINITY;
  const { dropRequestAfter = never, dropAnswerAfter = never, stallAnswerAfter = never } = fault;
  const onward = open(`${upstream}${url}`, { method, headers, agent: false });
  let sent = 0;
  request.on("data", (chunk: Buffer) => {
    sent += chunk.byteLength;
    if (sent < dropRequestAfter) {
      onward.write(chunk);
      return;
    }
    onward.destroy();
    request.socket.destroy();
  });
  request.on("end", () => onward.end());
  request.on("close", () => {
    if (!request.complete) onward.destroy();
  });
  onward.on("error", () => response.destroy());
  onward.on("response", async (answer) => {
    let answered = 0;
    if (fault.delayAnswer !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.delayAnswer));
    if (dropAnswerAfter === 0) {
      response.destroy();
      return;
    }
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.on("data", (chunk: Buffer) => {
      answered += chunk.byteLength;
      if (answered >= stallAnswerAfter) return;
      if (answered < dropAnswerAfter) {
        response.write(chunk);
        return;
      }
      answer.destroy();
      response.destroy();
    });
    answer.on("end", () => {
      if (answered < stallAnswerAfter) response.end();
    });
    answer.on("error", () => response.destroy());
    response.on("close", () => answer.destroy());
  });
}
