import { isShared } from "../../mqtt/shared-filter.ts";

/** Nobody publishes below it but the broker, which never uses what follows. */
const prefix = "$SYS/";

/** Aedes cannot keep this one among others, because it is no ordinary property of an object. */
const impossible = "__proto__";

const needsAnother = (name: string) => isShared(name) || name === impossible;

/**
 * What a filter is called inside Aedes, which refuses shared filters of MQTT 5 clients, and takes those of others for
 * plain ones: a name that leads to nothing.
 */
export function innerName(name: string): string {
  return needsAnother(name) ? prefix + name : name;
}

/** What its client calls a filter of Aedes. */
export function ownName(name: string): string {
  const rest = name.startsWith(prefix) ? name.slice(prefix.length) : name;
  return needsAnother(rest) ? rest : name;
}
