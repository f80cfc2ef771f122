import { command } from '../../command/command.ts'
import { copyOptions } from './copy-options.ts'

/** `samsa topics copy`. */
export const topicsCopy = command({
  name: 'topics copy',
  about:
    'Copy the records of a topic with their keys, headers and times, to the same partitions where they are there.',
  words: [
    { name: 'from', about: 'The topic to copy.', isRequired: true },
    { name: 'to', about: 'The topic to copy to; made like the other when it is missing.', isRequired: true },
  ],
  options: copyOptions,
  examples: [
    ['samsa topics copy orders orders-copy', 'All that is there.'],
    ['samsa topics copy orders orders --to-bootstrap-server other:9092', 'To another cluster.'],
    ["samsa topics copy orders large --filter 'value.total > 100' --follow", 'Large orders, as they come.'],
  ],
  async run(given, io, [from, to]) {
    const { copyTopic } = await import('../../records/copy.ts')
    return copyTopic(given, io, from!, to!)
  },
})
