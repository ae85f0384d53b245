import { isUtf8 } from "node:buffer";
import type { Client } from "aedes";

/** What is used of the parser of mqtt-packet, beside its own interface. */
interface Parser {
  _parseString(): string | null;
  _emitError(error: Error): void;
  /** Where it reads in the list of what was received. */
  _pos: number;
  _list: { slice(start: number, end: number): Buffer };
}

/** Bytes before a text, that hold its length. */
const lengthBytes = 2;

/**
 * Ends the connection of a client that sends a text which is no UTF-8. [MQTT-1.5.4-1] The parser itself puts U+FFFD in
 * the place of such bytes: a text can become longer than any packet may hold.
 */
export function refuseMalformedText(client: Client): void {
  const { _parser: parser } = client as unknown as { _parser: Parser };
  const { _parseString } = parser;
  parser._parseString = () => {
    const start = parser._pos + lengthBytes;
    const text = _parseString.call(parser);
    if (!text?.includes("\ufffd") || isUtf8(parser._list.slice(start, parser._pos))) return text;
    parser._emitError(new Error("A text is not UTF-8"));
    return null;
  };
}
