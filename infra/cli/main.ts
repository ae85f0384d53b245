#!/usr/bin/env node
import { Command } from "commander";
import { explain } from "./command-error.ts";
import { keyCommands } from "./key-commands.ts";

const fleetgate = new Command("fleetgate")
  .description("Manages Fleetgate: its data on this machine, or a deployment of it.")
  .addCommand(keyCommands());

try {
  await fleetgate.parseAsync();
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
}
