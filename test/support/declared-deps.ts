import type { Need } from "../../lib/contract/needs.ts";
import type { ApiDeps } from "../../lib/deps/types.ts";

/** Which needs bring a piece into a function's bundle; see `infra/aws/bundle.ts`. All others are in every bundle. */
const bundledFor: readonly [keyof ApiDeps, RegExp][] = [
  ["bans", /^bans:/],
  ["broker", /^broker:/],
  ["delayQueue", /^delayed:(hold|plan)$/],
];

/** The dependencies as a function's bundle has them: what stays out of it fails when it is only read. */
export function declaredDeps(deps: ApiDeps, needs: readonly Need[]): ApiDeps {
  const declared = { ...deps };
  for (const [piece, need] of bundledFor) {
    if (needs.some((given) => need.test(given))) continue;
    Object.defineProperty(declared, piece, {
      enumerable: true,
      get: () => {
        throw new Error(`A function uses ${piece}, and does not declare it`);
      },
    });
  }
  return declared;
}
