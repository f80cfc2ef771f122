import type { StartParts } from '../start/run-start.ts'
import type { Processes } from './processes.ts'

/** What the server tools are composed of; tests put in their own. */
export interface ServerParts extends StartParts {
  readonly processes: Processes
}
