/** Finds the MQTT packets in a stream of bytes by their fixed headers; what is in them is passed over. [MQTT-2.1.1] */
export class PacketHeaders {
  readonly #onPacket: (firstByte: number) => void;
  /** Bytes of the present packet that are still to come. */
  #left = 0;
  /** A packet whose length is not read to its end. */
  #begun: { firstByte: number; length: number; factor: number } | undefined;

  /** `onPacket` is told the first byte of each packet: its type and flags. */
  constructor(onPacket: (firstByte: number) => void) {
    this.#onPacket = onPacket;
  }

  /** Takes the next bytes of the stream, and returns how many they are. */
  pass(chunk: Buffer | string, encoding?: BufferEncoding): number {
    const size = typeof chunk === "string" ? Buffer.byteLength(chunk, encoding) : chunk.length;
    if (size <= this.#left) this.#left -= size;
    else this.#read(typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk);
    return size;
  }

  #read(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      const skipped = Math.min(this.#left, bytes.length - at);
      this.#left -= skipped;
      at += skipped;
      if (at < bytes.length) this.#readHeader(bytes.readUInt8(at++));
    }
  }

  #readHeader(byte: number): void {
    const begun = this.#begun;
    if (!begun) {
      this.#begun = { firstByte: byte, length: 0, factor: 1 };
      return;
    }
    begun.length += (byte & 0x7f) * begun.factor;
    begun.factor *= 0x80;
    if (byte & 0x80) return;
    this.#begun = undefined;
    this.#left = begun.length;
    this.#onPacket(begun.firstByte);
  }
}
