import type { X509Certificate } from 'node:crypto'
import { at, childrenOf, readAsn1, tags } from './der.ts'

/** One attribute of a name. */
export interface SubjectAttribute {
  /** The object identifier's DER, in hex. */
  readonly type: string
  readonly text: string
}

/**
 * The attributes of a certificate's subject in the order of its RFC 2253 text, which is the order that Handle servers
 * read: the last relative name is the first, and what was joined with a plus sign stays in its order.
 *
 * The text itself is not parsed: it has escapes within escapes, and Node.js writes it in a form of its own.
 */
export function subjectAttributes(certificate: X509Certificate): SubjectAttribute[] {
  const content = childrenOf(at(readAsn1(certificate.raw), 0))
  const hasVersion = content[0]?.tag === tags.context0
  const subject = content[hasVersion ? 5 : 4]
  if (!subject) return []
  return childrenOf(subject)
    .toReversed()
    .flatMap((relativeName) => childrenOf(relativeName))
    .map((attribute) => {
      const value = at(attribute, 1)
      return { type: at(attribute, 0).content.toString('hex'), text: textOf(value.tag, value.content) }
    })
}

/** The string types of RFC 5280, 4.1.2.4, by their tags. */
function textOf(tag: number, content: Buffer): string {
  if (tag === 0x0c) return content.toString('utf8')
  if (tag === 0x1e) return utf16(content)
  if (tag === 0x1c) return utf32(content)
  return content.toString('latin1')
}

function utf16(bytes: Buffer): string {
  return Buffer.from(bytes.subarray(0, bytes.length & ~1))
    .swap16()
    .toString('utf16le')
}

function utf32(bytes: Buffer): string {
  const points = Array.from({ length: bytes.length >> 2 }, (_, i) => bytes.readUInt32BE(i * 4))
  return String.fromCodePoint(...points.map((point) => (point > 0x10ffff ? 0xfffd : point)))
}
