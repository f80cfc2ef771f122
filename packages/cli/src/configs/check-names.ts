import { FailedError } from '../command/command.ts'
import { ToolUsageError } from '../command/kafka-tool.ts'
import type { Entities } from './entity.ts'

/** Throws `ToolUsageError` when a broker's name is not a number, or an address is none and no host either. */
export async function checkNames({ types, names }: Entities): Promise<void> {
  const named = names.filter(name => name !== '')
  if (types.includes('brokers') || types.includes('broker-loggers')) {
    for (const name of named) if (!isInteger(name)) throw new ToolUsageError(brokerText(types[0]!, name))
  }
  if (!types.includes('ips')) return
  for (const name of named) {
    if (await isAddress(name)) continue
    throw new ToolUsageError(
      `The entity name for ${types[0]} must be a valid IP or resolvable host, but it is: ${name}`,
    )
  }
}

function isInteger(text: string): boolean {
  return /^[+-]?\d{1,10}$/.test(text) && Math.abs(Number(text)) < 2 ** 31
}

function brokerText(type: string, name: string): string {
  return `The entity name for ${type} must be a valid integer broker id, but it is: ${name}`
}

async function isAddress(name: string): Promise<boolean> {
  const { isIP } = await import('node:net')
  if (isIP(name) !== 0) return true
  const { lookup } = await import('node:dns/promises')
  return lookup(name).then(
    () => true,
    () => false,
  )
}

/** Throws `FailedError` when a topic cannot have this name, in the words of Kafka's broker. */
export function checkTopicName(name: string): void {
  const what = topicNameProblem(name)
  if (what !== undefined) throw new FailedError(`Topic name is invalid: ${what}`)
}

function topicNameProblem(name: string): string | undefined {
  if (name === '.' || name === '..') return `'${name}' is not allowed`
  if (name.length > 249) return `the length of '${name}' is longer than the max allowed length 249`
  if (/^[\w.-]*$/.test(name)) return undefined
  return `'${name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'`
}
