import type { Logger } from '@samsa/base'

/** Calls a hook of the application's; one that throws is told to the log, and gives undefined. */
export function guarded<T>(logger: Logger, hook: () => T): T | undefined {
  try {
    return hook()
  } catch (error) {
    logger.warn('a telemetry hook failed', { error: String(error) })
    return undefined
  }
}
