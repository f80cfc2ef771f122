import type { Logger, World } from '@samsa/base'
import type { LiveConfig } from './config/live-config.ts'
import type { FetchMemory } from './fetch/fetch-memory.ts'
import type { FetchSessions } from './fetch/fetch-sessions.ts'
import type { GroupCoordinator } from './groups/group-coordinator.ts'
import type { Listeners } from './listeners.ts'
import type { Metadata } from './metadata/metadata.ts'
import type { Partitions } from './partitions/partitions.ts'

/** The parts of a running broker that handlers work with. Each is built and closed by `startBroker`. */
export interface Services {
  readonly world: World
  readonly logger: Logger
  /** The broker's configuration, dynamic changes included. */
  readonly config: LiveConfig
  readonly listeners: Listeners
  readonly metadata: Metadata
  /** The partitions this broker hosts. */
  readonly partitions: Partitions
  readonly groups: GroupCoordinator
  readonly fetchSessions: FetchSessions
  readonly fetchMemory: FetchMemory
}
