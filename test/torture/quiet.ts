/** Lines of the log that a bench within this process wrote, while they are kept from the output. */
export interface QuietLog {
  /** Lines of the level `error`. */
  readonly errors: string[];
  /** Lets the output through again. */
  end(): void;
}

/** Keeps the log of what runs in this process from the output. */
export function quietLog(): QuietLog {
  const { stdout } = process;
  const write = stdout.write;
  const errors: string[] = [];
  stdout.write = ((chunk: string | Uint8Array, ...rest: never[]) => {
    const text = String(chunk);
    if (!text.startsWith('{"time":')) return write.call(stdout, chunk, ...rest);
    if (text.includes('"level":"error"')) errors.push(text.trimEnd());
    return true;
  }) as typeof stdout.write;
  const end = () => {
    stdout.write = write;
  };
  return { errors, end };
}
