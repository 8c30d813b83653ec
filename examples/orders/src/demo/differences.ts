import type { Answer } from "./answer.js";

/** Something in which platforms differ, whatever software runs on them. */
export interface Difference {
  readonly runtimes: readonly string[];
  readonly what: string;
  readonly reason: string;
  /** The answer as it would be without the difference. */
  undo(answer: Answer, step: string, reference: Answer): Answer;
}

const mapText = (answer: Answer, change: (text: string) => string): Answer => ({
  ...answer,
  headers: answer.headers.map(change),
  body: change(answer.body),
});

/** A `set-cookie` line in one spelling: attributes in lower case, sorted, those without effect left out. */
function plainCookie(line: string): string {
  const [pair = "", ...attributes] = line.split(/;\s*/);
  const effective = attributes.map((attribute) => attribute.toLowerCase()).filter((attribute) => attribute !== "path=");
  return [pair, ...effective.sort()].join("; ");
}

export const differences: readonly Difference[] = [
  {
    runtimes: ["azure", "azure str"],
    what: "links begin with /api",
    reason: "Azure serves functions under the route prefix; request.basePath has it. host.json can set it to none.",
    undo: (answer) => mapText(answer, (text) => text.replace(/(^location: |action=")\/api/, "$1")),
  },
  {
    runtimes: ["aws rest"],
    what: "links begin with the stage, /prod",
    reason: "A REST API's own address has its stage in the path; request.basePath has it. A custom domain has none.",
    undo: (answer) => mapText(answer, (text) => text.replace(/(^location: |action=")\/prod/, "$1")),
  },
  {
    runtimes: ["azure"],
    what: "set-cookie is spelled in another way",
    reason: "Outside of stream mode the Functions host writes cookies itself, from their parts.",
    undo: (answer, _step, reference) => ({
      ...answer,
      headers: answer.headers.map((line) =>
        line.startsWith("set-cookie: ")
          ? (reference.headers.find((other) => plainCookie(other) === plainCookie(line)) ?? line)
          : line,
      ),
    }),
  },
  {
    runtimes: ["azure str"],
    what: "replies carry x-ms-invocation-id",
    reason: "In stream mode @azure/functions adds it, so that the host can match reply and invocation.",
    undo: (answer) => ({
      ...answer,
      headers: answer.headers.filter((line) => !line.startsWith("x-ms-invocation-id:")),
    }),
  },
  {
    runtimes: ["aws http", "aws rest", "aws alb", "azure"],
    what: "a streamed reply arrives in one piece",
    reason:
      "The platform takes a function's reply whole. Function URLs, Azure's stream mode, Google and containers stream.",
    undo: (answer) => (answer.arrival === "in one piece" ? { ...answer, arrival: "piece by piece" } : answer),
  },
  {
    runtimes: ["aws http"],
    what: "an encoded slash (%2F) in a path is a slash",
    reason: "HTTP APIs decode the path before a function sees it. Use a REST API or a function URL where it matters.",
    undo: (answer, step) =>
      step === "encoded slash in a parameter"
        ? mapText(answer, (text) =>
            text
              .replace('"/echo/a/b/c"', '"/echo/a%2Fb/c"')
              .replace('"first":"a","rest":"b/c"', '"first":"a/b","rest":"c"'),
          )
        : answer,
  },
  {
    runtimes: ["aws alb"],
    what: "1 MB is refused",
    reason: "A load balancer gives a function 1 MB at most, and a third of that is lost to base64.",
    undo: (answer, step, reference) => (step === "upload 1 MB" && answer.status === 413 ? reference : answer),
  },
  {
    runtimes: ["google"],
    what: "JSON that is invalid, or neither object nor list, gets a 400 page",
    reason: "The functions framework parses JSON bodies before it calls a function, and refuses these itself.",
    undo: (answer, _step, reference) =>
      answer.status === 400 && /^<!DOCTYPE html>.*SyntaxError/s.test(answer.body) ? reference : answer,
  },
  {
    runtimes: ["google"],
    what: "/robots.txt and /favicon.ico do not reach the function",
    reason: "The functions framework answers them with 404. The environment variable IGNORED_ROUTES can change it.",
    undo: (answer, step, reference) => (step === "robots.txt" && answer.status === 404 ? reference : answer),
  },
];

/** The answer without the documented differences of its runtime, and which of them were in it. */
export function withoutDifferences(
  answer: Answer,
  runtime: string,
  step: string,
  reference: Answer,
): { readonly answer: Answer; readonly found: readonly Difference[] } {
  const found: Difference[] = [];
  let plain = answer;
  for (const difference of differences.filter(({ runtimes }) => runtimes.includes(runtime))) {
    const next = difference.undo(plain, step, reference);
    if (JSON.stringify(next) !== JSON.stringify(plain)) found.push(difference);
    plain = next;
  }
  return { answer: plain, found };
}
