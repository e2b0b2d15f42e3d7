import { BadRequest } from '../bad-request.ts'

// Date and time of ISO 8601, with or without dashes, colons and a fraction; without a zone it is UTC.
const isoTime =
  /^(\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?)?(?:(Z)|([+-])(\d\d):?(\d\d)?)?$/i

/** Seconds since 1970 in 32 bits, as the server keeps times: later than 2038 wraps to before 1970, as on the real one. */
export function parseTime(text: string): number {
  const match = isoTime.exec(text)
  if (!match) throw new BadRequest(`Unparseable date: "${text}"`, 'java.text.ParseException')
  const [, year, month, day, hour = '0', minute = '0', second = '0', , sign, zoneHour = '0', zoneMinute = '0'] = match
  const local = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
  const offset = (Number(zoneHour) * 60 + Number(zoneMinute)) * 60
  return (local / 1000 - (sign === '-' ? -offset : offset)) | 0
}

/** `yyyy-MM-ddTHH:mm:ssZ`. */
export function formatTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
}
