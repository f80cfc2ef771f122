import { nearestName } from '@samsa/base'
import type { SamsaOptions, TopicToStart } from './options.ts'

interface Check {
  accepts(value: unknown): boolean
  /** What is accepted, continuing "… is to be". */
  readonly allowed: string
}

const levels = ['silent', 'error', 'warn', 'info', 'debug']
const clocks = ['real', 'manual']

const checks: { readonly [Key in keyof Required<SamsaOptions>]: Check } = {
  topics: { accepts: Array.isArray, allowed: 'a list of names, or of { name, partitions, configs }' },
  config: { accepts: isObject, allowed: "an object of Kafka's keys" },
  sockets: {
    accepts: value => typeof value === 'boolean' || isWholeNumber(value, 0, 65_535),
    allowed: 'true, false, or a port',
  },
  storage: {
    accepts: value => typeof value === 'string' && value !== '',
    allowed: "'memory', 'temporary', or a directory",
  },
  clock: { accepts: value => clocks.includes(value as string), allowed: "'real' or 'manual'" },
  world: { accepts: isObject, allowed: 'a world, such as simulatedWorld(seed)' },
  log: {
    accepts: value => isObject(value) || levels.includes(value as string),
    allowed: `one of ${levels.map(level => `'${level}'`).join(', ')}, or a logger`,
  },
}

const topicKeys: { readonly [Key in keyof Required<TopicToStart>]: true } = {
  name: true,
  partitions: true,
  configs: true,
}

/** Throws `TypeError` for what is misspelt or not of its type: programs in JavaScript have no compiler to say so. */
export function checkOptions(options: SamsaOptions): void {
  checkNames('startSamsa', options, Object.keys(checks))
  for (const [name, { accepts, allowed }] of Object.entries(checks)) {
    const value = options[name as keyof SamsaOptions]
    if (value !== undefined && !accepts(value))
      throw new TypeError(`startSamsa: '${name}' is to be ${allowed}.`)
  }
  for (const topic of options.topics ?? []) {
    if (typeof topic !== 'string') checkNames('A topic of startSamsa', topic, Object.keys(topicKeys))
  }
}

/** Throws `TypeError` for the first property that `whose` does not have. */
export function checkNames(whose: string, given: object, names: readonly string[]): void {
  const unknown = Object.keys(given).find(name => !names.includes(name))
  if (unknown === undefined) return
  const nearest = nearestName(unknown, names)
  const hint = nearest === undefined ? `It has ${names.join(', ')}.` : `Did you mean '${nearest}'?`
  throw new TypeError(`${whose} has no option '${unknown}'. ${hint}`)
}

/** Whether a value is a whole number within bounds, both included. */
export function isWholeNumber(value: unknown, min: number, max: number): boolean {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
