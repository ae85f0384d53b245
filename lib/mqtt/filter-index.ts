interface Node {
  /** How many times the filter that ends here was added. */
  uses: number;
  readonly next: Map<string, Node>;
}

/** A bag of topic filters that tells, level by level, whether any of them matches a topic. */
export class FilterIndex {
  readonly #root = newNode();

  add(filter: string): void {
    let node = this.#root;
    for (const level of filter.split("/")) {
      const next = node.next.get(level) ?? newNode();
      node.next.set(level, next);
      node = next;
    }
    node.uses += 1;
  }

  /** Takes a filter out once. It must have been added. */
  remove(filter: string): void {
    const path: [Node, string][] = [];
    let node = this.#root;
    for (const level of filter.split("/")) {
      path.push([node, level]);
      const next = node.next.get(level);
      if (!next) return;
      node = next;
    }
    node.uses -= 1;
    for (const [parent, level] of path.reverse()) {
      const child = parent.next.get(level);
      if (!child || child.uses > 0 || child.next.size > 0) return;
      parent.next.delete(level);
    }
  }

  /** Whether a filter that was added matches the topic name. */
  matches(topic: string): boolean {
    const levels = topic.split("/");
    // [MQTT-4.7.2-1] a leading wildcard does not match topics starting with '$'
    return matchesBelow(this.#root, levels, 0, !topic.startsWith("$"));
  }
}

const newNode = (): Node => ({ uses: 0, next: new Map() });

function matchesBelow(node: Node, levels: readonly string[], depth: number, wildcards: boolean): boolean {
  const level = levels[depth];
  if (wildcards && (node.next.get("#")?.uses ?? 0) > 0) return true;
  if (level === undefined) return node.uses > 0;
  const exact = node.next.get(level);
  if (exact && matchesBelow(exact, levels, depth + 1, true)) return true;
  const any = wildcards ? node.next.get("+") : undefined;
  return any !== undefined && matchesBelow(any, levels, depth + 1, true);
}
