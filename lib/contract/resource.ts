import type * as z from "zod/mini";
import type { ErrorCode, ErrorStatus } from "./errors.ts";
import type { Need } from "./needs.ts";
import { defaultRoles, type Role } from "./roles.ts";

export type Method = "GET" | "POST" | "PUT" | "DELETE";
type Fields = Readonly<Record<string, z.ZodMiniType>>;

/** `GET /clients/{clientid}`: a method and a path below `/api/v5`. */
export type Route = `${Method} /${string}`;

/** One operation of the API: everything it promises, as data. */
export interface Operation {
  readonly route: Route;
  /** One line for the API document. */
  readonly summary: string;
  /** Extra texts of the API document. */
  readonly description?: string;
  /** How much of it the embedded broker does, if not all; a phrase for the README's table. */
  readonly onLaptop?: string;
  /** The same of AWS IoT Core. */
  readonly onIotCore?: string;
  /**
   * Who is let in: `open` needs no credentials, `token` refuses API keys, `credentials` (the default) takes both.
   */
  readonly access?: "open" | "credentials" | "token";
  /** Roles that may call it; the default follows from the method, see `defaultRoles`. */
  readonly roles?: readonly Role[];
  readonly params?: Fields;
  readonly query?: Fields;
  readonly body?: z.ZodMiniType;
  /** A body that is a plain list of fields: unknown ones are ignored, and the first wrong one is reported alone. */
  readonly bodyFields?: Fields;
  /** What the API document says of the body, where `body` takes anything and the operation itself refuses. */
  readonly documentedBody?: z.ZodMiniType;
  /** The path parameter that names whom it is about; who has a token of that name may call it whatever the role. */
  readonly selfService?: string;
  /** Body by status; `null` stands for no body. */
  readonly answers: Readonly<Partial<Record<number, z.ZodMiniType | null>>>;
  /** Codes by status, with which it fails on purpose. */
  readonly errors?: Readonly<Partial<Record<ErrorStatus, readonly ErrorCode[]>>>;
  readonly needs?: readonly Need[];
  /** `false` for what is called too often to be kept in the audit log, as EMQX does by default. */
  readonly audited?: false;
  /**
   * Served outside `/api/v5` at the same path: `too`, and there for every method; or `only` there, and no part of the
   * API document.
   */
  readonly outsidePrefix?: "too" | "only";
}

/** A resource: the operations that one function serves. */
export interface Resource {
  /** Name of its folder and its function. */
  readonly name: string;
  /** Heading in the API document. */
  readonly tag: string;
  readonly operations: Readonly<Record<string, Operation>>;
  /** Files of packages that its function reads, see `lib/deps/package-files.ts`. */
  readonly files?: readonly string[];
  /** Receives every request that no resource claims. */
  readonly catchAll?: boolean;
}

/** Declares a resource. Returns it unchanged; exists to keep its literal types. */
export function defineResource<const R extends Resource>(resource: R): R {
  return resource;
}

/** Roles that may call an operation. */
export function rolesOf(operation: Operation): readonly Role[] {
  return operation.roles ?? defaultRoles(methodOf(operation));
}

/** The HTTP method of an operation. */
export function methodOf(operation: Operation): Method {
  return operation.route.split(" ", 1)[0] as Method;
}

/** The path below `/api/v5`, for example `/clients/{clientid}`. */
export function pathOf(operation: Operation): string {
  return operation.route.slice(operation.route.indexOf("/"));
}

/** All needs of a resource's operations, each once. */
export function needsOf(resource: Resource): Need[] {
  return [...new Set(Object.values(resource.operations).flatMap((operation) => operation.needs ?? []))];
}

/** Whether some calls of a resource are kept in the audit log. */
export function isAudited({ operations }: Resource): boolean {
  return Object.values(operations).some(
    (operation) => methodOf(operation) !== "GET" && operation.audited !== false,
  );
}
