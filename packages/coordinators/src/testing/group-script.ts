import { decodeUtf8 } from '@samsa/base'
import type { GroupEvent, GroupLimits, Ticket } from '../index.ts'
import { fetchAllOffsets } from '../index.ts'
import { type Answered, GroupModel, type JoinOptions } from './group-model.ts'

interface Pending {
  readonly alias: string
  readonly command: 'join' | 'sync'
}

/**
 * Runs scenario commands and tells what happened, line by line.
 *
 * Members go by the name the script gives them; the ids the coordinator gave them are remembered.
 *
 *   join a [session=10s] [rebalance=60s] [protocols=range,sticky] [topics=t] [instance=i] [v=9] [forgetful] [reason=…]
 *   enter a …          joins twice, as clients must from v4 on
 *   sync a [a=one b=two]     heartbeat a     leave a     remove instance=i
 *   commit [a] t-0=5 [retention=1h] [generation=1]     offsets     delete     expire
 *   limit size=2 retention=7d delay=0ms     advance 3s     restart     refuse on|off
 */
export class GroupScript {
  readonly #model: GroupModel
  readonly #ids = new Map<string, string>()
  readonly #instances = new Map<string, string>()
  readonly #generations = new Map<string, number>()
  readonly #pending = new Map<Ticket, Pending>()
  #trace: string[] = []
  #lastSummary = ''

  constructor() {
    this.#model = new GroupModel({
      happened: event => this.#happened(event),
      answered: (ticket, response) => this.#answered(ticket, response),
    })
  }

  /** Runs commands separated by newlines or semicolons; returns the trace. */
  run(commands: string): string {
    this.#trace = []
    const lines = commands.split('\n').filter(line => !line.startsWith('#'))
    for (const command of lines.join(';').split(';')) {
      const [name, ...words] = command.trim().split(/\s+/)
      if (name) this.#command(name, words)
    }
    const summary = this.#summary()
    if (summary !== this.#lastSummary) this.#say(summary)
    this.#lastSummary = summary
    return this.#trace.length === 0 ? '(nothing)' : this.#trace.join('\n')
  }

  #command(name: string, words: string[]): void {
    const run = this.#commands[name]
    if (run === undefined) throw new Error(`unknown command ${name}`)
    run(words[0] ?? '', optionsOf(words))
  }

  readonly #commands: Record<string, (subject: string, options: Map<string, string>) => void> = {
    join: (alias, options) => this.#join(alias, options),
    enter: (alias, options) => {
      this.#join(alias, options)
      // Static members are not asked to come back.
      if (!options.has('instance')) this.#join(alias, options)
    },
    sync: (alias, options) => this.#sync(alias, options),
    heartbeat: (alias, options) => {
      const generation = Number(options.get('generation') ?? this.#generations.get(alias) ?? -1)
      const { errorCode } = this.#model.heartbeat(
        this.#id(alias),
        generation,
        this.#instances.get(alias) ?? null,
      )
      this.#say(`${alias} heartbeat: ${errorCode}`)
    },
    leave: alias => {
      const response = this.#model.leave(this.#id(alias), this.#instances.get(alias) ?? null)
      this.#say(`${alias} leave: ${response?.members?.[0]?.errorCode}`)
    },
    remove: (_subject, options) => {
      const instance = options.get('instance')!
      this.#say(`remove ${instance}: ${this.#model.leave('', instance)?.members?.[0]?.errorCode}`)
    },
    commit: (subject, options) => this.#commit(subject, options),
    offsets: () => this.#offsets(),
    delete: () => this.#say(`delete: ${this.#model.delete()}`),
    expire: () => this.#model.expireOffsets(),
    limit: (_subject, options) => {
      const size = options.get('size')
      const retention = options.get('retention')
      const delay = options.get('delay')
      if (size !== undefined) this.#limit({ groupSizeMax: Number(size) })
      if (retention !== undefined) this.#limit({ offsetsRetentionMs: millisecondsOf(retention) })
      if (delay !== undefined) this.#limit({ initialRebalanceDelayMs: millisecondsOf(delay) })
    },
    advance: duration => this.#model.advance(millisecondsOf(duration)),
    restart: () => {
      this.#pending.clear()
      this.#model.restart()
    },
    refuse: subject => {
      this.#model.isRefusing = subject === 'on'
    },
  }

  #limit(change: Partial<GroupLimits>): void {
    this.#model.limits = { ...this.#model.limits, ...change }
  }

  #join(alias: string, options: Map<string, string>): void {
    const instance = options.get('instance')
    if (instance !== undefined) this.#instances.set(alias, instance)
    if (options.has('forgetful')) this.#ids.delete(alias)
    const join: JoinOptions = {
      clientId: alias,
      memberId: this.#ids.get(alias) ?? '',
      instanceId: this.#instances.get(alias) ?? null,
      version: Number(options.get('v') ?? 9),
      sessionTimeoutMs: millisecondsOf(options.get('session') ?? '10s'),
      rebalanceTimeoutMs: millisecondsOf(options.get('rebalance') ?? '60s'),
      protocols: options.get('protocols')?.split(',') ?? ['range'],
      topics: options.get('topics')?.split(',') ?? ['t'],
      protocolType: options.get('type') ?? 'consumer',
    }
    this.#expect(alias, 'join', () => this.#model.join(join))
  }

  #sync(alias: string, options: Map<string, string>): void {
    const assignments = Object.fromEntries([...options].map(([name, text]) => [this.#id(name), text]))
    const generation = this.#generations.get(alias) ?? -1
    const instanceId = this.#instances.get(alias) ?? null
    this.#expect(alias, 'sync', () =>
      this.#model.sync({ memberId: this.#id(alias), generation, instanceId, assignments }),
    )
  }

  // The answer may come before the ticket is known here.
  #expect(alias: string, command: Pending['command'], send: () => Ticket): void {
    this.#next = { alias, command }
    const ticket = send()
    this.#next = undefined
    if (this.#model.waiting.has(ticket)) this.#pending.set(ticket, { alias, command })
    else if (!this.#model.answers.has(ticket)) this.#say(`${alias} ${command}: refused`)
  }
  #next: Pending | undefined

  #answered(ticket: Ticket, response: Answered): void {
    const pending = this.#pending.get(ticket) ?? this.#next
    this.#pending.delete(ticket)
    if (pending === undefined) throw new Error('an answer to nobody')
    const { alias, command } = pending
    if ('assignment' in response) {
      const what = response.errorCode === 'NONE' ? `'${decodeUtf8(response.assignment)}'` : response.errorCode
      this.#say(`${alias} sync: ${what}`)
      return
    }
    if (response.memberId !== '') this.#ids.set(alias, response.memberId)
    if (response.errorCode !== 'NONE') {
      this.#say(`${alias} ${command}: ${response.errorCode}`)
      return
    }
    this.#generations.set(alias, response.generationId ?? -1)
    const members = response.members.map(member => this.#name(member.memberId)).join(',')
    const part = response.members.length > 0 ? `, assigns ${members}` : ''
    const skip = response.skipAssignment ? ', skips assignment' : ''
    this.#say(
      `${alias} joined generation ${response.generationId} (${response.protocolName}), leader ${this.#name(response.leader)}${part}${skip}`,
    )
  }

  #commit(subject: string, options: Map<string, string>): void {
    const isMember = !subject.includes('=')
    const known = isMember ? this.#generations.get(subject) : undefined
    const [where, offset] = [...options].find(([name]) => /-\d+$/.test(name))!
    const at = where.lastIndexOf('-')
    const retention = options.get('retention')
    const response = this.#model.commit({
      topic: where.slice(0, at),
      partition: Number(where.slice(at + 1)),
      offset: Number(offset),
      memberId: isMember ? this.#id(subject) : '',
      generation: Number(options.get('generation') ?? known ?? -1),
      ...(retention === undefined ? {} : { retentionMs: millisecondsOf(retention) }),
    })
    const outcome = response?.topics[0]!.partitions[0]!.errorCode ?? 'refused'
    this.#say(`${isMember ? subject : 'anyone'} commit: ${outcome}`)
  }

  #offsets(): void {
    const topics = fetchAllOffsets(this.#model.group, false)
    const offsets = topics.flatMap(topic =>
      topic.partitions.map(
        partition => `${topic.name}-${partition.partitionIndex}=${partition.committedOffset}`,
      ),
    )
    this.#say(`offsets ${offsets.sort().join(' ') || 'none'}`)
  }

  #happened(event: GroupEvent): void {
    switch (event.type) {
      case 'memberRemoved':
        this.#say(`out: ${this.#named(event.reason)}`)
        break
      case 'rebalanceStarted':
        this.#say(`rebalance: ${this.#named(event.reason)}`)
        break
      case 'groupRecorded':
        this.#say(`record generation ${event.generation} of ${event.members.length}`)
        break
      case 'groupDeleted':
        this.#say('record tombstone')
        break
      case 'offsetRemoved':
        this.#say(`record tombstone of ${event.topic}-${event.partition}`)
        break
      default:
    }
  }

  #summary(): string {
    const { group } = this.#model
    if (group === undefined) return 'group Dead'
    const members = Array.from(group.members.keys(), id => this.#name(id)).join(',')
    return `group ${group.state} generation=${group.generation} members=${members || 'none'}`
  }

  #say(line: string): void {
    this.#trace.push(line)
  }

  #id(alias: string): string {
    return this.#ids.get(alias) ?? alias
  }

  #name(memberId: string): string {
    for (const [alias, id] of this.#ids) if (id === memberId) return alias
    return memberId
  }

  // Ids in reasons become names.
  #named(text: string): string {
    return [...this.#ids].reduce((named, [alias, id]) => named.replaceAll(id, alias), text)
  }
}

function optionsOf(words: readonly string[]): Map<string, string> {
  return new Map(
    words
      .filter(word => word.includes('=') || word === 'forgetful')
      .map(word => [word.split('=')[0]!, word.slice(word.indexOf('=') + 1)]),
  )
}

const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

function millisecondsOf(duration: string): number {
  const [, count, unit] = /^(\d+)([a-z]+)$/.exec(duration) ?? []
  const factor = units[unit ?? '']
  if (factor === undefined) throw new Error(`${duration} is no duration`)
  return Number(count) * factor
}
