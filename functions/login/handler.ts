import { setTimeout as sleep } from "node:timers/promises";
import { issueToken } from "../../lib/auth/login-token.ts";
import { untilNextStep } from "../../lib/auth/refusal-time.ts";
import { verifySecret } from "../../lib/auth/verify-secret.ts";
import { serve } from "../../lib/http/serve.ts";
import { apiVersion } from "../../lib/records/node.ts";
import { login } from "./contract.ts";

/** After so many failures, logins of the same user from the same address are refused for a while. */
const mostFailures = 10;

/** How much longer each failure makes the next answer, in milliseconds, and the longest. */
const delay = { step: 100, most: 1_000 };

export const handler = serve(login, {
  async login({ body: { username, password }, address, fail }, { users, loginFailures }) {
    const begin = performance.now();
    const known = await loginFailures.attempt(username, address, mostFailures);
    const failures = known ?? mostFailures;
    await sleep(Math.min(failures * delay.step, delay.most));
    const user = await users.get(username);
    const right = await verifySecret(password, user ? [user.password_hash] : []);
    if (!user || !right || known === undefined) {
      await untilNextStep(begin);
      return fail(401, "BAD_USERNAME_OR_PWD", "Auth failed");
    }
    await loginFailures.takeBack(username, address);
    const token = await issueToken(users, user);
    return { token, version: apiVersion, license: { edition: "ce" }, role: user.role } as const;
  },
});
