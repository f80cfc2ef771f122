import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { silentLogger } from '@samsa/base'
import { Admin } from '@samsa/client'
import { Tally } from '../../process/tally.ts'
import { type BrokerUnderFire, kafkaUnderFire, samsaUnderFire } from './broker-under-fire.ts'
import { GroupUnderFire } from './group-under-fire.ts'
import { steps } from './steps.ts'
import { Writer } from './writer.ts'

// tests/fault/run rebalances [--rounds N] [--groups range,cooperative-sticky,consumer]: groups of Samsa's consumers, each
// member a process, while members and the broker die and come back: no record is lost, none is handled out of order
// within its partition, and at the end everything is committed. With SAMSA_PEER_KAFKA against Apache Kafka as well.

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    groups: { type: 'string', default: 'range,cooperative-sticky,consumer' },
    on: { type: 'string', default: 'samsa,kafka' },
  },
})
const rounds = Number(options.rounds)
const partitions = 6
const topic = 'numbers'
const peer = process.env['SAMSA_PEER_KAFKA']
const tally = new Tally()

if (options.on.includes('samsa')) await underFire(await samsaUnderFire())
if (options.on.includes('kafka')) {
  if (peer === undefined)
    tally.skip('everything on Apache Kafka', 'SAMSA_PEER_KAFKA does not name a script that starts it')
  else await underFire(await kafkaUnderFire(peer))
}
tally.close()
process.exit()

async function underFire(broker: BrokerUnderFire): Promise<void> {
  const bootstrap = `127.0.0.1:${broker.port}`
  const assignors = options.groups.split(',').filter(name => serves(broker, name))
  const groups = assignors.map(name => new GroupUnderFire(bootstrap, topic, partitions, name))
  const name = `${broker.name}: ${rounds} rounds of deaths amid ${assignors.join(', ')} groups lose nothing and keep order`
  await tally.case(name, async () => {
    try {
      await broker.start()
      await createTopic(bootstrap)
      const writer = new Writer(bootstrap, topic, partitions)
      await play(broker, groups)
      await writer.end()
      await Promise.all(groups.map(group => group.untilAllRead(writer.acknowledged, 60_000)))
      for (const group of groups) console.log(`  ${group.name}: ${await group.end(writer.acknowledged)}`)
    } finally {
      await Promise.all(groups.map(group => group.stop()))
      await broker.stop()
    }
  })
}

function serves(broker: BrokerUnderFire, assignor: string): boolean {
  if (broker.name === 'kafka' || assignor !== 'consumer') return true
  tally.skip(`${broker.name}: a group of the new protocol (KIP-848)`, 'Samsa does not serve it yet')
  return false
}

async function createTopic(bootstrap: string): Promise<void> {
  await using admin = new Admin({ 'bootstrap.servers': bootstrap }, { logger: silentLogger })
  await admin.createTopics([{ name: topic, partitions, replicationFactor: 1 }])
}

/** Two members to begin with; then one thing after another happens, at moments nobody chose. */
async function play(broker: BrokerUnderFire, groups: readonly GroupUnderFire[]): Promise<void> {
  for (const group of groups) {
    group.join()
    group.join()
  }
  await sleep(2000)
  for (let round = 0; round < rounds; round++) {
    await Promise.all(groups.map(group => group.sample()))
    const step = steps[round % steps.length]!
    console.log(`  ${round + 1}. ${step.name}`)
    await step.run(groups, broker)
    // At times the next thing comes before the group is settled again.
    await sleep(200 + Math.random() * 3000)
  }
}
