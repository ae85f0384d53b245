import type * as z from "zod/mini";
import type { Need } from "../contract/needs.ts";
import type { Operation, Resource } from "../contract/resource.ts";
import type { DepsFor } from "../deps/types.ts";
import type { Answer } from "./answer.ts";
import type { Caller } from "./http-request.ts";

/** The functions of a resource's operations, one each. */
export type Handlers<R extends Resource> = {
  readonly [Name in keyof R["operations"]]: OperationFunction<R["operations"][Name]>;
};

/**
 * What happens for one operation. Its input is valid and its caller allowed. It returns the body of its only
 * success, or what `answer` returns; `fail` ends it with a declared status and code.
 */
export type OperationFunction<O extends Operation> = (
  input: Input<O>,
  deps: DepsFor<NeedsOf<O>>,
) => Outcome<O> | Promise<Outcome<O>>;

export interface Input<O extends Operation> {
  params: FieldsOf<O["params"]>;
  query: FieldsOf<O["query"]>;
  body: O["body"] extends z.ZodMiniType
    ? z.output<O["body"]>
    : O["bodyFields"] extends Readonly<Record<string, z.ZodMiniType>>
      ? FieldsOf<O["bodyFields"]>
      : undefined;
  /** Who calls; absent only where nobody needs to say so. */
  caller: Caller | undefined;
  /** Address of the caller. */
  address: string;
  /** The still encoded path of the request, with the stage. */
  path: string;
  answer: <S extends keyof O["answers"]>(
    status: S,
    body: BodyOf<O["answers"][S]>,
    headers?: Readonly<Record<string, string>>,
  ) => Answer;
  fail: <S extends keyof O["errors"], C extends CodesOf<O["errors"], S>>(
    status: S,
    code: C,
    message: string,
  ) => never;
}

type NeedsOf<O extends Operation> = O["needs"] extends readonly (infer N extends Need)[] ? N : never;

type FieldsOf<F> =
  F extends Readonly<Record<string, z.ZodMiniType>>
    ? { [Name in keyof F]: z.output<F[Name]> }
    : Record<never, never>;

type CodesOf<E, S extends keyof E> = E[S] extends readonly (infer C)[] ? C : never;

type BodyOf<A> = A extends z.ZodMiniType ? z.output<A> : undefined;

type Outcome<O extends Operation> = Answer | SoleBody<O["answers"]>;

/** The body of the success, where an operation has just one. */
type SoleBody<A> =
  IsUnion<keyof A> extends true ? never : A[keyof A] extends z.ZodMiniType ? z.output<A[keyof A]> : undefined;

type IsUnion<T, Whole = T> = [T] extends [never]
  ? false
  : T extends unknown
    ? [Whole] extends [T]
      ? false
      : true
    : never;
