/**
 * Ends the process with an exit code once what was written is out; something left open by a failure does not keep it.
 */
export function endProcess(code: number): void {
  process.exitCode = code
  setTimeout(() => process.exit(code), 1000).unref()
}
