import { deliberate } from "./accepted-behaviour.ts";
import { crashes } from "./accepted-crashes.ts";
import { http } from "./accepted-http.ts";
import { wording } from "./accepted-wording.ts";
import type { Difference } from "./difference.ts";
import type { Answer, Request } from "./target.ts";

export interface Divergence {
  request: Request;
  answers: { reference: Answer; ours: Answer };
  difference: Difference;
}

/** A difference that is meant, with its reason. */
export interface Accepted {
  reason: string;
  holds(divergence: Divergence): boolean;
}

/** The reviewed table of differences, in the order of its rules. What is not here is a fault. */
export const accepted: readonly Accepted[] = [...wording, ...crashes, ...http, ...deliberate];
