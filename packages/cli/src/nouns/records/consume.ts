import { command } from '../../command/command.ts'
import { consumeOptions } from './consume-options.ts'

/** `samsa consume`: the records of a topic. */
export const consumeCommand = command({
  name: 'consume',
  about: 'Print the records of a topic: what is there, from the beginning, or with --follow what comes.',
  words: [{ name: 'topic', about: 'The topic to read.', isRequired: true }],
  options: consumeOptions,
  examples: [
    ['samsa consume orders', 'Everything that is there.'],
    ['samsa consume orders --follow', 'What comes from now on.'],
    ["samsa consume orders --at '10 min ago' --follow", 'The last ten minutes, and what comes.'],
    ['samsa consume orders --at -5', 'The last five records of each partition.'],
    [
      "samsa consume orders --at yesterday --until today --filter 'value.total > 100'",
      'Large orders of yesterday.',
    ],
    ['samsa consume orders --filter \'headers.trace == "7" or key =~ /^test-/\' --json', 'As lines of JSON.'],
    ['samsa consume orders --json | samsa produce copies --json', 'A copy with keys, headers and times.'],
  ],
  async run(given, io, [topic]) {
    const { consume } = await import('../../records/consume.ts')
    return consume(given, io, topic!)
  },
})
