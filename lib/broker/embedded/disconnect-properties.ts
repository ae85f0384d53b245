import type { IDisconnectPacket } from "mqtt-packet";
import type { DisconnectProperties } from "../../records/session.ts";

/** What is kept of the properties with a session, in bytes of JSON; more has no room in the registry. */
const mostBytes = 4_096;

/** The properties of a DISCONNECT in EMQX's names; none if they are too large to be kept. */
export function disconnectProperties({ properties = {} }: IDisconnectPacket): DisconnectProperties {
  const { sessionExpiryInterval, reasonString, userProperties } = properties;
  const named = {
    ...(sessionExpiryInterval !== undefined && { "Session-Expiry-Interval": sessionExpiryInterval }),
    ...(reasonString !== undefined && { "Reason-String": reasonString }),
    ...(userProperties && { "User-Property": lastOfEach(userProperties) }),
  };
  return Buffer.byteLength(JSON.stringify(named)) > mostBytes ? {} : named;
}

/** Of a name that comes several times, the last value is shown. [emqx_mgmt_api_clients] */
function lastOfEach(given: Readonly<Record<string, string | string[]>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, String([value].flat().at(-1))]),
  );
}
