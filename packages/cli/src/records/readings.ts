/** How bytes may be read. */
export const readings = ['auto', 'text', 'json', 'msgpack', 'hex', 'base64'] as const
export type Reading = (typeof readings)[number]
