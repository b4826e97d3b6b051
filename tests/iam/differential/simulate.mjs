// Answers simulations, one a line of JSON on standard input, with one word a line.
import { createInterface } from "node:readline";
import { runSimulation } from "@cloud-copilot/iam-simulate";

for await (const line of createInterface({ input: process.stdin })) {
  const simulation = JSON.parse(line);
  let answer;
  try {
    const outcome = await runSimulation(simulation, {});
    answer =
      outcome.resultType === "error"
        ? { error: outcome.errors }
        : {
            result: outcome.overallResult,
            ignored: (outcome.result ?? outcome.results[0]).ignoredContextKeys,
          };
  } catch (thrown) {
    answer = { error: String(thrown) };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
