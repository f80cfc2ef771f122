import { configTable, javaClass, list, password, string } from '@samsa/base'

/** Encryption: TLS. */
export const sslConfig = configTable({
  'ssl.cipher.suites': list({
    default: [],
    importance: 'low',
    doc: "Cipher suites allowed, by their Java (IANA) or OpenSSL names; empty takes all of the runtime's.",
  }),
  'ssl.enabled.protocols': list({
    default: ['TLSv1.2', 'TLSv1.3'],
    importance: 'medium',
    doc: 'Versions of TLS allowed.',
  }),
  'ssl.endpoint.identification.algorithm': string({
    default: 'https',
    importance: 'low',
    doc: "https checks that the broker's certificate names the host that was connected to; empty does not check.",
  }),
  'ssl.engine.factory.class': javaClass({
    default: null,
    importance: 'low',
    unused: true,
    doc: 'Java class that makes TLS engines. Java only: accepted, without effect here.',
  }),
  'ssl.key.password': password({
    default: null,
    importance: 'high',
    doc: 'Password of an encrypted private key (ssl.keystore.key, or the key in the key store).',
  }),
  'ssl.keymanager.algorithm': string({
    default: 'SunX509',
    importance: 'low',
    unused: true,
    doc: "Java's algorithm for key managers. Java only: accepted, without effect here.",
  }),
  'ssl.keystore.certificate.chain': password({
    default: null,
    importance: 'high',
    doc: "The client's certificate and those above it, in PEM.",
  }),
  'ssl.keystore.key': password({
    default: null,
    importance: 'high',
    doc: "The client's private key, in PEM.",
  }),
  'ssl.keystore.location': string({
    default: null,
    importance: 'high',
    doc: "File with the client's key and certificates: PEM or PKCS12, told by its content.",
  }),
  'ssl.keystore.password': password({
    default: null,
    importance: 'high',
    doc: 'Password of a PKCS12 key store.',
  }),
  'ssl.keystore.type': string({
    default: 'JKS',
    importance: 'medium',
    doc: 'Kind of the key store: PEM or PKCS12. JKS, the default of Java, stands for either of the two; a store that is really JKS has to be converted.',
  }),
  'ssl.protocol': string({
    default: 'TLSv1.3',
    importance: 'medium',
    doc: 'Newest version of TLS to offer.',
  }),
  'ssl.provider': string({
    default: null,
    importance: 'medium',
    unused: true,
    doc: "Java's security provider for TLS. Java only: accepted, without effect here.",
  }),
  'ssl.secure.random.implementation': string({
    default: null,
    importance: 'low',
    unused: true,
    doc: "Java's source of randomness for TLS. Java only: accepted, without effect here.",
  }),
  'ssl.trustmanager.algorithm': string({
    default: 'PKIX',
    importance: 'low',
    unused: true,
    doc: "Java's algorithm for trust managers. Java only: accepted, without effect here.",
  }),
  'ssl.truststore.certificates': password({
    default: null,
    importance: 'high',
    doc: "Certificates the broker's has to be signed by, in PEM. Not set: the runtime's own list.",
  }),
  'ssl.truststore.location': string({
    default: null,
    importance: 'high',
    doc: "File with the certificates the broker's has to be signed by, in PEM or PKCS12.",
  }),
  'ssl.truststore.password': password({
    default: null,
    importance: 'high',
    doc: 'Password of a PKCS12 trust store.',
  }),
  'ssl.truststore.type': string({
    default: 'JKS',
    importance: 'medium',
    doc: 'Kind of the trust store: PEM or PKCS12. JKS, the default of Java, stands for either of the two; a store that is really JKS has to be converted.',
  }),
})
