import type { Operation, Resource } from "./resource.ts";

/**
 * The README's table of what works where, in Markdown: a row for the operations of a resource that work alike on
 * the laptop and on AWS IoT Core.
 */
export function whereItWorks(resources: readonly Resource[]): string {
  const rows = resources
    .filter(({ catchAll }) => !catchAll)
    .toSorted((a, b) => (a.tag < b.tag ? -1 : a.tag > b.tag ? 1 : 0))
    .flatMap(({ operations }) => [...Map.groupBy(Object.values(operations), likeness)])
    .map(([alike, operations]) => `| ${operations.map(routeText).join(", ")} | ${alike} |`);
  return ["| Operation | Laptop | AWS IoT Core |", "| --- | --- | --- |", ...rows].join("\n");
}

const likeness = ({ onLaptop = "yes", onIotCore = "yes" }: Operation) => `${onLaptop} | ${onIotCore}`;

const routeText = ({ route }: Operation) => `\`${route}\``;
