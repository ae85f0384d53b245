import { resolve } from "node:path";
import { Level } from "level";

/** A folder of data that cannot be opened; the message says why. */
export class DataUnavailable extends Error {
  /** Whether that is because another process has it open. */
  readonly inUse: boolean;

  constructor(folder: string, cause: NodeJS.ErrnoException) {
    const inUse = cause.code === "LEVEL_LOCKED";
    super(
      `${resolve(folder)} ${inUse ? "is in use by another process" : `cannot be opened: ${cause.message}`}`,
    );
    this.name = "DataUnavailable";
    this.inUse = inUse;
  }
}

/**
 * Opens the LevelDB of a folder, for this process alone; makes it, if it is missing. Single values are read at once:
 * to hand a read of some microseconds to another thread and back takes several times as long.
 */
export async function openLevel(folder: string): Promise<Level> {
  const level = new Level(folder);
  level.get = (async (key: string, options = {}) => level.getSync(key, options)) as typeof level.get;
  try {
    await level.open();
    return level;
  } catch (error) {
    throw new DataUnavailable(folder, (error as Error).cause as NodeJS.ErrnoException);
  }
}
