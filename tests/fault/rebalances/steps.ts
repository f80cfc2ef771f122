import { setTimeout as sleep } from 'node:timers/promises'
import type { BrokerUnderFire } from './broker-under-fire.ts'
import { type GroupUnderFire, SESSION_MS } from './group-under-fire.ts'

/** Something that happens to every group at once, or to the broker. */
export interface Step {
  readonly name: string
  run(groups: readonly GroupUnderFire[], broker: BrokerUnderFire): Promise<unknown>
}

const each = (groups: readonly GroupUnderFire[], work: (group: GroupUnderFire) => unknown) =>
  Promise.all(groups.map(work))

/** Some member: the first one is likely to lead, the last one came last. */
function anyOf({ members }: GroupUnderFire) {
  return members[Math.floor(Math.random() * members.length)]!
}

async function restart(broker: BrokerUnderFire, how: 'shutDown' | 'kill'): Promise<void> {
  await broker[how]()
  await sleep(Math.random() * 1000)
  await broker.start()
}

/** What happens, in turn. */
export const steps: readonly Step[] = [
  {
    name: 'a member is killed while another joins',
    run: groups =>
      each(groups, group => {
        group.join()
        return group.kill(anyOf(group))
      }),
  },
  { name: 'the broker is killed', run: (_groups, broker) => restart(broker, 'kill') },
  {
    name: 'a member joins, and one leaves meanwhile',
    run: groups =>
      each(groups, async group => {
        group.join()
        await sleep(Math.random() * 500)
        await group.leave(group.members[0]!)
      }),
  },
  { name: 'the broker is restarted', run: (_groups, broker) => restart(broker, 'shutDown') },
  {
    name: 'a member is frozen for longer than its session',
    run: groups =>
      each(groups, async group => {
        const member = anyOf(group)
        member.freeze()
        await sleep(SESSION_MS * 1.5)
        member.thaw()
      }),
  },
  {
    name: 'a member and the broker are killed, and another joins',
    run: async (groups, broker) => {
      await Promise.all([restart(broker, 'kill'), each(groups, group => group.kill(anyOf(group)))])
      for (const group of groups) group.join()
    },
  },
  {
    name: 'the first member is killed while a rebalance is under way',
    run: groups =>
      each(groups, async group => {
        group.join()
        await sleep(300 + Math.random() * 500)
        await group.kill(group.members[0]!)
      }),
  },
]
