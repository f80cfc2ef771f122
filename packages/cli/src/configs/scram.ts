import type { Admin, ScramAlteration, ScramMechanism } from '@samsa/client'
import { ToolUsageError } from '../command/kafka-tool.ts'
import type { Changes } from './config-changes.ts'

const mechanisms: readonly ScramMechanism[] = ['SCRAM-SHA-256', 'SCRAM-SHA-512']
const DEFAULT_ITERATIONS = 4096
/** Of both mechanisms. */
const MIN_ITERATIONS = 4096

export function isScram(key: string): boolean {
  return (mechanisms as readonly string[]).includes(key)
}

/** Sets and deletes credentials of a user: values are `password=…` or `iterations=8192,password=…`. */
export async function alterScram(admin: Admin, user: string, { set, remove }: Changes): Promise<void> {
  const alterations: ScramAlteration[] = [
    ...remove.map(mechanism => ({ user, mechanism: mechanism as ScramMechanism, delete: true as const })),
    ...Object.entries(set).map(([mechanism, text]) => ({
      user,
      mechanism: mechanism as ScramMechanism,
      ...credentialOf(mechanism, text),
    })),
  ]
  await admin.alterUserScramCredentials(alterations)
}

function credentialOf(mechanism: string, text: string): { iterations: number; password: string } {
  const match = /^(?:iterations=(-?[0-9]*),)?password=(.*)$/s.exec(text)
  if (match === null)
    throw new ToolUsageError(`Invalid credential property ${mechanism}: password=… is missing`)
  const [, given, password] = match
  const iterations = given === undefined || given === '-1' ? DEFAULT_ITERATIONS : Number(given)
  if (iterations < MIN_ITERATIONS) {
    throw new ToolUsageError(
      `Iterations ${iterations} is less than the minimum ${MIN_ITERATIONS} required for ${mechanism}`,
    )
  }
  return { iterations, password: password! }
}

/** What is said of users' credentials, a line each; of all users that have some when none are named. */
export async function scramLines(admin: Admin, users: readonly string[]): Promise<string[]> {
  const results = await admin.describeUserScramCredentials(users.length === 0 ? undefined : users).results()
  return [...results].flatMap(({ item: user, value, error }) => {
    if (error?.code === 'RESOURCE_NOT_FOUND') return []
    if (error !== undefined)
      return [`Error retrieving SCRAM credential configs for user-principal '${user}': ${error.message}`]
    const texts = value.map(({ mechanism, iterations }) => `${mechanism}=iterations=${iterations}`)
    return [`SCRAM credential configs for user-principal '${user}' are ${texts.join(', ')}`]
  })
}
