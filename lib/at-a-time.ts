/**
 * Does something with each item, with so many of them at a time. One that fails does not keep the others from being
 * done; the first failure is thrown when all are.
 */
export async function forEachAtATime<Item>(
  items: Iterable<Item>,
  most: number,
  task: (item: Item) => Promise<unknown>,
): Promise<void> {
  const left = items[Symbol.iterator]();
  const failures: unknown[] = [];
  const work = async () => {
    for (let next = left.next(); !next.done; next = left.next()) {
      await task(next.value).catch((error) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: most }, work));
  if (failures.length > 0) throw failures[0];
}
