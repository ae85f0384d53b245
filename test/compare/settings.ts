import type { Target } from "./target.ts";

/** The settings that the API changes, as they are at first. */
export const settings: Readonly<Record<string, unknown>> = {
  "/mqtt/retainer": {
    enable: true,
    msg_expiry_interval: "0s",
    msg_expiry_interval_override: "disabled",
    allow_never_expire: true,
    msg_clear_interval: "0s",
    msg_clear_limit: 50_000,
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
  },
  "/mqtt/delayed": { enable: true, max_delayed_messages: 0 },
  "/mqtt/topic_rewrite": [],
  "/mqtt/auto_subscribe": [],
  "/slow_subscriptions/settings": {
    enable: false,
    threshold: "500ms",
    expire_interval: "300s",
    top_k_num: 10,
    stats_type: "whole",
  },
};

/** Notes the settings of a server; the function that it returns puts them back. */
export async function keepSettings(target: Target): Promise<() => Promise<void>> {
  const now = new Map<string, unknown>();
  for (const path of Object.keys(settings)) now.set(path, (await target.call({ method: "GET", path })).json);
  return async () => {
    for (const [path, body] of now) {
      const { status } = await target.call({ method: "PUT", path, body });
      if (status === 200) continue;
      process.exitCode = 1;
      process.stderr.write(`${target.name}: the settings at ${path} could not be put back\n`);
    }
  };
}
