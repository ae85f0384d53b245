import { addressBytes, normalAddress } from "./address.ts";
import { addressRange } from "./address-range.ts";
import type { Ban, BannableClient } from "./ban.ts";
import { linearExpression } from "./linear-expression.ts";

/** Makes the test whether a client is meant by a ban. Throws `BadExpression` for a regular expression that is none. */
export function banTest({ as, who }: Pick<Ban, "as" | "who">): (client: BannableClient) => boolean {
  switch (as) {
    case "clientid":
      return ({ clientid }) => clientid === who;
    case "username":
      return ({ username }) => username === who;
    case "peerhost": {
      const key = addressKey(who);
      return ({ ip_address }) => ip_address !== undefined && addressKey(ip_address) === key;
    }
    case "clientid_re": {
      const expression = linearExpression(who);
      return ({ clientid }) => expression.foundIn(clientid);
    }
    case "username_re": {
      const expression = linearExpression(who);
      return ({ username }) => username !== undefined && expression.foundIn(username);
    }
    case "peerhost_net": {
      const range = addressRange(who);
      return ({ ip_address = "" }) => {
        const address = normalAddress(ip_address);
        return address !== undefined && range?.includes(address) === true;
      };
    }
  }
}

/** The same text for all notations of an address; a text that is no address stands for itself. */
export function addressKey(text: string): string {
  const address = normalAddress(text);
  if (address === undefined) return text;
  const bytes = addressBytes(address);
  return bytes.length === 4 ? bytes.join(".") : address;
}
