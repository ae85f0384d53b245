import type { Duplex } from "node:stream";

/** What a stream's traffic is told to. */
export interface Meter {
  /** So many bytes were read at once. */
  read(bytes: number): void;
  /** These pieces were handed to the network at once. */
  written(pieces: readonly Piece[]): void;
}

interface Piece {
  chunk: Buffer | string;
  encoding: BufferEncoding;
}

/** Has a stream tell what is read from it, and what it hands on of all that is written to it. */
export function meterStream(stream: Duplex, meter: Meter): void {
  const { read, _write: write, _writev: writeAll } = stream;
  stream.read = (size) => {
    const chunk: Buffer | null = read.call(stream, size);
    if (chunk) meter.read(chunk.length);
    return chunk;
  };
  // A stream's own way to the network: here its writes are corked together as they are sent.
  stream._write = (chunk, encoding, done) => {
    meter.written([{ chunk, encoding }]);
    write.call(stream, chunk, encoding, done);
  };
  if (!writeAll) return;
  stream._writev = (pieces, done) => {
    meter.written(pieces);
    writeAll.call(stream, pieces, done);
  };
}
