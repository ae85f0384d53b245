import * as z from "zod/mini";
import { counterNames } from "./field-names.ts";

type Counters = Record<(typeof counterNames)[number], z.ZodMiniNumber>;
const counters = Object.fromEntries(counterNames.map((name) => [name, z.int()])) as unknown as Counters;

/** A client as the API shows it. */
export const Client = z.strictObject({
  clientid: z.string(),
  username: z.nullable(z.string()),
  node: z.string(),
  ip_address: z.nullable(z.string()),
  port: z.nullable(z.int()),
  listener: z.string(),
  mountpoint: z.null(),
  client_attrs: z.record(z.string(), z.string()),
  is_bridge: z.boolean(),
  enable_authn: z.boolean(),
  auth_expire_at: z.null(),
  peersni: z.null(),
  proto_name: z.string(),
  proto_ver: z.int(),
  clean_start: z.boolean(),
  keepalive: z.int(),
  expiry_interval: z.int(),
  connected: z.boolean(),
  connected_at: z.string(),
  disconnected_at: z.optional(z.string()),
  disconn_props: z.optional(
    z.strictObject({
      "Session-Expiry-Interval": z.optional(z.int()),
      "Reason-String": z.optional(z.string()),
      "User-Property": z.optional(z.record(z.string(), z.string())),
    }),
  ),
  created_at: z.string(),
  is_persistent: z.boolean(),
  is_expired: z.boolean(),
  durable: z.boolean(),
  subscriptions_max: z.literal("infinity"),
  ...counters,
});

/** A row of the list: all fields, or those that were asked for. */
export const ClientRow = z.partial(Client);
