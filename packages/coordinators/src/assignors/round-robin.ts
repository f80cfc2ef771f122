import { type ClientAssignor, type GroupAssignment, compareMembers, compareTexts } from './assignor.ts'

/** Round robin: all partitions of all topics in order, dealt to the members that subscribe to the topic in turn. */
export const roundRobinAssignor: ClientAssignor = {
  name: 'roundrobin',
  rebalance: 'eager',
  userData: () => null,
  assign(topics, subscriptions) {
    const assignment: GroupAssignment = new Map([...subscriptions.keys()].map(id => [id, []]))
    const members = [...subscriptions]
      .sort(compareMembers)
      .map(([id, member]) => ({ id, topics: new Set(member.topics) }))
    const subscribed = new Set(members.flatMap(member => [...member.topics]))
    let next = 0
    for (const topic of [...subscribed].sort(compareTexts)) {
      for (const { partition } of topics.get(topic) ?? []) {
        while (!members[next % members.length]!.topics.has(topic)) next++
        assignment.get(members[next++ % members.length]!.id)!.push({ topic, partition })
      }
    }
    return assignment
  },
}

/**
 * The assignor kafkajs brings along, by its name: lets members of kafkajs and of Samsa share a group, for instance while
 * an application changes from one to the other.
 */
export const kafkajsAssignor: ClientAssignor = { ...roundRobinAssignor, name: 'RoundRobinAssigner' }
