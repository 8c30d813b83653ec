import { connect, type Socket } from "node:net";

/** A bare connection: writes what it is told, keeps what it gets. */
export class RawConnection {
  readonly socket: Socket;
  private text = "";
  private ended = false;
  private error: Error | undefined;

  constructor(port: number) {
    this.socket = connect(port, "127.0.0.1");
    this.socket.setEncoding("latin1");
    this.socket.on("data", (chunk: string) => {
      this.text += chunk;
    });
    this.socket.on("error", (error) => {
      this.error = error;
    });
    this.socket.on("close", () => {
      this.ended = true;
    });
  }

  send(text: string | Uint8Array): this {
    this.socket.write(typeof text === "string" ? Buffer.from(text, "latin1") : text);
    return this;
  }

  get received(): string {
    return this.text;
  }

  get reset(): boolean {
    return this.error !== undefined;
  }

  /** Everything until this pattern has come. */
  async until(pattern: RegExp, timeoutMs = 5_000): Promise<string> {
    const endMs = Date.now() + timeoutMs;
    while (!pattern.test(this.text)) {
      if (this.ended || Date.now() > endMs) {
        throw new Error(
          `${this.ended ? "closed" : "late"}; got: ${JSON.stringify(this.text.slice(0, 2000))} ${this.error ?? ""}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return this.text;
  }

  /** Everything until the server has closed the connection. */
  async closed(timeoutMs = 6_000): Promise<string> {
    const endMs = Date.now() + timeoutMs;
    while (!this.ended) {
      if (Date.now() > endMs) throw new Error(`still open; got: ${JSON.stringify(this.text.slice(0, 2000))}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return this.text;
  }

  close(): void {
    this.socket.destroy();
  }
}

/** One request on a connection of its own, to the end of the connection. */
export async function exchange(port: number, request: string, timeoutMs?: number): Promise<string> {
  return new RawConnection(port).send(request).closed(timeoutMs);
}
