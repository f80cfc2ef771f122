import { join } from 'node:path'
import { type Client, type MissingClient, programOf } from '../interop/client.ts'
import { type GroupClient, groupLife, mixedLife } from '../interop/group-scenario.ts'
import { installClients } from '../interop/install.ts'
import type { Case } from './case.ts'

const program = join(import.meta.dirname, 'own-client.js')
const samsa = programOf('samsa', process.execPath, [program]) as GroupClient

/** Who has an assignor of that name, beside Samsa's client. */
const sharers: Readonly<Record<string, readonly string[]>> = {
  range: ['java', 'confluent-kafka', 'kafkajs'],
  roundrobin: ['java', 'confluent-kafka', 'kafkajs'],
  sticky: ['java'],
  'cooperative-sticky': ['java', 'confluent-kafka'],
  // The only one that kafkajs brings along.
  RoundRobinAssigner: ['kafkajs'],
}

let installed: (Client | MissingClient)[] | undefined

function othersWith(assignor: string): { here: GroupClient[]; missing: string | undefined } {
  const names = sharers[assignor]!
  installed ??= installClients(name => Object.values(sharers).some(some => some.includes(name)))
  const found = installed.filter(({ name }) => names.includes(name))
  const here = found.filter(client => 'member' in client) as GroupClient[]
  const missing = found.flatMap(client => ('missing' in client ? [`${client.name}: ${client.missing}`] : []))
  return { here, missing: missing.length === 0 ? undefined : missing.join('; ') }
}

/** Groups whose members are different programs. */
export const mixedCases: readonly Case[] = [
  {
    name: "mixed group: Samsa's members alone, as programs, share, join, leave, die and resume",
    run: ({ bootstrap }) => groupLife(samsa, bootstrap),
  },
  ...Object.keys(sharers).map((assignor): Case => {
    const names = sharers[assignor]!.join(', ')
    return {
      name: `mixed group: ${names} and Samsa's members share by ${assignor}`,
      skip: () => othersWith(assignor).missing,
      run: ({ bootstrap }) => mixedLife([samsa, ...othersWith(assignor).here], bootstrap, assignor),
    }
  }),
]
