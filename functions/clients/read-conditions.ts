import { normalAddress } from "../../lib/records/address.ts";

/** What is wrong with a condition, in the words of the wire. [emqx_mgmt_api] */
export class WrongCondition {
  readonly message: string;

  constructor(name: string, type: string, value: string) {
    this.message = `the ${name} parameter expected type is ${type}, but the value is ${value}`;
  }
}

/** Reads the conditions that are checked after all others, and in their own words: an address and a whole number. */
export function readConditions<
  Given extends { ip_address?: string | undefined; proto_ver?: string | undefined },
>(
  given: Given,
): WrongCondition | (Omit<Given, "ip_address" | "proto_ver"> & { ip_address?: string; proto_ver?: number }) {
  const { ip_address, proto_ver, ...rest } = given;
  const address = ip_address === undefined ? undefined : normalAddress(ip_address);
  if (ip_address !== undefined && address === undefined) {
    return new WrongCondition("ip_address", "ip", ip_address);
  }
  if (proto_ver !== undefined && !/^[+-]?\d+$/.test(proto_ver)) {
    return new WrongCondition("proto_ver", "integer", proto_ver);
  }
  return {
    ...rest,
    ...(address !== undefined && { ip_address: address }),
    ...(proto_ver !== undefined && { proto_ver: Number(proto_ver) }),
  };
}
