const TLS_HANDSHAKE = 0x1603
const httpVerbs = ['GET ', 'POST', 'PUT ', 'HEAD', 'DELE', 'OPTI', 'PATC', 'CONN', 'PRI ']

/** Says what a peer probably meant whose first four bytes are no length of a frame. */
export function explainInvalidLength(length: number, maxFrameBytes: number): string {
  const text = asText(length)
  if (length >>> 16 === TLS_HANDSHAKE) {
    return 'it started a TLS handshake, but this listener speaks plain text: set security.protocol=PLAINTEXT in the client, or connect to a TLS listener'
  }
  if (httpVerbs.includes(text)) {
    return 'it sent an HTTP request, but this port speaks the Kafka protocol'
  }
  if (text === 'SSH-') return 'it speaks SSH, but this port speaks the Kafka protocol'
  if (length < 0)
    return `it announced a request of ${length} bytes: it does not speak the Kafka protocol, or is broken`
  return (
    `it announced a request of ${length} bytes, more than socket.request.max.bytes=${maxFrameBytes} allows: ` +
    'it does not speak the Kafka protocol, or its batches are too large'
  )
}

function asText(length: number): string {
  const codes = [length >>> 24, (length >>> 16) & 255, (length >>> 8) & 255, length & 255]
  return String.fromCharCode(...codes)
}
