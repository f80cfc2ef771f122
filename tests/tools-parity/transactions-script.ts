import type { Preparation, Script } from './script.ts'

const transactions = 'kafka-transactions --bootstrap-server {server}'

const open: { close(): Promise<void>; abort(): Promise<void> }[] = []

/** A transaction with a record in the topic that stays open, and one that is committed. */
const openTransactions: Preparation = async ({ admin, bootstrap }) => {
  const { Producer } = await import('@samsa/client')
  await admin.createTopics([{ name: 'orders', partitions: 2 }])
  const producerOf = async (id: string) => {
    const config = {
      'bootstrap.servers': bootstrap,
      'transactional.id': id,
      'transaction.timeout.ms': 600_000,
    }
    const producer = new Producer<string, string>(config)
    open.push(producer)
    await producer.initTransactions()
    return producer
  }
  const committed = await producerOf('app-done')
  await committed.transaction(async transaction => {
    await transaction.send({ topic: 'orders', value: 'one', partition: 1 })
  })
  const ongoing = await (await producerOf('app-open')).begin()
  await ongoing.send({ topic: 'orders', value: 'one', partition: 0 })
  await new Promise(done => setTimeout(done, 300))
  return {}
}

const closeAll: Preparation = async () => {
  await Promise.all(open.splice(0).map(producer => producer.close().catch(() => {})))
  return {}
}

/** The markers are on their way when the command is done. */
const aMomentLater: Preparation = async () => {
  await new Promise(done => setTimeout(done, 300))
  return {}
}

/** Ids, epochs and ages are what they are: only how many digits there are of them counts little. */
function withoutCounts(text: string): string {
  return text
    .replaceAll('kafka-transactions.sh: error: ', 'kafka-transactions: error: ')
    .replaceAll(/(?<![\w.-])\d+(?![\w.-])/g, '<n>')
    .replaceAll(/(<n>|<ms>) *\t/g, '$1\t')
}

export const transactionTools: Script = {
  name: 'transactions',
  only: { subject: 'kafka', because: 'Samsa has no transactions yet' },
  files: { 'client.properties': 'client.id=parity\n' },
  normalise: withoutCounts,
  steps: [
    openTransactions,
    { line: `${transactions} list`, isUnordered: true },
    `${transactions} list --transactional-id-pattern 'app-o.*'`,
    `${transactions} list --transactional-id-pattern '['`,
    `${transactions} list --duration-filter 3600000`,
    {
      line: `${transactions} --command-config {files}/client.properties list --duration-filter -1`,
      isUnordered: true,
    },
    `${transactions} describe --transactional-id app-open`,
    `${transactions} describe --transactional-id app-done`,
    `${transactions} describe --transactional-id nothing`,
    `${transactions} describe-producers --topic orders --partition 0`,
    `${transactions} describe-producers --topic orders --partition 1 --broker-id 1`,
    `${transactions} find-hanging --topic orders`,
    `${transactions} find-hanging --topic orders --partition 0 --max-transaction-timeout 0`,
    `${transactions} find-hanging --broker-id 1 --max-transaction-timeout 0`,
    `${transactions} find-hanging`,
    `${transactions} find-hanging --broker-id 1 --partition 0`,
    `${transactions} abort --topic orders --partition 0 --start-offset 5`,
    `${transactions} abort --topic orders --partition 0`,
    `${transactions} abort --topic orders --partition 0 --producer-id 1`,
    `${transactions} abort --topic orders --partition 0 --producer-id 1 --producer-epoch 0`,
    `${transactions} abort --topic orders --partition 0 --start-offset 0`,
    `${transactions} describe-producers --topic orders --partition 0`,
    `${transactions} forceTerminateTransaction --transactionalId app-open`,
    `${transactions} forceTerminateTransaction`,
    aMomentLater,
    `${transactions} describe --transactional-id app-open`,
    closeAll,
    `${transactions} describe`,
    `${transactions} describe-producers --topic orders`,
    `${transactions} abort --topic orders --partition zero --start-offset 0`,
    `${transactions} find-hung --topic orders`,
    `${transactions}`,
    `${transactions} list --all`,
    'kafka-transactions --help',
  ],
}
