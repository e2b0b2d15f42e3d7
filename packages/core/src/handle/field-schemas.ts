import type { StandardSchema } from './standard-schema.ts'

/** Text with at least one character. Bytes that are no text do not fit. */
export function string(): StandardSchema<string> {
  return textSchema('is no text', (text) => text !== '')
}

/** An absolute address: `https://example.org/data`. It stays as it is written. */
export function url(): StandardSchema<string> {
  return textSchema('is no absolute URL', (text) => URL.canParse(text))
}

function textSchema(message: string, fits: (text: string) => boolean): StandardSchema<string> {
  return {
    '~standard': {
      version: 1,
      vendor: 'handlekit',
      validate: (value) => (typeof value === 'string' && fits(value) ? { value } : { issues: [{ message }] }),
    },
  }
}
