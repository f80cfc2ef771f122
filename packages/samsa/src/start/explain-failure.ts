import { DiskError, NetworkError } from '@samsa/base'
import { DataDirectoryError, type ListenerConfig } from '@samsa/broker'

/** A failure to start, for a person: what is wrong and where, then what to do. */
interface Explanation {
  readonly what: string
  readonly toDo: string
}

/** Explains why a node could not start; undefined for a failure nobody foresaw, which is a bug. */
export function explainFailure(error: unknown, listeners: readonly ListenerConfig[]): string | undefined {
  if (error instanceof DataDirectoryError) return error.message
  const explanation = explain(error, listeners)
  return explanation === undefined ? undefined : `${explanation.what}\n${explanation.toDo}`
}

function explain(error: unknown, listeners: readonly ListenerConfig[]): Explanation | undefined {
  if (error instanceof NetworkError) return explainNetwork(error, listeners)
  if (error instanceof DiskError) return explainDisk(error)
  return undefined
}

function explainNetwork(error: NetworkError, listeners: readonly ListenerConfig[]): Explanation | undefined {
  const listener = listeners.find(({ address }) => error.message.includes(`${address.host}:${address.port}`))
  const { host, port } = listener?.address ?? { host: '', port: 9092 }
  const where =
    listener === undefined ? error.message : `${host === '' ? 'every interface' : host}, port ${port}`
  switch (error.code) {
    case 'ADDRESS_IN_USE':
      return {
        what: `Another program is listening already (${where}), perhaps another Samsa or Kafka.`,
        toDo: `Stop that program, or take another port: samsa start --port ${port + 100}`,
      }
    case 'ADDRESS_NOT_AVAILABLE':
      return {
        what: `This machine has no such address to listen on (${where}).`,
        toDo: 'Listen on an address of this machine, or on every interface (--host 0.0.0.0), and say in advertised.listeners (--advertised) how clients reach it.',
      }
    case 'PERMISSION':
      return {
        what: `This user may not listen there (${where}). Ports below 1024 are often reserved for the administrator.`,
        toDo: 'Take a port above 1023, for example 9092.',
      }
    case 'HOST_NOT_FOUND':
      return {
        what: `The name to listen on is not known on this machine (${where}).`,
        toDo: 'Give an address of this machine, or 0.0.0.0 for every interface, and put the name into advertised.listeners (--advertised).',
      }
    default:
      return undefined
  }
}

const another = 'Give another data directory with --data or log.dirs'

function explainDisk(error: DiskError): Explanation {
  switch (error.code) {
    case 'PERMISSION':
      return {
        what: `This user may not write the data directory: ${error.message}.`,
        toDo: `Make ${error.path} writable for this user. ${another}.`,
      }
    case 'READ_ONLY':
      return { what: `The data directory cannot be written: ${error.message}.`, toDo: `${another}.` }
    case 'NO_SPACE':
      return {
        what: `The disk is full: ${error.message}.`,
        toDo: `Free some space on the disk of ${error.path}. Nothing that was acknowledged is lost.`,
      }
    case 'TOO_MANY_OPEN_FILES':
      return {
        what: `The system lets this process open no more files: ${error.message}.`,
        toDo: 'Raise the limit (ulimit -n 65536) and start again.',
      }
    default:
      return {
        what: `The data directory cannot be used: ${error.message}.`,
        toDo: `Check ${error.path}. ${another}.`,
      }
  }
}
