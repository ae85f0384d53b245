import type { DepsFor } from "../../lib/deps/types.ts";
import { type Ban, type BanKind, banKinds, type ExactKind } from "../../lib/records/ban.ts";
import type { LinearExpression } from "../../lib/records/linear-expression.ts";

type Reading = DepsFor<"bans:read">["bans"];

export interface BanPage {
  bans: Ban[];
  hasnext?: boolean;
  count?: number;
}

/** The ban of exactly this, on every page. */
export async function exactBan(bans: Reading, as: ExactKind, who: string): Promise<BanPage> {
  const found = await bans.get(as, who);
  return { bans: found ? [found] : [], hasnext: false, count: found ? 1 : 0 };
}

/** A page of the bans of some kinds in whose `who` an expression is found. */
export async function searchedBans(
  bans: Reading,
  kinds: readonly BanKind[],
  expression: LinearExpression,
  { page, limit }: { page: number; limit: number },
): Promise<BanPage> {
  const found: Ban[] = [];
  let left = (page - 1) * limit;
  for await (const ban of bans.all(kinds)) {
    if (!expression.foundIn(ban.who) || left-- > 0) continue;
    if (found.length === limit) return { bans: found, hasnext: true };
    found.push(ban);
  }
  return { bans: found, hasnext: false };
}

/** A page of all bans, and how many there are: all are read. */
export async function allBans(
  bans: Reading,
  { page, limit }: { page: number; limit: number },
): Promise<BanPage> {
  const offset = (page - 1) * limit;
  const found: Ban[] = [];
  let count = 0;
  for await (const ban of bans.all(banKinds)) {
    if (count >= offset && found.length < limit) found.push(ban);
    count += 1;
  }
  return { bans: found, count };
}
