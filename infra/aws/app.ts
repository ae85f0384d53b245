import { App, Stack } from "aws-cdk-lib";
import { Fleetgate } from "./fleetgate.ts";

const app = new App();
const stack = new Stack(app, "fleetgate", { description: "Fleetgate: the EMQX 5.8 management API" });
new Fleetgate(stack, "Fleetgate");
