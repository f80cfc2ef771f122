import { type Io, command, exitCodes } from '../command/command.ts'
import { flag, integer } from '../command/options.ts'
import { clientEntries } from '../connect.ts'
import type { ClusterFacts } from '../doctor/cluster-facts.ts'
import { type Finding, levels } from '../doctor/finding.ts'
import { accessOptions } from '../records/access-options.ts'
import { connectionOf } from '../tools/connection-options.ts'

/** `samsa doctor`: looks a cluster over, and says what to see to. */
export const doctorCommand = command({
  name: 'doctor',
  about: 'Look a cluster over: what is broken, what may break, and what to do about it.',
  options: {
    ...accessOptions,
    'max-lag': integer({
      argument: 'records',
      about: 'How far a group with members may be behind (default: 10000).',
      default: 10_000,
      min: 0,
    }),
    json: flag({ about: 'One JSON object a line for each finding.' }),
  },
  examples: [
    ['samsa doctor', 'The cluster at 127.0.0.1:9092.'],
    ['samsa doctor --bootstrap-server kafka-1:9092 --json', 'For programs.'],
  ],
  async run(given, io) {
    const { findings, facts } = await findingsOf(given, io)
    for (const finding of findings) io.print(given.json ? `${JSON.stringify(finding)}\n` : textOf(finding))
    if (!given.json) io.print(summaryOf(findings, facts))
    return findings.some(({ level }) => level === 'problem') ? exitCodes.failed : exitCodes.ok
  },
})

interface Given {
  readonly 'bootstrap-server': string | undefined
  readonly 'command-config': string | undefined
  readonly 'max-lag': number
}

async function findingsOf(
  given: Given,
  io: Io,
): Promise<{ findings: Finding[]; facts: ClusterFacts | undefined }> {
  const entries = clientEntries(connectionOf(given), io)
  const bootstrapServers = entries['bootstrap.servers']!
  const { Admin, KafkaError } = await import('@samsa/client')
  const { silentLogger } = await import('@samsa/base')
  const { diagnose } = await import('../doctor/diagnose.ts')
  const { examine } = await import('../doctor/examine.ts')
  // A broker that is away should not be waited for as long as an application would; and it is told of once, as a finding.
  await using admin = new Admin(
    { 'default.api.timeout.ms': '10000', 'request.timeout.ms': '5000', ...entries },
    { ...io.outside, logger: silentLogger },
  )
  try {
    const facts = await examine(admin, bootstrapServers)
    return { findings: diagnose(facts, given['max-lag']), facts }
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error
    return { findings: [unreachable(bootstrapServers, error.message)], facts: undefined }
  }
}

function unreachable(bootstrapServers: string, message: string): Finding {
  return {
    level: 'problem',
    check: 'reach',
    what: `No broker answers at ${bootstrapServers}: ${message}`,
    items: [],
    toDo: 'Start one (samsa start), or name another with --bootstrap-server; TLS and logins are set in --command-config.',
  }
}

const SHOWN = 5

function textOf({ level, what, items, toDo }: Finding): string {
  const more = items.length > SHOWN ? ` and ${items.length - SHOWN} more` : ''
  const about = items.length === 0 ? '' : `  ${items.slice(0, SHOWN).join(', ')}${more}\n`
  return `${level}: ${what}\n${about}  → ${toDo}\n\n`
}

function summaryOf(findings: readonly Finding[], facts: ClusterFacts | undefined): string {
  const counts = levels.map(level => counted(findings.filter(one => one.level === level).length, level))
  if (facts === undefined) return `${counts.join(', ')}.\n`
  const { brokers, topics, groups } = facts
  const looked = [
    counted(brokers.length, 'broker'),
    counted(topics.length, 'topic'),
    counted(groups.length, 'group'),
  ]
  return `${counts.join(', ')}; looked at ${looked.join(', ')}.\n`
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
