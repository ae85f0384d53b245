import { isUtf8 } from "node:buffer";
import type { Client } from "aedes";

/** What is used of the parser of mqtt-packet, beside its own interface. */
interface Parser {
  _parseString(): string | null;
  _parseBuffer(): Buffer | null;
  _parseProperties(): object | false;
  _parseVarByteNum(): number;
  _emitError(error: Error): void;
  /** Where it reads in the list of what was received. */
  _pos: number;
  _list: { slice(start: number, end: number): Buffer };
  packet: { length: number };
}

/** Bytes before a text, that hold its length. */
const lengthBytes = 2;

/**
 * Ends the connection of a client whose packets are malformed in ways that the parser lets pass: texts that are no UTF-8
 * [MQTT-1.5.4-1], which can become longer than any packet may hold; texts, data and properties that are cut off
 * [MQTT-4.13.1-1]. Nobody could be sent them.
 */
export function parseStrictly(client: Client): void {
  const { _parser: parser } = client as unknown as { _parser: Parser };
  const { _parseString, _parseBuffer, _parseProperties } = parser;
  const malformed = (problem: string) => {
    parser._emitError(new Error(problem));
    return null;
  };
  parser._parseString = () => {
    const start = parser._pos + lengthBytes;
    const text = _parseString.call(parser);
    if (text === null) return malformed("A text is cut off");
    const isText = !text.includes("\ufffd") || isUtf8(parser._list.slice(start, parser._pos));
    return isText ? text : malformed("A text is not UTF-8");
  };
  parser._parseBuffer = () => _parseBuffer.call(parser) ?? malformed("Data is cut off");
  parser._parseProperties = () => {
    const end = endOfProperties(parser);
    const properties = end <= parser.packet.length && _parseProperties.call(parser);
    if (!properties || parser._pos !== end) malformed("Properties are cut off");
    return properties || {};
  };
}

/** Where the properties end that begin where the parser is, by the length before them. */
function endOfProperties(parser: Parser): number {
  const start = parser._pos;
  const length = parser._parseVarByteNum();
  const end = parser._pos + length;
  parser._pos = start;
  return end;
}
