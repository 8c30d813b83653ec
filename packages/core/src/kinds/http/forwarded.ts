import { trimWhiteSpace } from "../../ascii.js";

/** The lines of a list field as its members, the nearest sender's last. */
function members(lines: readonly string[]): string[] {
  return lines.flatMap((line) => line.split(",")).map(trimWhiteSpace);
}

const address = /^(?:\[([\da-fA-F:.]+)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+)(?::\d+)?|([\da-fA-F.]*:[\da-fA-F:.]*))$/;

/** An address without brackets and port; an IPv4 address that a dual-stack socket reports is written as one. Undefined when it is none. */
export function toAddress(text: string | undefined): string | undefined {
  const match = text === undefined ? null : address.exec(text);
  return (match?.[1] ?? match?.[2] ?? match?.[3])?.replace(/^::ffff:(?=\d+\.)/i, "");
}

/**
 * The client's address behind so many trusted proxies. Each proxy adds the address it was called from at the end of `X-Forwarded-For`,
 * so of the chain (these lines, then the socket) the last `trustedProxies` are proxies, and the one before them is the client.
 * What stands further left is the client's own word.
 */
export function forwardedFor(
  lines: readonly string[],
  peer: string | undefined,
  trustedProxies: number,
): string | undefined {
  if (trustedProxies === 0 || lines.length === 0) return toAddress(peer);
  const chain = members(lines);
  return toAddress(chain[Math.max(0, chain.length - trustedProxies)]);
}

/** The member of a list field that the outermost trusted proxy set: of `X-Forwarded-Proto` and `X-Forwarded-Host`. */
export function forwardedValue(lines: readonly string[], trustedProxies: number): string | undefined {
  if (trustedProxies === 0 || lines.length === 0) return undefined;
  const chain = members(lines);
  return chain[Math.max(0, chain.length - trustedProxies)] || undefined;
}
