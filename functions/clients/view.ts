import type * as z from "zod/mini";
import type { ClientStatistics } from "../../lib/records/client-statistics.ts";
import type { Session } from "../../lib/records/session.ts";
import { rfc3339 } from "../../lib/records/time.ts";
import { counterNames } from "./field-names.ts";
import type { Client } from "./schemas.ts";

/** EMQX's default limits, which clients compare the counters with. */
const limits = { awaiting_rel_max: 100, inflight_max: 32, mqueue_max: 1_000 };

const noTraffic = Object.fromEntries(counterNames.map((name) => [name, 0])) as Record<
  (typeof counterNames)[number],
  number
>;

/** A session as the API shows it, with what the broker counted of it. */
export function clientView(
  session: Session,
  node: string,
  statistics?: ClientStatistics,
): z.output<typeof Client> {
  const { created_at, connected_at, disconnected_at, ...facts } = session;
  return {
    ...noTraffic,
    ...limits,
    ...statistics,
    ...facts,
    username: session.username ?? null,
    ip_address: session.ip_address ?? null,
    port: session.port ?? null,
    listener: session.listener ?? "tcp:default",
    is_bridge: session.is_bridge ?? false,
    node,
    mountpoint: null,
    client_attrs: {},
    enable_authn: true,
    auth_expire_at: null,
    peersni: null,
    connected_at: rfc3339(connected_at),
    created_at: rfc3339(created_at),
    ...(disconnected_at !== undefined && { disconnected_at: rfc3339(disconnected_at) }),
    is_persistent: session.expiry_interval > 0,
    is_expired: false,
    durable: false,
    subscriptions_max: "infinity",
  };
}

/** The named fields of a client, as far as it has them. */
export function project(client: z.output<typeof Client>, fields: readonly string[] | "all" | undefined) {
  if (fields === undefined || fields === "all") return client;
  return Object.fromEntries(Object.entries(client).filter(([name]) => fields.includes(name)));
}
