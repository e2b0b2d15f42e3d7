import { asText, parseInteger } from '../json/coerce.ts'
import { isJsonArray, type JsonObject } from '../json/lenient.ts'

/** Parameters of a request: of the query, and for some endpoints also of the body. Names may repeat. */
export class Parameters {
  private readonly entries: readonly (readonly [name: string, value: string])[]

  constructor(entries: Iterable<readonly [string, string]>) {
    this.entries = [...entries]
  }

  /** From a query string or a form body. */
  static fromForm(text: string): Parameters {
    return new Parameters(new URLSearchParams(text))
  }

  /** From a JSON object: an array repeats its name, null is left out. Throws BadRequest for nested objects. */
  static fromJson(object: JsonObject): Parameters {
    return new Parameters(
      [...object].flatMap(([name, json]) =>
        (isJsonArray(json) ? json : [json])
          .filter((item) => item !== null)
          .map((item): [string, string] => [name, asText(item)]),
      ),
    )
  }

  /** These, then others: where one value counts, these win. */
  followedBy(others: Parameters): Parameters {
    return new Parameters([...this.entries, ...others.entries])
  }

  get(name: string): string | undefined {
    return this.entries.find(([key]) => key === name)?.[1]
  }

  /** Every name once, in order. */
  names(): readonly string[] {
    return [...new Set(this.entries.map(([key]) => key))]
  }

  getAll(name: string): readonly string[] {
    return this.entries.filter(([key]) => key === name).map(([, value]) => value)
  }

  /** Most flags: absent is undefined; empty, `yes` and `true` in any case are true; the rest, also `1`, is false. */
  flag(name: string): boolean | undefined {
    const value = this.get(name)?.toLowerCase()
    return value === undefined ? undefined : value === '' || value === 'yes' || value === 'true'
  }

  /** `overwrite` and `mintNewSuffix`: only a literal `true` is true, against the manual (14.2). */
  strictFlag(name: string): boolean | undefined {
    const value = this.get(name)
    return value === undefined ? undefined : value.toLowerCase() === 'true'
  }

  /** Throws BadRequest when the text is not a 32-bit integer. */
  integer(name: string): number | undefined {
    const value = this.get(name)
    return value === undefined ? undefined : parseInteger(value)
  }
}
