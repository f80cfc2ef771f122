import { type LogFields, type Logger, createLogger } from '@samsa/base'

/** After so long the same may be said again. */
const QUIET_MS = 60_000

const STILL_TRYING = 'Still the same, and still trying: Ctrl-C gives up.'

/**
 * What clients have to say to who waits for a command: from warnings up, and each sentence once a minute. While no broker can
 * be reached, a client says so at every attempt: the second time it only says that it goes on.
 *
 * @param now milliseconds of any clock
 */
export function patientLogger(write: (line: string) => void, now: () => number = Date.now): Logger {
  const saidMs = new Map<string, number>()
  const logger = createLogger({ level: 'warn', write })
  const isNews = (message: string) => {
    const atMs = now()
    if (atMs - (saidMs.get(message) ?? Number.NEGATIVE_INFINITY) < QUIET_MS) return false
    saidMs.set(message, atMs)
    return true
  }
  return onlyNews(logger, message => {
    if (isNews(message)) return true
    if (isNews(STILL_TRYING)) logger.warn(STILL_TRYING)
    return false
  })
}

function onlyNews(logger: Logger, isNews: (message: string) => boolean): Logger {
  const at = (level: 'warn' | 'error') => (message: string, fields?: LogFields) => {
    if (isNews(message)) logger[level](message, fields)
  }
  return {
    debug() {},
    info() {},
    warn: at('warn'),
    error: at('error'),
    child: fields => onlyNews(logger.child(fields), isNews),
  }
}
