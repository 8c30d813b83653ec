import type { NodeWireRequest } from "./node-wire.js";

/** What is used of an emitter of Node's, without its types: core knows no platform, and this runs on Node alone. */
export interface Emitter {
  on(event: string, listener: (...args: never[]) => void): unknown;
  once(event: string, listener: (...args: never[]) => void): unknown;
  emit(event: string, ...args: unknown[]): unknown;
}

/** One end of a connection within the process. */
export interface Side extends Emitter {
  destroy(error?: Error): unknown;
}

/** What an app may ask of a socket beyond what every stream has. */
export function toSocket(peer: Side, { clientIp, encrypted }: Pick<NodeWireRequest, "clientIp" | "encrypted">): object {
  let timer: ReturnType<typeof setTimeout> | undefined;
  peer.once("close", () => clearTimeout(timer));
  const self = (): Side => peer;
  return {
    remoteAddress: clientIp,
    remoteFamily: clientIp === undefined ? undefined : clientIp.includes(":") ? "IPv6" : "IPv4",
    encrypted,
    setNoDelay: self,
    setKeepAlive: self,
    ref: self,
    unref: self,
    address: () => ({}),
    // Counts from the call, and not from what was last sent.
    setTimeout(ms: number, listener?: () => void): Side {
      clearTimeout(timer);
      if (listener) peer.once("timeout", listener);
      if (ms > 0) timer = setTimeout(() => peer.emit("timeout"), ms);
      // As those of sockets, it keeps no process.
      (timer as { unref?(): unknown } | undefined)?.unref?.();
      return peer;
    },
  };
}
