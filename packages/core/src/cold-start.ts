// Of the process, as the start is: a copy of this package in another bundle counts for itself.
let isCold = true;

/**
 * Whether this is the first invocation that the process begins, of whichever function and kind; every later call is told no. Adapters ask
 * once for each invocation, when its context is made.
 */
export function takeColdStart(): boolean {
  const wasCold = isCold;
  isCold = false;
  return wasCold;
}
