import { isShared } from "../../mqtt/shared-filter.ts";

/** Nobody publishes below it but the broker, which never uses what follows. */
const prefix = "$SYS/";

/**
 * What a filter is called inside Aedes, which refuses shared filters of MQTT 5 clients, and takes those of others for
 * plain ones: a name that leads to nothing.
 */
export function innerName(name: string): string {
  return isShared(name) ? prefix + name : name;
}

/** What its client calls a filter of Aedes. */
export function ownName(name: string): string {
  const rest = name.startsWith(prefix) ? name.slice(prefix.length) : name;
  return isShared(rest) ? rest : name;
}
