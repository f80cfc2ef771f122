import type { Shell } from './shell.ts'

/** One tutorial: its command lines in their order, and of what it shows what matters. */
export interface Walk {
  /** Its number, then what it is about. */
  readonly name: string
  /** Who wrote it, and where. */
  readonly source: string
  /** The broker.id of config/server.properties, when it is another than Kafka's 0. */
  readonly brokerId?: number
  steps(shell: Shell): Promise<void>
}
