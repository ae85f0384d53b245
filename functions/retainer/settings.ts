import { isDeepStrictEqual } from "node:util";
import type { RetainerControl } from "../../lib/broker/broker.ts";
import { defaultRetainerSettings, type RetainerSettings } from "../../lib/records/retainer-settings.ts";
import type { Changes } from "./contract.ts";

/** The settings of a deployment: EMQX's defaults, what its broker presets, and what the API changed. */
export function shownSettings(
  { preset }: RetainerControl,
  document: Partial<RetainerSettings> | undefined,
): RetainerSettings {
  return { ...defaultRetainerSettings, ...preset, ...document };
}

/** The changes of a request by the names that the settings have. */
export function changesOf({ deliver_rate, ...changes }: Changes): Partial<RetainerSettings> {
  const named = { ...(deliver_rate !== undefined && { delivery_rate: deliver_rate }), ...changes };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}

/** The name of a setting that a broker, which decides by itself, has otherwise. */
export function unchangeable(
  { configure }: RetainerControl,
  shown: RetainerSettings,
  changes: Partial<RetainerSettings>,
): string | undefined {
  if (configure) return undefined;
  return Object.keys(changes).find((name) => {
    const key = name as keyof RetainerSettings;
    return !isDeepStrictEqual(changes[key], shown[key]);
  });
}
