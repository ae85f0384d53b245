import { Argument, Command, Option } from "commander";
import { keyView, newKeyView, rotatedKeyView } from "../../lib/auth/key-view.ts";
import { addKey, deleteKey, type KeyRefusal, renewSecret, updateKey } from "../../lib/auth/manage-keys.ts";
import { type Role, roles } from "../../lib/contract/roles.ts";
import type { ApiKeys } from "../../lib/store/api-keys.ts";
import { type AccessOptions, addAccessOptions, openAccessTable } from "./access-table.ts";
import { CommandError } from "./command-error.ts";
import { toDescription, toExpiry, toGrace, toName } from "./key-arguments.ts";
import { aligned, fullView, keyTable } from "./print-keys.ts";

type CommonOptions = AccessOptions & { json?: true };

interface CreateOptions {
  role: Role;
  desc: string;
  expires: number | "infinity";
  disabled?: true;
}

/** What a command says: a document for programs, text for people, and a hint beside it. */
interface Outcome {
  json: unknown;
  text: string;
  hint?: string;
}

const refusals: Readonly<Record<KeyRefusal, string>> = {
  "Maximum number of ApiKeys reached.": "There are as many keys as there may be; delete one first.",
  name_already_existed: "There is a key of this name already.",
  api_key_already_existed: "There is a key with the API key of this name already.",
};

const shownOnce = "Keep the secret now: it is not shown again.";

/** `fleetgate key …`: the API keys of a data folder or of a deployment. */
export function keyCommands(): Command {
  return new Command("key")
    .description("Make, list and change API keys.")
    .addCommand(create())
    .addCommand(list())
    .addCommand(rotate())
    .addCommand(enable("disable", false))
    .addCommand(enable("enable", true))
    .addCommand(remove());
}

function create(): Command {
  const expires = new Option("--expires <time>", "its end: RFC 3339, epoch seconds, or infinity");
  const command = new Command("create")
    .description("Make a key. Its secret is shown this once.")
    .addArgument(new Argument("<name>", "name of the key").argParser(toName))
    .addOption(new Option("--role <role>", "what it may do").choices(roles).default("administrator"))
    .addOption(new Option("--desc <text>", "what it is for").default("", "none").argParser(toDescription))
    .addOption(expires.default("infinity").argParser(toExpiry))
    .option("--disabled", "nobody can log in with it until it is enabled");
  return withKeys<CreateOptions>(command, async (apiKeys, { role, desc, expires, disabled }, name) => {
    const expired_at = expires === "infinity" ? undefined : expires;
    const added = await addKey(apiKeys, { name, role, desc, enable: !disabled, expired_at });
    if (typeof added === "string") throw new CommandError(refusals[added]);
    const { api_key, api_secret } = newKeyView(added);
    const text = aligned([
      ["Name", name],
      ["API key", api_key],
      ["Secret", api_secret],
    ]);
    return { json: newKeyView(added), text, hint: shownOnce };
  });
}

function list(): Command {
  const command = new Command("list").description("List the keys, without their secrets.");
  return withKeys(command, async (apiKeys) => {
    const keys = await apiKeys.list();
    return { json: keys.map(fullView), text: keyTable(keys) };
  });
}

function rotate(): Command {
  const grace = new Option(
    "--grace <time>",
    "how long the secret before stays valid: 24h, 30m, 0, up to 30d",
  );
  const command = new Command("rotate")
    .description("Give a key a new secret, which is shown this once.")
    .argument("<name>", "name of the key")
    .addOption(grace.default(86_400, "24h").argParser(toGrace));
  return withKeys<{ grace: number }>(command, async (apiKeys, options, name) => {
    const view = rotatedKeyView(found(name, await renewSecret(apiKeys, name, options.grace)));
    const text = aligned([
      ["Name", name],
      ["API key", view.api_key],
      ["Secret", view.api_secret],
      [
        "Secret before",
        options.grace > 0 ? `valid until ${view.previous_valid_until}` : "not valid any more",
      ],
    ]);
    return { json: view, text, hint: shownOnce };
  });
}

function enable(verb: "enable" | "disable", on: boolean): Command {
  const command = new Command(verb)
    .description(on ? "Let a key log in again." : "Refuse a key from now on.")
    .argument("<name>", "name of the key");
  return withKeys(command, async (apiKeys, _, name) => {
    const key = found(name, await updateKey(apiKeys, name, { enable: on }));
    return { json: fullView(key), text: `The key ${name} is ${verb}d.` };
  });
}

function remove(): Command {
  const command = new Command("delete").description("Delete a key.").argument("<name>", "name of the key");
  return withKeys(command, async (apiKeys, _, name) => {
    const key = found(name, await deleteKey(apiKeys, name));
    return { json: keyView(key), text: `The key ${name} is deleted.` };
  });
}

function found<Found>(name: string, result: Found | undefined): Found {
  if (result === undefined) throw new CommandError(`There is no key of the name ${name}.`);
  return result;
}

/** Lets a command open the keys that it is about, and print what came of it. */
function withKeys<Options = unknown>(
  command: Command,
  run: (apiKeys: ApiKeys, options: Options, name: string) => Promise<Outcome>,
): Command {
  return addAccessOptions(command)
    .option("--json", "print JSON, with EMQX's field names")
    .action(async () => {
      const options = command.opts<CommonOptions & Options>();
      await using table = await openAccessTable(options);
      const { json, text, hint } = await run(table.apiKeys, options, command.processedArgs[0]);
      process.stdout.write(`${options.json ? JSON.stringify(json, undefined, 2) : text}\n`);
      if (hint && !options.json) process.stderr.write(`${hint}\n`);
    });
}
