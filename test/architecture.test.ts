import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";
import * as registry from "../functions/index.ts";
import * as workers from "../functions/workers.ts";
import type { Resource } from "../lib/contract/resource.ts";
import type { Worker } from "../lib/contract/worker.ts";

const root = resolve(import.meta.dirname, "..");

const sources = ["functions", "lib", "infra"]
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  )
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"));

const textOf = (file: string) => readFileSync(join(root, file), "utf8");

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

/** The imports of our own files; packages are left out. */
const imports: Import[] = sources.flatMap((from) =>
  [...textOf(from).matchAll(/^(import|export)( type)? [^;]*? from "(\.[^"]+)";$/gms)].map(
    ([, , type, path = ""]) => ({
      from,
      to: relative(root, resolve(root, dirname(from), path)),
      typeOnly: type !== undefined,
    }),
  ),
);

test("every folder of functions is a resource of the registry or a worker, and is called what it says", () => {
  const folders = readdirSync(join(root, "functions"), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  const resources = Object.values<Resource>(registry).map(({ name }) => name);
  const all = [...resources, ...Object.values<Worker>(workers).map(({ name }) => name)];
  expect(folders.map(({ name }) => name).sort()).toEqual(all.sort());
  for (const name of all) {
    expect(existsSync(join(root, "functions", name, "handler.ts")), name).toBe(true);
    const declaration = resources.includes(name) ? "contract.ts" : "worker.ts";
    expect(existsSync(join(root, "functions", name, declaration)), name).toBe(true);
  }
});

/** What the files of a room may import, beside files of the same folder. `types` may be imported as types only. */
const rooms: { room: RegExp; may: RegExp; types?: RegExp }[] = [
  { room: /^functions\/index\.ts$/, may: /^functions\/[^/]+\/contract\.ts$/ },
  { room: /^functions\/workers\.ts$/, may: /^functions\/[^/]+\/worker\.ts$/ },
  { room: /^functions\/[^/]+\/(contract|worker)\.ts$/, may: /^lib\/(contract|records|mqtt)\// },
  { room: /^functions\//, may: /^lib\// },
  { room: /^lib\/(contract|records|mqtt)\//, may: /^lib\/(contract|records|mqtt)\// },
  { room: /^lib\/store\//, may: /^lib\/(records|mqtt|log|at-a-time|unavailable)/ },
  {
    room: /^lib\/ingest\//,
    may: /^lib\/(records|mqtt|store|log|unavailable)/,
    types: /^lib\/broker\/broker\.ts$/,
  },
  {
    room: /^lib\/broker\//,
    may: /^lib\/(records\/|mqtt\/|log|broker\/broker)/,
    types: /^lib\/ingest\/lifecycle-event\.ts$/,
  },
  {
    room: /^lib\/delayed\//,
    may: /^lib\/(records|mqtt|store|log)/,
    types: /^lib\/broker\/(broker|embedded\/extension)\.ts$/,
  },
  { room: /^lib\/auth\//, may: /^lib\/(contract\/|records\/|store\/|log)/ },
  { room: /^lib\/http\//, may: /^lib\/(contract|records|auth|deps|unavailable|log)/ },
  { room: /^lib\/deps\//, may: /^lib\/(contract|records|broker|store|delayed)\// },
  { room: /^infra\/aws\//, may: /^(functions\/(index|workers)\.ts$|lib\/)/ },
  { room: /^infra\/local\//, may: /^(functions\/index\.ts$|lib\/)/ },
  { room: /^infra\/docs\//, may: /^(functions\/index\.ts$|lib\/contract\/)/ },
  { room: /^infra\/cli\//, may: /^(functions\/index\.ts$|infra\/local\/|lib\/)/ },
];

test("a file imports only what its room may know", () => {
  const wrong = imports.filter(({ from, to, typeOnly }) => {
    // The function that serves the API document reads the registry.
    if (from === "functions/api-docs/document.ts" && to === "functions/index.ts") return false;
    const room = rooms.find((candidate) => candidate.room.test(from));
    const allowed =
      dirname(from) === dirname(to) || room?.may.test(to) || (typeOnly && room?.types?.test(to));
    return room && !allowed;
  });
  expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
});

test("no file imports itself by way of others", () => {
  const next = Map.groupBy(
    imports.filter(({ typeOnly }) => !typeOnly),
    ({ from }) => from,
  );
  const reaches = (file: string, goal: string, seen: Set<string>): boolean =>
    (next.get(file) ?? []).some(({ to }) => {
      if (to === goal) return true;
      if (seen.has(to)) return false;
      seen.add(to);
      return reaches(to, goal, seen);
    });
  expect(sources.filter((file) => reaches(file, file, new Set()))).toEqual([]);
});

test("a file reads in one go: 250 lines at most", () => {
  expect(sources.filter((file) => textOf(file).split("\n").length > 250)).toEqual([]);
});

test("the environment is read in lib/deps and infra only", () => {
  const readers = sources.filter((file) => textOf(file).includes("process.env"));
  expect(readers.filter((file) => !/^(lib\/deps|infra)\//.test(file))).toEqual([]);
});

test("what lib exports as a function or class is described", () => {
  const bare = sources
    .filter((file) => file.startsWith("lib/"))
    .flatMap((file) =>
      [...textOf(file).matchAll(/(?<before>[^\n]*)\nexport (?:async )?(?:function|class) (?<name>\w+)/g)]
        .filter(({ groups }) => !groups?.before?.trim().endsWith("*/"))
        .map(({ groups }) => `${file}: ${groups?.name}`),
    );
  expect(bare).toEqual([]);
});

test("the project runs on the Node.js that Lambda runs", () => {
  expect(process.version).toMatch(/^v24\./);
});
