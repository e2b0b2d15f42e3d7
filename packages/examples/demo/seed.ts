/** The user that the demo works as: the secret key at index 300 of the handle 21.T12345/ADMIN. */
export const administrator = { username: '300:21.T12345/ADMIN', password: 'correct horse: battery % staple' }

const allRights = '111111111111'
const group = { handle: '0.NA/21.T12345', index: 200 }
const adminValue = {
  index: 100,
  type: 'HS_ADMIN',
  data: { format: 'admin', value: { ...group, permissions: allRights } },
}

/** What the server holds at first: the prefix, with its group of administrators, and the one user in it. */
export const seed = {
  homedPrefixes: ['0.NA/21.T12345'],
  records: [
    {
      handle: '0.NA/21.T12345',
      values: [
        adminValue,
        { index: 200, type: 'HS_VLIST', data: { format: 'vlist', value: [{ handle: '21.T12345/ADMIN', index: 300 }] } },
      ],
    },
    {
      handle: '21.T12345/ADMIN',
      values: [
        adminValue,
        {
          index: 300,
          type: 'HS_SECKEY',
          data: { format: 'string', value: administrator.password },
          permissions: '1100',
        },
      ],
    },
  ],
}
