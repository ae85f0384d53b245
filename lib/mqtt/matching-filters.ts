/**
 * The shape of a filter is what is left when its names are taken out: `=` for a name, `+` and `#` as they are. Fleets
 * use few shapes, so the filters in use that match a topic are found by trying each shape on it.
 */
export function shapeOf(filter: string): string {
  return filter
    .split("/")
    .map((level) => (level === "+" || level === "#" ? level : "="))
    .join("/");
}

/** The only filter of a shape that can match a topic name; `undefined` if none can. */
export function filterOfShape(topic: string, shape: string): string | undefined {
  // [MQTT-4.7.2-1] a leading wildcard does not match topics starting with '$'
  if (topic.startsWith("$") && !shape.startsWith("=")) return undefined;
  const levels = topic.split("/");
  const parts = shape.split("/");
  const open = parts.at(-1) === "#";
  const fixed = open ? parts.slice(0, -1) : parts;
  // [MQTT-4.7.1-2] the multi-level wildcard also stands for the parent level
  if (open ? levels.length < fixed.length : levels.length !== fixed.length) return undefined;
  const filled = fixed.map((part, depth) => (part === "+" ? part : levels[depth]));
  return [...filled, ...(open ? ["#"] : [])].join("/");
}
