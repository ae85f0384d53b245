import { resolve } from "node:path";
import { logTo } from "../../lib/log.ts";
import { gathered } from "./gathered-output.ts";
import { DataUnavailable } from "./open-level.ts";
import { readOptions } from "./options.ts";
import { type LocalEnvironment, startLocal } from "./start.ts";

const options = readOptions(process.argv.slice(2));

logTo(gathered((text) => process.stdout.write(text)));

try {
  const environment = await startLocal(options);
  greet(environment);
  closeOnSignal(environment);
} catch (error) {
  process.stderr.write(`Fleetgate could not start: ${explain(error)}\n`);
  process.exitCode = 1;
}

function greet({ http, mqtt, ws, curlCredentials, passwordFile }: LocalEnvironment): void {
  const api = `http://${http.address}:${http.port}/api/v5`;
  const credentials = curlCredentials ?? "-u '<API key>:<secret key>'";
  process.stdout.write(
    [
      "Fleetgate is running.",
      `  API             ${api}`,
      `  MQTT            mqtt://${mqtt.address}:${mqtt.port}`,
      `  MQTT WebSocket  ws://${ws.address}:${ws.port}/mqtt`,
      `  Data            ${resolve(options.data)}`,
      ...(passwordFile
        ? [`  Dashboard user  ${options.dashboardUsername}, its first password is in ${passwordFile}`]
        : []),
      "Try it:",
      `  curl ${credentials} ${api}/nodes`,
      "",
    ].join("\n"),
  );
}

function closeOnSignal(environment: LocalEnvironment): void {
  let closing = false;
  const close = async () => {
    if (closing) return;
    closing = true;
    process.stdout.write("Closing …\n");
    await environment.close();
    process.stdout.write("Closed.\n");
    process.exit(0);
  };
  process.on("SIGINT", () => void close());
  process.on("SIGTERM", () => void close());
}

function explain(error: unknown): string {
  const { code, port } = error as NodeJS.ErrnoException & { port?: number };
  if (code === "EADDRINUSE") return `port ${port} is taken; choose another one, see --help.`;
  if (code === "EACCES" && port)
    return `port ${port} may not be used by this user; choose another one, see --help.`;
  if (error instanceof DataUnavailable) return `${error.message}.`;
  return String((error as Error).stack);
}
