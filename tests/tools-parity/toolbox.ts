/** What a command line came to. */
export interface Ran {
  readonly code: number
  readonly output: string
  readonly errors: string
}

/** Tools by Kafka's names, Kafka's or ours. */
export interface Toolbox {
  readonly name: string
  run(tool: string, args: readonly string[], input: string): Promise<Ran>
  close(): void
}
