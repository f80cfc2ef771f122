import { boolean, string } from '../../schema/field.ts'
import { type MessageOf, message } from '../../schema/message.ts'

/**
 * The principal inside an Envelope, as Kafka's default principal builder writes it, after the version as an int16
 * (KIP-590).
 */
export const DefaultPrincipalData = message({
  name: 'DefaultPrincipalData',
  versions: [0, 0],
  flexible: 0,
  fields: () => ({
    type: string,
    name: string,
    tokenAuthenticated: boolean,
  }),
})
export interface DefaultPrincipalDataData extends MessageOf<typeof DefaultPrincipalData> {}
