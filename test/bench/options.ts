import { Command, InvalidArgumentError } from "commander";

/** An EMQX to measure beside. */
export interface Reference {
  /** Address of its API, without `/api/v5`. */
  base: string;
  mqtt: string;
  /** `<API key>:<secret key>` of an administrator. */
  key: string;
}

export interface BenchOptions {
  reference: Reference | undefined;
  /** MQTT clients that are connected while requests are measured. */
  clients: number;
  /** Numbers of sessions at which units are measured. */
  populations: number[];
  /** Clients that come and go at once. */
  storm: number;
  /** How long each line is measured at each server. */
  seconds: number;
  /** Only sections whose name holds this text. */
  only: string;
  /** Folder for a CPU profile of the program under load. */
  cpuProf: string | undefined;
}

/** Reads the options of `npm run bench --`. */
export function readOptions(): BenchOptions {
  const command = new Command("bench")
    .description("Measures Fleetgate, and an EMQX beside it if one is named. Nothing here passes or fails.")
    .option("--reference <url>", "address of EMQX's API, for example http://127.0.0.1:18083")
    .option("--reference-mqtt <url>", "its MQTT listener", "mqtt://127.0.0.1:1883")
    .option("--reference-key <key:secret>", "API key of an administrator there", "")
    .option(
      "--clients <number>",
      "MQTT clients that are connected while requests are measured",
      toCount,
      1_000,
    )
    .option(
      "--populations <numbers>",
      "numbers of sessions at which units are measured; a million takes about 10 minutes and 10 GB of disk",
      (text) => text.split(",").map(toCount),
      [1_000, 100_000],
    )
    .option("--storm <number>", "MQTT clients that come and go at once", toCount, 5_000)
    .option("--seconds <number>", "how long each line is measured at each server", toCount, 3)
    .option(
      "--only <text>",
      "only sections whose name holds this text: bundles, units, operations, every-operation, requests, storm",
      "",
    )
    .option("--cpu-prof <folder>", "writes a CPU profile of the program under load; see profile.ts");
  const given = command.parse().opts();
  const { reference: base, referenceMqtt: mqtt, referenceKey: key, ...rest } = given;
  const reference = base === undefined ? undefined : { base: new URL(base).origin, mqtt, key };
  return { cpuProf: undefined, ...rest, reference } as BenchOptions;
}

function toCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count === 0) throw new InvalidArgumentError("It is a number from 1 on.");
  return count;
}
