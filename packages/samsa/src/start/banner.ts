import { resolve } from 'node:path'
import type { Address } from '@samsa/base'
import type { Broker } from '@samsa/broker'
import { bracketed } from '../settings/old-keys.ts'

/** What a start message tells. */
export interface Ready {
  readonly version: string
  readonly broker: Pick<Broker, 'listeners' | 'dataDirectories' | 'nodeId' | 'clusterId'>
  /** The directory that relative data directories start from. */
  readonly directory: string
  readonly tookMs: number
}

/** The start message for a person at a terminal. */
export function bannerText(ready: Ready): string {
  const server = addressText(ready.broker.listeners[0]!.advertised)
  const elsewhere = server === '127.0.0.1:9092' ? '' : ` -b ${server}`
  return `
Samsa ${ready.version} is ready after ${Math.round(ready.tookMs)} ms.

  listens on     ${listenerTexts(ready).join('\n                 ')}
  keeps data in  ${dataText(ready)}

Try it from another terminal in this directory:
  echo hello | npx samsa produce greetings${elsewhere}
  npx samsa consume greetings${elsewhere}

with Kafka's tools, which are here too:
  npx kafka-console-producer.sh --bootstrap-server ${server} --topic greetings
  npx kafka-console-consumer.sh --bootstrap-server ${server} --topic greetings --from-beginning

with kcat:
  kcat -C -b ${server} -t greetings -e

or from a program, here with kafkajs:
  const kafka = new Kafka({ brokers: ['${server}'] })
  await kafka.producer().connect()

Ctrl+C stops it.

`
}

/** The same for a log: two sentences, and fields for machines. */
export function readyMessages(ready: Ready): { message: string; fields: Record<string, unknown> }[] {
  const { nodeId, clusterId, listeners } = ready.broker
  return [
    {
      message: `Samsa ${ready.version} is ready after ${Math.round(ready.tookMs)} ms: it listens on ${listenerTexts(ready).join(', ')}.`,
      fields: { listeners: listeners.map(({ name, advertised }) => `${name}://${addressText(advertised)}`) },
    },
    { message: `It keeps its data in ${dataText(ready)}.`, fields: { nodeId, clusterId } },
  ]
}

function listenerTexts({ broker }: Ready): string[] {
  return broker.listeners.map(({ name, bound, advertised, isAdvertisedAsReached }) => {
    const open = bound.host === '' ? `every interface, port ${bound.port}` : addressText(bound)
    const named = name === 'PLAINTEXT' ? '' : ` (${name})`
    const isSame = isAdvertisedAsReached || addressText(bound) === addressText(advertised)
    return `${open}${named}${isSame ? '' : `, advertised to clients as ${addressText(advertised)}`}`
  })
}

function dataText({ broker, directory }: Ready): string {
  return broker.dataDirectories.map(path => resolve(directory, path)).join(', ')
}

function addressText({ host, port }: Address): string {
  return `${bracketed(host)}:${port}`
}
