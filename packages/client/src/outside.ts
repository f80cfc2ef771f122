import type { Logger, Network, World } from '@samsa/base'
import type { Authentication } from './connection/authentication.ts'
import type { Telemetry } from './telemetry/telemetry.ts'

/** What a client needs that is not text: the common part of the second argument of Producer, Consumer and Admin. */
export interface Outside {
  /** Clock, chance, files and network. Default: the operating system. */
  readonly world?: World
  /** Replaces the world's network: an embedded broker's, for instance, which needs no socket. */
  readonly network?: Network
  /** Where the client tells people what happens. Default: warnings and errors on the standard error output. */
  readonly logger?: Logger
  /** Where metrics and spans go. Default: nowhere but `client.metrics()`. */
  readonly telemetry?: Telemetry
  /** Callbacks that provide credentials, for what `sasl.*` keys cannot say. */
  readonly authentication?: Authentication
}
