import { once } from "node:events";

interface Reply {
  id: number;
  // biome-ignore lint/suspicious/noExplicitAny: results have every shape
  result?: any;
  error?: { message: string };
}

/** Asks a process of Node.js that was started with `--inspect`. */
export class Inspector {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #lastId = 0;

  /** `output` is what the process printed to its standard error. */
  static async open(output: string): Promise<Inspector> {
    const address = /Debugger listening on (ws:\S+)/.exec(output)?.[1];
    if (!address) throw new Error("The process does not say where its inspector listens");
    const socket = new WebSocket(address);
    await once(socket, "open");
    return new Inspector(socket);
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      const reply = JSON.parse(String(data)) as Reply;
      this.#waiting.get(reply.id)?.(reply);
      this.#waiting.delete(reply.id);
    });
  }

  /** Memory that is in use after a collection of garbage, in bytes: of JavaScript, and of buffers outside of its heap. */
  async memory(): Promise<{ heap: number; buffers: number }> {
    await this.#call("HeapProfiler.collectGarbage");
    const { usedSize, backingStorageSize = 0 } = await this.#call("Runtime.getHeapUsage");
    return { heap: usedSize, buffers: backingStorageSize };
  }

  /** How many handles and requests of each kind keep the process alive. */
  async handles(): Promise<Record<string, number>> {
    const expression =
      "process.getActiveResourcesInfo().reduce((n, it) => ({ ...n, [it]: (n[it] ?? 0) + 1 }), {})";
    const { result } = await this.#call("Runtime.evaluate", { expression, returnByValue: true });
    return result.value;
  }

  close(): void {
    this.#socket.close();
  }

  // biome-ignore lint/suspicious/noExplicitAny: results have every shape
  #call(method: string, params?: object): Promise<any> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) =>
        error ? reject(new Error(error.message)) : resolve(result),
      );
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }
}
