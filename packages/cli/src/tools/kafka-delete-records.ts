import { FailedError, exitCodes } from '../command/command.ts'
import { javaTextOf } from '../command/java-name.ts'
import { kafkaTool } from '../command/kafka-tool.ts'
import { text } from '../command/options.ts'
import { openAdmin } from '../connect.ts'
import { connectionOf, connectionOptions } from './connection-options.ts'
import { documentOf, integerIn, listOf, objectOf, readNamedFile, textIn } from './json-file.ts'

/** `kafka-delete-records`: the records of partitions before given offsets are deleted. */
export const kafkaDeleteRecords = kafkaTool({
  name: 'kafka-delete-records',
  about: 'Delete the records of partitions before given offsets.',
  style: 'plain',
  options: {
    ...connectionOptions,
    'offset-json-file': text({
      argument: 'file',
      about:
        'The offsets: {"version": 1, "partitions": [{"topic": "orders", "partition": 0, "offset": 42}]}; -1 deletes all there is.',
      isRequired: true,
    }),
  },
  examples: [['kafka-delete-records --offset-json-file offsets.json', 'Deletes what stands before them.']],
  async run(given, io) {
    const wanted = offsetsOf(readNamedFile(given['offset-json-file'], io))
    await using admin = await openAdmin(connectionOf(given), io)
    io.print('Executing records delete operation\n')
    const results = await admin.deleteRecords(wanted).results()
    io.print('Records delete operation completed:\n')
    for (const { item, value, error } of results) {
      const outcome = error === undefined ? `low_watermark: ${value}` : `error: ${javaTextOf(error)}`
      io.print(`partition: ${item.topic}-${item.partition}\t${outcome}\n`)
    }
    return exitCodes.ok
  },
})

function offsetsOf(text: string) {
  const { partitions } = documentOf(text)
  if (partitions === undefined) throw new FailedError('Missing partitions field')
  const wanted = listOf(partitions)
    .map(objectOf)
    .map(one => {
      const [topic, partition] = [textIn(one, 'topic'), integerIn(one, 'partition')]
      return { topic, partition, offset: integerIn(one, 'offset', 'Long') }
    })
  const names = wanted.map(({ topic, partition }) => `${topic}-${partition}`)
  const twice = new Set(names.filter((name, at) => names.indexOf(name) < at))
  if (twice.size > 0)
    throw new FailedError(`Offset json file contains duplicate topic partitions: ${[...twice].join(',')}`)
  return wanted
}
