import { command } from '../../command/command.ts'
import { produceOptions } from './produce-options.ts'

/** `samsa produce`: records to a topic. */
export const produceCommand = command({
  name: 'produce',
  about: 'Send records to a topic: lines, lines of JSON or CSV, from a file or the standard input.',
  words: [
    { name: 'topic', about: 'The topic to send to.', isRequired: true },
    { name: 'file', about: 'Where the records are; the standard input unless given.' },
  ],
  options: produceOptions,
  examples: [
    ['samsa produce orders', 'What is typed, one record a line.'],
    ['samsa produce orders orders.txt --keys --separator :', 'Lines of key:value of a file.'],
    ['samsa produce orders orders.csv --csv --key-column id', 'Rows, as objects of JSON.'],
    ['samsa consume orders --json | samsa produce copies --json', 'A copy with keys, headers and times.'],
  ],
  async run(given, io, [topic, file]) {
    const { produce } = await import('../../records/produce.ts')
    return produce(given, io, topic!, file)
  },
})
