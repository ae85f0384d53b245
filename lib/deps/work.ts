import type { Worker } from "../contract/worker.ts";
import { awsDeps } from "./aws.ts";
import type { Deps, DepsFor } from "./types.ts";

/** A worker's Lambda function, and the same function with other dependencies than those on AWS. */
export type WorkerFunction<Event, Result> = ((event: Event) => Promise<Result>) & {
  with: (deps: Partial<Deps>) => (event: Event) => Promise<Result>;
};

/** Makes the Lambda function of a worker, which is handed what its declaration needs. */
export function work<const W extends Worker, Event, Result>(
  _worker: W,
  run: (event: Event, deps: DepsFor<W["needs"][number]>) => Promise<Result>,
): WorkerFunction<Event, Result> {
  const bind = (deps: () => Partial<Deps>) => (event: Event) =>
    run(event, deps() as DepsFor<W["needs"][number]>);
  return Object.assign(bind(awsDeps), { with: (deps: Partial<Deps>) => bind(() => deps) });
}
