import { HandleRecordError } from '../errors.ts'
import { checkOptions } from '../strategy.ts'
import { isOfType, sameAdministrator } from './administrators.ts'
import type { HandleApi } from './api.ts'
import { editOptions, type Editor, type EditOptions } from './edits.ts'
import { parseHandle, parseReference, type ValueReference } from './name.ts'
import type { HandleValue } from './record.ts'
import type { WriteResult } from './result.ts'

/** One member, '300:21.T12345/USER01', or several. Without an index, every identity of the handle is meant. */
export type MembersInput = string | ValueReference | readonly (string | ValueReference)[]

/** Who belongs to a group: the HS_VLIST value at an index, which HS_ADMIN values name (Technical Manual, section 3.4). */
export class Groups {
  readonly #api: HandleApi
  readonly #editor: Editor

  /** @internal It is {@link HandleClient.groups}. */
  constructor(api: HandleApi, editor: Editor) {
    this.#api = api
    this.#editor = editor
  }

  /**
   * Adds members behind those that the group has. Who is a member already stays one.
   *
   * @example await client.groups.add('0.NA/21.T12345', 200, '300:21.T12345/USER01')
   *
   * @throws HandleRecordError `NO_SUCH_VALUE`, or `NOT_A_GROUP` where the index holds something else.
   */
  add(handle: string, index: number, members: MembersInput, options: EditOptions = {}): Promise<WriteResult> {
    return this.#change('groups.add', handle, index, members, options, (present, given) =>
      given.reduce((all, member) => (all.some(isSame(member)) ? all : [...all, member]), present),
    )
  }

  /**
   * Removes members. Who is none is no error. A member without an index is removed as it stands in the group, and not
   * with the single identities of its handle.
   *
   * @throws HandleRecordError `NO_SUCH_VALUE` or `NOT_A_GROUP`
   */
  remove(handle: string, index: number, members: MembersInput, options: EditOptions = {}): Promise<WriteResult> {
    return this.#change('groups.remove', handle, index, members, options, (present, given) =>
      present.filter((member) => !given.some(isSame(member))),
    )
  }

  async #change(
    where: string,
    handle: string,
    index: number,
    members: MembersInput,
    options: EditOptions,
    change: (present: readonly ValueReference[], given: readonly ValueReference[]) => readonly ValueReference[],
  ): Promise<WriteResult> {
    checkOptions(where, options, editOptions)
    const { name } = parseHandle(handle)
    const given = (isOne(members) ? [members] : members).map(parseReference)
    return this.#api.change(name, options, (call) =>
      this.#editor.changeValue(
        name,
        index,
        (current) => {
          const value = change(membersOf(name, current), given)
          return { data: { format: 'vlist', value } }
        },
        call,
      ),
    )
  }
}

function isOne(members: MembersInput): members is string | ValueReference {
  return !Array.isArray(members)
}

function membersOf(handle: string, { index, type, data }: HandleValue): readonly ValueReference[] {
  if (isOfType({ type }, 'HS_VLIST') && data.format === 'vlist') return data.value
  throw new HandleRecordError(
    'NOT_A_GROUP',
    `${handle}: the value at index ${index} is ${type}, no group (HS_VLIST). Nothing was written.`,
    { handle, indexes: [index] },
  )
}

function isSame(one: ValueReference): (other: ValueReference) => boolean {
  return (other) => one.index === other.index && sameAdministrator(one.handle, other.handle)
}
