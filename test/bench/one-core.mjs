// Where others use a machine too, its cores are not equally fast, and who runs on which would decide a comparison.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Keeps this process, and all that it starts, on one core. Says which; undefined where the system has no `taskset`. */
export function stayOnOneCore() {
  if (process.platform !== "linux") return undefined;
  const allowed = /Cpus_allowed_list:\s*(\S+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "";
  const core = allowed.split(/[,-]/).at(-1);
  const { status } = spawnSync("taskset", ["-cp", core, String(process.pid)], { stdio: "ignore" });
  return status === 0 ? `Everything runs on core ${core}.` : undefined;
}
