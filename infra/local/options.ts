import { Command, InvalidArgumentError, Option } from "commander";
import type { LocalOptions } from "./start.ts";

/** Reads the options of `npm start --`, each also from an environment variable; ends the process on `--help`. */
export function readOptions(args: readonly string[]): LocalOptions {
  const port = (flag: string, what: string, preset: number, variable: string) =>
    new Option(`--${flag} <port>`, what).default(preset).env(variable).argParser(toPort);
  const command = new Command("fleetgate")
    .description("The EMQX 5.8 management API with an embedded MQTT broker and database, on this machine.")
    .addOption(port("http-port", "port of the API", 18083, "FLEETGATE_HTTP_PORT"))
    .addOption(port("mqtt-port", "port of MQTT", 1883, "FLEETGATE_MQTT_PORT"))
    .addOption(port("ws-port", "port of MQTT over WebSocket, at /mqtt", 8083, "FLEETGATE_WS_PORT"))
    .addOption(
      new Option("--host <address>", "address to listen on").default("127.0.0.1").env("FLEETGATE_HOST"),
    )
    .addOption(dataOption())
    .addOption(
      new Option("--bootstrap-file <file>", "API keys, a line {API Key}:{Secret Key}:{?Role} each").env(
        "EMQX_API_KEY__BOOTSTRAP_FILE",
      ),
    )
    .addOption(
      new Option("--dashboard-username <name>", "name of the first dashboard user")
        .default("admin")
        .env("EMQX_DASHBOARD__DEFAULT_USERNAME"),
    )
    .addOption(
      new Option("--dashboard-password <password>", "its password; better given by the environment").env(
        "EMQX_DASHBOARD__DEFAULT_PASSWORD",
      ),
    )
    .addOption(
      new Option("--node-name <name>", "name of the node that the API shows")
        .default("emqx@127.0.0.1")
        .env("EMQX_NODE__NAME"),
    )
    .addOption(
      new Option("--swagger-support <switch>", "whether /api-docs is there")
        .default(true)
        .env("EMQX_DASHBOARD__SWAGGER_SUPPORT")
        .argParser(toBoolean),
    )
    .addOption(
      new Option("--assets <folder>", "run the bundles of a cloud assembly (cdk.out), not the sources").env(
        "FLEETGATE_ASSETS",
      ),
    )
    .parse(args, { from: "user" });
  return command.opts<LocalOptions>();
}

/** Where the data is; the same for every program that reads it. */
export function dataOption(): Option {
  return new Option("--data <folder>", "folder of the data").default("data").env("FLEETGATE_DATA");
}

function toPort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError("A port is a number up to 65535.");
  return port;
}

function toBoolean(text: string): boolean {
  if (text !== "true" && text !== "false") throw new InvalidArgumentError("It is true or false.");
  return text === "true";
}
