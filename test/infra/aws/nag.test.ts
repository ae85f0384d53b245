import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Stack, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { expect, test } from "vitest";
import { Fleetgate } from "../../../infra/aws/fleetgate.ts";

interface Report {
  pluginReports: { violations: { ruleName: string; violatingConstructs: { constructPath: string }[] }[] }[];
}

test("cdk-nag's AwsSolutions finds nothing that is not accepted with a reason", () => {
  const outdir = mkdtempSync(join(tmpdir(), "fleetgate-nag-"));
  const app = new App({ outdir });
  new Fleetgate(new Stack(app, "nag"), "Fleetgate");
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  try {
    app.synth();
  } catch {
    // Findings end the synthesis with an error; the report names them.
  }
  const report = JSON.parse(readFileSync(join(outdir, "validation-report.json"), "utf8")) as Report;
  const findings = report.pluginReports.flatMap(({ violations }) => violations);
  const named = findings.map(
    ({ ruleName, violatingConstructs }) =>
      `${ruleName} at ${violatingConstructs.map(({ constructPath }) => constructPath)}`,
  );
  expect(report.pluginReports).toHaveLength(1);
  expect(named).toEqual([]);
});
