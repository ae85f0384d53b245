import { setTimeout as sleep } from "node:timers/promises";
import { Command, expectThat } from "./command.ts";
import { ids } from "./topics.ts";
import type { World } from "./world.ts";

type BanKind = "clientid" | "clientid_re";

export const ban = (as: BanKind, who: string) =>
  new Command(`ban ${as} ${who}`, {
    model: (model) => model.ban(as, who),
    real: async (world, isNew: boolean) => {
      const { status } = await world.call("POST", "/banned", { as, who });
      expectThat("status of ban", isNew ? 200 : 400, status);
    },
  });

export const unban = (as: BanKind, who: string) =>
  new Command(`unban ${as} ${who}`, {
    model: (model) => model.unban(as, who),
    real: async (world, known: boolean) => {
      const { status } = await world.call("DELETE", `/banned/${as}/${encodeURIComponent(who)}`);
      expectThat("status of unban", known ? 204 : 404, status);
    },
  });

/** Milliseconds that a short ban takes at least. */
const shortest = 500;

/** A ban that is over about a second later; everything else waits for that. */
export const banBriefly = (as: BanKind, who: string) =>
  new Command(`ban ${as} ${who} briefly`, {
    model: (model) => {
      const isNew = model.ban(as, who);
      if (isNew) model.unban(as, who);
      return isNew;
    },
    real: async (world, isNew: boolean) => {
      const until = Math.ceil((Date.now() + shortest) / 1_000);
      const { status } = await world.call("POST", "/banned", { as, who, until });
      expectThat("status of ban", isNew ? 200 : 400, status);
      if (!isNew) return;
      expectThat("list shows the ban", true, await isShown(world, as, who));
      const matching = ids.find((id) => (as === "clientid" ? id === who : new RegExp(who).test(id)));
      const found = matching && (await world.connect(matching, { version: 4, clean: true, expiry: 0 }));
      expectThat("who is banned is let in", undefined, found);
      await sleep(until * 1_000 - Date.now());
      expectThat("list shows the ban that is over", false, await isShown(world, as, who));
    },
  });

async function isShown(world: World, as: BanKind, who: string): Promise<boolean> {
  const { json } = await world.call("GET", "/banned?limit=1000");
  return json.data.some((it: { as: string; who: string }) => it.as === as && it.who === who);
}
