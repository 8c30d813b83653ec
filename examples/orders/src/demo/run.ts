import { type Answer, faultOf, toAnswer } from "./answer.js";
import { send } from "./client.js";
import { type Memory, type Step, steps } from "./requests.js";

/** One cell of the table, before it is compared. */
export interface Result {
  readonly step: Step;
  readonly answer: Answer;
  readonly totalMs: number;
  readonly chunksMs: readonly number[];
  readonly fault: string | undefined;
}

/** Sends all requests to one runtime, one after the other. */
export async function run(origin: string, base: string, onStep: (step: Step) => void): Promise<Result[]> {
  const memory: Memory = { order: "none" };
  const results: Result[] = [];
  for (const step of steps) {
    onStep(step);
    const request = step.request(memory);
    try {
      const reply = await send(origin, { ...request, target: base + request.target });
      const { totalMs, chunksMs } = reply;
      results.push({
        step,
        answer: toAnswer(reply, step),
        totalMs,
        chunksMs,
        fault: faultOf(reply, request.method, step, memory),
      });
    } catch (error) {
      const answer: Answer = { status: 0, headers: [], body: "", arrival: undefined };
      results.push({ step, answer, totalMs: 0, chunksMs: [], fault: String(error) });
    }
  }
  return results;
}
