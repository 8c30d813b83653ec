import { bold, dim, green, print, red, yellow } from "../paint.js";
import type { Cloud } from "./clouds.js";
import { type Difference, differences } from "./differences.js";
import type { Verdict } from "./judge.js";

const width = 19;
const letter = (difference: Difference) => String.fromCharCode(97 + differences.indexOf(difference));

/** Prints everything about the kinds of events. */
export function reportKinds(clouds: readonly Cloud[], verdicts: readonly Verdict[][]): void {
  const wide = Math.max(...verdicts.map(([first]) => first?.result.step.name.length ?? 0));
  print(`\n${bold(`${"kind of event".padEnd(wide)}  ${clouds.map(({ name }) => name.padEnd(width)).join(" ")}`)}`);
  for (const row of verdicts) print(`${row[0]?.result.step.name.padEnd(wide)}  ${row.map(toCell).join(" ")}`);
  print(
    dim(
      "Each cell: whether the function got it; the outcome in the platform's words; = the same facts and meaning as everywhere,\n" +
        "or a letter for a documented difference, or ✗.",
    ),
  );
  for (const { name, title } of clouds) print(dim(`${name.padEnd(10)} ${title}`));
  for (const difference of differences) {
    print(`${yellow(letter(difference))}  ${difference.what} ${dim(`(${difference.clouds.join(", ")})`)}`);
    print(`   ${dim(difference.reason)}`);
    const occurs = verdicts.flat().some(({ documented }) => documented.includes(difference));
    if (!occurs) print(`   ${yellow("did not occur")}`);
  }
  conclude(verdicts.flat(), clouds.length);
}

function toCell({ result, delivered, documented, troubles }: Verdict): string {
  const mark =
    troubles.length > 0 ? red("✗") : documented.length > 0 ? yellow(documented.map(letter).join("")) : green("=");
  const words = result.outcome.words.slice(0, 11).padEnd(11);
  const rest = " ".repeat(Math.max(0, width - 17 - Math.max(1, documented.length)));
  return `${delivered ? "yes" : red("no ")} ${words} ${mark}${rest}  `;
}

function conclude(verdicts: readonly Verdict[], clouds: number): void {
  const bad = verdicts.filter(({ troubles }) => troubles.length > 0);
  if (bad.length === 0) {
    print(`\n${green("All the same")}: ${verdicts.length} events, ${clouds} platforms, one set of functions.`);
    return;
  }
  print(`\n${red(`${bad.length} events with differences that are not documented`)}`);
  for (const { cloud, result, troubles } of bad) {
    for (const trouble of troubles) print(`  ${cloud.name}: ${result.step.name}: ${trouble}`);
    for (const line of result.log.filter((text) => /^\S/.test(text)).slice(-4)) print(dim(`    ${line}`));
  }
}
