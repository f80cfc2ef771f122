import type { SeededRandom } from '@samsa/base'
import { DescribeGroups, type DescribeGroupsResponse } from '@samsa/protocol'
import { type BrokerClient, Unanswered } from './broker-client.ts'
import type { GroupLedger } from './group-ledger.ts'
import { GroupMember, type MemberPlan, lookAtOffsets } from './group-member.ts'
import type { History } from './history.ts'
import { Violation } from './violation.ts'

export type Described = DescribeGroupsResponse['groups'][number]

const WAIT_MS = 20

/** The members of one group, who come, leave, die, and come back, until told to drain; then they settle. */
export class GroupTeam {
  readonly #group: GroupLedger
  readonly #random: SeededRandom
  readonly #history: History
  readonly #newClient: (name: string) => BrokerClient
  readonly #client: BrokerClient
  readonly #timeouts: Omit<MemberPlan, 'instanceId'>
  /** The instance of each place; null for a dynamic member. */
  readonly #instances: (string | null)[]
  /** Who has each place. */
  readonly #members: GroupMember[] = []
  /** Static members whose place was taken, and who do not know it. */
  readonly #replaced: GroupMember[] = []
  readonly #running: Promise<void>[] = []
  #count = 0
  #isDraining = false
  #settled: Described | undefined
  #checker: BrokerClient | undefined

  constructor(
    group: GroupLedger,
    timeouts: Omit<MemberPlan, 'instanceId'>,
    random: SeededRandom,
    history: History,
    newClient: (name: string) => BrokerClient,
  ) {
    this.#group = group
    this.#timeouts = timeouts
    this.#random = random
    this.#history = history
    this.#newClient = newClient
    this.#client = newClient('team')
    const size = 1 + random.integer(4)
    this.#instances = Array.from({ length: size }, (_, i) => (random.chance(0.4) ? `place-${i}` : null))
  }

  drain(): void {
    this.#isDraining = true
  }

  /** Members come and go. They stay at work after this ends, until `settle`. */
  async run(): Promise<void> {
    for (const place of this.#instances.keys()) this.#start(place)
    while (!this.#isDraining) {
      await this.#client.sleep(this.#random.between(0, 500))
      const place = this.#random.integer(this.#instances.length)
      try {
        if (!this.#isDraining) await this.#change(place)
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error
      }
      if (this.#members[place]!.isFenced) this.#start(place)
    }
    for (const member of this.#replaced) member.end()
  }

  /** Once nothing fails any more, all come to agree; then all fall silent. */
  async settle(): Promise<void> {
    for (;;) {
      await this.#client.sleep(WAIT_MS)
      this.#members.forEach((member, place) => {
        if (member.isFenced) this.#start(place)
      })
      const described = await this.#describe()
      if (described === undefined || !this.#isSettled(described)) continue
      for (const member of this.#members) member.pause()
      await Promise.all(this.#running)
      // One more look: someone may have joined anew just now.
      const after = await this.#describe()
      if (after !== undefined && this.#isSettled(after)) {
        this.#settled = after
        return
      }
      this.#members.forEach((_, place) => this.#start(place))
    }
  }

  /** Looks after a restart whether the group is what it was; false while that cannot be told. Throws `Unanswered`. */
  async check(): Promise<boolean> {
    const settled = this.#settled
    if (settled === undefined) return true
    // The former connections may be dead without anyone having been told.
    this.#checker ??= this.#newClient('checker')
    const described = await this.#describe(this.#checker)
    if (described === undefined) return false
    const before = JSON.stringify(comparable(settled))
    const after = JSON.stringify(comparable(described))
    if (before !== after) throw new Violation('groupKept', `it was ${before}, and is ${after}`)
    for (const member of this.#members) {
      const isKnown = await member.isKnownTo(this.#checker)
      if (isKnown === undefined) return false
      if (!isKnown) throw new Violation('groupKept', `${member.memberId} is not known as it was`)
    }
    return lookAtOffsets(this.#checker, this.#group)
  }

  #start(place: number): void {
    const plan = { ...this.#timeouts, instanceId: this.#instances[place]! }
    const client = this.#newClient(`member-${place}-${this.#count++}`)
    const member = new GroupMember(client, this.#group, plan, this.#random.fork(), this.#history)
    this.#members[place] = member
    this.#running.push(member.run())
  }

  async #change(place: number): Promise<void> {
    const member = this.#members[place]!
    const drawn = this.#random.between(0, 1)
    if (drawn < 0.3) return
    if (drawn < 0.6) {
      this.#start(place)
      await member.leave()
      return
    }
    if (drawn < 0.8 || member.plan.instanceId === null) member.end()
    else this.#replaced.push(member)
    this.#start(place)
  }

  #isSettled({ groupState, members }: Described): boolean {
    const generation = this.#members[0]!.generation
    const ids = new Set(members.map(({ memberId }) => memberId))
    const owned = this.#members.flatMap(({ partitions }) => partitions)
    return (
      groupState === 'Stable' &&
      generation !== undefined &&
      members.length === this.#members.length &&
      this.#members.every(member => member.generation === generation && ids.has(member.memberId)) &&
      owned.length === this.#group.partitions
    )
  }

  async #describe(client = this.#client): Promise<Described | undefined> {
    try {
      const answer = await client.ask(DescribeGroups, 5, { groups: [this.#group.groupId] })
      const group = answer.groups[0]!
      return group.errorCode === 'NONE' ? group : undefined
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error
      return undefined
    }
  }
}

function comparable({ groupState, protocolType, protocolData, members }: Described) {
  const sorted = members.map(({ memberMetadata, memberAssignment, ...member }) => ({
    ...member,
    metadata: [...memberMetadata].join(),
    assignment: [...memberAssignment].join(),
  }))
  sorted.sort((a, b) => (a.memberId < b.memberId ? -1 : 1))
  return { groupState, protocolType, protocolData, members: sorted }
}
