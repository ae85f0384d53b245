import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

const pathIn = (dataFolder: string) => join(dataFolder, "dynamodb-endpoint");

/** Tells other processes of this user where the embedded DynamoDB of a data folder listens. */
export async function writeEndpoint(dataFolder: string, endpoint: string): Promise<void> {
  await removeEndpoint(dataFolder);
  await writeFile(pathIn(dataFolder), `${endpoint}\n`, { mode: 0o600, flag: "wx" });
}

/** Where the embedded DynamoDB of a data folder listens, if the process that has it open said so. */
export async function readEndpoint(dataFolder: string): Promise<string | undefined> {
  try {
    return (await readFile(pathIn(dataFolder), "utf8")).trim();
  } catch {
    return undefined;
  }
}

export function removeEndpoint(dataFolder: string): Promise<void> {
  return rm(pathIn(dataFolder), { force: true });
}
