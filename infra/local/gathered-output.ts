/** How long lines gather, in milliseconds. */
const gatherMilliseconds = 10;

/**
 * Hands on lines that come close together in one piece, because a write to a pipe or a file takes longer than all else
 * that a log line costs. What has gathered when the process exits is handed on then.
 */
export function gathered(write: (text: string) => void): (line: string) => void {
  let lines: string[] = [];
  const flush = () => {
    const text = lines.join("");
    lines = [];
    if (text !== "") write(text);
  };
  process.on("exit", flush);
  return (line) => {
    if (lines.push(line) === 1) setTimeout(flush, gatherMilliseconds).unref();
  };
}
