import { setTimeout as sleep } from 'node:timers/promises'
import { CreateTopics } from '@samsa/protocol'
import type { Tally } from '../../process/tally.ts'
import { type Place, WireConnection } from '../../wire/wire-connection.ts'
import { GroupMember } from './group-member.ts'
import { Figures, untilIdle } from './process-figures.ts'
import { WatchedBroker } from './watched-broker.ts'

const MEMBERS = 10
const BEAT_MS = 500

/** Many consumer groups that form, beat and commit, lose members in order and without a word. */
export async function manyGroups(tally: Tally, count: number, patience: number): Promise<void> {
  await tally.case(`${count} groups of ${MEMBERS}`, () => live(count, patience))
}

async function live(count: number, patience: number): Promise<void> {
  const figures = new Figures()
  const broker = await WatchedBroker.prepare({ KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0' })
  const limits = { answerMs: 200 * patience, loopMs: 25 * patience }
  const groups: GroupMember[][] = []
  const all = () => groups.flat()
  try {
    await broker.start()
    await createTopic(broker.samsa)
    await broker.watch('all groups formed', figures, { ...limits, seconds: 20 * patience }, async () => {
      const forming = Array.from({ length: count }, (_, index) => startGroup(broker.samsa, `group-${index}`))
      groups.push(...(await Promise.all(forming)))
      await untilStable(groups, MEMBERS)
    })
    await beat(broker, figures, all())
    await broker.watch(
      'one member of each left',
      figures,
      { ...limits, seconds: 10 * patience },
      async () => {
        await Promise.all(groups.map(members => members.pop()!.leave()))
        await untilStable(groups, MEMBERS - 1)
      },
    )
    const vanished = { ...limits, seconds: 10 + 10 * patience }
    await broker.watch('one member of each vanished (its session is 10 s)', figures, vanished, async () => {
      await Promise.all(groups.map(members => members.pop()!.vanish()))
      await untilStable(groups, MEMBERS - 2)
    })
    const rebalances = all().reduce((sum, member) => sum + member.rebalances, 0)
    figures.tell('times a member was assigned anew', `${rebalances}`)
    figures.residence('groups at work', broker.pid, { megabytes: 250, handles: count * MEMBERS + 1200 })
    await Promise.all(all().map(member => member.leave()))
    await untilIdle(broker.pid)
  } finally {
    await Promise.all(all().map(member => member.vanish()))
    await broker.stop()
  }
  figures.check()
}

/** Ten seconds in which nothing but heartbeats and commits happen. */
async function beat(broker: WatchedBroker, figures: Figures, members: readonly GroupMember[]): Promise<void> {
  const before = members.map(({ generation }) => generation)
  for (const member of members) {
    member.beats = 0
    member.slowestBeatMs = 0
  }
  const limits = { seconds: 30, answerMs: 300, loopMs: 75 }
  await broker.watch('ten seconds of heartbeats and commits', figures, limits, () => sleep(10_000))
  for (const member of members) await member.check()
  const disturbed = members.filter(({ generation }, index) => generation !== before[index]).length
  if (disturbed > 0) throw new Error(`${disturbed} members rebalanced for no reason`)
  const beats = members.reduce((sum, member) => sum + member.beats, 0)
  const slowest = members.reduce((most, member) => Math.max(most, member.slowestBeatMs), 0)
  figures.tell('heartbeats answered', `${beats}, the slowest in ${slowest.toFixed(0)} ms`)
}

function startGroup(place: Place, groupId: string): Promise<GroupMember[]> {
  return Promise.all(Array.from({ length: MEMBERS }, () => GroupMember.start(place, groupId, BEAT_MS)))
}

/** Resolves once every member of every group has its assignment of the same generation of `size` members. */
async function untilStable(groups: readonly GroupMember[][], size: number): Promise<void> {
  const isStable = (members: readonly GroupMember[]) => {
    const generation = members[0]!.generation
    return (
      generation >= 0 &&
      members.every(member => member.generation === generation) &&
      members.some(member => member.members.length === size)
    )
  }
  while (!groups.every(isStable)) {
    for (const member of groups.flat()) await member.check()
    await sleep(20)
  }
}

async function createTopic(place: Place): Promise<void> {
  const connection = await WireConnection.open(place)
  const topics = [{ name: 'groups', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }]
  const answer = await connection.request(CreateTopics, 5, { topics, timeoutMs: 10_000 })
  connection.close()
  if (answer.topics[0]!.errorCode !== 'NONE') throw new Error(`creating: ${answer.topics[0]!.errorCode}`)
}
