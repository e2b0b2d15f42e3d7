import { HandleRecordError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import { sameAdministrator } from './administrators.ts'
import type { HandleApi } from './api.ts'
import type { Value } from './compare.ts'
import { editOptions, type Editor, type EditOptions } from './edits.ts'
import { isOfType, parseHandle, parseReference, type ValueReference } from './name.ts'
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
   * Appends members. Those that the group has stay as they are.
   *
   * @example await client.groups.add('0.NA/21.T12345', 200, '300:21.T12345/USER01')
   *
   * @throws HandleRecordError `NO_SUCH_VALUE`, `INCOMPLETE_READ`, or `NOT_A_GROUP` where the index holds something else.
   */
  async add(handle: string, index: number, members: MembersInput, options: EditOptions = {}): Promise<WriteResult> {
    const given = listOf(members).map(parseReference)
    return this.#change('groups.add', handle, index, options, (present) =>
      given.reduce((all, member) => (all.some(isSame(member)) ? all : [...all, member]), present),
    )
  }

  /**
   * Removes members; removing somebody who is no member is no error. A member without an index is removed as it stands in
   * the group, and not with the single identities of its handle. A member that was read can be given as it is.
   *
   * @throws HandleRecordError `NO_SUCH_VALUE`, `INCOMPLETE_READ` or `NOT_A_GROUP`
   */
  async remove(handle: string, index: number, members: MembersInput, options: EditOptions = {}): Promise<WriteResult> {
    const given = listOf(members).map((member) => (isReference(member) ? member : parseReference(member)))
    return this.#change('groups.remove', handle, index, options, (present) => {
      const unwanted = given.map((one) => (present.some(isSpelled(one)) ? one : parseReference(one)))
      return present.filter((member) => !unwanted.some(isSame(member)))
    })
  }

  async #change(
    where: string,
    handle: string,
    index: number,
    options: EditOptions,
    change: (present: readonly ValueReference[]) => readonly ValueReference[],
  ): Promise<WriteResult> {
    checkOptions(where, options, editOptions)
    const { name } = parseHandle(handle)
    // Members that are not spoken of go back as they are: who is one is not for us to say.
    const changed = (current: HandleValue): Value => ({
      ...current,
      data: { format: 'vlist', value: change(membersOf(name, current)) },
    })
    return this.#api.change(name, options, (call) => this.#editor.changeValue(name, index, changed, call))
  }
}

function listOf(members: MembersInput): readonly (string | ValueReference)[] {
  return isOne(members) ? [members] : members
}

function isOne(members: MembersInput): members is string | ValueReference {
  return !Array.isArray(members)
}

function membersOf(handle: string, { index, type, data }: HandleValue): readonly ValueReference[] {
  if (isOfType(type, 'HS_VLIST') && data.format === 'vlist') return data.value
  throw new HandleRecordError(
    'NOT_A_GROUP',
    `${handle}: the value at index ${index} is ${type}, no group (HS_VLIST). Nothing was written.`,
    { handle, indexes: [index] },
  )
}

function isReference(member: string | ValueReference): member is ValueReference {
  return typeof member === 'object' && member !== null
}

function isSpelled(one: ValueReference): (other: ValueReference) => boolean {
  return (other) => one.index === other.index && one.handle === other.handle
}

function isSame(one: ValueReference): (other: ValueReference) => boolean {
  return (other) => one.index === other.index && sameAdministrator(one.handle, other.handle)
}
