/** Version of the EMQX API that Fleetgate speaks; clients choose their behaviour by it. */
export const apiVersion = "5.8.9";

/** What is known of the running deployment: one node, whatever it consists of. */
export interface NodeFacts {
  /** `name@host`, as in EMQX. */
  name: string;
  /** Epoch milliseconds. */
  started_at: number;
  /** Operating-system figures at the time of the call. */
  load(): NodeLoad;
}

export interface NodeLoad {
  load1: number;
  load5: number;
  load15: number;
  /** Bytes. */
  memory_used: number;
  memory_total: number;
  max_fds: number;
  sys_path: string;
}
