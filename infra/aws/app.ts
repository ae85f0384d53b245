import { App, Stack } from "aws-cdk-lib";
import { readConfig } from "./config.ts";
import { environments } from "./environments.ts";
import { Fleetgate } from "./fleetgate.ts";

const app = new App();
const name = String(app.node.tryGetContext("env") ?? "dev");
const config = environments[name];
if (!config) {
  throw new Error(`There is no environment "${name}"; there are ${Object.keys(environments).join(", ")}.`);
}
const { account, region, keepData } = readConfig(name, config);
const stack = new Stack(app, `fleetgate-${name}`, {
  description: `Fleetgate (${name}): the EMQX 5.8 management API`,
  terminationProtection: keepData ?? true,
  env: { ...(account && { account }), ...(region && { region }) },
});
new Fleetgate(stack, "Fleetgate", config);
