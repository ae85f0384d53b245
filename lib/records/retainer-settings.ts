import {
  type DurationText,
  type Rate,
  type RateText,
  type SizeText,
  toBytes,
  toMilliseconds,
  toRate,
} from "./units.ts";

/** The settings of the retainer as the API shows them. [emqx_retainer_schema] */
export interface RetainerSettings {
  enable: boolean;
  msg_expiry_interval: DurationText;
  msg_expiry_interval_override: DurationText;
  allow_never_expire: boolean;
  msg_clear_interval: DurationText;
  msg_clear_limit?: number | undefined;
  max_payload_size: SizeText;
  stop_publish_clear_msg: boolean;
  delivery_rate: RateText;
  max_publish_rate: RateText;
  backend: RetainerBackend;
}

export interface RetainerBackend {
  type?: "built_in_database" | undefined;
  storage_type?: "ram" | "disc" | undefined;
  max_retained_messages?: number | undefined;
  index_specs?: number[][] | undefined;
  enable?: boolean | undefined;
}

/** Name of the document with the settings of the retainer. */
export const retainerDocument = "retainer";

/** What EMQX starts with. */
export const defaultRetainerSettings: RetainerSettings = {
  enable: true,
  msg_expiry_interval: "0s",
  msg_expiry_interval_override: "disabled",
  allow_never_expire: true,
  msg_clear_interval: "0s",
  max_payload_size: "1MB",
  stop_publish_clear_msg: false,
  delivery_rate: "1000/s",
  max_publish_rate: "1000/s",
  backend: {
    type: "built_in_database",
    storage_type: "ram",
    max_retained_messages: 0,
    index_specs: [[1, 2, 3], [1, 3], [2, 3], [3]],
    enable: true,
  },
};

/** What a broker does with retained messages. Times are milliseconds. */
export interface RetainerRules {
  enable: boolean;
  /** How long a message is kept that names no time itself; `undefined` for ever. */
  expiry: number | undefined;
  /** How long a message is kept at most, applied by the sweep. */
  longest: number | undefined;
  /** Whether the sweep leaves alone what never expires. */
  allowNeverExpire: boolean;
  /** How often expired messages are removed; `undefined` for never. */
  sweepInterval: number | undefined;
  /** How many are removed at a time. */
  sweepLimit: number;
  maxPayloadBytes: number;
  /** Whether subscribers are spared the empty message that clears a topic. */
  holdClearing: boolean;
  /** How many retained messages subscribers are sent. */
  deliveryRate: Rate | "infinity";
  /** How many messages are retained. */
  storeRate: Rate | "infinity";
  maxMessages: number;
}

/** What settings mean. Fields that are not given have EMQX's defaults; those that are given were validated. */
export function retainerRules(given: Partial<RetainerSettings>): RetainerRules {
  const settings = { ...defaultRetainerSettings, ...given };
  return {
    enable: settings.enable,
    expiry: toMilliseconds(settings.msg_expiry_interval) || undefined,
    longest: toMilliseconds(settings.msg_expiry_interval_override),
    allowNeverExpire: settings.allow_never_expire,
    sweepInterval: toMilliseconds(settings.msg_clear_interval) || undefined,
    sweepLimit: settings.msg_clear_limit || 50_000,
    maxPayloadBytes: toBytes(settings.max_payload_size) ?? Number.POSITIVE_INFINITY,
    holdClearing: settings.stop_publish_clear_msg,
    deliveryRate: toRate(settings.delivery_rate) ?? "infinity",
    storeRate: toRate(settings.max_publish_rate) ?? "infinity",
    maxMessages: settings.backend.max_retained_messages || Number.POSITIVE_INFINITY,
  };
}
