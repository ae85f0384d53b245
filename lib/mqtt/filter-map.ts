interface Node<Value> {
  /** Of the filter that ends here. */
  value: Value | undefined;
  readonly next: Map<string, Node<Value>>;
}

/** Values by topic filter. Finds, level by level, those whose filters match a topic. */
export class FilterMap<Value extends NonNullable<unknown>> {
  readonly #root: Node<Value> = newNode();

  get(filter: string): Value | undefined {
    let node: Node<Value> | undefined = this.#root;
    for (const level of filter.split("/")) node = node?.next.get(level);
    return node?.value;
  }

  set(filter: string, value: Value): void {
    let node = this.#root;
    for (const level of filter.split("/")) {
      const next: Node<Value> = node.next.get(level) ?? newNode();
      node.next.set(level, next);
      node = next;
    }
    node.value = value;
  }

  delete(filter: string): void {
    const path: [Node<Value>, string][] = [];
    let node = this.#root;
    for (const level of filter.split("/")) {
      path.push([node, level]);
      const next = node.next.get(level);
      if (!next) return;
      node = next;
    }
    node.value = undefined;
    for (const [parent, level] of path.reverse()) {
      const child = parent.next.get(level);
      if (!child || child.value !== undefined || child.next.size > 0) return;
      parent.next.delete(level);
    }
  }

  /** The values of all filters that match a topic name. */
  matching(topic: string): Value[] {
    const found: Value[] = [];
    // [MQTT-4.7.2-1] a leading wildcard does not match topics starting with '$'
    collect(this.#root, topic.split("/"), 0, !topic.startsWith("$"), found);
    return found;
  }
}

const newNode = <Value>(): Node<Value> => ({ value: undefined, next: new Map() });

function collect<Value>(
  node: Node<Value>,
  levels: readonly string[],
  depth: number,
  wildcards: boolean,
  found: Value[],
): void {
  const level = levels[depth];
  const rest = wildcards ? node.next.get("#")?.value : undefined;
  if (rest !== undefined) found.push(rest);
  if (level === undefined) {
    if (node.value !== undefined) found.push(node.value);
    return;
  }
  const exact = node.next.get(level);
  if (exact) collect(exact, levels, depth + 1, true, found);
  const any = wildcards ? node.next.get("+") : undefined;
  if (any) collect(any, levels, depth + 1, true, found);
}
