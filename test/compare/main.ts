import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { Program, temporaryFolder } from "../support/program.ts";
import { clean } from "./clean.ts";
import { Comparison } from "./comparison.ts";
import { playGenerated } from "./generated.ts";
import { compareDocuments, type DocumentComparison } from "./openapi.ts";
import { documentReport, report } from "./report.ts";
import { scenarios } from "./scenarios/index.ts";
import { keepSettings } from "./settings.ts";
import { Target, type TargetAddress } from "./target.ts";

const command = new Command("compare")
  .description(
    "Plays the same requests to a real EMQX 5.8 and to Fleetgate, and tells what differs. The EMQX should be there for this alone: its API keys, dashboard users, bans, topic metrics, retained and delayed messages are removed; its settings are put back.",
  )
  .requiredOption("--reference <url>", "address of EMQX's API, for example http://127.0.0.1:18083")
  .option("--reference-mqtt <url>", "its MQTT listener", "mqtt://127.0.0.1:1883")
  .requiredOption("--reference-key <key:secret>", "API key of an administrator there")
  .option("--reference-login <name:password>", "dashboard user there", "admin:public")
  .option("--only <text>", "only scenarios whose name holds this text")
  .option("--seed <number>", "seed of the generated requests", "1")
  .option("--json <file>", "writes all findings to a file");

const options = command.parse().opts<{
  reference: string;
  referenceMqtt: string;
  referenceKey: string;
  referenceLogin: string;
  only?: string;
  seed: string;
  json?: string;
}>();

const [username = "", password = ""] = options.referenceLogin.split(":");
const { reference: base, referenceMqtt: mqtt, referenceKey: key } = options;
const reference = await Target.open({ name: "EMQX", base, mqtt, key, username, password });
const node = (await reference.call({ method: "GET", path: "/nodes" })).json[0].node;
const started = await startFleetgate(options.referenceKey, node);
const ours = await Target.open(started.address);
const comparison = new Comparison({ reference, ours }, node);
const restore = await keepSettings(reference);
const documents: DocumentComparison[] = [];
try {
  await comparison.each(clean);
  for (const [name, play] of Object.entries({
    ...scenarios,
    generated: playGenerated(Number(options.seed)),
  })) {
    if (name.includes(options.only ?? "")) await comparison.run(name, play);
  }
  documents.push(await compareDocuments(comparison.targets, comparison.sent));
  await clean(reference);
} finally {
  await restore();
  await started.program.interrupt();
}
const { findings } = comparison;
const mismatches = documents.flatMap((each) => each.mismatches);
process.stdout.write(
  `${report(comparison, { base: options.reference }, options.only === undefined)}\n\n${documents.map(documentReport).join("")}\n`,
);
if (options.json) await writeFile(options.json, JSON.stringify({ findings, documents: mismatches }, null, 2));
const unexplained = [
  ...findings.filter(({ reasons }) => reasons === undefined),
  ...mismatches.filter(({ reason }) => reason === undefined),
];
if (unexplained.length > 0) process.exitCode = 1;

/** Fleetgate with a data folder and a dashboard user of its own, and the name of EMQX's node. */
async function startFleetgate(
  key: string,
  node: string,
): Promise<{ program: Program; address: TargetAddress }> {
  const folder = await temporaryFolder();
  const password = "Compare-1";
  const keys = join(folder, "keys");
  await writeFile(keys, `${key}:administrator\n`);
  const program = await Program.start(
    join(folder, "data"),
    ...["--bootstrap-file", keys, "--dashboard-username", "admin", "--dashboard-password", password],
    ...["--node-name", node],
  );
  const { origin } = new URL(program.address("http:"));
  const mqtt = program.address("mqtt:");
  return { program, address: { name: "Fleetgate", base: origin, mqtt, key, username: "admin", password } };
}
