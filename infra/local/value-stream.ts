import { Stream } from "node:stream";

/** How many values are read at once, and how many bytes of them at most. */
const batch = { size: 256, bytes: 1_048_576 };

/** The part of a LevelDB that is needed to read from it. */
export interface Values {
  values(options: object): { nextv(size: number): Promise<unknown[]>; close(): Promise<void> };
}

class ValueStream extends Stream {
  destroyed = false;

  destroy(): void {
    this.destroyed = true;
  }
}

/**
 * The values of a range as a stream of the old kind, which only emits, as dynalite reads them. They come in batches; a
 * stream of its own makes a promise and a turn of the event loop for each.
 */
export function valueStream(level: Values, options: object): ValueStream {
  const stream = new ValueStream();
  emitAll(level, options, stream).then(
    () => stream.emit("end"),
    (error) => stream.emit("error", error),
  );
  return stream;
}

async function emitAll(level: Values, options: object, stream: ValueStream): Promise<void> {
  const iterator = level.values({ ...options, highWaterMarkBytes: batch.bytes });
  try {
    for (;;) {
      const values = await iterator.nextv(batch.size);
      if (values.length === 0) return;
      for (const value of values) {
        if (stream.destroyed) return;
        stream.emit("data", value);
      }
    }
  } finally {
    await iterator.close();
  }
}
