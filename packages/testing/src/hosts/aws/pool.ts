import { Instance, type InstanceOptions, type Invocation, type Outcome } from "./instance.js";

/** Some instances of a function, each with one invocation at a time; what comes in meanwhile waits. */
export class Pool {
  private readonly options: InstanceOptions;
  private readonly idle: (Instance | undefined)[];
  private readonly queue: Invocation[] = [];
  private readonly running = new Set<Promise<void>>();
  private readonly all = new Set<Instance>();
  private closed = false;

  /** @throws {Error} when the function cannot be initialised. */
  static async start(options: InstanceOptions, size: number): Promise<Pool> {
    const first = await Instance.start(options);
    return new Pool(options, first, size);
  }

  private constructor(options: InstanceOptions, first: Instance, size: number) {
    this.options = options;
    this.all.add(first);
    // The others start when they are needed, as on Lambda.
    this.idle = [...Array.from({ length: size - 1 }, () => undefined), first];
  }

  invoke(invocation: Omit<Invocation, "settle">): Promise<Outcome> {
    return new Promise((settle) => {
      this.queue.push({ ...invocation, settle });
      this.dispatch();
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const { settle } of this.queue.splice(0)) settle({ kind: "failed", reason: "the host was closed" });
    await Promise.all([...this.all].map((instance) => instance.stop()));
    await Promise.all(this.running);
  }

  private dispatch(): void {
    while (!this.closed && this.queue.length > 0 && this.idle.length > 0) {
      const invocation = this.queue.shift() as Invocation;
      const run = this.run(this.idle.pop(), invocation).finally(() => {
        this.running.delete(run);
        this.dispatch();
      });
      this.running.add(run);
    }
  }

  /** A process that has ended, or was never there, is started first. */
  private async run(given: Instance | undefined, invocation: Invocation): Promise<void> {
    let instance = given;
    try {
      if (instance?.ended) {
        this.all.delete(instance);
        await instance.stop();
        instance = undefined;
      }
      instance ??= await Instance.start(this.options);
      this.all.add(instance);
      if (this.closed) await instance.stop();
      await instance.run(invocation);
    } catch (error) {
      invocation.settle({ kind: "failed", reason: String(error) });
    }
    this.idle.push(instance);
  }
}
