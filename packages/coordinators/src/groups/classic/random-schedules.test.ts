import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Answered, GROUP_ID, GroupModel, replay } from '../../testing/group-model.ts'
import type { Group } from './group.ts'

/** What one process that belongs to the group may do; it learns from its answers as a client does. */
type Action =
  | {
      do: 'join'
      who: number
      forgetful: boolean
      topics: readonly string[]
      protocols: readonly string[]
      version: number
    }
  | { do: 'sync'; who: number; covers: number }
  | { do: 'heartbeat' | 'leave'; who: number }
  | { do: 'commit'; who: number; partition: number; offset: number; isMember: boolean }
  | { do: 'advance'; ms: number }
  | { do: 'expireOffsets' | 'restart' | 'delete' }
  | { do: 'refuse'; on: boolean }
  | { do: 'limit'; size: number }
  | { do: 'gather'; syncs: boolean }

const who = fc.nat({ max: 4 })
const protocols: fc.Arbitrary<readonly string[]> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(['range', 'sticky']) },
  { weight: 1, arbitrary: fc.constantFrom(['range'], ['sticky', 'range'], ['sticky']) },
)

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('join' as const),
      who,
      forgetful: fc.boolean(),
      topics: fc.constantFrom<readonly string[]>(['t'], ['t'], ['u']),
      protocols,
      version: fc.constantFrom(0, 3, 4, 9),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('sync' as const), who, covers: fc.nat({ max: 5 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('heartbeat' as const, 'leave' as const), who }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('commit' as const),
      who,
      partition: fc.nat({ max: 2 }),
      offset: fc.nat({ max: 100 }),
      isMember: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('advance' as const),
      ms: fc.constantFrom(100, 3_000, 5_000, 11_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('expireOffsets' as const, 'restart' as const, 'delete' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('refuse' as const), on: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('limit' as const), size: fc.constantFrom(1, 2, 100) }),
  },
)

/** Processes 0 and 1 are static members. */
class Schedule {
  readonly model: GroupModel
  readonly #members = Array.from({ length: 5 }, () => ({ id: '', generation: -1 }))
  readonly #owners = new Map<number, number>()
  readonly #leaders = new Map<string, string>()
  #era = 0
  #lastGeneration = 0

  constructor() {
    this.model = new GroupModel({ answered: (ticket, response) => this.#learn(ticket, response) })
  }

  run(action: Action): void {
    const { model } = this
    if (action.do === 'join') this.#join(action)
    else if (action.do === 'sync') this.#sync(action.who, action.covers)
    else if (action.do === 'heartbeat') this.#heartbeat(action.who)
    else if (action.do === 'leave') model.leave(this.#member(action.who).id, instanceOf(action.who))
    else if (action.do === 'commit') this.#commit(action)
    else if (action.do === 'advance') model.advance(action.ms)
    else if (action.do === 'gather') this.#gather(action.syncs)
    else if (action.do === 'refuse') model.isRefusing = action.on
    else if (action.do === 'limit') model.limits = { ...model.limits, groupSizeMax: action.size }
    else model[action.do]()
    if (action.do === 'restart') this.#startEra()
  }

  check(): void {
    const { group } = this.model
    if (group === undefined) {
      expect(this.model.waiting).toEqual(new Set())
      this.#startEra()
      return
    }
    expect(group.generation, 'generations only grow').toBeGreaterThanOrEqual(this.#lastGeneration)
    this.#lastGeneration = group.generation
    checkStructure(group)
    checkTimers(group, this.model.timers)
    checkTickets(group, this.model.waiting)
    checkReplay(this.model)
  }

  // A new group of the same name, or a restart that forgot an unfinished rebalance, counts its generations anew.
  #startEra(): void {
    this.#era++
    this.#lastGeneration = 0
  }

  #member(who: number) {
    return this.#members[who]!
  }

  #join(action: Extract<Action, { do: 'join' }>): void {
    const member = this.#member(action.who)
    if (action.forgetful) member.id = ''
    const ticket = this.model.join({
      memberId: member.id,
      instanceId: instanceOf(action.who),
      version: action.version,
      protocols: action.protocols,
      topics: action.topics,
      rebalanceTimeoutMs: 8_000,
    })
    this.#own(ticket, action.who)
  }

  #gather(syncs: boolean): void {
    const offer = { topics: ['t'], protocols: ['range', 'sticky'], version: 3 }
    for (const who of this.#members.keys()) this.#join({ do: 'join', who, forgetful: false, ...offer })
    this.model.advance(3_100)
    if (!syncs) return
    for (const who of this.#members.keys()) this.#sync(who, 5)
  }

  #heartbeat(who: number): void {
    const { id, generation } = this.#member(who)
    this.model.heartbeat(id, generation, instanceOf(who))
  }

  #sync(who: number, covers: number): void {
    const member = this.#member(who)
    const ids = [...(this.model.group?.members.keys() ?? [])].slice(0, covers)
    const assignments = Object.fromEntries(ids.map(id => [id, `assignment of ${id}`]))
    const { id: memberId, generation } = member
    this.#own(this.model.sync({ memberId, generation, instanceId: instanceOf(who), assignments }), who)
  }

  #commit({ who, partition, offset, isMember }: Extract<Action, { do: 'commit' }>): void {
    const { id: memberId, generation } = this.#member(who)
    const identity = isMember ? { memberId, generation } : {}
    this.model.commit({ topic: 't', partition, offset, ...identity })
  }

  // An answer given at once came before its owner was known.
  #own(ticket: number, who: number): void {
    this.#owners.set(ticket, who)
    const answer = this.model.answers.get(ticket)
    if (answer !== undefined) this.#remember(who, answer)
  }

  #learn(ticket: number, answer: Answered): void {
    const who = this.#owners.get(ticket)
    if (who !== undefined) this.#remember(who, answer)
    if ('members' in answer && answer.members.length > 0) this.#noteLeader(answer)
  }

  #remember(who: number, answer: Answered): void {
    if (!('members' in answer)) return
    if (answer.memberId !== '') this.#member(who).id = answer.memberId
    if (answer.errorCode === 'NONE') this.#member(who).generation = answer.generationId ?? -1
  }

  #noteLeader(answer: Extract<Answered, { members: unknown }>): void {
    if (answer.skipAssignment) return
    const generation = `${this.#era}/${answer.generationId}`
    expect(this.#leaders.get(generation) ?? answer.memberId, 'one leader a generation').toBe(answer.memberId)
    this.#leaders.set(generation, answer.memberId)
  }
}

function instanceOf(who: number): string | null {
  return who < 2 ? `instance-${who}` : null
}

function checkStructure(group: Group): void {
  const members = [...group.members.values()]
  expect(group.rebalanceDue).toBe(undefined)
  if (members.length === 0) expect(group.leader).toBe(undefined)
  else expect(group.members.has(group.leader!), 'the leader is a member').toBe(true)
  expect(group.awaitingJoins).toBe(members.filter(member => member.joinTicket !== undefined).length)
  expect([...group.staticMembers].sort()).toEqual(
    members
      .filter(member => member.instanceId !== null)
      .map(member => [member.instanceId, member.id])
      .sort(),
  )
  const support = new Map<string, number>()
  for (const { protocols } of members) {
    for (const { name } of protocols) support.set(name, (support.get(name) ?? 0) + 1)
  }
  expect([...group.protocolSupport].sort()).toEqual([...support].sort())
  for (const id of group.pendingSyncs) expect(group.members.has(id)).toBe(true)
  for (const id of group.pendingJoins) expect(group.members.has(id)).toBe(false)
  checkState(group)
}

function checkState(group: Group): void {
  const members = [...group.members.values()]
  if (group.state === 'Empty') expect(members).toEqual([])
  if (group.state === 'Stable' || group.state === 'CompletingRebalance') {
    expect(members.length).toBeGreaterThan(0)
    const common = members.every(({ protocols }) => protocols.some(({ name }) => name === group.protocol))
    expect(common, 'every member offers the chosen protocol').toBe(true)
  }
  if (group.state !== 'PreparingRebalance') {
    expect(members.every(member => member.joinTicket === undefined)).toBe(true)
    expect(group.initialRebalance).toBe(undefined)
  }
  if (group.state !== 'CompletingRebalance') {
    expect(members.every(member => member.syncTicket === undefined)).toBe(true)
  }
}

// Whatever the group waits for, a timer ends the wait.
function checkTimers(group: Group, timers: ReadonlyMap<string, number>): void {
  if (group.state === 'PreparingRebalance') expect([...timers.keys()]).toContain('join')
  if (group.state === 'CompletingRebalance') expect([...timers.keys()]).toContain('sync')
  for (const id of group.pendingJoins) expect([...timers.keys()]).toContain(`session/${id}`)
  for (const member of group.members.values()) {
    const waits = !member.isNew && (member.joinTicket !== undefined || member.syncTicket !== undefined)
    if (!waits) expect([...timers.keys()]).toContain(`session/${member.id}`)
  }
}

function checkTickets(group: Group, waiting: ReadonlySet<number>): void {
  const held = [...group.members.values()].flatMap(member => [member.joinTicket, member.syncTicket])
  expect(
    new Set(held.filter(ticket => ticket !== undefined)),
    'who waits is held, who is held waits',
  ).toEqual(waiting)
}

function checkReplay(model: GroupModel): void {
  const group = model.group!
  const replayed = replay(model.log).byId.get(GROUP_ID)
  expect(replayed?.offsets ?? new Map()).toEqual(group.offsets)
  if (group.isProvisional || group.state === 'PreparingRebalance' || group.state === 'CompletingRebalance')
    return
  expect(durablePart(replayed!)).toEqual(durablePart(group))
}

function durablePart(group: Group) {
  const { state, generation, protocolType, protocol, leader, stateTimestampMs } = group
  const members = Array.from(group.members.values(), member => ({
    id: member.id,
    instanceId: member.instanceId,
    timeouts: [member.rebalanceTimeoutMs, member.sessionTimeoutMs],
    subscription: member.protocols.find(({ name }) => name === protocol)!.metadata,
    assignment: member.assignment,
  }))
  return { state, generation, protocolType, protocol, leader, stateTimestampMs, members: members.sort(byId) }
}

function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : 1
}

describe('in random schedules of members, timers, restarts and refused writes', () => {
  test('every invariant holds after every step, and silence ends every wait and every membership', () => {
    fc.assert(
      fc.property(fc.array(action, { minLength: 20, maxLength: 80, size: 'max' }), actions => {
        const schedule = new Schedule()
        for (const next of actions) {
          schedule.run(next)
          schedule.check()
        }
        schedule.model.isRefusing = false
        schedule.model.advance(2_000_000)
        expect(schedule.model.waiting.size).toBe(0)
        expect(schedule.model.group?.members.size ?? 0).toBe(0)
      }),
      { numRuns: Number(process.env['SAMSA_RUNS'] ?? 150) },
    )
  })
})
