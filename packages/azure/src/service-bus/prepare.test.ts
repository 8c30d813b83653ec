import { HandlerError, queue } from "@portico/core";
import { beforeEach, expect, test, vi } from "vitest";
import "../../test/worker.js";
import { queue as register } from "../queue.js";
import { loadExtension } from "./extension.js";

vi.mock("./extension.js", () => ({ loadExtension: vi.fn() }));
const load = vi.mocked(loadExtension);
beforeEach(() => void load.mockReset());

const fn = queue("orders").handle(() => undefined);
const serviceBus = { connection: "Bus" };

test("the extension is loaded where settlement is asked for, and nowhere else", () => {
  register("no-settlement", fn, { serviceBus });
  register("settlement-imported", fn, { serviceBus, settlement: "imported" });
  expect(load).not.toHaveBeenCalled();
  register("settlement", fn, { serviceBus, settlement: true });
  expect(load).toHaveBeenCalledTimes(1);
});

test("settlement that cannot be had is refused at registration", () => {
  load.mockImplementation(() => {
    throw new HandlerError("CONFIG_INVALID", "It is not installed.");
  });
  expect(() => register("no-extension", fn, { serviceBus, settlement: true })).toThrow("It is not installed.");
});

test("locks are renewed at an interval", () => {
  for (const renewEverySeconds of [0, -1, Number.NaN])
    expect(() => register("renewed", fn, { serviceBus, settlement: true, renewEverySeconds })).toThrow(
      "renewEverySeconds",
    );
});
