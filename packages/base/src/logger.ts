import { lazyModule } from './load-module.ts'

/** Where a component tells people what happens. Messages are sentences, details go into `fields`. */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** A logger that adds `fields` to every line. */
  child(fields: LogFields): Logger
}

export type LogFields = Record<string, unknown>
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export interface LoggerOptions {
  /** The least severe level that is written; 'silent' writes nothing. Default 'info'. */
  level?: LogLevel | 'silent'
  /** 'pretty' for people (default), 'json' for machines: one object a line. */
  format?: 'pretty' | 'json'
  /** Where lines go, each ending with a newline. Default: the standard output. */
  write?: (line: string) => void
  /** Colours for the pretty format. Default: when the standard output is a terminal. */
  colours?: boolean
  /** Wall-clock time in milliseconds, for the time stamps. Default: the real clock. */
  now?: () => number
}

const severities = { debug: 20, info: 30, warn: 40, error: 50, silent: 100 } as const

/** Makes a logger. The library behind the JSON format is loaded only when that format is asked for. */
export function createLogger(options: LoggerOptions = {}): Logger {
  const threshold = severities[options.level ?? 'info']
  if (threshold === severities.silent) return silentLogger
  const sink = options.format === 'json' ? jsonSink(options) : prettySink(options)
  return loggerOn(sink, threshold, {})
}

/** Says nothing. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
}

type Sink = (level: LogLevel, message: string, fields: LogFields) => void

function loggerOn(sink: Sink, threshold: number, bound: LogFields): Logger {
  const at = (level: LogLevel) => {
    if (severities[level] < threshold) return () => {}
    return (message: string, fields?: LogFields) =>
      sink(level, message, fields === undefined ? bound : { ...bound, ...fields })
  }
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: fields => loggerOn(sink, threshold, { ...bound, ...fields }),
  }
}

// Loading it takes 50 ms, which the start of a node in the pretty format need not pay.
const pinoLibrary = lazyModule<typeof import('pino')>('pino')

function jsonSink(options: LoggerOptions): Sink {
  const { pino } = pinoLibrary()
  const now = options.now ?? Date.now
  const settings = {
    level: 'debug',
    base: undefined,
    messageKey: 'message',
    timestamp: () => `,"time":"${new Date(now()).toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { error: pino.stdSerializers.err },
  }
  const logger = pino(settings, { write: options.write ?? writeToStandardOutput })
  return (level, message, fields) => logger[level](fields, message)
}

function prettySink(options: LoggerOptions): Sink {
  const write = options.write ?? writeToStandardOutput
  const colours = options.colours ?? (options.write === undefined && process.stdout.isTTY === true)
  const now = options.now ?? Date.now
  return (level, message, fields) => write(prettyLine(now(), level, message, fields, colours))
}

function writeToStandardOutput(line: string): void {
  process.stdout.write(line)
}

const levelColours = { debug: '\u001b[90m', info: '\u001b[32m', warn: '\u001b[33m', error: '\u001b[31m' }
const dim = '\u001b[2m'
const plain = '\u001b[0m'

function prettyLine(
  timeMs: number,
  level: LogLevel,
  message: string,
  fields: LogFields,
  colours: boolean,
): string {
  const time = localTime(timeMs)
  const label = level.toUpperCase().padEnd(5)
  const details = prettyFields(fields)
  const traces = stackTraces(level, fields)
  if (!colours) return `${time} ${label} ${message}${details}\n${traces}`
  return `${dim}${time}${plain} ${levelColours[level]}${label}${plain} ${message}${dim}${details}${plain}\n${traces}`
}

function localTime(timeMs: number): string {
  const date = new Date(timeMs)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  const milliseconds = String(date.getMilliseconds()).padStart(3, '0')
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${milliseconds}`
}

function prettyFields(fields: LogFields): string {
  let text = ''
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) text += `  ${name}=${prettyValue(value)}`
  }
  return text
}

function prettyValue(value: unknown): string {
  if (typeof value === 'string') return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value)
  if (value instanceof Error) return JSON.stringify(value.message)
  if (typeof value === 'bigint' || typeof value !== 'object' || value === null) return String(value)
  try {
    return (
      JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? String(inner) : inner)) ?? 'undefined'
    )
  } catch {
    return '[circular]'
  }
}

/** Errors logged at level error are unexpected: their stack says where they came from. */
function stackTraces(level: LogLevel, fields: LogFields): string {
  if (level !== 'error') return ''
  let text = ''
  for (const value of Object.values(fields)) {
    if (value instanceof Error && value.stack !== undefined) text += `${value.stack.replace(/^/gm, '    ')}\n`
  }
  return text
}
