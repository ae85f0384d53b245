import { documented } from "./accepted-documents.ts";
import type { Both } from "./comparison.ts";
import type { SentFields } from "./sent-fields.ts";
import type { Target } from "./target.ts";

/** A difference between the API documents: what the one says of an operation and the other does not. */
export interface Mismatch {
  /** For example `GET /clients/{clientid}`. */
  operation: string;
  kind: "operation" | "parameter" | "body field" | "answer field" | "status" | "order";
  /** Name of the parameter or field, or the status; the operation's tag. */
  name: string;
  saidBy: keyof Both<unknown>;
  /** For an answer field: whether EMQX sent it in this run; `undefined` if it was not asked successfully. */
  sent?: boolean | undefined;
  /** Why it may be; `undefined` for what is not explained. */
  reason?: string | undefined;
}

export interface DocumentComparison {
  /** How many operations both describe. */
  shared: number;
  mismatches: Mismatch[];
  /** EMQX's operations that are not served here, by their tag. */
  notServed: Map<string, string[]>;
}

// biome-ignore lint/suspicious/noExplicitAny: an OpenAPI document is read as it comes
type Json = any;

/** What is compared of an operation. */
interface Described {
  tag: string;
  parameter: Set<string>;
  "body field": Set<string>;
  /** Of the answers with a 2xx, with the fields around it: `meta.count`. */
  "answer field": Set<string>;
  status: Set<string>;
}

const parts = ["parameter", "body field", "answer field", "status"] as const;

/** Compares the API documents for the operations that are served here; `sent` is what EMQX's answers held. */
export async function compareDocuments(targets: Both<Target>, sent: SentFields): Promise<DocumentComparison> {
  const reference = await operationsOf(targets.reference);
  const ours = await operationsOf(targets.ours);
  const mismatches = [...ours].flatMap(([operation, described]): Mismatch[] => {
    const other = reference.get(operation);
    if (!other) return [{ operation, kind: "operation", name: described.tag, saidBy: "ours" }];
    const fields = sent.of(operation);
    return [...mismatchesOf(operation, other, described)].map((mismatch) =>
      mismatch.kind === "answer field" ? { ...mismatch, sent: fields?.has(mismatch.name) } : mismatch,
    );
  });
  const missing = [...reference].filter(([operation]) => !ours.has(operation));
  return {
    shared: ours.size - mismatches.filter(({ kind }) => kind === "operation").length,
    mismatches: mismatches.map((mismatch) => ({
      ...mismatch,
      reason: documented.find(({ holds }) => holds(mismatch))?.reason,
    })),
    notServed: new Map(
      [...Map.groupBy(missing, ([, { tag }]) => tag)].map(([tag, found]) => [
        tag,
        found.map(([name]) => name),
      ]),
    ),
  };
}

function* mismatchesOf(operation: string, reference: Described, ours: Described): Generator<Mismatch> {
  for (const kind of parts) {
    for (const name of reference[kind].difference(ours[kind]))
      yield { operation, kind, name, saidBy: "reference" };
    for (const name of ours[kind].difference(reference[kind]))
      yield { operation, kind, name, saidBy: "ours" };
  }
  // Of several wrong parameters the first one is reported.
  const order = [...reference.parameter].filter((name) => ours.parameter.has(name)).join(", ");
  const own = [...ours.parameter].filter((name) => reference.parameter.has(name)).join(", ");
  if (order !== own) yield { operation, kind: "order", name: own, saidBy: "ours" };
}

async function operationsOf({ address }: Target): Promise<Map<string, Described>> {
  const document: Json = await (await fetch(`${address.base}/api-docs/swagger.json`)).json();
  const found = new Map<string, Described>();
  for (const [path, methods] of Object.entries<Json>(document.paths)) {
    for (const [method, operation] of Object.entries<Json>(methods)) {
      found.set(`${method.toUpperCase()} ${path}`, describe(operation, document));
    }
  }
  return found;
}

function describe({ tags = [], parameters = [], requestBody, responses }: Json, document: Json): Described {
  const named = parameters.map((given: Json) => resolve(given, document));
  const answers = Object.entries<Json>(responses)
    .filter(([status]) => status.startsWith("2"))
    .map(([, answer]) => answer.content?.["application/json"]?.schema ?? answer.schema);
  return {
    tag: tags[0] ?? "",
    parameter: new Set(named.map(({ in: place, name }: Json) => `${place} ${name}`)),
    "body field": fieldsOf(requestBody?.content?.["application/json"]?.schema, document),
    "answer field": new Set(answers.flatMap((schema) => [...deepFieldsOf(schema, document)])),
    status: new Set(Object.keys(responses).filter((status) => status.startsWith("2"))),
  };
}

/** The names of the fields of a body, of the elements if it is a list, of all branches if there are several. */
function fieldsOf(schema: Json, document: Json): Set<string> {
  const { properties = {}, items, oneOf = [], anyOf = [], allOf = [] } = resolve(schema ?? {}, document);
  const inner = [...(items ? [items] : []), ...oneOf, ...anyOf, ...allOf];
  return new Set([
    ...Object.keys(properties),
    ...inner.flatMap((branch: Json) => [...fieldsOf(branch, document)]),
  ]);
}

/** The names of the fields of an answer and of all that is in them; those of a list are the ones of its elements. */
function* deepFieldsOf(schema: Json, document: Json, above = "", depth = 0): Generator<string> {
  if (depth > 6) return;
  const { properties = {}, items, oneOf = [], anyOf = [], allOf = [] } = resolve(schema ?? {}, document);
  for (const inner of [...(items ? [items] : []), ...oneOf, ...anyOf, ...allOf]) {
    yield* deepFieldsOf(inner, document, above, depth + 1);
  }
  for (const [name, inner] of Object.entries<Json>(properties)) {
    yield `${above}${name}`;
    yield* deepFieldsOf(inner, document, `${above}${name}.`, depth + 1);
  }
}

function resolve(schema: Json, document: Json): Json {
  if (typeof schema.$ref !== "string") return schema;
  const steps = schema.$ref.slice(2).split("/");
  return resolve(
    steps.reduce((now: Json, step: string) => now[step], document),
    document,
  );
}
