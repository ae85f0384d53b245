/** The fields of successful answers, by operation, as they were seen. */
export class SentFields {
  readonly #requests = new Map<string, Set<string>>();

  /** Notes an answer to a request; `path` may have a query. */
  note(method: string, path: string, status: number, json: unknown): void {
    if (status < 200 || status > 299) return;
    const request = `${method} ${path.replace(/\?.*$/, "")}`;
    const fields = this.#requests.get(request) ?? new Set();
    this.#requests.set(request, fields);
    for (const field of fieldsOf(json, "")) fields.add(field);
  }

  /** What the answers to an operation such as `GET /clients/{clientid}` held; `undefined` if there were none. */
  of(operation: string): Set<string> | undefined {
    const pattern = new RegExp(`^${operation.replaceAll(/\{\w+\}/g, "[^/]+")}/?$`);
    const found = [...this.#requests].filter(([request]) => pattern.test(request));
    return found.length === 0 ? undefined : new Set(found.flatMap(([, fields]) => [...fields]));
  }
}

/** The names of fields with the fields around them; those of a list are the ones of its elements. */
function* fieldsOf(value: unknown, above: string): Generator<string> {
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) yield* fieldsOf(item, above);
    return;
  }
  for (const [name, inner] of Object.entries(value)) {
    yield `${above}${name}`;
    yield* fieldsOf(inner, `${above}${name}.`);
  }
}
