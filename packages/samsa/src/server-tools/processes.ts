/** What the server tools may do with other processes. */
export interface Processes {
  /** The processes of this machine that this user can see, without the calling one. */
  list(): RunningProcess[]
  /** Sends a signal; says whether the process was there and may be ended by this user. */
  signal(pid: number, signal: string): 'sent' | 'gone' | 'not-allowed'
  /** Waits until a process has ended; false when it runs on after the time. */
  ended(pid: number, timeoutMs: number): Promise<boolean>
  /**
   * Starts this same program with other words in the background, its output appended to a file. Resolves when the new
   * process has called `tellStarter`, or has ended before.
   */
  startInBackground(words: readonly string[], outputFile: string): Promise<BackgroundStart>
  /** Tells the process that started this one in the background, if one did, that it can go on. */
  tellStarter(): void
}

export interface RunningProcess {
  readonly pid: number
  /** Its command line. */
  readonly words: readonly string[]
  /** Where it was started, when the system tells. */
  readonly directory: string | undefined
}

export interface BackgroundStart {
  readonly pid: number
  /** The exit code, when the process ended before it was ready. */
  readonly exitCode: number | undefined
  /** What it printed so far. */
  readonly printed: string
}
